"""Incidents and their timelines: an entry is chained in the transaction of the change it records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from incidents.chain import GENESIS, Entry, entry_hash
from incidents.errors import NotFound
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.search import Wanted
from incidents.terms import Status
from storage.rows import Rows, inserted_id
from storage.schema import incidents, timeline

_rows = Rows(incidents, Incident)


def _awaiting_review() -> ColumnElement[bool]:
    """Running incidents with a level review ahead that the timeline does not tell of."""
    return and_(
        incidents.c.review_at.is_not(None),
        incidents.c.review_recorded.is_(False),
        incidents.c.status.in_(OPEN),
    )


class Incidents:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, incident: Incident) -> Incident:
        """Store a new incident and give it its id and reference (INC-year-number)."""
        row = {**_rows.row(incident), "chain_head": GENESIS, "chain_length": 0}
        row["reference"] = f"new-{incident.opened_at.isoformat()}"
        done = self._connection.execute(insert(incidents).values(row))
        numbered = replace(
            incident, id=inserted_id(done), reference=f"INC-{incident.opened_at.year}-{inserted_id(done):04d}"
        )
        self.save(numbered)
        return numbered

    def get(self, reference: str) -> Incident:
        row = self._connection.execute(select(incidents).where(incidents.c.reference == reference)).mappings()
        found = row.first()
        if found is None:
            raise NotFound(
                "no incident {reference}", reference=reference, field="reference", next="tongbao list"
            )
        return _rows.value(found)

    def by_id(self, incident_id: int) -> Incident:
        row = (
            self._connection.execute(select(incidents).where(incidents.c.id == incident_id)).mappings().one()
        )
        return _rows.value(row)

    def save(self, incident: Incident) -> None:
        self._connection.execute(
            update(incidents).where(incidents.c.id == incident.id).values(_rows.row(incident))
        )

    def all(self, statuses: Sequence[Status] | None = None) -> list[Incident]:
        query = select(incidents).order_by(incidents.c.id)
        if statuses is not None:
            query = query.where(incidents.c.status.in_(statuses))
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def newest(self, wanted: Wanted) -> Iterator[Incident]:
        """What is wanted, newest first, read row by row: the caller stops when it has enough."""
        table, conditions = incidents.c, list[ColumnElement[bool]]()
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
        head = self._connection.execute(
            select(incidents.c.reference, incidents.c.chain_head, incidents.c.chain_length).where(
                incidents.c.id == incident_id
            )
        ).one()
        sequence = head.chain_length + 1
        digest = entry_hash(head.reference, sequence, at, actor, kind, data, head.chain_head)
        entry = Entry(incident_id, sequence, at, actor, kind, data, head.chain_head, digest)
        self._connection.execute(
            insert(timeline).values(
                incident_id=incident_id,
                sequence=sequence,
                at=at,
                actor=actor,
                kind=kind,
                data=data,
                previous=head.chain_head,
                hash=digest,
            )
        )
        self._connection.execute(
            update(incidents)
            .where(incidents.c.id == incident_id)
            .values(chain_head=digest, chain_length=sequence)
        )
        return entry

    def entries(self, incident_id: int) -> Iterator[Entry]:
        query = select(timeline).where(timeline.c.incident_id == incident_id).order_by(timeline.c.sequence)
        for row in self._connection.execute(query):
            yield Entry(*row)

    def heads(self) -> list[tuple[int, str, str, int]]:
        """(id, reference, chain head, chain length) of every incident."""
        query = select(
            incidents.c.id, incidents.c.reference, incidents.c.chain_head, incidents.c.chain_length
        ).order_by(incidents.c.id)
        return [(row[0], row[1], row[2], row[3]) for row in self._connection.execute(query)]
