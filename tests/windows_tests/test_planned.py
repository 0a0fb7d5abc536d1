"""What is owed before a planned start: strict is the start less 72 hours, however often it is moved (M27, M28)."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from incidents.terms import ClockStart, Kind, Verdict
from tests.windows_tests.packs import AWARE, PACK, at
from windows import moves
from windows.clocks import opened
from windows.verdict import Standing, judged
from windows.window import Window

H72 = timedelta(hours=72)
TERMS = PACK.terms(Kind.PLANNED_WORK_NOTICE)
starts = st.integers(1, 400 * 24 * 60)
levels = st.sampled_from([1, 2, 3])


def planned(minute: int, level: int = 2) -> Window:
    """Put on the record at AWARE, to begin so many minutes later."""
    facts = {"incident": 1, "level": level, "aware_at": AWARE, "now": AWARE, "by": "alice"}
    return opened(TERMS, started_at=at(minute), **facts)


def moved(window: Window, now: float, minute: int, level: int = 2) -> Window:
    event = moves.PlannedMoved(at(now), "alice", level, AWARE, at(minute))
    return moves.decide(window, TERMS, event).window


@given(starts, levels, st.lists(st.tuples(st.integers(0, 60), starts), max_size=4))
def test_strict_is_the_start_less_72_hours(minute: int, level: int, changes: list[tuple[int, int]]):
    """At every level, after every move, and due is never another instant while it is undecided (I12)."""
    window = planned(minute, level)
    for now, start in sorted(changes):
        window = moved(window, now, start, level)
        minute = start

    assert at(minute) - H72 == window.strict_due_at == window.due_at
    assert (at(minute), -H72.total_seconds()) == (window.started_at, window.length_seconds)
    assert window.due_at == window.history[-1].due_at
    assert ClockStart.PLANNED_START_AT == window.clock_start


@given(starts)
def test_its_rungs_stand_between_the_registering_and_due(minute: int):
    """People are warned while there is time; too late, all rungs stand at due, and the cause says so."""
    window = planned(minute)
    at_rungs = [rung.at for rung in window.rungs]
    late = window.due_at < AWARE

    assert ["50%", "75%", "90%", "due"] == [rung.name for rung in window.rungs]
    assert at_rungs == sorted(at_rungs)
    assert ({window.due_at} if late else {AWARE + (window.due_at - AWARE) / 2}) >= {at_rungs[0]}
    assert late == ("registered_late" in window.causes)
    assert window.due_at == at_rungs[-1]


@given(starts, starts)
def test_a_decided_one_is_not_moved(minute: int, other: int):
    """A breach stays what it was; what the new start would have meant is a finding."""
    window = planned(minute)
    decided = judged(window, Standing(), TERMS.coverage, window.due_at + timedelta(seconds=1), AWARE)
    after = moved(decided, minute, other)

    assert Verdict.BREACHED == decided.state
    assert (decided.due_at, decided.state, decided.causes) == (after.due_at, after.state, after.causes)
    assert (minute != other) == bool(after.findings)
