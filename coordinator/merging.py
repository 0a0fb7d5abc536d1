"""Verbs of duplicates: one incident goes into another, with everything that it owes.

The survivor takes the earliest awareness and the strictest level; verdicts stay where they fell (AMB-26).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from coordinator import levels, material, missed, rulebook, upwards
from coordinator.act import Act
from coordinator.cases import must_be_wider
from coordinator.family import members_of
from coordinator.joined import first_fits
from coordinator.kept import adopted, held_on, next_sequence, summary
from coordinator.scope import scope_of
from coordinator.standing import audience_at_opening, of_duplicates, untold
from incidents.effects import (
    AdvancePlaybook,
    AssignUnit,
    DraftNotice,
    Effect,
    EndTasks,
    GrowAudience,
    JudgeWindows,
    LookAtRegimes,
    MergeWindows,
    Record,
)
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.lifecycle import OPEN, after
from incidents.material import UPGRADED
from incidents.terms import TAKING_BACK, UPWARDS, ClockStart, Duty, Kind, NoticeState, Status, Verdict
from incidents.values import difference
from notifications.notice import Notice
from windows import moves
from windows.window import Window

T = TypeVar("T")
MOVED_ON = (Kind.FIRST_NOTICE, Kind.PROGRESS_UPDATE, Kind.MATERIAL_UPDATE, *UPWARDS)
"""Duties that the survivor opens where it has none of the kind; of its own end it has its own."""

BEFORE_CONFIRMED = (Status.PENDING_CONFIRMATION, Status.OPEN)
MEASURED = "measured"


def merge(act: Act, reference: str, into: str) -> tuple[Incident, list[Effect]]:
    """`reference` is a duplicate of `into`. Conflict when they cannot be one; returns the survivor."""
    source, survivor = act.tx.incidents.get(reference), act.tx.incidents.get(into)
    _must_be_one(act, source, survivor)
    gone = replace(source, status=after("merge", source.status, source.reference), merged_into=survivor.id)
    joined = _joined(survivor, source)
    graded, moved = levels.looked_at_again(act, survivor, joined)
    act.tx.incidents.save(gone)
    act.tx.incidents.save(graded)
    rose = joined.level < survivor.level
    confirmed = joined.status != survivor.status and joined.status == Status.RESPONDING
    effects: list[Effect] = [
        Record(source.id, "merged", {"into": into, "facts": difference(source, gone)}),
        Record(
            survivor.id, "duplicate_joined", {**_joining(act, source), "facts": difference(survivor, joined)}
        ),
        *moved,
        AssignUnit(survivor.id),
        MergeWindows(source.id, survivor.id, survivor.level),
        *([GrowAudience(survivor.id)] if _called(act, source) else []),
        EndTasks(source.id),
        *([AdvancePlaybook(survivor.id, "confirmed")] if confirmed else []),
        *([AdvancePlaybook(survivor.id, UPGRADED)] if rose else []),
        *(material.owe(act, joined, UPGRADED) if rose else []),
        *material.owe_all(act, survivor, joined),
        LookAtRegimes(survivor.id),
        JudgeWindows(survivor.id),
    ]
    return graded, effects


def _joining(act: Act, source: Incident) -> dict[str, object]:
    """The duplicate, and, as `earlier`, those that had been merged into it before."""
    before = [_told_by(act, act.tx.incidents.by_id(one)) for one in members_of(act, source.id)[1:]]
    return {**_told_by(act, source), **({"earlier": before} if before else {})}


def _told_by(act: Act, source: Incident) -> dict[str, object]:
    """How far the duplicate's chain had come, and how many people its first notices were for: the survivor's proof may
    count no more of them."""
    firsts = [n for n in act.tx.notices.of_incident(source.id) if n.released and n.kind == Kind.FIRST_NOTICE]
    *_, last = act.tx.incidents.entries(source.id)
    people = sum(notice.audience_size for notice in firsts)
    return {"ref": source.reference, "entries": last.sequence, "head": last.hash, "people": people}


def _called(act: Act, source: Incident) -> bool:
    """Whether this is a complaint that owes no first word any more, so that nothing goes over: a complainant who was
    told by no message joins as by a list."""
    firsts = [w for w in act.tx.windows.of_incident(source.id) if w.kind == Kind.FIRST_NOTICE]
    return source.case and not any(w.owed for w in firsts)


def _must_be_one(act: Act, source: Incident, survivor: Incident) -> None:
    if source.id == survivor.id:
        raise Conflict("an incident is no duplicate of itself", field="into", next="tongbao list")
    if source.exercise != survivor.exercise:
        raise Conflict(
            "an exercise and a real incident are never one: {ref}, {into}",
            ref=source.reference,
            into=survivor.reference,
            field="into",
            next="keep both; tongbao drill list names the exercises",
        )
    must_be_wider(survivor, "into")
    for one in (source, survivor):
        if one.status not in OPEN:
            raise Conflict(
                "{ref} is “{status}”",
                ref=one.reference,
                status=one.status,
                field="status",
                next="tongbao list",
            )
    taking_back = [w for w in act.tx.windows.of_incident(source.id) if w.owed and w.kind in TAKING_BACK]
    if taking_back:
        raise Conflict(
            "{ref} still owes a {kind}",
            ref=source.reference,
            kind=taking_back[0].kind,
            field="status",
            next=("tell it first: tongbao explain {id}", {"id": taking_back[0].id}),
        )
    if source.case:
        return
    alone = [scope_of(act, one).alone for one in (source, survivor)]
    apart = not _one_contains(source.areas, survivor.areas) and not _one_contains(
        source.services, survivor.services
    )
    if apart or alone[0] != alone[1]:
        raise Conflict(
            "{ref} and {into} hit other people by other services",
            ref=source.reference,
            into=survivor.reference,
            field="into",
            next="keep both; each tells its own customers",
        )


def _one_contains(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether joining these with the others of the incidents hits nobody whom neither of them hits."""
    return set(first) == set(second) or not first or not second


def _joined(survivor: Incident, source: Incident) -> Incident:
    """The survivor with the earliest instants, the strictest level, the larger figure, and everybody whom either hits;
    confirmed if a person has confirmed either. Of one complaint the instant alone: who complained is on its list."""
    if source.case:
        return replace(survivor, aware_at=min(survivor.aware_at, source.aware_at))
    stricter = source.level < survivor.level
    figures = [one for one in (survivor.affected, source.affected) if one is not None]
    aware = min(survivor.aware_at, source.aware_at)
    return replace(
        survivor,
        status=_confirmed(survivor.status, source.status),
        confirmed_at=min((at for at in (survivor.confirmed_at, source.confirmed_at) if at), default=None),
        aware_at=aware,
        onset_at=_began((survivor.onset_at, source.onset_at), aware),
        level=min(survivor.level, source.level),
        level_reasons=(*survivor.level_reasons, *(source.level_reasons if stricter else ())),
        areas=_both(survivor.areas, source.areas),
        services=_both(survivor.services, source.services),
        affected=max(figures, key=lambda one: (one.count, one.confidence == MEASURED), default=None),
        emergency_calls=survivor.emergency_calls or source.emergency_calls,
        expected_at=survivor.expected_at or source.expected_at,
    )


def _confirmed(mine: Status, theirs: Status) -> Status:
    """The survivor's status, no less confirmed than the duplicate's; that service is back is said of each by itself."""
    if mine not in BEFORE_CONFIRMED:
        return mine
    said = theirs if theirs in BEFORE_CONFIRMED else Status.RESPONDING
    return max(mine, said, key=(*BEFORE_CONFIRMED, Status.RESPONDING).index)


def _began(said: Iterable[datetime | None], aware: datetime) -> datetime | None:
    """The earliest onset that was said; one that comes after awareness is none, and it began when nobody knows."""
    return min((at for at in said if at is not None and at <= aware), default=None)


def _both(first: tuple[T, ...], second: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def take_over(act: Act, effect: MergeWindows) -> list[Effect]:
    """The source's duties end (undecided ones lapse, missed ones keep their verdict); the survivor has one window per
    unfulfilled duty, due the earlier of both."""
    survivor = act.tx.incidents.by_id(effect.survivor)
    owed = [w for w in act.tx.windows.of_incident(effect.source) if w.owed]
    event = moves.Merged(
        act.now, act.actor.name, survivor.level, survivor.aware_at, onset_at=survivor.onset_at
    )
    effects = [done for window in owed for done in missed.ended(act, window, event)]
    effects += _supersede_waiting(act, effect.source)
    effects += upwards.regimes_of(act, effect.source, survivor)
    effects += _sooner(act, survivor, effect.level_before)
    # That service is back is said of each by itself.
    goes_over = [window for window in owed if window.clock_start != ClockStart.RESTORED_AT]
    for key in dict.fromkeys(map(_duty, goes_over)):
        first = min(
            (window for window in goes_over if _duty(window) == key), key=lambda window: window.due_at
        )
        effects += _one_window(act, survivor, first, event)
    if survivor.level < effect.level_before:
        effects += upwards.became_owed(act, survivor, event, effect.level_before)
    return effects


def _duty(window: Window) -> tuple[Kind, str]:
    """What windows of one duty have in common: the kind, or the rule where a kind has several."""
    return window.kind, window.rule if window.kind in UPWARDS else ""


def _supersede_waiting(act: Act, source: int) -> list[Effect]:
    effects: list[Effect] = []
    for notice in act.tx.notices.of_incident(source):
        if notice.state in (NoticeState.DRAFT, NoticeState.SUBMITTED):
            act.tx.notices.save(replace(notice, state=NoticeState.SUPERSEDED))
            effects.append(Record(source, "notice_superseded", {"notice": notice.id, "kind": notice.kind}))
    return effects


def _sooner(act: Act, survivor: Incident, level_before: int) -> list[Effect]:
    """What the earlier awareness or onset and the stricter level make of the survivor's own windows."""
    facts = {
        "at": act.now,
        "by": act.actor.name,
        "level": survivor.level,
        "aware_at": survivor.aware_at,
        "onset_at": survivor.onset_at,
    }
    effects: list[Effect] = []
    for window in act.tx.windows.of_incident(survivor.id):
        terms, moved = rulebook.terms_of(act, window), window
        if survivor.level < level_before:
            moved = moves.decide(moved, terms, moves.LevelRose(**facts)).window  # type: ignore[arg-type]
        sooner = moved
        if survivor.aware_at < window.started_at:
            sooner = moves.decide(moved, terms, moves.AwareEarlier(**facts)).window  # type: ignore[arg-type]
        if survivor.onset_at is not None and survivor.onset_at < window.started_at:
            sooner = moves.decide(sooner, terms, moves.OnsetEarlier(**facts)).window  # type: ignore[arg-type]
        effects += [*_saved(act, window, moved), *_saved(act, moved, sooner)]
    return effects


def _saved(act: Act, before: Window, moved: Window) -> list[Effect]:
    if moved == before:
        return []
    act.tx.windows.save(moved)
    said = {**summary(moved), "from": before.due_at.isoformat(), "causes": list(moved.causes)}
    return [Record(moved.incident, "window_moved", said)]


def _one_window(act: Act, survivor: Incident, theirs: Window, event: moves.Event) -> list[Effect]:
    """The survivor's running window of the same duty takes the earlier due; where it has none that takes everybody
    along and somebody is untold, one opens."""
    kind, due = theirs.kind, theirs.due_at
    mine = [w for w in act.tx.windows.of_incident(survivor.id) if _duty(w) == _duty(theirs)]
    terms = rulebook.terms_of(act, theirs) if kind in UPWARDS else rulebook.in_force(act, kind)
    running = [w for w in mine if w.state == Verdict.OPEN]
    effects = _saved(act, running[-1], moves.taken_over(running[-1], terms, event, due)) if running else []
    carrier = next(reversed(running or [w for w in mine if w.owed]), None)
    if kind == Kind.FIRST_NOTICE:
        owes, writes = _for_the_untold(act, survivor, theirs, carrier)
    else:
        made = kind in UPWARDS and any(window.duty == Duty.DONE for window in mine)
        owes = kind in MOVED_ON and carrier is None and not made
        writes = owes and kind not in (Kind.PROGRESS_UPDATE, *UPWARDS)
    if not owes:
        return effects + (_held(act, theirs, running[-1]) if running else [])
    sequence = next_sequence(act, survivor.id, kind, theirs.rule if kind in UPWARDS else "")
    # Who is in no earlier first notice has a second one, also where a part has had no first.
    sequence = max(2, sequence) if kind == Kind.FIRST_NOTICE else sequence
    window = moves.opened_by_merger(terms, event, survivor.id, sequence, due, theirs.started_at)
    state = audience_at_opening(act, survivor, terms)
    added = act.tx.windows.add(replace(window, audience_state=state))
    effects.append(Record(survivor.id, "window_opened", summary(added)))
    if kind == Kind.FIRST_NOTICE:
        effects += [*_held(act, theirs, added), *adopted(act, added)]
    return [*effects, DraftNotice(survivor.id, kind)] if writes else effects


def _held(act: Act, theirs: Window, heir: Window) -> list[Effect]:
    """A hold on any of the duplicate's windows of this duty goes over."""
    ended = [w for w in act.tx.windows.of_incident(theirs.incident) if w.ended_by == moves.BY_MERGE]
    return [effect for w in ended if w.kind == theirs.kind for effect in held_on(act, w, heir)]


def _for_the_untold(
    act: Act, survivor: Incident, theirs: Window, carrier: Window | None
) -> tuple[bool, bool]:
    """Whether a first notice is owed to who is untold beside the survivor's own `carrier`, and whether somebody has to
    write it.

    What is not released takes everybody along. A notice of the duplicate that goes on tells its people; the survivor
    keeps a window that this fulfils, unless its own waits for them too.
    """
    own = act.tx.notices.of_incident(survivor.id)
    if carrier is not None and not any(_going(n) and first_fits(carrier, n) for n in own):
        return False, False
    fitting = [n for n in act.tx.notices.of_incident(theirs.incident) if first_fits(theirs, n)]
    # What the duplicate's own duplicates sent for this duty goes over with it.
    go_on = any(map(_going, (*fitting, *of_duplicates(act, theirs, fitting))))
    waits_for_them = carrier is not None and (
        carrier.state == Verdict.OPEN or not moves.of_their_own(carrier)
    )
    writes = bool(untold(act, survivor))
    return writes or (go_on and not waits_for_them), writes


def _going(notice: Notice) -> bool:
    return notice.kind == Kind.FIRST_NOTICE and notice.released and notice.state != NoticeState.STOPPED
