"""Small durable facts of the coordinator itself: the last instant, the last look, the request ids.

Every act asks for one of them, so they go straight to the driver.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from storage.columns import driver
from storage.schema import requests

_GET = "SELECT value FROM meta WHERE key = ?"
_PUT = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


class Meta:
    def __init__(self, connection: Connection):
        self._connection = connection

    def get(self, key: str) -> str | None:
        row = driver(self._connection).execute(_GET, (key,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, key: str, value: str) -> None:
        driver(self._connection).execute(_PUT, (key, value))

    def instant(self, key: str) -> datetime | None:
        value = self.get(key)
        return None if value is None else datetime.fromisoformat(value)

    def put_instant(self, key: str, at: datetime) -> None:
        self.put(key, at.isoformat())

    def request(self, request_id: str) -> tuple[str, dict[str, Any]] | None:
        """The arguments and the document of an earlier request with this id."""
        row = self._connection.execute(select(requests).where(requests.c.id == request_id)).mappings().first()
        return None if row is None else (row["arguments"], row["document"])

    def keep_request(
        self, request_id: str, user: str, arguments: str, document: dict[str, Any], at: datetime
    ) -> None:
        self._connection.execute(
            insert(requests).values(id=request_id, user=user, arguments=arguments, document=document, at=at)
        )
