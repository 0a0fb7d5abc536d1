"""The operations log: what happened to the program itself. One row of a matter stands at most."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from incidents.operation import Operation
from storage.rows import Rows
from storage.schema import operations

_rows = Rows(operations, Operation)


class Operations:
    def __init__(self, connection: Connection):
        self._connection = connection

    def note(self, operation: Operation) -> None:
        """Keep something that is over already."""
        self._connection.execute(insert(operations).values(_rows.row(operation)))

    def stand(self, operation: Operation) -> bool:
        """Let it stand, unless its matter stands already; whether it is new (one row whoever comes, I15)."""
        row = upsert(operations).values(_rows.row(operation)).on_conflict_do_nothing()
        return self._connection.execute(row).rowcount > 0

    def standing(self, about: str | None = None) -> list[Operation]:
        query = select(operations).where(operations.c.over_at.is_(None)).order_by(operations.c.id)
        if about is not None:
            query = query.where(operations.c.about == about)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def refresh(self, operation: Operation, data: Mapping[str, Any]) -> None:
        """What is known of a standing matter by now."""
        mine = (operations.c.id == operation.id) & operations.c.over_at.is_(None)
        self._connection.execute(update(operations).where(mine).values(data=dict(data)))

    def end(self, about: str, at: datetime, by: str, reason: str = "") -> bool:
        """It is over; False when it did not stand (somebody got there first)."""
        mine = (operations.c.about == about) & operations.c.over_at.is_(None)
        done = self._connection.execute(
            update(operations).where(mine).values(over_at=at, over_by=by, reason=reason)
        )
        return done.rowcount > 0

    def newest(self, limit: int) -> list[Operation]:
        query = select(operations).order_by(operations.c.id.desc()).limit(limit)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]
