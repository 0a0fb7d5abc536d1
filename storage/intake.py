"""Raw outside events as they arrived, and the alarms read out of them."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from incidents.terms import PLANNED_AHEAD, Status
from storage.columns import driver, earliest, marks, to_micros
from storage.rows import Rows, inserted_id
from storage.schema import alarms, events
from triggers.event import StoredEvent

_rows = Rows(events, StoredEvent)
_KEEP = """INSERT INTO alarms (source, dedup_key, incident_id, event_id, status, seen) VALUES (?, ?, ?, ?, ?, 1)
ON CONFLICT (source, dedup_key) DO UPDATE SET incident_id = excluded.incident_id, event_id = excluded.event_id,
status = excluded.status, seen = seen + 1"""
_AHEAD = tuple(status.value for status in PLANNED_AHEAD)
_GOING_ON = f"""SELECT alarms.source, alarms.dedup_key, alarms.event_id, mine.id
FROM alarms JOIN incidents mine ON mine.id = alarms.incident_id LEFT JOIN incidents work ON work.id = mine.overrun_of
WHERE alarms.status = 'firing' AND (
    (mine.planned_start_at IS NOT NULL
        AND NOT (mine.status IN ({marks(_AHEAD)}) AND mine.planned_start_at <= ? AND mine.planned_end_at > ?))
    OR (work.status = '{Status.COMPLETED}' AND mine.status IN ('{Status.REJECTED}', '{Status.FALSE_ALARM}'))
) ORDER BY alarms.event_id, alarms.dedup_key LIMIT ?"""  # noqa: S608 - names, no values
_OLDEST = "SELECT received_at FROM events WHERE state = 'stored' ORDER BY id LIMIT 1"


class Intake:
    def __init__(self, connection: Connection):
        self._connection = connection

    def store(self, fmt: str, source: str, body: bytes, now: datetime) -> tuple[int, bool]:
        """Keep the raw body; the same body from the same source is one row. Returns (id, whether new)."""
        digest = hashlib.sha256(b"\0".join((fmt.encode(), source.encode(), body))).hexdigest()
        known = self._connection.execute(select(events.c.id).where(events.c.hash == digest)).scalar()
        if known is not None:
            again = update(events).where(events.c.id == known).values(repeats=events.c.repeats + 1)
            self._connection.execute(again)
            return known, False
        row = {"format": fmt, "source": source, "body": body, "received_at": now}
        done = self._connection.execute(insert(events).values(**row, hash=digest, state="stored"))
        return inserted_id(done), True

    def stored(self, limit: int) -> list[StoredEvent]:
        """Events that nobody has parsed yet, oldest first."""
        return _rows.find(self._connection, "WHERE state = 'stored' ORDER BY id LIMIT ?", (limit,))

    def oldest_stored(self) -> datetime | None:
        """Since when the first event that nobody has parsed waits."""
        return earliest(self._connection, _OLDEST)

    def get(self, event_id: int) -> StoredEvent | None:
        found = _rows.find(self._connection, "WHERE id = ?", (event_id,))
        return found[0] if found else None

    def newest(self, limit: int = 100) -> list[StoredEvent]:
        return _rows.find(self._connection, "ORDER BY id DESC LIMIT ?", (limit,))

    def mark(self, event_id: int, state: str, problem: str | None = None) -> None:
        self._connection.execute(
            update(events).where(events.c.id == event_id).values(state=state, problem=problem)
        )

    def alarm(self, source: str, dedup_key: str) -> tuple[int | None, str, int] | None:
        """(incident id, status, id of the event by which it came there) of an alarm already seen."""
        query = select(alarms.c.incident_id, alarms.c.status, alarms.c.event_id).where(
            alarms.c.source == source, alarms.c.dedup_key == dedup_key
        )
        row = self._connection.execute(query).first()
        return None if row is None else (row[0], row[1], row[2])

    def going_on(self, now: datetime, limit: int) -> list[tuple[str, str, int, int]]:
        """(source, key, event id, whose) of alarms that fire though the planned work they belong to is not under way,
        or has become an incident that was refused and is completed; in the order of their events."""
        at = to_micros(now)
        return list(driver(self._connection).execute(_GOING_ON, (*_AHEAD, at, at, limit)))

    def keep_alarm(
        self, source: str, dedup_key: str, incident_id: int | None, event_id: int, status: str
    ) -> None:
        """Keep where an alarm belongs; one that begins again belongs to what it opened or joined last."""
        driver(self._connection).execute(_KEEP, (source, dedup_key, incident_id, event_id, status))

    def touch_alarm(self, source: str, dedup_key: str, status: str) -> None:
        same = (alarms.c.source == source) & (alarms.c.dedup_key == dedup_key)
        self._connection.execute(update(alarms).where(same).values(status=status, seen=alarms.c.seen + 1))
