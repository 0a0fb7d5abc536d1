"""The checker's model of the clocks, from windows.md §1-4 alone: lengths, where a clock starts, what moves its due."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.simulation.kinship import MERGED, SPLIT, kin, nothing_there, origin, parted, speaks, went_over
from tests.simulation.kinship import duty_of as duty_across
from tests.simulation.watch import instant

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

MINUTE = 60 * 1_000_000
HOUR = 60 * MINUTE
SECOND = 1_000_000
LENGTHS = {
    "first_notice": {1: 120, 2: 120, 3: 240},
    "progress_update": {1: 60, 2: 120, 3: 240},
    "material_update": {1: 30, 2: 30, 3: 60},
    "resolution_notice": {1: 60, 2: 60, 3: 120},
    "correction_notice": {1: 30, 2: 30, 3: 60},
    "withdrawal_notice": {1: 30, 2: 30, 3: 60},
}
"""Minutes by level: windows.md §2."""
UPWARDS = {
    "handbook.superior_report.phone": {1: 15, 2: 30},
    "handbook.superior_report.written": {1: 30, 2: 60, 3: 60},
}
"""The same for reports to superiors; where a level has none, nothing becomes owed at it."""
SLOW_AFTER, SLOW = 24 * HOUR, 24 * 60
OF_THEIR_OWN = {"grown", "merged"}
"""How a first notice opens that is for people who are in no earlier one."""
BEGINS = ("opened", "planned_registered", "complaint_registered")
"""The first entry of a record; planned work is told as of level 2, an ordinary complaint as of level 3."""
OPEN = {"pending_confirmation", "open", "responding", "partially_restored", "restored"}
Check = Callable[["Record"], Iterator[str]]


def levels(record: Record, incident: int) -> list[tuple[int, int, int]]:
    """(sequence, instant, level) of every change of the level, undone ones included."""
    found: list[tuple[int, int, int]] = []
    for entry in record.timeline[incident]:
        data = entry["data"]
        if entry["kind"] in BEGINS:
            found.append((entry["sequence"], entry["at"], data["level"]))
        elif entry["kind"] in ("upgraded", "downgraded"):
            found.append((entry["sequence"], entry["at"], data["to"]))
        elif entry["kind"] == "duplicate_joined" and "level" in data["facts"]:
            found.append((entry["sequence"], entry["at"], data["facts"]["level"]["to"]))
        elif entry["kind"] == "undone" and data["act"] in ("upgraded", "downgraded"):
            was = record.timeline[incident][data["sequence"] - 1]
            found.append((entry["sequence"], entry["at"], was["data"]["from"]))
    return found


def statuses(record: Record, incident: int) -> list[tuple[int, str]]:
    """(instant, status since then), undone ones included."""
    by_act = {
        "confirmed": "responding",
        "partly_restored": "partially_restored",
        "restored": "restored",
        "resolved": "resolved",
        "closed": "closed",
    }
    found: list[tuple[int, str]] = []
    entries = record.timeline[incident]
    for entry in entries:
        data = entry["data"]
        if entry["kind"] in BEGINS:
            found.append((entry["at"], data["status"]))
        elif entry["kind"] in by_act:
            found.append((entry["at"], by_act[entry["kind"]]))
        if "status" in data.get("facts", {}):
            found.append((entry["at"], data["facts"]["status"]["to"]))
        elif entry["kind"] == "undone":
            was = entries[data["sequence"] - 1]
            if "status" in was["data"].get("facts", {}):
                found.append((entry["at"], was["data"]["facts"]["status"]["from"]))
            elif was["kind"] in by_act:
                found.append((entry["at"], was["data"]["from"]))
    return found


def status_at(record: Record, incident: int, at: int) -> str:
    """The status after everything that happened until that instant."""
    return [status for when, status in statuses(record, speaks(record, incident, at)) if when <= at][-1]


def awareness(record: Record, incident: int) -> list[tuple[int, int]]:
    """(instant of the entry, awareness since then), undone ones included."""
    found: list[tuple[int, int]] = []
    for entry in record.timeline[incident]:
        data = entry["data"]
        if entry["kind"] in (*BEGINS, "aware_changed"):
            found.append((entry["at"], instant(data["aware_at"])))
        elif entry["kind"] == "duplicate_joined" and "aware_at" in data["facts"]:
            found.append((entry["at"], instant(data["facts"]["aware_at"]["to"])))
        elif entry["kind"] == "undone" and data["act"] == "aware_changed":
            was = record.timeline[incident][data["sequence"] - 1]
            found.append((entry["at"], instant(was["data"]["facts"]["aware_at"]["from"])))
    return found


def aware_at(record: Record, incident: int, at: int) -> int:
    """What the record said of awareness at that instant."""
    return [aware for when, aware in awareness(record, speaks(record, incident, at)) if when <= at][-1]


def level_at(record: Record, incident: int, at: int) -> set[int]:
    """The levels that the incident had at that instant; two at the very instant of a change."""
    changes = levels(record, speaks(record, incident, at))
    before = [level for _, when, level in changes if when < at][-1:]
    return {*before, *(level for _, when, level in changes if when == at)}


def length(kind: str, level: int, started: int, aware: int) -> int:
    if kind in UPWARDS:
        return (UPWARDS[kind].get(level) or UPWARDS[kind][max(UPWARDS[kind])]) * MINUTE
    if kind == "progress_update" and started - aware >= SLOW_AFTER:
        return SLOW * MINUTE
    return LENGTHS[kind][level] * MINUTE


def dues(record: Record) -> Iterator[str]:
    """I12: due moves by the table of windows.md, "What may move a clock", only."""
    for number, window in record.windows.items():
        if window["kind"] not in LENGTHS and window["rule"] not in UPWARDS:
            continue
        history = [(instant(m["at"]), instant(m["due_at"]), m["rule"]) for m in json.loads(window["history"])]
        if origin(record, window) is None:
            yield from _opening(record, number, window, history[0])
        yield from _moves(record, number, window, history)


def first_of(record: Record, incident: int, before: int) -> Row:
    """The first of its first-notice windows; of a part that had none before this one, that of the whole."""
    for number, window in record.windows.items():
        if (window["incident"], window["kind"]) == (incident, "first_notice") and number < before:
            return window
    apart = parted(record, incident)
    assert apart is not None, f"window {before} of those who joined is the first of incident {incident}"
    return first_of(record, apart[0], before)


def started_at(record: Record, window: Row, at: int) -> int:
    """Where the window began as it stood at that instant: awareness that was found to be earlier moves it."""
    return stood(record, window, at)[0]


def stood(record: Record, window: Row, at: int, most: int | None = None) -> tuple[int, set[int]]:
    """Start and strict as they stood at that instant, or after so many moves of it: a rise and an earlier awareness
    make strict earlier, undo gives back what was before it, and nothing else moves it. A set, for two acts may share an
    instant."""
    incident, kind = window["incident"], duty_of(window)
    (opened, _), *moves = ((instant(move["at"]), move["rule"]) for move in json.loads(window["history"]))
    before = _goes_on_with(record, window)
    if before is not None and from_awareness(window):
        states = [stood(record, before, opened)]
    else:
        of_now = from_awareness(window)
        start = aware_at(record, incident, opened) if of_now else int(window["started_at"])
        states = [(start, _by_levels(record, incident, kind, start, opened))]
    for moved, rule in moves[:most]:
        start, stricts = states[-1]
        if moved > at:
            break
        if rule == "undo" and len(states) > 1:
            states.pop()
            continue
        if rule == "aware_earlier" and from_awareness(window):
            # An override to a later awareness extends the due and leaves the start.
            start = min(start, aware_at(record, incident, moved))
        if rule in ("upgrade", "aware_earlier"):
            by_rule = _by_levels(record, incident, kind, start, moved)
            stricts = {min(one, other) for one in stricts for other in by_rule}
        states.append((start, stricts))
    return states[-1]


def _by_levels(record: Record, incident: int, kind: str, start: int, at: int) -> set[int]:
    aware = aware_at(record, incident, at)
    return {start + length(kind, level, start, aware) for level in level_at(record, incident, at)}


def _goes_on_with(record: Record, window: Row) -> Row | None:
    """The window that ended by a slip and whose clock this one goes on with (§4, "undo")."""
    for entry in record.entries(window["incident"], "window_opened"):
        if entry["data"]["window"] == window["id"] and entry["data"].get("instead_of"):
            return record.windows[entry["data"]["instead_of"]]
    whole = origin(record, window)
    return None if whole is None else _goes_on_with(record, whole)


def from_awareness(window: Row) -> bool:
    """First notices but those of who joined later, and reports to superiors."""
    first = window["kind"] == "first_notice" and opened_by(window) != "grown"
    return first or window["rule"] in UPWARDS


def duty_of(window: Row) -> str:
    """What the table of lengths knows it by."""
    return str(window["rule"] if window["rule"] in UPWARDS else window["kind"])


def opened_by(window: Row) -> str:
    """How it opened."""
    return str(json.loads(window["history"])[0]["rule"])


def _opening(record: Record, number: int, window: Row, first: tuple[int, int, str]) -> Iterator[str]:
    (at, due, rule), kind = first, duty_of(window)
    aware, started = aware_at(record, window["incident"], at), started_at(record, window, at)
    at_levels = level_at(record, window["incident"], at)
    stricts = {started + length(kind, level, started, aware) for level in at_levels}
    if rule == "opened" and due not in stricts:
        yield f"window {number} ({kind}) opened with another due than its rule's"
    if rule == "promise" and not any(due < strict for strict in stricts):
        yield f"window {number} was promised for later than its cadence"
    slipped = _goes_on_with(record, window)
    if slipped is not None and not from_awareness(window):
        # Given back: the old due if that is ahead, else half an hour or less.
        spare = min(30 * MINUTE, slipped["strict_due_at"] - slipped["started_at"])
        late = max(slipped["strict_due_at"], at + spare)
        if rule in OF_THEIR_OWN and due != (slipped["due_at"] if slipped["due_at"] > at else late):
            yield f"window {number} for those who joined is given back by {due}, which no rule says"
    elif rule == "grown":
        moves = json.loads(first_of(record, window["incident"], number)["history"])
        before = [instant(move["due_at"]) for move in moves if instant(move["at"]) <= at][-1]
        if due not in {max(before, started + LENGTHS["material_update"][one] * MINUTE) for one in at_levels}:
            yield f"window {number} for those who joined is due at {due}, which no rule says"
    if rule == "renewed":
        given_back = {
            w["due_at"]
            for n, w in record.windows.items()
            if n < number and (w["incident"], duty_of(w)) == (window["incident"], kind) and w["due_at"] > at
        }
        grace = {min(30 * MINUTE, length(kind, one, started, aware)) for one in at_levels}
        least = grace if kind in UPWARDS else {30 * MINUTE}
        if due not in {*(max(strict, at + one) for strict in stricts for one in least), *given_back}:
            yield f"window {number} is owed again by {due}, which no rule says"
    if rule == "became_owed" and due not in {
        max(started + one, at + min(one, 30 * MINUTE))
        for one in (length(kind, level, started, aware) for level in at_levels)
    }:
        yield f"window {number} became owed by {due}, which no rule says"
    if rule == MERGED and slipped is None and due not in taken_over(record, window, at):
        yield f"window {number} went over by a merge and is due at {due}, which no rule says"
    if rule not in ("opened", "promise", "grown", "renewed", "became_owed", MERGED):
        yield f"window {number} opened by {rule}, of which the model knows nothing"


def taken_over(record: Record, window: Row, at: int) -> set[int]:
    """windows.md §4: the earliest due of what the duplicate owed; where it had passed, half an hour."""
    dues = [one["due_at"] for one in went_over(record, window["incident"], duty_across(window), at)]
    return {min(dues) if min(dues) > at else at + 30 * MINUTE} if dues else set()


def _parted(record: Record, window: Row, at: int) -> bool:
    """Whether its share was split off then; a report goes to a part when the whole turns out to be nothing."""
    apart = parted(record, window["incident"])
    if apart is None:
        return False
    family = kin(record, window["incident"])
    over = {when for one, when in nothing_there(record) if one in family}
    return at == apart[1] or (window["rule"] in UPWARDS and at in over)


def _of_families(record: Record, window: Row, old: int, move: tuple[int, int, str]) -> Iterator[str]:
    """What a merge or a split makes of a running window: the earlier due of both, and the same due."""
    at, due, rule = move
    if rule == MERGED and due not in {min(old, one) for one in taken_over(record, window, at)}:
        yield f"window {window['id']} was moved by a merge from {old} to {due}"
    if rule == SPLIT and (due != old or not _parted(record, window, at)):
        yield f"window {window['id']} was moved by a split from {old} to {due}"


def _moves(record: Record, number: int, window: Row, history: list[tuple[int, int, str]]) -> Iterator[str]:
    kind, incident = duty_of(window), window["incident"]
    whole = max([0, *(n for n, (_, _, rule) in enumerate(history) if rule == SPLIT)])
    for n, ((_, old, _), (at, due, rule)) in enumerate(pairwise(history), start=1):
        if n < whole:
            continue  # judged where it ran then
        started, aware = started_at(record, window, at), aware_at(record, incident, at)
        lengths = {length(kind, level, started, aware) for level in level_at(record, incident, at)}
        if rule.startswith("aware_") and not from_awareness(window):
            yield f"window {number} ({kind}) does not count from awareness, and was moved by {rule}"
        if rule.startswith("aware_") and at not in {when for when, _ in awareness(record, incident)}:
            yield f"window {number} was moved by {rule}, and nobody said anything of awareness"
        soon = {min(old, max(one, at + 30 * MINUTE)) for one in stood(record, window, at, n)[1]}
        if rule in ("upgrade", "aware_earlier"):
            if due not in soon or due > old:
                yield f"window {number} was moved by {rule} from {old} to {due}"
        elif rule == "aware_later":
            if due not in {max(old, aware + one) for one in lengths}:
                yield f"window {number} was moved by a later awareness from {old} to {due}"
        elif rule == "undo":
            if due not in {old, *(d for _, d, _ in history if d > at)}:
                yield f"window {number} was moved by an undo from {old} to {due}"
        elif rule in (MERGED, SPLIT):
            yield from _of_families(record, window, old, (at, due, rule))
        else:
            yield f"window {number} was moved by {rule}, of which the model knows nothing"
