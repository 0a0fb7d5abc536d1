"""What a proof shows of deliveries, read row by row; and the checkpoints that were written elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, cast, func, insert, or_, select

from notifications.audience import Member
from notifications.delivery import Delivery, Outcome
from notifications.states import State
from storage.notice_schema import attempts, deliveries, members, outcomes, receipts
from storage.proof_schema import checkpoint_heads, checkpoints
from storage.schema import customers

_COLUMNS = [deliveries.c[name] for name in Delivery.__dataclass_fields__]
_MEMBER = [members.c[name] for name in Member.__dataclass_fields__]
_OUTCOME = [
    outcomes.c[name] for name in ("delivery_id", "number", "outcome", "reason", "reference", "sealed")
]
_SLICE = 2000


class Proofs:
    def __init__(self, connection: Connection):
        self._connection = connection

    def _rows(self, query: Any) -> Any:
        return self._connection.execute(query.execution_options(yield_per=_SLICE))

    def deliveries(self, notice_id: int) -> Iterator[Delivery]:
        query = select(*_COLUMNS).where(deliveries.c.notice_id == notice_id).order_by(deliveries.c.id)
        for row in self._rows(query):
            values = list(row)
            values[6] = State(values[6])
            yield Delivery(*values)

    def attempts(self, notice_id: int) -> Iterator[tuple[int, int, int, datetime]]:
        """(delivery, number, epoch, instant) of every committed attempt."""
        query = (
            select(attempts.c.delivery_id, attempts.c.number, attempts.c.epoch, attempts.c.at)
            .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
            .where(deliveries.c.notice_id == notice_id)
            .order_by(attempts.c.delivery_id, attempts.c.number)
        )
        for row in self._rows(query):
            yield row[0], row[1], row[2], row[3]

    def outcomes(self, incident_id: int) -> Iterator[tuple[int, Outcome]]:
        """Every sealed outcome with the number of its timeline entry, in the order of the leaves."""
        query = (
            select(outcomes.c.sequence, *_OUTCOME)
            .where(outcomes.c.incident_id == incident_id)
            .order_by(outcomes.c.sequence, outcomes.c.delivery_id)
        )
        for row in self._rows(query):
            yield row[0], Outcome(*row[1:])

    def receipts(self, notice_ids: Sequence[int]) -> Iterator[tuple[datetime, dict[str, Any]]]:
        """Providers' later words about attempts of these notices, as they arrived."""
        attempt = cast(func.json_extract(receipts.c.content, "$.attempt"), Integer)
        mine = select(deliveries.c.id).where(deliveries.c.notice_id.in_(notice_ids))
        query = select(receipts.c.received_at, receipts.c.content).where(attempt.in_(mine))
        for row in self._rows(query.order_by(receipts.c.id)):
            yield row[0], row[1]

    def members_at(self, notice_id: int, address: str) -> list[Member]:
        """Who of a frozen audience has this number or address."""
        here = or_(members.c.phone == address, members.c.email == address)
        query = select(*_MEMBER).where(members.c.notice_id == notice_id, here)
        return [Member(*row) for row in self._connection.execute(query.order_by(members.c.customer_id))]

    def account(self, customer_id: int) -> str:
        query = select(customers.c.account).where(customers.c.id == customer_id)
        return str(self._connection.execute(query).scalar_one())

    def add_checkpoint(
        self, number: int, at: datetime, name: str, digest: str, lengths: Mapping[int, int]
    ) -> None:
        """Note that a checkpoint stands elsewhere, and which chains (incident -> length) it was the first to cover."""
        self._connection.execute(insert(checkpoints).values(number=number, at=at, name=name, digest=digest))
        heads = checkpoint_heads
        query = select(heads.c.incident_id, func.max(heads.c.length)).group_by(heads.c.incident_id)
        before = {row[0]: row[1] for row in self._connection.execute(query)}
        grown = [
            {"incident_id": incident, "number": number, "length": length}
            for incident, length in lengths.items()
            if length > before.get(incident, 0)
        ]
        if grown:
            self._connection.execute(insert(heads), grown)

    def last_checkpoint(self) -> tuple[int, datetime, str, str] | None:
        """(number, instant, file name, SHA-256) of the newest one."""
        query = select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)
        row = self._connection.execute(query).first()
        return None if row is None else (row[0], row[1], row[2], row[3])

    def covering(self, incident_id: int) -> tuple[str, str] | None:
        """(file name, SHA-256) of the first checkpoint that had as much of this chain as any has; None if there is
        none."""
        query = (
            select(checkpoints.c.name, checkpoints.c.digest)
            .join(checkpoint_heads, checkpoint_heads.c.number == checkpoints.c.number)
            .where(checkpoint_heads.c.incident_id == incident_id)
            .order_by(checkpoint_heads.c.length.desc(), checkpoints.c.number)
        )
        row = self._connection.execute(query.limit(1)).first()
        return None if row is None else (row[0], row[1])
