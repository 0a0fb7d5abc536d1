"""Nobody looked for a while: verdicts at once, and after more than a day customers wait for a person's word."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from coordinator import clock, views
from incidents.operation import LONG_GAP, OUTAGE, WALL_CLOCK
from incidents.terms import Kind
from tests.clock_tests.test_restored import accepts, standing
from tests.house import START, House
from wiring.app import build
from wiring.clock import ManualClock

DUE = START + timedelta(hours=2)


@pytest.mark.parametrize(
    ("gap", "held"), [(timedelta(seconds=30), False), (timedelta(hours=2), False), (timedelta(days=3), True)]
)
def test_down_over_a_due_instant(house: House, gap: timedelta, held: bool):
    """30 seconds, 2 hours, 3 days: breached with the true due, the outage as cause, the duty pursued; only after
    more than a day does what was released before wait for a person (I9, §4, M20)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2)
    house.fast_forward(until=DUE - timedelta(seconds=10))
    notice = house.bob.approves(house.alice.submits(incident))
    house.goes_dark(seconds=gap.total_seconds())
    house.restarts()
    house.works()

    window = house.window(incident, "first_notice")
    assert ("breached", DUE, "wall_after_gap") == (window.state, window.due_at, window.basis)
    assert "coordinator_outage" in window.causes
    assert ([LONG_GAP] if held else []) == [one.about for one in standing(house)]
    assert (0 if held else 2) == len(house.told("sms", notice))
    if held:
        accepts(house)
        house.works()
    assert 2 == len(house.told("sms", notice))
    assert "done" == house.window(incident, "first_notice").duty


def test_a_year_of_silence_owes_a_year_of_updates(house: House):
    """Each missed update has its verdict with its own due, in one go; people are paged about the newest alone, and
    one update ends them all (R28, I9, I10)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.goes_dark(days=365)
    house.works()

    updates = [w for w in house.windows(incident) if w.kind == Kind.PROGRESS_UPDATE]
    missed = [w for w in updates if w.state == "breached"]
    assert len(updates) - 1 == len(missed) == len(house.breaches(incident))
    assert 365 < len(missed)
    assert [] == [w for w, later in pairwise(updates) if later.due_at <= w.due_at]
    paged = {
        entry.data["window"] for entry in house.entries(incident, "staff_paged") if "window" in entry.data
    }
    assert paged <= {updates[-1].id, updates[-2].id}

    accepts(house)
    house.alice.tells(incident, Kind.PROGRESS_UPDATE)
    owed = [w for w in house.windows(incident) if w.owed and w.kind == Kind.PROGRESS_UPDATE]
    assert 1 == len(owed)


def test_what_a_person_releases_after_the_gap_goes(house: House):
    """Automatic sends wait; a person who releases now knows what day it is (§4)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    house.works()
    house.goes_dark(days=2)
    house.works()
    house.goes_dark(minutes=1)
    house.alice.tells(incident)

    assert [LONG_GAP] == [one.about for one in standing(house)]
    assert 1 == len(house.told("sms"))


def test_a_worker_that_comes_first_sends_nothing_either(house: House):
    """The gap counts before any sweep has recorded it (I15)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    house.works()
    notice = house.bob.approves(house.alice.submits(incident))
    house.goes_dark(days=2)
    from incidents.terms import Channel
    from worker.deliver import deliver

    assert (0, 0) == (deliver(house.app, Channel.WEB), deliver(house.app, Channel.SMS))
    house.works()
    accepts(house)
    house.works()
    assert 1 == len(house.told("sms", notice))


def test_the_board_and_next_say_so(house: House):
    """A hold stands on the board, and accepting it is the one thing to do (I9)."""
    house.has_customers(sms=1)
    house.alice.opens(level=2)
    house.works()
    house.goes_dark(days=2)
    house.works()
    board = house.app.coordinator.act("read", house.alice.actor, views.board)
    step = house.app.coordinator.act("read", house.alice.actor, views.next_step)

    assert [(LONG_GAP, True)] == [(one["about"], one["alarm"]) for one in board["alarms"]]
    assert "tongbao clock accept --reason '…'" == step["next"]


def test_the_wall_is_compared(house: House):
    """Over two seconds is kept, over ten minutes is an alarm, and in agreement it ends (§4)."""
    compare = house.app.coordinator.system
    for seconds, found in (
        (1.5, []),
        (3.0, [(WALL_CLOCK, False)]),
        (3.5, [(WALL_CLOCK, False)]),
        (-3600.0, [(WALL_CLOCK, True)]),
        (0.2, []),
    ):
        compare(clock.compare, timedelta(seconds=seconds))
        assert found == [(one.about, one.alarm) for one in standing(house)], seconds
    assert 2 == len(house.app.coordinator.system(clock.status)["over"])


def test_an_outage_is_kept_once_by_however_many_processes(house: House):
    """Each process that starts after a gap asks; one row says since when nobody looked (I15)."""
    house.works()
    house.goes_dark(minutes=5)
    assert [True, False, False] == [house.app.coordinator.system(clock.begin) for _ in range(3)]
    [kept] = house.app.coordinator.system(clock.status)["over"]
    assert (OUTAGE, START, 300) == (kept.about, kept.at, kept.data["seconds"])


def test_a_stop_of_ten_minutes_over_a_due_instant(house: House):
    """A process that was stopped for ten minutes judges in its first round: the true due, the gap as basis (I9,
    M22)."""
    incident = house.alice.opens(level=1)
    house.fast_forward(until=DUE - timedelta(minutes=1))
    house.goes_dark(minutes=10)
    house.app.coordinator.system(clock.resumed, 600.0)
    house.works()

    window = house.window(incident, "first_notice")
    assert ("breached", DUE, "wall_after_gap") == (window.state, window.due_at, window.basis)
    assert [OUTAGE] == [one.about for one in house.app.coordinator.system(clock.status)["over"]]


@pytest.mark.parametrize("zone", ["Australia/Sydney", "America/New_York", "Europe/Berlin"])
@pytest.mark.parametrize("switch", ["spring", "autumn"])
def test_two_hours_are_7200_seconds_across_a_switch(
    house: House, monkeypatch: pytest.MonkeyPatch, zone: str, switch: str
):
    """Both daylight-saving switches, in the machine's own zone: two hours are 7,200 elapsed seconds (I9, I26, M23)."""
    monkeypatch.setenv("TZ", zone)
    begun = switched(zone, switch) - timedelta(hours=1)
    house.app.close()
    house.clock = ManualClock(begun)
    house.app = build(house.settings, house.folder, house.clock)
    incident = house.alice.opens(level=1, onset=begun)
    house.fast_forward(hours=2)
    assert "open" == house.window(incident, "first_notice").state
    house.fast_forward(seconds=1)

    window = house.window(incident, "first_notice")
    assert ("breached", 7200.0, "clock") == (
        window.state,
        (window.due_at - begun).total_seconds(),
        window.basis,
    )


def switched(zone: str, switch: str):
    """The instant in the winter of 2026/27 or later at which the zone's clocks are moved forward or back."""
    at, way = START.replace(minute=0), 1 if switch == "spring" else -1
    while True:
        here, there = (
            moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in (at, at + timedelta(hours=1))
        )
        if here is not None and there is not None and (there - here) * way > timedelta(0):
            return at + timedelta(hours=1)
        at += timedelta(hours=1)
