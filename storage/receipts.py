"""Provider callbacks as they arrived: stored once, merged later, in any order."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from incidents.chain import canonical, leaf
from incidents.terms import Channel, lane_of
from notifications.message import Receipt
from storage.columns import driver, from_micros, to_micros
from storage.notice_schema import receipts

_adapter = TypeAdapter(Receipt)
_UNMERGED = "SELECT id, content FROM receipts WHERE merged_at IS NULL ORDER BY id LIMIT ?"
_LANE = "SELECT next_slot, trouble FROM lanes WHERE channel = ?"
_KEEP_LANE = """INSERT INTO lanes (channel, next_slot, trouble, trouble_at) VALUES (?, ?, ?, ?)
ON CONFLICT (channel) DO UPDATE SET next_slot = excluded.next_slot, trouble = excluded.trouble,
trouble_at = excluded.trouble_at"""
_IN_TROUBLE = "SELECT channel, trouble FROM lanes WHERE trouble != ''"


class Receipts:
    def __init__(self, connection: Connection):
        self._connection = connection

    def store(self, receipt: Receipt, now: datetime) -> bool:
        """Keep one receipt; the same word about the same message is one row. Whether it was new."""
        content = _adapter.dump_python(receipt, mode="json")
        row = upsert(receipts).values(
            hash=leaf(canonical(content)), provider=receipt.provider, received_at=now, content=content
        )
        return self._connection.execute(row.on_conflict_do_nothing()).rowcount > 0

    def unmerged(self, limit: int) -> list[tuple[int, Receipt]]:
        rows = driver(self._connection).execute(_UNMERGED, (limit,))
        return [(number, _adapter.validate_json(content)) for number, content in rows]

    def oldest_unmerged(self) -> datetime | None:
        """Since when the first receipt that nobody has merged waits."""
        query = select(receipts.c.received_at).where(receipts.c.merged_at.is_(None))
        return self._connection.execute(query.order_by(receipts.c.id).limit(1)).scalar()

    def waiting(self) -> int:
        query = select(func.count()).select_from(receipts).where(receipts.c.merged_at.is_(None))
        return self._connection.execute(query).scalar_one()

    def mark_merged(self, ids: list[int], now: datetime) -> None:
        self._connection.execute(update(receipts).where(receipts.c.id.in_(ids)).values(merged_at=now))

    def lane(self, channel: str) -> tuple[datetime | None, str]:
        """(next free send slot, present trouble) of a channel's sender."""
        row = driver(self._connection).execute(_LANE, (channel,)).fetchone()
        return (None, "") if row is None else (row[0] if row[0] is None else from_micros(row[0]), row[1])

    def keep_lane(self, channel: str, next_slot: datetime, trouble: str, at: datetime) -> None:
        row = (channel, to_micros(next_slot), trouble, to_micros(at) if trouble else None)
        driver(self._connection).execute(_KEEP_LANE, row)

    def lanes(self, exercise: bool = False) -> dict[str, str]:
        """Channels in trouble just now, with why; those of exercises are lines of their own."""
        found = dict(driver(self._connection).execute(_IN_TROUBLE).fetchall())
        return {name.value: why for name in Channel if (why := found.get(lane_of(name, exercise)))}
