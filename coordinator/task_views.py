"""Tasks as JSON documents; see coordinator/views.py, of which this is a part."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from coordinator.act import Act
from playbooks.task import OWED, Task

Document = dict[str, Any]


def task(act: Act, task: Task) -> Document:
    """One task; `red` when nobody of its role took it in time and nobody has since."""
    return {
        "id": task.id,
        "incident": act.tx.incidents.by_id(task.incident_id).reference,
        "step": task.step,
        "phase": task.phase,
        "track": task.track,
        "department": task.department,
        "role": task.role,
        "title": dict(task.title),
        "state": task.state,
        "red": task.red,
        "opened_at": _iso(task.opened_at),
        "due_at": _iso(task.due_at),
        "escalates": task.escalates,
        "escalated_at": _iso(task.escalated_at),
        "acknowledged_at": _iso(task.acknowledged_at),
        "acknowledged_by": task.acknowledged_by,
        "ended_at": _iso(task.ended_at),
        "ended_by": task.ended_by,
        "reason": task.reason,
    }


def owed_tasks(act: Act) -> list[Document]:
    """Every task that is neither done nor skipped, the oldest first."""
    return [task(act, one) for one in act.tx.playbooks.tasks(None, OWED)]


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
