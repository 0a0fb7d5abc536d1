"""A task that a playbook step opened for one department and role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Task:
    """`state`: open, done or skipped; skipped ones say who and why."""

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
