"""Drills, what is still to come in them, and the years that units let pass without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from incidents.drill import Drill, DrillState, Injection
from storage.rows import Rows, inserted_id
from storage.schema import drill_misses, drills, injections

_rows = Rows(drills, Drill)
_steps = Rows(injections, Injection)
_WAITING = injections.c.done_at.is_(None)


class Drills:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, drill: Drill) -> Drill:
        done = self._connection.execute(insert(drills).values(_rows.row(drill)))
        return replace(drill, id=inserted_id(done))

    def save(self, drill: Drill) -> None:
        mine = drills.c.id == drill.id
        self._connection.execute(update(drills).where(mine).values(_rows.row(drill)))

    def of_incident(self, incident_id: int) -> Drill | None:
        row = self._connection.execute(select(drills).where(drills.c.incident == incident_id)).mappings()
        found = row.first()
        return None if found is None else _rows.value(found)

    def all(self) -> list[Drill]:
        """Every drill, the oldest first."""
        query = select(drills).order_by(drills.c.started_at, drills.c.id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def running(self) -> list[Drill]:
        query = select(drills).where(drills.c.state == DrillState.RUNNING).order_by(drills.c.id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def plan(self, steps: Sequence[Injection]) -> None:
        if steps:
            self._connection.execute(insert(injections), [_steps.row(one) for one in steps])

    def steps(self, drill_id: int) -> list[Injection]:
        """Every event of a drill but the opening, in order."""
        query = select(injections).where(injections.c.drill == drill_id).order_by(injections.c.number)
        return [_steps.value(row) for row in self._connection.execute(query).mappings()]

    def due(self, now: datetime) -> Injection | None:
        """The event whose turn it is; events of one drill come one after the other."""
        query = select(injections).where(_WAITING, injections.c.due_at <= now)
        row = self._connection.execute(query.order_by(injections.c.due_at, injections.c.number).limit(1))
        found = row.mappings().first()
        return None if found is None else _steps.value(found)

    def next_at(self) -> datetime | None:
        return self._connection.execute(select(func.min(injections.c.due_at)).where(_WAITING)).scalar()

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
