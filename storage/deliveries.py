"""Deliveries and attempts: expanded set-based, claimed by lease and epoch, settled in one transaction.

`UNIQUE(notice, recipient, channel)` is the told-ledger; it spans runs, workers and restarts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, case, func, insert, literal, not_, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from incidents.terms import Channel
from notifications.delivery import Delivery, Outcome
from notifications.states import Answered, State
from storage.columns import EPOCH, driver, earliest, marks, to_micros
from storage.notice_schema import deliveries, members, outcomes

# The fan-out touches every row several times, so its statements go straight to the driver: Core's own work per
# statement and per value costs more than SQLite's. Ids travel as one JSON array, so that each text is prepared
# once, whatever the size of a batch.
_SELECT = f"SELECT {', '.join(Delivery.__dataclass_fields__)} FROM deliveries"  # noqa: S608 - names, no values
_GIVEN = "(SELECT value FROM json_each(?))"
_BY_IDS = f"{_SELECT} WHERE id IN {_GIVEN}"
_OF_RECIPIENTS = f"{_SELECT} WHERE notice_id = ? AND customer_id IN {_GIVEN}"
_UNSENT = (
    f"{_SELECT} NOT INDEXED WHERE notice_id = ? AND id > ? AND channel != 'web' "
    "AND state IN ('planned', 'claimed', 'calling') ORDER BY id LIMIT ?"
)
_NEXT_ASKED = """SELECT min(next_at) FROM deliveries
WHERE notice_id = ? AND next_at IS NOT NULL AND state IN ('in_doubt', 'accepted', 'calling')"""
_DOUBTED = """SELECT count(*) FROM notices n JOIN deliveries d ON d.notice_id = n.id
WHERE n.released_at IS NOT NULL AND n.settled = 0 AND d.next_at IS NOT NULL
AND d.state = 'in_doubt' AND d.doubt_at < ?"""
_NEXT_AT = "SELECT min(next_at) FROM deliveries WHERE notice_id = ? AND channel = ? AND next_at IS NOT NULL"
_WHO_IN_STATE = "SELECT customer_id FROM deliveries WHERE notice_id = ? AND state = ?"
_FIRST = f"{_SELECT} WHERE notice_id = ? ORDER BY id LIMIT ?"
_TAKE = "UPDATE deliveries SET state = ?, epoch = epoch + 1, next_at = ? WHERE id = ?"
_INTEND = "UPDATE deliveries SET state = ?, attempts = attempts + 1, next_at = ? WHERE id = ?"
_ATTEMPT = "INSERT INTO attempts (delivery_id, number, epoch, at) VALUES (?, ?, ?, ?)"
_SETTLE = """UPDATE deliveries SET epoch = epoch + 1, state = ?, reason = ?, attempts = ?, resends = ?,
look_ups = ?, absent = ?, next_at = ?, doubt_at = ?, accepted_at = ?, reference = ? WHERE id = ?"""
_OUTCOME = """INSERT INTO outcomes (incident_id, sequence, delivery_id, number, outcome, reason, reference,
sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
WEB_RECIPIENT = 0
"""The page entry is a delivery to everybody: recipient 0, channel web."""


def batched(items: Sequence[int], size: int) -> Iterator[list[int]]:
    """`items` in lists of at most `size`: SQL parameters have a bound."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def _stored(row: Any) -> Delivery:
    """A row as the driver gives it: instants are still numbers."""
    values = list(row)
    values[6] = State(values[6])
    values[13:16] = map(_instant, values[13:16])
    return Delivery(*values)


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else EPOCH + timedelta(microseconds=micros)


def _micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


class Deliveries:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add_page(self, notice_id: int, now: datetime) -> None:
        self._connection.execute(
            insert(deliveries).values(
                notice_id=notice_id,
                customer_id=WEB_RECIPIENT,
                channel="web",
                language="",
                form="own",
                state=State.PLANNED,
                next_at=now,
            )
        )

    def expand(
        self, notice_id: int, after: int, limit: int, channels: Sequence[str], now: datetime
    ) -> int | None:
        """Give the next `limit` members their deliveries; the cursor moves in the same transaction.

        Returns the last customer id, None when there was none left.
        """
        mine = and_(members.c.notice_id == notice_id, members.c.customer_id > after)
        slice_ = select(members.c.customer_id).where(mine).order_by(members.c.customer_id).limit(limit)
        inside = slice_.subquery()
        last: int | None = self._connection.execute(select(func.max(inside.c.customer_id))).scalar()
        if last is None:
            return None
        for channel, wanted in (
            ("sms", and_(members.c.sms, members.c.sms_with.is_(None))),
            ("email", and_(members.c.mail, members.c.mail_with.is_(None))),
        ):
            if channel not in channels:
                continue
            found = select(
                literal(notice_id),
                members.c.customer_id,
                literal(channel),
                members.c.language,
                members.c.form,
                literal(State.PLANNED.value),
                literal(now, deliveries.c.next_at.type),
            ).where(mine, members.c.customer_id <= last, wanted)
            names = ["notice_id", "customer_id", "channel", "language", "form", "state", "next_at"]
            self._connection.execute(insert(deliveries).from_select(names, found))
        return last

    def plan(self, notice_id: int, rows: Sequence[dict[str, Any]]) -> None:
        """Add second-channel deliveries; one that already exists stays as it is."""
        if rows:
            row = upsert(deliveries).on_conflict_do_nothing()
            self._connection.execute(row, [{"notice_id": notice_id, **values} for values in rows])

    def ready(
        self, notice_id: int, channel: str, now: datetime, limit: int, states: Sequence[State]
    ) -> list[Delivery]:
        """Rows in these states that need somebody now, the longest waiting first."""
        query = (
            f"{_SELECT} WHERE notice_id = ? AND channel = ? AND next_at IS NOT NULL AND next_at <= ? "
            f"AND state IN ({marks(states)}) ORDER BY next_at LIMIT {limit:d}"
        )
        given = (notice_id, channel, to_micros(now), *(state.value for state in states))
        return [_stored(row) for row in driver(self._connection).execute(query, given)]

    def next_at(
        self, notice_ids: Sequence[int], channels: Sequence[Channel] = tuple(Channel)
    ) -> datetime | None:
        """When the first row of these notices and channels needs somebody; a step into the index for each, never a
        walk."""
        found = [
            earliest(self._connection, _NEXT_AT, (notice_id, channel.value))
            for notice_id in notice_ids
            for channel in channels
        ]
        return min((at for at in found if at is not None), default=None)

    def take(self, held: Sequence[Delivery], state: State, until: datetime) -> list[Delivery]:
        """Lease rows: a new epoch, so that whoever held them before can write no more (I14)."""
        at = to_micros(until)
        self._many(_TAKE, [(state.value, at, delivery.id) for delivery in held])
        return [replace(d, state=state, epoch=d.epoch + 1, next_at=until) for d in held]

    def intend(self, held: Sequence[Delivery], now: datetime, until: datetime) -> list[Delivery]:
        """Commit-to-be of the attempts: the rows still held go to calling; returns those.

        A row whose epoch moved on meanwhile (another worker, a stop) is left out.
        """
        epochs = {delivery.id: delivery.epoch for delivery in held}
        claimed = (d for d in self.by_ids(list(epochs)).values() if d.state == State.CLAIMED)
        mine = [delivery for delivery in claimed if delivery.epoch == epochs[delivery.id]]
        calling, at, end = State.CALLING.value, to_micros(now), to_micros(until)
        self._many(_INTEND, [(calling, end, d.id) for d in mine])
        self._many(_ATTEMPT, [(d.id, d.attempts + 1, d.epoch, at) for d in mine])
        return [replace(d, state=State.CALLING, attempts=d.attempts + 1, next_at=until) for d in mine]

    def by_ids(self, ids: Sequence[int]) -> dict[int, Delivery]:
        rows = driver(self._connection).execute(_BY_IDS, (json.dumps(list(ids)),))
        return {delivery.id: delivery for delivery in map(_stored, rows)}

    def of_recipients(self, notice_id: int, customer_ids: Sequence[int]) -> list[Delivery]:
        given = (notice_id, json.dumps(list(customer_ids)))
        return [_stored(row) for row in driver(self._connection).execute(_OF_RECIPIENTS, given)]

    def settle(self, settled: Sequence[Delivery]) -> None:
        """Write outcomes; the caller has checked epochs in this very transaction."""
        self._many(
            _SETTLE,
            [
                (
                    d.state.value,
                    d.reason,
                    d.attempts,
                    d.resends,
                    d.look_ups,
                    d.absent,
                    _micros(d.next_at),
                    _micros(d.doubt_at),
                    _micros(d.accepted_at),
                    d.reference,
                    d.id,
                )
                for d in settled
            ],
        )

    def _many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            driver(self._connection).executemany(statement, rows)

    def append_outcomes(
        self, incident_id: int, sequence: int, settled: Sequence[tuple[Delivery, str]]
    ) -> None:
        """Append what became of each delivery, and whose it was, sealed, under the entry that covers the batch."""
        self._many(
            _OUTCOME,
            [
                (incident_id, sequence, d.id, d.attempts, d.state.value, d.reason, d.reference, sealed)
                for d, sealed in settled
            ],
        )

    def end_unsent(
        self, notice_ids: Sequence[int], state: State, reason: str, channels: Sequence[str]
    ) -> Counter[tuple[int, str, str, str]]:
        """Cancel or expire what was not sent by these channels; how many by (notice, channel, language, old state)."""
        unsent = and_(
            deliveries.c.notice_id.in_(notice_ids),
            deliveries.c.channel.in_(list(channels)),
            deliveries.c.state.in_([State.PLANNED.value, State.CLAIMED.value]),
        )
        keys = (deliveries.c.notice_id, deliveries.c.channel, deliveries.c.language, deliveries.c.state)
        query = select(*keys, func.count()).where(unsent).group_by(*keys)
        ended = Counter({(r[0], r[1], r[2], r[3]): r[4] for r in self._connection.execute(query)})
        self._connection.execute(
            update(deliveries)
            .where(unsent)
            .values(state=state.value, reason=reason, next_at=None, epoch=deliveries.c.epoch + 1)
        )
        return ended

    def unconfirmed(self, notice_id: int) -> list[int]:
        """Customers in whose name something of this notice is unconfirmed; few, or its window could not be told."""
        given = (notice_id, State.UNCONFIRMED.value)
        return [row[0] for row in driver(self._connection).execute(_WHO_IN_STATE, given)]

    def plan_again(self, notice_id: int, reason: str, now: datetime) -> Counter[tuple[str, str]]:
        """Put failed rows whose reason begins so back in the line; how many by (channel, language)."""
        mine = and_(
            deliveries.c.notice_id == notice_id,
            deliveries.c.state == State.FAILED.value,
            deliveries.c.reason.startswith(reason, autoescape=True),
        )
        keys = (deliveries.c.channel, deliveries.c.language)
        grouped = select(*keys, func.count()).where(mine).group_by(*keys)
        found = Counter({(row[0], row[1]): row[2] for row in self._connection.execute(grouped)})
        again = {"state": State.PLANNED.value, "next_at": now, "epoch": deliveries.c.epoch + 1}
        self._connection.execute(update(deliveries).where(mine).values(again))
        return found

    def spare_texted(self, notice_id: int, earlier: Sequence[int], since: datetime) -> Counter[str]:
        """Spare members the SMS at whose number one of the earlier notices was accepted after `since`.

        Each delivery gets its suppressed row, so that the record says so; who is told by no mail either, not even one
        that they share, is answered as spared. Returns how many deliveries by language, and under "" how many people
        are spared altogether.
        """
        had = members.alias()
        recent = (
            select(had.c.phone)
            .join(
                deliveries,
                and_(
                    deliveries.c.notice_id == had.c.notice_id, deliveries.c.customer_id == had.c.customer_id
                ),
            )
            .where(
                deliveries.c.notice_id.in_(earlier),
                deliveries.c.channel == "sms",
                deliveries.c.accepted_at > since,
            )
        )
        mine = and_(members.c.notice_id == notice_id, members.c.sms.is_(True), members.c.phone.in_(recent))
        own = members.c.sms_with.is_(None)
        grouped = select(members.c.language, func.count()).where(mine, own).group_by(members.c.language)
        spared: Counter[str] = Counter({row[0]: row[1] for row in self._connection.execute(grouped)})
        other = members.alias()
        mailed = select(other.c.customer_id).where(other.c.notice_id == notice_id, other.c.mail.is_(True))
        with_other = and_(members.c.mail_with.is_not(None), members.c.mail_with.in_(mailed))
        by_mail = or_(members.c.mail.is_(True), with_other)
        alone = select(func.count()).select_from(members).where(mine, not_(by_mail))
        spared[""] = self._connection.execute(alone).scalar_one()
        found = select(
            literal(notice_id),
            members.c.customer_id,
            literal("sms"),
            members.c.language,
            members.c.form,
            literal(State.SUPPRESSED.value),
            literal("sms_limit"),
        ).where(mine, own)
        names = ["notice_id", "customer_id", "channel", "language", "form", "state", "reason"]
        self._connection.execute(insert(deliveries).from_select(names, found))
        answer = case((by_mail, members.c.answer), else_=Answered.SPARED.value)
        self._connection.execute(update(members).where(mine).values(sms=False, answer=answer))
        return spared

    def unsent_after(self, notice_id: int, after: int, limit: int) -> list[Delivery]:
        """Direct deliveries of a notice that are neither answered nor in doubt, by id; a walk along the key."""
        return [_stored(row) for row in driver(self._connection).execute(_UNSENT, (notice_id, after, limit))]

    def doubted_before(self, at: datetime) -> int:
        """How many rows of unsettled notices have been in doubt since before this instant."""
        return int(self._connection.exec_driver_sql(_DOUBTED, (to_micros(at),)).scalar() or 0)

    def counted(self, notice_id: int) -> dict[tuple[str, str, str], int]:
        """(channel, language, state) -> rows."""
        keys = (deliveries.c.channel, deliveries.c.language, deliveries.c.state)
        query = select(*keys, func.count()).where(deliveries.c.notice_id == notice_id).group_by(*keys)
        return {(row[0], row[1], row[2]): row[3] for row in self._connection.execute(query)}

    def next_asked_at(self, notice_id: int) -> datetime | None:
        """When the first row of a notice that is only asked about needs somebody."""
        return earliest(self._connection, _NEXT_ASKED, (notice_id,))

    def first(self, notice_id: int, limit: int) -> list[Delivery]:
        return [_stored(row) for row in driver(self._connection).execute(_FIRST, (notice_id, limit))]

    def batch(self, incident_id: int, sequence: int) -> list[Outcome]:
        """What one timeline entry covers, in leaf order."""
        query = (
            select(
                outcomes.c.delivery_id,
                outcomes.c.number,
                outcomes.c.outcome,
                outcomes.c.reason,
                outcomes.c.reference,
                outcomes.c.sealed,
            )
            .where(outcomes.c.incident_id == incident_id, outcomes.c.sequence == sequence)
            .order_by(outcomes.c.delivery_id)
        )
        return [Outcome(*row) for row in self._connection.execute(query)]
