"""How many rows a lane takes at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.deliver import LONGEST, SHORTEST, stride


@given(before=st.integers(SHORTEST, LONGEST), seconds=st.floats(0, 3600))
def test_a_claim_is_bounded(before: int, seconds: float):
    """However fast or slow the provider, a claim is neither endless nor empty."""
    assert True is (SHORTEST <= stride(before, seconds) <= LONGEST)


@given(before=st.integers(SHORTEST, LONGEST), seconds=st.floats(1, 60))
def test_a_slow_lane_looks_for_a_higher_level_again_within_a_second(before: int, seconds: float):
    """At the speed just seen the next claim lasts a second at most, or is the shortest there is."""
    rows = stride(before, seconds)
    assert True is (rows == SHORTEST or rows * seconds / before <= 1.000001)


def test_a_fast_lane_doubles():
    """Speed is believed step by step."""
    assert 256 == stride(128, 0.05)
    assert LONGEST == stride(LONGEST, 0.05)
