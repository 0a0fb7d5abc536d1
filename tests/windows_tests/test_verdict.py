"""Told or not, met or breached: at the instant and one step either side."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.terms import Duty, Kind, Verdict
from tests.windows_tests.packs import PACK, at, opened, standing
from windows.verdict import Standing, ended, fulfilled, is_told, judged, missing

RULE = PACK.coverage
STEP = timedelta(microseconds=1)
NOTHING = Standing()


@pytest.mark.parametrize(
    ("step", "verdict"), [(-STEP, Verdict.MET), (0 * STEP, Verdict.MET), (STEP, Verdict.BREACHED)]
)
def test_told_around_due(step: timedelta, verdict: Verdict):
    """Told at due − 1 µs and at due is met, at due + 1 µs breached (I9)."""
    now = at(120) + step
    window = judged(opened(), standing(10, 10), RULE, now)

    assert (verdict, Duty.DONE, now, step.total_seconds()) == (
        window.state,
        window.duty,
        window.told_at,
        window.seconds_late,
    )


@pytest.mark.parametrize(("step", "verdict"), [(0 * STEP, Verdict.OPEN), (STEP, Verdict.BREACHED)])
def test_untold_around_due(step: timedelta, verdict: Verdict):
    """Untold at due is still open, one microsecond later it is breached and still owed (I9)."""
    window = judged(opened(), NOTHING, RULE, at(120) + step)

    assert (verdict, Duty.OWED) == (window.state, window.duty)


@pytest.mark.parametrize(
    ("audience", "reached", "told"),
    [
        (10, 9, True), (10, 8, False), (20, 18, True), (20, 17, False), (1000, 900, True), (1000, 899, False),
        (1, 1, True), (1, 0, False), (11, 10, True), (11, 9, False),
    ],
)  # fmt: skip
def test_nine_in_ten_of_those_with_an_address(audience: int, reached: int, told: bool):
    """≥ 90 % of those with an address who have not opted out, exactly at the edge and one below (§3)."""
    seen = standing(audience, reached, impossible=audience - reached)

    assert told == is_told(opened(), seen, RULE)


@given(st.integers(1, 3_000_000))
def test_the_edge_is_exact_at_every_size(audience: int):
    """The ninety per cent are counted in whole people, without a rounding error (§3)."""
    enough = -(-audience * 9 // 10)

    assert is_told(opened(), standing(audience, enough, impossible=audience - enough), RULE)
    less = enough - 1
    assert not is_told(opened(), standing(audience, less, impossible=audience - less), RULE)


@pytest.mark.parametrize(
    ("audience", "unconfirmed", "told"),
    [(20, 1, True), (20, 2, False), (200, 1, True), (200, 2, False), (399, 1, True), (399, 2, False),
     (400, 2, True), (400, 3, False), (1_000_000, 5000, True), (1_000_000, 5001, False)],
)  # fmt: skip
def test_few_may_be_unconfirmed(audience: int, unconfirmed: int, told: bool):
    """≤ max(1, 0.5 %) unknown after look-up and second channel, exactly at the edge and one above (§3)."""
    seen = standing(audience, audience - unconfirmed, unconfirmed=unconfirmed)

    assert told == is_told(opened(), seen, RULE)


@given(st.integers(1, 3_000_000))
def test_the_unconfirmed_edge_is_exact_at_every_size(audience: int):
    """0.5 % in whole people, without a rounding error (§3)."""
    most = max(1, audience // 200)
    seen = standing(audience, audience - most, unconfirmed=most, with_address=0)

    assert (audience > most) == is_told(opened(), seen, RULE)
    over = replace(seen.coverage, reached=audience - most - 1, unconfirmed=most + 1)
    assert not is_told(opened(), replace(seen, coverage=over), RULE)


def test_one_missing_recipient_keeps_it_open():
    """Told means every recipient is answered (§3)."""
    assert not is_told(opened(), standing(1000, 999), RULE)
    assert ("audience_pending",) == missing(opened(), standing(1000, 999), RULE)
    in_trouble = replace(standing(1000, 999), provider_trouble=True)
    assert ("provider",) == missing(opened(), in_trouble, RULE)


def test_nobody_reached_is_not_told():
    """All impossible is answered, and still nobody knows (§3, §10)."""
    seen = standing(1_000_000, 0, impossible=1_000_000)
    window = judged(opened(), seen, RULE, at(10))

    assert (Verdict.OPEN, ("too_few_accepted",)) == (window.state, window.causes)
    assert Verdict.BREACHED == judged(window, seen, RULE, at(121)).state


def test_opted_out_and_addressless_are_no_part_of_the_ninety_per_cent():
    """Only those who can be reached count below the line (§3)."""
    assert is_told(opened(), standing(100, 9, impossible=91, with_address=10), RULE)
    assert not is_told(opened(), standing(100, 8, impossible=92, with_address=10), RULE)


def test_without_its_page_entry_nothing_is_told():
    """The page comes first, for every kind (R24, §3)."""
    seen = standing(10, 10, live=False)

    assert not is_told(opened(), seen, RULE)
    assert ("page",) == missing(opened(), seen, RULE)
    assert not is_told(opened(Kind.PROGRESS_UPDATE), seen, RULE)


@pytest.mark.parametrize("kind", [Kind.PROGRESS_UPDATE, Kind.MATERIAL_UPDATE])
def test_progress_and_material_are_told_by_the_page(kind: Kind):
    """What goes with them by SMS and e-mail is counted, never required (§2)."""
    assert is_told(opened(kind), standing(100, 0), RULE)


@pytest.mark.parametrize(
    ("state", "told"),
    [("impact_unknown", True), ("nobody_told", True), ("directory_empty", False), ("no_match", False)],
)
def test_an_audience_of_nobody_says_which(state: str, told: bool):
    """Unknown impact is told by the page alone; an empty directory or no match needs a person (§3)."""
    window = opened(audience_state=state)
    seen = standing(0, 0)

    assert told == is_told(window, seen, RULE)
    assert (() if told else (state,)) == missing(window, seen, RULE)
    assert Verdict.MET == fulfilled(window, at(60)).state
    assert "person" == fulfilled(window, at(60)).basis


@pytest.mark.parametrize(
    ("seen", "causes"),
    [
        (Standing(), ("no_draft",)),
        (Standing("draft"), ("no_approval",)),
        (Standing("submitted"), ("no_approval",)),
        (standing(10, 9, live=False), ("page", "audience_pending")),
        (standing(10, 8, impossible=2), ("too_few_accepted",)),
    ],
)
def test_a_breach_says_what_was_missing(seen: Standing, causes: tuple[str, ...]):
    """The breach names everything that was missing (I9)."""
    assert causes == judged(opened(), seen, RULE, at(121)).causes


@pytest.mark.parametrize(
    ("alive", "now", "gap"),
    [(119.0, 121.0, True), (119.0, 120.01, False), (120.5, 121.0, False), (None, 200.0, False)],
)
def test_a_gap_over_the_due_instant_is_named(alive: float | None, now: float, gap: bool):
    """Nobody looking at due, and for more than a second after it, is the coordinator's own outage (§4)."""
    alive_at = None if alive is None else at(alive)
    window = judged(opened(), Standing("draft"), RULE, at(now), alive_at)

    assert ("wall_after_gap" if gap else "clock") == window.basis
    assert gap == ("coordinator_outage" in window.causes)
    assert at(120) == window.due_at


def test_a_breached_duty_is_done_later_and_stays_breached():
    """Telling late ends the duty and changes no verdict (I10)."""
    breached = judged(opened(), NOTHING, RULE, at(121))
    late = judged(breached, standing(5, 5), RULE, at(180))

    assert (Verdict.BREACHED, Duty.DONE, 3600.0) == (late.state, late.duty, late.seconds_late)
    assert (breached.decided_at, breached.causes) == (late.decided_at, late.causes)
    assert late == judged(late, NOTHING, RULE, at(999))


@pytest.mark.parametrize(("now", "verdict"), [(120.0, Verdict.LAPSED), (120.0001, Verdict.BREACHED)])
def test_lapsing_is_possible_only_before_due(now: float, verdict: Verdict):
    """After due an undecided window is breached first, whatever ends it (§1)."""
    window = ended(opened(Kind.PROGRESS_UPDATE, 2), at(now), "resolution")

    assert (verdict, Duty.ENDED, "resolution") == (window.state, window.duty, window.ended_by)


moments = st.lists(st.integers(0, 240 * 60), min_size=1, max_size=8).map(sorted)
looks = st.sampled_from(["", "draft", "released", "told"])


@given(moments, st.data())
def test_once_due_has_passed_exactly_one_verdict_holds(seconds: list[int], data: st.DataObject):
    """Whatever happened before: after due met or breached, met iff told in time, and for ever (I9, I10)."""
    window, decided = opened(), None
    for second in seconds:
        stage = data.draw(looks)
        seen = standing(5, 5) if stage == "told" else Standing(stage)
        now = at(second / 60)
        window = judged(window, seen, RULE, now)
        if now > window.due_at:
            assert window.state in (Verdict.MET, Verdict.BREACHED)
        if window.state != Verdict.OPEN:
            decided = decided or window.state
            assert decided == window.state
        in_time = window.told_at is not None and window.told_at <= window.due_at
        assert in_time == (window.state == Verdict.MET)
        assert (window.told_at is None) == (window.duty == Duty.OWED)
