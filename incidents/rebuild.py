"""The incident as its timeline tells it: every entry that changes a fact carries the new one (R34).

Pure. What no entry carries (the reference, which is in each entry's hash) is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import datetime

from incidents.chain import Entry
from incidents.incident import SIZE, Affected, Incident
from incidents.terms import IncidentType, Status
from incidents.undoing import ACTS, FACTS, UNDONE, taken_back
from incidents.values import Facts, instant, taken

BEGINNINGS = ("opened", "planned_registered", "complaint_registered")
"""Entries with which a timeline begins: an incident's, that of planned work, and that of an ordinary complaint."""
REMINDERS = ("review_at", "review_recorded", "kept_against")
"""When a person is asked about the level again: marks of the program, no facts of what happened."""


def rebuilt(reference: str, entries: Iterable[Entry]) -> Incident | None:
    """The incident after the last entry; None when the timeline does not begin with its opening."""
    found: Incident | None = None
    acts: dict[int, Entry] = {}
    for entry in entries:
        if entry.kind in ACTS:
            acts[entry.sequence] = entry
        if entry.kind in BEGINNINGS:
            found = _opened(reference, entry)
        elif found is not None and entry.kind == UNDONE:
            found = taken_back(found, acts[entry.data["sequence"]])
        elif found is not None and FACTS in entry.data:
            found = replace(found, **taken(entry.data[FACTS], "to"))
        elif found is not None and entry.kind in CHANGES:
            found = replace(found, **CHANGES[entry.kind](found, entry))
    return found


def differing(stored: Incident, entries: Iterable[Entry]) -> tuple[str, ...]:
    """The fields in which the stored incident is not what its timeline tells; ("opened",) when it has no beginning."""
    told = rebuilt(stored.reference, entries)
    if told is None:
        return ("opened",)
    names = [field.name for field in fields(Incident) if field.name not in REMINDERS]
    return tuple(name for name in names if getattr(stored, name) != getattr(told, name))


def _opened(reference: str, entry: Entry) -> Incident:
    facts: Facts = entry.data
    return Incident(
        id=entry.incident,
        reference=reference,
        type=IncidentType(facts["type"]),
        level=facts["level"],
        status=Status(facts["status"]),
        title=facts["title"],
        areas=tuple(facts["areas"]),
        services=tuple(facts["services"]),
        aware_at=datetime.fromisoformat(facts["aware_at"]),
        aware_source=facts["source"],
        exercise=facts.get("exercise", False),
        opened_at=entry.at,
        opened_by=entry.actor,
        level_reasons=tuple(facts["reasons"]),
        onset_at=instant(facts["onset_at"]),
        affected=None
        if facts["affected"] is None
        else Affected(facts["affected"], confidence=facts["confidence"]),
        cause=facts["cause"],
        **{name: facts[name] for name in SIZE},
        cause_status="suspected" if facts["cause"] else "unknown",
        effects=facts.get("effects", {}),
        planned_start_at=instant(facts.get("planned_start_at")),
        planned_end_at=instant(facts.get("planned_end_at")),
        overrun_of=facts.get("overrun_of"),
        case=facts.get("case", False),
        case_link=facts.get("case_link", ""),
    )


def _updated(incident: Incident, entry: Entry) -> Facts:
    return taken(entry.data, "to")


def _upgraded(incident: Incident, entry: Entry) -> Facts:
    return {"level": entry.data["to"], "level_reasons": (*incident.level_reasons, entry.data["reason"])}


def _restored(incident: Incident, entry: Entry) -> Facts:
    return {"status": Status.RESTORED, "restored_at": instant(entry.data["restored_at"])}


def _resolved(incident: Incident, entry: Entry) -> Facts:
    restored_at = instant(entry.data["restored_at"])
    return {"status": Status.RESOLVED, "resolved_at": entry.at, "restored_at": restored_at}


CHANGES: dict[str, Callable[[Incident, Entry], Facts]] = {
    "playbook_activated": lambda incident, entry: {"playbook": entry.data["playbook"]},
    "confirmed": lambda incident, entry: {"status": Status.RESPONDING, "confirmed_at": entry.at},
    "updated": _updated,
    "upgraded": _upgraded,
    "assigned": lambda incident, entry: {"org_unit": entry.data["unit"]},
    "partly_restored": lambda incident, entry: {"status": Status.PARTIALLY_RESTORED},
    "restored": _restored,
    "resolved": _resolved,
    "closed": lambda incident, entry: {"status": Status.CLOSED, "closed_at": entry.at},
}
"""Entries that change the incident; every other entry only tells."""
