"""How far from now an instant that is said to us may lie: the one bound of all verbs. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from incidents.errors import Invalid

YEARS = 20
REACH = timedelta(days=YEARS * 365.25)
"""Wide enough for the oldest record that is looked up and the longest roster; a slip of the year lies outside."""
CLOCKS = (1970, 2200)
"""Years in which a clock may stand, the last one excluded."""
_FIRST, _LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
"""The ends of the calendar, less two days: more than the offsets of zones add or take."""


def sayable(at: datetime) -> bool:
    """Whether every zone can say it: the calendar of a computer has the years 1 to 9999 alone."""
    return _FIRST <= at.replace(tzinfo=UTC) <= _LAST


def within(at: datetime, now: datetime) -> bool:
    """Whether it lies near enough to now to be meant; `at` has a zone."""
    return sayable(at) and abs(at - now) <= REACH


def in_utc(at: datetime, field: str) -> datetime:
    """The same instant in UTC; Invalid names `field` where a zone could not say it."""
    if not sayable(at):
        raise far(field, at)
    return at.astimezone(UTC)


def bounded(at: datetime, now: datetime, field: str) -> datetime:
    """The instant; Invalid names `field` when it lies too far from now."""
    if not within(at, now):
        raise far(field, at)
    return at


def as_now(at: datetime, field: str) -> datetime:
    """An instant that stands for the clock; Invalid for a year in which no clock of a house can be."""
    if not CLOCKS[0] <= at.year < CLOCKS[1]:
        raise Invalid(
            "{what} is not in the years {first} to {last}",
            what=field,
            first=CLOCKS[0],
            last=CLOCKS[1] - 1,
            field=field,
            next="look at the year: write it as 2026-10-14T14:15:00+08:00",
        )
    return at


def far(field: str, at: datetime) -> Invalid:
    """The refusal of an instant that cannot be meant."""
    return Invalid(
        "{what} is more than {years} years from now: {at}",
        what=field,
        years=YEARS,
        at=at.isoformat(sep=" ")[:40],
        field=field,
        next="look at the year: write it as 2026-10-14T14:15:00+08:00",
    )
