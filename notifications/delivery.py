"""One delivery: one notice to one recipient by one channel, and what an answer makes of it.

Pure: `decide` and its siblings are the only places where retry time, resend and doubt are decided, so every
engine behaves alike. Sources of the figures: docs/delivery.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from notifications.message import (
    Accepted,
    Answer,
    Finding,
    LookUp,
    NotAccepted,
    Receipt,
    ReceiptStatus,
    Rejected,
    Scope,
    Unknown,
)
from notifications.states import ACCEPTED_STATES, State, may

LOOK_UPS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5))
"""When an attempt in doubt is looked up, counted from the doubt."""
DOUBT_WITHOUT_LOOK_UP = timedelta(seconds=60)
"""How long a channel that cannot look up waits for a receipt."""
RETRY_CAP_SECONDS = 300.0
POLLS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
"""When an accepted message without a final receipt is asked for."""
RESENDS = 1
"""Deliberate re-sends of an attempt in doubt (I6)."""


@dataclass(frozen=True)
class Delivery:
    """`next_at` is when this row next needs somebody: to be sent, its lease ends, a look-up, a poll."""

    id: int
    notice_id: int
    customer_id: int
    channel: str
    language: str
    form: str
    state: State
    reason: str = ""
    epoch: int = 0
    attempts: int = 0
    resends: int = 0
    look_ups: int = 0
    absent: int = 0
    next_at: datetime | None = None
    doubt_at: datetime | None = None
    accepted_at: datetime | None = None
    reference: str | None = None

    @property
    def attempt(self) -> str:
        """The id that travels to the provider: "<delivery>.<number>"."""
        return f"{self.id}.{self.attempts}"


class Outcome(NamedTuple):
    """What the chain seals of one settled delivery: a leaf of its batch. No number and no address is in it."""

    delivery: int
    attempt: int
    outcome: str
    reason: str
    reference: str | None
    sealed: str
    """The salted hash of the number or address that it went to; "" for the page."""


def jitter(delivery: Delivery) -> float:
    """A steady share of 0.5 to 1 per delivery and attempt: spreads retries, and replays alike."""
    return 0.5 + (delivery.id * 2654435761 + delivery.attempts * 40503) % 1000 / 2000


def back_off(delivery: Delivery, retry_after: float | None) -> timedelta:
    """Seconds until the next try: what the provider asked for, else 2, 4, 8 … with jitter, capped."""
    if retry_after is not None:
        return timedelta(seconds=min(max(retry_after, 1.0), RETRY_CAP_SECONDS))
    seconds = min(2.0 ** min(delivery.attempts, 12), RETRY_CAP_SECONDS)
    return timedelta(seconds=seconds * jitter(delivery))


def decide(delivery: Delivery, answer: Answer, can_look_up: bool, now: datetime) -> Delivery:
    """The delivery after its provider's answer (or the lack of one)."""
    match answer:
        case Accepted(reference):
            return accepted(delivery, reference, now, ask_later=can_look_up)
        case Rejected(scope, reason, opted_out):
            return _rejected(delivery, scope, reason, opted_out, now)
        case NotAccepted(reason, retry_after):
            return _again(delivery, reason, now + back_off(delivery, retry_after))
        case Unknown(reason):
            return doubted(delivery, reason, can_look_up, now)


def accepted(delivery: Delivery, reference: str, now: datetime, *, ask_later: bool = True) -> Delivery:
    """The provider took it; where it can be asked, its final word is asked for later."""
    return replace(
        delivery,
        state=State.ACCEPTED,
        reason="",
        reference=reference,
        accepted_at=now,
        doubt_at=None,
        look_ups=0,
        next_at=now + POLLS[0] if ask_later else None,
    )


def _again(delivery: Delivery, reason: str, at: datetime) -> Delivery:
    return replace(delivery, state=State.PLANNED, reason=reason, next_at=at, doubt_at=None)


def _rejected(delivery: Delivery, scope: Scope, reason: str, opted_out: bool, now: datetime) -> Delivery:
    if opted_out:
        return replace(delivery, state=State.FAILED, reason=f"recipient:opted_out {reason}", next_at=None)
    if scope == Scope.ACCOUNT:
        # Our own account's trouble never burns a recipient: the row goes back to the line.
        return _again(delivery, f"account:{reason}", now + back_off(delivery, None))
    return replace(delivery, state=State.FAILED, reason=f"{scope}:{reason}", next_at=None)


def doubted(delivery: Delivery, reason: str, can_look_up: bool, now: datetime) -> Delivery:
    """The answer is unknown: never retried blindly, looked up first."""
    wait = LOOK_UPS[0] if can_look_up else DOUBT_WITHOUT_LOOK_UP
    return replace(
        delivery,
        state=State.IN_DOUBT,
        reason=reason,
        doubt_at=now,
        look_ups=0,
        absent=0,
        next_at=now + wait,
    )


def looked_up(delivery: Delivery, found: LookUp, level: int, can_look_up: bool, now: datetime) -> Delivery:
    """The delivery in doubt after one look-up.

    Found: accepted, no re-send ever. Three times absent over five minutes: surely not accepted, back to
    the line. Otherwise, after the last look-up, by class: a level-1 notice is sent once more (a duplicate
    beats a miss), levels 2 and 3 stay unconfirmed and use the second channel.
    """
    if found.finding == Finding.FOUND:
        return accepted(delivery, found.reference, now)
    tried = delivery.look_ups + 1
    absent = delivery.absent + (found.finding == Finding.ABSENT)
    if can_look_up and tried < len(LOOK_UPS):
        doubt_at = delivery.doubt_at or now
        due = max(doubt_at + LOOK_UPS[tried], now + timedelta(seconds=1))
        return replace(delivery, look_ups=tried, absent=absent, next_at=due)
    if absent >= len(LOOK_UPS):
        return _again(replace(delivery, absent=absent), "never arrived", now)
    if level == 1 and delivery.resends < RESENDS:
        return _again(replace(delivery, resends=delivery.resends + 1), "resent after doubt", now)
    return replace(delivery, state=State.UNCONFIRMED, next_at=None)


def received(delivery: Delivery, receipt: Receipt, now: datetime) -> Delivery:
    """The delivery after a receipt, in any order, repeated or early (I19); unchanged when it says nothing new."""
    wanted = {
        ReceiptStatus.SENT: State.ACCEPTED,
        ReceiptStatus.DELIVERED: State.DELIVERED,
        ReceiptStatus.UNDELIVERED: State.UNDELIVERED,
    }[receipt.status]
    waiting = delivery.state in (State.PLANNED, State.CLAIMED) and delivery.attempts > 0
    early = waiting or delivery.state in (State.CALLING, State.IN_DOUBT)
    if not (may(delivery.state, wanted) or (early and wanted in ACCEPTED_STATES)):
        return delivery
    reached = accepted(delivery, receipt.reference, delivery.accepted_at or now)
    if wanted == State.ACCEPTED:
        return reached
    return replace(reached, state=wanted, reason=receipt.reason, next_at=None)


def polled(delivery: Delivery, receipt: Receipt | None, now: datetime) -> Delivery:
    """An accepted delivery after asking for its final word; after the last time it rests as accepted."""
    if receipt is not None and receipt.status != ReceiptStatus.SENT:
        return received(delivery, receipt, now)
    asked = delivery.look_ups + 1
    accepted_at = delivery.accepted_at or now
    due = accepted_at + POLLS[asked] if asked < len(POLLS) else None
    return replace(delivery, look_ups=asked, next_at=due if due is None else max(due, now))
