"""How times, lists, names and people's own words are put into one language.

Pure: patterns and phrases come from templates/words/<language>.yaml; no sentence is written here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

Words = Mapping[str, Any]
Names = Mapping[str, Mapping[str, str]]

DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that reorder text on the screen: with them a name can dress up as something else."""

STOPS = "。．.；;，,、 "
"""The template sets the full stop; a person's own would double it."""


def phrase(pattern: str, **values: str | int) -> str:
    """`pattern` with its $names replaced; KeyError if the pattern names something else."""
    return Template(pattern).substitute(values)


def forbidden(char: str) -> bool:
    """Whether `char` has no place in a line: controls, line separators, direction marks, surrogates."""
    return unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in DIRECTION_MARKS


def clean(text: str) -> str:
    """`text` as one line: line breaks and runs of blanks are one space, forbidden characters are gone."""
    one_line = " ".join(text.split())
    return "".join(char for char in one_line if not forbidden(char)).strip()


def said(text: Mapping[str, str], language: str) -> str:
    """A person's words in this language without their last full stop; "" if there are none."""
    return clean(text.get(language, "")).rstrip(STOPS)


def listed(items: Sequence[str], words: Words) -> str:
    """All items, as this language lists them."""
    lists = words["lists"]
    return _joined(items, lists["separator"], lists["last"])


def either(items: Sequence[str], words: Words) -> str:
    """The items as alternatives."""
    lists = words["lists"]
    return _joined(items, lists["separator"], lists["either"])


def _joined(items: Sequence[str], separator: str, last: str) -> str:
    if len(items) < 2:
        return "".join(items)
    return separator.join(items[:-1]) + last + items[-1]


@dataclass(frozen=True)
class Roll:
    """Codes and what they are called; `first_of` is the pattern for "the first and so many more"."""

    codes: Sequence[str]
    names: Names
    language: str
    words: Words
    first_of: str

    def whole(self) -> str:
        """All names; if some have none in this language, the first and how many, so that none is hidden."""
        known = self._known()
        return listed(known, self.words) if len(known) == len(self.codes) else self._first_of(known)

    def brief(self) -> str:
        """One or two names, or the first and how many; "" if none has a name in this language."""
        known = self._known()
        if len(known) == len(self.codes) <= 2:
            return listed(known, self.words)
        return self._first_of(known)

    def _known(self) -> list[str]:
        found = (clean(self.names.get(code, {}).get(self.language, "")) for code in self.codes)
        return [name for name in found if name]

    def _first_of(self, known: Sequence[str]) -> str:
        if not known:
            return ""
        pattern, count = self.words["lists"][self.first_of], len(self.codes)
        return phrase(pattern, first=known[0], count=count, more=count - 1)


class Clock:
    """Instants in local words; `now` decides which dates go without saying.

    An unknown instant is "". ZoneInfoNotFoundError (a KeyError) for a zone that does not exist.
    """

    def __init__(self, zone: str, now: datetime, words: Words):
        self._zone = ZoneInfo(zone)
        self._now = now.astimezone(self._zone)
        self._words = words
        self.zone_name = zone_name(zone, now, words)

    def brief(self, at: datetime | None) -> str:
        """The time of day, with the date unless it is today's."""
        if at and at.astimezone(self._zone).date() == self._now.date():
            return self._put("time", at)
        return self.dated(at)

    def dated(self, at: datetime | None) -> str:
        """Time and date, with the year unless it is this year's."""
        if at and at.astimezone(self._zone).year == self._now.year:
            return self._put("dated", at)
        return self.full(at)

    def full(self, at: datetime | None) -> str:
        """Time, date and year."""
        return self._put("full", at)

    def _put(self, pattern: str, at: datetime | None) -> str:
        if at is None:
            return ""
        local, times = at.astimezone(self._zone), self._words["times"]
        return phrase(
            times[pattern],
            year=local.year,
            month=local.month,
            month_name=times["months"][local.month - 1],
            day=local.day,
            hour=f"{local.hour:02}",
            minute=f"{local.minute:02}",
        )


def zone_name(zone: str, at: datetime, words: Words) -> str:
    """What people call the zone, else its distance from UTC at that instant, such as UTC+08:00."""
    known: str | None = words["zones"].get(zone)
    return known or _offset(at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta())


def _offset(offset: timedelta) -> str:
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "-" if offset < timedelta() else "+"
    return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"


def lasted(start: datetime | None, end: datetime | None, words: Words) -> str:
    """The time between in whole minutes, in words; "" if either end is unknown or they are reversed."""
    if start is None or end is None or end < start:
        return ""
    minutes = (end - start) // timedelta(minutes=1)
    days, hours = divmod(minutes // 60, 24)
    pattern = words["durations"][_size(days, hours, minutes % 60)]
    return phrase(pattern, days=days, hours=hours, minutes=minutes % 60)


def _size(days: int, hours: int, minutes: int) -> str:
    parts = {"days": days, "hours": hours, "minutes": minutes}
    return "_".join(name for name, value in parts.items() if value) or "moment"
