"""Verbs that judge: after an act, after a page entry went live, and at every sweep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, partial

from coordinator import duty, levels, missed, rulebook, standing
from coordinator.act import PUT_OFF, Act
from coordinator.failpoints import fp
from coordinator.heard import knows_of, may_have_told
from coordinator.holds import LAST_LOOK
from coordinator.kept import keep
from coordinator.matters import nobody_to_tell
from coordinator.release import superseded
from incidents.effects import Effect, GrowAudience, OpenWindow, Record
from incidents.lifecycle import OPEN
from incidents.terms import TAKING_BACK, Duty, Kind, NoticeState
from notifications.notice import Notice
from windows import ladder, verdict
from windows.window import Window

SWEEP_LIMIT = 200


def judge_windows(act: Act, incident_id: int) -> list[Effect]:
    """Judge everything that this incident owes; an act of a person may be the first look after a gap."""
    alive_at = act.tx.meta.instant(LAST_LOOK)
    notices = act.tx.notices.of_incident(incident_id)
    act.tx.outlooks.look_again(incident_id, act.now)
    effects: list[Effect] = []
    for window in act.tx.windows.of_incident(incident_id):
        if window.owed:
            effects += _judge(act, window, window, notices, alive_at)
    survivor = act.tx.incidents.by_id(incident_id).merged_into
    return effects if survivor is None else effects + judge_windows(act, survivor)


def _judge(
    act: Act, stored: Window, window: Window, notices: list[Notice], alive_at: datetime | None
) -> list[Effect]:
    """Judge `window`, which may have climbed since it was `stored`: both are written at once."""
    silent = _nobody_had_it(act, window, notices)
    if silent is not None:
        return _nothing_to_take_back(act, stored, window, silent)
    seen, found = standing.look(act, window, notices)
    coverage = rulebook.terms_of(act, window).coverage
    judged = verdict.judged(seen, found, coverage, act.now, alive_at)
    effects = [*keep(act, stored, judged), *_joined_meanwhile(judged, notices)]
    # It may be found later than at the opening that there is nobody: areas change, and parts go their own way.
    return [*effects, *nobody_to_tell(seen)] if seen.audience_state != window.audience_state else effects


def _nothing_to_take_back(act: Act, stored: Window, window: Window, drafts: list[Notice]) -> list[Effect]:
    """It ends with its drafts; past its due its verdict says first what it lacked."""
    seen, late = missed.judged(act, window)
    over = keep(act, seen if late else stored, verdict.ended(seen, act.now, "nobody_had_it"))
    return [*late, *over, *(effect for draft in drafts for effect in superseded(act, draft))]


def _joined_meanwhile(window: Window, notices: list[Notice]) -> list[Effect]:
    """A holding notice has told its window: until then whoever joined after it left was to be taken along by the first
    notice, which nobody owes now."""
    if window.kind != Kind.FIRST_NOTICE or window.duty != Duty.DONE:
        return []
    held_out = any(n.holding and n.window == window.id and n.audience_size for n in notices)
    return [GrowAudience(window.incident)] if held_out else []


def _nobody_had_it(act: Act, window: Window, notices: list[Notice]) -> list[Notice] | None:
    """The drafts that take back what nobody had after all: the calls whose answers were lost never arrived. None while
    somebody had it or may have, and once a person has submitted."""
    if window.kind not in TAKING_BACK or not window.owed:
        return None
    mine = [n for n in notices if (n.kind, n.sequence) == (window.kind, window.sequence)]
    drafts = [n for n in mine if n.state == NoticeState.DRAFT]
    if not drafts or any(n.submitted_at for n in mine):
        return None
    wrong = {number for draft in drafts for number in draft.wrong}
    known = knows_of(wrong, notices)
    return None if any(may_have_told(act, act.tx.notices.get(number)) for number in known) else drafts


def page_went_live(act: Act, incident_id: int, notice: Notice) -> list[Effect]:
    """A page entry is live: it ends all overdue progress duties, fulfils the newest, starts the next."""
    effects: list[Effect] = []
    progress = [
        w for w in act.tx.windows.of_incident(incident_id) if w.kind == Kind.PROGRESS_UPDATE and w.owed
    ]
    for window in progress[:-1]:
        effects += keep(act, window, verdict.ended(window, act.now, "newer_progress_notice"))
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
    people = lru_cache(partial(duty.first, act))
    for window in looked:
        effects += _looked(act, window, alive_at, people)
    effects += levels.reviews_fallen_due(act)
    if looked or alive_at is None or act.now - alive_at >= timedelta(seconds=1):
        act.tx.meta.put_instant(LAST_LOOK, act.now)
    if looked:
        fp("sweep.before_commit")
    return len(looked), effects


def _looked(
    act: Act, window: Window, alive_at: datetime | None, people: Callable[[str, str], list[str]]
) -> list[Effect]:
    """Fire the rung that is due, and judge."""
    climbed, fired = ladder.climbed(window, act.now, _why_passed(window))
    warned = [] if fired is None else [_warning(act, climbed, fired.name, fired.to, people)]
    return [*warned, *_judge(act, window, climbed, act.tx.notices.of_incident(window.incident), alive_at)]


def to_look_at(act: Act) -> list[int]:
    """The windows whose look is due."""
    return [window.id for window in act.tx.windows.to_look_at(act.now, SWEEP_LIMIT)]


def look_at(act: Act, window_id: int) -> tuple[int, list[Effect]]:
    """One window alone, if its look is due still."""
    window = act.tx.windows.get(window_id)
    if window.next_look_at is None or window.next_look_at > act.now:
        return 0, []
    people = partial(duty.first, act)
    return 1, _looked(act, window, act.tx.meta.instant(LAST_LOOK), people)


def put_off(act: Act, window_id: int) -> tuple[int, list[Effect]]:
    """Look at a window that breaks us a little later; the others are not to wait for it."""
    act.tx.windows.put_off(window_id, act.now + PUT_OFF)
    return 1, []


def round_over(act: Act) -> tuple[int, list[Effect]]:
    """What a sweep does after its windows, when these were looked at one by one."""
    effects = levels.reviews_fallen_due(act)
    act.tx.meta.put_instant(LAST_LOOK, act.now)
    return 0, effects


def _why_passed(window: Window) -> str:
    return "due_moved" if len(window.history) > 1 else "coordinator_outage"


def _warning(act: Act, window: Window, rung: str, to: str, people: Callable[[str, str], list[str]]) -> Record:
    unit = act.tx.incidents.by_id(window.incident).org_unit
    return Record(
        window.incident,
        "warning",
        {
            "window": window.id,
            "kind": window.kind,
            "rule": window.rule,
            "rung": rung,
            "to": to,
            "people": people(to, unit),
            "due_at": window.due_at.isoformat(),
            "skipped": [r.name for r in window.rungs if r.skipped],
        },
    )
