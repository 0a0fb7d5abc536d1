"""The way back from an act of the lifecycle: which one is the last, and what stood before it.

Pure. The entry of each act carries what it replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from incidents.chain import Entry
from incidents.incident import Incident
from incidents.terms import TAKING_BACK, Kind, Status
from incidents.values import instant, taken

FACTS = "facts"
"""Where an entry carries every fact that its act changed: {name: {"from", "to"}}."""
LIFECYCLE = ("confirmed", "upgraded", "partly_restored", "restored", "resolved", "closed")
DECISIONS = (
    *("downgraded", "aware_changed", "reopened", "lost_again", "false_alarm", "rejected"),
    *("waived", "ended_by_person"),
)
"""Acts whose entry carries what they changed, if they changed the incident at all."""
OWED = {f"{kind}_owed": kind for kind in TAKING_BACK}
"""A correction or withdrawal that somebody asked for, and the kind of notice that it owes."""
AGAIN = {f"{kind}_again": kind for kind in TAKING_BACK}
"""One that was stopped and is written again for the window that is still owed."""
ASKED = {**OWED, **AGAIN}
ACTS = (*LIFECYCLE, *DECISIONS, *ASKED)
"""Timeline entries that can be taken back."""
OWES_TAKING_BACK = {
    **dict.fromkeys(("reopened", "lost_again"), Kind.CORRECTION_NOTICE),
    **dict.fromkeys(("false_alarm", "rejected"), Kind.WITHDRAWAL_NOTICE),
}
"""Acts that may owe a correction or a withdrawal of what was told before, and which."""
TAKING_BACK_OWED = "taking_back_owed"
"""The entry by which they do."""
UNDONE = "undone"
EVENTS = {
    "confirmed": "confirmed",
    "upgraded": "upgraded",
    "partly_restored": "restored",
    "restored": "restored",
    "resolved": "resolved",
    "reopened": "reopened",
}
"""What the playbook was told of an act."""
RECOVERY = ("partly_restored", "restored", "resolved")
"""Acts that say that service is back."""


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """The acts that have not been taken back, oldest first."""
    acts: list[Entry] = []
    for entry in entries:
        if entry.kind in ACTS:
            acts.append(entry)
        elif entry.kind == UNDONE:
            acts = [act for act in acts if act.sequence != entry.data["sequence"]]
    return acts


def opened(entries: Sequence[Entry], act: Entry) -> tuple[int, ...]:
    """The ids of the windows that this act opened, and of those that went on with their duty after another act that
    ended it was taken back."""
    found = [entry.data["window"] for entry in _own(entries, act) if entry.kind == "window_opened"]
    for entry in _windows(entries):
        if entry.data.get("instead_of") in found:
            found.append(entry.data["window"])
    return tuple(found)


def sequence(entries: Sequence[Entry], act: Entry) -> int:
    """The sequence that the correction or withdrawal which this act asked for or owes has now; 0 when it owes none."""
    owed = (int(e.data["sequence"]) for e in _own(entries, act) if e.kind == TAKING_BACK_OWED)
    number = int(act.data["sequence"]) if act.kind in ASKED else next(owed, 0)
    kind = {**ASKED, **OWES_TAKING_BACK}.get(act.kind)
    ids: dict[int | None, int] = {}
    for entry in _windows(entries):
        if entry.data["kind"] == kind:
            ids[entry.data["window"]] = entry.data["sequence"]
            if ids.get(entry.data.get("instead_of")) == number:
                number = entry.data["sequence"]
    return number


def _windows(entries: Iterable[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if entry.kind == "window_opened")


def _own(entries: Iterable[Entry], act: Entry) -> Iterator[Entry]:
    """An act's own entries follow it at its own instant."""
    for entry in entries:
        if entry.sequence <= act.sequence:
            continue
        if entry.kind in ACTS or entry.at != act.at:
            return
        yield entry


def recovery(entries: Iterable[Entry]) -> datetime | None:
    """Since when the record says that service is back, at least in part; None when it does not."""
    since: datetime | None = None
    for act in standing(entries):
        if act.kind in ("reopened", "lost_again"):
            since = None
        elif act.kind in RECOVERY:
            since = since or act.at
    return since


def events_left(acts: Iterable[Entry]) -> tuple[str, ...]:
    """What the playbook has been told by these acts, without recoveries that were none."""
    told: list[str] = []
    for act in acts:
        if act.kind in ("reopened", "lost_again"):
            told = [event for event in told if event not in ("restored", "resolved")]
        if act.kind in EVENTS:
            told.append(EVENTS[act.kind])
    return tuple(told)


def before(incident: Incident, act: Entry) -> dict[str, Any]:
    """The fields that this act set, as they were before it."""
    if act.kind in ASKED or act.kind in DECISIONS:
        return taken(act.data.get(FACTS, {}), "from")
    if act.kind == "upgraded":
        decision = dict(act.data.get("before", {}))
        if "review_at" in decision:
            decision["review_at"] = instant(decision["review_at"])
        return {"level": act.data["from"], "level_reasons": incident.level_reasons[:-1], **decision}
    back: dict[str, Any] = {"status": Status(act.data["from"])}
    if "restored_before" in act.data:
        back["restored_at"] = instant(act.data["restored_before"])
    set_by = {"confirmed": "confirmed_at", "resolved": "resolved_at", "closed": "closed_at"}
    if act.kind in set_by:
        back[set_by[act.kind]] = None
    return back


def taken_back(incident: Incident, act: Entry) -> Incident:
    """The incident without this act."""
    return replace(incident, **before(incident, act))
