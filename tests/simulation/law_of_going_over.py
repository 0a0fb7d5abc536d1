"""The checker's model of regimes where incidents are joined and divided, from windows.md, "Regimes": what was asked,
applied or waived at a duplicate, or at a whole that was nothing, goes over to the incident that goes on for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.simulation.kinship import (
    NOTHING_THERE,
    REPORTS,
    SPLIT,
    duty_of,
    merged_into,
    merges,
    moved_at,
    nothing_there,
)
from tests.simulation.law_of_dues import OPEN, Check, statuses

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

PREFIX = "regime_"
GOES_ON = {*OPEN, "resolved"}


def going_on(record: Record, incident: int, at: int) -> set[int]:
    """The parts that go on for it when it turns out to be nothing: what was split off it, or off its duplicates, and is
    not over; for a part that was merged or was nothing, what goes on for that."""
    found, seen = set[int](), merged_into(record, incident, at)
    waiting = _parts(record, seen, at)
    for part in waiting:
        if part in seen:
            continue
        seen.add(part)
        status = [status for when, status in statuses(record, part) if when <= at][-1]
        into = [heir for source, heir, when in merges(record) if source == part and when <= at]
        if into:
            waiting += into
        elif status in GOES_ON:
            found.add(part)
        else:
            waiting += _parts(record, merged_into(record, part, at), at)
    return found


def _parts(record: Record, wholes: set[int], at: int) -> list[int]:
    return [
        number
        for number, row in record.incidents.items()
        if row["split_from"] in wholes and record.timeline[number][0]["at"] <= at
    ]


def gifts(record: Record) -> Iterator[tuple[int, int, int]]:
    """(incident, what goes on for it, instant): every merge, and every part of what was nothing."""
    yield from merges(record)
    for whole, at in nothing_there(record):
        yield from ((whole, part, at) for part in going_on(record, whole, at))


def standing(record: Record, incident: int, pack: str, before: int) -> str:
    """The last word about a regime on this timeline before that instant: asked, applied, waived, or nothing."""
    said = [
        entry["kind"].removeprefix(PREFIX)
        for entry in record.timeline[incident]
        if entry["kind"].startswith(PREFIX) and entry["data"].get("pack") == pack and entry["at"] < before
    ]
    return said[-1] if said else ""


def were_asked(record: Record, incident: int, pack: str, at: int) -> bool:
    """Whether by then a question was put about it, or about what it goes on for."""
    own = record.entries(incident, "regime_asked")
    if any(entry["data"]["pack"] == pack and entry["at"] <= at for entry in own):
        return True
    return any(
        were_asked(record, giver, pack, when - 1)
        for giver, heir, when in gifts(record)
        if heir == incident and when <= at
    )


def came_over(record: Record, incident: int, entry: Row) -> int | None:
    """The incident whose regime this entry says applies here too, since this one goes on for it; None of a new word."""
    for giver, heir, when in gifts(record):
        if (heir, when) == (incident, entry["at"]):
            stood = standing(record, giver, entry["data"]["pack"], when)
            said = f"{record.incidents[giver]['reference']}: "
            if entry["kind"] == PREFIX + stood and entry["data"]["reason"].startswith(said):
                return giver
    return None


def stands_over(record: Record) -> Iterator[str]:
    """What applies to a duplicate, or to a whole that was nothing, applies to what goes on; an open question is asked
    of it, unless it answered that question itself; a "no" stands where nothing was said."""
    packs = {
        entry["data"]["pack"]
        for entries in record.timeline.values()
        for entry in entries
        if entry["kind"].startswith(PREFIX)
    }
    for giver, heir, at in gifts(record):
        if record.incidents[giver]["case"]:
            continue  # no regime looks at a complaint
        for pack in sorted(packs):
            theirs, mine = (standing(record, one, pack, at) for one in (giver, heir))
            answered = mine == "waived" and were_asked(record, heir, pack, at - 1)
            wanted = {
                "applied": {"applied"},
                "asked": {"waived", "applied"} if answered else {"asked", "applied"},
                "waived": {mine or "waived", "applied"},
            }.get(theirs, {mine, "applied"})
            now = standing(record, heir, pack, at + 1)
            if now not in wanted:
                yield f"incident {heir} goes on for {giver} ({pack}: {theirs}), was {mine!r} and is {now!r}"


def asked_with_cause(record: Record) -> Iterator[str]:
    """A question is put when an incident opens, when such a fact becomes known, when it goes on for what was asked, or
    again: a part is not asked what the whole was."""
    for incident, entries in record.timeline.items():
        given = {at for _, heir, at in gifts(record) if heir == incident}
        given |= {e["at"] for e in entries if e["kind"] == "updated" and "people_data" in e["data"]}
        if record.incidents[incident]["split_from"] is None:
            given.add(entries[0]["at"])
        for entry in record.entries(incident, "regime_asked"):
            pack, at = entry["data"]["pack"], entry["at"]
            if at not in given and standing(record, incident, pack, at) != "asked":
                yield f"incident {incident} is asked about {pack} at {at}, which nothing calls for"


def handed_over(record: Record) -> Iterator[str]:
    """M18: each part that goes on for what was nothing owes the reports that were owed there, or has made them."""
    for whole, at in nothing_there(record):
        ended = [w for w in record.windows.values() if w["incident"] == whole and _ended(record, w, at)]
        for part in going_on(record, whole, at):
            for window in ended:
                mine = [w for w in record.windows.values() if w["incident"] == part and _same(w, window)]
                if not any(at in moved_at(w, SPLIT) or _stands(record, w, at) for w in mine):
                    yield f"incident {part} does not owe {window['rule']}, which {whole} owed until it was nothing"


def _same(window: Row, other: Row) -> bool:
    return duty_of(window) == duty_of(other)


def _ended(record: Record, window: Row, at: int) -> bool:
    """Whether this report was owed until what it is of turned out to be nothing at that instant."""
    if window["kind"] not in REPORTS or window["ended_by"] not in NOTHING_THERE:
        return False
    said = record.entries(window["incident"], "duty_ended")
    ends = [e["at"] for e in said if e["data"]["window"] == window["id"]]
    return at in (ends or [window["decided_at"]])


def _stands(record: Record, window: Row, at: int) -> bool:
    """Whether it is owed right after that instant, or was told by then."""
    said = record.entries(window["incident"], "window_opened")
    opened = [e["at"] for e in said if e["data"]["window"] == window["id"]]
    if not opened or opened[0] > at:
        return False
    if window["told_at"] is not None:
        return True
    said = record.entries(window["incident"], "duty_ended")
    ends = [e["at"] for e in said if e["data"]["window"] == window["id"]]
    ends += [window["decided_at"]] if window["state"] in ("waived", "lapsed") else []
    return not any(end <= at for end in ends)


GOING_OVER_LAWS: dict[str, tuple[str, Check]] = {
    "regimes go over": ("windows.md, Regimes", stands_over),
    "asked with cause": ("windows.md, Regimes", asked_with_cause),
    "reports go over": ("windows.md M18", handed_over),
}
