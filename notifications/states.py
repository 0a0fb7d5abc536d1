"""The states of one delivery, as a table: which step may follow which.

Pure. A state only moves up the lattice; the only exits from an end are the listed evidence upgrades (I5).
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    PLANNED = "planned"
    CLAIMED = "claimed"
    CALLING = "calling"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"
    UNCONFIRMED = "unconfirmed"


STEPS: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset(
        {State.CLAIMED, State.SUPPRESSED, State.EXPIRED, State.CANCELLED, State.IN_DOUBT}
    ),
    State.CLAIMED: frozenset({State.CALLING, State.PLANNED, State.CANCELLED, State.EXPIRED, State.IN_DOUBT}),
    State.CALLING: frozenset(
        {
            State.ACCEPTED,
            State.PLANNED,
            State.FAILED,
            State.IN_DOUBT,
            State.DELIVERED,
            State.UNDELIVERED,
            State.SUPPRESSED,
        }
    ),
    State.IN_DOUBT: frozenset(
        {
            State.ACCEPTED,
            State.DELIVERED,
            State.UNDELIVERED,
            State.PLANNED,
            State.UNCONFIRMED,
            State.CANCELLED,
        }
    ),
    State.ACCEPTED: frozenset({State.DELIVERED, State.UNDELIVERED}),
    State.UNDELIVERED: frozenset({State.DELIVERED}),
    State.UNCONFIRMED: frozenset({State.ACCEPTED, State.DELIVERED, State.UNDELIVERED}),
    State.DELIVERED: frozenset(),
    State.FAILED: frozenset({State.DELIVERED, State.PLANNED}),
    State.SUPPRESSED: frozenset(),
    State.EXPIRED: frozenset({State.DELIVERED}),
    State.CANCELLED: frozenset({State.DELIVERED}),
}
"""Planned after calling: surely not processed. Planned after in_doubt: the look-ups said it never arrived,
or the one deliberate re-send. Planned after failed: the text was refused, and a person has mended that and
resumed the notice. In doubt without a call: the record was restored from a backup, and the call may have
been made in the time that it has lost. From an end otherwise only evidence leads on (a late `delivered`
beats what we feared)."""

ACCEPTED_STATES = frozenset({State.ACCEPTED, State.DELIVERED, State.UNDELIVERED})
"""The provider took responsibility; `undelivered` is a quality figure, the person counts as reached."""

MAY_HAVE_ARRIVED = ACCEPTED_STATES | {State.CALLING, State.IN_DOUBT, State.UNCONFIRMED}
"""The person may have read it: who takes it back takes it back before these too."""

MOVING = frozenset({State.PLANNED, State.CLAIMED, State.CALLING, State.IN_DOUBT})


def may(before: State, after: State) -> bool:
    """Whether a delivery may go from `before` to `after`."""
    return after in STEPS[before]


class Answered(StrEnum):
    """What a recipient's deliveries add up to, for the windows."""

    PENDING = "pending"
    REACHED = "reached"
    IMPOSSIBLE = "impossible"
    UNCONFIRMED = "unconfirmed"
    SPARED = "spared"
    """Had an SMS of this incident a short while ago and nothing else to be told by; the page says it."""


def answer_of(deliveries: list[tuple[State, str]]) -> Answered:
    """One recipient's answer from (state, reason) of each delivery; no delivery at all is impossible.

    Refusals for content or account, cancelled and expired ones answer nothing: the person was not told.
    """
    if deliveries and all(pair == (State.SUPPRESSED, "sms_limit") for pair in deliveries):
        return Answered.SPARED
    states = {state for state, _ in deliveries}
    if states & ACCEPTED_STATES or (State.SUPPRESSED, "already_told") in deliveries:
        return Answered.REACHED
    if states & MOVING:
        return Answered.PENDING
    if State.UNCONFIRMED in states:
        return Answered.UNCONFIRMED
    own = {(State.SUPPRESSED, "opted_out"), (State.SUPPRESSED, "no_address")}
    if all(
        pair in own or (pair[0] == State.FAILED and pair[1].startswith("recipient:")) for pair in deliveries
    ):
        return Answered.IMPOSSIBLE
    return Answered.PENDING
