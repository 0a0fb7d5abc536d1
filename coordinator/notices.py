"""Verbs of the notice: draft, preview, submit, approve (the last approval releases), stop, pause, expand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from coordinator import drafting
from coordinator.act import Act, instant
from coordinator.failpoints import fp
from coordinator.scope import scope_of
from incidents.effects import DraftNotice, Effect, JudgeWindows, Record, StopUnsent
from incidents.errors import Conflict, Invalid, NotAllowed
from incidents.incident import Incident
from incidents.terms import DIRECT, Channel, Kind, NoticeState, Status
from notifications.audience import audience_hash, preference_of
from notifications.notice import (
    FORM_COMBINED,
    FORM_OWN,
    Approval,
    Counters,
    CountKey,
    Notice,
    approvals_needed,
    text_hash,
)
from notifications.states import State

Outcome = tuple[Notice, list[Effect]]
PAGE_FIRST = timedelta(seconds=10)
"""SMS waits for the page at most this long (docs/windows.md, "When the network is the incident")."""
FIRST_SLICE = 200
SLICE = 5000
SMS_LIMIT = {Kind.PROGRESS_UPDATE: timedelta(hours=6), Kind.MATERIAL_UPDATE: timedelta(hours=2)}
"""At most one SMS per customer in this time; never for first, resolution, correction and withdrawal."""
OWED_TO_EACH = (Kind.FIRST_NOTICE, Kind.RESOLUTION_NOTICE)
"""Kinds that are owed to every recipient, not only to the page."""
ALIVE = (
    NoticeState.SUBMITTED,
    NoticeState.APPROVED,
    NoticeState.SENDING,
    NoticeState.PAUSED,
    NoticeState.TOLD,
)


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
        found = None
    if found is None:
        found = _new(act, incident, kind, _change(act, incident, kind))
        effects.append(Record(incident.id, "notice_drafted", {"notice": found.id, "kind": kind}))
    if channels:
        found = replace(found, channels=_checked_channels(kind, channels))
    if next_update_at is not None:
        found = replace(found, next_update_at=instant(next_update_at, "next_update"), promise_given=True)
        drafting.promise(act, found, incident)
    act.tx.notices.save(found)
    return found, effects


def draft_if_none(act: Act, effect: DraftNotice) -> list[Effect]:
    """What a playbook or a change asks for: a draft, unless one of the kind is on its way."""
    incident = act.tx.incidents.by_id(effect.incident)
    found = _current(act, incident, effect.kind)
    if found is not None:
        if found.state == NoticeState.DRAFT and effect.change:
            act.tx.notices.save(replace(found, change=effect.change))
        return []
    notice = _new(act, incident, effect.kind, effect.change)
    return [Record(incident.id, "notice_drafted", {"notice": notice.id, "kind": effect.kind})]


def _may_draft(act: Act, incident: Incident, kind: Kind) -> None:
    released = [n for n in act.tx.notices.of_incident(incident.id) if n.released]
    first = [n for n in released if n.kind == Kind.FIRST_NOTICE and n.state != NoticeState.STOPPED]
    if incident.status in (Status.CLOSED, Status.MERGED, Status.REJECTED, Status.FALSE_ALARM):
        raise Conflict("{ref} is {status}", ref=incident.reference, status=incident.status, field="status")
    if kind == Kind.FIRST_NOTICE and first:
        raise Conflict(
            "the first notice ({id}) is released already",
            id=first[0].id,
            field="kind",
            next="draft a progress_update",
        )
    last = [n for n in released if n.final and n.state != NoticeState.STOPPED]
    if kind != Kind.RESOLUTION_NOTICE and last:
        raise Conflict(
            "the resolution notice ({id}) has told everybody",
            id=last[0].id,
            field="kind",
            next="nothing more is owed to customers",
        )
    read = [n for n in released if n.told_somebody]
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
    """What a material update drafted by hand is about: the newest change on the record."""
    if kind != Kind.MATERIAL_UPDATE:
        return ""
    changes = [e.kind for e in act.tx.incidents.entries(incident.id)]
    return next((k for k in reversed(changes) if k in ("restored", "partly_restored", "upgraded")), "")


def _new(act: Act, incident: Incident, kind: Kind, change: str) -> Notice:
    return act.tx.notices.add(
        Notice(
            id=0,
            incident=incident.id,
            kind=kind,
            state=NoticeState.DRAFT,
            channels=drafting.CHANNELS[kind][incident.level],
            author=act.actor.name,
            created_at=act.now,
            level=incident.level,
            change=change,
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
    fresh = _content(act, notice, incident)
    return "" if fresh.facts_hash == notice.facts_hash else "the record has changed since it was submitted"


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
    seen = _numbered(act, notice, incident)
    people = act.tx.audience.count_affected(scope_of(act, incident))
    return (seen, _content(act, seen, incident), people), []


def _numbered(act: Act, notice: Notice, incident: Incident) -> Notice:
    """The notice with its number on the page, its level as it is now, and its promise."""
    others = [n for n in act.tx.notices.of_incident(incident.id) if n.id != notice.id]
    taken = [n.number for n in others if n.state in ALIVE or n.released]
    seen = replace(notice, number=max(taken, default=0) + 1, level=incident.level)
    return replace(seen, next_update_at=drafting.promise(act, seen, incident))


def submit(act: Act, notice_id: int) -> Outcome:
    """Freeze text and audience and give the author's own approval; at level 3 that releases."""
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
    seen = _numbered(act, notice, incident)
    content = _content(act, seen, incident)
    act.tx.notices.put_texts(notice.id, content.texts, content.parts)
    _freeze_audience(act, seen, incident)
    frozen = _with_audience(
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
    approval = Approval(act.actor.name, act.now, frozen.text_hash, frozen.audience_hash)
    submitted = replace(frozen, approvals=(approval,))
    act.tx.notices.save(submitted)
    effects: list[Effect] = [Record(incident.id, "notice_submitted", _seal(submitted))]
    fp("notice.before_submit")
    if approvals_needed(incident.level) <= 1:
        submitted, released = _release(act, submitted, incident)
        effects += released
    return submitted, effects


def _seal(notice: Notice) -> dict[str, object]:
    return {
        "notice": notice.id,
        "kind": notice.kind,
        "number": notice.number,
        "text_hash": notice.text_hash,
        "audience_hash": notice.audience_hash,
        "audience_size": notice.audience_size,
        "next_update_at": notice.next_update_at and notice.next_update_at.isoformat(),
    }


def _freeze_audience(act: Act, notice: Notice, incident: Incident) -> None:
    if notice.kind not in OWED_TO_EACH and not set(notice.channels) & set(DIRECT):
        return
    earlier = _earlier(act, notice)
    if notice.kind != Kind.FIRST_NOTICE and earlier:
        act.tx.audience.freeze_family(
            notice.id, earlier, preference_of(incident.level), FORM_OWN, _other_form(notice)
        )
        return
    scope = scope_of(act, incident)
    if scope.known:
        form = FORM_COMBINED if notice.kind == Kind.RESOLUTION_NOTICE else FORM_OWN
        act.tx.audience.freeze_affected(notice.id, scope, preference_of(incident.level), form)
        if earlier:
            act.tx.audience.spare_reached(notice.id, earlier)


def _other_form(notice: Notice) -> str:
    return FORM_COMBINED if notice.kind == Kind.RESOLUTION_NOTICE else FORM_OWN


def _earlier(act: Act, notice: Notice) -> list[int]:
    """Released notices of the incident that told people directly, before this one."""
    notices = act.tx.notices.of_incident(notice.incident)
    return [n.id for n in notices if n.released and n.id != notice.id and n.kind == Kind.FIRST_NOTICE]


def _with_audience(act: Act, notice: Notice) -> Notice:
    shared = act.tx.audience.share(notice.id)
    members = list(act.tx.audience.members(notice.id))
    addressed = sum(1 for m in members if m.sms or m.mail or m.answer == "reached")
    answers = Counter(member.answer for member in members)
    return replace(
        notice,
        audience_hash=audience_hash(notice.id, members),
        audience_size=len(members),
        with_address=addressed,
        shared=shared,
        counters=Counters(
            reached=answers["reached"], impossible=answers["impossible"], pending=answers["pending"]
        ),
    )


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
        approved, released = _release(act, approved, incident)
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


def _release(act: Act, notice: Notice, incident: Incident) -> Outcome:
    """Approved = released: the page entry and the first slice are planned in this transaction."""
    earlier = _earlier(act, notice)
    if notice.kind == Kind.RESOLUTION_NOTICE and earlier:
        act.tx.audience.refresh_forms(notice.id, earlier, FORM_OWN, FORM_COMBINED)
    notice, suppressed = _spare(act, notice)
    direct = any(channel in DIRECT for channel in notice.channels)
    released = replace(
        notice,
        state=NoticeState.SENDING,
        released_at=act.now,
        direct_from=act.now + PAGE_FIRST,
        forecast_at=act.now + _forecast(act, notice),
        expanded=not (direct and notice.audience_size),
    )
    act.tx.notices.save(released)
    act.tx.deliveries.add_page(notice.id, act.now)
    act.tx.notices.add_counts(notice.id, {**_planned(act, notice), **suppressed})
    fp("notice.before_release")
    effects: list[Effect] = [
        Record(incident.id, "notice_released", _seal(released)),
        StopUnsent(incident.id, notice.id),
        JudgeWindows(incident.id),
    ]
    if not released.expanded:
        released = _expand(act, released, FIRST_SLICE)
    return released, effects


def _forecast(act: Act, notice: Notice) -> timedelta:
    """How long the slowest lane needs at its own rate, in message parts."""
    parts = max(act.tx.notices.parts(notice.id).values(), default=1)
    planned = _planned(act, notice)
    seconds = 0.0
    for channel in DIRECT:
        rate = act.house.lane(channel).rate
        people = sum(n for key, n in planned.items() if key[0] == channel)
        if rate:
            seconds = max(seconds, people * (parts if channel == Channel.SMS else 1) / rate)
    return timedelta(seconds=seconds)


def _planned(act: Act, notice: Notice) -> dict[CountKey, int]:
    """Every delivery that this notice will have, unexpanded ones included (I20)."""
    planned: dict[CountKey, int] = {(Channel.WEB.value, "", State.PLANNED.value): 1}
    for member in act.tx.audience.members(notice.id):
        for channel in member.own:
            if channel in notice.channels:
                key = (channel.value, member.language, State.PLANNED.value)
                planned[key] = planned.get(key, 0) + 1
    return planned


def _expand(act: Act, notice: Notice, limit: int) -> Notice:
    """Give the next slice its deliveries; the cursor moves in the same transaction."""
    channels = [channel.value for channel in notice.channels]
    last = act.tx.deliveries.expand(notice.id, notice.cursor, limit, channels, act.now)
    moved = replace(notice, cursor=notice.cursor if last is None else last, expanded=last is None)
    act.tx.notices.save(moved)
    return moved


def expand_next(act: Act) -> tuple[bool, list[Effect]]:
    """One slice of the notice that waits most; whether there was one. First slice, then stream."""
    waiting = [n for n in act.tx.notices.in_state([NoticeState.SENDING]) if not n.expanded]
    if not waiting:
        return False, []
    _expand(act, waiting[0], SLICE)
    fp("expand.before_commit")
    return True, []


def _spare(act: Act, notice: Notice) -> tuple[Notice, dict[CountKey, int]]:
    """Spare people the SMS who had one of this incident a short while ago; their count is suppressed."""
    if notice.kind not in SMS_LIMIT or Channel.SMS not in notice.channels:
        return notice, {}
    others = [n.id for n in act.tx.notices.of_incident(notice.incident) if n.id != notice.id and n.released]
    spared = act.tx.deliveries.spare_texted(notice.id, others, act.now - SMS_LIMIT[notice.kind])
    alone = spared.pop("", 0)
    counters = replace(notice.counters, spared=alone, pending=notice.counters.pending - alone)
    suppressed = {(Channel.SMS.value, language, State.SUPPRESSED.value): n for language, n in spared.items()}
    return replace(notice, counters=counters), suppressed


def stop_unsent(act: Act, effect: StopUnsent) -> list[Effect]:
    """What older notices have not sent would be false by now: cancelled by a resolution, else expired.

    A first notice goes on beside progress and material updates: its people still have to be told.
    """
    newer = act.tx.notices.get(effect.newer)
    older = [
        n
        for n in act.tx.notices.of_incident(effect.incident)
        if n.id != newer.id
        and n.state in (NoticeState.SENDING, NoticeState.PAUSED, NoticeState.TOLD)
        and (newer.final or n.kind != Kind.FIRST_NOTICE)
    ]
    state = State.CANCELLED if newer.final else State.EXPIRED
    return _end_unsent(act, effect.incident, older, state, f"notice {newer.id}") if older else []


def _end_unsent(
    act: Act, incident: int, notices: list[Notice], state: State, reason: str, page: bool = False
) -> list[Effect]:
    counted = {n.id: _unexpanded(act, n) for n in notices if not n.expanded}
    ended = act.tx.deliveries.end_unsent([n.id for n in notices], state, reason, page)
    total = 0
    for notice in notices:
        deltas: dict[CountKey, int] = {}
        for (owner, channel, language, old), n in ended.items():
            if owner == notice.id:
                deltas[(channel, language, old)] = deltas.get((channel, language, old), 0) - n
                key = (channel, language, state.value)
                deltas[key] = deltas.get(key, 0) + n
                total += n
        for (channel, language), n in counted.get(notice.id, {}).items():
            deltas[(channel, language, "planned")] = deltas.get((channel, language, "planned"), 0) - n
            key = (channel, language, state.value)
            deltas[key] = deltas.get(key, 0) + n
            total += n
        act.tx.notices.add_counts(notice.id, deltas)
        if not notice.expanded:
            act.tx.notices.save(replace(notice, expanded=True))
    return [Record(incident, f"unsent_{state}", {"deliveries": total, "why": reason})] if total else []


def _unexpanded(act: Act, notice: Notice) -> dict[tuple[str, str], int]:
    waiting: dict[tuple[str, str], int] = {}
    for member in act.tx.audience.members(notice.id, after=notice.cursor):
        for channel in member.own:
            if channel in notice.channels:
                waiting[(channel, member.language)] = waiting.get((channel, member.language), 0) + 1
    return waiting


def stop(act: Act, notice_id: int, reason: str) -> Outcome:
    """Stop a notice for good: nothing of it is sent from now on, what was sent stays on the record."""
    notice = act.tx.notices.get(notice_id)
    if not reason.strip():
        raise Invalid("a reason is needed", field="reason")
    if notice.state not in (NoticeState.DRAFT, *ALIVE):
        raise Conflict("notice {id} is {state}", id=notice.id, state=notice.state, field="notice")
    effects: list[Effect] = []
    if notice.released:
        effects += _end_unsent(act, notice.incident, [notice], State.CANCELLED, "stopped", page=True)
        notice = act.tx.notices.get(notice_id)
    stopped = replace(notice, state=NoticeState.STOPPED, stopped_reason=reason.strip())
    act.tx.notices.save(stopped)
    record = Record(notice.incident, "notice_stopped", {"notice": notice.id, "reason": reason.strip()})
    return stopped, [*effects, record, JudgeWindows(notice.incident)]


def pause(act: Act, notice_id: int, reason: str) -> Outcome:
    """Hold a notice where it is; what is under way settles, nothing new starts."""
    if not reason.strip():
        raise Invalid("a reason is needed", field="reason")
    return _switch(act, notice_id, NoticeState.SENDING, NoticeState.PAUSED, reason)


def resume(act: Act, notice_id: int) -> Outcome:
    """Go on where it was paused; what was refused for its content is tried again, once it is mended."""
    notice = act.tx.notices.get(notice_id)
    incident = act.tx.incidents.by_id(notice.incident)
    if incident.resolved_at is not None and not is_told_of_the_end(notice, incident):
        raise Conflict(
            "{ref} is resolved; notice {id} would say that it is not",
            ref=incident.reference,
            id=notice.id,
            field="notice",
            next=f"tongbao notice draft {incident.reference} resolution_notice",
        )
    resumed = _switch(act, notice_id, NoticeState.PAUSED, NoticeState.SENDING, "")
    deltas: dict[CountKey, int] = {}
    for (channel, language), n in act.tx.deliveries.plan_again(notice_id, "content:", act.now).items():
        deltas[(channel, language, State.FAILED.value)] = -n
        deltas[(channel, language, State.PLANNED.value)] = n
    act.tx.notices.add_counts(notice_id, deltas)
    return resumed


def is_told_of_the_end(notice: Notice, incident: Incident) -> bool:
    """Whether this notice was written after the response was stood down."""
    resolved, submitted = incident.resolved_at, notice.submitted_at
    return resolved is not None and submitted is not None and submitted >= resolved


def _switch(act: Act, notice_id: int, before: NoticeState, after: NoticeState, reason: str) -> Outcome:
    notice = act.tx.notices.get(notice_id)
    if notice.state != before:
        raise Conflict(
            "notice {id} is {state}, not {wanted}",
            id=notice.id,
            state=notice.state,
            wanted=before,
            field="notice",
        )
    switched = replace(notice, state=after, stopped_reason=reason.strip())
    act.tx.notices.save(switched)
    word = "notice_paused" if after == NoticeState.PAUSED else "notice_resumed"
    return switched, [Record(notice.incident, word, {"notice": notice.id, "reason": reason.strip()})]
