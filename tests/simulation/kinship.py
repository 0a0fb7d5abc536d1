"""Which incidents are one for their customers, as the tables say: what was merged into what, and split off what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.simulation.watch import instant

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

MERGED, SPLIT = "merged", "split"
NOTHING_THERE = ("false_alarm", "rejected")
REPORTS = ("superior_report", "regulator_report")
"""Kinds of which an incident owes several, each by its rule."""


def duplicates(record: Record, incident: int) -> list[int]:
    """This incident and everything that was ever merged into it."""
    found = [incident]
    for one in found:
        found += [number for number, row in record.incidents.items() if row["merged_into"] == one]
    return found


def survivor(record: Record, incident: int) -> int:
    """What speaks for it now."""
    into = record.incidents[incident]["merged_into"]
    return incident if into is None else survivor(record, into)


def parted(record: Record, incident: int) -> tuple[int, int] | None:
    """(what it was split off, when); None of what began by itself."""
    whole = record.incidents[incident]["split_from"]
    return None if whole is None else (whole, record.timeline[incident][0]["at"])


def speaks(record: Record, incident: int, at: int) -> int:
    """Whose timeline says what was so for this incident at that instant: before a split, that of the whole."""
    apart = parted(record, incident)
    return incident if apart is None or at >= apart[1] else speaks(record, apart[0], at)


def kin(record: Record, incident: int) -> set[int]:
    """Everything that merging or splitting ties to it, however far."""
    seen, waiting = {incident}, [incident]
    for one in waiting:
        row = record.incidents[one]
        near = [row["merged_into"], row["split_from"]]
        near += [n for n, r in record.incidents.items() if one in (r["merged_into"], r["split_from"])]
        for other in near:
            if other is not None and other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def notices_of(record: Record, incident: int) -> list[Row]:
    """Every notice whose people have what this incident tells: its own, its duplicates', and what was released for the
    whole before it was split off."""
    own = set(duplicates(record, incident))
    found = [notice for notice in record.notices.values() if notice["incident"] in own]
    apart = parted(record, incident)
    if apart is not None:
        whole, at = apart
        known = {notice["id"] for notice in found}
        found += [
            n
            for n in notices_of(record, whole)
            if n["released_at"] is not None and n["released_at"] <= at and n["id"] not in known
        ]
    return found


def origin(record: Record, window: Row) -> Row | None:
    """The window of the whole that this one is the part's share of."""
    moves = json.loads(window["history"])
    at = next((n for n in reversed(range(len(moves))) if moves[n]["rule"] == SPLIT), None)
    if at is None:
        return None
    whole, family = record.incidents[window["incident"]]["split_from"], kin(record, window["incident"])
    found = [
        other
        for other in record.windows.values()
        if other["incident"] in family - {window["incident"]}
        and all(other[name] == window[name] for name in ("kind", "rule"))
        and json.loads(other["history"])[:at] == moves[:at]
    ]
    return min(found, key=lambda other: (other["incident"] != whole, other["id"]), default=None)


def went_over(record: Record, incident: int, duty: tuple[str, str], at: int) -> list[Row]:
    """What duplicates that were merged into this one at that instant owed of one duty."""
    return [
        window
        for entry in record.entries(incident, "duplicate_joined")
        for window in record.windows.values()
        if entry["at"] == at
        and record.incidents[window["incident"]]["reference"] == entry["data"]["ref"]
        and window["ended_by"] == MERGED
        and duty_of(window) == duty
    ]


def duty_of(window: Row) -> tuple[str, str]:
    """What windows of one duty have in common: the kind, and the rule where a kind has several."""
    return window["kind"], window["rule"] if window["kind"] in REPORTS else ""


def merges(record: Record) -> Iterator[tuple[int, int, int]]:
    """(duplicate, survivor, instant) of every merge."""
    for number, row in record.incidents.items():
        if row["merged_into"] is not None:
            yield number, row["merged_into"], record.entries(number, "merged")[-1]["at"]


def moved_at(window: Row, rule: str) -> list[int]:
    """The instants at which this rule stands in its history."""
    return [instant(move["at"]) for move in json.loads(window["history"]) if move["rule"] == rule]


def nothing_there(record: Record) -> Iterator[tuple[int, int]]:
    """(incident, instant) of every time that one turned out to be nothing."""
    for number in record.incidents:
        yield from ((number, entry["at"]) for entry in record.entries(number, *NOTHING_THERE))


def merged_into(record: Record, incident: int, at: int) -> set[int]:
    """This incident and what had been merged into it by then."""
    found = [incident]
    for one in found:
        found += [source for source, into, when in merges(record) if into == one and when <= at]
    return set(found)
