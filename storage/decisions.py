"""What waits for a second person's word, and what became of it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, insert, select, update

from incidents.decision import Decision, DecisionState
from incidents.errors import NotFound
from storage.rows import Rows, inserted_id
from storage.schema import decisions

_rows = Rows(decisions, Decision)


class Decisions:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, decision: Decision) -> Decision:
        done = self._connection.execute(insert(decisions).values(_rows.row(decision)))
        return replace(decision, id=inserted_id(done))

    def get(self, decision_id: int) -> Decision:
        query = select(decisions).where(decisions.c.id == decision_id)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            raise NotFound("nothing is called {id}", id=f"D{decision_id}", field="id", next="tongbao pending")
        return _rows.value(row)

    def save(self, decision: Decision) -> None:
        mine = decisions.c.id == decision.id
        self._connection.execute(update(decisions).where(mine).values(_rows.row(decision)))

    def waiting(self, incident_id: int | None = None) -> list[Decision]:
        """What nobody has decided, oldest first."""
        query = select(decisions).where(decisions.c.state == DecisionState.WAITING).order_by(decisions.c.id)
        if incident_id is not None:
            query = query.where(decisions.c.incident == incident_id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]
