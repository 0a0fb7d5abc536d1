"""Verbs of the notice until it is released: draft, preview, submit, approve (the last approval releases)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from coordinator import drafting, material, stale
from coordinator.act import Act, instant
from coordinator.edited import must_be_fit
from coordinator.failpoints import fp
from coordinator.joined import first_fits, firsts_owed
from coordinator.release import count_audience, freeze_audience, release, seal, superseded, with_audience
from coordinator.right import must_be_right
from coordinator.writable import GONE, WAITING, may_draft
from incidents.effects import DraftNotice, DropDrafts, Effect, JudgeWindows, Record
from incidents.errors import Conflict, Invalid, NotAllowed
from incidents.incident import Incident
from incidents.material import CHANGE_OF, weightier
from incidents.placeholder import own_words
from incidents.terms import TAKING_BACK, Channel, Kind, NoticeState
from incidents.undoing import ASKED, OWES_TAKING_BACK
from notifications.audience import audience_hash
from notifications.notice import OWED_TO_EACH, Approval, Notice, approvals_needed, text_hash

Outcome = tuple[Notice, list[Effect]]


def draft(
    act: Act,
    reference: str,
    kind: Kind,
    channels: Sequence[Channel] | None = None,
    next_update_at: datetime | None = None,
    notice_id: int | None = None,
) -> Outcome:
    """A draft of this kind: the existing one with what is newly said, or a new one.

    A submission that the record has overtaken is superseded by the new draft. `notice_id` says which one is meant
    where several of the kind wait, as corrections of two notices do.
    """
    incident = act.tx.incidents.record(reference)
    may_draft(act, incident, kind)
    effects: list[Effect] = []
    found = _meant(act, incident, kind, notice_id)
    if found is not None and found.state == NoticeState.SUBMITTED:
        _must_be_stale(act, found, incident)
        effects += superseded(act, found)
        found, more = _again(act, found, incident)
        effects += more
    if found is None:
        _must_be_about_something(kind)
        found = _new(act, incident, kind, _change(act, incident, kind))
        effects.append(Record(incident.id, "notice_drafted", {"notice": found.id, "kind": kind}))
    if channels:
        found = replace(found, channels=_checked_channels(incident, kind, channels))
    if next_update_at is not None:
        _must_have_a_next(incident)
        found = replace(found, next_update_at=instant(act, next_update_at, "next_update"), promise_given=True)
        drafting.promise(act, found, incident)
    found = _without_what_passed(act, found)
    act.tx.notices.save(found)
    return found, effects


def _without_what_passed(act: Act, draft: Notice) -> Notice:
    """Without a promise of the next notice that has passed: the cadence promises anew."""
    if draft.next_update_at is None or draft.next_update_at > act.now:
        return draft
    return replace(draft, next_update_at=None, promise_given=False)


def _must_have_a_next(incident: Incident) -> None:
    if incident.case:
        raise Conflict(
            "{ref} is an ordinary complaint: the next word to its complainant is how it ended",
            ref=incident.reference,
            field="next_update",
            next="leave --next-update out",
        )


def _must_be_about_something(kind: Kind) -> None:
    if kind in TAKING_BACK:
        correct = kind == Kind.CORRECTION_NOTICE
        raise Invalid(
            "a {kind} names the notice that it takes back",
            kind=kind,
            field="kind",
            next="tongbao notice correct NOTICE" if correct else "tongbao notice withdraw NOTICE",
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
    if before.promise_given:
        promised = replace(fresh, next_update_at=before.next_update_at, promise_given=True)
        fresh = _without_what_passed(act, promised)
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
    """What was written for an act that was taken back is superseded, unless its duty stands: then it tells of the
    newest change that stands."""
    effects: list[Effect] = []
    incident = act.tx.incidents.by_id(effect.incident)
    owed = {w.kind for w in act.tx.windows.of_incident(incident.id) if w.owed}
    for notice in act.tx.notices.of_incident(incident.id):
        if notice.state not in WAITING or not _written_for(notice, effect):
            continue
        stands = notice.kind == Kind.MATERIAL_UPDATE and notice.kind in owed
        if stands and notice.state == NoticeState.DRAFT:
            act.tx.notices.save(replace(notice, change=_change(act, incident, notice.kind)))
            continue
        effects += superseded(act, notice)
        if stands:
            effects += _again(act, notice, incident)[1]
    return effects + _corrections_again(act, effect, incident)


def _written_for(notice: Notice, taken_back: DropDrafts) -> bool:
    kind = {**ASKED, **OWES_TAKING_BACK}.get(taken_back.act)
    if taken_back.sequence and notice.kind == kind:
        return notice.sequence == taken_back.sequence
    if taken_back.act in ASKED:
        return False
    if notice.change == CHANGE_OF.get(taken_back.act, taken_back.act):
        return True
    return notice.final and taken_back.act == "resolved"


def _corrections_again(act: Act, taken_back: DropDrafts, incident: Incident) -> list[Effect]:
    """A notice is not withdrawn after all: the correction that gave way to that is a draft again."""
    every = act.tx.notices.of_incident(incident.id)
    kind = {**ASKED, **OWES_TAKING_BACK}.get(taken_back.act)
    asked = (Kind.WITHDRAWAL_NOTICE, taken_back.sequence)
    wrong = {one for n in every if kind == n.kind and (n.kind, n.sequence) == asked for one in n.wrong}
    newest = {n.sequence: n for n in every if n.kind == Kind.CORRECTION_NOTICE and wrong.issuperset(n.wrong)}
    owed = {
        w.sequence
        for w in act.tx.windows.of_incident(incident.id)
        if w.kind == Kind.CORRECTION_NOTICE and w.owed
    }
    gone = [n for n in newest.values() if n.sequence in owed and n.state == NoticeState.SUPERSEDED]
    return [effect for n in gone for effect in _again(act, n, incident)[1]]


def _waiting(act: Act, incident: Incident, kind: Kind) -> list[Notice]:
    return [n for n in act.tx.notices.of_incident(incident.id) if n.kind == kind and n.state in WAITING]


def _current(act: Act, incident: Incident, kind: Kind) -> Notice | None:
    """The newest that waits; of first notices one that waits for some says nothing of the others."""
    if kind == Kind.FIRST_NOTICE and firsts_owed(act, incident.id, GONE):
        return None
    return next(reversed(_waiting(act, incident, kind)), None)


def _meant(act: Act, incident: Incident, kind: Kind, notice_id: int | None) -> Notice | None:
    """The one that waits; corrections of several notices are not each other, so one of them is named."""
    found = _waiting(act, incident, kind)
    ids = [n.id for n in found]
    if notice_id is not None and notice_id not in ids:
        raise Conflict(
            "notice {id} is no {kind} of {ref} that waits",
            id=notice_id,
            kind=kind,
            ref=incident.reference,
            field="notice",
            next=f"tongbao show {incident.reference}",
        )
    if notice_id is None and kind in TAKING_BACK and len(found) > 1:
        raise Conflict(
            "more than one {kind} of {ref} waits: {ids}",
            kind=kind,
            ref=incident.reference,
            ids=", ".join(map(str, ids)),
            field="notice",
            next=f"tongbao notice draft {incident.reference} {kind} --notice {ids[0]}",
        )
    if kind == Kind.FIRST_NOTICE and notice_id is None:
        return _first_meant(act, incident, found)
    return next((n for n in reversed(found) if notice_id in (None, n.id)), None)


def _first_meant(act: Act, incident: Incident, waiting: Sequence[Notice]) -> Notice | None:
    """What waits for the oldest window that a draft can serve; a submission that may go out needs none."""
    for window in firsts_owed(act, incident.id, (*WAITING, *GONE)):
        mine = next((n for n in reversed(waiting) if first_fits(window, n)), None)
        if mine is None or mine.state == NoticeState.DRAFT or stale.why(act, mine, incident):
            return mine
    return next(reversed(waiting), None)


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
            channels=drafting.channels_for(incident, kind, change),
            author=act.actor.name,
            created_at=act.now,
            level=incident.level,
            change=change,
            sequence=_first_for(act, incident) if kind == Kind.FIRST_NOTICE else 0,
        )
    )


def _first_for(act: Act, incident: Incident) -> int:
    """The sequence of the oldest first-notice window for which nothing is written; 0 stands for the first."""
    unwritten = firsts_owed(act, incident.id, GONE)
    return unwritten[0].sequence if unwritten and unwritten[0].sequence > 1 else 0


def _checked_channels(incident: Incident, kind: Kind, channels: Sequence[Channel]) -> tuple[Channel, ...]:
    if incident.case:
        raise Conflict(
            "{ref} is an ordinary complaint: its complainant is told by SMS or e-mail, and no page",
            ref=incident.reference,
            field="channels",
            next="leave --channels out",
        )
    if kind in (*OWED_TO_EACH, *TAKING_BACK) and set(channels) != set(Channel):
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
    if not stale.why(act, notice, incident):
        raise Conflict(
            "notice {id} is submitted and waits for approval",
            id=notice.id,
            field="notice",
            next=("tongbao approve {id}, or tongbao notice stop {id} --reason …", {"id": notice.id}),
        )


def preview(act: Act, notice_id: int) -> tuple[tuple[Notice, drafting.Content, int], list[Effect]]:
    """The texts as they would leave now (or as frozen), and how many people they would reach."""
    notice = act.tx.notices.get(notice_id)
    incident = act.tx.incidents.by_id(notice.incident)
    if notice.submitted_at is not None:
        texts, parts = act.tx.notices.texts(notice_id), act.tx.notices.parts(notice_id)
        return (notice, drafting.Content(texts, parts, notice.facts_hash), notice.audience_size), []
    seen = drafting.numbered(act, notice, incident)
    people = count_audience(act, seen, incident)
    return (seen, stale.content(act, seen, incident), people), []


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
    may_draft(act, incident, notice.kind)
    seen = drafting.numbered(act, notice, incident)
    must_be_fit(act, seen, incident)
    must_be_right(act, seen, incident)
    content = stale.content(act, seen, incident)
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
    _must_wait(notice)
    if act.actor.name in {approval.user for approval in notice.approvals}:
        raise NotAllowed(
            "{name} wrote notice {id}; another person must approve it",
            name=act.actor.name,
            id=notice.id,
            field="user",
            next="ask someone else: tongbao pending",
        )
    may_draft(act, incident, notice.kind)
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


def _must_wait(notice: Notice) -> None:
    if notice.state != NoticeState.SUBMITTED:
        draft = notice.state == NoticeState.DRAFT
        raise Conflict(
            "notice {id} is {state}, not waiting for approval",
            id=notice.id,
            state=notice.state,
            field="notice",
            next=f"tongbao notice submit {notice.id}" if draft else "tongbao pending",
        )


def _must_be_unchanged(act: Act, notice: Notice, incident: Incident) -> None:
    stored = text_hash(act.tx.notices.texts(notice.id))
    sealer = act.house.sealer(incident.id, notice.id)
    people = audience_hash(notice.id, act.tx.audience.members(notice.id), sealer)
    which = f" --notice {notice.id}" if notice.kind in TAKING_BACK else ""
    redraft = f"tongbao notice draft {incident.reference} {notice.kind}{which}"
    if stored != notice.text_hash or people != notice.audience_hash:
        raise Conflict(
            "the text or the audience of notice {id} was changed after it was submitted",
            id=notice.id,
            field="notice",
            next=redraft,
        )
    why = stale.why(act, notice, incident)
    if why:
        raise Conflict(why.template, id=notice.id, **why.values, field="notice", next=redraft)


def decline(act: Act, notice_id: int, reason: str) -> Outcome:
    """A second person refuses what was submitted, and says why; a new draft waits for the author.

    Returns the declined notice; the clock of its window goes on.
    """
    notice = act.tx.notices.get(notice_id)
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'what has to change'")
    _must_wait(notice)
    declined = replace(notice, state=NoticeState.STOPPED, stopped_reason=f"declined: {reason.strip()}")
    act.tx.notices.save(declined)
    again, effects = _again(act, notice, act.tx.incidents.by_id(notice.incident))
    said = {"notice": notice.id, "reason": reason.strip(), "again": again.id}
    return declined, [
        Record(notice.incident, "notice_declined", said),
        *effects,
        JudgeWindows(notice.incident),
    ]
