"""When a window could be told: what is still to be sent at each sender's own rate, and the approval before it.

Pure. recipients × parts ÷ rate + expected remaining approval time, or the line before it at the sender if that takes
longer, + provider drain; docs/windows.md, "The forecast".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

NOTHING = timedelta(0)
APPROVAL = timedelta(minutes=15)
"""What a second person's approval is expected to take while there is none."""
LOOK_EVERY = timedelta(seconds=30)
"""A forecast is made anew at least this often while its window is open (I27)."""


@dataclass(frozen=True)
class Load:
    """What one channel has still to send, in messages. `rate` is in parts per second, 0 without a limit."""

    channel: str
    messages: int
    parts: int = 1
    rate: float = 0.0
    drain: timedelta = NOTHING
    """How long the provider keeps what it has taken before it leaves."""
    ahead: timedelta = NOTHING
    """How long the sender is busy with other notices that leave before this one."""

    @property
    def lasts(self) -> timedelta:
        if not self.messages:
            return NOTHING
        sending = timedelta(seconds=self.messages * self.parts / self.rate) if self.rate else NOTHING
        return sending + self.drain


def told_at(now: datetime, loads: Iterable[Load], approval: timedelta) -> datetime:
    """When everybody could be told if it went on now; `approval` is what is still expected of people."""
    return now + _needed(loads, approval)


def turns_late_at(due_at: datetime, loads: Iterable[Load], approval: timedelta) -> datetime:
    """The last instant at which the forecast still keeps `due_at`; just after it, it is too late."""
    return due_at - _needed(loads, approval)


def _needed(loads: Iterable[Load], approval: timedelta) -> timedelta:
    """What the slowest channel needs: they send side by side, and the line gets shorter while people approve."""
    needed = (max(approval, load.ahead) + load.lasts for load in loads if load.messages)
    return max(needed, default=approval)
