"""Whether a notice of some kind may be written of an incident as it stands, and what to type instead. Reads only."""

from __future__ import annotations

from coordinator import family
from coordinator.act import Act
from coordinator.joined import firsts_owed
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.terms import OF_A_CASE, PLANNED_AHEAD, TAKING_BACK, Kind, NoticeState, Status

WAITING = (NoticeState.DRAFT, NoticeState.SUBMITTED)
GONE = (NoticeState.STOPPED, NoticeState.SUPERSEDED)


def may_draft(act: Act, incident: Incident, kind: Kind) -> None:
    """Conflict says why customers are told nothing of this kind now."""
    if incident.planned or kind == Kind.PLANNED_WORK_NOTICE:
        _may_announce(act, incident, kind)
        return
    if incident.case and kind not in OF_A_CASE:
        raise Conflict(
            "{ref} is an ordinary complaint, and has no {kind}",
            ref=incident.reference,
            kind=kind,
            field="kind",
            next=f"tongbao complaint promote {incident.reference} --because service_quality",
        )
    if kind == Kind.HOLDING_NOTICE:
        raise Conflict(
            "a holding notice is not drafted: its text is approved in advance",
            field="kind",
            next=f"tongbao holding send {incident.reference}",
        )
    released = [n for n in act.tx.notices.of_incident(incident.id) if n.released]
    first = [n for n in released if n.kind == Kind.FIRST_NOTICE and n.state != NoticeState.STOPPED]
    withdrawn = incident.status in (Status.REJECTED, Status.FALSE_ALARM)
    if withdrawn and kind == Kind.WITHDRAWAL_NOTICE:
        return
    closed = incident.status == Status.CLOSED and kind not in TAKING_BACK
    # What a promoted complaint told its complainant is taken back by itself.
    gone = incident.status == Status.MERGED and not (incident.case and kind in TAKING_BACK)
    if withdrawn or closed or gone:
        raise Conflict(
            "{ref} is “{status}”",
            ref=incident.reference,
            status=incident.status,
            field="status",
            next=_by_survivor(act, incident, kind),
        )
    unsent = firsts_owed(act, incident.id, (*WAITING, *GONE)) if kind == Kind.FIRST_NOTICE else []
    if any(window.sequence > 1 for window in unsent):
        return
    if kind == Kind.FIRST_NOTICE and first and not unsent:
        raise Conflict(
            "the first notice ({id}) is released already",
            id=first[0].id,
            field="kind",
            next="draft a progress_update",
        )
    if kind in TAKING_BACK:
        return
    over = incident.status not in OPEN
    last = [n for n in released if over and n.final and n.state != NoticeState.STOPPED]
    if kind != Kind.RESOLUTION_NOTICE and last:
        raise Conflict(
            "the resolution notice ({id}) has told everybody",
            id=last[0].id,
            field="kind",
            next="nothing more is owed to customers",
        )
    read = [n for n in family.notices_of(act, incident) if n.released and n.told_somebody]
    if kind in (Kind.PROGRESS_UPDATE, Kind.MATERIAL_UPDATE) and not first and not read:
        raise Conflict("nobody has been told yet", field="kind", next="the first_notice comes first")
    if kind == Kind.RESOLUTION_NOTICE and incident.resolved_at is None:
        raise Conflict(
            "{ref} is not resolved", ref=incident.reference, field="kind", next="tongbao resolve REF"
        )


def _by_survivor(act: Act, incident: Incident, kind: Kind) -> str | None:
    """How customers of a duplicate are told all the same."""
    if incident.merged_into is None:
        return None
    if kind in TAKING_BACK:
        correct = kind == Kind.CORRECTION_NOTICE
        return "tongbao notice correct NOTICE" if correct else "tongbao notice withdraw NOTICE"
    return f"tongbao notice draft {family.survivor_of(act, incident.id).reference} {kind}"


def _may_announce(act: Act, work: Incident, kind: Kind) -> None:
    """Of planned work customers are told once that it is to come, and what takes that back."""
    if not work.planned:
        raise Conflict(
            "{ref} is no planned work", ref=work.reference, field="kind", next="tongbao planned list"
        )
    if kind in TAKING_BACK:
        return
    if kind != Kind.PLANNED_WORK_NOTICE:
        raise Conflict(
            "{ref} is planned work, and has no {kind}",
            ref=work.reference,
            kind=kind,
            field="kind",
            next=f"tongbao notice draft {work.reference} {Kind.PLANNED_WORK_NOTICE}",
        )
    if work.status not in PLANNED_AHEAD:
        raise Conflict("{ref} is “{status}”", ref=work.reference, status=work.status, field="status")
    every = act.tx.notices.of_incident(work.id)
    told = [n for n in every if n.kind == kind and n.released and n.state != NoticeState.STOPPED]
    if told:
        raise Conflict(
            "the notice ({id}) is released already",
            id=told[0].id,
            field="kind",
            next=f"tongbao notice correct {told[0].id} --said '…' --right '…'",
        )
