"""The operations log: what happened to the program itself. One row of a matter stands at most."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from incidents.operation import Operation
from storage.rows import Rows
from storage.schema import operations

_rows = Rows(operations, Operation)


class Operations:
    def __init__(self, connection: Connection):
        self._connection = connection

    def note(self, operation: Operation) -> None:
        """Keep something that is over already."""
        _rows.insert(self._connection, operation)

    def stand(self, operation: Operation) -> bool:
        """Let it stand, unless its matter stands already; whether it is new (one row whoever comes, I15)."""
        return _rows.offer(self._connection, operation)

    def standing(self, about: str | None = None) -> list[Operation]:
        if about is None:
            return _rows.find(self._connection, "WHERE over_at IS NULL ORDER BY id")
        return _rows.find(self._connection, "WHERE over_at IS NULL AND about = ? ORDER BY id", (about,))

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
        return _rows.find(self._connection, "ORDER BY id DESC LIMIT ?", (limit,))
