"""Verbs of the notice until it is released: draft, preview, submit, approve (the last approval releases)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from coordinator import drafting, family, material
from coordinator.act import Act, instant
from coordinator.edited import must_be_fit
from coordinator.failpoints import fp
from coordinator.joined import owed_to_those_who_joined
from coordinator.release import count_audience, freeze_audience, release, seal, with_audience
from coordinator.scope import scope_of
from incidents.effects import DraftNotice, DropDrafts, Effect, JudgeWindows, Record
from incidents.errors import Conflict, Invalid, NotAllowed
from incidents.incident import Incident
from incidents.material import weightier
from incidents.terms import TAKING_BACK, Channel, Kind, NoticeState, Status
from incidents.undoing import OWED, OWES_TAKING_BACK
from notifications.audience import audience_hash
from notifications.notice import OWED_TO_EACH, Approval, Notice, approvals_needed, text_hash

Outcome = tuple[Notice, list[Effect]]


def draft(
    act: Act,
    reference: str,
    kind: Kind,
    channels: Sequence[Channel] | None = None,
    next_update_at: datetime | None = None,
) -> Outcome:
    """A draft of this kind: the existing one with what is newly said, or a new one.

    A submission that the record has overtaken is superseded by the new draft.
    """
    incident = act.tx.incidents.get(reference)
    _may_draft(act, incident, kind)
    effects: list[Effect] = []
    found = _current(act, incident, kind)
    if found is not None and found.state == NoticeState.SUBMITTED:
        _must_be_stale(act, found, incident)
        effects += _supersede(act, found)
        found, more = _again(act, found, incident)
        effects += more
    if found is None:
        _must_be_about_something(kind)
        found = _new(act, incident, kind, _change(act, incident, kind))
        effects.append(Record(incident.id, "notice_drafted", {"notice": found.id, "kind": kind}))
    if channels:
        found = replace(found, channels=_checked_channels(kind, channels))
    if next_update_at is not None:
        found = replace(found, next_update_at=instant(next_update_at, "next_update"), promise_given=True)
        drafting.promise(act, found, incident)
    act.tx.notices.save(found)
    return found, effects


def _must_be_about_something(kind: Kind) -> None:
    if kind in TAKING_BACK:
        word = "correct" if kind == Kind.CORRECTION_NOTICE else "withdraw"
        raise Invalid(
            "a {kind} names the notice that it takes back",
            kind=kind,
            field="kind",
            next=f"tongbao notice {word} NOTICE",
        )


def _again(act: Act, before: Notice, incident: Incident) -> Outcome:
    """The same notice as a new draft: what a person decided about it is kept, text and audience are not."""
    fresh = Notice(
        id=0,
        incident=incident.id,
        kind=before.kind,
        state=NoticeState.DRAFT,
        channels=before.channels,
        author=act.actor.name,
        created_at=act.now,
        level=incident.level,
        change=_change(act, incident, before.kind),
        corrects=before.corrects,
        takes_back=before.takes_back,
        sequence=before.sequence,
        said=before.said,
        right=before.right,
    )
    if before.promise_given and before.next_update_at is not None and before.next_update_at > act.now:
        fresh = replace(fresh, next_update_at=before.next_update_at, promise_given=True)
    added = act.tx.notices.add(fresh)
    for words in act.tx.templates.words_for(before.id).values():
        act.tx.templates.add(replace(words, id=0, notice=added.id))
    return added, [Record(incident.id, "notice_drafted", {"notice": added.id, "kind": added.kind})]


def draft_if_none(act: Act, effect: DraftNotice) -> list[Effect]:
    """What a playbook or a change asks for: a draft, unless one of the kind is on its way."""
    incident = act.tx.incidents.by_id(effect.incident)
    found = _current(act, incident, effect.kind)
    if effect.kind == Kind.FIRST_NOTICE and not _first_owed(act, incident):
        return []
    if found is not None:
        if found.state == NoticeState.DRAFT and effect.change:
            act.tx.notices.save(_about_both(found, effect.change))
        return []
    notice = _new(act, incident, effect.kind, effect.change)
    return [Record(incident.id, "notice_drafted", {"notice": notice.id, "kind": effect.kind})]


def _first_owed(act: Act, incident: Incident) -> bool:
    """A part that was split off after the first notice owes none of its own."""
    windows = act.tx.windows.of_incident(incident.id)
    return incident.split_from is None or any(w.owed and w.kind == Kind.FIRST_NOTICE for w in windows)


def _about_both(draft: Notice, change: str) -> Notice:
    """A draft that another change joins names the weightier one and goes by the channels of both."""
    before = drafting.channels_of(draft.kind, draft.change)
    after = drafting.channels_of(draft.kind, change)
    channels = draft.channels if draft.channels != before else max(before, after, key=len)
    return replace(draft, change=weightier(draft.change, change), channels=channels)


def drop_drafts(act: Act, effect: DropDrafts) -> list[Effect]:
    """What was written for an act that was taken back is superseded; nobody has been told of it."""
    effects: list[Effect] = []
    for notice in act.tx.notices.of_incident(effect.incident):
        waiting = notice.state in (NoticeState.DRAFT, NoticeState.SUBMITTED)
        if waiting and _written_for(notice, effect):
            effects += _supersede(act, notice)
    return effects


def _written_for(notice: Notice, taken_back: DropDrafts) -> bool:
    if taken_back.act in OWES_TAKING_BACK and notice.kind in TAKING_BACK:
        return notice.created_at >= taken_back.at
    if taken_back.act in OWED:
        return notice.kind == OWED[taken_back.act] and notice.created_at >= taken_back.at
    return notice.change == taken_back.act or (notice.final and taken_back.act == "resolved")


def _may_draft(act: Act, incident: Incident, kind: Kind) -> None:
    released = [n for n in act.tx.notices.of_incident(incident.id) if n.released]
    first = [n for n in released if n.kind == Kind.FIRST_NOTICE and n.state != NoticeState.STOPPED]
    withdrawn = incident.status in (Status.REJECTED, Status.FALSE_ALARM)
    if withdrawn and kind == Kind.WITHDRAWAL_NOTICE:
        return
    if withdrawn or incident.status in (Status.CLOSED, Status.MERGED):
        raise Conflict("{ref} is {status}", ref=incident.reference, status=incident.status, field="status")
    if kind == Kind.FIRST_NOTICE and owed_to_those_who_joined(act, incident.id):
        return
    if kind == Kind.FIRST_NOTICE and first:
        raise Conflict(
            "the first notice ({id}) is released already",
            id=first[0].id,
            field="kind",
            next="draft a progress_update",
        )
    if kind in TAKING_BACK:
        return
    last = [n for n in released if n.final and n.state != NoticeState.STOPPED]
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


def _current(act: Act, incident: Incident, kind: Kind) -> Notice | None:
    waiting = (NoticeState.DRAFT, NoticeState.SUBMITTED)
    found = [n for n in act.tx.notices.of_incident(incident.id) if n.kind == kind and n.state in waiting]
    return found[-1] if found else None


def _change(act: Act, incident: Incident, kind: Kind) -> str:
    """What a material update drafted by hand is about."""
    return material.since_last_told(act, incident) if kind == Kind.MATERIAL_UPDATE else ""


def _new(act: Act, incident: Incident, kind: Kind, change: str) -> Notice:
    return act.tx.notices.add(
        Notice(
            id=0,
            incident=incident.id,
            kind=kind,
            state=NoticeState.DRAFT,
            channels=drafting.channels_of(kind, change),
            author=act.actor.name,
            created_at=act.now,
            level=incident.level,
            change=change,
            sequence=owed_to_those_who_joined(act, incident.id) if kind == Kind.FIRST_NOTICE else 0,
        )
    )


def _checked_channels(kind: Kind, channels: Sequence[Channel]) -> tuple[Channel, ...]:
    if kind in OWED_TO_EACH and set(channels) != set(Channel):
        raise Invalid(
            "a {kind} is owed to each customer and goes by every channel",
            kind=kind,
            field="channels",
            next="leave --channels out",
        )
    if Channel.WEB not in channels:
        raise Invalid("every notice has a page entry", field="channels", next="add web")
    return tuple(channel for channel in Channel if channel in channels)


def _must_be_stale(act: Act, notice: Notice, incident: Incident) -> None:
    if not _stale(act, notice, incident):
        raise Conflict(
            "notice {id} is submitted and waits for approval",
            id=notice.id,
            field="notice",
            next=f"tongbao approve {notice.id}, or tongbao notice stop {notice.id}",
        )


def _stale(act: Act, notice: Notice, incident: Incident) -> str:
    """Why a submission may no longer go out as it stands; empty when it may."""
    if notice.next_update_at is not None and notice.next_update_at <= act.now:
        return "the next update that it promises has passed"
    if notice.kind == Kind.FIRST_NOTICE and _joined(act, notice, incident):
        return "more people are hit than when it was submitted"
    fresh = _content(act, notice, incident)
    return "" if fresh.facts_hash == notice.facts_hash else "the record has changed since it was submitted"


def _joined(act: Act, notice: Notice, incident: Incident) -> int:
    """How many a list has brought since whom neither this first notice nor one that was released is written for.

    Who is new in the directory does not count: an import at night holds nothing back.
    """
    entries = act.tx.incidents.entries(incident.id)
    lists = [e.at for e in entries if e.kind == "audience_imported"]
    if not lists or notice.submitted_at is None or max(lists) < notice.submitted_at:
        return 0
    scope = scope_of(act, incident)
    firsts = [n for n in act.tx.notices.of_incident(incident.id) if n.kind == Kind.FIRST_NOTICE]
    theirs = [n.id for n in firsts if n.released or n.id == notice.id]
    return act.tx.audience.count_new(scope, theirs) if scope.known else 0


def _supersede(act: Act, notice: Notice) -> list[Effect]:
    act.tx.notices.save(replace(notice, state=NoticeState.SUPERSEDED))
    return [Record(notice.incident, "notice_superseded", {"notice": notice.id, "kind": notice.kind})]


def _content(act: Act, notice: Notice, incident: Incident) -> drafting.Content:
    return drafting.content_of(act, notice, incident, _told_actions(act, notice), act.now)


def _told_actions(act: Act, notice: Notice) -> int:
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


def preview(act: Act, notice_id: int) -> tuple[tuple[Notice, drafting.Content, int], list[Effect]]:
    """The texts as they would leave now (or as frozen), and how many people they would reach."""
    notice = act.tx.notices.get(notice_id)
    incident = act.tx.incidents.by_id(notice.incident)
    if notice.submitted_at is not None:
        texts, parts = act.tx.notices.texts(notice_id), act.tx.notices.parts(notice_id)
        return (notice, drafting.Content(texts, parts, notice.facts_hash), notice.audience_size), []
    seen = drafting.numbered(act, notice, incident)
    people = count_audience(act, seen, incident)
    return (seen, _content(act, seen, incident), people), []


def submit(act: Act, notice_id: int, expect: int | None = None) -> Outcome:
    """Freeze text and audience and give the author's own approval; at level 3 that releases.

    Invalid when the audience is not the `expect` people that its author has in mind.
    """
    notice = act.tx.notices.get(notice_id)
    if notice.state != NoticeState.DRAFT:
        raise Conflict(
            "notice {id} is {state}; only a draft can be submitted",
            id=notice.id,
            state=notice.state,
            field="notice",
            next=f"tongbao notice status {notice.id}",
        )
    incident = act.tx.incidents.by_id(notice.incident)
    _may_draft(act, incident, notice.kind)
    seen = drafting.numbered(act, notice, incident)
    must_be_fit(act, seen, incident)
    content = _content(act, seen, incident)
    act.tx.notices.put_texts(notice.id, content.texts, content.parts)
    freeze_audience(act, seen, incident)
    frozen = with_audience(
        act,
        replace(
            seen,
            state=NoticeState.SUBMITTED,
            author=act.actor.name,
            submitted_at=act.now,
            text_hash=text_hash(content.texts),
            facts_hash=content.facts_hash,
        ),
    )
    if expect is not None and expect != frozen.audience_size:
        raise Invalid(
            "the audience of notice {id} is {found}, not the {expected} expected",
            id=notice.id,
            found=frozen.audience_size,
            expected=expect,
            field="expect",
            next="nothing was submitted; see who it is: tongbao audience preview REF",
        )
    approval = Approval(act.actor.name, act.now, frozen.text_hash, frozen.audience_hash)
    submitted = replace(frozen, approvals=(approval,))
    act.tx.notices.save(submitted)
    effects: list[Effect] = [Record(incident.id, "notice_submitted", seal(submitted))]
    fp("notice.before_submit")
    if approvals_needed(incident.level) <= 1:
        submitted, released = release(act, submitted, incident)
        effects += released
    return submitted, effects


def approve(act: Act, notice_id: int) -> Outcome:
    """A second person approves exactly this text for exactly this audience; the last approval releases."""
    notice = act.tx.notices.get(notice_id)
    incident = act.tx.incidents.by_id(notice.incident)
    if notice.state != NoticeState.SUBMITTED:
        raise Conflict(
            "notice {id} is {state}, not waiting for approval",
            id=notice.id,
            state=notice.state,
            field="notice",
            next="tongbao pending",
        )
    if act.actor.name in {approval.user for approval in notice.approvals}:
        raise NotAllowed(
            "{name} wrote notice {id}; another person must approve it",
            name=act.actor.name,
            id=notice.id,
            field="user",
            next="ask someone else: tongbao pending",
        )
    _may_draft(act, incident, notice.kind)
    _must_be_unchanged(act, notice, incident)
    approval = Approval(act.actor.name, act.now, notice.text_hash, notice.audience_hash)
    approved = replace(notice, approvals=(*notice.approvals, approval))
    effects: list[Effect] = [
        Record(incident.id, "notice_approved", {"notice": notice.id, "text_hash": notice.text_hash})
    ]
    act.tx.notices.save(approved)
    if len(approved.approvals) >= approvals_needed(incident.level):
        approved, released = release(act, approved, incident)
        effects += released
    return approved, effects


def _must_be_unchanged(act: Act, notice: Notice, incident: Incident) -> None:
    stored = text_hash(act.tx.notices.texts(notice.id))
    people = audience_hash(notice.id, act.tx.audience.members(notice.id))
    redraft = f"tongbao notice draft {incident.reference} {notice.kind}"
    if stored != notice.text_hash or people != notice.audience_hash:
        raise Conflict(
            "the text or the audience of notice {id} was changed after it was submitted",
            id=notice.id,
            field="notice",
            next=redraft,
        )
    why = _stale(act, notice, incident)
    if why:
        raise Conflict(
            "notice {id} cannot go out: {why}", id=notice.id, why=why, field="notice", next=redraft
        )


def decline(act: Act, notice_id: int, reason: str) -> Outcome:
    """A second person refuses what was submitted, and says why; a new draft waits for the author.

    Returns the declined notice; the clock of its window goes on.
    """
    notice = act.tx.notices.get(notice_id)
    if not reason.strip():
        raise Invalid("a reason is needed", field="reason", next="--reason 'what has to change'")
    if notice.state != NoticeState.SUBMITTED:
        raise Conflict(
            "notice {id} is {state}, not waiting for approval",
            id=notice.id,
            state=notice.state,
            field="notice",
            next="tongbao pending",
        )
    declined = replace(notice, state=NoticeState.STOPPED, stopped_reason=f"declined: {reason.strip()}")
    act.tx.notices.save(declined)
    again, effects = _again(act, notice, act.tx.incidents.by_id(notice.incident))
    said = {"notice": notice.id, "reason": reason.strip(), "again": again.id}
    return declined, [
        Record(notice.incident, "notice_declined", said),
        *effects,
        JudgeWindows(notice.incident),
    ]
