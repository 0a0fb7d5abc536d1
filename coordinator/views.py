"""Values as the JSON documents of the contract (docs: surfaces): the same for the command line and HTTP.

Reads only. Instants are ISO 8601 in UTC with their offset; None means unknown or not yet, never absent.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from coordinator import (
    alarms,
    asking,
    checkpoints,
    doubts,
    drill_years,
    holding_views,
    levels,
    page_views,
    regime_rows,
    report_views,
    standing,
    steps,
    versions,
)
from coordinator.act import Act
from coordinator.chat import standing as chat_standing
from coordinator.flow import GOING
from coordinator.owed import unfilled
from coordinator.permissions import PERMISSIONS
from coordinator.release import sms_limit
from coordinator.task_views import owed_tasks, task
from incidents.effects import Effect
from incidents.incident import SIZE, Incident
from incidents.operation import Operation
from incidents.terms import DIRECT, PLANNED_OVER, TAKING_BACK, Channel, Kind, NoticeState, Role, Status
from notifications.notice import LIMITED, CountKey, Notice, approvals_needed
from notifications.states import State
from playbooks.task import OWED
from windows.window import Window

Document = dict[str, Any]
T = TypeVar("T", Window, Notice)
SAID = ("cause", "workaround", "effects", "result", "responsible_department")
ENDED = (Status.CLOSED, Status.MERGED, Status.REJECTED, Status.FALSE_ALARM)
SPARED = "sms_limit"
"""Why a delivery is suppressed; of a holding notice it is only who was told meanwhile."""
TAKEN = (State.ACCEPTED, State.DELIVERED, State.UNDELIVERED)
"""States in which a provider has taken the message."""
WAITING = (State.PLANNED, State.CLAIMED, State.CALLING, State.IN_DOUBT)


def iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def window(window: Window, reference: str) -> Document:
    """One duty; `reference` is its incident's."""
    coverage = window.coverage
    return {
        "id": window.id,
        "incident": reference,
        "kind": window.kind,
        "audience": window.audience,
        "sequence": window.sequence,
        "rule": window.rule,
        "rule_version": window.rule_version,
        "clock_start": window.clock_start,
        "started_at": iso(window.started_at),
        "length_seconds": window.length_seconds,
        "due_at": iso(window.due_at),
        "strict_due_at": iso(window.strict_due_at),
        "target_at": iso(window.target_at),
        "state": window.state,
        "duty": window.duty,
        "decided_at": iso(window.decided_at),
        "basis": window.basis,
        "told_by": window.told_by,
        "told_at": iso(window.told_at),
        "seconds_late": window.seconds_late,
        "ended_by": window.ended_by,
        "audience_state": window.audience_state,
        "coverage": {
            "audience": coverage.audience,
            "with_address": coverage.with_address,
            "reached": coverage.reached,
            "impossible": coverage.impossible,
            "unconfirmed": coverage.unconfirmed,
            "missing": coverage.missing,
            "page_live_at": iso(coverage.page_live_at),
        },
        "causes": list(window.causes),
        "findings": [{"at": iso(f.at), "kind": f.kind, "detail": f.detail} for f in window.findings],
        "history": [
            {"at": iso(m.at), "due_at": iso(m.due_at), "rule": m.rule, "by": m.by} for m in window.history
        ],
        "rungs": [
            {"name": r.name, "at": iso(r.at), "fired_at": iso(r.fired_at), "to": r.to, "skipped": r.skipped}
            for r in window.rungs
        ],
    }


def incident(act: Act, incident: Incident) -> Document:
    """The whole record of one incident, with what to do next."""
    return {
        **summary(act, incident),
        **_names(act, [incident]),
        "timeline": [
            {"sequence": e.sequence, "at": iso(e.at), "actor": e.actor, "kind": e.kind, "data": e.data}
            for e in act.tx.incidents.entries(incident.id)
        ],
    }


def summary(act: Act, incident: Incident) -> Document:
    """The incident without its timeline."""
    incident = act.tx.incidents.by_id(incident.id)
    windows = act.tx.windows.of_incident(incident.id)
    step = steps.following(act, [incident])
    return {
        **facts(incident),
        "planned_work": incident.overrun_of and _reference(act, incident.overrun_of),
        "org_unit_names": act.tx.organisation.names(incident.org_unit),
        **levels.document(act, incident),
        "windows": [window_now(act, w) for w in windows],
        "notices": [notice(act, n) for n in act.tx.notices.of_incident(incident.id)],
        "tasks": [task(act, t) for t in act.tx.playbooks.tasks(incident.id)],
        "unfilled_roles": unfilled(act, act.tx.playbooks.tasks(incident.id, OWED)),
        "regimes": regime_rows.document(act, incident),
        **_decisions(act, incident.id),
        "at": iso(act.now),
        "sandbox": act.house.setting.sandbox,
        "next": step.look or step.command,
        "next_why": list(step.why),
    }


def _decisions(act: Act, incident_id: int | None = None) -> Document:
    """What waits for a second person's word besides notices, reports and texts."""
    waiting = act.tx.decisions.waiting(incident_id)
    return {"pending": bool(waiting), "decisions": [asking.document(act, one) for one in waiting]}


def _names(act: Act, incidents: Iterable[Incident]) -> Document:
    """What the areas and services of these incidents are called, by code and language."""
    found = list(incidents)
    areas = {code for one in found for code in one.areas}
    services = {code for one in found for code in one.services}
    catalogues = (
        ("area_names", areas, act.tx.directory.areas() if areas else {}),
        ("service_names", services, act.tx.directory.services() if services else {}),
    )
    return {
        name: {code: dict(catalogue[code].names) for code in sorted(codes) if code in catalogue}
        for name, codes, catalogue in catalogues
    }


def planned(act: Act, work: Incident) -> Document:
    """One planned work without its notices and its timeline: it is no incident, and has no level."""
    work = act.tx.incidents.by_id(work.id)
    became = act.tx.incidents.overruns_of(work.id)
    return {
        "reference": work.reference,
        "status": work.status,
        "title": work.title,
        **_times(work),
        "areas": list(work.areas),
        "services": list(work.services),
        **_names(act, [work]),
        "effects": dict(work.effects),
        "opened_at": iso(work.opened_at),
        "opened_by": work.opened_by,
        "incident": became[0].reference if became else None,
        "windows": [window_now(act, one) for one in act.tx.windows.of_incident(work.id)],
    }


def _times(work: Incident) -> Document:
    return {"planned_start_at": iso(work.planned_start_at), "planned_end_at": iso(work.planned_end_at)}


def facts(incident: Incident) -> Document:
    """What the record knows of the incident itself."""
    affected = incident.affected
    return {
        "reference": incident.reference,
        "type": incident.type,
        "level": incident.level,
        "level_reasons": list(incident.level_reasons),
        "status": incident.status,
        "exercise": incident.exercise,
        "title": incident.title,
        "onset_at": iso(incident.onset_at),
        "aware_at": iso(incident.aware_at),
        "aware_source": incident.aware_source,
        "opened_at": iso(incident.opened_at),
        "opened_by": incident.opened_by,
        "confirmed_at": iso(incident.confirmed_at),
        "restored_at": iso(incident.restored_at),
        "resolved_at": iso(incident.resolved_at),
        "closed_at": iso(incident.closed_at),
        "expected_at": iso(incident.expected_at),
        "areas": list(incident.areas),
        "services": list(incident.services),
        "affected": {
            "count": None if affected is None else affected.count,
            "unit": "services" if affected is None else affected.unit,
            "confidence": "unknown" if affected is None else affected.confidence,
        },
        **{name: dict(getattr(incident, name)) for name in SAID},
        **{name: getattr(incident, name) for name in SIZE},
        "cause_status": incident.cause_status,
        "actions": [dict(action) for action in incident.actions],
        "playbook": incident.playbook,
        "org_unit": incident.org_unit,
        "improvements": [dict(improvement) for improvement in incident.improvements],
        "unknown": list(incident.gaps()),
        **({"case": True, "case_link": incident.case_link} if incident.case else {}),
        **(_times(incident) if incident.planned else {}),
    }


def notice(act: Act, notice: Notice, people: int | None = None) -> Document:
    """One notice with its progress; people appear as counts only (S3). A draft's `people` are counted by preview."""
    notice = act.tx.notices.get(notice.id)
    counts = act.tx.notices.counts(notice.id)
    lanes: dict[tuple[str, str], dict[str, int]] = {}
    total: Counter[str] = Counter()
    for (channel, language, state), n in sorted(counts.items()):
        total[state] += n
        if n:
            lanes.setdefault((channel, language), {})[state] = n
    needed, counters = approvals_needed(notice.level), notice.counters
    step, incident = steps.of_notice(act, notice), act.tx.incidents.by_id(notice.incident)
    return {
        "id": notice.id,
        "incident": incident.reference,
        "kind": notice.kind,
        "state": notice.state,
        "automatic": notice.automatic,
        "window": notice.window or None,
        "held_channels": list(notice.held),
        "level": None if incident.planned else notice.level,
        "number": notice.number,
        "channels": list(notice.channels),
        "author": notice.author,
        "audience_size": notice.audience_size,
        "nobody": _nobody(act, notice, incident, people),
        "shared": notice.shared,
        "counts": {state.value: total[state.value] for state in State},
        "by": [{"channel": c, "language": lang, "counts": n} for (c, lang), n in lanes.items()],
        "people": {**vars(counters)},
        "approvals": [
            {"user": a.user, "at": iso(a.at), "text_hash": a.text_hash, "audience_hash": a.audience_hash}
            for a in notice.approvals
        ],
        "approvals_needed": needed,
        "pending": notice.state == NoticeState.SUBMITTED,
        "approvers": _approvers(act, notice) if notice.state == NoticeState.SUBMITTED else [],
        "pace": _pace(act, notice, counts),
        "suppressed": [
            {
                "reason": SPARED if notice.kind in LIMITED else "already_told",
                "hours": _limit_hours(notice),
                "count": total[State.SUPPRESSED.value],
            }
        ]
        * bool(total[State.SUPPRESSED.value]),
        "spares": spares(act, notice, people),
        "warnings": [list(sentence) for sentence in doubts.of(act, notice)],
        "text_hash": notice.text_hash,
        "audience_hash": notice.audience_hash,
        "created_at": iso(notice.created_at),
        "submitted_at": iso(notice.submitted_at),
        "released_at": iso(notice.released_at),
        "page_live_at": iso(notice.page_live_at),
        "told_at": iso(notice.told_at),
        "next_update_at": iso(notice.next_update_at),
        "forecast_at": iso(notice.forecast_at),
        "stopped_reason": notice.stopped_reason,
        "own_words": [
            {"path": one.path, "author": one.author, "at": iso(one.submitted_at)}
            for one in act.tx.templates.words_for(notice.id).values()
        ],
        "at": iso(act.now),
        "next": step.look or step.command,
    }


def _nobody(act: Act, notice: Notice, incident: Incident, people: int | None) -> Document | None:
    """Why it is for nobody, where it goes to customers of the directory and not to the page alone."""
    size = notice.audience_size if notice.submitted_at else people
    if size != 0 or notice.kind in TAKING_BACK or set(notice.channels) == {Channel.WEB}:
        return None
    return standing.nobody(act, incident)


def _approvers(act: Act, notice: Notice) -> list[str]:
    """Who may give the approval that is missing: everybody with the right who has given none."""
    given = {approval.user for approval in notice.approvals}
    may = PERMISSIONS["approve"]
    return [name for name, roles in act.tx.people.all() if name not in given and may & set(map(Role, roles))]


def _pace(act: Act, notice: Notice, counts: Mapping[CountKey, int]) -> Document:
    """How fast its messages are taken, measured since its release: None where that is not known."""
    pace: Document = {"accepted": 0, "left": 0, "per_second": None, "seconds_left": None}
    if notice.state not in GOING or notice.released_at is None:
        return pace
    for (channel, _, state), n in counts.items():
        if channel in DIRECT:
            pace["accepted"] += n if state in TAKEN else 0
            pace["left"] += n if state in WAITING else 0
    elapsed = (act.now - notice.released_at).total_seconds()
    if pace["accepted"] and elapsed >= 1:
        pace["per_second"] = round(pace["accepted"] / elapsed, 2)
        pace["seconds_left"] = math.ceil(pace["left"] * elapsed / pace["accepted"])
    return pace


def spares(act: Act, notice: Notice, people: int | None = None) -> Document | None:
    """Before release: how many people at most will get no SMS of it, because they have just had one.

    `people` is how many a draft is for, where that has been counted.
    """
    limit = None if notice.released else sms_limit(act, notice)
    if limit is None:
        return None
    since = act.now - limit
    texted = 0
    for other in act.tx.notices.of_incident(notice.incident):
        if other.id == notice.id or other.released_at is None:
            continue
        texts = [
            (state, n)
            for (channel, _, state), n in act.tx.notices.counts(other.id).items()
            if channel == "sms"
        ]
        going = any(n for state, n in texts if state in WAITING)
        if going or (other.told_at or act.now) > since:
            texted += sum(n for state, n in texts if state in TAKEN)
    size = notice.audience_size if notice.submitted_at else people
    most = texted if size is None else min(texted, size)
    return {"reason": SPARED, "hours": _limit_hours(notice), "at_most": most} if most else None


def _limit_hours(notice: Notice) -> int | None:
    limit = notice.sms_limit
    return None if limit is None else int(limit.total_seconds() // 3600)


def operation(one: Operation) -> Document:
    """One matter about the program itself."""
    return {
        "about": one.about,
        "at": iso(one.at),
        "alarm": one.alarm,
        "data": dict(one.data),
        "over_at": iso(one.over_at),
        "over_by": one.over_by,
        "reason": one.reason,
    }


def board(act: Act) -> tuple[Document, list[Effect]]:
    """Everything owed, overdue first, then least time left."""
    running, works = _running(act), _works(act)
    step = steps.following(act, [*running, *works])
    return {
        "planned": [planned(act, one) for one in works],
        "windows": [window_now(act, w) for w in _real_first(act, act.tx.windows.owed())],
        "holding_approvals": holding_views.ailing(act),
        "incidents": [summary(act, i) for i in running],
        **_names(act, running),
        "notices": [
            notice(act, n)
            for n in _real_first(act, act.tx.notices.in_state(steps.UNDER_WAY))
            if _goes_on(act, n)
        ],
        "pages": page_views.standing(act),
        "tasks": owed_tasks(act),
        "unfilled_roles": unfilled(act, act.tx.playbooks.tasks(None, OWED)),
        "trouble": dict(act.tx.receipts.lanes()),
        "exercise_trouble": dict(act.tx.receipts.lanes(exercise=True)),
        "checkpoint": checkpoints.standing(act)[0],
        "drills": drill_years.on_the_board(act),
        "chat": chat_standing(act)[0],
        **_common(act, step),
    }, []


def _running(act: Act) -> list[Incident]:
    """Incidents that have not ended, and ended ones that owe something: an error found later, a false alarm; ordinary
    complaints after them."""
    owing = {w.incident for w in act.tx.windows.owed()}
    every = (*act.tx.incidents.all(), *act.tx.incidents.cases())
    found = [i for i in every if i.status not in ENDED or i.id in owing]
    return sorted(found, key=lambda one: one.exercise)


def _works(act: Act) -> list[Incident]:
    """Planned works that are to come, under way or longer than planned, and those that still owe something."""
    owing = {w.incident for w in act.tx.windows.owed()}
    return [one for one in act.tx.incidents.works() if one.status not in PLANNED_OVER or one.id in owing]


def _real_first(act: Act, found: Iterable[T]) -> list[T]:
    """What is real comes before what is an exercise; else the order stays."""
    return sorted(found, key=lambda one: act.tx.incidents.by_id(one.incident).exercise)


def _goes_on(act: Act, one: Notice) -> bool:
    """Whether a notice may still be told: a draft of an update is nothing more once the incident is over."""
    incident = act.tx.incidents.by_id(one.incident)
    updates = (Kind.PROGRESS_UPDATE, Kind.MATERIAL_UPDATE)
    if one.kind in TAKING_BACK:
        return True
    over = incident.status in ENDED or (incident.resolved_at is not None and one.kind in updates)
    return one.state != NoticeState.DRAFT or not over


def next_step(act: Act) -> tuple[Document, list[Effect]]:
    """The one thing to do now, with what it is about."""
    running = _running(act)
    step = steps.following(act, [*running, *_works(act)])
    owed = step.window
    whose = None if owed is None else act.tx.incidents.by_id(owed.incident)
    about = [] if owed is None else [n for n in steps.fitting(act, owed) if n.state in steps.UNDER_WAY]
    return {
        "windows": [] if owed is None else [window_now(act, owed)],
        "incidents": [] if whose is None or whose.planned else [summary(act, whose)],
        "planned": [planned(act, whose)] if whose is not None and whose.planned else [],
        "notices": [notice(act, n) for n in about],
        "pages": [] if owed is None else [p for p in page_views.standing(act) if p["window"] == owed.id],
        "tasks": [one for one in owed_tasks(act) if one["red"]],
        "also": [_also(other) for other in steps.of_levels(act, running) if other.command != step.command],
        "unfilled_roles": unfilled(act, act.tx.playbooks.tasks(None, OWED)),
        **_common(act, step),
    }, []


def _also(step: steps.Step) -> Document:
    return {"next": step.command, "next_why": list(step.why)}


def _common(act: Act, step: steps.Step) -> Document:
    return {
        "at": iso(act.now),
        "alarms": [operation(one) for one in alarms.standing(act)],
        "sandbox": act.house.setting.sandbox,
        "next": step.command,
        "next_why": list(step.why),
    }


def window_now(act: Act, one: Window) -> Document:
    """One duty with what is foreseen of it: its forecast and the countdown of its holding notice."""
    return {**window(one, _reference(act, one.incident)), **holding_views.of_window(act, one)}


def _reference(act: Act, incident_id: int) -> str:
    return act.tx.incidents.by_id(incident_id).reference


def pending(act: Act) -> tuple[Document, list[Effect]]:
    """What waits for a second person: notices first, then reports, texts of templates, holding texts."""
    sandbox = act.house.setting.sandbox
    waiting = _real_first(act, act.tx.notices.in_state([NoticeState.SUBMITTED]))
    reports = act.tx.reports.submitted()
    texts = act.tx.templates.waiting()
    found = [steps.of_notice(act, one) for one in waiting]
    found += [steps.Step(*report_views.decided(one, sandbox)) for one in reports]
    found += [steps.Step(*asking.waiting_for(one, sandbox)) for one in act.tx.decisions.waiting()]
    found += [steps.Step(*versions.waiting(one, sandbox)) for one in texts]
    in_advance = holding_views.pending(act)
    said = "{id} waits for a person other than {author}"
    found += [
        steps.Step(one["next"], (said, {"id": one["id"], "author": one["author"]})) for one in in_advance
    ]
    return {
        "items": [notice(act, n) for n in waiting],
        "reports": [report_views.document(act, version) for version in reports],
        "templates": [versions.document(one, sandbox) for one in texts],
        "holding": in_advance,
        "decisions": _decisions(act)["decisions"],
        **_common(act, next(iter(found), steps.NOTHING)),
    }, []


def listing(act: Act) -> tuple[Document, list[Effect]]:
    """Every incident, newest first."""
    newest = reversed(act.tx.incidents.all())
    items = [summary(act, one) for one in newest]
    return {"items": items, "at": iso(act.now)}, []
