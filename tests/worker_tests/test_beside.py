"""Regimes, drills and the yearly count of drills are looked at beside the verdicts, and stop none of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coordinator import drills, views
from incidents.drill import shipped
from incidents.terms import Kind, Verdict
from tests.house import House
from wiring.settings import Settings


@pytest.fixture
def settings() -> Settings:
    """Staff are paged as they are by default."""
    return Settings()


BROKEN = {
    "regimes_stuck": "INSERT OR REPLACE INTO meta (key, value) VALUES ('regimes_look_at', 'some day')",
    "drills_stuck": "UPDATE drills SET incident = NULL",
    "drill_years_stuck": "INSERT OR REPLACE INTO meta (key, value) VALUES ('drill_years_look_at', 'some day')",
}
MENDED = {
    "regimes_stuck": "UPDATE meta SET value = '' WHERE key = 'regimes_look_at'",
    "drills_stuck": "DELETE FROM drills",
    "drill_years_stuck": "UPDATE meta SET value = '2026-01-01T00:00:00+00:00' WHERE key = 'drill_years_look_at'",
}


def alarms(house: House) -> dict[str, bool]:
    """Alarm -> whether it says why."""
    board = house.app.coordinator.act("read", house.alice.actor, views.board)
    return {one["about"]: bool(one["data"]["failed"]) for one in board["alarms"]}


def paged_about(house: House) -> set[str]:
    """What people are paged for just now that is stuck."""
    with house.app.database.transaction() as tx:
        return {call.data["stuck"] for call in tx.paging.live() if "stuck" in call.data and call.round}


def ticks(house: House, minutes: int) -> None:
    """So many minutes in which the clocks are looked at every half minute, as a running program does."""
    for _ in range(2 * minutes):
        house.clock.set(house.clock.now() + timedelta(seconds=30))
        house.works()


@pytest.mark.parametrize("broken", [*((name,) for name in BROKEN), tuple(BROKEN)], ids=",".join)
def test_what_fails_beside_a_verdict_keeps_none_from_being_written(house: House, broken: tuple[str, ...]):
    """I9: the breach is on the record, whatever of regimes and drills is broken; what is broken stands as an alarm with
    its reason, the others go on, and it is over once it works again."""
    house.app.coordinator.act(
        "drill", house.alice.actor, drills.start, shipped()["too_early"], False, ("ZZ-P",), (), ()
    )
    incident = house.alice.opens(level=2)
    house.works()
    for name in broken:
        house.writes_raw(BROKEN[name])

    house.goes_dark(hours=2, seconds=1)
    house.works()
    assert Verdict.BREACHED == house.window(incident, Kind.FIRST_NOTICE, 1).state
    assert dict.fromkeys(broken, True) == alarms(house)
    ticks(house, minutes=3)
    assert set(broken) == paged_about(house)
    assert any("系统异常" in page["body"] for page in house.paged())

    for name in broken:
        house.writes_raw(MENDED[name])
    house.clock.set(house.clock.now() + timedelta(seconds=1))
    house.works()
    assert {} == alarms(house)
    ticks(house, minutes=20)
    assert set() == paged_about(house)


def test_what_works_again_within_two_minutes_wakes_nobody(house: House):
    """A regime that fails for a moment stands as an alarm; nobody is called out for it."""
    house.alice.opens(level=2)
    house.writes_raw(BROKEN["regimes_stuck"])
    house.works()
    assert {"regimes_stuck": True} == alarms(house)

    ticks(house, minutes=1)
    house.writes_raw(MENDED["regimes_stuck"])
    ticks(house, minutes=5)
    assert set() == paged_about(house)
    assert [] == [page["body"] for page in house.paged() if "系统异常" in page["body"]]
