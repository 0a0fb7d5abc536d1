"""Whether a submission may still go out as it stands, and what has moved since when it may not. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, field

from coordinator import drafting
from coordinator.act import Act
from coordinator.family import notices_of
from coordinator.scope import scope_of
from incidents.incident import Incident
from incidents.terms import Kind, NoticeState
from notifications.notice import Notice


@dataclass(frozen=True)
class Why:
    """An English template about notice {id}, and its other values; false when it may go out."""

    template: str = ""
    values: dict[str, object] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.template)


FRESH = Why()
PASSED = Why("notice {id} cannot go out: the next update that it promises has passed")
JOINED = Why("notice {id} cannot go out: more people are hit than when it was submitted")
MOVED = Why("notice {id} cannot go out: the record has changed since it was submitted")
CHANGED = "notice {id} cannot go out: the record has changed since it was submitted ({fields})"
BROUGHT = ("audience_imported", "duplicate_joined")
OVERTAKEN = (
    "notice {id} cannot go out: notice {newer} has gone out since it was submitted, and told part of it"
)


def why(act: Act, notice: Notice, incident: Incident) -> Why:
    """Why a submission may no longer go out as it stands; false when it may."""
    if notice.next_update_at is not None and notice.next_update_at <= act.now:
        return PASSED
    if notice.kind == Kind.FIRST_NOTICE and _joined(act, notice, incident):
        return JOINED
    told = told_actions(act, notice)
    fresh = drafting.facts_by_language(act, notice, incident, told, act.now)
    if drafting.facts_hash(notice, incident, fresh) == notice.facts_hash:
        return FRESH
    return _moved(act, notice)


def content(act: Act, notice: Notice, incident: Incident) -> drafting.Content:
    """What the notice says as the record stands now."""
    return drafting.content_of(act, notice, incident, told_actions(act, notice), act.now)


def _moved(act: Act, notice: Notice) -> Why:
    """What has moved: facts of the record by name, else the notice that went out in between."""
    fields: dict[str, None] = {}
    released: list[int] = []
    for entry in act.tx.incidents.entries(notice.incident):
        if entry.kind == "notice_submitted" and entry.data["notice"] == notice.id:
            fields, released = {}, []
        elif entry.kind == "updated":
            fields |= dict.fromkeys(entry.data)
        elif entry.kind == "notice_released":
            released.append(entry.data["notice"])
    if fields:
        return Why(CHANGED, {"fields": ", ".join(fields)})
    return Why(OVERTAKEN, {"newer": released[-1]}) if released else MOVED


def _joined(act: Act, notice: Notice, incident: Incident) -> int:
    """How many a list or a duplicate has brought since who are in no notice of the outage that stands, nor in this one.

    Who is new in the directory does not count: an import at night holds nothing back.
    """
    entries = act.tx.incidents.entries(incident.id)
    lists = [e.at for e in entries if e.kind in BROUGHT]
    if not lists or notice.submitted_at is None or max(lists) < notice.submitted_at:
        return 0
    scope = scope_of(act, incident)
    told = [n for n in notices_of(act, incident) if n.kind in (Kind.FIRST_NOTICE, Kind.RESOLUTION_NOTICE)]
    theirs = [n.id for n in told if (n.released and n.state != NoticeState.STOPPED) or n.id == notice.id]
    stopped = [n.id for n in told if n.released and n.id not in theirs]
    return act.tx.audience.count_new(scope, theirs, stopped) if scope.known else 0


def told_actions(act: Act, notice: Notice) -> int:
    """How many of the record's actions stood on it when the last notice before this one was submitted."""
    earlier = [
        n.submitted_at
        for n in act.tx.notices.of_incident(notice.incident)
        if n.released and n.id != notice.id and n.submitted_at is not None
    ]
    if not earlier:
        return 0
    told = 0
    for entry in act.tx.incidents.entries(notice.incident):
        if entry.kind == "updated" and entry.at <= max(earlier) and "actions" in entry.data:
            told = len(entry.data["actions"]["to"])
    return told
