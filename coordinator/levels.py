"""What the facts on the record suggest as a level: for the verbs that open, change and look at an incident.

It suggests. The level itself is given by a person, or by a rule until a person has confirmed (AMB-04).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from coordinator.act import Act
from incidents.classification import Candidate, Impact, classify, statutory
from incidents.divisions import division
from incidents.effects import Effect, Record
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.terms import Status

SUGGESTS = "{ref} is at level {level}; its facts suggest level {suggested}"
REVIEW_DUE = "level review of {ref} is due: how big it is is still unknown"
ASKED = {
    "affected": "--affected N",
    "people_data": "--people-data N",
    "complaint": "--complaint CLASS",
    "complaints_per_hour": "--complaints-per-hour N",
    "users_at_once": "--users-at-once N",
}
"""How to put on the record what says how big it is."""


def impact(act: Act, incident: Incident) -> Impact:
    """How big it is at this instant, as far as the record knows."""
    began = incident.onset_at or incident.aware_at
    until = incident.restored_at or incident.resolved_at or act.now
    affected = incident.affected
    return Impact(
        type=incident.type,
        affected=None if affected is None else affected.count,
        confidence="estimated" if affected is None else affected.confidence,
        whole_areas=_whole_areas(act, incident),
        emergency_calls=incident.emergency_calls,
        people_data=incident.people_data,
        complaints_per_hour=incident.complaints_per_hour,
        complaint=incident.complaint,
        users_at_once=incident.users_at_once,
        seconds=max(0, int((until - began).total_seconds())),
    )


def _whole_areas(act: Act, incident: Incident) -> tuple[str, ...]:
    """The divisions that are hit as a whole; a code alone does not say that all of it is."""
    if not incident.whole_area:
        return ()
    parents = {code: area.parent for code, area in act.tx.directory.areas().items()}
    return tuple(division(code, parents) for code in incident.areas)


def suggested(act: Act, incident: Incident) -> Candidate:
    """The level that the record suggests now; it grows with the minutes as well."""
    return classify(impact(act, incident), act.house.levels)


def sentences(found: Candidate) -> tuple[str, ...]:
    """The reasons of the suggested level, in English."""
    return tuple(reason.sentence for reason in found.reasons if reason.level == found.level)


def opened(act: Act, incident: Incident, level: int | None) -> Incident:
    """A new incident with its level: as named, else as suggested; the review begins if nobody knows how big."""
    found = suggested(act, incident)
    person = incident.aware_source == "person" and level is not None
    return replace(
        incident,
        level=found.level if level is None else level,
        level_reasons=(*incident.level_reasons, *(sentences(found) if level is None else ())),
        review_at=incident.aware_at + act.house.levels.review_after if found.unknown else None,
        kept_against=found.known_level if person and found.known_level < (level or 0) else None,
    )


def suggestion(act: Act, incident: Incident) -> dict[str, Any]:
    """What the facts suggest beside the level, for the timeline."""
    found = suggested(act, incident)
    return {
        "suggested": found.level,
        "suggested_by": list(sentences(found)),
        "agrees": found.level == incident.level,
        "statutory_severity": statutory(incident.level, impact(act, incident), act.house.levels),
    }


def looked_at_again(act: Act, before: Incident, after: Incident) -> tuple[Incident, list[Effect]]:
    """New facts: whether the suggestion moved, and whether the review has its answer. No level changes."""
    old, new = suggested(act, before), suggested(act, after)
    known = replace(after, review_at=after.review_at if new.unknown else None)
    if (old.level, old.unknown) == (new.level, new.unknown):
        return known, []
    moved = {"from": old.level, "to": new.level, "level": after.level, "reasons": list(sentences(new))}
    return known, [Record(after.id, "suggestion_moved", moved)]


def decided(act: Act, incident: Incident) -> Incident:
    """A person has said the level, knowing the suggestion; while it is unknown how big, they look again."""
    found = suggested(act, incident)
    again = act.now + act.house.levels.review_after if found.unknown else None
    against = found.known_level if found.known_level < incident.level else None
    return replace(incident, review_at=again, review_recorded=False, kept_against=against)


def standing(incident: Incident) -> dict[str, Any]:
    """How the review and the decision stand, for the record of a person's word on the level; `undo` puts it back."""
    at = incident.review_at
    return {
        "review_at": None if at is None else at.isoformat(),
        "review_recorded": incident.review_recorded,
        "kept_against": incident.kept_against,
    }


def known(act: Act, incident: Incident) -> Incident:
    """The incident without its review, once the record says how big it is."""
    return incident if suggested(act, incident).unknown else replace(incident, review_at=None)


def awaits_decision(act: Act, incident: Incident) -> bool:
    """Whether a person should say the level: its review fell due, or known facts suggest a higher one."""
    return review_due(act, incident) or higher(act, incident) is not None


def review_due(act: Act, incident: Incident) -> bool:
    """Whether nobody knows yet how big it is, and it is time to look at the level again (AMB-04)."""
    return incident.status in OPEN and incident.review_at is not None and incident.review_at <= act.now


def higher(act: Act, incident: Incident) -> Candidate | None:
    """The suggestion, if known facts reach a higher level than the incident has and nobody decided on that."""
    if incident.status not in OPEN:
        return None
    found = suggested(act, incident)
    decided_on = incident.level if incident.kept_against is None else incident.kept_against
    return found if found.known_level < min(incident.level, decided_on) else None


def to_do(act: Act, incident: Incident) -> tuple[str, tuple[str, dict[str, object]]] | None:
    """The command by which a person decides on the level, and why; None when nothing asks for it.

    It comes before what the level makes due: known facts that reach a higher one, or the review.
    """
    if incident.status == Status.PENDING_CONFIRMATION:
        return None
    values: dict[str, object] = {"ref": incident.reference, "level": incident.level}
    found = higher(act, incident)
    if found is not None:
        command = f"tongbao level {incident.reference} {found.known_level} --reason '…'"
        return command, (SUGGESTS, {**values, "suggested": found.known_level})
    return (_answer(act, incident), (REVIEW_DUE, values)) if review_due(act, incident) else None


def _answer(act: Act, incident: Incident) -> str:
    """The command that says how big it is."""
    asked = suggested(act, incident).unknown
    if asked not in ASKED:
        return f"tongbao level {incident.reference} {incident.level} --reason '…'"
    return f"tongbao update {incident.reference} {ASKED[asked]}"


def reviews_fallen_due(act: Act) -> list[Effect]:
    """Say once on the timeline that a level review fell due, in the transaction that notes it as said."""
    effects: list[Effect] = []
    for incident in act.tx.incidents.reviews_due(act.now):
        act.tx.incidents.save(replace(incident, review_recorded=True))
        at = incident.review_at.isoformat() if incident.review_at else None
        data = {"review_at": at, "unknown": suggested(act, incident).unknown, "level": incident.level}
        effects.append(Record(incident.id, "level_review_due", data))
    return effects


def document(act: Act, incident: Incident) -> dict[str, Any]:
    """The level's part of an incident's document."""
    found = suggested(act, incident)
    at = incident.review_at
    return {
        "suggested_level": found.level,
        "suggestion": candidate(found),
        "statutory_severity": statutory(incident.level, impact(act, incident), act.house.levels),
        "user_minutes": found.user_minutes,
        "review_at": None if at is None else at.isoformat(),
        "review_due": review_due(act, incident),
    }


def candidate(found: Candidate) -> dict[str, Any]:
    """A suggestion with each reason: rule, fact, value, threshold, level, and its sentence as a template."""
    return {
        "level": found.level,
        "known_level": found.known_level,
        "unknown": found.unknown or None,
        "reasons": [
            {
                "rule": reason.rule,
                "fact": reason.fact or None,
                "value": reason.value,
                "threshold": reason.threshold,
                "level": reason.level,
                "why": list(reason.why),
            }
            for reason in found.reasons
        ],
    }
