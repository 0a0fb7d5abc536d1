"""Supervision: who from a superior unit watches over an incident, and how often they have pushed for it.

Pure. Level 1 and escalated complaints ask for a supervisor. Source: handbook 3.4.4 and 3.1.4 (R42, R43).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from incidents.chain import Entry
from incidents.incident import Incident
from incidents.terms import IncidentType

SUPERVISED, NUDGED = "supervised", "nudged"
"""Timeline entries: somebody was named; they pushed."""
NAMED_BY = "name-supervisor"
"""The step of a playbook that naming the supervisor fulfils."""


@dataclass(frozen=True)
class Supervision:
    """The supervisor as the record has them, and when they pushed."""

    person: str
    unit: str
    since: datetime
    nudges: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Feedback:
    """How often customers heard of an incident: entries that were live, and the longest time without one."""

    count: int = 0
    last_at: datetime | None = None
    longest: timedelta = timedelta()


def wants_supervision(incident: Incident) -> bool:
    """Whether a superior unit has to watch over it: an ordinary complaint is its district's (R15)."""
    return incident.level == 1 or (incident.type == IncidentType.COMPLAINT_ESCALATION and not incident.case)


def supervision(entries: Iterable[Entry]) -> Supervision | None:
    """The newest supervisor, with every push since the first one was named; None while nobody is."""
    named: Entry | None = None
    nudges: list[datetime] = []
    for entry in entries:
        if entry.kind == SUPERVISED:
            named = entry
        elif entry.kind == NUDGED:
            nudges.append(entry.at)
    if named is None:
        return None
    return Supervision(named.data["person"], named.data["unit"], named.at, tuple(nudges))


def feedback(aware_at: datetime, live: Iterable[datetime], until: datetime) -> Feedback:
    """From awareness to `until` (the end, or now)."""
    told = sorted(at for at in live if at <= until)
    gaps = [after - before for before, after in pairwise((aware_at, *told, until))]
    return Feedback(len(told), told[-1] if told else None, max(gaps))
