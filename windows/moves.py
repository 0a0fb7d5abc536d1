"""The one table of what may move a clock: an event, a window as it stands, and what becomes of it with its reason.

Pure. `due` only ever moves here; strict = start + length is always stored; every value that the due has had
stays in the history. Only a beginning that is moved later, by an override, makes a due later.
Source: docs/windows.md, "What may move a clock".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from incidents.terms import OF_THE_END, TAKING_BACK, ClockStart, Duty, Kind, Verdict
from windows import verdict
from windows.clocks import length_of, opened
from windows.ladder import rungs_for
from windows.rules import Terms
from windows.window import Finding, Move, Window

RENEWED, GROWN, MERGED, SPLIT, BECAME_OWED = "renewed", "grown", "merged", "split", "became_owed"
"""How a window opened, where its rule alone does not say it: the first word of its history."""
OF_THEIR_OWN = (GROWN, MERGED)
"""How a first notice opens that is for people who are in no earlier one."""


@dataclass(frozen=True)
class Event:
    """Something that happened to an incident at `at`; `level`, `aware_at` and `onset_at` are what is true after it."""

    at: datetime
    by: str
    level: int
    aware_at: datetime
    onset_at: datetime | None = field(default=None, kw_only=True)
    """None while it is unknown."""

    def begins(self, start: ClockStart) -> datetime | None:
        """What a clock counts from that runs since the beginning; None for one that something later starts."""
        if start == ClockStart.ONSET_AT:
            return self.onset_at or self.aware_at
        return self.aware_at if start == ClockStart.AWARE_AT else None


class LevelRose(Event):
    """Upgrade, by a person or by a rule."""


class LevelFell(Event):
    """Downgrade."""


class AwareEarlier(Event):
    """The operator knew earlier than the record said."""


class AwareLater(Event):
    """An authorised override: the operator knew later than the record said."""


class OnsetEarlier(AwareEarlier):
    """The onset became known, or it began earlier than the record said."""


class OnsetLater(AwareLater):
    """An authorised override: it began later than the record said."""


@dataclass(frozen=True)
class RiseUndone(Event):
    """The upgrade of `moved_at` was a slip."""

    moved_at: datetime


@dataclass(frozen=True)
class AwarenessUndone(RiseUndone):
    """The new awareness that was said at `moved_at` was a slip."""


class Resolved(Event):
    """Confirmed and stood down."""


class Reopened(Event):
    """The end was not the end."""


class LostAgain(Event):
    """Service that was said to be back is not."""


class FalseAlarm(Event):
    """There was nothing."""


class Rejected(Event):
    """A person refuses to make an incident of it."""


@dataclass(frozen=True)
class PlannedMoved(Event):
    """Planned work begins at another time."""

    start_at: datetime


class PlannedCancelled(Event):
    """Planned work does not take place."""


class PlannedAsTold(Event):
    """Planned work takes place when customers were told it would, after all."""


class PlannedCompleted(Event):
    """Planned work is over: it need not be announced any more."""


class PlannedOverran(Event):
    """Planned work was not over at its planned end: its incident tells customers."""


class ExerciseStopped(Event):
    """A person ends an exercise: nobody is owed anything any more."""


class Merged(Event):
    """A duplicate: its duties go over to the survivor."""


@dataclass(frozen=True)
class Ruling:
    """What becomes of one window, and by which row of the table."""

    window: Window
    reason: str


DUE_STAYS = "due_stays"
BY_MERGE = "merged"
"""What ended a duplicate's duty: it went over to the survivor."""
MOVES = {
    LevelRose: ("upgrade", "late_by_classification"),
    AwareEarlier: ("aware_earlier", "late_by_discovery"),
    OnsetEarlier: ("onset_earlier", "late_by_discovery"),
}
EXTENDS: dict[type[Event], str] = {AwareLater: "aware_later", OnsetLater: "onset_later"}
FINDINGS = {
    LevelRose: "upgraded_after_verdict",
    AwareEarlier: "aware_earlier_after_verdict",
    OnsetEarlier: "onset_earlier_after_verdict",
}
UNDOES = {RiseUndone: ("upgrade",), AwarenessUndone: ("aware_earlier", "aware_later")}
NOTHING_THERE = tuple(kind for kind in Kind if kind != Kind.WITHDRAWAL_NOTICE)
ENDS: dict[type[Event], tuple[str, tuple[Kind, ...]]] = {
    Resolved: ("resolution", (Kind.PROGRESS_UPDATE,)),
    Reopened: ("reopened", (Kind.RESOLUTION_NOTICE, *OF_THE_END)),
    LostAgain: ("lost_again", ()),
    FalseAlarm: ("false_alarm", NOTHING_THERE),
    Rejected: ("rejected", NOTHING_THERE),
    PlannedCancelled: ("planned_cancelled", NOTHING_THERE),
    PlannedAsTold: ("as_told", (Kind.CORRECTION_NOTICE,)),
    PlannedCompleted: ("planned_completed", (Kind.PLANNED_WORK_NOTICE,)),
    PlannedOverran: ("planned_overran", (Kind.PLANNED_WORK_NOTICE,)),
    ExerciseStopped: ("exercise_stopped", tuple(Kind)),
    Merged: (BY_MERGE, tuple(kind for kind in Kind if kind not in TAKING_BACK)),
}
"""What ends duties by rule: its cause, and the kinds that it ends."""
ENDS_COUNTED_FROM = dict.fromkeys((Reopened, LostAgain), ClockStart.RESTORED_AT)
"""What ends whatever counts from there: the instant was none."""


def decide(window: Window, terms: Terms, event: Event) -> Ruling:
    """The row of the table for this event: the window moved, ended, with a finding, or as it was."""
    if type(event) in ENDS:
        cause, kinds = ENDS[type(event)]
        counted = ENDS_COUNTED_FROM.get(type(event)) == window.clock_start
        over = window.owed and (counted or window.kind in kinds)
        return Ruling(verdict.ended(window, event.at, cause) if over else window, cause)
    match event:
        case PlannedMoved():
            return _replanned(window, terms, event)
        case RiseUndone():
            return _undone(window, terms, event)
        case LevelRose() | AwareEarlier():
            return _sooner(window, terms, event)
        case AwareLater():
            return _later(window, terms, event)
    return Ruling(window, DUE_STAYS)


def _concerned(window: Window, event: Event) -> bool:
    """A level moves everything that is undecided, and is learnt of what runs since the beginning; another beginning
    moves what counts from it."""
    if isinstance(event, LevelRose):
        return window.state == Verdict.OPEN or _since_the_beginning(window)
    return _since_the_beginning(window) and _counts_from_what_moved(window, event)


def _since_the_beginning(window: Window) -> bool:
    """A first notice for people who joined later counts from their joining."""
    return (
        window.clock_start in (ClockStart.AWARE_AT, ClockStart.ONSET_AT) and window.history[0].rule != GROWN
    )


def _counts_from_what_moved(window: Window, event: Event) -> bool:
    """Awareness stands in for an onset as long as that is unknown."""
    by_onset = window.clock_start == ClockStart.ONSET_AT
    if isinstance(event, OnsetEarlier | OnsetLater):
        return by_onset
    return not by_onset or event.onset_at is None


def _sooner(window: Window, terms: Terms, event: Event) -> Ruling:
    """due = min(old due, max(strict, event + grace)); a decided window keeps its verdict and gets a finding."""
    rule, late = MOVES[type(event)]
    concerned, capped = _concerned(window, event), terms.rule.hard_cap is not None
    if not concerned and (not capped or isinstance(event, OnsetEarlier)):
        return Ruling(window, DUE_STAYS)
    # After an override to a later beginning the start is still the one that strict counts from.
    begins = event.begins(window.clock_start) if concerned and isinstance(event, AwareEarlier) else None
    start = window.started_at if begins is None else min(begins, window.started_at)
    by_rule = start + length_of(terms.rule, event.level, start, event.aware_at)
    strict = min(by_rule, window.strict_due_at)
    if window.state != Verdict.OPEN:
        detail = f"strict due at level {event.level}: {strict.isoformat()}"
        found = Finding(event.at, FINDINGS[type(event)], detail)
        return Ruling(replace(window, findings=(*window.findings, found)), found.kind)
    due = min(window.due_at, max(strict, event.at + terms.upgrade_grace))
    causes = window.causes
    if due > strict and late not in causes:
        causes = (*causes, late)
    moved = _moved(window, terms, event, due, rule, start=start, strict=strict)
    return Ruling(replace(moved, causes=causes), rule)


def _replanned(window: Window, terms: Terms, event: PlannedMoved) -> Ruling:
    """strict = due = the new start + length, earlier or later; a decided window gets a finding."""
    if window.clock_start != ClockStart.PLANNED_START_AT or window.started_at == event.start_at:
        return Ruling(window, DUE_STAYS)
    strict = event.start_at + length_of(terms.rule, event.level, event.start_at, event.aware_at)
    if window.state != Verdict.OPEN:
        found = Finding(event.at, "replanned_after_verdict", f"strict due: {strict.isoformat()}")
        return Ruling(replace(window, findings=(*window.findings, found)), found.kind)
    others = tuple(cause for cause in window.causes if cause != verdict.REGISTERED_LATE)
    late = (verdict.REGISTERED_LATE,) if strict < event.at else ()
    moved = _moved(window, terms, event, strict, "replanned", event.start_at, strict)
    return Ruling(replace(moved, causes=others + late), "replanned")


def _later(window: Window, terms: Terms, event: Event) -> Ruling:
    """An open window that counts from it is extended; strict and its start stay."""
    begins = event.begins(window.clock_start)
    if window.state != Verdict.OPEN or begins is None or not _concerned(window, event):
        return Ruling(window, DUE_STAYS)
    rule = EXTENDS[type(event)]
    due = max(window.due_at, begins + length_of(terms.rule, event.level, begins, event.aware_at))
    return Ruling(_moved(window, terms, event, due, rule, window.started_at, window.strict_due_at), rule)


def _undone(window: Window, terms: Terms, event: RiseUndone) -> Ruling:
    """The old due, if it is still ahead; a window that the act did not move stays as it is."""
    last = window.history[-1]
    moved_by_it = len(window.history) > 1 and last.rule in UNDOES[type(event)] and last.at == event.moved_at
    if window.state != Verdict.OPEN or not moved_by_it:
        return Ruling(window, DUE_STAYS)
    old = window.history[-2].due_at
    start = last.started_before or window.started_at
    strict = last.strict_before or window.strict_due_at
    marks = {mark for _, mark in MOVES.values()}
    back = replace(window, causes=tuple(cause for cause in window.causes if cause not in marks))
    due = old if old > event.at else window.due_at
    return Ruling(_moved(back, terms, event, due, "undo", start, strict), "undo")


def _moved(
    window: Window, terms: Terms, event: Event, due: datetime, rule: str, start: datetime, strict: datetime
) -> Window:
    target = terms.rule.target.get(event.level)
    target_at = start + target if target else None
    moved = replace(
        window,
        started_at=start,
        length_seconds=int((strict - start).total_seconds()),
        strict_due_at=strict,
        due_at=due,
        target_at=target_at,
        history=(
            *window.history,
            Move(event.at, due, rule, event.by, window.strict_due_at, window.started_at),
        ),
    )
    return replace(moved, rungs=rungs_for(terms, moved.runs_from, due, target_at, before=window.rungs))


def renewed(terms: Terms, event: Event, incident: int, sequence: int) -> Window:
    """The first notice that is owed again, after it was waived or lapsed with customers untold.

    due = max(strict, event + grace).
    """
    window = _by_rule(terms, event, incident, sequence)
    return _opening(window, terms, max(window.strict_due_at, event.at + terms.upgrade_grace), RENEWED)


def became_owed(terms: Terms, event: Event, incident: int, sequence: int) -> Window:
    """A duty that the level before did not have: due = max(start + length, event + min(length, grace))."""
    return became_due(_by_rule(terms, event, incident, sequence), terms, event)


def became_due(window: Window, terms: Terms, event: Event) -> Window:
    """A window whose clock has run for a while when its duty begins: what is left, at least min(length, grace)."""
    due = _at_least_the_grace(window, terms, event)
    late = ("late_by_classification",) if due > window.strict_due_at else ()
    return replace(_opening(window, terms, due, BECAME_OWED), causes=late)


def became_due_late(window: Window, terms: Terms, event: Event) -> Window:
    """The same for a window that opens with what it counts from: as its rule opens it, unless that was said late."""
    late = became_due(window, terms, event)
    return late if late.due_at > window.due_at else window


def _at_least_the_grace(window: Window, terms: Terms, event: Event) -> datetime:
    """max(strict, event + min(length, grace)), for a clock that has run for a while when somebody learns of it."""
    length = window.strict_due_at - window.started_at
    # Classified after its hard cap had passed, a duty has no length of its own left.
    least = min(length, terms.upgrade_grace) if length > timedelta(0) else terms.upgrade_grace
    return max(window.strict_due_at, event.at + least)


def of_their_own(window: Window) -> bool:
    """Whether a first notice is for people who are in no earlier one."""
    return window.history[0].rule in OF_THEIR_OWN


def resumed(window: Window, terms: Terms, event: Event, sequence: int) -> Window:
    """A duty that lapsed or was waived by a slip: the same start and strict, and the old due if that is ahead.

    Else due = max(strict, event + min(length, grace)), as for what becomes owed.
    """
    due = window.due_at
    if due <= event.at:
        due = _at_least_the_grace(window, terms, event)
    fresh = replace(
        window,
        id=0,
        sequence=sequence,
        state=Verdict.OPEN,
        duty=Duty.OWED,
        decided_at=None,
        basis="",
        ended_by="",
        causes=tuple(cause for cause in window.causes if cause in verdict.MARKS),
        findings=(),
        history=(Move(event.at, due, RENEWED, event.by),),
    )
    return _opening(fresh, terms, due, window.history[0].rule if of_their_own(window) else RENEWED)


def missed_before(window: Window, terms: Terms, event: Event, incident: int, sequence: int) -> Window:
    """What the whole had missed and a part owes now that the whole was nothing: by the part's own awareness and level.

    due = max(strict, event + min(length, grace)). A clock that does not run since the beginning stays the whole's.
    """
    start = event.begins(terms.rule.clock_start) or window.started_at
    fresh = opened(
        terms,
        incident=incident,
        level=event.level,
        started_at=start,
        aware_at=event.aware_at,
        now=event.at,
        by=event.by,
        sequence=sequence,
    )
    return _opening(fresh, terms, _at_least_the_grace(fresh, terms, event), RENEWED)


def share_of(window: Window, event: Event, incident: int) -> Window:
    """The same running duty for the people of a part that was split off: same start, same due, its whole history."""
    move = Move(at=event.at, due_at=window.due_at, rule=SPLIT, by=event.by)
    return replace(window, id=0, incident=incident, history=(*window.history, move), audience_state="")


def taken_over(window: Window, terms: Terms, event: Event, due: datetime) -> Window:
    """The survivor's running window after a duplicate that owed the same by `due`: the earlier of both.

    A due that the duplicate had missed leaves the survivor half an hour, or what it has left.
    """
    ahead = due if due > event.at else event.at + terms.upgrade_grace
    return _moved(
        window, terms, event, min(window.due_at, ahead), MERGED, window.started_at, window.strict_due_at
    )


def opened_by_merger(
    terms: Terms,
    event: Event,
    incident: int,
    sequence: int,
    due: datetime,
    started_at: datetime | None = None,
) -> Window:
    """What a duplicate owed and the survivor had fulfilled, for those whom neither has told: due as there.

    `started_at`: of the duplicate's clock, where that does not run since the beginning.
    """
    ahead = due if due > event.at else event.at + terms.upgrade_grace
    started = event.begins(terms.rule.clock_start) or started_at or event.at
    window = opened(
        terms,
        incident=incident,
        level=event.level,
        started_at=started,
        aware_at=event.aware_at,
        now=event.at,
        by=event.by,
        sequence=sequence,
    )
    return _opening(window, terms, ahead, MERGED)


def grown(window: Window, first: Window, terms: Terms, grace: timedelta) -> Window:
    """The first-notice window of people who joined when `window` opened: due = max(the first's due, joining +
    `grace`, a material update's length)."""
    due = max(first.due_at, window.started_at + grace)
    length = int((due - window.started_at).total_seconds())
    own = replace(window, length_seconds=length, strict_due_at=due, target_at=None)
    return _opening(own, terms, due, GROWN)


def _by_rule(terms: Terms, event: Event, incident: int, sequence: int) -> Window:
    return opened(
        terms,
        incident=incident,
        level=event.level,
        started_at=event.aware_at,
        aware_at=event.aware_at,
        now=event.at,
        by=event.by,
        sequence=sequence,
    )


def _opening(window: Window, terms: Terms, due: datetime, rule: str) -> Window:
    """A window that opens with this due; the history begins with the rule."""
    return replace(
        window,
        due_at=due,
        history=(replace(window.history[0], due_at=due, rule=rule),),
        rungs=rungs_for(terms, window.started_at, due, window.target_at),
    )
