"""What moves a due instant: the formula of the windows law, §4, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.terms import Kind, Verdict
from tests.windows_tests.packs import AWARE, PACK, at, opened, standing
from windows.moves import LevelRose, decide
from windows.verdict import judged
from windows.window import Window

minutes = st.integers(0, 600_000_000).map(lambda micro: micro / 1_000_000)
kinds = st.sampled_from([Kind.FIRST_NOTICE, Kind.PROGRESS_UPDATE, Kind.MATERIAL_UPDATE])


def raised(window: Window, level: int, minute: float) -> Window:
    event = LevelRose(at=at(minute), by="hq", level=level, aware_at=AWARE)
    return decide(window, PACK.terms(window.kind), event).window


@pytest.mark.parametrize(
    ("changed", "due", "late"), [(60, 120, False), (118, 148, True), (121, 151, True), (230, 240, True)]
)
def test_the_laws_worked_timelines(changed: float, due: float, late: bool):
    """Level 3 to 1 at T+60, 118, 121 and 230 (windows.md §10, I12, W01, W02, W03, W04)."""
    window = raised(opened(level=3), 1, changed)

    assert (at(due), at(120)) == (window.due_at, window.strict_due_at)
    assert late == ("late_by_classification" in window.causes)


def test_level_2_to_1_moves_nothing_but_the_target():
    """Levels 1 and 2 have the same window for the first notice (AMB-01)."""
    window = raised(opened(level=2), 1, 10)

    assert (at(120), at(120), at(30)) == (window.due_at, window.strict_due_at, window.target_at)


@given(kinds, st.sampled_from([(3, 2), (3, 1), (2, 1)]), minutes)
def test_an_upgrade_never_moves_a_due_later(kind: Kind, levels: tuple[int, int], changed: float):
    """due ≤ old due, ≥ strict or the old due, and at least thirty minutes if there were as many (I12)."""
    before = opened(kind, levels[0])
    after = raised(before, levels[1], changed)

    assert after.due_at <= before.due_at
    assert after.due_at >= min(before.due_at, at(changed) + timedelta(minutes=30))
    assert after.due_at >= min(before.due_at, after.strict_due_at)
    assert (after.due_at > after.strict_due_at) == ("late_by_classification" in after.causes)


@given(kinds, st.lists(minutes, min_size=1, max_size=3).map(sorted))
def test_every_value_stays_in_the_history(kind: Kind, changes: list[float]):
    """The history grows by one per move and ends at the due that stands (I12)."""
    window = opened(kind, 3)
    seen = [window.due_at]
    for change, level in zip(changes, (2, 1, 1), strict=False):
        window = raised(window, level, change)
        seen.append(window.due_at)

    assert seen == [move.due_at for move in window.history]
    assert window.due_at == window.history[-1].due_at
    assert seen == sorted(seen, reverse=True)


@given(minutes, st.integers(1, 3))
def test_strict_is_start_plus_length(start: float, level: int):
    """strict = start + length, whatever was promised; a promise only ever moves the due forward (R28, M01)."""
    for promised in (None, at(start + 10), at(start + 1000)):
        window = opened(Kind.PROGRESS_UPDATE, level, start, promised_at=promised)

        assert window.started_at + timedelta(seconds=window.length_seconds) == window.strict_due_at
        assert min(window.strict_due_at, promised or window.strict_due_at) == window.due_at


def test_a_decided_window_gets_a_finding_and_nothing_else():
    """What is learnt after the verdict is printed beside it (I10, I12)."""
    breached = judged(opened(level=3), standing(0, 0, stage="", live=False), PACK.coverage, at(241))
    after = raised(breached, 1, 250)

    assert ("upgraded_after_verdict",) == tuple(finding.kind for finding in after.findings)
    assert (Verdict.BREACHED, at(240), at(240), breached.causes, breached.history) == (
        after.state,
        after.due_at,
        after.strict_due_at,
        after.causes,
        after.history,
    )
