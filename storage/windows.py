"""Windows and their breaches. What the sweep looks at is the stored, indexed `next_look_at`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from incidents.errors import NotFound
from incidents.terms import Duty, Verdict
from storage.rows import Rows, inserted_id
from storage.schema import breaches, outlooks, windows
from windows.outlook import Outlook
from windows.window import Window

_rows = Rows(windows, Window)
_outlooks = Rows(outlooks, Outlook)


class Windows:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, window: Window) -> Window:
        row = {**_rows.row(window), "next_look_at": window.next_look_at}
        done = self._connection.execute(insert(windows).values(row))
        added = replace(window, id=inserted_id(done))
        if added.told_by == "recipients":
            self._foresee(added)
        return added

    def _foresee(self, window: Window) -> None:
        """Its outlook is made at the next look, which is due at once."""
        row = _outlooks.row(Outlook(window.id, window.incident, next_look_at=window.history[0].at))
        self._connection.execute(insert(outlooks).values(row))

    def get(self, window_id: int) -> Window:
        row = self._connection.execute(select(windows).where(windows.c.id == window_id)).mappings().first()
        if row is None:
            raise NotFound("no window {id}", id=window_id, field="window", next="tongbao board")
        return _rows.value(row)

    def save(self, window: Window) -> None:
        row = {**_rows.row(window), "next_look_at": window.next_look_at}
        self._connection.execute(update(windows).where(windows.c.id == window.id).values(row))
        # What is foreseen hangs on the window: it is looked at anew, or no more once there is a verdict.
        again = window.history[-1].at if window.state == Verdict.OPEN else None
        mine = outlooks.c.window == window.id
        look: dict[str, Any] = {"next_look_at": again} if again else {"next_look_at": None, "act_at": None}
        self._connection.execute(update(outlooks).where(mine).values(look))

    def of_incident(self, incident_id: int) -> list[Window]:
        query = select(windows).where(windows.c.incident == incident_id).order_by(windows.c.id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def owed(self) -> list[Window]:
        """Everything that is still owed: overdue first, then least time left."""
        query = select(windows).where(windows.c.duty == Duty.OWED).order_by(windows.c.due_at, windows.c.id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def to_look_at(self, now: datetime, limit: int) -> list[Window]:
        """Open windows whose next look is due; no lower bound, so that nothing is ever skipped."""
        query = (
            select(windows)
            .where(windows.c.next_look_at.is_not(None), windows.c.next_look_at <= now)
            .order_by(windows.c.next_look_at)
            .limit(limit)
        )
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def next_look(self) -> datetime | None:
        query = select(func.min(windows.c.next_look_at)).where(windows.c.next_look_at.is_not(None))
        return self._connection.execute(query).scalar()

    def record_breach(self, window: Window, at: datetime) -> None:
        """One row per missed window, never changed (I10)."""
        self._connection.execute(
            insert(breaches).values(
                window_id=window.id,
                due_at=window.due_at,
                recorded_at=at,
                basis=window.basis,
                causes=list(window.causes),
            )
        )

    def breaches(self) -> list[dict[str, Any]]:
        query = select(breaches).order_by(breaches.c.window_id)
        return [dict(row) for row in self._connection.execute(query).mappings()]
