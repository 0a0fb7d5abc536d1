"""The warning ladder: each rung once, upwards, never after met."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from incidents.terms import Verdict
from tests.windows_tests.packs import AWARE, PACK, at, opened, standing
from windows.ladder import climbed
from windows.moves import LevelRose, decide
from windows.verdict import judged
from windows.window import Window


def names(window: Window) -> list[str]:
    return [rung.name for rung in window.rungs]


def climb(window: Window, minutes: list[float]) -> tuple[Window, list[str]]:
    fired = []
    for minute in minutes:
        window, rung = climbed(window, at(minute), "coordinator_outage")
        fired += [rung.name] if rung else []
    return window, fired


def test_the_rungs_stand_at_target_and_shares():
    """Target, 50, 75 and 90 % and due of the window as it is (§5)."""
    assert [
        ("target", at(30)),
        ("50%", at(60)),
        ("75%", at(90)),
        ("90%", at(108)),
        ("due", at(120)),
    ] == [(rung.name, rung.at) for rung in opened(level=1).rungs]


def test_each_rung_fires_once_in_order():
    """Looking every minute, twice, fires every rung exactly once (I11)."""
    window, fired = climb(opened(level=1), [minute for minute in range(130) for _ in range(2)])

    assert ["target", "50%", "75%", "90%", "due"] == fired
    assert [] == [rung.name for rung in window.rungs if rung.ahead]


def test_passed_rungs_are_skipped_with_their_cause_and_the_highest_fires():
    """After a silence the highest passed rung fires, the others say why not (I11)."""
    window, fired = climb(opened(level=1), [100])

    assert ["75%"] == fired
    assert {"target": "coordinator_outage", "50%": "coordinator_outage"} == {
        rung.name: rung.skipped for rung in window.rungs if rung.skipped
    }


def test_rungs_at_one_instant_say_so():
    """Where the target is the middle, one warning is enough (I11)."""
    window, fired = climb(opened(level=2), [60])

    assert (["50%"], "together_with_50%") == (fired, window.rungs[0].skipped)


def test_rungs_before_the_opening_were_never_due():
    """A window that opens long after awareness skips what had passed by then (I11)."""
    window, fired = climb(opened(level=1, now=at(100)), [100.1])

    assert (["75%"], "opened_late") == (fired, window.rungs[0].skipped)


def test_an_upgrade_skips_what_the_new_due_has_passed():
    """Rungs that a changed due has passed are skipped, fired ones stay fired (I11, I12)."""
    window, fired = climb(opened(level=3), [120])
    assert ["50%"] == fired
    rose = LevelRose(at=at(121), by="hq", level=1, aware_at=AWARE)
    window = decide(window, PACK.terms(window.kind), rose).window
    window, rung = climbed(window, at(121), "due_moved")

    assert rung is not None
    assert ("75%", at(120)) == (rung.name, window.rungs[names(window).index("50%")].fired_at)


def test_no_rung_after_met():
    """A met window warns nobody; a breached one may still shout at due (I11)."""
    met = judged(opened(level=1), standing(3, 3), PACK.coverage, at(10))

    assert (met, None) == climbed(met, at(119))


@given(st.lists(st.integers(0, 7_300), min_size=1, max_size=12).map(sorted), st.integers(1, 3))
def test_any_looks_fire_each_rung_at_most_once_and_upwards(seconds: list[int], level: int):
    """Fired at most once, in order, never both fired and skipped, never before its instant (I11)."""
    window, fired = climb(opened(level=level), [second / 60 for second in seconds])

    assert len(set(fired)) == len(fired)
    assert fired == [name for name in names(window) if name in fired]
    for rung in window.rungs:
        assert not (rung.fired_at and rung.skipped)
        assert rung.fired_at is None or rung.fired_at >= rung.at
        assert rung.ahead == (rung.at > at(max(seconds) / 60))


def test_the_sweep_looks_again_at_the_next_rung_and_just_after_due():
    """`next_look_at` is the next rung, then due, then a microsecond after it, then never."""
    window = opened(level=1)
    assert at(30) == window.next_look_at
    window, _ = climb(window, [30, 60, 90, 108, 120])
    assert window.due_at < window.next_look_at
    breached = judged(window, standing(0, 0, stage="", live=False), PACK.coverage, window.next_look_at)
    assert (Verdict.BREACHED, None) == (breached.state, breached.next_look_at)
