"""When clocks may be trusted: the wall against the boot clock, processes against each other, gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windows.timekeeping import LONG_GAP, is_long, may_act, worth_recording
from wiring import clock
from wiring.clock import SystemClock

SECOND = timedelta(seconds=1)
NOW = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)


@given(st.timedeltas(timedelta(days=-3650), timedelta(days=3650)))
def test_a_process_acts_only_within_a_second_of_its_database(offset: timedelta):
    """Who is more than a second away neither judges, leases nor sends; the sign does not matter (§4)."""
    assert (abs(offset) <= SECOND) == may_act(offset)


def test_the_bound_itself_may_act():
    """One second is near enough; one microsecond more is not (§4)."""
    assert (True, True, False, False) == tuple(
        may_act(at) for at in (SECOND, -SECOND, SECOND + timedelta.resolution, -SECOND - timedelta.resolution)
    )


@pytest.mark.parametrize(
    ("drift", "recorded", "news"),
    [
        (2.0, None, False),
        (2.1, None, True),
        (-2.1, None, True),
        (3.0, 2.5, False),
        (5.0, 2.5, True),
        (3600.0, 3601.0, False),
        (601.0, 599.0, True),
        (599.0, 601.0, True),
        (-3600.0, 3600.0, True),
    ],
)
def test_a_disagreement_is_recorded_when_it_is_news(drift: float, recorded: float | None, news: bool):
    """Over two seconds is recorded, over ten minutes becomes an alarm, a jitter fills no log (§4)."""
    known = None if recorded is None else timedelta(seconds=recorded)
    assert news == worth_recording(timedelta(seconds=drift), known)


def test_a_gap_of_a_day_is_not_long_and_a_moment_more_is():
    """Automatic customer sends wait after more than 24 hours (§4)."""
    assert (False, True) == (is_long(LONG_GAP), is_long(LONG_GAP + timedelta.resolution))


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What the wall says and the boot clock beside it: [the wall], moved by the test."""
    told = [NOW]
    seconds = [100.0]

    class Wall(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return told[0]

    monkeypatch.setattr(clock, "datetime", Wall)
    monkeypatch.setattr(clock, "boot_seconds", lambda: seconds[0])
    told.append(seconds)  # type: ignore[arg-type]
    return told


@pytest.mark.parametrize("step", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=3650)])
def test_a_step_of_the_wall_moves_nothing_while_we_run(wall: list, step: timedelta):
    """Elapsed time is the boot clock's; how far the wall is away is known (I9, §4, M21)."""
    ticking = SystemClock()
    wall[0] += step
    wall[1][0] += 5

    assert NOW + timedelta(seconds=5) == ticking.now()
    assert step - timedelta(seconds=5) == ticking.drift()


def test_a_start_is_never_before_the_record(wall: list):
    """Now is the later of the wall and the last committed instant: a backward step un-fires nothing (I9, §4)."""
    last = NOW + timedelta(days=3650)
    assert (last, NOW) == (SystemClock(last).now(), SystemClock(NOW - timedelta(days=3650)).now())
    assert -timedelta(days=3650) == SystemClock(last).drift()


def test_a_command_beside_running_processes_takes_their_time(wall: list):
    """One stepped wall clock, seen by a command that somebody types, does not move those that run (§4)."""
    wall[0] += timedelta(hours=1)
    assert NOW == SystemClock(NOW - timedelta(minutes=1), NOW).now()
