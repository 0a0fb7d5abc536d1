"""What is shown beside a verdict and counts for nothing in it: sizes, instants, receipts, and the onset's view.

Pure. Source: docs/windows.md, "The verdict" (AMB-05, AMB-07).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from incidents.terms import ClockStart
from windows.window import Window

ENOUGH_PERCENT = 80
"""An audience under this share of the affected figure asks for a reason."""


@dataclass(frozen=True)
class ByOnset:
    """How the window would stand had its clock run from the onset, by the rule alone.

    `seconds_late` is told (or now, while it is owed) − due, negative when early.
    """

    onset_at: datetime
    due_at: datetime
    state: Literal["open", "met", "missed"]
    seconds_late: float


@dataclass(frozen=True)
class Beside:
    """`accepted`, `delivered` and `undelivered` are messages by channels whose receipts have come; `drains` are what
    the operator declares of each provider now. None is not known, or not yet."""

    audience: int | None = None
    affected: int | None = None
    first_accepted_at: datetime | None = None
    all_answered_at: datetime | None = None
    accepted: int = 0
    delivered: int = 0
    undelivered: int = 0
    drains: Mapping[str, timedelta] = field(default_factory=dict)
    by_onset: ByOnset | None = None

    @property
    def audience_percent(self) -> int | None:
        """The audience's share of the affected figure in whole percent, rounded down."""
        return self.audience * 100 // self.affected if self.audience is not None and self.affected else None

    @property
    def needs_reason(self) -> bool:
        share = self.audience_percent
        return share is not None and share < ENOUGH_PERCENT

    @property
    def delivered_ratio(self) -> float | None:
        """Messages known to be delivered ÷ messages accepted, 0 to 1."""
        return self.delivered / self.accepted if self.accepted else None


def by_onset(window: Window, onset_at: datetime | None, now: datetime) -> ByOnset | None:
    """The onset's view of a window that counts from awareness; None for others, without an onset, and for a duty that
    ended untold."""
    over = window.told_at is None and not window.owed
    if window.clock_start != ClockStart.AWARE_AT or onset_at is None or over:
        return None
    due = onset_at + timedelta(seconds=window.length_seconds)
    late = ((window.told_at or now) - due).total_seconds()
    state: Literal["open", "met", "missed"] = "met" if window.told_at else "open"
    return ByOnset(onset_at, due, "missed" if late > 0 else state, late)
