"""Units of the organisation, with the areas that each looks after."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from notifications.organisation import OrgUnit
from storage.rows import Rows
from storage.schema import org_units

_rows = Rows(org_units, OrgUnit, key="code")


class Organisation:
    def __init__(self, connection: Connection):
        self._connection = connection
        self._read: dict[str, OrgUnit] | None = None

    def units(self) -> dict[str, OrgUnit]:
        """Every unit by its code; read once in a transaction."""
        self._read = self._read or self._found()
        return self._read

    def _found(self) -> dict[str, OrgUnit]:
        return {unit.code: unit for unit in _rows.find(self._connection, "ORDER BY code")}

    def names(self, code: str) -> dict[str, str]:
        """What a unit is called, by language; nothing for one that is not there."""
        found = self._connection.execute(select(org_units.c.names).where(org_units.c.code == code)).first()
        return dict(found.names) if found else {}

    def put_units(self, rows: Sequence[OrgUnit]) -> None:
        """Insert or replace by code."""
        self._read = None
        if not rows:
            return
        row = upsert(org_units)
        changed = {name: row.excluded[name] for name in ("parent", "rank", "names", "areas")}
        kept = row.on_conflict_do_update(index_elements=["code"], set_=changed)
        values = [{**vars(unit), "rank": unit.rank.value, "areas": list(unit.areas)} for unit in rows]
        self._connection.execute(kept, values)
