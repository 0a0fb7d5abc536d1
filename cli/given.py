"""What people type, as values: instants, numbers, codes; `unknown` is a value (R12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

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
