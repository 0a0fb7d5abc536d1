"""Row <-> frozen value: columns are named like the fields, nested values pass through JSON.

What every sweep does for every window goes straight to the driver, as the fan-out's statements do: Core's own
work per statement and per value costs more than SQLite's.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from dataclasses import fields
from enum import Enum
from functools import lru_cache
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter
from sqlalchemy import Boolean, Connection, CursorResult, RowMapping, Table

from storage.columns import Instant, Nested, driver, from_micros, marks, to_micros

T = TypeVar("T")
MADE = 1024
"""Rows of a table whose values are kept: they are frozen, and most of what a sweep reads has not changed."""


def inserted_id(done: CursorResult[Any]) -> int:
    """The id that the database gave to the one row just inserted."""
    key = done.inserted_primary_key
    if key is None:
        raise RuntimeError("the insert gave no key")
    return int(key[0])


class Rows(Generic[T]):
    """Turns values of one frozen dataclass into rows of one table and back."""

    def __init__(self, table: Table, cls: type[T], key: str = "id"):
        self.table = table
        self._key = key
        self._cls = cls
        hints = get_type_hints(cls)
        self._names = [field.name for field in fields(cls) if field.name in table.c]  # type: ignore[arg-type]
        self._nested = {name for name in self._names if isinstance(table.c[name].type, Nested)}
        self._adapter = TypeAdapter(cls)
        self._fields = {name: TypeAdapter[Any](hints[name]) for name in self._nested}
        readers = [self._reader(name, hints[name]) for name in self._names]
        self._readers = [(at, reader) for at, reader in enumerate(readers) if reader is not _plain]
        """(place in the row, how it is read) of what the driver does not give as it is."""
        self._writers = {column.name: self._writer(column.name) for column in table.c}
        named = ", ".join(f'{table.name}."{name}"' for name in self._names)
        self._made = lru_cache(maxsize=MADE)(self._make)
        self._select = f"SELECT {named} FROM {table.name}"  # noqa: S608 - names, no values

    def row(self, value: T) -> dict[str, Any]:
        """The columns of `value`; an id of 0 is left out, so that the database gives one."""
        row = {name: getattr(value, name) for name in self._names}
        for name in self._nested:
            row[name] = self._fields[name].dump_python(row[name], mode="json")
        if row.get("id") == 0:
            del row["id"]
        return row

    def value(self, row: RowMapping) -> T:
        return self._adapter.validate_python({name: row[name] for name in self._names})

    def find(self, connection: Connection, rest: str, given: Sequence[Any] = ()) -> list[T]:
        """The values of the rows that `rest` (WHERE … ORDER BY …) selects, read past Core."""
        found = driver(connection).execute(f"{self._select} {rest}", tuple(given)).fetchall()
        return [self._made(row) for row in found]

    def _make(self, row: Sequence[Any]) -> T:
        values = list(row)
        for at, reader in self._readers:
            if values[at] is not None:
                values[at] = reader(values[at])
        return self._cls(*values)

    def insert(self, connection: Connection, value: T, **more: Any) -> int:
        """Insert `value` with these further columns, past Core; returns its id."""
        return int(self._put(connection, self._driven(value, more)).lastrowid)

    def offer(self, connection: Connection, value: T) -> bool:
        """Insert `value` unless a row like it is there already; whether it was new."""
        return int(self._put(connection, self._driven(value, {}), "ON CONFLICT DO NOTHING").rowcount) > 0

    def _put(self, connection: Connection, row: dict[str, Any], unless: str = "") -> Any:
        if row.get("id") == 0:
            row["id"] = None
        text = f"INSERT INTO {self.table.name} ({_listed(row)}) VALUES ({marks(row)}) {unless}"  # noqa: S608 - names
        return driver(connection).execute(text, tuple(row.values()))

    def update(self, connection: Connection, value: T, **more: Any) -> None:
        """Write `value` over the row of its key, past Core.

        The key itself is not named: else SQLite looks through every child row for it.
        """
        row = self._driven(value, more)
        key = row.pop(self._key)
        pairs, mine = (", ".join(f'"{name}" = ?' for name in names) for names in (row, [self._key]))
        text = f"UPDATE {self.table.name} SET {pairs} WHERE {mine}"  # noqa: S608 - names, no values
        driver(connection).execute(text, (*row.values(), key))

    def _driven(self, value: T, more: dict[str, Any]) -> dict[str, Any]:
        """The columns as the driver takes them."""
        row = {name: getattr(value, name) for name in self._names} | more
        return {name: one if one is None else self._writers[name](one) for name, one in row.items()}

    def _writer(self, name: str) -> Callable[[Any], Any]:
        if name in self._nested:
            adapter = self._fields[name]
            return lambda value: adapter.dump_json(value).decode()
        return to_micros if isinstance(self.table.c[name].type, Instant) else _plain

    def _reader(self, name: str, hint: Any) -> Callable[[Any], Any]:
        kind = self.table.c[name].type
        if isinstance(kind, Nested):
            return self._fields[name].validate_json
        if isinstance(kind, Instant):
            return from_micros
        if isinstance(kind, Boolean):
            return bool
        inner = _inner(hint)
        return inner if isinstance(inner, type) and issubclass(inner, Enum) else _plain


def _listed(names: Any) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _inner(hint: Any) -> Any:
    """The type without its None."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(one for one in get_args(hint) if one is not type(None))
    return hint


def _plain(value: Any) -> Any:
    return value
