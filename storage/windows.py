"""Windows and their breaches. What the sweep looks at is the stored, indexed `next_look_at`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from incidents.errors import NotFound
from incidents.terms import Duty, Verdict
from storage.columns import driver, from_micros, to_micros
from storage.rows import Rows
from storage.schema import breaches, outlooks, windows
from windows.outlook import FORESEEN, Outlook
from windows.window import Window

_rows = Rows(windows, Window)
_outlooks = Rows(outlooks, Outlook)
_NEXT_LOOK = "SELECT min(next_look_at) FROM windows WHERE next_look_at IS NOT NULL"
_FORESEE_ANEW = 'UPDATE outlooks SET next_look_at = ? WHERE "window" = ?'
_FORESEE_NO_MORE = 'UPDATE outlooks SET next_look_at = NULL, act_at = NULL WHERE "window" = ?'
_BREACH = "INSERT INTO breaches (window_id, due_at, recorded_at, basis, causes) VALUES (?, ?, ?, ?, ?)"


class Windows:
    def __init__(self, connection: Connection):
        self._connection = connection
        self._known: dict[int, Window] = {}
        """What this transaction has read or written: nobody else writes meanwhile, and a verdict asks often."""

    def add(self, window: Window) -> Window:
        number = _rows.insert(self._connection, window, next_look_at=window.next_look_at)
        added = replace(window, id=number)
        if added.told_by in FORESEEN:
            self._foresee(added)
        return added

    def _foresee(self, window: Window) -> None:
        """Its outlook is made at the next look, which is due at once."""
        row = _outlooks.row(Outlook(window.id, window.incident, next_look_at=window.history[0].at))
        self._connection.execute(insert(outlooks).values(row))

    def get(self, window_id: int) -> Window:
        if window_id in self._known:
            return self._known[window_id]
        found = _rows.find(self._connection, "WHERE id = ?", (window_id,))
        if not found:
            raise NotFound("no window {id}", id=window_id, field="window", next="tongbao board")
        self._known[window_id] = found[0]
        return found[0]

    def save(self, window: Window) -> None:
        self._known[window.id] = window
        _rows.update(self._connection, window, next_look_at=window.next_look_at)
        if window.told_by not in FORESEEN:
            return
        # What is foreseen hangs on the window: it is looked at anew, or no more once there is a verdict.
        execute = driver(self._connection).execute
        if window.state == Verdict.OPEN:
            execute(_FORESEE_ANEW, (to_micros(window.history[-1].at), window.id))
        else:
            execute(_FORESEE_NO_MORE, (window.id,))

    def of_incident(self, incident_id: int) -> list[Window]:
        return _rows.find(self._connection, "WHERE incident = ? ORDER BY id", (incident_id,))

    def newest(self, incident_id: int, kind: str, rule: str = "") -> Window | None:
        """The last of this kind, or of this one rule: a long silence has thousands, and only one that counts."""
        of_rule = "AND rule = ?" if rule else ""
        found = _rows.find(
            self._connection,
            f"WHERE incident = ? AND kind = ? {of_rule} ORDER BY sequence DESC LIMIT 1",
            (incident_id, kind, rule) if rule else (incident_id, kind),
        )
        return found[0] if found else None

    def owed_of(self, incident_id: int, kind: str) -> list[Window]:
        """What this one owes of this kind: a long silence has thousands of another."""
        wanted = f"WHERE incident = ? AND kind = ? AND duty = '{Duty.OWED}' ORDER BY id"
        return _rows.find(self._connection, wanted, (incident_id, kind))

    def owed(self) -> list[Window]:
        """Everything that is still owed: overdue first, then least time left."""
        return _rows.find(self._connection, f"WHERE duty = '{Duty.OWED}' ORDER BY due_at, id")

    def to_look_at(self, now: datetime, limit: int) -> list[Window]:
        """Open windows whose next look is due; no lower bound, so that nothing is ever skipped.

        Mostly there is none, and one column says so for half of what all of them cost.
        """
        found = driver(self._connection).execute(_NEXT_LOOK).fetchone()[0]
        if found is None or found > to_micros(now):
            return []
        due = f"WHERE next_look_at IS NOT NULL AND next_look_at <= ? ORDER BY next_look_at LIMIT {limit:d}"
        return _rows.find(self._connection, due, (to_micros(now),))

    def put_off(self, window_id: int, at: datetime) -> None:
        """Look at this one not before `at`; whoever saves it says anew when."""
        self._connection.execute(update(windows).where(windows.c.id == window_id).values(next_look_at=at))

    def next_look(self) -> datetime | None:
        found = driver(self._connection).execute(_NEXT_LOOK).fetchone()[0]
        return None if found is None else from_micros(found)

    def record_breach(self, window: Window, at: datetime) -> None:
        """One row per missed window, never changed (I10)."""
        causes = json.dumps(list(window.causes))
        row = (window.id, to_micros(window.due_at), to_micros(at), window.basis, causes)
        driver(self._connection).execute(_BREACH, row)

    def breach_due(self, window_id: int) -> datetime | None:
        """The due instant in the window's breach row; None without a row."""
        query = select(breaches.c.due_at).where(breaches.c.window_id == window_id)
        return self._connection.execute(query).scalar()

    def undecided(self, before: datetime) -> int:
        """How many windows were due before this instant and have no verdict."""
        c = windows.c
        late = (c.next_look_at.is_not(None)) & (c.next_look_at <= before) & (c.due_at < before)
        return self._connection.execute(select(func.count()).select_from(windows).where(late)).scalar_one()

    def breaches(self) -> list[dict[str, Any]]:
        query = select(breaches).order_by(breaches.c.window_id)
        return [dict(row) for row in self._connection.execute(query).mappings()]
