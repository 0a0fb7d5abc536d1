"""Notices, their texts as sent, and their running counts (progress never counts the delivery table)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, bindparam, insert, select, update

from incidents.errors import NotFound
from incidents.terms import NoticeState, outlet
from notifications.message import Text
from notifications.notice import CountKey, Notice, TextKey
from storage.notice_schema import counts, notices, texts
from storage.rows import Rows, inserted_id
from storage.schema import incidents

_rows = Rows(notices, Notice)

# Built once: every settled batch reads its notice, saves it and moves its counters.
_BY_ID = select(notices).where(notices.c.id == bindparam("wanted"))
_TEXTS = select(texts).where(texts.c.notice_id == bindparam("wanted"))
_SAVE = update(notices).where(notices.c.id == bindparam("wanted"))
_COUNT = """INSERT INTO counts (notice_id, channel, language, state, n) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (notice_id, channel, language, state) DO UPDATE SET n = n + excluded.n"""


class Notices:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, notice: Notice) -> Notice:
        done = self._connection.execute(insert(notices).values(_rows.row(notice)))
        return replace(notice, id=inserted_id(done))

    def get(self, notice_id: int) -> Notice:
        row = self._connection.execute(_BY_ID, {"wanted": notice_id}).mappings().first()
        if row is None:
            raise NotFound("no notice {id}", id=notice_id, field="notice", next="tongbao board")
        return _rows.value(row)

    def save(self, notice: Notice) -> None:
        row = _rows.row(notice)
        # An UPDATE that names the key makes SQLite look through every child row for it.
        del row["id"]
        self._connection.execute(_SAVE, {"wanted": notice.id, **row})

    def of_incident(self, incident_id: int) -> list[Notice]:
        return _rows.find(self._connection, "WHERE incident = ? ORDER BY id", (incident_id,))

    def in_state(self, states: Sequence[NoticeState]) -> list[Notice]:
        """Notices in these states, the highest level first, then the oldest."""
        query = select(notices).where(notices.c.state.in_(states)).order_by(notices.c.level, notices.c.id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def busy(self, exercise: bool | None = None) -> list[Notice]:
        """Released notices with deliveries that still need somebody: highest level first, then the oldest.

        `exercise`: of exercises only, or of real incidents only; None takes both.
        """
        query = (
            select(notices)
            .where(notices.c.released_at.is_not(None), notices.c.settled.is_(False))
            .order_by(notices.c.level, notices.c.id)
        )
        if exercise is not None:
            query = query.join(incidents, incidents.c.id == notices.c.incident)
            query = query.where(incidents.c.exercise.is_(exercise))
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def put_texts(
        self, notice_id: int, content: Mapping[TextKey, Text], parts: Mapping[TextKey, int]
    ) -> None:
        rows = [
            {
                "notice_id": notice_id,
                "form": form,
                "channel": channel,
                "language": language,
                "subject": text.subject,
                "body": text.body,
                "html": text.html,
                "template": text.template,
                "parts": parts.get((form, channel, language), 0),
            }
            for (form, channel, language), text in content.items()
        ]
        self._connection.execute(insert(texts), rows)

    def texts(self, notice_id: int) -> dict[TextKey, Text]:
        return {
            (row.form, outlet(row.channel), row.language): Text(row.body, row.subject, row.html, row.template)
            for row in self._connection.execute(_TEXTS, {"wanted": notice_id})
        }

    def parts(self, notice_id: int) -> dict[TextKey, int]:
        return {
            (row.form, outlet(row.channel), row.language): row.parts
            for row in self._connection.execute(_TEXTS, {"wanted": notice_id})
        }

    def add_counts(self, notice_id: int, deltas: Mapping[CountKey, int]) -> None:
        """Move the counters by `deltas`; in the transaction that moves the deliveries (I20)."""
        rows = [(notice_id, *key, n) for key, n in deltas.items() if n]
        if rows:
            self._connection.exec_driver_sql(_COUNT, rows)

    def counts(self, notice_id: int) -> dict[CountKey, int]:
        query = select(counts).where(counts.c.notice_id == notice_id, counts.c.n != 0)
        return {(row.channel, row.language, row.state): row.n for row in self._connection.execute(query)}
