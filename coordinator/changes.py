"""New facts for the record: what they may be, what they change. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from coordinator.act import Act, instant
from incidents.effects import Opening
from incidents.errors import Invalid
from incidents.incident import Affected, Bilingual, Incident
from incidents.terms import COMPLAINTS
from incidents.values import difference
from notifications.directory import known

MOST_AFFECTED = 2_000_000_000
"""Services; more than any operator has."""


@dataclass(frozen=True)
class Changes:
    """New facts; None means unchanged."""

    affected: int | None = None
    confidence: str | None = None
    onset_at: datetime | None = None
    expected_at: datetime | None = None
    cause: Bilingual | None = None
    cause_status: str | None = None
    action: Bilingual | None = None
    workaround: Bilingual | None = None
    effects: Bilingual | None = None
    emergency_calls: bool | None = None
    whole_area: bool | None = None
    people_data: int | None = None
    complaints_per_hour: int | None = None
    complaint: str | None = None
    users_at_once: int | None = None
    areas: tuple[str, ...] | None = None
    services: tuple[str, ...] | None = None
    title: str | None = None
    result: Bilingual | None = None
    responsible_department: Bilingual | None = None
    improvement: Bilingual | None = None
    aware_at: datetime | None = None
    reason: str = ""
    """Why awareness was later than the record says."""


TAKEN = (
    *("cause", "cause_status", "workaround", "effects", "emergency_calls", "title"),
    *("result", "responsible_department"),
)
"""Facts that are taken as they are given."""
GRADING = ("whole_area", "people_data", "complaints_per_hour", "complaint", "users_at_once")
"""Facts that only a level is suggested from."""


OF_MANY = ("areas", "affected", "emergency_calls", *GRADING)
"""Facts that concern more people than the one of an ordinary complaint."""


def changed(act: Act, incident: Incident, changes: Changes) -> Incident:
    new: dict[str, Any] = _checked_facts(act, incident, changes)
    if changes.areas is not None:
        new["areas"] = known(changes.areas, act.tx.directory.areas(), "area")
    if changes.services is not None:
        new["services"] = known(changes.services, act.tx.directory.services(), "service")
    if changes.action is not None:
        new["actions"] = (*incident.actions, changes.action)
    if changes.improvement is not None:
        new["improvements"] = (*incident.improvements, changes.improvement)
    for name in (*GRADING, *TAKEN):
        value = getattr(changes, name)
        if value is not None:
            new[name] = value
    return replace(incident, **new)


def _checked_facts(act: Act, incident: Incident, changes: Changes) -> dict[str, Any]:
    """The new figures, instants and statuses, each checked; Invalid names the field."""
    new: dict[str, Any] = {}
    if changes.affected is not None:
        if not 0 <= changes.affected <= MOST_AFFECTED:
            raise Invalid("affected must be a number of services from 0", field="affected")
        new["affected"] = affected_of(changes.affected, changes.confidence or "estimated")
    elif changes.confidence is not None:
        if incident.affected is None:
            raise Invalid("confidence of an unknown figure", field="confidence", next="give --affected too")
        new["affected"] = replace(incident.affected, confidence=changes.confidence)
    check_figures(changes)
    if changes.onset_at is not None:
        new["onset_at"] = instant(act, changes.onset_at, "onset")
        if new["onset_at"] > incident.aware_at:
            raise Invalid("onset is after awareness", field="onset", next="onset ≤ awareness ≤ now")
    if changes.expected_at is not None:
        new["expected_at"] = instant(act, changes.expected_at, "eta")
        if new["expected_at"] <= act.now:
            raise Invalid(
                "eta is in the past", field="eta", next="give an instant ahead, or leave it unknown"
            )
    if changes.cause_status not in (None, "unknown", "suspected", "confirmed"):
        raise Invalid("cause status must be unknown, suspected or confirmed", field="cause_status")
    return new


def widened(before: Incident, after: Incident) -> bool:
    """Whether more people may be hit by it now."""
    return (before.areas, before.services) != (after.areas, after.services)


def said(before: Incident, after: Incident) -> dict[str, Any]:
    """What the timeline says of new facts; that a figure is measured now counts as one."""
    changes = difference(before, after)
    if before.affected and after.affected and before.affected.confidence != after.affected.confidence:
        changes["confidence"] = {"from": before.affected.confidence, "to": after.affected.confidence}
    return changes


def check_figures(facts: Opening | Changes) -> None:
    """The figures and words that a level is suggested from; Invalid names the field."""
    for name in ("people_data", "complaints_per_hour", "users_at_once"):
        value = getattr(facts, name)
        if value is not None and not 0 <= value <= MOST_AFFECTED:
            raise Invalid("{field} must be a number from 0", field=name, next="leave it out if unknown")
    if facts.complaint is not None and facts.complaint not in COMPLAINTS:
        raise Invalid(
            "unknown class of complaint {name}",
            name=facts.complaint,
            field="complaint",
            next=("one of: {known}", {"known": tuple(COMPLAINTS)}),
        )
    if facts.confidence not in (None, "estimated", "measured"):
        raise Invalid("confidence must be estimated or measured", field="confidence")


def affected_of(count: int | None, confidence: str) -> Affected | None:
    return None if count is None else Affected(count, confidence=confidence)
