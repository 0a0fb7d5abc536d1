"""Which publish target lacks the present pages of which incident. A row stands until the target shows them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from notifications.publishing import Behind
from storage.columns import driver, from_micros, to_micros

_WANT = """INSERT INTO publish_behind (target, incident, version, since, next_at, tries, trouble)
VALUES (?, ?, 1, ?, ?, 0, '') ON CONFLICT (target, incident) DO UPDATE
SET version = version + 1, next_at = excluded.next_at"""
_ON_A_PAGE = """SELECT id FROM incidents WHERE exercise = 0 AND EXISTS (SELECT 1 FROM notices
WHERE notices.incident = incidents.id AND page_live_at IS NOT NULL)"""
_FAILED = """INSERT INTO publish_behind (target, incident, version, since, next_at, tries, trouble)
VALUES (?, ?, 1, ?, ?, ?, ?) ON CONFLICT (target, incident) DO UPDATE
SET next_at = excluded.next_at, tries = excluded.tries, trouble = excluded.trouble"""
_SHOWN = "DELETE FROM publish_behind WHERE target = ? AND incident = ? AND version = ?"
_ROWS = "SELECT target, incident, version, since, next_at, tries, trouble FROM publish_behind"


class Publishing:
    def __init__(self, connection: Connection):
        self._connection = connection

    def want(self, target: str, incident_id: int, now: datetime, try_at: datetime) -> None:
        """The pages of an incident have changed: the target is behind from now on, if it was not already."""
        row = (target, incident_id, to_micros(now), to_micros(try_at))
        driver(self._connection).execute(_WANT, row)

    def want_every(self, target: str, now: datetime) -> None:
        """It lacks the pages of every incident that has one; exercises have theirs elsewhere."""
        rows = driver(self._connection).execute(_ON_A_PAGE).fetchall()
        for (incident,) in rows:
            self.want(target, incident, now, now)

    def failed(self, behind: Behind) -> None:
        """Keep when it is tried next and why it failed; what is wanted and since when stay as they are."""
        row = (
            behind.target,
            behind.incident,
            to_micros(behind.since),
            to_micros(behind.next_at),
            behind.tries,
            behind.trouble,
        )
        driver(self._connection).execute(_FAILED, row)

    def shown(self, behind: Behind) -> bool:
        """The target shows what was wanted in this version; whether nothing newer was wanted meanwhile."""
        key = (behind.target, behind.incident, behind.version)
        return bool(driver(self._connection).execute(_SHOWN, key).rowcount)

    def get(self, target: str, incident_id: int) -> Behind | None:
        found = self._found("WHERE target = ? AND incident = ?", (target, incident_id))
        return found[0] if found else None

    def of(self, target: str) -> list[Behind]:
        """What a target lacks, what is tried first in front."""
        return self._found("WHERE target = ? ORDER BY next_at, incident", (target,))

    def due(self, target: str, now: datetime) -> Behind | None:
        """What of a target is to be tried now, the newest incident first: one that is new lacks the pages of years, and
        the public reads that of today."""
        where = "WHERE target = ? AND next_at <= ? ORDER BY incident DESC LIMIT 1"
        found = self._found(where, (target, to_micros(now)))
        return found[0] if found else None

    def next_at(self) -> datetime | None:
        """When any target is tried next; None when all show everything."""
        row = driver(self._connection).execute("SELECT MIN(next_at) FROM publish_behind").fetchone()
        return None if row[0] is None else from_micros(row[0])

    def keep_only(self, targets: Collection[str]) -> None:
        """Forget what targets lack that are no more."""
        known = driver(self._connection).execute("SELECT DISTINCT target FROM publish_behind").fetchall()
        for (target,) in known:
            if target not in targets:
                driver(self._connection).execute("DELETE FROM publish_behind WHERE target = ?", (target,))

    def _found(self, where: str, given: tuple[object, ...]) -> list[Behind]:
        rows = driver(self._connection).execute(f"{_ROWS} {where}", given)
        return [
            Behind(target, incident, version, from_micros(since), from_micros(at), tries, trouble)
            for target, incident, version, since, at, tries, trouble in rows
        ]
