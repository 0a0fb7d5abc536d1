"""Verb of the end that was none: stood down too early, closed too early, or service is lost again."""

from __future__ import annotations

from dataclasses import replace

from coordinator import family, material
from coordinator.act import Act
from coordinator.heard import may_have_told
from incidents.effects import (
    AdvancePlaybook,
    BeginReports,
    Effect,
    EndWindows,
    GrowAudience,
    JudgeWindows,
    LookAtRegimes,
    OpenWindow,
    OweTakingBack,
    Record,
    RenewFirst,
    RewindPlaybook,
    StopNotices,
)
from incidents.errors import Invalid
from incidents.incident import Incident
from incidents.lifecycle import OPEN, after
from incidents.material import LOST_AGAIN
from incidents.placeholder import own_words
from incidents.terms import TAKING_BACK, Kind
from incidents.undoing import events_left, recovery, standing
from incidents.values import difference
from notifications.notice import Notice

REOPENED = "reopened"


def reopen(act: Act, reference: str, reason: str) -> tuple[Incident, list[Effect]]:
    """Service is not back, or not any more: a correction is owed if a recovery was told, else a material update;
    the cadence resumes, old verdicts stay."""
    incident = act.tx.incidents.get(reference)
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'what showed it'")
    status = after("reopen", incident.status, reference)
    back = replace(incident, status=status, restored_at=None, resolved_at=None, closed_at=None)
    entries = list(act.tx.incidents.entries(incident.id))
    since = recovery(entries) or act.now
    entry = LOST_AGAIN if incident.status in OPEN else REOPENED
    told = family.notices_of(act, incident)
    act.tx.incidents.save(back)
    effects: list[Effect] = [
        Record(incident.id, entry, {"reason": reason.strip(), "facts": difference(incident, back)}),
        StopNotices(incident.id, entry, since),
        EndWindows(incident.id, entry),
        BeginReports(incident.id),
        RenewFirst(incident.id),
    ]
    wrong = tuple(n.id for n in told if _told_of_it(act, n) and n.submitted_at and n.submitted_at >= since)
    if wrong:
        effects.append(OweTakingBack(incident.id, Kind.CORRECTION_NOTICE, wrong, {}))
    else:
        effects += material.owe(act, back, LOST_AGAIN)
    if entry == REOPENED:
        # While it was over nobody looked for whom it hits.
        effects.append(GrowAudience(incident.id))
    if entry == REOPENED and any(_told_of_it(act, notice) for notice in told):
        effects.append(OpenWindow(incident.id, Kind.PROGRESS_UPDATE, act.now))
    left = (
        event
        for event in events_left(standing(entries))
        if event not in ("confirmed", "restored", "resolved")
    )
    return back, [
        *effects,
        RewindPlaybook(incident.id, ("confirmed", *left)),
        AdvancePlaybook(incident.id, entry),
        LookAtRegimes(incident.id),
        JudgeWindows(incident.id),
    ]


def _told_of_it(act: Act, notice: Notice) -> bool:
    return notice.kind not in TAKING_BACK and may_have_told(act, notice)
