"""Drills as the JSON documents of the contract: the register, one drill, its score sheet. Reads only."""

from __future__ import annotations

from typing import Any

from coordinator import drill_years, family
from coordinator.act import Act
from coordinator.views import Document, iso
from incidents.drill import Drill, DrillState, Injection, not_come, parse, planned, shipped
from incidents.effects import Effect
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from reports.drill_score import Score, score


def document(act: Act, drill: Drill) -> Document:
    """One drill with what has come and what is to come."""
    incident = None if drill.incident is None else act.tx.incidents.by_id(drill.incident)
    steps = act.tx.drills.steps(drill.id) if drill.text else []
    return {
        **_row(act, drill, incident),
        "events": [_event(drill, one) for one in steps],
        "at": iso(act.now),
        "next": "tongbao next" if drill.state == DrillState.RUNNING else _following(incident),
    }


def _row(act: Act, drill: Drill, incident: Incident | None) -> Document:
    known = act.tx.organisation.units()
    return {
        "reference": incident.reference if incident else None,
        "script": drill.script,
        "full": drill.full,
        "units": list(drill.units),
        "unit_names": {unit: dict(known[unit].names) for unit in drill.units if unit in known},
        "state": drill.state,
        "started_at": iso(drill.started_at),
        "started_by": drill.started_by,
        "ended_at": iso(drill.ended_at),
        "reason": drill.reason,
        "exercise_status": incident.status if incident else None,
        **_come(act, drill),
    }


def _come(act: Act, drill: Drill) -> Document:
    """How many events were to come after the opening, and how many of them did not."""
    steps = act.tx.drills.steps(drill.id)
    return {"events_planned": planned(drill, steps), "events_not_come": not_come(steps)}


def _event(drill: Drill, step: Injection) -> Document:
    events = parse(drill.text).events
    do = events[step.number].do if step.number < len(events) else "calm"
    return {
        "number": step.number,
        "do": do,
        "due_at": iso(step.due_at),
        "done_at": iso(step.done_at),
        "outcome": step.outcome,
    }


def _following(incident: Incident | None) -> str:
    return f"tongbao drill score {incident.reference}" if incident else "tongbao drill list"


def register(act: Act) -> tuple[Document, list[Effect]]:
    """Every drill, newest first; exercises that no script runs; and how each unit stands this year."""
    drills = act.tx.drills.all()
    scripted = {one.incident for one in drills}
    by_hand = [
        one
        for one in act.tx.incidents.all()
        if one.exercise and one.id not in scripted and one.split_from is None
    ]
    items = [_row(act, d, act.tx.incidents.by_id(d.incident) if d.incident else None) for d in drills]
    items += [_by_hand(one) for one in by_hand]
    items.sort(key=lambda one: str(one["started_at"]), reverse=True)
    return {"items": items, **standing(act), "at": iso(act.now), "next": "tongbao drill scripts"}, []


def _by_hand(incident: Incident) -> Document:
    over = incident.resolved_at or incident.closed_at
    return {
        "reference": incident.reference,
        "script": "",
        "full": False,
        "units": [],
        "unit_names": {},
        "state": "running" if incident.status in OPEN else "ended",
        "started_at": iso(incident.opened_at),
        "started_by": incident.opened_by,
        "ended_at": iso(over),
        "reason": "",
        "exercise_status": incident.status,
        "events_planned": 0,
        "events_not_come": 0,
    }


def standing(act: Act) -> Document:
    """How each unit stands in this calendar year, and the years that went by without a full drill."""
    known = act.tx.organisation.units()
    units = [
        {
            "unit": one.unit,
            "names": dict(known[one.unit].names) if one.unit in known else {},
            "year": one.year,
            "standing": one.standing,
            "last_at": iso(one.last_at),
            "over_365_days": one.late,
        }
        for one in drill_years.standing(act)
    ]
    missed = [{"unit": unit, "year": year, "at": iso(at)} for unit, year, at in act.tx.drills.misses()]
    return {"units": units, "missed": missed}


def scripts() -> Document:
    """The scripts that ship with tongbao."""
    found = {name: parse(text) for name, text in shipped().items()}
    items = [
        {
            "script": name,
            "title": dict(one.title),
            "about": dict(one.about),
            "level": one.opening.level,
            "events": len(one.events),
            "minutes": one.events[-1].at,
        }
        for name, one in found.items()
    ]
    return {"items": items, "next": "tongbao drill start SCRIPT"}


def sheet(act: Act, reference: str) -> tuple[Document, list[Effect]]:
    """The score sheet of an exercise; Conflict for a real incident."""
    incident = act.tx.incidents.get(reference)
    if not incident.exercise:
        raise Conflict(
            "{ref} is a real incident, no exercise", ref=reference, field="ref", next="tongbao drill list"
        )
    drill = act.tx.drills.of_incident(incident.id)
    steps = act.tx.drills.steps(drill.id) if drill else []
    own = [one for one in steps if drill is None or one.number < len(parse(drill.text).events)]
    found = score(
        incident,
        list(act.tx.incidents.entries(incident.id)),
        act.tx.windows.of_incident(incident.id),
        family.own_notices(act, incident.id),
        own,
    )
    head = {"reference": reference, "exercise": True, "level": incident.level, "title": incident.title}
    script = (
        {"script": drill.script, "state": drill.state, "full": drill.full, **_come(act, drill)}
        if drill
        else {}
    )
    open_ = [one for one in found.actions if one.done_at is None]
    add = f"tongbao drill action {reference} --what '… // …' --owner NAME --due 2026-12-31"
    return {
        **head,
        **script,
        **_said(found),
        "at": iso(act.now),
        "next": f"tongbao drill done {reference} {open_[0].number}" if open_ else add,
    }, []


def _said(found: Score) -> Document:
    first = found.first_notice
    asked = len(found.facts_known) + len(found.facts_missing)
    return {
        "acknowledged_seconds": found.acknowledged_seconds,
        "confirmed_seconds": found.confirmed_seconds,
        "resolved_seconds": found.resolved_seconds,
        "pages": {
            "rounds": found.rounds_of_pages,
            "acknowledged": found.pages_acknowledged,
            "nobody_on_duty": found.nobody_on_duty,
        },
        "first_notice": None
        if first is None
        else {
            "window": first.id,
            "state": first.state,
            "due_at": iso(first.due_at),
            "told_at": iso(first.told_at),
            "seconds_late": first.seconds_late,
        },
        "windows": found.windows,
        "facts": {
            "known": list(found.facts_known),
            "missing": list(found.facts_missing),
            "percent": round(100 * len(found.facts_known) / asked),
        },
        "approvals": [
            {"notice": a.notice, "kind": a.kind, "by": list(a.by), "needed": a.needed, "seconds": a.seconds}
            for a in found.approvals
        ],
        "events": found.events,
        "findings": list(found.findings),
        "actions": [_action(one) for one in found.actions],
    }


def _action(one: Any) -> Document:
    return {
        "number": one.number,
        "words": one.words,
        "owner": one.owner,
        "due_on": one.due_on,
        "done_at": iso(one.done_at),
    }
