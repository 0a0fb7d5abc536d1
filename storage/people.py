"""Users, roles and their keys; a key is stored only as its hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.schema import keys, users


class People:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, name: str, roles: tuple[str, ...], now: datetime) -> None:
        self._connection.execute(insert(users).values(name=name, roles=list(roles), created_at=now))

    def roles(self, name: str) -> tuple[str, ...] | None:
        """The roles of a user; None when there is no such user."""
        found = self._connection.execute(select(users.c.roles).where(users.c.name == name)).scalar()
        return None if found is None else tuple(found)

    def all(self) -> list[tuple[str, tuple[str, ...]]]:
        query = select(users.c.name, users.c.roles).order_by(users.c.name)
        return [(row.name, tuple(row.roles)) for row in self._connection.execute(query)]

    def add_key(self, user: str, digest: str, now: datetime) -> None:
        self._connection.execute(insert(keys).values(user=user, hash=digest, created_at=now))

    def owner_of(self, digest: str) -> str | None:
        query = select(keys.c.user).where(keys.c.hash == digest, keys.c.revoked_at.is_(None))
        return self._connection.execute(query).scalar()

    def revoke(self, user: str, now: datetime) -> int:
        done = self._connection.execute(
            update(keys).where(keys.c.user == user, keys.c.revoked_at.is_(None)).values(revoked_at=now)
        )
        return done.rowcount
