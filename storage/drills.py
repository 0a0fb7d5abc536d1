"""Drills, what is still to come in them, and the years that units let pass without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from incidents.drill import Drill, DrillState, Injection
from storage.columns import earliest, literal, to_micros
from storage.rows import Rows
from storage.schema import drill_misses, drills, injections

_rows = Rows(drills, Drill)
_steps = Rows(injections, Injection)
_WAITING = injections.c.done_at.is_(None)


class Drills:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, drill: Drill) -> Drill:
        return replace(drill, id=_rows.insert(self._connection, drill))

    def save(self, drill: Drill) -> None:
        _rows.update(self._connection, drill)

    def of_incident(self, incident_id: int) -> Drill | None:
        found = _rows.find(self._connection, "WHERE incident = ?", (incident_id,))
        return found[0] if found else None

    def all(self) -> list[Drill]:
        """Every drill, the oldest first."""
        return _rows.find(self._connection, "ORDER BY started_at, id")

    def running(self) -> list[Drill]:
        return _rows.find(self._connection, f"WHERE state = {literal(DrillState.RUNNING)} ORDER BY id")

    def plan(self, steps: Sequence[Injection]) -> None:
        if steps:
            self._connection.execute(insert(injections), [_steps.row(one) for one in steps])

    def steps(self, drill_id: int) -> list[Injection]:
        """Every event of a drill but the opening, in order."""
        return _steps.find(self._connection, "WHERE drill = ? ORDER BY number", (drill_id,))

    def due(self, now: datetime) -> Injection | None:
        """The event whose turn it is; events of one drill come one after the other."""
        due = "WHERE done_at IS NULL AND due_at <= ? ORDER BY due_at, number LIMIT 1"
        found = _steps.find(self._connection, due, (to_micros(now),))
        return found[0] if found else None

    def next_at(self) -> datetime | None:
        return earliest(self._connection, "SELECT min(due_at) FROM injections WHERE done_at IS NULL")

    def settle(self, step: Injection) -> bool:
        """Keep what became of it; False when somebody got there first."""
        mine = (injections.c.drill == step.drill) & (injections.c.number == step.number) & _WAITING
        done = self._connection.execute(
            update(injections).where(mine).values(done_at=step.done_at, outcome=step.outcome)
        )
        return done.rowcount > 0

    def miss(self, unit: str, year: int, at: datetime) -> bool:
        """A year is over without a full drill of this unit; whether that is new (one row, whoever comes)."""
        row = upsert(drill_misses).values(unit=unit, year=year, at=at).on_conflict_do_nothing()
        return self._connection.execute(row).rowcount > 0

    def misses(self) -> list[tuple[str, int, datetime]]:
        query = select(drill_misses).order_by(drill_misses.c.year, drill_misses.c.unit)
        return [(row.unit, row.year, row.at) for row in self._connection.execute(query)]
