"""The one clock, in its forms. Nothing else in the house reads the time of day (a lint rule holds it)."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Boot:
    """One instant of the boot clock: which boot of which machine ("" where that is not told), and how long since."""

    id: str
    seconds: float


def boot() -> Boot:
    """The boot clock now; suspend included where the system can tell."""
    try:
        name = BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        name = ""
    return Boot(name, boot_seconds())


def boot_seconds() -> float:
    """Seconds since boot, suspend included where the system can tell: for spans that a suspend must not hide."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


class SystemClock:
    """Wall clock at the start, then elapsed boot time: a wall clock that steps moves nothing.

    It starts at max(wall clock, `floor`), so that a backward step never un-fires anything. `running` is what
    processes of this home that run already hold for now: then that counts instead of the wall.
    """

    fixed = False

    def __init__(self, floor: datetime | None = None, running: datetime | None = None):
        start = datetime.now(UTC) if running is None else running
        self._base = (start if floor is None else max(start, floor), boot_seconds())

    def now(self) -> datetime:
        start, since = self._base
        return start + timedelta(seconds=boot_seconds() - since)

    def rebase(self, at: datetime) -> None:
        """Go on from `at`: the record is ahead of us, and a clock that waits for it would freeze the windows."""
        self._base = (at, boot_seconds())

    def drift(self) -> timedelta:
        """How far the wall clock is ahead of this one."""
        return datetime.now(UTC) - self.now()


class FixedClock:
    """Stands still: TONGBAO_NOW of a one-shot command."""

    fixed = True

    def __init__(self, at: datetime):
        self._at = at.astimezone(UTC)

    def rebase(self, at: datetime) -> None:
        """A clock that a person set is refused instead."""

    def drift(self) -> timedelta:
        """A clock that a person set is right."""
        return timedelta(0)

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

    def drift(self) -> timedelta:
        """A clock that a person set is right."""
        return timedelta(0)

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        with self._lock:
            self._at = max(self._at, at.astimezone(UTC))
