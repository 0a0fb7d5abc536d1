"""The one table of what may move a clock: docs/windows.md, "What may move a clock"."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.terms import REPORTS, Kind, Verdict
from tests.windows_tests.packs import AWARE, PACK, at, opened, standing
from windows import moves
from windows.verdict import judged
from windows.window import Window

HALF_AN_HOUR = timedelta(minutes=30)
minutes = st.integers(0, 36_000).map(lambda tenths: tenths / 10)
levels = st.sampled_from([1, 2, 3])
kinds = st.sampled_from([Kind.FIRST_NOTICE, Kind.PROGRESS_UPDATE, Kind.MATERIAL_UPDATE])
RISES = (
    moves.LevelRose,
    moves.LevelFell,
    moves.AwareEarlier,
    moves.Resolved,
    moves.Reopened,
    moves.FalseAlarm,
)


def happens(kind: type[moves.Event], minute: float, level: int = 1, aware: float = 0) -> moves.Event:
    return kind(at=at(minute), by="hq", level=level, aware_at=at(aware))


def after(window: Window, event: moves.Event) -> Window:
    return moves.decide(window, PACK.terms(window.kind), event).window


@given(kinds, levels, st.lists(st.tuples(st.sampled_from(RISES), minutes, levels), max_size=5))
def test_nothing_but_the_override_makes_a_due_later(kind: Kind, level: int, events: list):
    """Whatever happens in whatever order, a due is never later than it was (I12, AMB-06)."""
    window = opened(kind, level)
    for cause, minute, to in sorted(events, key=lambda e: e[1]):
        moved = after(window, happens(cause, minute, to, aware=-minute))

        assert moved.due_at <= window.due_at
        assert moved.strict_due_at <= window.strict_due_at
        window = moved


@given(st.sampled_from([moves.LevelRose, moves.AwareEarlier]), kinds, levels, minutes, levels)
def test_what_comes_sooner_leaves_half_an_hour_or_what_was_left(
    cause: type[moves.Event], kind: Kind, level: int, minute: float, to: int
):
    """An upgrade, or earlier awareness, leaves at least min(30 min, what was left); strict leads (I12, M02, M05)."""
    window = opened(kind, level)
    moved = after(window, happens(cause, minute, to, aware=-60))

    assert moved.due_at - at(minute) >= min(HALF_AN_HOUR, window.due_at - at(minute))
    assert moved.started_at + timedelta(seconds=moved.length_seconds) == moved.strict_due_at
    late = {"late_by_classification", "late_by_discovery"} & set(moved.causes)
    assert bool(late) == (moved.due_at > moved.strict_due_at)


@given(kinds, st.lists(st.tuples(st.sampled_from(RISES), minutes, levels), max_size=5))
def test_the_history_only_grows_and_ends_at_the_due(kind: Kind, events: list):
    """Every value that a due has had stays, and the last one is the due (I12)."""
    window = opened(kind, 3)
    for cause, minute, to in sorted(events, key=lambda e: e[1]):
        moved = after(window, happens(cause, minute, to))

        assert window.history == moved.history[: len(window.history)]
        assert moved.due_at == moved.history[-1].due_at
        window = moved


@given(st.sampled_from([moves.LevelRose, moves.AwareEarlier, moves.AwareLater]), minutes, levels)
def test_a_verdict_is_for_ever(cause: type[moves.Event], minute: float, level: int):
    """What is learnt after a verdict changes neither it nor its due; it is a finding at most (I10, M03)."""
    missed = judged(opened(level=3), standing(0, 0, stage="", live=False), PACK.coverage, at(241))
    later = after(missed, happens(cause, 241 + minute, level, aware=-10))

    assert (missed.state, missed.due_at, missed.strict_due_at, missed.causes, missed.history) == (
        later.state,
        later.due_at,
        later.strict_due_at,
        later.causes,
        later.history,
    )


def test_awareness_found_to_be_earlier():
    """Due as for an upgrade, marked late_by_discovery; the start is the earlier awareness (AMB-05, M05)."""
    window = after(opened(level=1), happens(moves.AwareEarlier, 100, 1, aware=-30))

    assert (at(-30), at(90), at(120)) == (window.started_at, window.strict_due_at, window.due_at)
    assert ("late_by_discovery",) == window.causes


def test_an_override_leaves_the_start_whatever_comes_after_it():
    """Overridden to later, then found a little earlier, or raised and lowered again: strict and its start are those of
    the first awareness (M06; found by the simulation, seed 2240)."""
    overridden = after(opened(level=2), happens(moves.AwareLater, 48, 2, aware=20))
    found = after(overridden, happens(moves.AwareEarlier, 74, 2, aware=15))
    raised = after(overridden, happens(moves.LevelRose, 60, 1, aware=20))
    lowered = after(raised, moves.RiseUndone(at(61), "hq", 2, at(20), moved_at=at(60)))

    for window in (overridden, found, raised, lowered):
        assert (at(0), at(120)) == (window.started_at, window.strict_due_at)
    assert [at(140), at(120), at(120), at(140)] == [w.due_at for w in (overridden, found, raised, lowered)]


@pytest.mark.parametrize(
    ("rise", "slip"), [(moves.LevelRose, moves.RiseUndone), (moves.AwareEarlier, moves.AwarenessUndone)]
)
def test_undo_gives_back_the_strict_that_was(rise: type[moves.Event], slip: type[moves.RiseUndone]):
    """Opened at level 2, lowered to 3, overridden to later: a slip after that and its undo leave start, strict and due
    as they were; neither the lower level nor the override is washed into strict (M03, M06, M08)."""
    before = after(opened(level=2), happens(moves.AwareLater, 20, 3, aware=20))
    moved = after(before, happens(rise, 30, 1 if rise is moves.LevelRose else 3, aware=-180))
    back = after(moved, slip(at(32), "hq", 3, at(20), moved_at=at(30)))

    assert (at(0), at(120), at(260)) == (before.started_at, before.strict_due_at, before.due_at)
    assert moved.due_at < before.due_at
    assert (at(0), at(120), at(260)) == (back.started_at, back.strict_due_at, back.due_at)


def test_awareness_moves_only_what_counts_from_it():
    """A progress window counts from the last entry; nobody's discovery moves it."""
    window = opened(Kind.PROGRESS_UPDATE, 1)

    assert window == after(window, happens(moves.AwareEarlier, 10, 1, aware=-30))


@pytest.mark.parametrize("found", [moves.AwareEarlier, moves.AwareLater])
def test_awareness_does_not_move_what_is_owed_to_those_who_joined(found: type[moves.Event]):
    """Their first notice counts from their joining, not from awareness (found by the simulation, seed 71)."""
    first = opened(level=3)
    joined = moves.grown(opened(level=3), first, PACK.terms(Kind.FIRST_NOTICE), HALF_AN_HOUR)

    assert joined == after(joined, happens(found, 10, 3, aware=5 if found is moves.AwareLater else -60))


def test_the_override_extends_an_open_window_and_leaves_strict():
    """Awareness moved later: due later, strict and start as they were (AMB-05, M06)."""
    window = after(opened(level=1), happens(moves.AwareLater, 10, 1, aware=45))

    assert (at(0), at(120), at(165)) == (window.started_at, window.strict_due_at, window.due_at)
    assert ["opened", "aware_later"] == [move.rule for move in window.history]


def test_a_downgrade_leaves_every_due():
    """The slower cadence starts after the next notice (AMB-06, M08)."""
    window = opened(Kind.PROGRESS_UPDATE, 1)

    assert moves.Ruling(window, "due_stays") == moves.decide(
        window, PACK.terms(window.kind), happens(moves.LevelFell, 10, 3)
    )


@pytest.mark.parametrize(
    ("cause", "ends", "stays"),
    [
        (moves.Resolved, (Kind.PROGRESS_UPDATE,), (Kind.FIRST_NOTICE, Kind.MATERIAL_UPDATE)),
        (moves.Reopened, (Kind.RESOLUTION_NOTICE, *REPORTS), (Kind.FIRST_NOTICE, Kind.CORRECTION_NOTICE)),
        (moves.FalseAlarm, (Kind.FIRST_NOTICE, Kind.CORRECTION_NOTICE), (Kind.WITHDRAWAL_NOTICE,)),
        (moves.Rejected, (Kind.FIRST_NOTICE,), (Kind.WITHDRAWAL_NOTICE,)),
    ],
)
def test_what_ends_duties(cause: type[moves.Event], ends: tuple[Kind, ...], stays: tuple[Kind, ...]):
    """Before due the duty lapses with its cause; other kinds are not touched (M12, M17, M18)."""
    for kind in ends:
        assert ("lapsed", "ended") == (
            after(opened(kind, 1), happens(cause, 1)).state,
            after(opened(kind, 1), happens(cause, 1)).duty,
        )
    for kind in stays:
        assert opened(kind, 1) == after(opened(kind, 1), happens(cause, 1))


@given(minutes, levels)
def test_a_first_notice_that_is_owed_again(minute: float, level: int):
    """After a waiver or a lapse: due = max(strict, event + 30 min) (M07)."""
    terms = PACK.terms(Kind.FIRST_NOTICE)
    event = happens(moves.LevelRose, minute, level)
    window = moves.renewed(terms, event, 1, 2)

    assert max(window.strict_due_at, at(minute) + HALF_AN_HOUR) == window.due_at
    assert ("renewed", 2, Verdict.OPEN) == (window.history[0].rule, window.sequence, window.state)


@given(minutes, levels, st.integers(1, 90))
def test_a_first_notice_that_ended_by_a_slip_goes_on_with_its_clock(minute: float, level: int, later: int):
    """Undo gives start, strict and the old due back; if that has passed, half an hour. An override of awareness before
    the slip has extended the due alone, and the slip washes nothing off strict (M06, M07, I12)."""
    overridden = after(opened(level=level), happens(moves.AwareLater, 0, level, aware=later))
    ended = after(overridden, happens(moves.FalseAlarm, 1, level, aware=later))
    terms = PACK.terms(Kind.FIRST_NOTICE)
    back = moves.resumed(ended, terms, happens(moves.LevelRose, minute, level, aware=later), 2)

    assert (AWARE, overridden.strict_due_at) == (back.started_at, back.strict_due_at)
    granted = overridden.due_at if overridden.due_at > at(minute) else at(minute) + HALF_AN_HOUR
    assert (granted, Verdict.OPEN, "renewed") == (back.due_at, back.state, back.history[0].rule)


@given(st.integers(0, 600))
def test_what_becomes_owed_because_the_level_rose(minute: int):
    """due = max(start + length, changed_at + min(length, 30 min), M04)."""
    terms = PACK.terms(Kind.FIRST_NOTICE)
    window = moves.became_owed(terms, happens(moves.LevelRose, minute, 1), 1, 1)

    assert max(at(120), at(minute + 30)) == window.due_at
    assert (AWARE, at(120)) == (window.started_at, window.strict_due_at)


phones = st.sampled_from(["handbook.superior_report.phone", "handbook.superior_report.written"])


def reported(rule: str, level: int) -> Window:
    """A report to superiors as it opens."""
    return moves.became_owed(PACK.terms_of(rule), happens(moves.LevelRose, 0, level), 1, 1)


@given(phones, minutes, st.sampled_from([1, 2]))
def test_a_report_upwards_that_becomes_owed_leaves_its_own_length_at_most(
    rule: str, minute: float, level: int
):
    """A call of 15 minutes leaves 15, never 30; the mark says that strict could not be kept (AMB-06)."""
    window = moves.became_owed(PACK.terms_of(rule), happens(moves.LevelRose, minute, level), 1, 1)
    length = timedelta(seconds=window.length_seconds)

    assert max(AWARE + length, at(minute) + min(length, HALF_AN_HOUR)) == window.due_at
    assert (AWARE + length, bool(window.causes)) == (
        window.strict_due_at,
        window.due_at > window.strict_due_at,
    )


@given(phones, minutes, levels)
def test_a_report_upwards_that_ended_by_a_slip_has_its_old_clock(rule: str, minute: float, level: int):
    """Same start and strict, the old due if it is ahead, else what is left as for what becomes owed."""
    ended = moves.decide(reported(rule, 1), PACK.terms_of(rule), happens(moves.FalseAlarm, 1)).window
    back = moves.resumed(ended, PACK.terms_of(rule), happens(moves.LevelRose, minute, level), 2)

    assert (ended.started_at, ended.strict_due_at) == (back.started_at, back.strict_due_at)
    assert ("open", "owed", 2, "renewed") == (back.state, back.duty, back.sequence, back.history[0].rule)
    assert back.due_at == ended.due_at or (ended.due_at <= at(minute) < back.due_at)


@given(phones, st.lists(st.tuples(st.sampled_from(RISES), minutes, levels), max_size=5))
def test_a_report_upwards_never_gains_time(rule: str, events: list):
    """Up and down through levels that owe it and one that does not: never later than it was (I12)."""
    window = reported(rule, 2)
    for cause, minute, to in sorted(events, key=lambda e: e[1]):
        moved = moves.decide(window, PACK.terms_of(rule), happens(cause, minute, to, aware=-minute)).window

        assert moved.due_at <= window.due_at
        assert moved.strict_due_at <= window.strict_due_at
        window = moved
