"""A task that a playbook step opened for one department and role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

OWED = ("open", "acknowledged")
ENDED = ("done", "skipped")
WITHDRAWN = "withdrawn"
"""The act that opened it was taken back before anybody took it; done again, it opens the task again."""


@dataclass(frozen=True)
class Task:
    """`state`: open, acknowledged, done, skipped or withdrawn; skipped ones say who and why.

    One that `escalates` and that nobody of its role has acknowledged when it is due is escalated once (R14).
    """

    id: int
    incident_id: int
    step: str
    phase: str
    department: str
    role: str
    title: dict[str, str]
    state: str
    opened_at: datetime
    due_at: datetime | None
    ended_at: datetime | None = None
    ended_by: str | None = None
    reason: str | None = None
    track: str = "lead"
    escalates: bool = False
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    escalated_at: datetime | None = None

    @property
    def owed(self) -> bool:
        return self.state in OWED

    @property
    def red(self) -> bool:
        """Nobody took it in time, and nobody has since."""
        return self.state == "open" and self.escalated_at is not None
