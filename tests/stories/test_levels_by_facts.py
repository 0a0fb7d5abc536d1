"""The level comes from facts when nobody names it; it is looked at again; and a person has the last word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coordinator import reclassify, views
from incidents.errors import Conflict, Invalid
from incidents.incident import Incident
from incidents.terms import Kind
from tests.house import START, House

HALF_AN_HOUR = timedelta(minutes=30)


def shown(house: House, incident: Incident) -> dict[str, Any]:
    """The incident's document as it is now."""
    record = house.incident(incident)
    return house.app.coordinator.act("read", house.alice.actor, lambda act: (views.incident(act, record), []))


def to_do(house: House) -> str:
    """The commands that `next` names, the first of them and those after it."""
    document: dict[str, Any] = house.app.coordinator.act("read", house.alice.actor, views.next_step)
    return "; ".join([document["next"], *(other["next"] for other in document["also"])])


@pytest.mark.parametrize(
    ("affected", "level", "grade", "minutes"),
    [(120_000, 1, "major", 120), (46_000, 2, "larger", 120), (500, 3, "ordinary", 240)],
)
def test_opened_without_a_level(house: House, affected: int, level: int, grade: str, minutes: int):
    """Nobody names a level: the facts do, with reasons, and the first window follows (R13, AMB-03)."""
    incident = house.alice.opens(level=None, affected=affected)

    assert level == incident.level
    assert timedelta(minutes=minutes) == house.window(incident, Kind.FIRST_NOTICE).due_at - START
    document = shown(house, incident)
    assert (level, grade) == (document["suggested_level"], document["statutory_severity"])
    assert document["level_reasons"] == [
        template.format(**values)
        for template, values in (reason["why"] for reason in document["suggestion"]["reasons"])
    ]
    assert None is document["review_at"]


def test_opened_with_nothing_known(house: House):
    """Neither level nor figure: the higher level, and a look again half an hour after awareness (AMB-04)."""
    incident = house.alice.opens(level=None, area="", services=(), affected=None)

    assert 1 == incident.level
    assert (
        "how many services are affected is not known: the higher level is taken",
    ) == incident.level_reasons
    assert START + HALF_AN_HOUR == incident.review_at


def test_the_review_falls_due_once(house: House):
    """At T+30 the timeline says once that the level is to be looked at again, however often we look (AMB-04)."""
    incident = house.alice.opens(level=None, affected=None)
    house.fast_forward(minutes=29, seconds=59)
    assert ([], False) == (house.entries(incident, "level_review_due"), shown(house, incident)["review_due"])

    house.fast_forward(seconds=1)
    house.restarts()
    house.fast_forward(minutes=5)
    house.works()

    said = house.entries(incident, "level_review_due")
    assert [START + HALF_AN_HOUR] == [entry.at for entry in said]
    assert "affected" == said[0].data["unknown"]
    assert shown(house, incident)["review_due"]
    assert f"tongbao notice submit 1; tongbao update {incident.reference} --affected N" == to_do(house)


def test_a_review_missed_while_we_were_down(house: House):
    """Nobody looked when the review fell due: the first look afterwards says so, once (AMB-04)."""
    incident = house.alice.opens(level=None, affected=None)

    house.goes_dark(minutes=45)
    house.works()
    house.works()

    assert 1 == len(house.entries(incident, "level_review_due"))


def test_no_review_when_the_figure_came_in_time(house: House):
    """A figure before T+30 is the answer: no review falls due (AMB-04)."""
    incident = house.alice.opens(level=None, affected=None)
    house.fast_forward(minutes=10)

    house.alice.updates(incident, affected=120_000)
    house.fast_forward(minutes=40)

    assert [] == house.entries(incident, "level_review_due")
    assert None is shown(house, incident)["review_at"]


def test_still_unknown_is_an_answer_for_half_an_hour(house: House):
    """A person who still does not know keeps the level, and is asked again half an hour later (AMB-04)."""
    incident = house.alice.opens(level=None, affected=None)
    house.fast_forward(minutes=35)

    house.alice.raises(incident, 1)

    assert 1 == len(house.entries(incident, "level_kept"))
    assert not shown(house, incident)["review_due"]
    house.fast_forward(minutes=30)
    assert 2 == len(house.entries(incident, "level_review_due"))


def test_an_update_moves_the_suggestion_never_the_level(house: House):
    """New facts are graded again and say what changed; a person raises the level (R13)."""
    incident = house.alice.opens(level=None, affected=500)

    house.alice.updates(incident, affected=120_000)

    moved = house.entries(incident, "suggestion_moved")
    assert [(3, 1, 3)] == [(e.data["from"], e.data["to"], e.data["level"]) for e in moved]
    assert 3 == house.incident(incident).level
    assert f"tongbao level {incident.reference} 1 --reason '…'" == to_do(house)
    house.alice.raises(incident, 1)
    assert "--how phone" in to_do(house)
    house.alice.reports_up(incident)
    assert "tongbao notice submit" in to_do(house)


def test_the_same_grade_says_nothing(house: House):
    """A fact that does not move the suggestion leaves no line about it."""
    incident = house.alice.opens(level=None, affected=500)

    house.alice.updates(incident, affected=600)

    assert [] == house.entries(incident, "suggestion_moved")


def test_less_than_feared_lowers_nothing_by_itself(house: House):
    """A small figure after a high guess is suggested and shown; the level stays until a person acts (AMB-04)."""
    incident = house.alice.opens(level=None, affected=None)

    house.alice.updates(incident, affected=500)

    document = shown(house, incident)
    assert (1, 3) == (document["level"], document["suggested_level"])
    assert "--affected" not in to_do(house)


def test_a_person_wins_and_the_disagreement_is_kept(house: House):
    """A named level counts; what the facts suggest is on the record beside it, and nobody is nagged (R13)."""
    incident = house.alice.opens(level=3, affected=46_000)

    opened = house.entries(incident, "opened")[0].data
    assert (3, 2, False) == (opened["level"], opened["suggested"], opened["agrees"])
    document = shown(house, incident)
    assert (3, 2) == (document["level"], document["suggested_level"])
    assert "--affected" not in to_do(house)

    house.alice.updates(incident, affected=120_000)
    assert f"tongbao level {incident.reference} 1 --reason '…'" == to_do(house)


def test_a_suggestion_can_be_declined(house: House):
    """A person keeps the level against the facts with a reason, and is asked again only when they move."""
    incident = house.alice.opens(level=None, affected=500)
    house.alice.updates(incident, affected=46_000)

    house.alice.raises(incident, 3)

    assert "--affected" not in to_do(house)
    assert "more users than first thought" == house.entries(incident, "level_kept")[0].data["reason"]
    with pytest.raises(Conflict):
        house.alice.raises(incident, 3)


def test_minutes_raise_the_suggestion(house: House):
    """User-minutes grow while it lasts: the suggestion follows without a new fact (AMB-03)."""
    incident = house.alice.opens(level=None, affected=6_000, users_at_once=10_000)
    assert 3 == incident.level

    house.fast_forward(minutes=99, seconds=59)
    assert 3 == shown(house, incident)["suggested_level"]
    house.fast_forward(seconds=1)

    document = shown(house, incident)
    assert (2, 600_000) == (document["suggested_level"], document["user_minutes"])


def test_minutes_end_with_restoration(house: House):
    """User-minutes count from the onset until service is back."""
    incident = house.alice.opens(level=None, affected=500)
    house.fast_forward(minutes=60)
    house.alice.restores(incident)
    house.fast_forward(minutes=60)

    assert 30_000 == shown(house, incident)["user_minutes"]


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"emergency_calls": True}, 1),
        ({"emergency_calls": False}, 3),
        ({"whole_area": True}, 2),
        ({"whole_area": False}, 3),
        ({"people_data": 1_000_000}, 1),
        ({"complaints_per_hour": 1_000}, 2),
        ({"complaint": "major"}, 2),
    ],
)
def test_every_fact_is_kept_and_graded(house: House, facts: dict[str, Any], level: int):
    """Each fact that a level is suggested from goes on the record, at opening or later (AMB-03)."""
    opened = house.alice.opens(level=None, affected=500, **facts)
    later = house.alice.opens(level=None, affected=500)
    house.alice.updates(later, **facts)

    for incident in (opened, later):
        document = shown(house, incident)
        assert (level, facts) == (document["suggested_level"], {name: document[name] for name in facts})
    assert level == opened.level


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"people_data": -1}, "people_data"),
        ({"complaints_per_hour": 2_000_000_001}, "complaints_per_hour"),
        ({"users_at_once": -1}, "users_at_once"),
        ({"complaint": "polite"}, "complaint"),
        ({"confidence": "guessed"}, "confidence"),
    ],
)
def test_a_wrong_figure_is_refused_by_name(house: House, change: dict[str, Any], field: str):
    """Bad input is one error with its field, at opening and later, and nothing is changed (R12)."""
    incident = house.alice.opens()

    with pytest.raises(Invalid) as refused:
        house.alice.updates(incident, **change)
    assert field == refused.value.field
    with pytest.raises(Invalid) as refused:
        house.alice.opens(**change)
    assert field == refused.value.field


def test_after_the_first_notice_the_review_names_what_works(house: House):
    """The review asks for the figure; keeping the level, while it is unknown, answers it for a while (AMB-04)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=None, affected=None)
    house.alice.tells(incident)
    house.fast_forward(minutes=31)

    assert to_do(house).endswith(f"; tongbao update {incident.reference} --affected N")
    house.alice._act("level", reclassify.grade, incident.reference, 1, "still unknown")
    assert "--affected" not in to_do(house)
