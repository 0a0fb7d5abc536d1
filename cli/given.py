"""What people type, as values: instants, numbers, codes; `unknown` is a value (R12)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from cli.visible import visible

if TYPE_CHECKING:
    from incidents.terms import Status

UNKNOWN = "unknown"


HOW = "write it as 02:10 or '2026-10-14 02:10' in the house's time, or with its offset: 2026-10-14T14:15:00+08:00"


def typed(field: str) -> str:
    """A field as people type it: the option, or the variable of the environment."""
    return field if field.isupper() else f"--{field.replace('_', '-')}"


def instant_of(text: str, field: str) -> datetime:
    """The instant in `text` (ISO 8601 with its offset); Invalid names `field`."""
    from incidents.errors import Invalid
    from incidents.instants import in_utc

    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(
            "{option} is not an instant: {text}", option=typed(field), field=field, text=text[:40], next=HOW
        ) from error
    if at.tzinfo is None:
        raise Invalid("{option} has no time zone", option=typed(field), field=field, next=HOW)
    in_utc(at, field)
    return at


AHEAD = ("eta", "next_update", "start", "end")
"""Facts of the future; every other instant that people type has passed."""
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?:[:：]([0-5]\d))?")


def when(text: str | None, field: str) -> datetime | None:
    """An instant; None when it was left out or is unknown.

    Without an offset it is local time where the operator is, which is said back in full; a time of day alone is the
    newest that has passed, for an estimate or a promise the next one.
    """
    if text is None or text == UNKNOWN:
        return None
    from incidents.instants import in_utc

    session = getattr(click.get_current_context(silent=True), "obj", None)
    plain = _plain(text.strip())
    if session is None or plain is None:
        return instant_of(text, field)
    zone, now = ZoneInfo(session.app.house.setting.zone), session.app.clock.now()
    at = plain if isinstance(plain, datetime) else _nearest(plain, now.astimezone(zone), field in AHEAD)
    found = at.replace(tzinfo=zone)
    in_utc(found, field)
    shown = session.when(found.isoformat())
    said = session.screen_words()("{option}: {text} is {at}", option=typed(field), text=text, at=shown)
    click.echo(visible(said), err=True)
    return found


def ahead(text: str, field: str) -> datetime:
    """An instant of a plan, which must be known."""
    from incidents.errors import Invalid

    at = when(text, field)
    if at is None:
        raise Invalid(
            "{option} must be known: it is what customers are told",
            option=typed(field),
            field=field,
            next="put it on the record when its date is fixed",
        )
    return at


def _plain(text: str) -> datetime | time | None:
    """A time of day, or a date with one, that has no offset; None for everything else."""
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return time(hours, minutes, seconds)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is None and len(text) > len("2026-10-14") else None


def _nearest(clock: time, now: datetime, ahead: bool) -> datetime:
    """The local instant of this time of day nearest to `now`, before or ahead of it."""
    today = datetime.combine(now.date(), clock)
    here = now.replace(tzinfo=None)
    if ahead:
        return today if today > here else today + timedelta(days=1)
    return today if today <= here else today - timedelta(days=1)


def count(text: str | None, field: str) -> int | None:
    """A number; None when it was left out or is unknown."""
    if text is None or text == UNKNOWN:
        return None
    plain = text.replace(",", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) < 13):
        from incidents.errors import Invalid

        raise Invalid(
            "{option} must be a number from 0, not {text}",
            option=typed(field),
            text=text[:40],
            field=field,
            next="write it in digits, as 300000; leave it out if unknown",
        )
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
    from incidents.instants import in_utc

    begins = datetime.combine(found, time(), ZoneInfo(zone))
    in_utc(begins, field)
    return begins + timedelta(days=end)


def statuses(texts: Iterable[str]) -> tuple[Status, ...]:
    """The statuses that were named; Invalid names one that does not exist."""
    from incidents.errors import Invalid
    from incidents.terms import OF_INCIDENTS, Status

    found = codes(texts)
    strange = [name for name in found if name not in OF_INCIDENTS]
    if strange:
        raise Invalid(
            "no status {name}",
            name=strange[0][:40],
            field="status",
            next=("one of: {known}", {"known": tuple(OF_INCIDENTS)}),
        )
    return tuple(Status(name) for name in found)
