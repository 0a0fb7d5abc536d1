"""Verbs of duplicates: one incident goes into another, with everything that it owes.

The survivor takes the earliest awareness and the strictest level; verdicts stay where they fell (AMB-26).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from coordinator import family, material, rulebook, upwards
from coordinator.act import Act
from coordinator.kept import keep, summary
from coordinator.scope import scope_of
from coordinator.standing import audience_at_opening
from incidents.effects import (
    AdvancePlaybook,
    AssignUnit,
    DraftNotice,
    Effect,
    EndTasks,
    JudgeWindows,
    LookAtRegimes,
    MergeWindows,
    Record,
)
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.lifecycle import OPEN, after
from incidents.material import UPGRADED
from incidents.terms import TAKING_BACK, UPWARDS, Duty, Kind, NoticeState, Verdict
from incidents.values import difference
from windows import moves
from windows.window import Window

T = TypeVar("T")
MOVED_ON = (Kind.FIRST_NOTICE, Kind.PROGRESS_UPDATE, Kind.MATERIAL_UPDATE, *UPWARDS)
"""Duties that the survivor opens where it has none of the kind; of its own end it has its own."""


def merge(act: Act, reference: str, into: str) -> tuple[Incident, list[Effect]]:
    """`reference` is a duplicate of `into`. Conflict when they cannot be one; returns the survivor."""
    source, survivor = act.tx.incidents.get(reference), act.tx.incidents.get(into)
    _must_be_one(act, source, survivor)
    gone = replace(source, status=after("merge", source.status, source.reference), merged_into=survivor.id)
    joined = _joined(survivor, source)
    act.tx.incidents.save(gone)
    act.tx.incidents.save(joined)
    rose = joined.level < survivor.level
    effects: list[Effect] = [
        Record(source.id, "merged", {"into": into, "facts": difference(source, gone)}),
        Record(
            survivor.id, "duplicate_joined", {**_told_by(act, source), "facts": difference(survivor, joined)}
        ),
        AssignUnit(survivor.id),
        MergeWindows(source.id, survivor.id, survivor.level),
        EndTasks(source.id),
        *([AdvancePlaybook(survivor.id, UPGRADED)] if rose else []),
        *(material.owe(act, joined, UPGRADED) if rose else []),
        *material.owe_all(act, survivor, joined),
        LookAtRegimes(survivor.id),
        JudgeWindows(survivor.id),
    ]
    return joined, effects


def _told_by(act: Act, source: Incident) -> dict[str, object]:
    """How far the duplicate's chain had come, and how many people its first notices were for: the survivor's proof may
    count no more of them."""
    firsts = [n for n in act.tx.notices.of_incident(source.id) if n.released and n.kind == Kind.FIRST_NOTICE]
    *_, last = act.tx.incidents.entries(source.id)
    people = sum(notice.audience_size for notice in firsts)
    return {"ref": source.reference, "entries": last.sequence, "head": last.hash, "people": people}


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
    """The survivor with the earliest instants, the strictest level, and everybody whom either hits."""
    stricter = source.level < survivor.level
    return replace(
        survivor,
        aware_at=min(survivor.aware_at, source.aware_at),
        onset_at=min((at for at in (survivor.onset_at, source.onset_at) if at), default=None),
        level=min(survivor.level, source.level),
        level_reasons=(*survivor.level_reasons, *(source.level_reasons if stricter else ())),
        areas=_both(survivor.areas, source.areas),
        services=_both(survivor.services, source.services),
        affected=survivor.affected or source.affected,
        emergency_calls=survivor.emergency_calls or source.emergency_calls,
        expected_at=survivor.expected_at or source.expected_at,
    )


def _both(first: tuple[T, ...], second: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def take_over(act: Act, effect: MergeWindows) -> list[Effect]:
    """The source's duties end (undecided ones lapse, missed ones keep their verdict); the survivor has one window per
    unfulfilled duty, due the earlier of both."""
    survivor = act.tx.incidents.by_id(effect.survivor)
    owed = [w for w in act.tx.windows.of_incident(effect.source) if w.owed]
    event = moves.Merged(at=act.now, by=act.actor.name, level=survivor.level, aware_at=survivor.aware_at)
    effects = [
        done
        for window in owed
        for done in keep(act, window, moves.decide(window, rulebook.terms_of(act, window), event).window)
    ]
    effects += _supersede_waiting(act, effect.source)
    effects += upwards.regimes_of(act, effect.source, survivor)
    effects += _sooner(act, survivor, effect.level_before)
    for key in dict.fromkeys(map(_duty, owed)):
        first = min((window for window in owed if _duty(window) == key), key=lambda window: window.due_at)
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
    """What the earlier awareness and the stricter level make of the survivor's own windows."""
    facts = {"at": act.now, "by": act.actor.name, "level": survivor.level, "aware_at": survivor.aware_at}
    effects: list[Effect] = []
    for window in act.tx.windows.of_incident(survivor.id):
        terms, moved = rulebook.terms_of(act, window), window
        if survivor.level < level_before:
            moved = moves.decide(moved, terms, moves.LevelRose(**facts)).window  # type: ignore[arg-type]
        sooner = moved
        if survivor.aware_at < window.started_at:
            sooner = moves.decide(moved, terms, moves.AwareEarlier(**facts)).window  # type: ignore[arg-type]
        effects += [*_saved(act, window, moved), *_saved(act, moved, sooner)]
    return effects


def _saved(act: Act, before: Window, moved: Window) -> list[Effect]:
    if moved == before:
        return []
    act.tx.windows.save(moved)
    said = {**summary(moved), "from": before.due_at.isoformat(), "causes": list(moved.causes)}
    return [Record(moved.incident, "window_moved", said)]


def _one_window(act: Act, survivor: Incident, theirs: Window, event: moves.Event) -> list[Effect]:
    """The survivor's running window of the same duty takes the earlier due; where it has none and somebody is untold,
    one opens."""
    kind, due = theirs.kind, theirs.due_at
    mine = [w for w in act.tx.windows.of_incident(survivor.id) if _duty(w) == _duty(theirs)]
    terms = rulebook.terms_of(act, theirs) if kind in UPWARDS else rulebook.in_force(act, kind)
    running = [w for w in mine if w.state == Verdict.OPEN]
    if running:
        return _saved(act, running[-1], moves.taken_over(running[-1], terms, event, due))
    untold = _somebody_untold(act, survivor, kind, mine)
    if kind not in MOVED_ON or any(w.owed for w in mine) or not untold:
        return []
    window = moves.opened_by_merger(terms, event, survivor.id, len(mine) + 1, due, theirs.started_at)
    state = audience_at_opening(act, survivor, terms)
    added = act.tx.windows.add(replace(window, audience_state=state))
    drafts = [] if kind in (Kind.PROGRESS_UPDATE, *UPWARDS) else [DraftNotice(survivor.id, kind)]
    return [Record(survivor.id, "window_opened", summary(added)), *drafts]


def _somebody_untold(act: Act, survivor: Incident, kind: Kind, mine: list[Window]) -> bool:
    """Of a first notice: whether anybody of both is in no first notice that was released; of a report upwards: whether
    the survivor has not made it."""
    if kind in UPWARDS:
        return not any(window.duty == Duty.DONE for window in mine)
    if kind != Kind.FIRST_NOTICE:
        return True
    firsts = [n.id for n in family.notices_of(act, survivor) if n.kind == kind and n.released]
    scope = scope_of(act, survivor)
    return scope.known and bool(act.tx.audience.count_new(scope, firsts))
