"""Versions of the operator's templates: every text that was submitted, and who decided about it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, and_, func, insert, select, update

from incidents.errors import NotFound
from notifications.template import Version, VersionState
from storage.notice_schema import template_versions as versions
from storage.rows import Rows, inserted_id

_rows = Rows(versions, Version)


class Templates:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, version: Version) -> Version:
        done = self._connection.execute(insert(versions).values(_rows.row(version)))
        return replace(version, id=inserted_id(done))

    def get(self, version_id: int) -> Version:
        row = self._connection.execute(select(versions).where(versions.c.id == version_id)).mappings().first()
        if row is None:
            raise NotFound(
                "no template {id}", id=f"template-{version_id}", field="id", next="tongbao pending"
            )
        return _rows.value(row)

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
        mine = and_(versions.c.path == path, versions.c.notice == 0)
        query = select(versions).where(mine).order_by(versions.c.id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def waiting(self) -> list[Version]:
        """What waits for a second person, the oldest first."""
        query = select(versions).where(versions.c.state == VersionState.WAITING).order_by(versions.c.id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def words_for(self, notice_id: int) -> dict[str, Version]:
        """Path -> the words that a person gave this one notice."""
        mine = and_(versions.c.notice == notice_id, versions.c.state == VersionState.WORDS)
        query = select(versions).where(mine).order_by(versions.c.id)
        return {row["path"]: _rows.value(row) for row in self._connection.execute(query).mappings()}

    def in_force(self) -> dict[str, Version]:
        """Path -> its newest approved version."""
        approved = versions.c.state == VersionState.APPROVED
        newest = select(func.max(versions.c.id)).where(approved).group_by(versions.c.path)
        query = select(versions).where(versions.c.id.in_(newest))
        return {row["path"]: _rows.value(row) for row in self._connection.execute(query).mappings()}
