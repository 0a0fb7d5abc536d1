"""What is foreseen for open windows, looked for by a stored, indexed instant; the approvals of holding texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from incidents.errors import NotFound
from notifications.standing import Standing
from storage.columns import to_micros
from storage.notice_schema import standing_approvals
from storage.rows import Rows, inserted_id
from storage.schema import outlooks
from windows.outlook import Outlook

_rows = Rows(outlooks, Outlook, key="window")
_approvals = Rows(standing_approvals, Standing)


class Outlooks:
    def __init__(self, connection: Connection):
        self._connection = connection

    def get(self, window_id: int) -> Outlook | None:
        """None for a window that is not told by its recipients."""
        found = _rows.find(self._connection, 'WHERE "window" = ?', (window_id,))
        return found[0] if found else None

    def save(self, outlook: Outlook) -> None:
        _rows.update(self._connection, outlook)

    def to_look_at(self, now: datetime, limit: int) -> list[Outlook]:
        """Those whose look is due; no lower bound, so that nothing is ever skipped."""
        due = "WHERE next_look_at IS NOT NULL AND next_look_at <= ? ORDER BY next_look_at LIMIT ?"
        return _rows.find(self._connection, due, (to_micros(now), limit))

    def next_look(self) -> datetime | None:
        return self._connection.execute(select(func.min(outlooks.c.next_look_at))).scalar()

    def next_act(self) -> datetime | None:
        """When the next decision falls; looks in between are not counted."""
        return self._connection.execute(select(func.min(outlooks.c.act_at))).scalar()

    def look_again(self, incident_id: int, at: datetime) -> None:
        """Something that the forecasts of an incident depend on has changed."""
        mine = (outlooks.c.incident == incident_id) & outlooks.c.next_look_at.is_not(None)
        self._connection.execute(update(outlooks).where(mine).values(next_look_at=at))


class Approvals:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, one: Standing) -> Standing:
        done = self._connection.execute(insert(standing_approvals).values(_approvals.row(one)))
        return replace(one, id=inserted_id(done))

    def get(self, number: int) -> Standing:
        query = select(standing_approvals).where(standing_approvals.c.id == number)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(
                "no approval {id}", id=f"holding-{number}", field="id", next="tongbao holding list"
            )
        return _approvals.value(row)

    def save(self, one: Standing) -> None:
        """Keep a decision; what was submitted never changes."""
        decided = {
            "state": one.state,
            "decided_by": one.decided_by,
            "decided_at": one.decided_at,
            "reason": one.reason,
        }
        mine = standing_approvals.c.id == one.id
        self._connection.execute(update(standing_approvals).where(mine).values(decided))

    def all(self) -> list[Standing]:
        query = select(standing_approvals).order_by(standing_approvals.c.id)
        return [_approvals.value(row) for row in self._connection.execute(query).mappings()]
