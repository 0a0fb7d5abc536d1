"""Users, roles and their keys; a key is stored only as its hash."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.columns import driver
from storage.schema import keys, users


class People:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, name: str, roles: tuple[str, ...], now: datetime) -> None:
        self._connection.execute(insert(users).values(name=name, roles=list(roles), created_at=now))

    def roles(self, name: str) -> tuple[str, ...] | None:
        """The roles of a user; None when there is no such user."""
        found = driver(self._connection).execute("SELECT roles FROM users WHERE name = ?", (name,)).fetchone()
        return None if found is None else tuple(json.loads(found[0]))

    def all(self) -> list[tuple[str, tuple[str, ...]]]:
        found = driver(self._connection).execute("SELECT name, roles FROM users ORDER BY name")
        return [(name, tuple(json.loads(roles))) for name, roles in found]

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
