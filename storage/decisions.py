"""What waits for a second person's word, and what became of it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from incidents.decision import Decision, DecisionState
from incidents.errors import NotFound
from storage.columns import literal
from storage.rows import Rows
from storage.schema import decisions

_rows = Rows(decisions, Decision)


class Decisions:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, decision: Decision) -> Decision:
        return replace(decision, id=_rows.insert(self._connection, decision))

    def get(self, decision_id: int) -> Decision:
        found = _rows.find(self._connection, "WHERE id = ?", (decision_id,))
        if not found:
            raise NotFound("nothing is called {id}", id=f"D{decision_id}", field="id", next="tongbao pending")
        return found[0]

    def save(self, decision: Decision) -> None:
        _rows.update(self._connection, decision)

    def waiting(self, incident_id: int | None = None) -> list[Decision]:
        """What nobody has decided, oldest first."""
        waiting = f"WHERE state = {literal(DecisionState.WAITING)}"
        if incident_id is None:
            return _rows.find(self._connection, f"{waiting} ORDER BY id")
        return _rows.find(self._connection, f"{waiting} AND incident = ? ORDER BY id", (incident_id,))
