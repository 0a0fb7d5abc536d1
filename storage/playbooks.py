"""The playbook that an incident pinned, word for word, and the tasks that it opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from playbooks.engine import Run
from playbooks.task import WITHDRAWN, Task
from storage.columns import earliest, marks, to_micros
from storage.rows import Rows
from storage.schema import playbook_runs, tasks

_tasks = Rows(tasks, Task)
_WAITING = "escalates = 1 AND state = 'open' AND escalated_at IS NULL"
"""Tasks that somebody must acknowledge, that nobody has, and that are not escalated yet."""
_NEXT_ESCALATION = f"SELECT min(due_at) FROM tasks WHERE {_WAITING}"  # noqa: S608 - names


class Playbooks:
    def __init__(self, connection: Connection):
        self._connection = connection

    def pin(
        self, incident_id: int, playbook: str, version: int, digest: str, text: str, now: datetime
    ) -> None:
        self._connection.execute(
            insert(playbook_runs).values(
                incident_id=incident_id,
                playbook=playbook,
                version=version,
                digest=digest,
                text=text,
                activated_at=now,
                events=[],
                begun=[],
            )
        )

    def run(self, incident_id: int) -> tuple[str, Run]:
        """(the pinned YAML text, how far it is)."""
        query = select(playbook_runs.c.text, playbook_runs.c.events, playbook_runs.c.begun).where(
            playbook_runs.c.incident_id == incident_id
        )
        row = self._connection.execute(query).one()
        return row.text, Run(tuple(row.events), tuple(row.begun))

    def save_run(self, incident_id: int, run: Run) -> None:
        mine = playbook_runs.c.incident_id == incident_id
        values = {"events": list(run.events), "begun": list(run.begun)}
        self._connection.execute(update(playbook_runs).where(mine).values(**values))

    def open_task(self, row: dict[str, Any]) -> None:
        """A new task, or one that was withdrawn and is asked for again."""
        mine = and_(tasks.c.incident_id == row["incident_id"], tasks.c.step == row["step"])
        again = update(tasks).where(mine, tasks.c.state == WITHDRAWN)
        if not self._connection.execute(again.values(**row, state="open", escalated_at=None)).rowcount:
            self._connection.execute(insert(tasks).values(**row, state="open"))

    def tasks(self, incident_id: int | None = None, states: Sequence[str] | None = None) -> list[Task]:
        parts: list[str] = []
        given: list[Any] = []
        if incident_id is not None:
            parts.append("incident_id = ?")
            given.append(incident_id)
        if states is not None:
            parts.append(f"state IN ({marks(states)})")
            given += map(str, states)
        mine = f"WHERE {' AND '.join(parts)} " if parts else ""
        return _tasks.find(self._connection, f"{mine}ORDER BY id", given)

    def task(self, task_id: int) -> Task | None:
        found = _tasks.find(self._connection, "WHERE id = ?", (task_id,))
        return found[0] if found else None

    def end_task(self, task_id: int, state: str, by: str, reason: str | None, now: datetime) -> None:
        self._write(task_id, state=state, ended_at=now, ended_by=by, reason=reason)

    def withdraw_task(self, task_id: int) -> None:
        self._write(task_id, state=WITHDRAWN)

    def ack_task(self, task_id: int, by: str, now: datetime) -> None:
        self._write(task_id, state="acknowledged", acknowledged_at=now, acknowledged_by=by)

    def to_escalate(self, now: datetime, limit: int) -> list[Task]:
        """Tasks that nobody acknowledged when they were due, the longest overdue first."""
        due = f"WHERE {_WAITING} AND due_at <= ? ORDER BY due_at LIMIT {limit:d}"
        return _tasks.find(self._connection, due, (to_micros(now),))

    def next_escalation(self) -> datetime | None:
        return earliest(self._connection, _NEXT_ESCALATION)

    def mark_escalated(self, task_id: int, now: datetime) -> None:
        self._write(task_id, escalated_at=now)

    def _write(self, task_id: int, **values: Any) -> None:
        self._connection.execute(update(tasks).where(tasks.c.id == task_id).values(**values))
