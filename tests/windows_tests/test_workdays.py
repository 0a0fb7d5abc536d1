"""Working days: what a report's window counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.terms import Kind
from tests.windows_tests.packs import PACK
from windows.clocks import length_of
from windows.workdays import after, is_working

ZONE = "Asia/Shanghai"
INSTANTS = st.integers(0, 20 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def beijing(day: int, hour: int = 14) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [(14, 1, 15), (14, 3, 19), (16, 1, 19), (16, 2, 20), (17, 1, 19), (18, 5, 23), (14, 0, 14)],
)
def test_weekends_do_not_count(start: int, days: int, end: int):
    """AMB-10: Wednesday the 14th plus three working days is Monday the 19th, at the same time of day."""
    assert beijing(end) == after(beijing(start), days, ZONE)


def day(text: str) -> datetime:
    """14:00 in Beijing on this day."""
    return datetime.fromisoformat(f"{text}T14:00:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-13", 6, "2026-02-28"),
        ("2026-09-18", 1, "2026-09-20"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2025-12-31", 1, "2026-01-04"),
    ],
    ids=[
        "a Saturday worked",
        "over Spring Festival",
        "and its second",
        "a Sunday",
        "National Day",
        "New Year",
    ],
)
def test_days_off_and_exchanged_days_are_chinas(start: str, days: int, end: str):
    """R48, AMB-10: the State Council's calendar, with the weekends that are worked instead."""
    assert day(end) == after(day(start), days, ZONE, "CN")


def test_reports_count_by_that_calendar():
    """AMB-10: what the handbook counts in working days."""
    start = day("2026-02-13")
    for kind in (Kind.HANDLING_REPORT, Kind.SUMMARY_REPORT):
        rule = PACK.rule(kind)
        days = rule.working_days[3]
        assert after(start, days, ZONE, "CN") - start == length_of(rule, 3, start, start)


def test_the_day_is_the_zones():
    """Friday evening in UTC is Saturday in Beijing."""
    assert beijing(19, 2) == after(beijing(17, 2), 1, ZONE)


@given(
    start=INSTANTS,
    days=st.integers(1, 40),
    calendar=st.sampled_from([None, "CN"]),
)
def test_exactly_so_many_working_days_pass(start: datetime, days: int, calendar: str | None):
    """AMB-10: the end is a working day, and so many of them lie after the start up to it."""
    end = after(start, days, "UTC", calendar)
    passed = [start.date() + timedelta(days=n) for n in range(1, (end.date() - start.date()).days + 1)]
    assert days == sum(is_working(one, calendar) for one in passed)
    assert is_working(end.date(), calendar)
    assert start.timetz() == end.timetz()


@given(
    start=INSTANTS,
    level=st.sampled_from([1, 2, 3]),
)
def test_the_summary_is_never_later_than_thirty_days(start: datetime, level: int):
    """AMB-10: working days have a hard cap of 30 days."""
    length = length_of(PACK.rule(Kind.SUMMARY_REPORT), level, start, start)
    assert timedelta(days=5) <= length <= timedelta(days=30)
