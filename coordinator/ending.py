"""Verbs that say that there was nothing: a false alarm, and an opening that is refused.

Who was told is owed a withdrawal; what is in flight stops; what nobody was told lapses.
"""

from __future__ import annotations

from dataclasses import replace

from coordinator import family, upwards
from coordinator.act import Act
from coordinator.heard import may_have_told
from coordinator.right import must_be_right
from incidents.effects import (
    AdvancePlaybook,
    BeginReports,
    Effect,
    EndTasks,
    EndWindows,
    OweTakingBack,
    Record,
    StopNotices,
)
from incidents.errors import Invalid
from incidents.incident import Bilingual, Incident
from incidents.lifecycle import after
from incidents.terms import LANGUAGES, TAKING_BACK, Kind, NoticeState
from incidents.values import difference
from notifications.notice import Notice

Outcome = tuple[Incident, list[Effect]]


def false_alarm(act: Act, reference: str, reason: Bilingual) -> Outcome:
    """There was nothing. Invalid when customers must be told why, and one language is missing."""
    return _nothing_there(act, reference, "false_alarm", "false_alarm", reason)


def reject(act: Act, reference: str, reason: Bilingual) -> Outcome:
    """A person refuses to make an incident of what waits for confirmation (AMB-15)."""
    return _nothing_there(act, reference, "reject", "rejected", reason)


def _nothing_there(act: Act, reference: str, move: str, entry: str, reason: Bilingual) -> Outcome:
    incident = act.tx.incidents.get(reference)
    ended = replace(incident, status=after(move, incident.status, incident.reference))
    told = tuple(
        n.id for n in family.notices_of(act, incident) if n.kind not in TAKING_BACK and may_have_told(act, n)
    )
    must_say_why(reason, to_customers=bool(told))
    if told:
        must_be_told_rightly(act, incident, reason)
    act.tx.incidents.save(ended)
    withdrawal = OweTakingBack(incident.id, Kind.WITHDRAWAL_NOTICE, told, reason)
    return ended, [
        Record(
            incident.id, entry, {"reason": reason, "told": len(told), "facts": difference(incident, ended)}
        ),
        *upwards.hand_over(act, incident),
        StopNotices(incident.id, entry),
        EndWindows(incident.id, entry),
        BeginReports(incident.id),
        *([withdrawal] if told else []),
        EndTasks(incident.id),
        AdvancePlaybook(incident.id, entry),
    ]


def must_be_told_rightly(act: Act, incident: Incident, reason: Bilingual) -> None:
    """Invalid for a figure that the record does not have: the withdrawal could not be submitted in its half hour."""
    withdrawal = Notice(
        id=0,
        incident=incident.id,
        kind=Kind.WITHDRAWAL_NOTICE,
        state=NoticeState.DRAFT,
        channels=(),
        author=act.actor.name,
        created_at=act.now,
        level=incident.level,
        right=reason,
    )
    must_be_right(act, withdrawal, incident)


def must_say_why(reason: Bilingual, to_customers: bool) -> None:
    """Invalid without a reason, or in one language alone where customers read it."""
    missing = [language for language in LANGUAGES if not reason.get(language, "").strip()]
    if not to_customers and len(missing) < len(LANGUAGES):
        return
    if missing:
        raise Invalid(
            "{name} is missing in {languages}",
            name="reason",
            languages=", ".join(missing),
            field="reason",
            next="write it as: 中文 // English; customers who were told read it",
        )
