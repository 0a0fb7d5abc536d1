"""What happened to the program itself: outages, clocks that disagree, holds, what the self-audit found.

Frozen. Of one matter (`about`) at most one stands at a time; what is over stays on the record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

RESTORED = "restored"
"""The record is older than its mark: nothing goes to customers until it is reconciled and accepted."""
LONG_GAP = "long_gap"
"""Nobody looked for over 24 hours: what would go to customers by itself waits for a person."""
OUTAGE = "outage"
WALL_CLOCK = "wall_clock"
IMPLAUSIBLE = "implausible_clock"
RECORD_GONE = "record_gone"
AUDIT = "audit"
HEARTBEAT = "heartbeat"
REGIME_REFUSED = "regime_refused:"
"""How the matter of a regime begins that the record says applies, and that could not be; the pack's name follows."""
REGIMES_STUCK, DRILLS_STUCK, DRILL_YEARS_STUCK = "regimes_stuck", "drills_stuck", "drill_years_stuck"
PLANNED_STUCK, GROWTH_STUCK, SWEEP_STUCK = "planned_stuck", "growth_stuck", "sweep_stuck"
"""What is looked at beside the verdicts fails, or one thing of the sweep; over when it works again."""
PUBLISH_BEHIND = "publish_behind:"
"""How the matter of a publish target begins that does not show the present pages; its name follows."""
HOLDS = (RESTORED, LONG_GAP)
ACCEPTED_BY_PEOPLE = (RESTORED, LONG_GAP, IMPLAUSIBLE, RECORD_GONE)
"""Matters that only a person ends; the others end when they are over."""


@dataclass(frozen=True)
class Operation:
    """One matter. `alarm`: a person must know of it now; else it is only kept."""

    about: str
    at: datetime
    alarm: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    id: int = 0
    over_at: datetime | None = None
    over_by: str = ""
    reason: str = ""

    @property
    def stands(self) -> bool:
        return self.over_at is None
