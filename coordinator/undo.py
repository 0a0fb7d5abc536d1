"""The way back: the last lifecycle act of a person, within five minutes, while nobody has been told of it.

The record keeps both: what was done, and that it was taken back. Verdicts that fell stay as they fell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from coordinator import levels
from coordinator.act import SYSTEM, Act
from incidents.chain import Entry
from incidents.effects import DropDrafts, Effect, JudgeWindows, Record, RewindPlaybook, UndoWindows
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import Status

WITHIN = timedelta(minutes=5)
EVENTS = {"partly_restored": "restored", "restored": "restored", "resolved": "resolved"}
"""What the playbook was told of an act."""
ACTS = ("confirmed", "upgraded", "partly_restored", "restored", "resolved", "closed")
"""Timeline entries that can be taken back, by a person's act only."""


def undo(act: Act, reference: str) -> tuple[Incident, list[Effect]]:
    """Take back the last of ACTS; Conflict says why it cannot be, and what to do instead."""
    incident = act.tx.incidents.get(reference)
    entry = _last_act(act.tx.incidents.entries(incident.id))
    if entry is None:
        raise Conflict("there is nothing to take back", field="status", next=f"tongbao show {reference}")
    _must_be_recent(act, entry)
    _must_be_untold(act, incident, entry)
    before = _before(act, incident, entry)
    act.tx.incidents.save(before)
    effects: list[Effect] = [
        Record(incident.id, "undone", {"act": entry.kind, "sequence": entry.sequence}),
        DropDrafts(incident.id, entry.kind),
        UndoWindows(incident.id, entry.kind, entry.at),
    ]
    if entry.kind in EVENTS:
        effects.append(RewindPlaybook(incident.id, EVENTS[entry.kind]))
    return before, [*effects, JudgeWindows(incident.id)]


def _last_act(entries: Iterable[Entry]) -> Entry | None:
    """The newest act that has not been taken back yet; None when a rule did it, as a worse alarm does."""
    acts: list[Entry] = []
    for entry in entries:
        if entry.kind in ACTS:
            acts.append(entry)
        elif entry.kind == "undone" and acts:
            acts.pop()
    return acts[-1] if acts and acts[-1].actor != SYSTEM.name else None


def _must_be_recent(act: Act, entry: Entry) -> None:
    if act.now - entry.at > WITHIN:
        raise Conflict(
            "the last act ({act} at {at}) is more than 5 minutes ago",
            act=entry.kind,
            at=entry.at.isoformat(timespec="seconds"),
            field="status",
            next="put on the record what is true now: tongbao log REF TEXT, tongbao update REF",
        )


def _must_be_untold(act: Act, incident: Incident, entry: Entry) -> None:
    """Who was told of it needs a correction; it cannot be made unsaid."""
    later = (e for e in act.tx.incidents.entries(incident.id) if e.sequence > entry.sequence)
    released = [e.data["notice"] for e in later if e.kind == "notice_released"]
    if entry.kind != "confirmed" and released:
        raise Conflict(
            "notice {id} has told of it already",
            id=released[-1],
            field="notice",
            next=f"tongbao notice correct {released[-1]}",
        )


def _before(act: Act, incident: Incident, entry: Entry) -> Incident:
    """The incident with what this act set put back."""
    back: dict[str, Any] = {}
    if "restored_before" in entry.data:
        back["restored_at"] = _instant(entry.data["restored_before"])
    match entry.kind:
        case "upgraded":
            lower = replace(incident, level=entry.data["from"], level_reasons=incident.level_reasons[:-1])
            return levels.undecided(act, lower, entry.data["before"])
        case "confirmed":
            back["confirmed_at"] = None
        case "resolved":
            back["resolved_at"] = None
        case "closed":
            back["closed_at"] = None
    return replace(incident, status=Status(entry.data["from"]), **back)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
