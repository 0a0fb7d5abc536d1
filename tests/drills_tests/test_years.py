"""The yearly full drill, by the calendar of the operator's zone (R07, AMB-20)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.drill_years import (
    Held,
    Standing,
    begins,
    next_look,
    of_year,
    warning_due,
    year_of,
    years_over,
)

SHANGHAI = "Asia/Shanghai"
MIDNIGHT = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai: 2027 begins."""
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        (datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC), Standing.OPEN),
        (datetime(2026, 9, 30, 16, 0, tzinfo=UTC), Standing.OWED),
        (MIDNIGHT - INSTANT, Standing.OWED),
        (MIDNIGHT, Standing.MISSED),
    ],
)
def test_it_is_owed_from_the_fourth_quarter_and_missed_on_1_january(now: datetime, standing: Standing):
    """R07: at the instant and one before it, in the operator's zone."""
    [found] = of_year(["A"], [], 2026, now, SHANGHAI)

    assert standing == found.standing


def test_the_last_instant_of_the_year_counts_and_the_next_does_not():
    """R07, AMB-20: a drill belongs to the local year in which it ended."""
    late = [Held("A", MIDNIGHT - INSTANT), Held("B", MIDNIGHT)]

    found = of_year(["A", "B"], late, 2026, MIDNIGHT + timedelta(days=1), SHANGHAI)
    assert [Standing.HELD, Standing.MISSED] == [one.standing for one in found]


def test_one_that_is_older_than_365_days_is_said_so_beside_the_year():
    """AMB-20: the calendar year rules; the rolling year is shown."""
    held = datetime(2026, 2, 1, tzinfo=UTC)
    on_the_day, after = (
        of_year(["A"], [Held("A", held)], 2027, held + timedelta(days=365) + d, SHANGHAI)[0]
        for d in (timedelta(0), INSTANT)
    )

    assert (False, True) == (on_the_day.late, after.late)
    assert Standing.OPEN == after.standing


def test_only_the_newest_warning_that_came_meanwhile_is_given():
    """R07: who was away for a month hears once; each warning comes at nine in the morning."""
    nine = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)

    assert warning_due(nine - timedelta(days=9), nine - INSTANT, SHANGHAI) is None
    assert "11-01" == warning_due(nine - timedelta(days=60), nine, SHANGHAI)
    assert warning_due(nine, nine + timedelta(days=2), SHANGHAI) is None
    assert "12-15" == warning_due(nine, nine + timedelta(days=50), SHANGHAI)


ZONES = st.sampled_from([SHANGHAI, "Asia/Kathmandu", "America/New_York", "Pacific/Apia", "UTC"])
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=2900)).map(lambda span: FIRST + span)


@given(since=INSTANTS, span=st.timedeltas(timedelta(0), timedelta(days=1200)), zone=ZONES)
def test_every_year_that_ends_is_looked_at_once(since: datetime, span: timedelta, zone: str):
    """R07: however the looks fall, each year that ended lies in exactly one of them; a look is never behind."""
    middle, end = since + span / 3, since + span
    assert [*years_over(since, end, zone)] == [
        *years_over(since, middle, zone),
        *years_over(middle, end, zone),
    ]
    assert all(begins(year + 1, zone) <= end for year in years_over(since, end, zone))
    assert end < next_look(end, zone) <= begins(year_of(end, zone) + 1, zone)
