"""Notices, their texts as sent, and their running counts (progress never counts the delivery table)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert

from incidents.errors import NotFound
from incidents.terms import NoticeState, outlet
from notifications.message import Text
from notifications.notice import CountKey, Notice, TextKey
from storage.columns import driver, marks
from storage.notice_schema import notices, texts
from storage.rows import Rows

_rows = Rows(notices, Notice)

_TEXTS = "SELECT form, channel, language, subject, body, html, template, parts FROM texts WHERE notice_id = ?"
_BUSY = "WHERE notices.released_at IS NOT NULL AND notices.settled = 0"
_OF = "JOIN incidents ON incidents.id = notices.incident"
_COUNTS = "SELECT channel, language, state, n FROM counts WHERE notice_id = ? AND n != 0"
_COUNT = """INSERT INTO counts (notice_id, channel, language, state, n) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (notice_id, channel, language, state) DO UPDATE SET n = n + excluded.n"""


class Notices:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, notice: Notice) -> Notice:
        return replace(notice, id=_rows.insert(self._connection, notice))

    def get(self, notice_id: int) -> Notice:
        found = _rows.find(self._connection, "WHERE id = ?", (notice_id,))
        if not found:
            raise NotFound("no notice {id}", id=notice_id, field="notice", next="tongbao board")
        return found[0]

    def save(self, notice: Notice) -> None:
        _rows.update(self._connection, notice)

    def of_incident(self, incident_id: int) -> list[Notice]:
        return _rows.find(self._connection, "WHERE incident = ? ORDER BY id", (incident_id,))

    def in_state(self, states: Sequence[NoticeState]) -> list[Notice]:
        """Notices in these states, the highest level first, then the oldest."""
        given = [state.value for state in states]
        return _rows.find(self._connection, f"WHERE state IN ({marks(given)}) ORDER BY level, id", given)

    def busy(self, exercise: bool | None = None) -> list[Notice]:
        """Released notices with deliveries that still need somebody: highest level first, then the oldest.

        `exercise`: of exercises only, or of real incidents only; None takes both.
        """
        order = "ORDER BY notices.level, notices.id"
        if exercise is None:
            return _rows.find(self._connection, f"{_BUSY} {order}")
        return _rows.find(
            self._connection, f"{_OF} {_BUSY} AND incidents.exercise = ? {order}", (int(exercise),)
        )

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
            (form, outlet(channel), language): Text(body, subject, html, template)
            for form, channel, language, subject, body, html, template, _ in self._texts(notice_id)
        }

    def parts(self, notice_id: int) -> dict[TextKey, int]:
        return {
            (form, outlet(channel), language): parts
            for form, channel, language, *_, parts in self._texts(notice_id)
        }

    def _texts(self, notice_id: int) -> list[tuple[Any, ...]]:
        return list(driver(self._connection).execute(_TEXTS, (notice_id,)))

    def add_counts(self, notice_id: int, deltas: Mapping[CountKey, int]) -> None:
        """Move the counters by `deltas`; in the transaction that moves the deliveries (I20)."""
        rows = [(notice_id, *key, n) for key, n in deltas.items() if n]
        if rows:
            driver(self._connection).executemany(_COUNT, rows)

    def counts(self, notice_id: int) -> dict[CountKey, int]:
        found = driver(self._connection).execute(_COUNTS, (notice_id,))
        return {(channel, language, state): n for channel, language, state, n in found}
