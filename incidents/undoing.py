"""The way back from an act of the lifecycle: which one is the last, and what stood before it.

Pure. The entry of each act carries what it replaced.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from incidents.chain import Entry
from incidents.incident import Incident
from incidents.terms import TAKING_BACK, Status

LIFECYCLE = ("confirmed", "upgraded", "partly_restored", "restored", "resolved", "closed")
OWED = {f"{kind}_owed": kind for kind in TAKING_BACK}
"""A correction or withdrawal that somebody asked for, and the kind of notice that it owes."""
AGAIN = {f"{kind}_again": kind for kind in TAKING_BACK}
"""One that was stopped and is written again for the window that is still owed."""
ASKED = {**OWED, **AGAIN}
ACTS = (*LIFECYCLE, *ASKED)
"""Timeline entries that can be taken back."""
UNDONE = "undone"


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """The acts that have not been taken back, oldest first."""
    acts: list[Entry] = []
    for entry in entries:
        if entry.kind in ACTS:
            acts.append(entry)
        elif entry.kind == UNDONE:
            acts = [act for act in acts if act.sequence != entry.data["sequence"]]
    return acts


def opened(entries: Iterable[Entry], act: Entry) -> tuple[int, ...]:
    """The ids of the windows that this act opened: its own entries follow it at its own instant."""
    found: list[int] = []
    for entry in entries:
        if entry.sequence <= act.sequence:
            continue
        if entry.kind in ACTS or entry.at != act.at:
            break
        if entry.kind == "window_opened":
            found.append(entry.data["window"])
    return tuple(found)


def before(incident: Incident, act: Entry) -> dict[str, Any]:
    """The fields that this act set, as they were before it."""
    if act.kind in ASKED:
        return {}
    if act.kind == "upgraded":
        decision = dict(act.data.get("before", {}))
        if "review_at" in decision:
            decision["review_at"] = _instant(decision["review_at"])
        return {"level": act.data["from"], "level_reasons": incident.level_reasons[:-1], **decision}
    back: dict[str, Any] = {"status": Status(act.data["from"])}
    if "restored_before" in act.data:
        back["restored_at"] = _instant(act.data["restored_before"])
    set_by = {"confirmed": "confirmed_at", "resolved": "resolved_at", "closed": "closed_at"}
    if act.kind in set_by:
        back[set_by[act.kind]] = None
    return back


def taken_back(incident: Incident, act: Entry) -> Incident:
    """The incident without this act."""
    return replace(incident, **before(incident, act))


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
