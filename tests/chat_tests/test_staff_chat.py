"""Staff read in their chat what happens, once and in order; customers never wait for it."""

from __future__ import annotations

import pytest

from coordinator import views
from incidents.terms import Kind
from notifications.chat import MERGE_ABOVE
from tests.chat_tests.conftest import ChattyHouse

FAULTS = [
    {"down": 1},
    {"status": 503},
    {"status": 429},
    {"refuse_code": "invalid_auth"},
    {"refuse_code": "not_in_channel"},
    {"rate": 0.01},
    {"lose_answer": 1},
]


def test_an_incident_is_one_thread_from_opening_to_end(house: ChattyHouse) -> None:
    """One root message, everything else in its thread, each once, with the command that is asked for (R15, R16)."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=2)
    notice = house.alice.submits(incident)
    house.works()

    root, asked = house.posts()
    assert "INC-2026-0001 (Level 2 response): problems with mobile services in" in root["body"]
    assert "tongbao approve 1" in asked["body"]
    assert "approver" in asked["body"]

    house.bob.approves(notice)
    house.works()
    house.alice.raises(incident, 1)
    house.alice.restores(incident)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    said = house.said()
    assert [
        "INC-2026-0001: customers were told, first notice (notice 1); 3 of 3 people reached.",
        "INC-2026-0001: the level was raised from Level 2 response to Level 1 response.",
    ] == said[2:4]
    assert len(said) == len(set(said))
    assert [row["sid"] for row in house.posts()[:1]] == sorted({row["service"] for row in house.posts()[1:]})


def test_turns_are_posted(house: ChattyHouse) -> None:
    """A second person is asked for a lower level; a recovery that was none and a false alarm are said at once."""
    incident = house.alice.opens(level=1)
    house.alice.lowers(incident, 2)
    house.works()
    assert "tongbao approve D1" in house.posts()[-1]["body"]
    house.bob.agrees(incident)
    house.alice.restores(incident)
    house.alice.reopens(incident)
    house.alice.calls_off(incident)
    house.works()

    said = " ".join(house.said())
    assert "lowered from Level 1 response to Level 2 response" in said
    assert "service is not back, or lost again" in said
    assert "a false alarm" in said


def test_warnings_and_the_breach_are_posted(house: ChattyHouse) -> None:
    """Each rung of the ladder and the breach are one post; the wish is none (R16, I11)."""
    house.alice.opens(level=2)
    house.fast_forward(hours=2, minutes=1)

    said = [line for line in house.said() if "the first notice" in line]
    assert ["50%", "75%", "90%"] == [line.split(": ")[1].split(" ")[0] for line in said[:3]]
    assert "too late" in said[3]
    assert 4 == len(said)


def test_nobody_is_asked_where_the_author_releases(house: ChattyHouse) -> None:
    """At level 3 no second person is needed, and none is called."""
    house.has_customers(both=1)
    house.alice.tells(house.alice.opens(level=3))

    assert [] == [line for line in house.said() if "approval" in line]


def test_no_post_names_a_customer(house: ChattyHouse) -> None:
    """Chat is another company's disk: no name, number, address or free text of a person goes there (S3, S23)."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)

    bodies = "\n".join(row["body"] for row in house.posts())
    assert [] == [
        found for found in ("客户1", "1380000", "c1@example.com", "手机服务异常") if found in bodies
    ]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_chat_in_trouble_costs_customers_nothing(house: ChattyHouse, fault: dict[str, object]) -> None:
    """Whatever ails the chat, every customer is told in time; when it is well again each post is there once."""
    house.has_customers(both=3)
    house.sandbox.dial("slack", **fault)
    incident = house.alice.opens(level=2)
    told = house.alice.tells(incident)

    assert "told" == told.state
    assert "met" == house.window(incident, "first_notice").state
    assert [] == house.audit()

    house.sandbox.dial("slack", **dict.fromkeys(fault, ""))
    house.fast_forward(minutes=5)
    assert 1 == len([line for line in house.said() if "told, first notice (notice 1)" in line])
    assert 1 == len([line for line in house.said() if "Level 2 response" in line])
    assert [] == house.audit()


def test_hours_of_silence_become_one_post(house: ChattyHouse) -> None:
    """What piled up while the chat was down comes as one post and a few, which still asks what is still to be asked."""
    house.sandbox.dial("slack", down=1)
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.fast_forward(hours=5)
    house.alice.submits(incident)
    house.works()
    house.sandbox.dial("slack", down=0)
    house.fast_forward(minutes=5)

    root = house.posts()[0]
    assert "could not be made in time" in root["body"]
    assert "(Level 2 response)" in root["body"]
    assert len(house.posts()) <= MERGE_ABOVE
    assert "tongbao approve" in "".join(row["body"] for row in house.posts())


def test_an_approval_given_meanwhile_is_not_asked(house: ChattyHouse) -> None:
    """A late post never asks for what was done (R22)."""
    house.sandbox.dial("slack", down=1)
    house.has_customers(both=1)
    house.alice.tells(house.alice.opens(level=2))
    house.sandbox.dial("slack", down=0)
    house.fast_forward(minutes=5)

    assert [] == [line for line in house.said() if "waits for approval" in line]


def test_a_lost_thread_is_begun_anew(house: ChattyHouse) -> None:
    """When the root message was deleted, the next post hangs from nothing and the rest hangs from it."""
    incident = house.alice.opens(level=2)
    house.works()
    house.writes_raw("UPDATE chat_posts SET ts = '1.000001' WHERE root")
    house.alice.raises(incident, 1)
    house.fast_forward(minutes=1)
    house.alice.restores(incident)
    house.works()

    assert [None, None] == [row["service"] for row in house.posts()[:2]]
    assert {house.posts()[1]["sid"]} == {row["service"] for row in house.posts()[2:]}


def test_without_a_chat_nothing_is_kept_for_it(house: ChattyHouse) -> None:
    """Who has no chat has no rows that wait for one."""
    house.settings = type(house.settings)()
    house.restarts()
    house.alice.opens(level=2)
    house.works()

    with house.app.database.transaction() as tx:
        assert (0, None) == tx.chat.waiting()


def test_the_board_and_the_doctor_say_how_the_chat_is(house: ChattyHouse) -> None:
    """A chat that fails is a line on the board with what waits; it is well again with the first post."""
    house.sandbox.dial("slack", refuse_code="not_in_channel")
    house.alice.opens(level=2)
    house.works()
    act = house.app.coordinator.act

    board = act("read", house.alice.actor, views.board)
    assert {"slack not_in_channel": 1} == {board["chat"]["trouble"]: board["chat"]["waiting"]}
    assert {} == board["trouble"]

    house.sandbox.dial("slack", refuse_code="")
    house.fast_forward(minutes=5)
    assert {"waiting": 0, "since": None, "trouble": ""} == act("read", house.alice.actor, views.board)["chat"]
