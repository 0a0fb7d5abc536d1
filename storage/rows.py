"""Row <-> frozen value: columns are named like the fields, nested values pass through JSON."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import CursorResult, RowMapping, Table

from storage.columns import Nested

T = TypeVar("T")


def inserted_id(done: CursorResult[Any]) -> int:
    """The id that the database gave to the one row just inserted."""
    key = done.inserted_primary_key
    if key is None:
        raise RuntimeError("the insert gave no key")
    return int(key[0])


class Rows(Generic[T]):
    """Turns values of one frozen dataclass into rows of one table and back."""

    def __init__(self, table: Table, cls: type[T]):
        self.table = table
        self._names = [field.name for field in fields(cls) if field.name in table.c]  # type: ignore[arg-type]
        self._nested = {name for name in self._names if isinstance(table.c[name].type, Nested)}
        self._adapter = TypeAdapter(cls)
        self._fields = {
            field.name: TypeAdapter(field_type)
            for field, field_type in _typed(cls)
            if field.name in self._nested
        }

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


def _typed(cls: type[Any]) -> list[tuple[Any, Any]]:
    from typing import get_type_hints

    hints = get_type_hints(cls)
    return [(field, hints[field.name]) for field in fields(cls)]
