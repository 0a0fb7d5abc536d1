"""Working days: Monday to Friday.

Pure. Public holidays and the weekends worked instead are not known here; docs/windows.md, "The handbook pack",
says what that means.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5
DAY = timedelta(days=1)


def is_working(day: date) -> bool:
    return day.weekday() < SATURDAY


def after(start: datetime, days: int, zone: str) -> datetime:
    """The instant `days` working days after `start`: the same time of day in `zone`, in UTC.

    The day of the start itself never counts, so that from a Friday two days end on the Tuesday.
    """
    local = start.astimezone(ZoneInfo(zone))
    day, left = local.date(), days
    while left:
        day += DAY
        left -= is_working(day)
    return datetime.combine(day, local.time(), ZoneInfo(zone)).astimezone(UTC)
