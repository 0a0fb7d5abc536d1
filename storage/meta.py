"""Small durable facts of the coordinator itself: the last instant, the last look, the request ids."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.schema import meta, requests


class Meta:
    def __init__(self, connection: Connection):
        self._connection = connection

    def get(self, key: str) -> str | None:
        return self._connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()

    def put(self, key: str, value: str) -> None:
        row = upsert(meta).values(key=key, value=value)
        self._connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

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
