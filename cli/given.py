"""What people type, as values: instants, numbers, codes; `unknown` is a value (R12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from incidents.terms import Status

UNKNOWN = "unknown"


def instant_of(text: str, field: str) -> datetime:
    """The instant in `text` (ISO 8601 with its offset); Invalid names `field`."""
    from incidents.errors import Invalid

    how = "write it as 2026-10-14T14:15:00+08:00"
    try:
        at = datetime.fromisoformat(text.strip())
        if at.tzinfo is not None:
            at.timestamp()
    except (ValueError, OverflowError) as error:
        raise Invalid(
            "{what} is not an instant: {text}", what=field, field=field, text=text[:40], next=how
        ) from error
    if at.tzinfo is None:
        raise Invalid("{what} has no time zone", what=field, field=field, next=how)
    return at


def when(text: str | None, field: str) -> datetime | None:
    """An instant; None when it was left out or is unknown."""
    return None if text is None or text == UNKNOWN else instant_of(text, field)


def count(text: str | None, field: str) -> int | None:
    """A number; None when it was left out or is unknown."""
    if text is None or text == UNKNOWN:
        return None
    plain = text.replace(",", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) < 13):
        from incidents.errors import Invalid

        raise Invalid("{what} must be a number", what=field, field=field, next="leave it out if unknown")
    return int(plain)


def codes(texts: Iterable[str]) -> tuple[str, ...]:
    """The codes of repeated options and comma lists, each once, in order; () when unknown."""
    found = [code.strip() for text in texts for code in text.split(",")]
    return tuple(dict.fromkeys(code for code in found if code and code != UNKNOWN))


def spoken(text: str | None, field: str) -> dict[str, str] | None:
    """A person's words by language ("中文 // English"); None when left out, {} when unknown."""
    if text is None:
        return None
    from notifications.facts import bilingual

    return {} if text == UNKNOWN else bilingual(text, field)


def day(text: str | None, field: str, zone: str, end: bool = False) -> datetime | None:
    """The beginning of a day in `zone` (with `end`, of the day after it), or the instant that was typed."""
    if text is None:
        return None
    from zoneinfo import ZoneInfo

    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return instant_of(text, field)
    return datetime.combine(found + timedelta(days=end), time(), ZoneInfo(zone))


def statuses(texts: Iterable[str]) -> tuple[Status, ...]:
    """The statuses that were named; Invalid names one that does not exist."""
    from incidents.errors import Invalid
    from incidents.terms import Status

    found = codes(texts)
    strange = [name for name in found if name not in list(Status)]
    if strange:
        raise Invalid("no status {name}", name=strange[0][:40], field="status", next=", ".join(Status))
    return tuple(Status(name) for name in found)
