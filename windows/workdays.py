"""Working days and calendar months.

Working days are Monday to Friday, or those of a country's calendar with its days off and the weekends worked instead.

Pure; holidays' only home. What a government has not announced yet (China: the next year's exchanged days, until
November) is worked out from the holidays themselves; a due keeps what it was when its window opened.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5
DAY = timedelta(days=1)


@lru_cache(maxsize=8)
def _days_off(calendar: str) -> HolidayBase:
    # Loaded when a report's clock starts, not with every command: it takes a fraction of a second.
    from holidays import country_holidays

    return country_holidays(calendar)


def is_working(day: date, calendar: str | None = None) -> bool:
    """Whether people work on this day in the country of `calendar` (ISO 3166 code); Monday to Friday without one."""
    return _days_off(calendar).is_working_day(day) if calendar else day.weekday() < SATURDAY


def after(start: datetime, days: int, zone: str, calendar: str | None = None) -> datetime:
    """The instant `days` working days after `start`: the same time of day in `zone`, in UTC.

    The day of the start itself never counts, so that from a Friday two days end on the Tuesday.
    """
    local = start.astimezone(ZoneInfo(zone))
    day, left = local.date(), days
    while left:
        day += DAY
        left -= is_working(day, calendar)
    return datetime.combine(day, local.time(), ZoneInfo(zone)).astimezone(UTC)


def months_after(start: datetime, months: int, zone: str) -> datetime:
    """The instant `months` calendar months after `start`: the same day and time of day in `zone`, in UTC.

    A day that the month has not is its last one: from 31 January one month ends on 28 or 29 February.
    """
    local = start.astimezone(ZoneInfo(zone))
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return datetime.combine(date(year, month + 1, day), local.time(), ZoneInfo(zone)).astimezone(UTC)
