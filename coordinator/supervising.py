"""Verbs of supervision: name who watches over an incident, push for it, read the ledger (R42, R43)."""

from __future__ import annotations

from typing import Any

from coordinator import views
from coordinator.act import Act
from coordinator.family import notices_of
from incidents.effects import Effect, EndQuestion, Record
from incidents.errors import Conflict, Invalid, NotAllowed, NotFound
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.placeholder import own_words
from incidents.supervision import NAMED_BY, feedback, supervision, wants_supervision
from incidents.terms import Role, Status
from notifications.organisation import supervises

LONGEST_NUDGE = 200
RUNNING = (*OPEN, Status.RESOLVED)
Outcome = tuple[Incident, list[Effect]]


def supervise(act: Act, reference: str, person: str, unit: str = "") -> Outcome:
    """Name who watches over this incident: somebody of a unit above the one that handles it.

    `unit` is the person's on the roster when it is left out. Invalid for a unit that does not stand above.
    """
    incident = _running(act, reference)
    if person not in dict(act.tx.people.all()):
        raise NotFound("no user {name}", name=person, field="person", next="tongbao user list")
    of = _unit_of(act, person, unit)
    if not supervises(of, incident.org_unit, act.tx.organisation.units()):
        raise Invalid(
            "{unit} does not stand above {own}, which handles {ref}",
            unit=of,
            own=incident.org_unit or "?",
            ref=reference,
            field="unit",
            next="name somebody from a superior unit: --unit CODE, see tongbao org list",
        )
    before = supervision(act.tx.incidents.entries(incident.id))
    said = {"person": person, "unit": of, "before": before.person if before else ""}
    return incident, [Record(incident.id, "supervised", said), EndQuestion(incident.id, NAMED_BY, "")]


def _unit_of(act: Act, person: str, given: str) -> str:
    """The person's unit: that of the roster, or the one that is given for somebody whose unit it does not know."""
    known = act.tx.roster.roster().people.get(person)
    of = (known.unit if known else "") or given
    if not of:
        raise Invalid(
            "the roster does not say which unit {name} is of",
            name=person,
            field="unit",
            next="--unit CODE, see tongbao org list",
        )
    if given and given != of:
        raise Invalid(
            "{name} is of {unit} on the roster, not of {given}",
            name=person,
            unit=of,
            given=given,
            field="unit",
            next="leave --unit out, or change the roster: tongbao roster list",
        )
    if of not in act.tx.organisation.units():
        raise NotFound("no unit {code}", code=of, field="unit", next="tongbao org list")
    return of


def nudge(act: Act, reference: str, text: str) -> Outcome:
    """The supervisor, or headquarters, pushes: it is on the record, and whoever is on duty is paged."""
    incident = _running(act, reference)
    words = own_words(text)
    if not 1 <= len(words) <= LONGEST_NUDGE:
        raise Invalid(
            "the text must have 1 to {n} characters",
            n=LONGEST_NUDGE,
            field="text",
            next="say it in a few words; more goes into another entry",
        )
    found = supervision(act.tx.incidents.entries(incident.id))
    if found is None:
        raise Conflict(
            "nobody supervises {ref}",
            ref=reference,
            field="ref",
            next=f"tongbao supervise {reference} PERSON --unit CODE",
        )
    if act.actor.name != found.person and Role.HEADQUARTERS not in act.actor.roles:
        raise NotAllowed(
            "{name} does not supervise {ref}",
            name=act.actor.name,
            ref=reference,
            field="user",
            next=(
                "{person} does: tongbao nudge {ref} '…' --as {person}",
                {"person": found.person, "ref": reference},
            ),
        )
    return incident, [Record(incident.id, "nudged", {"text": words})]


def _running(act: Act, reference: str) -> Incident:
    incident = act.tx.incidents.get(reference)
    if incident.status not in RUNNING:
        raise Conflict("{ref} is “{status}”", ref=reference, status=incident.status, field="status")
    return incident


def ledger(act: Act) -> tuple[list[dict[str, Any]], list[Effect]]:
    """Every running incident that asks for a supervisor or has one: who, since when, how often pushed, and how often
    customers heard of it."""
    found = [_line(act, one) for one in act.tx.incidents.all(RUNNING)]
    return [line for line in found if line is not None], []


def _line(act: Act, incident: Incident) -> dict[str, Any] | None:
    named = supervision(act.tx.incidents.entries(incident.id))
    if named is None and not wants_supervision(incident):
        return None
    live = [n.page_live_at for n in notices_of(act, incident) if n.page_live_at is not None]
    heard = feedback(incident.aware_at, live, incident.resolved_at or act.now)
    return {
        "incident": incident.reference,
        "level": incident.level,
        "type": incident.type,
        "status": incident.status,
        "unit": incident.org_unit,
        "supervisor": named.person if named else None,
        "supervisor_unit": named.unit if named else None,
        "since": views.iso(named.since) if named else None,
        "nudges": [views.iso(at) for at in named.nudges] if named else [],
        "feedback": {
            "count": heard.count,
            "last_at": views.iso(heard.last_at),
            "longest_seconds": heard.longest.total_seconds(),
        },
    }
