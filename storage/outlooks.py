"""What is foreseen for open windows, looked for by a stored, indexed instant; the approvals of holding texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, update

from incidents.errors import NotFound
from notifications.standing import Standing
from storage.columns import driver, earliest, to_micros
from storage.notice_schema import standing_approvals
from storage.rows import Rows
from storage.schema import outlooks
from windows.outlook import Outlook

_rows = Rows(outlooks, Outlook, key="window")
_approvals = Rows(standing_approvals, Standing)
_LOOK_AGAIN = "UPDATE outlooks SET next_look_at = ? WHERE incident = ? AND next_look_at IS NOT NULL"
_COUNT_ANEW = "UPDATE outlooks SET counted_for = '', next_look_at = ? WHERE next_look_at IS NOT NULL"


class Outlooks:
    def __init__(self, connection: Connection):
        self._connection = connection

    def get(self, window_id: int) -> Outlook | None:
        """None for a window that a report or a person's word tells."""
        found = _rows.find(self._connection, 'WHERE "window" = ?', (window_id,))
        return found[0] if found else None

    def save(self, outlook: Outlook) -> None:
        _rows.update(self._connection, outlook)

    def to_look_at(self, now: datetime, limit: int) -> list[Outlook]:
        """Those whose look is due; no lower bound, so that nothing is ever skipped."""
        due = f"WHERE next_look_at IS NOT NULL AND next_look_at <= ? ORDER BY next_look_at LIMIT {limit:d}"
        return _rows.find(self._connection, due, (to_micros(now),))

    def next_look(self) -> datetime | None:
        return earliest(self._connection, "SELECT min(next_look_at) FROM outlooks")

    def next_act(self) -> datetime | None:
        """When the next decision falls; looks in between are not counted."""
        return earliest(self._connection, "SELECT min(act_at) FROM outlooks")

    def look_again(self, incident_id: int, at: datetime) -> None:
        """Something that the forecasts of an incident depend on has changed."""
        driver(self._connection).execute(_LOOK_AGAIN, (to_micros(at), incident_id))

    def put_off(self, window_id: int, at: datetime) -> None:
        """Look at this one not before `at`."""
        mine = outlooks.c.window == window_id
        self._connection.execute(update(outlooks).where(mine).values(next_look_at=at))

    def count_anew(self, at: datetime) -> None:
        """The directory has changed: no figure of an audience holds, and every forecast is made again."""
        driver(self._connection).execute(_COUNT_ANEW, (to_micros(at),))


class Approvals:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, one: Standing) -> Standing:
        return replace(one, id=_approvals.insert(self._connection, one))

    def get(self, number: int) -> Standing:
        found = _approvals.find(self._connection, "WHERE id = ?", (number,))
        if not found:
            raise NotFound(
                "no approval {id}", id=f"holding-{number}", field="id", next="tongbao holding list"
            )
        return found[0]

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
        return _approvals.find(self._connection, "ORDER BY id")
