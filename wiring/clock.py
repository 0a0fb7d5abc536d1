"""The one clock, in its forms. Nothing else in the house reads the time of day (a lint rule holds it)."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Wall clock at the start, then elapsed boot time: a wall clock that steps moves nothing.

    It starts at max(wall clock, `floor`), so that a backward step never un-fires anything.
    """

    fixed = False

    def __init__(self, floor: datetime | None = None):
        wall = datetime.now(UTC)
        self._start = wall if floor is None else max(wall, floor)
        self._boot = _boot_seconds()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=_boot_seconds() - self._boot)

    def rebase(self, at: datetime) -> None:
        """Go on from `at`: the record is ahead of us, and a clock that waits for it would freeze the windows."""
        self._start, self._boot = at, _boot_seconds()


def _boot_seconds() -> float:
    """Seconds since boot, suspend included where the system can tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


class FixedClock:
    """Stands still: TONGBAO_NOW of a one-shot command."""

    fixed = True

    def __init__(self, at: datetime):
        self._at = at.astimezone(UTC)

    def rebase(self, at: datetime) -> None:
        """A clock that a person set is refused instead."""

    def now(self) -> datetime:
        return self._at


class ManualClock:
    """Moved by hand and never backwards: replays and stories."""

    fixed = True

    def __init__(self, at: datetime):
        self._at = at.astimezone(UTC)
        self._lock = threading.Lock()

    def rebase(self, at: datetime) -> None:
        """A clock that a person set is refused instead."""

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        with self._lock:
            self._at = max(self._at, at.astimezone(UTC))
