"""What notices became of one customer, and who looked; nobody's name or address is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from storage.notice_schema import deliveries, members, notices, reads
from storage.schema import customers


class Reads:
    def __init__(self, connection: Connection):
        self._connection = connection

    def told(self, account: str) -> list[dict[str, Any]]:
        """Every released or submitted notice that had this customer in its audience, the newest first.

        Each with `incident` (id), `notice`, `kind`, `state`, `answer` and its `deliveries`, without addresses.
        """
        query = (
            select(notices.c.incident, notices.c.id, notices.c.kind, notices.c.state, members.c.answer)
            .join(members, members.c.notice_id == notices.c.id)
            .join(customers, customers.c.id == members.c.customer_id)
            .where(customers.c.account == account)
            .order_by(notices.c.id.desc())
        )
        return [
            {
                "incident": row.incident,
                "notice": row.id,
                "kind": row.kind,
                "state": row.state,
                "answer": row.answer,
                "deliveries": self._deliveries(row.id, account),
            }
            for row in self._connection.execute(query)
        ]

    def _deliveries(self, notice_id: int, account: str) -> list[dict[str, Any]]:
        query = (
            select(
                deliveries.c.channel,
                deliveries.c.language,
                deliveries.c.state,
                deliveries.c.reason,
                deliveries.c.accepted_at,
            )
            .join(customers, customers.c.id == deliveries.c.customer_id)
            .where(deliveries.c.notice_id == notice_id, customers.c.account == account)
            .order_by(deliveries.c.id)
        )
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def keep(self, at: datetime, user: str, account: str, found: int) -> None:
        """Keep who looked for which account, when, and how many incidents there were."""
        self._connection.execute(insert(reads).values(at=at, user=user, account=account, found=found))

    def newest(self, limit: int) -> list[dict[str, Any]]:
        query = (
            select(reads.c.at, reads.c.user, reads.c.account, reads.c.found)
            .order_by(reads.c.id.desc())
            .limit(limit)
        )
        return [dict(row) for row in self._connection.execute(query).mappings()]
