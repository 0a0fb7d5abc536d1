"""Verbs of the clocks: open, move, end and judge windows; the sweep; fulfil; explain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from coordinator import duty, levels
from coordinator.act import Act
from coordinator.failpoints import fp
from coordinator.joined import first_fits
from coordinator.scope import scope_of
from incidents.effects import DraftNotice, Effect, OpenWindow, Record, UndoWindows
from incidents.errors import Conflict, Invalid
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.terms import REPORTS, TAKING_BACK, Kind, NoticeState, Verdict
from incidents.undoing import OWED
from notifications.notice import Notice
from windows import clocks, ladder, verdict
from windows.window import Coverage, Window

LAST_LOOK = "last_look"
SWEEP_LIMIT = 200
STAGES = {
    NoticeState.DRAFT: "draft",
    NoticeState.SUBMITTED: "submitted",
    NoticeState.APPROVED: "submitted",
    NoticeState.SENDING: "released",
    NoticeState.PAUSED: "released",
    NoticeState.TOLD: "released",
}
WRITTEN = (NoticeState.SUBMITTED, NoticeState.SENDING, NoticeState.PAUSED, NoticeState.TOLD)
OPENED_BY: dict[str, tuple[Kind, ...]] = {
    "confirmed": (),
    "upgraded": (Kind.MATERIAL_UPDATE,),
    "partly_restored": (Kind.MATERIAL_UPDATE,),
    "restored": (Kind.MATERIAL_UPDATE,),
    "resolved": (Kind.RESOLUTION_NOTICE, *REPORTS),
    "closed": (),
    **{act: (kind,) for act, kind in OWED.items()},
}
"""What a person's act owes; taking it back ends that."""
TO_THE_TOLD = (Kind.RESOLUTION_NOTICE, *TAKING_BACK)
"""Kinds owed to exactly those who were told."""
ORDER = ("", "draft", "submitted", "released")


def open_window(act: Act, effect: OpenWindow) -> list[Effect]:
    """Open a window of this kind, unless one of the kind is open that this change joins."""
    incident = act.tx.incidents.by_id(effect.incident)
    same = [w for w in act.tx.windows.of_incident(incident.id) if w.kind == effect.kind]
    joined = [w for w in same if w.state == Verdict.OPEN]
    if effect.kind == Kind.PROGRESS_UPDATE and joined:
        return []
    if effect.kind == Kind.MATERIAL_UPDATE and joined and not _already_written(act, joined[-1]):
        return [Record(incident.id, "change_joined", {"window": joined[0].id})]
    window = act.tx.windows.add(
        clocks.opened(
            act.house.pack,
            effect.kind,
            incident=incident.id,
            level=incident.level,
            started_at=effect.started_at,
            aware_at=incident.aware_at,
            now=act.now,
            by=act.actor.name,
            sequence=len(same) + 1,
            promised_at=effect.promised_at,
            audience_state=_audience_at_opening(act, incident, effect.kind),
        )
    )
    return [Record(incident.id, "window_opened", _summary(window))]


def grow_audience(act: Act, incident_id: int) -> list[Effect]:
    """People joined after the first notice was released: a first notice of the next sequence is owed to them,
    unless one that is not submitted yet takes them along. Before that they are simply in its audience."""
    incident = act.tx.incidents.by_id(incident_id)
    released = [
        n for n in act.tx.notices.of_incident(incident_id) if n.kind == Kind.FIRST_NOTICE and n.released
    ]
    if not released:
        return []
    scope = scope_of(act, incident)
    people = act.tx.audience.count_new(scope, [n.id for n in released]) if scope.known else 0
    firsts = [w for w in act.tx.windows.of_incident(incident_id) if w.kind == Kind.FIRST_NOTICE]
    if not people:
        return []
    newest, sequence = firsts[-1], len(firsts) + 1
    notices = [n for n in act.tx.notices.of_incident(incident_id) if first_fits(newest, n)]
    if newest.owed and newest.sequence > 1 and not any(n.submitted_at for n in notices):
        return [Record(incident_id, "audience_grew", {"window": newest.id, "people": people})]
    pack, by = act.house.pack, act.actor.name
    opened = clocks.opened(
        pack,
        Kind.FIRST_NOTICE,
        incident=incident_id,
        level=incident.level,
        started_at=act.now,
        aware_at=incident.aware_at,
        now=act.now,
        by=by,
        sequence=sequence,
    )
    window = act.tx.windows.add(clocks.grown(opened, firsts[0], pack, incident.level, incident.aware_at))
    return [
        Record(incident_id, "window_opened", _summary(window)),
        Record(incident_id, "audience_grew", {"window": window.id, "people": people}),
        DraftNotice(incident_id, Kind.FIRST_NOTICE),
    ]


def _already_written(act: Act, window: Window) -> bool:
    """Whether a notice for this window is past its writing: it cannot tell of a change that joins now."""
    kinds = act.house.pack.rule(window.kind).fulfilled_by
    return any(
        n.kind in kinds
        and n.state in WRITTEN
        and n.submitted_at is not None
        and n.submitted_at > window.started_at
        for n in act.tx.notices.of_incident(window.incident)
    )


def _summary(window: Window) -> dict[str, object]:
    return {
        "window": window.id,
        "kind": window.kind,
        "sequence": window.sequence,
        "rule": window.rule,
        "rule_version": window.rule_version,
        "started_at": window.started_at.isoformat(),
        "due_at": window.due_at.isoformat(),
        "strict_due_at": window.strict_due_at.isoformat(),
    }


def _audience_at_opening(act: Act, incident: Incident, kind: Kind) -> str:
    """What is said of the audience of nobody; a report is for the house itself."""
    return "" if act.house.pack.rule(kind).told_by == "report" else _audience_state(act, incident)


def _audience_state(act: Act, incident: Incident) -> str:
    scope = scope_of(act, incident)
    if not scope.known:
        return "impact_unknown"
    if act.tx.audience.count_affected(scope):
        return ""
    return "no_match" if act.tx.audience.directory_size() else "directory_empty"


def move_windows(act: Act, incident_id: int) -> list[Effect]:
    """The level rose: undecided windows move by the formula, history kept; a first notice that is decided
    keeps its verdict and gets a finding (I12)."""
    incident = act.tx.incidents.by_id(incident_id)
    effects: list[Effect] = []
    for window in act.tx.windows.of_incident(incident_id):
        if window.state != Verdict.OPEN and window.kind != Kind.FIRST_NOTICE:
            continue
        moved = clocks.upgraded(
            window, act.house.pack, incident.level, incident.aware_at, act.now, act.actor.name
        )
        act.tx.windows.save(moved)
        effects.append(
            Record(
                incident_id,
                "window_moved",
                {**_summary(moved), "from": window.due_at.isoformat(), "causes": list(moved.causes)},
            )
        )
    return effects


def end_windows(act: Act, incident_id: int, kind: Kind, cause: str) -> list[Effect]:
    """End what is owed of one kind, by rule."""
    effects: list[Effect] = []
    for window in act.tx.windows.of_incident(incident_id):
        if window.kind == kind and window.owed:
            effects += _keep(act, window, verdict.ended(window, act.now, cause))
    return effects


def undo_windows(act: Act, effect: UndoWindows) -> list[Effect]:
    """What an act opened ends, what it moved goes back, and what it ended is owed again (§4, "undo")."""
    effects: list[Effect] = []
    for window in act.tx.windows.of_incident(effect.incident):
        if window.owed and window.history[0].at == effect.at and window.kind in OPENED_BY[effect.act]:
            effects += _keep(act, window, verdict.ended(window, act.now, "undone"))
        elif window.state == Verdict.OPEN and effect.act == "upgraded":
            effects += _moved_back(act, window, effect.at)
        elif window.ended_by == "resolution" and effect.act == "resolved" and _ended_at(window, effect.at):
            effects.append(_owed_again(act, window))
    return effects


def _ended_at(window: Window, at: datetime) -> bool:
    return window.state == Verdict.BREACHED or window.decided_at == at


def _owed_again(act: Act, window: Window) -> OpenWindow:
    """The same duty in the next sequence; its old due counts if it is still ahead."""
    if window.state == Verdict.LAPSED and window.due_at > act.now:
        return OpenWindow(window.incident, window.kind, window.started_at, window.due_at)
    return OpenWindow(window.incident, window.kind, act.now)


def _moved_back(act: Act, window: Window, at: datetime) -> list[Effect]:
    incident = act.tx.incidents.by_id(window.incident)
    back = clocks.undone(
        window, act.house.pack, incident.level, incident.aware_at, at, act.now, act.actor.name
    )
    if back == window:
        return []
    act.tx.windows.save(back)
    return [Record(window.incident, "window_moved", {**_summary(back), "from": window.due_at.isoformat()})]


def judge_windows(act: Act, incident_id: int) -> list[Effect]:
    """Judge everything that this incident owes; an act of a person may be the first look after a gap."""
    alive_at = act.tx.meta.instant(LAST_LOOK)
    notices = act.tx.notices.of_incident(incident_id)
    effects: list[Effect] = []
    for window in act.tx.windows.of_incident(incident_id):
        if window.owed:
            effects += _judge(act, window, notices, alive_at)
    return effects


def _judge(act: Act, window: Window, notices: list[Notice], alive_at: datetime | None) -> list[Effect]:
    if window.told_by == "report":
        standing = _standing_of_report(act, window)
        return _keep(
            act, window, verdict.judged(window, standing, act.house.pack.coverage, act.now, alive_at)
        )
    rule = act.house.pack.rule(window.kind)
    fitting = [n for n in notices if n.kind in rule.fulfilled_by and _fits(window, n)]
    seen = _with_audience(act, window, fitting)
    standing = _standing(act, seen, fitting)
    judged = verdict.judged(seen, standing, act.house.pack.coverage, act.now, alive_at)
    return _keep(act, window, judged)


def _standing_of_report(act: Act, window: Window) -> verdict.Standing:
    """How far the best version of the report has come; its draft can be drawn from the record at any time."""
    versions = act.tx.reports.of_incident(window.incident)
    found = {v.state for v in versions if v.kind == window.kind and v.submitted_at >= window.started_at}
    return verdict.Standing(next((state for state in ("approved", "submitted") if state in found), "draft"))


def _with_audience(act: Act, window: Window, notices: list[Notice]) -> Window:
    """Until a notice is released the audience may still become known; what it froze then counts."""
    released = [n for n in notices if n.released]
    if window.kind in TO_THE_TOLD and not window.audience_state and released:
        # It is owed to exactly those who were told; when that is nobody, its page entry is all there is.
        empty = not any(n.audience_size for n in released)
        return replace(window, audience_state="nobody_told") if empty else window
    if not window.audience_state or (released and not any(n.audience_size for n in released)):
        return window
    state = "" if released else _audience_state(act, act.tx.incidents.by_id(window.incident))
    return replace(window, audience_state=state)


def _fits(window: Window, notice: Notice) -> bool:
    """Whether a notice can tell this window: it must know of what the window is about."""
    if window.kind == Kind.PROGRESS_UPDATE:
        return notice.page_live_at is None or notice.page_live_at > window.started_at
    if window.kind in TAKING_BACK:
        return notice.sequence == window.sequence
    if window.kind == Kind.FIRST_NOTICE:
        return first_fits(window, notice)
    if window.kind == Kind.MATERIAL_UPDATE:
        return notice.submitted_at is None or notice.submitted_at >= window.started_at
    return True


def _standing(act: Act, window: Window, notices: list[Notice]) -> verdict.Standing:
    stages = [STAGES.get(notice.state, "") for notice in notices]
    live = [n.page_live_at for n in notices if n.page_live_at and n.state != NoticeState.STOPPED]
    page_live_at = min(live) if live else None
    coverage = Coverage(page_live_at=page_live_at)
    released = [n for n in notices if n.released and n.audience_size]
    if window.told_by == "recipients" and released:
        coverage = _coverage(act, released, page_live_at)
    stage = max(stages, key=ORDER.index, default="")
    return verdict.Standing(stage, coverage, bool(act.tx.receipts.lanes()))


def _coverage(act: Act, released: list[Notice], page_live_at: datetime | None) -> Coverage:
    """Who is answered. One notice keeps its own counters; several are added up person by person."""
    if len(released) == 1 and released[0].state != NoticeState.STOPPED:
        notice = released[0]
        counters = notice.counters
        return Coverage(
            notice.audience_size,
            notice.with_address,
            counters.reached,
            counters.impossible,
            counters.unconfirmed,
            page_live_at,
        )
    stopped = [notice.id for notice in released if notice.state == NoticeState.STOPPED]
    going = [notice.id for notice in released if notice.id not in stopped]
    tally = act.tx.audience.tally(going, stopped)
    people = sum(tally[name] for name in ("reached", "impossible", "unconfirmed", "pending"))
    return Coverage(
        people,
        tally["with_address"],
        tally["reached"],
        tally["impossible"],
        tally["unconfirmed"],
        page_live_at,
    )


def _keep(act: Act, before: Window, window: Window) -> list[Effect]:
    """Store a judged window and say what follows from it."""
    if window == before:
        return []
    act.tx.windows.save(window)
    effects: list[Effect] = []
    if window.state != before.state:
        if window.state == Verdict.BREACHED:
            act.tx.windows.record_breach(window, act.now)
        effects.append(Record(window.incident, f"window_{window.state}", _verdict(window)))
        if window.state == Verdict.BREACHED and window.told_at is None and not window.ended_by:
            effects += _silence(act, window)
    elif window.duty != before.duty:
        effects.append(Record(window.incident, f"duty_{window.duty}", _verdict(window)))
    return effects


def _verdict(window: Window) -> dict[str, object]:
    coverage = window.coverage
    return {
        "window": window.id,
        "kind": window.kind,
        "sequence": window.sequence,
        "due_at": window.due_at.isoformat(),
        "strict_due_at": window.strict_due_at.isoformat(),
        "told_at": window.told_at and window.told_at.isoformat(),
        "basis": window.basis,
        "causes": list(window.causes),
        "ended_by": window.ended_by,
        "coverage": {
            "audience": coverage.audience,
            "reached": coverage.reached,
            "impossible": coverage.impossible,
            "unconfirmed": coverage.unconfirmed,
            "missing": coverage.missing,
        },
    }


def _silence(act: Act, window: Window) -> list[Effect]:
    """Silence keeps producing duties: a missed first or progress window starts the next progress clock."""
    if window.kind not in (Kind.FIRST_NOTICE, Kind.PROGRESS_UPDATE):
        return []
    incident = act.tx.incidents.by_id(window.incident)
    if incident.status not in OPEN:
        return []
    progress = [w for w in act.tx.windows.of_incident(incident.id) if w.kind == Kind.PROGRESS_UPDATE]
    if any(w.state == Verdict.OPEN for w in progress) or (window.kind == Kind.FIRST_NOTICE and progress):
        return []
    return [OpenWindow(incident.id, Kind.PROGRESS_UPDATE, window.due_at)]


def page_went_live(act: Act, incident_id: int, notice: Notice) -> list[Effect]:
    """A page entry is live: it ends all overdue progress duties, fulfils the newest, starts the next."""
    effects: list[Effect] = []
    progress = [
        w for w in act.tx.windows.of_incident(incident_id) if w.kind == Kind.PROGRESS_UPDATE and w.owed
    ]
    for window in progress[:-1]:
        effects += _keep(act, window, verdict.ended(window, act.now, "newer_progress_notice"))
    effects += judge_windows(act, incident_id)
    incident = act.tx.incidents.by_id(incident_id)
    if notice.final or incident.status not in OPEN or notice.page_live_at is None:
        return effects
    promised = notice.next_update_at
    return [
        *effects,
        OpenWindow(incident_id, Kind.PROGRESS_UPDATE, notice.page_live_at, promised),
    ]


def sweep(act: Act) -> tuple[int, list[Effect]]:
    """Look at every window whose look is due: fire its rung, judge it. No lower time bound.

    Returns how many were looked at; a full hand means that there may be more.
    """
    fp("sweep.before_judge")
    alive_at = act.tx.meta.instant(LAST_LOOK)
    effects: list[Effect] = []
    looked = act.tx.windows.to_look_at(act.now, SWEEP_LIMIT)
    for window in looked:
        climbed, fired = ladder.climbed(window, act.now, _why_passed(window))
        if fired is not None:
            act.tx.windows.save(climbed)
            effects.append(_warning(act, climbed, fired.name, fired.to))
        effects += _judge(act, climbed, act.tx.notices.of_incident(window.incident), alive_at)
    effects += levels.reviews_fallen_due(act)
    if looked or alive_at is None or act.now - alive_at >= timedelta(seconds=1):
        act.tx.meta.put_instant(LAST_LOOK, act.now)
    if looked:
        fp("sweep.before_commit")
    return len(looked), effects


def _why_passed(window: Window) -> str:
    return "due_moved" if len(window.history) > 1 else "coordinator_outage"


def _warning(act: Act, window: Window, rung: str, to: str) -> Record:
    unit = act.tx.incidents.by_id(window.incident).org_unit
    return Record(
        window.incident,
        "warning",
        {
            "window": window.id,
            "kind": window.kind,
            "rung": rung,
            "to": to,
            "people": duty.first(act, to, unit),
            "due_at": window.due_at.isoformat(),
            "skipped": [r.name for r in window.rungs if r.skipped],
        },
    )


def fulfil(act: Act, window_id: int, how: str, evidence: str) -> tuple[Window, list[Effect]]:
    """A person says how an audience of nobody was told; the page entry must be live."""
    window = act.tx.windows.get(window_id)
    if not how.strip() or not evidence.strip():
        raise Invalid("how and evidence are needed", field="how", next="--how … --evidence …")
    if not window.owed:
        raise Conflict("window {id} is not owed", id=window_id, field="window")
    if window.audience_state not in ("directory_empty", "no_match"):
        raise Conflict(
            "window {id} is told by its channels, not by hand",
            id=window_id,
            field="window",
            next="tongbao explain WINDOW says what is missing",
        )
    if window.coverage.page_live_at is None and not _page_live(act, window):
        raise Conflict("its page entry is not live yet", field="window", next="release the notice first")
    told = verdict.fulfilled(window, act.now)
    record = Record(window.incident, "fulfilled", {"window": window.id, "how": how, "evidence": evidence})
    return told, [record, *_keep(act, window, told)]


def _page_live(act: Act, window: Window) -> bool:
    kinds = act.house.pack.rule(window.kind).fulfilled_by
    return any(n.page_live_at and n.kind in kinds for n in act.tx.notices.of_incident(window.incident))
