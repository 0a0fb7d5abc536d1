"""The top of the use cases: one transaction per act, and the only place where effects are carried out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from coordinator import (
    alarms,
    chat,
    evidence,
    incidents,
    judging,
    merging,
    moving,
    notices,
    organisation,
    paging,
    playbooks,
    reclassify,
    regimes,
    sending,
    splitting,
    taking_back,
    waiving,
    windows,
)
from coordinator.act import SYSTEM, Act, Actor, House
from coordinator.outside import Clock
from coordinator.permissions import check
from coordinator.ports import Store, Transaction
from incidents.effects import (
    AcceptedOnEvidence,
    ActivatePlaybook,
    AdvancePlaybook,
    Alarm,
    AskRegimes,
    AssignUnit,
    BeginReports,
    DraftNotice,
    DropDrafts,
    Effect,
    EndQuestion,
    EndReportTasks,
    EndTasks,
    EndWindows,
    GrowAudience,
    JudgeWindows,
    LookAtRegimes,
    LowerLevel,
    MergeCase,
    MergeWindows,
    MoveWindows,
    OpenIncident,
    OpenTask,
    OpenWindow,
    OweTakingBack,
    PageStaff,
    PageWentLive,
    PromoteCase,
    RaiseLevel,
    Record,
    RenewFirst,
    RewindPlaybook,
    SplitWindows,
    StopNotices,
    StopUnsent,
    UndoWindows,
    WaiveWindow,
)
from incidents.errors import Conflict
from incidents.terms import LEVELS

P = ParamSpec("P")
R = TypeVar("R")
LAST_INSTANT = "last_instant"
Passed = Callable[[datetime, int], None]
"""Told of every instant that was committed, with the number of its commit, after it."""
MAX_EFFECTS = 10_000
"""A bound on what one act may set going; reaching it means that effects feed each other."""


class Coordinator:
    """Runs verbs: opens the transaction, reads the clock under its lock, performs the effects, commits."""

    def __init__(self, store: Store, clock: Clock, house: House, passed: Passed = lambda *_: None):
        self.store = store
        self.clock = clock
        self.house = house
        self._passed = passed

    def act(
        self,
        permission: str,
        actor: Actor,
        verb: Callable[Concatenate[Act, P], tuple[R, list[Effect]]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Do `verb` as `actor` in one transaction and return its result.

        Errors of the core leave nothing behind. The instant is read after the write lock is held.
        """
        check(permission, actor)
        with self.store.transaction() as tx:
            now = self._instant(tx, permission)
            act = Act(tx, now, actor, self.house)
            result, effects = verb(act, *args, **kwargs)
            perform(act, effects)
        if permission not in ("read", *SET_UP):
            self._passed(now, self.store.commits)
        return result

    def look(
        self,
        permission: str,
        actor: Actor,
        verb: Callable[Concatenate[Act, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """What `verb` reads of the record as it stands now; it may take long, and no clock waits for it."""
        check(permission, actor)
        with self.store.snapshot() as tx:
            last = tx.meta.instant(LAST_INSTANT)
            now = self.clock.now()
            return verb(Act(tx, max(now, last or now), actor, self.house), *args, **kwargs)

    def _instant(self, tx: Transaction, permission: str) -> datetime:
        """The clock, never behind the record; read after the write lock is held."""
        now = self.clock.now()
        if permission in SET_UP:
            return now
        last = tx.meta.instant(LAST_INSTANT)
        if last is not None and now < last:
            if self.clock.fixed:
                raise _backwards(now, last)
            self.clock.rebase(last)
            now = last
        if permission != "read" and now != last:
            tx.meta.put_instant(LAST_INSTANT, now)
        return now

    def glance(self, look: Callable[[Act], R]) -> R:
        """What `look` sees, beside any writer: only to find out whether there is something to do."""
        with self.store.snapshot() as tx:
            return look(Act(tx, self.clock.now(), SYSTEM, self.house))

    def system(
        self,
        verb: Callable[Concatenate[Act, P], tuple[R, list[Effect]]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Do `verb` as the coordinator itself."""
        return self.act("system", SYSTEM, verb, *args, **kwargs)


SET_UP = frozenset({"directory", "people", "template", "approve_template", "regime"})
"""Set-up commits no instant, so that it may precede a replay's virtual time."""


def _backwards(now: datetime, last: datetime) -> Conflict:
    return Conflict(
        "the clock says {now}, but {last} was already recorded",
        now=now.isoformat(),
        last=last.isoformat(),
        field="TONGBAO_NOW",
        next="time does not go back on a record; use a later instant or another home",
    )


def perform(act: Act, effects: list[Effect]) -> None:
    """Carry out effects and what follows from them, in order, in the act's own transaction."""
    waiting = deque(effects)
    for _ in range(MAX_EFFECTS):
        if not waiting:
            return
        following = _perform(act, waiting.popleft())
        # People are called out last: then the record says all that their pages are made from.
        waiting.extend(effect for effect in following if isinstance(effect, PageStaff))
        waiting.extendleft(effect for effect in reversed(following) if not isinstance(effect, PageStaff))
    raise RuntimeError("effects feed each other without end")


def _perform(act: Act, effect: Effect) -> list[Effect]:
    match effect:
        case Record(incident, kind, data):
            entry = act.tx.incidents.append(incident, act.now, act.actor.name, kind, data)
            chat.note(act, entry)
            return paging.noted(act, entry)
        case PageStaff():
            return paging.page_staff(act, effect)
        case Alarm():
            return alarms.stand(act, effect)
        case RaiseLevel():
            return reclassify.raise_level(act, effect)
        case LowerLevel():
            return reclassify.lower_level(act, effect)
        case AssignUnit(incident):
            return organisation.assign(act, incident)
        case GrowAudience(incident):
            return windows.grow_audience(act, incident)
        case OpenIncident():
            return _open_incident(act, effect)
        case PromoteCase() | MergeCase():
            return _promote(act, effect)
        case DraftNotice() | DropDrafts() | StopUnsent() | StopNotices() | OweTakingBack():
            return _perform_notice(act, effect)
        case (
            ActivatePlaybook()
            | AdvancePlaybook()
            | OpenTask()
            | AskRegimes()
            | LookAtRegimes()
            | BeginReports()
            | EndQuestion()
            | EndReportTasks()
            | EndTasks()
            | RewindPlaybook()
        ):
            return _perform_playbook(act, effect)
        case _:
            return _perform_clock(act, effect)


def _open_incident(act: Act, effect: OpenIncident) -> list[Effect]:
    """What an alarm says; the alarm belongs to it from then on."""
    opened, effects = incidents.open_incident(act, effect.opening)
    act.tx.intake.keep_alarm(effect.source, effect.dedup_key, opened.id, effect.event, "firing")
    if not effect.goes_on_from:
        return effects
    said = {"source": effect.source, "dedup_key": effect.dedup_key, "event": effect.event}
    return [*effects, Record(effect.goes_on_from, "alarm_goes_on", {**said, "incident": opened.reference})]


def _promote(act: Act, effect: PromoteCase | MergeCase) -> list[Effect]:
    """A complaint that concerns more people is a duplicate of the incident that it belongs to."""
    if isinstance(effect, MergeCase):
        return merging.merge(act, effect.reference, effect.into)[1]
    wanted = incidents.would_be(act, effect.opening).level
    # It was of the complaint's level until now: what is owed for the higher one moves as by any rise.
    opened, effects = incidents.open_incident(act, replace(effect.opening, level=max(LEVELS)))
    rises = [RaiseLevel(opened.id, wanted, effect.reason)] if wanted < opened.level else []
    return [*effects, *rises, MergeCase(effect.reference, opened.reference)]


def _perform_notice(
    act: Act, effect: DraftNotice | DropDrafts | StopUnsent | StopNotices | OweTakingBack
) -> list[Effect]:
    match effect:
        case DraftNotice():
            return notices.draft_if_none(act, effect)
        case DropDrafts():
            return notices.drop_drafts(act, effect)
        case StopUnsent():
            return sending.stop_unsent(act, effect)
        case StopNotices():
            return sending.stop_notices(act, effect)
        case OweTakingBack():
            return taking_back.owe(act, effect)


def _perform_playbook(
    act: Act,
    effect: ActivatePlaybook
    | AdvancePlaybook
    | OpenTask
    | AskRegimes
    | LookAtRegimes
    | BeginReports
    | EndQuestion
    | EndReportTasks
    | EndTasks
    | RewindPlaybook,
) -> list[Effect]:
    match effect:
        case ActivatePlaybook(incident):
            return playbooks.activate(act, incident)
        case AdvancePlaybook(incident, event):
            return playbooks.advance_run(act, incident, event)
        case RewindPlaybook():
            return playbooks.rewind(act, effect)
        case OpenTask():
            return playbooks.open_task(act, effect)
        case AskRegimes(incident, learnt, again):
            return regimes.ask(act, incident, learnt, again=again)
        case LookAtRegimes(incident):
            return regimes.look(act, incident)
        case BeginReports(incident):
            return regimes.begin(act, incident)
        case EndQuestion():
            return playbooks.end_question(act, effect)
        case EndReportTasks(incident, kind):
            return playbooks.end_report_tasks(act, incident, kind)
        case EndTasks(incident):
            return playbooks.withdraw_tasks(act, incident)


def _perform_clock(
    act: Act,
    effect: OpenWindow
    | MoveWindows
    | EndWindows
    | UndoWindows
    | RenewFirst
    | MergeWindows
    | SplitWindows
    | WaiveWindow
    | JudgeWindows
    | PageWentLive
    | AcceptedOnEvidence,
) -> list[Effect]:
    match effect:
        case OpenWindow():
            return windows.open_window(act, effect)
        case MoveWindows():
            return moving.move_windows(act, effect)
        case EndWindows():
            return moving.end_windows(act, effect)
        case UndoWindows():
            return moving.undo_windows(act, effect)
        case RenewFirst(incident):
            return moving.renew_first(act, incident)
        case MergeWindows():
            return merging.take_over(act, effect)
        case SplitWindows():
            return splitting.divide(act, effect)
        case WaiveWindow():
            return waiving.waived(act, effect)
        case JudgeWindows(incident):
            return judging.judge_windows(act, incident)
        case PageWentLive(incident, notice):
            return judging.page_went_live(act, incident, act.tx.notices.get(notice))
        case AcceptedOnEvidence():
            return evidence.accepted(act, effect)
