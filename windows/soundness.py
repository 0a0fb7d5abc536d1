"""What makes the figures and names of a rule pack sound: every problem with its rule and field. Pure.

It reads the values as YAML gives them, so that it says all there is to say whatever else is wrong in the pack; what is
no figure, name or list at all is said by the model itself (windows/rules.py).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from incidents.terms import BY_A_LATER_ACT, LEVELS, OF_A_REGIME, UPWARDS, ClockStart, Kind, Role

LONGEST = timedelta(days=3653)
"""No duty is owed longer than ten years: what is longer is a slip, and would leave the calendar."""
MOST = {"working_days": 2_500, "months": 120}
"""The same ten years in working days and in months."""
LONGEST_NAME = 64
PAGED = [one.value for one in Role if one not in (Role.VIEWER, Role.TRIGGER, Role.ADMIN)]
"""Roles that a warning can go to; several are joined by +."""
PER_LEVEL = ("length", "working_days", "months", "target", "holding_lead")
LONGER_THAN_NOTHING = ("immediate", "hard_cap", "cap", "slow_after", "slow_length")
BY_NOTICES = ("recipients", "page")
"""Ways of telling that need a notice."""
_TURNED = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
"""Characters that turn the direction of what follows on a screen."""
_DURATION = TypeAdapter(timedelta)


def problems(given: Any) -> Iterator[str]:
    """Everything unsound in the pack; nothing when it is no mapping at all."""
    if not isinstance(given, Mapping):
        return
    yield from _characters(given, "")
    yield from _name(given.get("pack"), "pack")
    if isinstance(given.get("version"), int) and given["version"] < 1:
        yield "version: must be a number from 1"
    yield from _length(given.get("upgrade_grace"), "upgrade_grace", "nothing")
    yield from _rungs(given.get("rungs"), "rungs")
    trigger = given.get("trigger")
    if isinstance(trigger, Mapping):
        yield from _length(trigger.get("ask_within"), "trigger.ask_within")
    rules = given.get("rules")
    if rules == []:
        yield "rules: there is none"
    for number, rule in enumerate(rules if isinstance(rules, list) else ()):
        if isinstance(rule, Mapping):
            yield from _rule(rule, f"rules.{number}")
            yield from _of_a_regime(rule, f"rules.{number}", isinstance(trigger, Mapping))


def _rule(rule: Mapping[str, Any], where: str) -> Iterator[str]:
    yield from _name(rule.get("id"), f"{where}.id")
    planned = rule.get("clock_start") == "planned_start_at"
    for field in PER_LEVEL:
        for place, value in _by_level(rule.get(field), f"{where}.{field}"):
            if field in MOST:
                yield from _number(value, place, MOST[field])
            else:
                yield from _length(value, place, "ahead" if planned and field == "length" else "")
        yield from _levels(rule.get(field), f"{where}.{field}")
    for field in LONGER_THAN_NOTHING:
        yield from _length(rule.get(field), f"{where}.{field}")
    none_at = rule.get("none_at")
    yield from _levels(dict.fromkeys(none_at) if isinstance(none_at, list) else None, f"{where}.none_at")
    yield from _zone(rule.get("zone"), f"{where}.zone")
    yield from _rungs(rule.get("rungs"), f"{where}.rungs")
    if rule.get("told_by") in BY_NOTICES and not rule.get("fulfilled_by"):
        yield f"{where}.fulfilled_by: what is told by {rule['told_by']} needs a kind of notice that tells it"


def _of_a_regime(rule: Mapping[str, Any], where: str, regime: bool) -> Iterator[str]:
    """What only a regime can ask for, what it cannot, and what cannot be meant of clocks that a later act starts.

    Nothing is accepted that nobody would ever open.
    """
    start, kind = rule.get("clock_start"), rule.get("kind")
    if start in list(OF_A_REGIME) and (not regime or kind != Kind.REGULATOR_REPORT):
        yield f"{where}.clock_start: only a regulator_report of a regime counts from {start}"
    if start in list(BY_A_LATER_ACT) and rule.get("hard_cap") is not None:
        yield f"{where}.hard_cap: what counts from {start} has no cap from awareness"
    if regime and kind in list(Kind) and kind not in list(UPWARDS):
        yield f"{where}.kind: a regime asks for {' and '.join(UPWARDS)}, and opens no {kind}"
    if regime and start == ClockStart.PLANNED_START_AT:
        yield f"{where}.clock_start: a regime asks for nothing before planned work"
    if not regime and kind in list(UPWARDS) and start == ClockStart.CLASSIFIED_AT:
        yield f"{where}.clock_start: only a report of a regime counts from {start}"


def _by_level(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Each level's figure with its place; one figure alone is every level's."""
    if isinstance(value, Mapping):
        yield from ((f"{where}.{level}", one) for level, one in value.items())
    elif value is not None:
        yield where, value


def _levels(value: Any, where: str) -> Iterator[str]:
    for level in value if isinstance(value, Mapping) else ():
        if level not in LEVELS:
            yield f"{where}: there is no level {str(level)[:20]}"


def _length(value: Any, where: str, may_be: str = "") -> Iterator[str]:
    """A length of time: longer than nothing, unless it `may_be` "nothing", or before its start too ("ahead")."""
    if value is None:
        return
    try:
        found = _DURATION.validate_python(value)
    except (ValidationError, OverflowError):
        return
    if found < timedelta(0) and may_be == "nothing":
        yield f"{where}: must not be negative"
    elif found <= timedelta(0) and not may_be:
        yield f"{where}: must be longer than nothing"
    elif abs(found) > LONGEST:
        yield f"{where}: is longer than {LONGEST.days} days"


def _number(value: Any, where: str, most: int) -> Iterator[str]:
    if isinstance(value, int) and not 1 <= value <= most:
        yield f"{where}: must be a number from 1 to {most}"


def _zone(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, str):
        return
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        yield f"{where}: there is no zone {value[:40]}"


def _name(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, str):
        return
    plain = all(one.isalnum() or one in "._-" for one in value)
    if not plain or not 1 <= len(value) <= LONGEST_NAME:
        yield f"{where}: must have 1 to {LONGEST_NAME} letters, digits, dots, dashes or underscores"


def _rungs(value: Any, where: str) -> Iterator[str]:
    """Warnings: each has a name of its own, they come one after the other, and somebody is paged."""
    rungs = [one if isinstance(one, Mapping) else {} for one in value] if isinstance(value, list) else []
    names = [one.get("name") for one in rungs]
    last = 0.0
    for number, rung in enumerate(rungs):
        name, at, to = (rung.get(field) for field in ("name", "at", "to"))
        if isinstance(name, str) and (not name.strip() or name in names[:number]):
            yield f"{where}.{number}.name: " + ("is given twice" if name.strip() else "is empty")
        if isinstance(at, int | float):
            if at <= last:
                yield f"{where}.{number}.at: does not come after the one before"
            last = max(last, at)
        if isinstance(to, str):
            yield from _roles(to.split("+"), f"{where}.{number}.to")


def _roles(named: Sequence[str], where: str) -> Iterator[str]:
    for one in named:
        if one not in PAGED:
            yield f"{where}: there is no role {one[:40] or 'without a name'}"


def _characters(value: Any, where: str) -> Iterator[str]:
    """Texts that would write on a screen what they do not say."""
    if isinstance(value, str):
        if any(one in _TURNED or (unicodedata.category(one) == "Cc" and one not in "\n\t") for one in value):
            yield f"{where or 'pack'}: holds a control character"
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _characters(one, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _characters(one, f"{where}.{number}" if where else str(number))
