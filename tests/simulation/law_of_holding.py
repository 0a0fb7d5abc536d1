"""The checker's model of the holding notice, from windows.md, "The holding notice", alone.

In these worlds sending takes seconds, so that every channel leaves at the rule's lead.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.simulation.kinship import kin
from tests.simulation.law_of_dues import MINUTE, Check, level_at, started_at, status_at
from tests.simulation.watch import instant

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

LEAD = {1: 20 * MINUTE, 2: 20 * MINUTE, 3: 40 * MINUTE}
"""How long before due page and direct channels leave by themselves, by level."""


def one_per_window(record: Record) -> Iterator[str]:
    """I28: at most one per window, for first notices only; labelled as what it was."""
    found = Counter(n["window"] for n in record.notices.values() if n["kind"] == "holding_notice")
    for number, n in found.items():
        window = record.windows.get(number)
        if n > 1 or window is None or window["kind"] != "first_notice":
            yield f"window {number} ({window and window['kind']}) has {n} holding notices"
    for number, notice in record.notices.items():
        if notice["kind"] != "holding_notice":
            if notice["automatic"]:
                yield f"notice {number} ({notice['kind']}) counts as automatic"
            continue
        first = next(iter(_let_go(record, notice)), None)
        if first is None:
            yield f"holding notice {number} went and nobody let it go"
        elif bool(notice["automatic"]) != first["data"]["automatic"]:
            yield f"holding notice {number} is labelled automatic {notice['automatic']}, against the record"


def _let_go(record: Record, notice: Row) -> list[Row]:
    """The entries by which channels of it were let go, in order."""
    sent = record.entries(notice["incident"], "holding_sent")
    return [entry for entry in sent if entry["data"]["notice"] == notice["id"]]


def approved(record: Record) -> Iterator[str]:
    """S4, I7: by two people, for this type and level, for no more people, and in force when it goes."""
    standing = record.by_id("SELECT * FROM standing_approvals")
    for number, notice in record.notices.items():
        if notice["kind"] != "holding_notice":
            continue
        one = standing.get(notice["standing"])
        if one is None or one["state"] != "approved" or one["author"] == one["decided_by"]:
            yield f"holding notice {number} was approved by nobody"
            continue
        if notice["level"] not in json.loads(one["levels"]):
            yield f"holding notice {number} is of level {notice['level']}, which its approval does not cover"
        for entry in _let_go(record, notice):
            direct = set(entry["data"]["channels"]) - {"web"}
            if entry["at"] >= one["expires_at"]:
                yield f"holding notice {number} went after its approval had ended"
            if direct and notice["audience_size"] > one["maximum"]:
                yield f"holding notice {number} went to {notice['audience_size']}, approved for {one['maximum']}"


def in_its_time(record: Record) -> Iterator[str]:
    """Not before its lead, not after due, not while it is held, and directly only when a person has confirmed it."""
    for number, notice in record.notices.items():
        for entry in _let_go(record, notice) if notice["kind"] == "holding_notice" else ():
            window = record.windows[notice["window"]]
            said, at = entry["data"], entry["at"]
            if not said["automatic"]:
                continue
            if not any(
                at >= due - _lead(record, window, level, at)
                for due in _dues(window, at)
                for level in level_at(record, window["incident"], at)
            ):
                yield f"holding notice {number} went before its time, at {at}"
            if at > max(_dues(window, at)):
                yield f"holding notice {number} went after its window was over"
            if _held(record, window, entry):
                yield f"holding notice {number} went though it was held"
            if (
                set(said["channels"]) - {"web"}
                and status_at(record, window["incident"], at) == "pending_confirmation"
            ):
                yield f"holding notice {number} went to people, and nobody had confirmed the incident"


def _lead(record: Record, window: Row, level: int, at: int) -> int:
    half = (max(_dues(window, at)) - started_at(record, window, at)) // 2
    return min(LEAD[level], half)


def _dues(window: Row, at: int) -> list[int]:
    """The due at that instant; both at the very instant of a move."""
    moves = [(instant(one["at"]), instant(one["due_at"])) for one in json.loads(window["history"])]
    return [due for when, due in moves if when < at][-1:] + [due for when, due in moves if when == at]


def _held(record: Record, window: Row, until: Row) -> bool:
    said = [
        entry["kind"]
        for entry in record.entries(window["incident"], "holding_held", "holding_resumed")
        if entry["data"]["window"] == window["id"] and entry["sequence"] < until["sequence"]
    ]
    return said[-1:] == ["holding_held"]


def spared(record: Record) -> Iterator[str]:
    """Nobody is left out as told already whom no notice of a person had reached."""
    for number, row in record.deliveries.items():
        if (row["state"], row["reason"]) != ("suppressed", "already_told"):
            continue
        mine = record.notices[row["notice_id"]]
        family = kin(record, mine["incident"])
        apart = len(family) > 1
        reached = any(
            record.members[n["id"]].get(row["customer_id"], {}).get("answer") == "reached"
            for n in record.notices.values()
            if n["incident"] in family and n["id"] != row["notice_id"]
            if n["kind"] != "holding_notice" or (apart and mine["kind"] == "holding_notice")
        )
        if not reached:
            yield f"delivery {number} was left out as told already, and nobody told them"


HOLDING_LAWS: dict[str, tuple[str, Check]] = {
    "one holding notice": ("I28", one_per_window),
    "approved in advance": ("I7", approved),
    "told already": ("I28", spared),
    "in its time": ("windows.md §6", in_its_time),
}
