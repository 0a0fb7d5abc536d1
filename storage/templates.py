"""Versions of the operator's templates: every text that was submitted, and who decided about it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, update

from incidents.errors import NotFound
from notifications.template import Version, VersionState
from storage.notice_schema import template_versions as versions
from storage.rows import Rows

_rows = Rows(versions, Version)


class Templates:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, version: Version) -> Version:
        return replace(version, id=_rows.insert(self._connection, version))

    def get(self, version_id: int) -> Version:
        found = _rows.find(self._connection, "WHERE id = ?", (version_id,))
        if not found:
            raise NotFound(
                "no template {id}", id=f"template-{version_id}", field="id", next="tongbao pending"
            )
        return found[0]

    def save(self, version: Version) -> None:
        """Keep a decision; what was submitted never changes."""
        decided = {
            "state": version.state,
            "decided_by": version.decided_by,
            "decided_at": version.decided_at,
            "reason": version.reason,
        }
        self._connection.execute(update(versions).where(versions.c.id == version.id).values(decided))

    def of_path(self, path: str) -> list[Version]:
        """Every version of one text, the oldest first."""
        return _rows.find(self._connection, "WHERE path = ? AND notice = 0 ORDER BY id", (path,))

    def waiting(self) -> list[Version]:
        """What waits for a second person, the oldest first."""
        waiting = (VersionState.WAITING.value,)
        return _rows.find(self._connection, "WHERE state = ? ORDER BY id", waiting)

    def words_for(self, notice_id: int) -> dict[str, Version]:
        """Path -> the words that a person gave this one notice."""
        given = (notice_id, VersionState.WORDS.value)
        found = _rows.find(self._connection, "WHERE notice = ? AND state = ? ORDER BY id", given)
        return {version.path: version for version in found}

    def in_force(self) -> dict[str, Version]:
        """Path -> its newest approved version."""
        newest = "SELECT max(id) FROM template_versions WHERE state = ? GROUP BY path"
        found = _rows.find(self._connection, f"WHERE id IN ({newest})", (VersionState.APPROVED.value,))
        return {version.path: version for version in found}
