"""The in-tray: what must stand before an event is read, and an event that breaks its reader."""

from __future__ import annotations

import pytest

from coordinator import intake, planned
from incidents.terms import Kind
from tests.house import House
from tests.stories.test_planned import alarms, does, incidents_of, plans, reports, tells
from worker.pump import read_event


def test_an_overrun_is_opened_before_the_alarm_that_joins_it(house: House):
    """AMB-24: the work's end has passed and no sweep has looked yet: the alarm joins the overrun, and opens nothing."""
    house.has_customers(sms=1)
    work = plans(house, hours=1, lasts=2)
    tells(house, work)
    reports(house, work)
    house.fast_forward(minutes=179)
    house.goes_dark(minutes=5)
    alarms(house, "inside", read=False, area="ZZ0101", service="mobile", level="3")

    assert 1 == read_event(house.app)
    [incident] = incidents_of(house)
    assert work.id == incident.overrun_of
    assert ["alertmanager"] == [e.data["source"] for e in house.entries(incident, "alarm_joined")]


def test_an_event_that_breaks_its_reader_is_set_aside_at_a_tick_too(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    """I23: the events behind it are read, and notices leave in the same tick."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=3)
    whole = intake.parse_stored

    def broken(act):
        if b"poison" in act.tx.intake.stored(1)[0].body:
            raise ZeroDivisionError
        return whole(act)

    monkeypatch.setattr(intake, "parse_stored", broken)
    system = house.app.coordinator.system
    bad, _ = system(intake.store, "alertmanager", "noc", b"poison")
    alarms(house, "elsewhere", read=False, area="ZZ0201", service="mobile", level="3")
    notice = house.alice.tells(incident, Kind.FIRST_NOTICE)

    assert [incident.id] != [one.id for one in incidents_of(house)]
    assert 1 == house.notice(notice).counters.reached
    states = {event.id: event.state for event in system(intake.trigger_list)}
    assert ("quarantined", {"quarantined", "parsed"}) == (states[bad], set(states.values()))


def test_what_cannot_be_read_again_is_on_the_record_and_holds_nothing_up(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    """A stricter reader refuses the body of an alarm that fires on: said on the work, and tried once (I23)."""
    house.has_customers(sms=1)
    work = plans(house, hours=1, lasts=2)
    house.fast_forward(minutes=90)
    alarms(house, "inside", area="ZZ0101", service="mobile", level="3")
    does(house, planned.complete, work.reference)
    intake.read.cache_clear()
    monkeypatch.setattr(intake, "FORMATS", {})
    house.works()

    assert ["–"] == [e.data["incident"] for e in house.entries(work, "alarm_goes_on")]
    assert 0 == read_event(house.app)


def test_a_reader_that_breaks_without_an_event_ends_no_tick(house: House, monkeypatch: pytest.MonkeyPatch):
    """Nothing was set aside, so nothing is gained by trying at once: the notices of the tick leave (I23)."""

    tried: list[object] = []

    def broken(act):
        tried.append(act.now)
        raise ZeroDivisionError

    house.has_customers(sms=1)
    incident = house.alice.opens(level=3)
    monkeypatch.setattr(intake, "goes_on", broken)
    notice = house.alice.tells(incident, Kind.FIRST_NOTICE)

    assert 1 == house.notice(notice).counters.reached
    assert len(tried) < 50
