"""Hand-overs of the shift: the sheet as it was signed, and who took it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, insert, select, update

from reports.handover import Handover
from storage.proof_schema import handovers
from storage.rows import Rows, inserted_id

_rows = Rows(handovers, Handover)


class Handovers:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, handover: Handover) -> Handover:
        done = self._connection.execute(insert(handovers).values(_rows.row(handover)))
        return replace(handover, id=inserted_id(done))

    def save(self, handover: Handover) -> None:
        row = _rows.row(handover)
        self._connection.execute(update(handovers).where(handovers.c.id == handover.id).values(row))

    def last(self) -> Handover | None:
        """The newest one, accepted or not."""
        query = select(handovers).order_by(handovers.c.id.desc()).limit(1)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _rows.value(row)
