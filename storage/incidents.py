"""Incidents and their timelines: an entry is chained in the transaction of the change it records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select

from incidents.chain import GENESIS, Entry, entry_hash
from incidents.errors import Conflict, NotFound
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.search import Wanted
from incidents.terms import PLANNED_AHEAD, Status
from storage.columns import driver, to_micros
from storage.notice_schema import notices
from storage.rows import Rows, inserted_id
from storage.schema import incidents, timeline

_rows = Rows(incidents, Incident)
_PLANNED = incidents.c.planned_end_at.is_not(None)
_HEAD = "SELECT reference, chain_head, chain_length FROM incidents WHERE id = ?"
_MOVE_HEAD = "UPDATE incidents SET chain_head = ?, chain_length = ? WHERE id = ?"
_ENTRY = """INSERT INTO timeline (incident_id, sequence, at, actor, kind, data, previous, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""


def _awaiting_review() -> ColumnElement[bool]:
    """Running incidents with a level review ahead that the timeline does not tell of."""
    return and_(
        incidents.c.review_at.is_not(None),
        incidents.c.review_recorded.is_(False),
        incidents.c.status.in_(OPEN),
    )


def _has_told(incident: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether it has a released notice."""
    mine = notices.c.incident == incident
    return select(notices.c.id).where(mine, notices.c.released_at.is_not(None)).exists()


class Incidents:
    """The drawer of one transaction: what it has read stands until it writes it, since nobody else can."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._seen: dict[int, Incident] = {}

    def add(self, incident: Incident) -> Incident:
        """Store a new incident and give it its id and reference: INC-year-number, of an exercise EXERCISE-year-number,
        of planned work PLAN-year-number, so that whatever names it says what it is."""
        row = {**_rows.row(incident), "chain_head": GENESIS, "chain_length": 0}
        row["reference"] = f"new-{incident.opened_at.isoformat()}"
        done = self._connection.execute(insert(incidents).values(row))
        head = "EXERCISE" if incident.exercise else "PLAN" if incident.planned else "INC"
        number = inserted_id(done)
        reference = f"{head}-{incident.opened_at.year}-{number:04d}"
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
        row = self._connection.execute(select(incidents).where(incidents.c.reference == reference)).mappings()
        found = row.first()
        if found is None:
            raise NotFound(
                "no incident {reference}", reference=reference, field="reference", next="tongbao list"
            )
        return _rows.value(found)

    def by_id(self, incident_id: int) -> Incident:
        if incident_id not in self._seen:
            [self._seen[incident_id]] = _rows.find(self._connection, "WHERE id = ?", (incident_id,))
        return self._seen[incident_id]

    def save(self, incident: Incident) -> None:
        _rows.update(self._connection, incident)
        self._seen.pop(incident.id, None)

    def all(self, statuses: Sequence[Status] | None = None) -> list[Incident]:
        """Incidents, oldest first; planned work is none."""
        query = select(incidents).where(~_PLANNED).order_by(incidents.c.id)
        if statuses is not None:
            query = query.where(incidents.c.status.in_(statuses))
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def works(self, statuses: Sequence[Status] | None = None) -> list[Incident]:
        """Planned works, the earliest start first."""
        query = select(incidents).where(_PLANNED).order_by(incidents.c.planned_start_at, incidents.c.id)
        if statuses is not None:
            query = query.where(incidents.c.status.in_(statuses))
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def next_planned_end(self) -> datetime | None:
        """When the next planned work is to be over."""
        ahead = and_(_PLANNED, incidents.c.status.in_(PLANNED_AHEAD))
        return self._connection.execute(select(func.min(incidents.c.planned_end_at)).where(ahead)).scalar()

    def overruns_of(self, work_id: int) -> list[Incident]:
        """The incident that this planned work became, or nothing."""
        query = select(incidents).where(incidents.c.overrun_of == work_id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

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
            _has_told(incidents.c.id),
            or_(merged.is_(None), ~_has_told(merged)),
        )
        newest = query.order_by(incidents.c.id.desc()).limit(limit)
        return [_rows.value(row) for row in self._connection.execute(newest).mappings()]

    def merged_into(self, incident_id: int) -> list[int]:
        """The duplicates that were merged into this one."""
        query = select(incidents.c.id).where(incidents.c.merged_into == incident_id).order_by(incidents.c.id)
        return list(self._connection.execute(query).scalars())

    def parts_of(self, incident_id: int) -> list[Incident]:
        """What was split off this one."""
        query = select(incidents).where(incidents.c.split_from == incident_id).order_by(incidents.c.id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def reviews_due(self, now: datetime) -> list[Incident]:
        """Incidents whose level review fell due and is not on the timeline; no lower bound."""
        query = select(incidents).where(_awaiting_review(), incidents.c.review_at <= now)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def next_review(self) -> datetime | None:
        query = select(func.min(incidents.c.review_at)).where(_awaiting_review())
        return self._connection.execute(query).scalar()

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
        query = select(timeline).where(timeline.c.incident_id == incident_id).order_by(timeline.c.sequence)
        for row in self._connection.execute(query):
            yield Entry(*row)

    def entries_after(self, incident_id: int, sequence: int, limit: int) -> list[Entry]:
        """The next `limit` entries of a timeline."""
        mine = (timeline.c.incident_id == incident_id) & (timeline.c.sequence > sequence)
        query = select(timeline).where(mine).order_by(timeline.c.sequence).limit(limit)
        return [Entry(*row) for row in self._connection.execute(query)]

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
