"""What counts from the onset, the restoration, a reopening or the withdrawal: a regulator's report alone, by the same
one table (docs/windows.md, "Regimes")."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import Invalid
from incidents.terms import BY_A_LATER_ACT, OF_A_REGIME, ClockStart, Verdict
from tests.windows_tests.packs import AWARE, PACK, at, standing
from tests.windows_tests.test_rules import REGIME, TEXT
from windows import clocks, moves
from windows.rules import Pack, Terms, parse_pack
from windows.verdict import judged
from windows.window import Window

BEGINS = "clock_start: aware_at"
minutes = st.integers(-600, 600)
after_opening = st.integers(0, 230)


def terms(start: ClockStart, more: str = "") -> Terms:
    return pack(start, more).terms_of("first")


def pack(start: ClockStart, more: str = "") -> Pack:
    return parse_pack(REGIME.replace(BEGINS, f"clock_start: {start}{more}"), "ours")


def runs(start: ClockStart, from_: float, more: str = "") -> Window:
    """A report of four hours whose clock runs from then, as T+0 found it."""
    return clocks.opened(
        terms(start, more), incident=1, level=2, started_at=at(from_), aware_at=AWARE, now=AWARE, by="alice"
    )


def found(
    kind: type[moves.Event], minute: float, onset: float | None = None, aware: float = 0, level: int = 2
) -> moves.Event:
    began: datetime | None = None if onset is None else at(onset)
    return kind(at(minute), "alice", level, at(aware), onset_at=began)


def becomes(window: Window, event: moves.Event, more: str = "") -> Window:
    return moves.decide(window, terms(window.clock_start, more), event).window


def test_an_onset_that_becomes_known_or_is_earlier_moves_the_due():
    """As earlier awareness: half an hour is left, it is marked, the start is the onset (M05)."""
    window = becomes(runs(ClockStart.ONSET_AT, 0), found(moves.OnsetEarlier, 200, onset=-60))
    assert (at(-60), at(180), at(230)) == (window.started_at, window.strict_due_at, window.due_at)
    assert (("late_by_discovery",), "onset_earlier") == (window.causes, window.history[-1].rule)

    early = becomes(runs(ClockStart.ONSET_AT, 0), found(moves.OnsetEarlier, 10, onset=-60))
    assert (at(180), at(180), ()) == (early.strict_due_at, early.due_at, early.causes)


def test_awareness_stands_in_only_as_long_as_the_onset_is_unknown():
    """Then what moves awareness moves it, and not any more when the onset is known (M05, M06)."""
    window = runs(ClockStart.ONSET_AT, 0)
    assert at(210) == becomes(window, found(moves.AwareEarlier, 10, aware=-30)).due_at
    assert at(270) == becomes(window, found(moves.AwareLater, 10, aware=30)).due_at

    for kind, aware in ((moves.AwareEarlier, -30), (moves.AwareLater, 30)):
        assert window == becomes(window, found(kind, 10, onset=-60, aware=aware))


def test_a_later_onset_extends_an_open_window_and_leaves_strict():
    """As an override of awareness (M06); found a little earlier after it, strict leads again."""
    window = becomes(runs(ClockStart.ONSET_AT, -60), found(moves.OnsetLater, 10, onset=-20))
    assert (at(-60), at(180), at(220)) == (window.started_at, window.strict_due_at, window.due_at)
    assert ["opened", "onset_later"] == [move.rule for move in window.history]

    again = becomes(window, found(moves.OnsetEarlier, 20, onset=-30))
    assert (at(-60), at(180), at(180)) == (again.started_at, again.strict_due_at, again.due_at)


@pytest.mark.parametrize("kind", [moves.OnsetEarlier, moves.LevelRose])
def test_on_a_decided_window_it_is_a_finding(kind: type[moves.Event]):
    """The verdict, its due and its history stay (I10, M05)."""
    missed = judged(
        runs(ClockStart.ONSET_AT, 0), standing(0, 0, stage="", live=False), PACK.coverage, at(241)
    )
    later = becomes(missed, found(kind, 250, onset=-60))

    assert (Verdict.BREACHED, at(240), missed.history) == (later.state, later.due_at, later.history)
    assert 1 == len(later.findings)
    assert missed == becomes(missed, found(moves.OnsetLater, 250, onset=10))


def test_another_onset_moves_nothing_that_does_not_count_from_it():
    """Also where a cap from awareness stands (M05)."""
    for start in (ClockStart.AWARE_AT, ClockStart.CLASSIFIED_AT, *BY_A_LATER_ACT):
        more = "" if start in BY_A_LATER_ACT else ", hard_cap: PT6H"
        window = runs(start, 0, more)
        for kind, onset in ((moves.OnsetEarlier, -60), (moves.OnsetLater, 60)):
            assert window == becomes(window, found(kind, 10, onset=onset), more)


def test_a_cap_from_awareness_holds_for_what_counts_from_the_onset():
    """Awareness found earlier moves the cap, whatever the onset (M05)."""
    more = ", hard_cap: PT3H"
    window = runs(ClockStart.ONSET_AT, -30, more)
    assert at(180) == window.strict_due_at

    moved = becomes(window, found(moves.AwareEarlier, 10, onset=-30, aware=-20), more)
    assert (at(-30), at(160)) == (moved.started_at, moved.due_at)


@given(st.lists(st.tuples(after_opening, minutes), max_size=5))
def test_nothing_but_an_override_makes_it_later(corrections: list[tuple[int, int]]):
    """However often the onset is found to be earlier: never later than it was, half an hour or what was left, strict
    is start and length, and the history ends at the due (I12)."""
    window = runs(ClockStart.ONSET_AT, 0)
    for minute, onset in sorted(corrections):
        moved = becomes(window, found(moves.OnsetEarlier, minute, onset=onset))

        assert moved.due_at <= window.due_at
        assert moved.strict_due_at <= window.strict_due_at
        assert moved.due_at - at(minute) >= min(timedelta(minutes=30), window.due_at - at(minute))
        assert moved.started_at + timedelta(seconds=moved.length_seconds) == moved.strict_due_at
        assert moved.due_at == moved.history[-1].due_at
        window = moved


@pytest.mark.parametrize("kind", [moves.Reopened, moves.LostAgain])
def test_a_reopening_ends_what_counts_from_a_restoration_that_was_none(kind: type[moves.Event]):
    """As it ends what standing down owes; a missed one keeps its verdict, and nothing else of the regime ends (M17)."""
    window = runs(ClockStart.RESTORED_AT, 0)
    missed = judged(window, standing(0, 0, stage="", live=False), PACK.coverage, at(241))

    assert (Verdict.LAPSED, False) == (
        becomes(window, found(kind, 10)).state,
        becomes(window, found(kind, 10)).owed,
    )
    assert (Verdict.BREACHED, False) == (
        becomes(missed, found(kind, 250)).state,
        becomes(missed, found(kind, 250)).owed,
    )
    for start in OF_A_REGIME:
        if start != ClockStart.RESTORED_AT:
            other = runs(start, 0)
            assert other == becomes(other, found(kind, 10))


def test_what_was_said_late_leaves_half_an_hour():
    """Service was back five hours ago, and it is said now; said in time, it has its four hours (M04)."""
    found_out = found(moves.LevelRose, 300)
    late = moves.became_due_late(runs(ClockStart.RESTORED_AT, 0), terms(ClockStart.RESTORED_AT), found_out)
    soon = moves.became_due_late(runs(ClockStart.RESTORED_AT, 290), terms(ClockStart.RESTORED_AT), found_out)

    assert (at(240), at(330), ("late_by_classification",)) == (late.strict_due_at, late.due_at, late.causes)
    assert (at(530), (), "opened") == (soon.due_at, soon.causes, soon.history[0].rule)


def test_a_pack_opens_each_in_its_time():
    """What a later act starts is not owed when the pack applies."""
    for start in OF_A_REGIME:
        given_pack = pack(start)
        later = start in BY_A_LATER_ACT

        assert ([] if later else ["first"]) == [rule.id for rule in given_pack.upwards(2)]
        assert (["first"] if later else []) == [rule.id for rule in given_pack.of_later_acts]


@pytest.mark.parametrize("start", OF_A_REGIME)
@pytest.mark.parametrize("kind", ["first_notice", "archive", "superior_report"])
def test_the_house_counts_nothing_of_its_own_from_there(start: ClockStart, kind: str):
    """A handbook that says so is refused whole, with the rule and the field; half of it would be no duty at all."""
    rules = TEXT.split("\n  - id: ")
    number = next(n for n, rule in enumerate(rules[1:]) if f"kind: {kind}" in rule)
    before = rules[number + 1].split("clock_start: ")[1].split()[0]
    rules[number + 1] = rules[number + 1].replace(f"clock_start: {before}", f"clock_start: {start}")

    with pytest.raises(Invalid) as refused:
        parse_pack("\n  - id: ".join(rules), "handbook")

    problem = f"rules.{number}.clock_start: only a regulator_report of a regime counts from {start}"
    assert problem in refused.value.message


@pytest.mark.parametrize("start", OF_A_REGIME)
@pytest.mark.parametrize(
    ("old", "new"),
    [("kind: regulator_report", "kind: superior_report"), ("trigger: {law", "name: {law")],
)
def test_only_a_regulators_report_of_a_regime_counts_from_there(start: ClockStart, old: str, new: str):
    """Neither a report to superiors, nor a pack that is no regime."""
    text = REGIME.replace(BEGINS, f"clock_start: {start}").replace(old, new, 1)

    with pytest.raises(
        Invalid, match=r"rules\.0\.clock_start: only a regulator_report of a regime counts from"
    ):
        parse_pack(text, "ours")


@pytest.mark.parametrize("start", BY_A_LATER_ACT)
def test_a_cap_from_awareness_is_refused_where_a_later_act_starts_the_clock(start: ClockStart):
    """It could be due before it began."""
    text = REGIME.replace(BEGINS, f"clock_start: {start}, hard_cap: PT24H")

    with pytest.raises(
        Invalid, match=f"rules.0.hard_cap: what counts from {start} has no cap from awareness"
    ):
        parse_pack(text, "ours")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "kind: regulator_report",
            "kind: first_notice",
            "kind: a regime asks for superior_report and regulator_report, and opens no first_notice",
        ),
        (
            BEGINS,
            "clock_start: planned_start_at",
            "clock_start: a regime asks for nothing before planned work",
        ),
        (
            "trigger: {law",
            "name: {law",
            "clock_start: only a report of a regime counts from classified_at",
        ),
    ],
)
def test_what_nothing_would_open_is_refused(old: str, new: str, problem: str):
    """A duty that no act opens is owed by nobody."""
    text = REGIME.replace(BEGINS, "clock_start: classified_at") if "name" in new else REGIME

    with pytest.raises(Invalid) as refused:
        parse_pack(text.replace(old, new, 1), "ours")
    assert f"rules.0.{problem}" in refused.value.message
