"""What one person asks for and a second one decides: lowering a level from 1, waiving a duty at levels 1 and 2.

Pure, frozen. Until it is decided nothing has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Asked(StrEnum):
    """What is asked for."""

    DOWNGRADE = "downgrade"
    WAIVER = "waiver"


class DecisionState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"
    """What it was about has changed or ended meanwhile."""


@dataclass(frozen=True)
class Decision:
    """`level` is the level asked for by a downgrade, `window` the duty that a waiver is about; else 0."""

    id: int
    incident: int
    asked: Asked
    author: str
    submitted_at: datetime
    reason: str
    level: int = 0
    window: int = 0
    state: DecisionState = DecisionState.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None
    refusal: str = ""

    @property
    def name(self) -> str:
        """How people call it: D3."""
        return f"D{self.id}"
