"""Planned work as the documents of the contract: one, and all of them. Reads only."""

from __future__ import annotations

from typing import Any

from coordinator import steps, views
from coordinator.act import Act
from incidents.effects import Effect
from incidents.incident import Incident
from incidents.terms import PLANNED_OVER, Status

Document = dict[str, Any]


def document(act: Act, work: Incident) -> Document:
    """The whole record of one planned work, with what to do next."""
    entries = list(act.tx.incidents.entries(work.id))
    return {
        **views.planned(act, work),
        "notices": [views.notice(act, one) for one in act.tx.notices.of_incident(work.id)],
        "expected_alarms": sum(entry.kind == "alarm_expected" for entry in entries),
        "timeline": [
            {"sequence": e.sequence, "at": views.iso(e.at), "actor": e.actor, "kind": e.kind, "data": e.data}
            for e in entries
        ],
        "at": views.iso(act.now),
        "sandbox": act.house.setting.sandbox,
        **_next(act, work),
    }


TURNS = {Status.SCHEDULED: "begin", Status.IN_PROGRESS: "complete", Status.OVERRUN: "complete"}
"""What a person says next of planned work whose start has passed and that owes nothing."""
WHY = "{ref} has to be said to begin, and to be over: else it becomes an incident"


def _next(act: Act, work: Incident) -> Document:
    work = act.tx.incidents.by_id(work.id)
    step = steps.following(act, [work])
    turn = TURNS.get(work.status)
    begun = work.planned_start_at is not None and work.planned_start_at <= act.now
    if turn is not None and begun and not step.command:
        return {
            "next": f"tongbao planned {turn} {work.reference}",
            "next_why": [WHY, {"ref": work.reference}],
        }
    return {"next": step.look or step.command, "next_why": list(step.why)}


def show(act: Act, reference: str) -> tuple[Document, list[Effect]]:
    """One planned work by its reference."""
    return document(act, act.tx.incidents.work(reference)), []


def listing(act: Act) -> tuple[Document, list[Effect]]:
    """Every planned work: what is to come first, by its start; then what is over, the newest first."""
    works = act.tx.incidents.works()
    ahead = [one for one in works if one.status not in PLANNED_OVER]
    over = [one for one in reversed(works) if one.status in PLANNED_OVER]
    return {
        "items": [views.planned(act, one) for one in (*ahead, *over)],
        "at": views.iso(act.now),
        "sandbox": act.house.setting.sandbox,
        "next": "tongbao next",
    }, []
