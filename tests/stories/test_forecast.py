"""Stories of the forecast: what is seen coming, how soon people hear of it, and what they can do about it."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coordinator import audiences, directory, editing, holding_views
from coordinator.act import Act
from incidents.effects import Effect
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import Channel, Kind, Verdict
from tests.house import START, House
from windows.window import Window

DUE = START + timedelta(hours=2)


def paces(house: House, rate: float) -> None:
    """The SMS sender takes so many parts a second."""
    lanes = dict(house.app.coordinator.house.lanes)
    lanes[Channel.SMS] = replace(lanes[Channel.SMS], rate=rate)
    house.app.coordinator.house = replace(house.app.coordinator.house, lanes=lanes)


def alarms(house: House, incident: Incident) -> list[Any]:
    return house.entries(incident, "forecast_alarm")


def ways(house: House, window: Window) -> dict[str, str]:
    """What the board offers about this window: way -> command."""

    def read(act: Act) -> tuple[dict[str, Any], list[Effect]]:
        return holding_views.of_window(act, act.tx.windows.get(window.id)), []

    found = house.app.coordinator.act("read", house.alice.actor, read)
    return {one["option"]: one["command"] for one in found["forecast"]["options"]}


def typed(house: House, incident: Incident, command: str) -> None:
    """What a printed command does, by its verb; refused where that refuses."""
    _, group, verb, about, *more = shlex.split(command)
    if (group, verb) == ("notice", "edit"):
        house.app.coordinator.act("draft", house.alice.actor, editing.words_at, int(about), *more)
        return
    assert ("holding", "send", incident.reference) == (group, verb, about)
    house.alice.sends_holding(incident, more[1].split(",") if more else None)


@pytest.mark.parametrize(
    ("approved", "people", "released", "offered"),
    [
        (True, {"both": 30}, False, {"shorter_text", "email_first", "page_now"}),
        (True, {"sms": 30}, False, {"shorter_text", "page_now"}),
        (False, {"both": 30}, False, {"shorter_text"}),
        (True, {"sms": 30}, True, set()),
        (False, {"sms": 30}, True, set()),
    ],
)
def test_only_commands_that_work_now_are_offered_about_a_forecast(
    house: House, approved: bool, people: dict[str, int], released: bool, offered: set[str]
):
    """docs/windows.md, "The forecast": each way out is one command that is accepted as printed and brings something;
    the alarm's record names those of its own moment."""
    house.has_holding_texts(approved)
    house.has_customers(**people)
    paces(house, 0.003)
    incident = house.alice.opens(level=1)
    if released:
        house.bob.approves(house.alice.submits(incident))
    house.works()
    window = house.window(incident, Kind.FIRST_NOTICE)
    assert "too_late" == alarms(house, incident)[-1].data["why"]
    assert offered == set(ways(house, window))
    if not released:
        assert offered == set(alarms(house, incident)[-1].data["options"])

    for way in ("shorter_text", "page_now", "email_first"):
        command = ways(house, window).get(way)
        assert (way in offered) == (command is not None)
        if command:
            typed(house, incident, command)
            house.works()


def test_a_window_without_a_holding_notice_is_offered_none(house: House):
    """The holding notice is for first notices: of a slow resolution notice only the draft can be made shorter."""
    house.has_customers(both=30)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    paces(house, 0.003)
    house.alice.resolves(incident)
    house.works()

    window = house.window(incident, Kind.RESOLUTION_NOTICE)
    assert ["shorter_text"] == list(ways(house, window))
    typed(house, incident, ways(house, window)["shorter_text"])


def test_a_persons_notice_that_will_not_make_it_does_not_forbid_the_holding_notice(house: House):
    """`holding send` is refused while a person's notice will make it, not while it merely is on its way."""
    house.has_holding_texts()
    house.has_customers(sms=30)
    incident, slow = house.alice.opens(level=1), house.alice.opens(level=1)
    paces(house, 0.05)
    house.bob.approves(house.alice.submits(incident))
    with pytest.raises(Conflict, match="will make it"):
        house.alice.sends_holding(incident)
    paces(house, 0.003)
    house.bob.approves(house.alice.submits(slow))
    house.works()

    assert house.alice.sends_holding(slow).id
    paces(house, 0)
    house.fast_forward(minutes=30)
    assert {1} == set(Counter(item["to"] for item in house.told("sms", house.notices(slow)[0])).values())
    assert [] == house.told("sms", house.holding(slow))


def test_what_stands_before_a_notice_on_the_same_sender_is_foreseen(house: House):
    """I27: twenty texts behind another incident's fifteen hundred are late, and people hear of it within the minute."""
    house.has_customers(sms=300, area="ZZ0101")
    house.has_customers(sms=4, area="ZZ0102")
    paces(house, 0.04)
    before = house.alice.opens(level=1, area="ZZ0101")
    house.bob.approves(house.alice.submits(before))
    later = house.alice.opens(level=1, area="ZZ0102")
    notice = house.bob.approves(house.alice.submits(later))
    house.fast_forward(minutes=1)

    window = house.window(later, Kind.FIRST_NOTICE)
    [alarm] = alarms(house, later)
    assert ("too_late", True) == (alarm.data["why"], alarm.at - START <= timedelta(minutes=1))
    assert DUE < (house.outlook(window).forecast_at or DUE)
    assert DUE < (notice.forecast_at or DUE)


def test_lower_levels_and_exercises_stand_before_nobody(house: House):
    """The lanes claim the highest level first, and exercises have lines of their own: neither makes it late."""
    house.has_customers(sms=300, area="ZZ0101")
    house.has_customers(sms=4, area="ZZ0102")
    paces(house, 0.04)
    for fields in ({"level": 2}, {"level": 1, "exercise": True}):
        before = house.alice.opens(area="ZZ0101", **fields)
        house.bob.approves(house.alice.submits(before))
    later = house.alice.opens(level=1, area="ZZ0102")
    house.bob.approves(house.alice.submits(later))
    house.fast_forward(minutes=1)

    assert [] == alarms(house, later)


def test_a_holding_notice_takes_over_from_a_persons_that_stands_too_far_back(house: House):
    """The line makes a person's notice late, so it does not keep the holding notice back: e-mail and page leave."""
    house.has_holding_texts()
    house.has_customers(sms=300, area="ZZ0101")
    house.has_customers(both=4, sms=1, area="ZZ0102")
    paces(house, 0.04)
    house.bob.approves(house.alice.submits(house.alice.opens(level=1, area="ZZ0101")))
    later = house.alice.opens(level=1, area="ZZ0102")
    house.bob.approves(house.alice.submits(later))
    house.looks_every(minutes=5, until=DUE - timedelta(minutes=15))

    assert house.holding(later) is not None
    assert {1} == set(Counter(item["to"] for item in house.told("email")).values())


def test_an_import_of_customers_is_foreseen_at_once(house: House):
    """I27: people who come into the directory while the figures of the audience are fresh are counted when the import
    ends, so that the alarm comes within the minute."""
    house.has_customers(sms=5)
    paces(house, 0.05)
    incident = house.alice.opens(level=1)
    house.fast_forward(seconds=31)
    house.has_customers(sms=600)
    arrived = house.clock.now()
    house.app.coordinator.act("directory", house.hq.actor, directory.customers_arrived)
    house.fast_forward(minutes=2)

    [alarm] = alarms(house, incident)
    assert alarm.at - arrived <= timedelta(minutes=1)
    assert 605 == house.outlook(house.window(incident, Kind.FIRST_NOTICE)).people["people"]


@contextmanager
def tied(house: House, **depends: tuple[str, ...]) -> Iterator[None]:
    """Meanwhile each channel needs these services."""
    before = house.app.coordinator.house
    house.app.coordinator.house = replace(before, paging=replace(before.paging, depends=depends))
    yield
    house.app.coordinator.house = before


def test_the_forecast_names_a_channel_that_needs_what_is_hit(house: House):
    """docs/windows.md, "When the network is the incident": SMS is doubtful while mobile service is hit; a doubtful
    channel is no way out."""
    house.has_holding_texts()
    house.has_customers(both=30)
    paces(house, 0.003)
    with tied(house, sms=("mobile",), voice=("mobile",)):
        incident = house.alice.opens(level=1)
        house.works()

        [alarm] = alarms(house, incident)
        assert (["sms"], {"shorter_text", "email_first", "page_now"}) == (
            alarm.data["doubtful"],
            set(alarm.data["options"]),
        )
    with tied(house, email=("mobile",)):
        other = house.alice.opens(level=1)
        house.works()
        assert ["email"] == alarms(house, other)[0].data["doubtful"]
        assert "email_first" not in alarms(house, other)[0].data["options"]


@pytest.mark.parametrize(
    ("depends", "services", "by_sms", "by_mail"),
    [
        ({"sms": ("mobile",)}, ("mobile",), 2, 8),
        ({"email": ("mobile",)}, ("mobile",), 7, 3),
        ({"sms": ("mobile",), "email": ("mobile",)}, ("mobile",), 7, 3),
        ({"sms": ("broadband",)}, ("mobile",), 7, 3),
    ],
)
def test_at_level_3_the_channel_that_is_not_doubtful_goes_first(
    house: House, depends: dict[str, tuple[str, ...]], services: tuple[str, ...], by_sms: int, by_mail: int
):
    """Whoever has both is told by the other channel, of the end too; who has one only is told by that. The preview says
    the same."""
    house.has_customers(both=5, sms=2, email=3)
    with tied(house, **depends):
        incident = house.alice.opens(level=3, services=services)
        seen = house.app.coordinator.act("read", house.alice.actor, audiences.preview, incident.reference)
        first = house.alice.tells(incident)
        house.alice.resolves(incident)
        end = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    assert (by_sms, by_mail) == (seen.sms, seen.email)
    for notice in (first, end):
        assert (by_sms, by_mail) == (len(house.told("sms", notice)), len(house.told("email", notice)))


def test_the_end_goes_by_the_channel_that_became_sure(house: House):
    """What was told by SMS before mobile service was known to be hit is ended by e-mail."""
    house.has_customers(both=5, sms=2)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    with tied(house, sms=("mobile",)):
        house.alice.resolves(incident)
        end = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    assert (2, 5) == (len(house.told("sms", end)), len(house.told("email", end)))


@pytest.mark.parametrize(
    ("level", "kind"), [(1, Kind.MATERIAL_UPDATE), (1, Kind.PROGRESS_UPDATE), (2, Kind.PROGRESS_UPDATE)]
)
def test_an_update_that_nobody_has_written_is_foreseen_too(house: House, level: int, kind: Kind):
    """I27: what the page tells needs a quarter of an hour of people's time; without it the alarm comes within the
    minute, once, and is over when somebody releases it."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=level)
    house.alice.tells(incident)
    house.fast_forward(minutes=1)
    if kind == Kind.MATERIAL_UPDATE:
        house.alice.updates(incident, expected_at=START + timedelta(hours=5))
    window = house.window(incident, kind)
    late = window.due_at - timedelta(minutes=15)
    house.fast_forward(until=late)
    assert [] == [one for one in alarms(house, incident) if one.data["window"] == window.id]

    house.fast_forward(minutes=5)
    [alarm] = [one for one in alarms(house, incident) if one.data["window"] == window.id]
    assert ("too_late", []) == (alarm.data["why"], alarm.data["options"])
    assert timedelta(0) < alarm.at - late <= timedelta(minutes=1)
    house.alice.tells(incident, kind)
    assert (Verdict.MET, "") == (
        house.window(incident, kind, window.sequence).state,
        house.outlook(window).alarm,
    )


def test_an_update_whose_page_cannot_be_put_up_is_late(house: House):
    """Released is not told: while the page is in trouble its windows are foreseen to be late."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    folder = house.app.public_dir
    folder.rename(folder.with_name("away"))
    folder.write_text("no folder")
    house.bob.approves(house.alice.submits(incident, Kind.PROGRESS_UPDATE))
    house.looks_every(minutes=1, until=START + timedelta(minutes=10))
    found = [one.data["kind"] for one in alarms(house, incident)]
    folder.unlink()
    folder.with_name("away").rename(folder)

    assert [Kind.PROGRESS_UPDATE] == found


def test_a_promise_of_ten_minutes_is_not_late_from_its_first_moment(house: House):
    """Of a window that is shorter than the time that people need, half is left to them."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=1)
    promised = START + timedelta(minutes=10)
    house.bob.approves(house.alice.submits(incident, next_update_at=promised))
    house.fast_forward(minutes=4)
    window = house.window(incident, Kind.PROGRESS_UPDATE)
    assert (promised, []) == (window.due_at, alarms(house, incident))

    house.fast_forward(minutes=2)
    assert 1 == len(alarms(house, incident))
