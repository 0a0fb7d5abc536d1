"""How values stand in columns: times are UTC microseconds, nested values are JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, MetaData, Table, Text, TypeDecorator
from sqlalchemy.engine import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime as microseconds since 1970: exact, comparable, free of zones (I26)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Nested(TypeDecorator[Any]):
    """A nested value as JSON text; rows.py gives it its type back."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def driver(connection: Connection) -> Any:
    """The driver's own connection, in the same transaction, for statements that every sweep repeats."""
    return connection.connection.dbapi_connection


def marks(values: Collection[Any]) -> str:
    """As many placeholders as there are values."""
    return ", ".join("?" * len(values))


def literal(word: str) -> str:
    """A word of ours as it stands in a statement.

    SQLite plans a statement anew for every value bound to what its plan may depend on: a LIMIT, and a column that a
    partial index asks for. What every sweep repeats names such values itself.
    """
    return "'" + word.replace("'", "''") + "'"


def earliest(connection: Connection, query: str, given: Sequence[Any] = ()) -> datetime | None:
    """The one instant that `query` finds, read past Core; None when there is none."""
    row = driver(connection).execute(query, tuple(given)).fetchone()
    return None if row is None or row[0] is None else from_micros(row[0])


metadata = MetaData()


def table(name: str, *columns: Any, without_rowid: bool = False) -> Table:
    return Table(name, metadata, *columns, sqlite_with_rowid=not without_rowid)
