"""Verbs of the shift's end: the sheet of everything owed, signed by who leaves, accepted by who comes.

Nothing here touches a clock: a shift ends, a duty does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from coordinator.act import Act
from coordinator.steps import UNDER_WAY
from incidents.effects import Effect, Record
from incidents.errors import Conflict, NotAllowed
from incidents.incident import Incident
from incidents.terms import PLANNED_OVER, UPWARDS, Status
from incidents.values import facts
from playbooks.task import OWED
from reports.handover import Handover, changes, sheet_hash

Document = dict[str, Any]
FACTS_DIGITS = 16
"""Of the hash that says whether the facts of an incident are those that were signed for."""
ENDED = (Status.CLOSED, Status.MERGED, Status.REJECTED, Status.FALSE_ALARM)


def sheet(act: Act) -> tuple[Document, list[Effect]]:
    """Everything owed, the earliest due first; the last signature, and what changed since it was given."""
    return _document(act, _items(act), act.tx.handovers.last()), []


def sign(act: Act) -> tuple[Document, list[Effect]]:
    """Who leaves signs the sheet as it stands; it stands on the timeline of every incident in it."""
    items = _items(act)
    signed = act.tx.handovers.add(Handover(0, {"items": items}, sheet_hash(items), act.actor.name, act.now))
    said = {"handover": signed.id, "hash": signed.hash}
    return _document(act, items, signed), _on_each(items, "handover_signed", said)


def accept(act: Act) -> tuple[Document, list[Effect]]:
    """Who comes, another person, takes what was signed; what has changed since is said and recorded."""
    last = act.tx.handovers.last()
    if last is None or last.accepted_by:
        raise Conflict(
            "no hand-over waits to be accepted",
            field="handover",
            next="who leaves signs first: tongbao handover sign",
        )
    if last.signed_by == act.actor.name:
        raise NotAllowed(
            "{name} signed this hand-over; another person must accept it",
            name=act.actor.name,
            field="user",
            next="who comes types: tongbao handover accept",
        )
    items = _items(act)
    done = replace(last, accepted_by=act.actor.name, accepted_at=act.now)
    act.tx.handovers.save(done)
    moved = changes(last.sheet["items"], items)
    said = {"handover": last.id, "hash": last.hash, "signed_by": last.signed_by, "moved": len(moved)}
    both = [*last.sheet["items"], *items]
    return _document(act, items, done), _on_each(both, "handover_accepted", said)


def _on_each(items: list[Document], kind: str, said: Document) -> list[Effect]:
    """One entry on the timeline of each incident, with how much of the sheet is its own."""
    ids = dict.fromkeys(item["incident_id"] for item in items)
    own = {one: {str(i["what"]) + str(i["id"]) for i in items if i["incident_id"] == one} for one in ids}
    return [Record(one, kind, {**said, "items": len(own[one])}) for one in ids]


def _document(act: Act, items: list[Document], last: Handover | None) -> Document:
    waits = last is not None and not last.accepted_by
    return {
        "items": items,
        "hash": sheet_hash(items),
        "signed": None
        if last is None
        else {
            "handover": last.id,
            "by": last.signed_by,
            "at": last.signed_at.isoformat(),
            "hash": last.hash,
            "accepted_by": last.accepted_by,
            "accepted_at": last.accepted_at and last.accepted_at.isoformat(),
            "changes": changes(last.sheet["items"], items),
        },
        "at": act.now.isoformat(),
        "sandbox": act.house.setting.sandbox,
        "next": "tongbao handover accept" if waits else "tongbao handover sign",
    }


def _items(act: Act) -> list[Document]:
    """One line for each thing owed, without anything that only passes with time."""
    found: list[Document] = []
    owing = {window.incident for window in act.tx.windows.owed()}
    for incident in (*act.tx.incidents.all(), *act.tx.incidents.cases()):
        # What has ended may owe still: a withdrawal, a correction, the archive.
        if incident.status not in ENDED or incident.id in owing:
            found += _of_incident(act, incident)
    for work in act.tx.incidents.works():
        found += [line for line in _of_incident(act, work) if _goes_on(work, line)]
    return sorted(
        found, key=lambda item: (item["due_at"] is None, item["due_at"] or "", item["what"], item["id"])
    )


def _goes_on(work: Incident, line: Document) -> bool:
    """Planned work is on the sheet until it is over, and longer for what it still owes."""
    return work.status not in PLANNED_OVER or line["what"] != "planned"


def _of_incident(act: Act, incident: Incident) -> Iterator[Document]:
    def line(what: str, number: int, kind: str, state: str, due: Any, title: Any = None) -> Document:
        return {
            "what": what,
            "id": number,
            "incident": incident.reference,
            "incident_id": incident.id,
            "level": None if incident.planned else incident.level,
            "kind": kind,
            "state": state,
            "title": title or {},
            "due_at": due and due.isoformat(),
        }

    windows = [window for window in act.tx.windows.of_incident(incident.id) if window.owed]
    what = (
        ("planned", "planned_work")
        if incident.planned
        else ("incident", "case" if incident.case else incident.type)
    )
    head = line(what[0], incident.id, what[1], incident.status, None, {"": incident.title})
    yield {**head, "facts": sheet_hash([facts(incident)])[:FACTS_DIGITS]}
    for window in windows:
        several = {"rule": window.rule} if window.kind in UPWARDS else {}
        yield {**line("window", window.id, window.kind, window.state, window.due_at), **several}
    for notice in act.tx.notices.of_incident(incident.id):
        if notice.state in UNDER_WAY:
            due = [w.due_at for w in windows if w.kind == notice.kind]
            yield line("notice", notice.id, notice.kind, notice.state, min(due, default=None))
    for version in act.tx.reports.of_incident(incident.id):
        if version.state == "submitted":
            due = [w.due_at for w in windows if w.kind == version.kind]
            yield line("report", version.id, version.kind, version.state, min(due, default=None))
    for task in act.tx.playbooks.tasks(incident.id, OWED):
        yield line("task", task.id, task.department, task.state, task.due_at, dict(task.title))
