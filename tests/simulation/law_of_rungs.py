"""The checker's model of the ladder, from windows.md §5 alone: each rung once, in order, never after met."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.simulation.kinship import SPLIT, origin
from tests.simulation.watch import SECOND, instant

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

SHARES = {"target": None, "50%": 0.5, "75%": 0.75, "90%": 0.9, "due": 1.0}


def rungs(record: Record) -> Iterator[str]:
    """I11: each rung once, in order, never after met; a skipped one says why."""
    for number, window in record.windows.items():
        fired = _warnings(record, window)
        names = Counter(e["data"]["rung"] for e in fired)
        yield from (f"rung {name} of window {number} fired {n} times" for name, n in names.items() if n > 1)
        stands = json.loads(window["rungs"])
        if len(json.loads(window["history"])) > 1:
            stands.sort(key=lambda rung: SHARES[rung["name"]] or 0)
        # A rung that has fired keeps its instant when the window moves; the order of the shares does not change.
        still = len(json.loads(window["history"])) == 1
        at: list[float | None] = [
            instant(r["at"]) if still else SHARES[r["name"]] for r in stands if r["fired_at"]
        ]
        at = [one for one in at if one is not None]
        when = [instant(r["fired_at"]) for r in stands if r["fired_at"] and (still or r["name"] != "target")]
        if when != sorted(when) or at != sorted(at):
            yield f"the rungs of window {number} fired out of order"
        for rung in stands:
            if rung["fired_at"] and (rung["skipped"] or rung["name"] not in names):
                yield f"rung {rung['name']} of window {number} fired and was skipped, or left no entry"
            if rung["fired_at"] and instant(rung["fired_at"]) < instant(rung["at"]):
                yield f"rung {rung['name']} of window {number} fired too early"
            yield from _place(number, window, rung)
        yield from _after_met(number, window, fired)
        left = [r for r in stands if not r["fired_at"] and not r["skipped"]]
        if window["state"] == "open" and any(instant(r["at"]) < record.now - 2 * SECOND for r in left):
            yield f"a rung of window {number} was passed in silence"
        yield from _highest(number, window, stands)


def _warnings(record: Record, window: Row) -> list[Row]:
    """What was said of it; of a part's share, also what was said of the whole's before."""
    entries = record.entries(window["incident"], "warning")
    mine = [entry for entry in entries if entry["data"].get("window") == window["id"]]
    whole = origin(record, window)
    if whole is None:
        return mine
    # At the split, or later: what was nothing hands over to its parts what it still owes.
    shared = max(instant(one["at"]) for one in json.loads(window["history"]) if one["rule"] == SPLIT)
    return [*(e for e in _warnings(record, whole) if e["at"] <= shared), *mine]


def _place(number: int, window: Row, rung: Any) -> Iterator[str]:
    """A rung that is still ahead stands at its share of the window as it now is."""
    share = SHARES.get(rung["name"])
    if share is None or rung["fired_at"] or rung["skipped"]:
        return
    begins = window["started_at"]
    if window["clock_start"] == "planned_start_at":
        # What is owed before its start has the time since it was opened; none when that was too late.
        begins = min(instant(json.loads(window["history"])[0]["at"]), window["due_at"])
    wanted = begins + (window["due_at"] - begins) * share
    if abs(wanted - instant(rung["at"])) > 2:
        yield f"rung {rung['name']} of window {number} does not stand at its share of the window"


def _after_met(number: int, window: Row, fired: list[Row]) -> Iterator[str]:
    if window["state"] in ("met", "lapsed", "waived") and any(e["at"] > window["decided_at"] for e in fired):
        yield f"a rung of window {number} fired after it was {window['state']}"


def _highest(number: int, window: Row, stands: list[Any]) -> Iterator[str]:
    """Of rungs that were passed together the highest fires. A moved due moves rungs: those windows are left out."""
    if len(json.loads(window["history"])) > 1:
        return
    for rung in (r for r in stands if r["fired_at"]):
        fired = instant(rung["fired_at"])
        if any(instant(rung["at"]) < instant(r["at"]) <= fired for r in stands):
            yield f"rung {rung['name']} of window {number} fired though a higher one had been passed"
