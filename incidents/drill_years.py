"""Whether each unit has held its full drill of the calendar year (R07, AMB-20).

Pure. A year is the operator's own: it begins at midnight in the operator's zone. What was held before the record began
is not known here unless somebody entered it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WARNINGS = ((10, 1), (11, 1), (12, 1), (12, 15))
"""Month and day from which, and on which, people are warned (the fourth quarter begins with the first). Operator's
figures, as the handbook names no dates."""
WARNED_HOUR = 9
ROLLING = timedelta(days=365)
"""Beside the calendar year people are told when the last one was longer ago (AMB-20)."""


class Standing(StrEnum):
    HELD = "held"
    OPEN = "open"
    """Not held yet, and not the fourth quarter."""
    OWED = "owed"
    """Not held yet, in the fourth quarter."""
    MISSED = "missed"


@dataclass(frozen=True)
class Held:
    """A full drill that was run to its end, of one unit."""

    unit: str
    at: datetime


@dataclass(frozen=True)
class UnitYear:
    """How a unit stands in one year. `late`: the last full drill known is more than 365 days ago."""

    unit: str
    year: int
    standing: Standing
    last_at: datetime | None
    late: bool


def year_of(at: datetime, zone: str) -> int:
    """The calendar year that `at` falls into in this zone."""
    return at.astimezone(ZoneInfo(zone)).year


def begins(year: int, zone: str, month: int = 1, day: int = 1, hour: int = 0) -> datetime:
    """The instant at which a day (an hour of it) begins in this zone."""
    return datetime(year, month, day, hour, tzinfo=ZoneInfo(zone))


def of_year(
    units: Iterable[str], held: Sequence[Held], year: int, now: datetime, zone: str
) -> tuple[UnitYear, ...]:
    """Every unit's standing in `year` as of `now`."""
    return tuple(_unit(unit, [one for one in held if one.unit == unit], year, now, zone) for unit in units)


def _unit(unit: str, held: Sequence[Held], year: int, now: datetime, zone: str) -> UnitYear:
    last = max((one.at for one in held if one.at <= now), default=None)
    done = any(year_of(one.at, zone) == year for one in held)
    if done:
        standing = Standing.HELD
    elif now >= begins(year + 1, zone):
        standing = Standing.MISSED
    else:
        standing = Standing.OWED if now >= begins(year, zone, *WARNINGS[0]) else Standing.OPEN
    return UnitYear(unit, year, standing, last, late=last is not None and now - last > ROLLING)


def warning_due(since: datetime, now: datetime, zone: str) -> str | None:
    """The newest warning of this year whose hour has come after `since`, as its month and day; None without one."""
    year = year_of(now, zone)
    come = [
        f"{month:02}-{day:02}"
        for month, day in WARNINGS
        if since < begins(year, zone, month, day, WARNED_HOUR) <= now
    ]
    return come[-1] if come else None


def years_over(since: datetime, now: datetime, zone: str) -> range:
    """The calendar years that ended after `since`, up to `now`."""
    return range(year_of(since, zone), year_of(now, zone))


def next_look(now: datetime, zone: str) -> datetime:
    """When a warning or the end of the year comes next."""
    year = year_of(now, zone)
    ahead = [begins(year, zone, month, day, WARNED_HOUR) for month, day in WARNINGS]
    return min(at for at in (*ahead, begins(year + 1, zone)) if at > now)
