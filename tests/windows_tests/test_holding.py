"""When the holding notice goes: the lead's clamp, the gate, and what suppresses it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windows.forecast import Load, told_at, turns_late_at
from windows.holding import MARGIN, Situation, beyond_cap, decided, lead, starts

START = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)
DUE = START + timedelta(hours=2)
MINUTE = timedelta(minutes=1)
SPANS = st.timedeltas(timedelta(0), timedelta(hours=6))
READY = Situation(
    started_at=START,
    due_at=DUE,
    rule_lead=20 * MINUTE,
    loads=(Load("sms", 10), Load("email", 10)),
    approved_maximum=1_000,
    confirmed=True,
    audience=10,
    automatic_maximum=100,
)
situations = st.builds(
    Situation,
    started_at=st.just(START),
    due_at=st.just(DUE),
    rule_lead=st.sampled_from([20 * MINUTE, 40 * MINUTE]),
    loads=st.lists(
        st.builds(
            Load,
            st.sampled_from(["sms", "email"]),
            st.integers(0, 10**6),
            st.integers(1, 4),
            st.sampled_from([0.0, 1.0, 50.0]),
        ),
        max_size=2,
        unique_by=lambda load: load.channel,
    ).map(tuple),
    refused=st.sampled_from(["", "not_approved", "approval_expired"]),
    approved_maximum=st.integers(0, 20),
    held=st.booleans(),
    waits=st.booleans(),
    human_in_time=st.booleans(),
    human_page=st.booleans(),
    confirmed=st.booleans(),
    families=st.integers(0, 3),
    audience=st.integers(0, 20),
    automatic_maximum=st.integers(0, 20),
    gone=st.frozensets(st.sampled_from(["web", "sms", "email"])),
)
instants = st.timedeltas(-10 * MINUTE, timedelta(hours=3)).map(lambda span: START + span)


@given(sending=SPANS, rule=SPANS, half=SPANS)
def test_the_lead_is_clamped(sending: timedelta, rule: timedelta, half: timedelta):
    """Never more than half of the window; else at least the rule's lead and the sending time with its margin (I28)."""
    found = lead(sending, rule, half)

    assert found <= half
    assert found == half or found >= max(rule, sending + MARGIN)
    assert beyond_cap(sending, half) == (sending + MARGIN > half)


@given(situation=situations, now=instants)
def test_nothing_goes_that_is_suppressed(situation: Situation, now: datetime):
    """Held, past due, without approval, before its lead, or while a person will make it: nothing at all (I28)."""
    found = decided(situation, now)

    stopped = situation.held or situation.waits or situation.human_in_time or bool(situation.refused)
    early = now < min(starts(situation).values())
    if stopped or early or now > situation.due_at:
        assert not found.goes
        assert found.why


@given(situation=situations, now=instants)
def test_what_goes_is_let_through_by_the_gate_and_goes_once(situation: Situation, now: datetime):
    """Directly only on a person's word or that of two families within the maximum; never twice or beyond the cap."""
    found = decided(situation, now)

    assert not situation.gone & {*found.channels, *(["web"] if found.page else [])}
    assert not (found.page and situation.human_page)
    if found.channels:
        few = situation.audience <= situation.automatic_maximum
        assert situation.confirmed or (situation.families >= 2 and few)
        assert situation.audience <= situation.approved_maximum
    slow = {load.channel for load in situation.loads if beyond_cap(load.lasts, timedelta(hours=1))}
    assert not slow & set(found.channels)


@given(situation=situations, now=instants)
def test_the_next_instant_is_ahead_and_nothing_changes_before_it(situation: Situation, now: datetime):
    """Looks in between see the same, so that a stored next look misses nothing."""
    found = decided(situation, now)

    if found.next_at is not None:
        assert now < found.next_at
        before = decided(situation, max(now, found.next_at - timedelta(microseconds=1)))
        assert found == before or found.next_at > situation.due_at


@pytest.mark.parametrize(
    ("change", "page", "channels"),
    [
        ({}, True, ("sms", "email")),
        ({"loads": ()}, True, ()),
        ({"human_page": True}, False, ("sms", "email")),
        ({"confirmed": False, "families": 2}, True, ("sms", "email")),
        ({"confirmed": False, "families": 1}, True, ()),
        ({"confirmed": False, "families": 2, "audience": 101}, True, ()),
        ({"audience": 101}, True, ("sms", "email")),
        ({"audience": 1_001}, True, ()),
        ({"gone": frozenset({"web"})}, False, ("sms", "email")),
        ({"held": True}, False, ()),
        ({"waits": True}, False, ()),
        ({"refused": "not_approved"}, False, ()),
        ({"human_in_time": True}, False, ()),
    ],
)
def test_what_goes_at_the_lead(change: dict[str, object], page: bool, channels: tuple[str, ...]):
    """The law's table, twenty minutes before due."""
    found = decided(replace(READY, **change), DUE - 20 * MINUTE)  # type: ignore[arg-type]

    assert (page, channels) == (found.page, found.channels)


@pytest.mark.parametrize(
    ("at", "goes"), [(-20 * MINUTE, True), (timedelta(0), True), (timedelta(microseconds=1), False)]
)
def test_until_due_and_no_longer(at: timedelta, goes: bool):
    """At the due instant itself it may still go; a moment later never."""
    assert goes == decided(READY, DUE + at).goes


def test_the_forecast_is_people_times_parts_by_rate_and_drain():
    """6,000 people, 2 parts, 10 parts a second, 5 minutes in the provider's queue; the slowest channel counts (I27)."""
    loads = (
        Load("sms", 6_000, 2, 10.0, 5 * MINUTE),
        Load("email", 6_000, 1, 20.0),
        Load("web", 0, 1, 0.1, MINUTE),
    )

    assert START + 25 * MINUTE == told_at(START, loads, 0 * MINUTE)
    assert START + 40 * MINUTE == told_at(START, loads, 15 * MINUTE)
    assert DUE - 40 * MINUTE == turns_late_at(DUE, loads, 15 * MINUTE)


@pytest.mark.parametrize(("ahead", "takes"), [(0, 20), (10, 20), (15, 20), (40, 45)])
def test_what_stands_before_it_in_the_line_counts(ahead: int, takes: int):
    """The line gets shorter while people approve: the longer of the two counts, then its own sending (I27)."""
    load = Load("sms", 300, 1, 1.0, ahead=ahead * MINUTE)

    assert START + takes * MINUTE == told_at(START, (load,), 15 * MINUTE)
    assert DUE - takes * MINUTE == turns_late_at(
        DUE, (load, Load("email", 0, ahead=DUE - START)), 15 * MINUTE
    )


def test_a_holding_notice_behind_a_long_line_leaves_earlier():
    """Its lead covers the line too, at most half of the window; what it sends itself decides on the cap (I28)."""
    behind = replace(READY, loads=(Load("sms", 60, 1, 1.0, ahead=30 * MINUTE),))
    hopeless = replace(READY, loads=(Load("sms", 60, 1, 1.0, ahead=10 * (DUE - START)),))

    assert DUE - 46 * MINUTE == starts(behind)["sms"]
    assert ("sms",) == decided(hopeless, DUE - (DUE - START) / 2).channels
