"""Receipts: whatever the order, however often, however early, the end is the same (I19)."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from coordinator import delivery as verbs
from notifications.delivery import Delivery, accepted, received
from notifications.message import Receipt, ReceiptStatus
from notifications.states import ACCEPTED_STATES, State
from tests.house import House

NOW = datetime(2026, 10, 14, 8, tzinfo=UTC)
SID = "SM" + "0" * 32


def receipt(status: ReceiptStatus) -> Receipt:
    return Receipt("twilio", SID, "7.1", status)


def calling(state: State = State.CALLING) -> Delivery:
    return Delivery(7, 1, 1, "sms", "en", "own", state, attempts=1)


def after(start: Delivery, said: list[ReceiptStatus]) -> Delivery:
    for status in said:
        start = received(start, receipt(status), NOW)
    return start


@given(
    st.lists(st.sampled_from(list(ReceiptStatus)), min_size=1, max_size=6),
    st.sampled_from([State.CALLING, State.IN_DOUBT, State.ACCEPTED, State.UNCONFIRMED]),
    st.randoms(use_true_random=False),
)
def test_any_order_and_repetition_ends_alike(said: list[ReceiptStatus], start: State, random):
    """The final state depends on what was said, not on when or how often (I19)."""
    shuffled = said * 2
    random.shuffle(shuffled)

    assert after(calling(start), said).state == after(calling(start), shuffled).state


@given(st.lists(st.sampled_from(list(ReceiptStatus)), min_size=1, max_size=4), st.integers(0, 4))
def test_receipts_before_our_own_settling_end_alike(said: list[ReceiptStatus], early: int):
    """A receipt that is there before the answer was settled says the same as one after it (I19)."""
    answered = accepted(calling(), SID, NOW)
    before = after(calling(), said[:early])
    # A settled answer never overwrites what a receipt has said: the epoch has moved on.
    late = before if before.state in ACCEPTED_STATES else answered

    assert after(answered, said).state == after(late, said[early:]).state


def test_delivered_beats_what_was_feared():
    """A late `delivered` is evidence; nothing takes it away again (I5)."""
    for order in permutations(ReceiptStatus):
        assert State.DELIVERED == after(calling(State.UNCONFIRMED), list(order)).state


def test_the_books_end_alike(house: House):
    """Stored and merged in any order, with repeats, the rows and counters are the same (I19, I20)."""
    house.has_customers(sms=2)
    said = [
        (ReceiptStatus.SENT, ""),
        (ReceiptStatus.UNDELIVERED, "twilio 30003"),
        (ReceiptStatus.DELIVERED, ""),
    ]
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0, 1, 2)):
        incident = house.alice.opens(level=2)
        notice = house.alice.tells(incident)
        for number in order:
            status, reason = said[number]
            for row in house.deliveries(notice, "sms"):
                one = Receipt("twilio", row.reference or "", row.attempt, status, reason)
                house.app.coordinator.system(verbs.store_receipt, one)
            house.works()

        assert {"delivered": 2} == house.counts(notice, "sms")
        assert 2 == house.window(incident, "first_notice").coverage.reached


def test_an_undelivered_message_still_counts_as_reached(house: House):
    """Accepted is what the window asks for; `undelivered` is a quality figure beside it (AMB-07)."""
    house.has_customers(sms=2)
    house.sandbox.dial("twilio", undelivered_code=30003)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)
    house.fast_forward(hours=1, minutes=10)

    assert {"undelivered": 2} == house.counts(notice, "sms")
    assert ("met", 2) == (
        house.window(incident, "first_notice").state,
        house.window(incident, "first_notice").coverage.reached,
    )


def test_a_receipt_for_nothing_of_ours_changes_nothing(house: House):
    """Unknown, forged or garbled attempt ids are kept and ignored (I19)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)
    for attempt in ("", "999.1", "x", "-1.2", "9" * 30):
        one = Receipt("twilio", SID, attempt, ReceiptStatus.DELIVERED)
        house.app.coordinator.system(verbs.store_receipt, one)
    house.works()

    assert {"accepted": 1} == house.counts(notice, "sms")
