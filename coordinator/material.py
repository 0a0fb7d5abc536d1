"""Which new facts are material against what customers were told, and what that owes. Reads only."""

from __future__ import annotations

from functools import reduce

from coordinator.act import Act
from coordinator.family import notices_of
from incidents.effects import DraftNotice, Effect, OpenWindow, Record
from incidents.incident import Incident
from incidents.material import CHANGE_OF, ON_RECORD, weightier
from incidents.rebuild import rebuilt
from incidents.terms import Kind, NoticeState
from incidents.undoing import UNDONE
from notifications.notice import Notice

MATERIAL = "material_change"
"""The timeline entry of a change that has no entry of its own name."""
AFFECTED_SHARE = 0.2
"""A change of the affected figure by this share of the last told one is material."""
ESTIMATE_LATER_SECONDS = 3600
NOT_GOING = (NoticeState.DRAFT, NoticeState.SUPERSEDED, NoticeState.STOPPED)


def first_submitted(act: Act, incident: Incident) -> bool:
    """Whether the first notice has left its writing: changes before that simply fold into it."""
    notices = act.tx.notices.of_incident(incident.id)
    if any(n.kind == Kind.FIRST_NOTICE and (n.state not in NOT_GOING or n.told_somebody) for n in notices):
        return True
    firsts = [w for w in act.tx.windows.of_incident(incident.id) if w.kind == Kind.FIRST_NOTICE]
    # Its people may have been told by what it was split off, or by a duplicate.
    return not any(w.owed for w in firsts) and any(n.told_somebody for n in notices_of(act, incident))


def owe(act: Act, incident: Incident, change: str) -> list[Effect]:
    """A material change is owed once the first notice was submitted; a complainant has no page to read it on."""
    if incident.case or not first_submitted(act, incident):
        return []
    said = [] if change in ON_RECORD else [Record(incident.id, MATERIAL, {"change": change})]
    return [
        *said,
        OpenWindow(incident.id, Kind.MATERIAL_UPDATE, act.now),
        DraftNotice(incident.id, Kind.MATERIAL_UPDATE, change),
    ]


def owe_all(act: Act, before: Incident, after: Incident) -> list[Effect]:
    """What the difference between two states of the record owes."""
    if not first_submitted(act, before):
        return []
    return [effect for change in found(act, before, after) for effect in owe(act, after, change)]


def found(act: Act, before: Incident, after: Incident) -> list[str]:
    """The material changes: a fact moved, and it is not any more what was told."""
    told = last_told(act, before)
    later = (
        told.expected_at is not None
        and after.expected_at is not None
        and (after.expected_at - told.expected_at).total_seconds() >= ESTIMATE_LATER_SECONDS
    )
    estimated = before.expected_at != after.expected_at
    emergency = bool(before.emergency_calls) != bool(after.emergency_calls)
    more, fewer = _scope_moved(act, before, after)
    happened = {
        "emergency": emergency and bool(after.emergency_calls) and not told.emergency_calls,
        "estimate_later": estimated and later,
        "grown": more and any(n.released for n in act.tx.notices.of_incident(before.id)),
        "affected": before.affected != after.affected and _affected_moved(told, after),
        "first_estimate": estimated and told.expected_at is None and after.expected_at is not None,
        "cause_confirmed": _confirmed(before, after) and told.cause_status != "confirmed",
        "fewer": fewer,
        "emergency_over": emergency and not after.emergency_calls and bool(told.emergency_calls),
    }
    return [change for change, is_so in happened.items() if is_so]


def _confirmed(before: Incident, after: Incident) -> bool:
    return before.cause_status != "confirmed" and after.cause_status == "confirmed"


def _affected_moved(told: Incident, after: Incident) -> bool:
    """±20 % of a figure that nobody was told is nothing; the next notice says it."""
    if told.affected is None or after.affected is None or told.affected.count == after.affected.count:
        return False
    return abs(after.affected.count - told.affected.count) >= AFFECTED_SHARE * told.affected.count


def _scope_moved(act: Act, before: Incident, after: Incident) -> tuple[bool, bool]:
    """Whether areas or services joined, and whether any were taken away."""
    if (before.areas, before.services) == (after.areas, after.services):
        return False, False
    old, new = set(act.tx.directory.within(before.areas)), set(act.tx.directory.within(after.areas))
    services = set(before.services), set(after.services)
    more = bool(new - old or services[1] - services[0])
    return more, bool(old - new or services[0] - services[1])


def last_told(act: Act, incident: Incident) -> Incident:
    """The record as the last released notice said it; before the first release, as the waiting one will.

    Without any, as it is now.
    """
    notice = last_notice(act, incident)
    if notice is None and incident.split_from is None:
        return incident
    entries = []
    for entry in act.tx.incidents.entries(incident.id):
        entries.append(entry)
        if entry.kind == "notice_submitted" and notice and entry.data["notice"] == notice.id:
            break
        if entry.kind == "split_off" and notice is None:
            break
    return rebuilt(incident.reference, entries) or incident


def last_notice(act: Act, incident: Incident) -> Notice | None:
    """The last notice that told what the record says; a withdrawal does not."""
    notices = [
        n
        for n in act.tx.notices.of_incident(incident.id)
        if n.submitted_at is not None and n.kind != Kind.WITHDRAWAL_NOTICE
    ]
    out = [n for n in notices if n.released and (n.state != NoticeState.STOPPED or n.told_somebody)]
    waiting = [n for n in notices if n.state == NoticeState.SUBMITTED]
    return max(out or waiting, key=lambda n: (n.submitted_at, n.id), default=None)


def since_last_told(act: Act, incident: Incident) -> str:
    """The change that an update drafted by hand is about: the weightiest one that nobody has told yet, else the
    newest."""
    notice = last_notice(act, incident)
    told: list[str] = []
    untold: dict[int, str] = {}
    for entry in act.tx.incidents.entries(incident.id):
        if entry.kind in (*ON_RECORD, *CHANGE_OF):
            untold[entry.sequence] = CHANGE_OF.get(entry.kind, entry.kind)
        elif entry.kind == MATERIAL:
            untold[entry.sequence] = entry.data["change"]
        elif entry.kind == UNDONE:
            untold.pop(entry.data["sequence"], None)
        elif entry.kind == "notice_submitted" and notice and entry.data["notice"] == notice.id:
            told, untold = [*told, *untold.values()], {}
    return reduce(weightier, untold.values(), "") if untold else (told[-1] if told else "")
