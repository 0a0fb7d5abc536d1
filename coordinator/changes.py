"""New facts for the record: what they may be, what they change, and which of them is material. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from coordinator.act import Act, instant
from incidents.effects import Opening
from incidents.errors import Invalid, not_built
from incidents.incident import Affected, Bilingual, Incident
from incidents.terms import COMPLAINTS
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


TAKEN = (
    *("cause", "cause_status", "workaround", "effects", "emergency_calls", "title"),
    *("result", "responsible_department"),
)
"""Facts that are taken as they are given."""
GRADING = ("whole_area", "people_data", "complaints_per_hour", "complaint", "users_at_once")
"""Facts that only a level is suggested from."""
MATERIAL_LATER = "a material update for "
AFFECTED_SHARE = 0.2
"""A change of the affected figure by this share against the last told one is material."""
ESTIMATE_LATER_SECONDS = 3600


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
        new["onset_at"] = instant(changes.onset_at, "onset")
        if new["onset_at"] > incident.aware_at:
            raise Invalid("onset is after awareness", field="onset", next="onset ≤ awareness ≤ now")
    if changes.expected_at is not None:
        new["expected_at"] = instant(changes.expected_at, "eta")
        if new["expected_at"] <= act.now:
            raise Invalid(
                "eta is in the past", field="eta", next="give an instant ahead, or leave it unknown"
            )
    if changes.cause_status not in (None, "unknown", "suspected", "confirmed"):
        raise Invalid("cause status must be unknown, suspected or confirmed", field="cause_status")
    return new


def refuse_material(before: Incident, after: Incident) -> None:
    later = (
        before.expected_at is not None
        and after.expected_at is not None
        and (after.expected_at - before.expected_at).total_seconds() >= ESTIMATE_LATER_SECONDS
    )
    material = {
        "the affected figure (±20 %)": _affected_moved(before, after),
        "a first estimate": before.expected_at is None and after.expected_at is not None,
        "an estimate later by an hour or more": later,
        "a confirmed cause": before.cause_status != "confirmed" and after.cause_status == "confirmed",
        "emergency calls": bool(before.emergency_calls) != bool(after.emergency_calls),
        "fewer areas or services": bool(_taken_away(before, after)),
    }
    for what, happened in material.items():
        if happened:
            raise not_built(
                MATERIAL_LATER + what,
                "keep it on the record: tongbao log REF TEXT; progress notices go on: tongbao next",
            )


def _taken_away(before: Incident, after: Incident) -> set[str]:
    return {*before.areas, *before.services} - {*after.areas, *after.services}


def widened(before: Incident, after: Incident) -> bool:
    """Whether more people may be hit by it now."""
    return (before.areas, before.services) != (after.areas, after.services)


def _affected_moved(before: Incident, after: Incident) -> bool:
    if before.affected == after.affected:
        return False
    if before.affected is None or after.affected is None:
        return False  # ±20 % of a figure that nobody was told is nothing; the next progress update says it
    if before.affected.count == after.affected.count:
        return False
    return abs(after.affected.count - before.affected.count) >= AFFECTED_SHARE * before.affected.count


def difference(before: Incident, after: Incident) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name in before.__dataclass_fields__:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            changed[name] = {"from": _plain(old), "to": _plain(new)}
    if before.affected and after.affected and before.affected.confidence != after.affected.confidence:
        changed["confidence"] = {"from": before.affected.confidence, "to": after.affected.confidence}
    return changed


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Affected):
        return {"count": value.count, "confidence": value.confidence}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def check_figures(facts: Opening | Changes) -> None:
    """The figures and words that a level is suggested from; Invalid names the field."""
    for name in ("people_data", "complaints_per_hour", "users_at_once"):
        value = getattr(facts, name)
        if value is not None and not 0 <= value <= MOST_AFFECTED:
            raise Invalid(
                "{what} must be a number from 0", what=name, field=name, next="leave it out if unknown"
            )
    if facts.complaint is not None and facts.complaint not in COMPLAINTS:
        raise Invalid(
            "unknown class of complaint {name}",
            name=facts.complaint,
            field="complaint",
            next="one of: " + ", ".join(COMPLAINTS),
        )
    if facts.confidence not in (None, "estimated", "measured"):
        raise Invalid("confidence must be estimated or measured", field="confidence")


def affected_of(count: int | None, confidence: str) -> Affected | None:
    return None if count is None else Affected(count, confidence=confidence)
