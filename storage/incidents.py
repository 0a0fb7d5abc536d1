"""Incidents and their timelines: an entry is chained in the transaction of the change it records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from incidents.chain import GENESIS, Entry, entry_hash
from incidents.errors import Conflict, NotFound
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.search import Wanted
from incidents.terms import PLANNED_AHEAD, Status
from storage.columns import driver, earliest, from_micros, marks, to_micros
from storage.notice_schema import notices
from storage.rows import Rows
from storage.schema import incidents

_rows = Rows(incidents, Incident)
_PLANNED = incidents.c.planned_end_at.is_not(None)
_OPEN = tuple(status.value for status in OPEN)
_AWAITING_REVIEW = f"review_at IS NOT NULL AND review_recorded = 0 AND status IN ({marks(_OPEN)})"
"""Running incidents with a level review ahead that the timeline does not tell of."""
_NEXT_REVIEW = f"SELECT min(review_at) FROM incidents WHERE {_AWAITING_REVIEW}"  # noqa: S608 - names
_NEXT_END = (
    "SELECT min(planned_end_at) FROM incidents "  # noqa: S608 - names
    f"WHERE planned_end_at IS NOT NULL AND status IN ({marks(PLANNED_AHEAD)})"
)
_DUPLICATES = "SELECT id FROM incidents WHERE merged_into = ? ORDER BY id"
_HEAD = "SELECT reference, chain_head, chain_length FROM incidents WHERE id = ?"
_MOVE_HEAD = "UPDATE incidents SET chain_head = ?, chain_length = ? WHERE id = ?"
_SAID = (
    "SELECT incident_id, sequence, at, actor, kind, data, previous, hash FROM timeline WHERE incident_id = ?"
)
_ENTRIES = f"{_SAID} ORDER BY sequence"
_NEXT_ENTRIES = f"{_SAID} AND sequence > ? ORDER BY sequence LIMIT ?"
_ENTRY = """INSERT INTO timeline (incident_id, sequence, at, actor, kind, data, previous, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""


def _entry(row: tuple[Any, ...]) -> Entry:
    incident, sequence, at, actor, kind, data, previous, digest = row
    return Entry(incident, sequence, from_micros(at), actor, kind, json.loads(data), previous, digest)


def _has_told(incident: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether it has a released notice."""
    mine = notices.c.incident == incident
    return select(notices.c.id).where(mine, notices.c.released_at.is_not(None)).exists()


def _head(incident: Incident) -> str:
    """How its reference begins."""
    if incident.exercise:
        return "EXERCISE"
    return "PLAN" if incident.planned else "CASE" if incident.case else "INC"


class Incidents:
    """The drawer of one transaction: what it has read stands until it writes it, since nobody else can."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._seen: dict[int, Incident] = {}

    def add(self, incident: Incident) -> Incident:
        """Store a new incident and give it its id and reference: INC-year-number, of an exercise EXERCISE-year-number,
        of planned work PLAN-year-number, of an ordinary complaint CASE-year-number, so that whatever names it says
        what it is."""
        fresh = replace(incident, reference=f"new-{incident.opened_at.isoformat()}")
        number = _rows.insert(self._connection, fresh, chain_head=GENESIS, chain_length=0)
        reference = f"{_head(incident)}-{incident.opened_at.year}-{number:04d}"
        numbered = replace(incident, id=number, reference=reference)
        self.save(numbered)
        return numbered

    def get(self, reference: str) -> Incident:
        """The incident; NotFound when there is none, Conflict for planned work, which is none."""
        found = self.record(reference)
        if found.planned:
            raise Conflict(
                "{ref} is planned work, not an incident",
                ref=reference,
                field="reference",
                next=f"tongbao planned show {reference}",
            )
        return found

    def work(self, reference: str) -> Incident:
        """The planned work of this reference; NotFound for an incident too."""
        found = self.record(reference)
        if not found.planned:
            raise NotFound(
                "no planned work {reference}",
                reference=reference,
                field="reference",
                next="tongbao planned list",
            )
        return found

    def record(self, reference: str) -> Incident:
        """The incident or planned work of this reference."""
        found = _rows.find(self._connection, "WHERE reference = ?", (reference,))
        if not found:
            raise NotFound(
                "no incident {reference}",
                reference=reference,
                field="reference",
                next="tongbao drill list" if reference.startswith("EXERCISE-") else "tongbao list",
            )
        return found[0]

    def by_id(self, incident_id: int) -> Incident:
        if incident_id not in self._seen:
            [self._seen[incident_id]] = _rows.find(self._connection, "WHERE id = ?", (incident_id,))
        return self._seen[incident_id]

    def save(self, incident: Incident) -> None:
        _rows.update(self._connection, incident)
        self._seen.pop(incident.id, None)

    def case(self, reference: str) -> Incident:
        """The ordinary complaint of this reference; NotFound for an incident too."""
        found = self.record(reference)
        if not found.case:
            raise NotFound(
                "{reference} is no ordinary complaint",
                reference=reference,
                field="reference",
                next="tongbao complaint list",
            )
        return found

    def all(self, statuses: Sequence[Status] | None = None) -> list[Incident]:
        """Incidents, oldest first; planned work is none, nor is an ordinary complaint."""
        return self._in('planned_end_at IS NULL AND "case" = 0', statuses, "id")

    def cases(self, statuses: Sequence[Status] | None = None) -> list[Incident]:
        """Ordinary complaints, oldest first."""
        return self._in('"case" = 1', statuses, "id")

    def case_of(self, link: str) -> Incident | None:
        """The newest ordinary complaint that the complaint system knows by this number; None where it is not here."""
        newest = 'WHERE "case" = 1 AND case_link = ? ORDER BY id DESC LIMIT 1'
        return next(iter(_rows.find(self._connection, newest, (link,))), None)

    def works(self, statuses: Sequence[Status] | None = None) -> list[Incident]:
        """Planned works, the earliest start first."""
        return self._in("planned_end_at IS NOT NULL", statuses, "planned_start_at, id")

    def _in(self, mine: str, statuses: Sequence[Status] | None, order: str) -> list[Incident]:
        given = [status.value for status in statuses or ()]
        among = "" if statuses is None else f" AND status IN ({marks(given)})"
        return _rows.find(self._connection, f"WHERE {mine}{among} ORDER BY {order}", given)

    def next_planned_end(self) -> datetime | None:
        """When the next planned work is to be over."""
        return earliest(self._connection, _NEXT_END, [status.value for status in PLANNED_AHEAD])

    def overruns_of(self, work_id: int) -> list[Incident]:
        """The incident that this planned work became, or nothing."""
        return _rows.find(self._connection, "WHERE overrun_of = ?", (work_id,))

    def newest(self, wanted: Wanted) -> Iterator[Incident]:
        """What is wanted, newest first, read row by row: the caller stops when it has enough."""
        table = incidents.c
        conditions: list[ColumnElement[bool]] = [~_PLANNED]
        if wanted.type is not None:
            conditions.append(table.type == wanted.type)
        if wanted.statuses:
            conditions.append(table.status.in_(wanted.statuses))
        if wanted.since is not None:
            conditions.append(table.aware_at >= wanted.since)
        if wanted.until is not None:
            conditions.append(table.aware_at < wanted.until)
        if wanted.before is not None:
            conditions.append(table.id < wanted.before)
        query = select(incidents).where(*conditions).order_by(table.id.desc())
        for row in self._connection.execute(query).mappings():
            if wanted.ids is not None and row["id"] not in wanted.ids:
                continue
            if not wanted.areas or wanted.areas & set(row["areas"]):
                yield _rows.value(row)

    def published(self, limit: int, exercise: bool = False) -> list[Incident]:
        """The newest `limit` incidents with a released notice, newest first; not those that were merged into one
        that has one itself. Exercises stand on a list of their own."""
        merged = incidents.c.merged_into
        query = select(incidents).where(
            incidents.c.exercise.is_(exercise),
            ~_PLANNED,
            incidents.c.case.is_(False),
            _has_told(incidents.c.id),
            or_(merged.is_(None), ~_has_told(merged)),
        )
        newest = query.order_by(incidents.c.id.desc()).limit(limit)
        return [_rows.value(row) for row in self._connection.execute(newest).mappings()]

    def merged_into(self, incident_id: int) -> list[int]:
        """The duplicates that were merged into this one."""
        return [row[0] for row in driver(self._connection).execute(_DUPLICATES, (incident_id,))]

    def parts_of(self, incident_id: int) -> list[Incident]:
        """What was split off this one."""
        return _rows.find(self._connection, "WHERE split_from = ? ORDER BY id", (incident_id,))

    def reviews_due(self, now: datetime) -> list[Incident]:
        """Incidents whose level review fell due and is not on the timeline; no lower bound."""
        return _rows.find(
            self._connection, f"WHERE {_AWAITING_REVIEW} AND review_at <= ?", (*_OPEN, to_micros(now))
        )

    def next_review(self) -> datetime | None:
        return earliest(self._connection, _NEXT_REVIEW, _OPEN)

    def append(self, incident_id: int, at: datetime, actor: str, kind: str, data: dict[str, Any]) -> Entry:
        """Chain one entry to the incident's timeline and return it."""
        execute = driver(self._connection).execute
        head = execute(_HEAD, (incident_id,)).fetchone()
        reference, previous, sequence = head[0], head[1], head[2] + 1
        digest = entry_hash(reference, sequence, at, actor, kind, data, previous)
        said = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        row = (incident_id, sequence, to_micros(at), actor, kind, said, previous, digest)
        execute(_ENTRY, row)
        execute(_MOVE_HEAD, (digest, sequence, incident_id))
        return Entry(incident_id, sequence, at, actor, kind, data, previous, digest)

    def entries(self, incident_id: int) -> Iterator[Entry]:
        return map(_entry, driver(self._connection).execute(_ENTRIES, (incident_id,)))

    def entries_after(self, incident_id: int, sequence: int, limit: int) -> list[Entry]:
        """The next `limit` entries of a timeline."""
        found = driver(self._connection).execute(_NEXT_ENTRIES, (incident_id, sequence, limit))
        return [_entry(row) for row in found]

    def heads_after(self, incident_id: int, limit: int) -> list[tuple[int, str, str, int]]:
        """`heads` of the next `limit` incidents."""
        c = incidents.c
        query = select(c.id, c.reference, c.chain_head, c.chain_length).where(c.id > incident_id)
        rows = self._connection.execute(query.order_by(c.id).limit(limit))
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def heads(self) -> list[tuple[int, str, str, int]]:
        """(id, reference, chain head, chain length) of every incident."""
        query = select(
            incidents.c.id, incidents.c.reference, incidents.c.chain_head, incidents.c.chain_length
        ).order_by(incidents.c.id)
        return [(row[0], row[1], row[2], row[3]) for row in self._connection.execute(query)]
