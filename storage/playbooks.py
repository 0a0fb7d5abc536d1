"""The playbook that an incident pinned, word for word, and the tasks that it opened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from playbooks.task import Task
from storage.schema import playbook_runs, tasks


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
                done=[],
            )
        )

    def run(self, incident_id: int) -> tuple[str, tuple[str, ...]]:
        """(the pinned YAML text, the steps that have taken effect)."""
        query = select(playbook_runs.c.text, playbook_runs.c.done).where(
            playbook_runs.c.incident_id == incident_id
        )
        row = self._connection.execute(query).one()
        return row.text, tuple(row.done)

    def save_done(self, incident_id: int, done: tuple[str, ...]) -> None:
        mine = playbook_runs.c.incident_id == incident_id
        self._connection.execute(update(playbook_runs).where(mine).values(done=list(done)))

    def open_task(self, row: dict[str, Any]) -> None:
        self._connection.execute(insert(tasks).values(**row, state="open"))

    def tasks(self, incident_id: int | None = None, state: str | None = None) -> list[Task]:
        query = select(tasks).order_by(tasks.c.id)
        if incident_id is not None:
            query = query.where(tasks.c.incident_id == incident_id)
        if state is not None:
            query = query.where(tasks.c.state == state)
        return [Task(*row) for row in self._connection.execute(query)]

    def task(self, task_id: int) -> Task | None:
        row = self._connection.execute(select(tasks).where(tasks.c.id == task_id)).first()
        return None if row is None else Task(*row)

    def end_task(self, task_id: int, state: str, by: str, reason: str | None, now: datetime) -> None:
        self._connection.execute(
            update(tasks)
            .where(tasks.c.id == task_id)
            .values(state=state, ended_at=now, ended_by=by, reason=reason)
        )
