"""Verbs of planned work: put on the record, move, begin, complete, cancel; and what becomes of it at its planned end.

Planned work is no incident (AMB-24). It is carried by the same record, so that its windows, notices and proof are like
any other; nothing that goes through incidents meets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from coordinator import drafting, incidents
from coordinator.act import Act, instant
from coordinator.ending import must_be_told_rightly, must_say_why
from coordinator.heard import may_have_told
from coordinator.times import Times, of_times, span_of, submitted
from incidents.effects import (
    AssignUnit,
    DraftNotice,
    Effect,
    EndWindows,
    MoveWindows,
    Opening,
    OpenWindow,
    OweTakingBack,
    Record,
    StopNotices,
)
from incidents.errors import Conflict, Invalid
from incidents.incident import Bilingual, Incident
from incidents.placeholder import own_words
from incidents.terms import (
    LANGUAGES,
    PLANNED_AHEAD,
    TAKING_BACK,
    Duty,
    IncidentType,
    Kind,
    NoticeState,
    Status,
)
from incidents.undoing import FACTS
from incidents.values import difference
from incidents.values import opening as opening_facts
from notifications.directory import known
from notifications.notice import Notice
from notifications.phrases import Clock, phrase
from windows.rules import Rule

Outcome = tuple[Incident, list[Effect]]
TOLD_AS = 2
"""Planned work has no level; customers are told of it as of an incident of this one: a second person approves, and
SMS and e-mail go to everybody who has them."""
AHEAD = timedelta(days=366)
LONGEST = timedelta(days=30)
OVERRUNS = 10
"""Planned works that end in one transaction, which must stay short."""


@dataclass(frozen=True)
class Plan:
    """What is to be done, where, and from when to when."""

    title: str
    areas: tuple[str, ...]
    services: tuple[str, ...]
    start_at: datetime
    end_at: datetime
    effects: Bilingual


def add(act: Act, plan: Plan) -> Outcome:
    """Put planned work on the record: what it owes before its start begins now."""
    title = " ".join(plan.title.split())
    if not 1 <= len(title) <= 200:
        raise Invalid(
            "title must have 1 to 200 characters", field="title", next="say in a few words what is done"
        )
    areas = _named(plan.areas, "area") and known(plan.areas, act.tx.directory.areas(), "area")
    services = _named(plan.services, "service") and known(
        plan.services, act.tx.directory.services(), "service"
    )
    start, end = _times(act, plan.start_at, plan.end_at)
    work = act.tx.incidents.add(
        Incident(
            id=0,
            reference="",
            type=IncidentType.SERVICE_INTERRUPTION,
            level=TOLD_AS,
            status=Status.SCHEDULED,
            title=title,
            areas=areas,
            services=services,
            aware_at=act.now,
            aware_source="person",
            opened_at=act.now,
            opened_by=act.actor.name,
            effects=plan.effects,
            planned_start_at=start,
            planned_end_at=end,
        )
    )
    return work, [
        Record(work.id, "planned_registered", opening_facts(work)),
        AssignUnit(work.id),
        *(_owes(work, rule) for rule in act.house.pack.of_planned_work),
        DraftNotice(work.id, Kind.PLANNED_WORK_NOTICE),
    ]


def _owes(work: Incident, rule: Rule) -> OpenWindow:
    return OpenWindow(work.id, rule.kind, work.planned_start_at or work.opened_at, rule=rule.id)


def _named(codes: Sequence[str], field: str) -> tuple[str, ...]:
    if not codes:
        raise Invalid(
            "{field} must be known: customers are told where and what",
            field=field,
            next="tongbao areas list" if field == "area" else "tongbao services list",
        )
    return tuple(codes)


def _times(act: Act, start_at: datetime, end_at: datetime, *, begun: bool = False) -> Times:
    """Both instants in UTC, checked; Invalid names the first that cannot be."""
    start, end = instant(act, start_at, "start").astimezone(UTC), instant(act, end_at, "end").astimezone(UTC)
    if start <= act.now and not begun:
        raise Invalid(
            "start is in the past",
            field="start",
            next="planned work is put on the record before it begins; what fails now is an incident: tongbao open",
        )
    if end <= start:
        raise Invalid("end is not after start", field="end", next="give the instant at which it is over")
    if end <= act.now:
        raise Invalid("end is in the past", field="end", next="give an instant ahead")
    if start - act.now > AHEAD:
        raise Invalid(
            "start is more than {days} days ahead",
            days=AHEAD.days,
            field="start",
            next="put it on the record when its date is fixed",
        )
    if end - start > LONGEST:
        raise Invalid(
            "planned work lasts at most {days} days",
            days=LONGEST.days,
            field="end",
            next="put each stretch on the record by itself",
        )
    return start, end


def change(
    act: Act, reference: str, start_at: datetime | None, end_at: datetime | None, reason: str
) -> Outcome:
    """Move it: what is not decided moves by the rule; who was told other times is owed a correction."""
    work = act.tx.incidents.work(reference)
    _must_be(work, PLANNED_AHEAD, "change")
    _must_not_be_late(act, work, "change")
    _must_say(reason)
    begun = work.status == Status.IN_PROGRESS
    if begun and start_at is not None:
        raise Conflict("{ref} has begun", ref=reference, field="start", next="only --end can be changed")
    before = span_of(work)
    times = _times(act, start_at or before[0], end_at or before[1], begun=begun)
    if times == before:
        raise Invalid("nothing to change", field="start", next="name another --start or --end")
    moved = replace(work, planned_start_at=times[0], planned_end_at=times[1])
    act.tx.incidents.save(moved)
    said = {"reason": reason.strip(), FACTS: difference(work, moved)}
    # Another error is written down from the record when it is submitted: its draft stands.
    others = tuple(n.id for n in _corrections(act, work) if not of_times(n) and n.state == NoticeState.DRAFT)
    return moved, [
        Record(work.id, "planned_changed", said),
        StopNotices(work.id, "replanned", spare=others),
        MoveWindows(work.id, "replanned"),
        *_corrected(act, moved),
        *([] if _told(act, work) else _announced_anew(act, moved)),
    ]


def _announced_anew(act: Act, work: Incident) -> list[Effect]:
    """Nobody knows of it: its notice is drafted, and what was waived or ended for the old time is owed for the new."""
    owed = {window.rule for window in act.tx.windows.of_incident(work.id) if window.owed}
    rules = [rule for rule in act.house.pack.of_planned_work if rule.id not in owed]
    return [*(_owes(work, rule) for rule in rules), DraftNotice(work.id, Kind.PLANNED_WORK_NOTICE)]


def _corrections(act: Act, work: Incident) -> list[Notice]:
    return [n for n in act.tx.notices.of_incident(work.id) if n.kind == Kind.CORRECTION_NOTICE]


def _corrected(act: Act, work: Incident) -> list[Effect]:
    """Whoever was told other times is told the right ones, in the window that is open for that or in a new one."""
    told, wrong = _told_times(act, work), tuple(n.id for n in _told(act, work))
    if not told or not wrong:
        return []
    mine = {n.sequence for n in _corrections(act, work) if of_times(n)}
    corrections = [
        w for w in act.tx.windows.of_incident(work.id) if w.kind == Kind.CORRECTION_NOTICE and w.owed
    ]
    open_ = [window for window in corrections if window.sequence in mine]
    others = [times for times in told if times != span_of(work)]
    if not others:
        return [EndWindows(work.id, "as_told", tuple(window.id for window in open_))]
    said, right = _in_words(act, others[-1]), _in_words(act, span_of(work))
    sequence = open_[-1].sequence if open_ else 0
    return [OweTakingBack(work.id, Kind.CORRECTION_NOTICE, wrong, right, said, sequence)]


def _told(act: Act, work: Incident) -> list[Notice]:
    """Notices of it that somebody has read, or may have, oldest first."""
    every = act.tx.notices.of_incident(work.id)
    return [n for n in every if n.kind not in TAKING_BACK and may_have_told(act, n)]


def _told_times(act: Act, work: Incident) -> list[Times]:
    """The times that customers hold, the newest last. A correction that has not reached everybody leaves what was told
    before it standing; so does one of something else, whose SMS names no times."""
    done = {
        w.sequence
        for w in act.tx.windows.of_incident(work.id)
        if w.duty == Duty.DONE and w.kind in TAKING_BACK
    }
    read_by = {n.id: n for n in act.tx.notices.of_incident(work.id) if may_have_told(act, n)}
    told: list[Times] = []
    for notice, times in ((read_by[n], times) for n, times in submitted(act, work) if n in read_by):
        if of_times(notice) and notice.sequence in done and notice.state == NoticeState.TOLD:
            told.clear()
        if times is not None:
            told.append(times)
    return told


def _in_words(act: Act, times: Times) -> Bilingual:
    """From when to when, as the notice says it."""
    found = {}
    for language in LANGUAGES:
        words = drafting.renderer(act).words(language)
        clock = Clock(act.house.setting.zone, act.now, words)
        begins, ends = map(clock.dated, times)
        found[language] = phrase(words["planned"]["span"], begins=begins, ends=ends, zone=clock.zone_name)
    return found


def _dated(act: Act, at: datetime) -> str:
    """An instant for a refusal, in the operator's zone."""
    clock = Clock(act.house.setting.zone, act.now, drafting.renderer(act).words("en"))
    return f"{clock.dated(at)} ({clock.zone_name})"


def begin(act: Act, reference: str) -> Outcome:
    """A person says that it has begun; not before the instant that customers were told."""
    work = act.tx.incidents.work(reference)
    _must_be(work, (Status.SCHEDULED,), "begin")
    start, _ = span_of(work)
    if act.now < start:
        raise Conflict(
            "{ref} begins at {at}",
            ref=reference,
            at=_dated(act, start),
            field="status",
            next=f"tongbao planned change {reference} --start … --reason '…'",
        )
    return _turned(act, work, Status.IN_PROGRESS, "planned_begun")


def complete(act: Act, reference: str) -> Outcome:
    """A person says that it is over: it need not be announced any more, and opens no incident; what fires on does."""
    work = act.tx.incidents.work(reference)
    _must_be(work, (*PLANNED_AHEAD, Status.OVERRUN), "complete")
    if act.now < span_of(work)[0]:
        raise Conflict(
            "{ref} has not begun",
            ref=reference,
            field="status",
            next=f"tongbao planned cancel {reference} --reason '…'",
        )
    # What was not over in time is an incident, also when nobody looked before this word of a person.
    late = work.status in PLANNED_AHEAD and span_of(work)[1] < act.now
    work, before = _overrun(act, work) if late else (work, [])
    done, effects = _turned(act, work, Status.COMPLETED, "planned_completed")
    return done, [*before, *effects, *_announced_no_more(work, "planned_completed")]


def _announced_no_more(work: Incident, cause: str) -> list[Effect]:
    """What still goes out would say that it is to come; what it takes back is still owed."""
    return [StopNotices(work.id, cause, kind=Kind.PLANNED_WORK_NOTICE), EndWindows(work.id, cause)]


def cancel(act: Act, reference: str, reason: Bilingual) -> Outcome:
    """It does not take place: a withdrawal is owed to exactly those who were told; nobody told, all lapses."""
    work = act.tx.incidents.work(reference)
    _must_be(work, (Status.SCHEDULED,), "cancel")
    _must_not_be_late(act, work, "cancel")
    told = tuple(n.id for n in _told(act, work))
    must_say_why(reason, to_customers=bool(told))
    if told:
        must_be_told_rightly(act, work, reason)
    gone, effects = _turned(act, work, Status.CANCELLED, "planned_cancelled", reason=reason, told=len(told))
    return gone, [
        *effects,
        StopNotices(work.id, "planned_cancelled"),
        EndWindows(work.id, "planned_cancelled"),
        *([OweTakingBack(work.id, Kind.WITHDRAWAL_NOTICE, told, reason)] if told else []),
    ]


def _turned(act: Act, work: Incident, status: Status, entry: str, **more: object) -> Outcome:
    turned = replace(work, status=status)
    act.tx.incidents.save(turned)
    return turned, [Record(work.id, entry, {**more, FACTS: difference(work, turned)})]


def _must_be(work: Incident, statuses: Sequence[Status], what: str) -> None:
    if work.status not in statuses:
        raise Conflict(
            "cannot {act} planned work that is {status}",
            act=what,
            status=work.status,
            field="status",
            next=f"tongbao planned show {work.reference}",
        )


def _must_not_be_late(act: Act, work: Incident, what: str) -> None:
    """What is not over at its planned end is an incident; nothing that is typed later makes it none."""
    end = span_of(work)[1]
    if end < act.now:
        raise Conflict(
            "cannot {act} planned work that was to be over at {at}",
            act=what,
            at=_dated(act, end),
            field="status",
            next=(
                "tongbao planned complete {ref}; the incident that it became is on tongbao board",
                {"ref": work.reference},
            ),
        )


def _must_say(reason: str) -> None:
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'what showed it'")


def sweep(act: Act) -> tuple[int, list[Effect]]:
    """Planned work that was not over at its planned end becomes an incident, known since that end; once."""
    effects: list[Effect] = []
    late = [work for work in act.tx.incidents.works(PLANNED_AHEAD) if span_of(work)[1] <= act.now][:OVERRUNS]
    for work in late:
        effects += _overrun(act, work)[1]
    return len(late), effects


def _overrun(act: Act, work: Incident) -> Outcome:
    incident, more = incidents.open_incident(act, _opening(act, work))
    over, turned = _turned(act, work, Status.OVERRUN, "planned_overran", incident=incident.reference)
    return over, [*turned, *_announced_no_more(work, "planned_overran"), *more]


def _opening(act: Act, work: Incident) -> Opening:
    """Whether customers still notice it nobody has said: it waits to be confirmed. Whatever has left the directory or
    the shelf of playbooks since, it opens: a sweep that fails would keep every clock from being judged."""
    kind = work.type if work.type.value in act.house.playbooks else IncidentType.NETWORK_FAULT
    areas, services = act.tx.directory.areas(), act.tx.directory.services()
    return Opening(
        type=kind,
        level=None,
        title=work.title,
        areas=tuple(code for code in work.areas if code in areas),
        services=tuple(code for code in work.services if code in services),
        onset_at=None,
        aware_at=span_of(work)[1],
        affected=None,
        cause={},
        source=f"planned:{work.reference}",
        confirmed=False,
        overrun_of=work.id,
    )
