"""Verbs of an incident's audience: upload a list of accounts for it, and say whom a notice would meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coordinator import standing
from coordinator.act import Act
from coordinator.cases import must_be_wider
from coordinator.scope import preference_for, scope_of
from incidents.effects import Effect, GrowAudience, JudgeWindows, Record
from incidents.errors import Conflict, Invalid
from incidents.incident import Incident
from incidents.terms import Kind, NoticeState, Status
from notifications.audience import People, Scope, Upload, counted

FINAL = (Status.RESOLVED, Status.CLOSED, Status.MERGED, Status.REJECTED, Status.FALSE_ALARM)
LARGEST = 2000
"""Accounts per transaction."""


@dataclass(frozen=True)
class Preview:
    """Whom a notice of this incident would meet now."""

    incident: str
    level: int
    scope: Scope
    people: People
    sms: int
    """SMS that would be sent at first: one to each number."""
    email: int
    not_affected: int
    """Customers of the directory whom the incident does not meet."""
    draft: int
    """The notice of it that waits to be submitted; 0 when there is none."""
    kind: Kind = Kind.FIRST_NOTICE
    """Which notice that is: of planned work another."""
    nobody: dict[str, Any] | None = None
    """Why it would meet nobody; None when it would meet somebody."""


def preview(act: Act, reference: str) -> tuple[Preview, list[Effect]]:
    """Count whom a notice about this incident would meet now, by every way that matters, and who is left out."""
    incident = act.tx.incidents.record(reference)
    scope, preference = scope_of(act, incident), preference_for(act, incident)
    people = counted(act.tx.audience.groups(scope), preference)
    _, sms, email = act.tx.audience.sizes(scope, preference)
    outside = act.tx.audience.directory_size() - people.matched
    kind = Kind.PLANNED_WORK_NOTICE if incident.planned else Kind.FIRST_NOTICE
    drafts = [
        n.id
        for n in act.tx.notices.of_incident(incident.id)
        if n.kind == kind and n.state == NoticeState.DRAFT
    ]
    draft = max(drafts, default=0)
    nobody = standing.nobody(act, incident)
    return Preview(reference, incident.level, scope, people, sms, email, outside, draft, kind, nobody), []


def begin_upload(act: Act, reference: str, alone: bool) -> tuple[Upload, list[Effect]]:
    """Begin a list of accounts for this incident, beside its areas and services or, `alone`, instead of them."""
    incident = act.tx.incidents.get(reference)
    must_be_wider(incident, "file")
    _may_grow(act, incident)
    return act.tx.uploads.begin(incident.id, alone, act.actor.name, act.now), []


def add_accounts(act: Act, upload_id: int, accounts: Sequence[str]) -> tuple[set[str], list[Effect]]:
    """Put a batch of accounts on the list; returns those that the directory knows."""
    if len(accounts) > LARGEST:
        raise Invalid("at most {limit} customers at once", field="batch", limit=LARGEST, next="send less")
    return act.tx.uploads.add(act.tx.uploads.get(upload_id).id, accounts), []


def finish_upload(act: Act, upload_id: int) -> tuple[int, list[Effect]]:
    """Put the list in force and on the record; returns how many people it has."""
    upload = act.tx.uploads.get(upload_id)
    incident = act.tx.incidents.by_id(upload.incident)
    _may_grow(act, incident)
    people = act.tx.uploads.finish(upload)
    if upload.alone and not people:
        raise Invalid(
            "the list has nobody whom the directory knows; instead of area and service nobody would be told",
            field="file",
            next="nothing was changed; look at the column account, or leave --replace out",
        )
    facts = {"upload": upload.id, "people": people, "instead": upload.alone}
    return people, [
        Record(incident.id, "audience_imported", facts),
        GrowAudience(incident.id),
        JudgeWindows(incident.id),
    ]


def _may_grow(act: Act, incident: Incident) -> None:
    if incident.status in FINAL:
        raise Conflict("{ref} is “{status}”", ref=incident.reference, status=incident.status, field="status")
