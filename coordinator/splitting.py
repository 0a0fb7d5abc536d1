"""Verbs of a part: some of the areas become an incident of their own, with their share of what is running."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from coordinator import arrivals, family, levels, rulebook
from coordinator.act import Act
from coordinator.cases import must_be_wider
from coordinator.emptied import emptied
from coordinator.kept import held_on, next_sequence, summary
from coordinator.standing import untold
from incidents.effects import (
    ActivatePlaybook,
    AdvancePlaybook,
    AssignUnit,
    Effect,
    JudgeWindows,
    Record,
    SplitWindows,
)
from incidents.errors import Conflict, Invalid
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.terms import TAKING_BACK, UPWARDS, Kind, NoticeState, Verdict
from incidents.undoing import EVENTS, standing
from incidents.values import difference, opening, plain
from notifications.audience import Scope
from notifications.directory import known
from windows import moves

GOING_OUT = (NoticeState.SENDING, NoticeState.PAUSED)
OF_ITS_OWN = ("id", "reference", "opened_at", "opened_by", "playbook", "org_unit")
"""Facts that a part does not have from the incident that it was split off."""


def split(act: Act, reference: str, areas: Sequence[str]) -> tuple[Incident, list[Effect]]:
    """These areas become an incident of their own: the same awareness, level and facts. Returns the new one."""
    incident = act.tx.incidents.get(reference)
    must_be_wider(incident, "areas")
    codes = known(tuple(areas), act.tx.directory.areas(), "area")
    _must_be_divisible(act, incident, codes)
    rest = replace(incident, areas=tuple(code for code in incident.areas if code not in codes))
    act.tx.incidents.save(rest)
    part = act.tx.incidents.add(
        replace(
            incident,
            id=0,
            reference="",
            areas=codes,
            affected=None,
            opened_at=act.now,
            opened_by=act.actor.name,
            playbook="",
            org_unit="",
            split_from=incident.id,
            split_areas=codes,
            overrun_of=None,
        )
    )
    arrivals.parted(act, incident.id, part.id)
    # That it was confirmed may be on the record of a duplicate, or of what this was split off.
    events = ["confirmed"] if incident.confirmed_at else []
    events += [EVENTS[e.kind] for e in standing(act.tx.incidents.entries(incident.id)) if e.kind in EVENTS]
    return part, [
        Record(
            incident.id,
            "split",
            {"into": part.reference, "areas": list(codes), "facts": difference(incident, rest)},
        ),
        Record(part.id, "opened", {**opening(part), **levels.suggestion(act, part)}),
        Record(part.id, "split_off", {"of": reference, "areas": list(codes), "facts": _all_of(part)}),
        AssignUnit(part.id),
        ActivatePlaybook(part.id),
        SplitWindows(incident.id, part.id),
        *(AdvancePlaybook(part.id, event) for event in ("opened", *dict.fromkeys(events))),
        JudgeWindows(incident.id),
        JudgeWindows(part.id),
    ]


def _all_of(part: Incident) -> dict[str, object]:
    names = [field.name for field in fields(Incident) if field.name not in OF_ITS_OWN]
    return {name: {"from": None, "to": plain(getattr(part, name))} for name in names}


def _has_a_list(act: Act, incident: Incident, codes: Sequence[str]) -> bool:
    """Whether it has people by a list whom the division by area would not find: a complainant who lives there, and has
    these services, goes with the part; one who lives elsewhere stays."""
    members = [act.tx.incidents.by_id(one) for one in family.members_of(act, incident.id)]
    areas = act.tx.directory.within(codes)
    there = [one for one in members if one.case and not set(one.areas).isdisjoint(areas)]
    lists = tuple(one.id for case in there for one in act.tx.uploads.live(case.id))
    part = Scope(areas=areas, services=incident.services, uploads=lists)
    by_area = act.tx.audience.count_affected(replace(part, uploads=()))
    others = any(act.tx.uploads.live(one.id) for one in members if not one.case)
    return others or act.tx.audience.count_affected(part) != by_area


def _must_be_divisible(act: Act, incident: Incident, codes: Sequence[str]) -> None:
    if incident.status not in OPEN:
        raise Conflict("{ref} is “{status}”", ref=incident.reference, status=incident.status, field="status")
    strange = [code for code in codes if code not in incident.areas]
    if not codes or strange or set(codes) == set(incident.areas):
        raise Invalid(
            "areas to split off must be some of those that {ref} has, and not all of them",
            ref=incident.reference,
            field="area",
            next="name its areas one by one first: tongbao update REF --area …",
        )
    if _has_a_list(act, incident, codes):
        raise Conflict(
            "{ref} has an uploaded list, which cannot be divided by area",
            ref=incident.reference,
            field="area",
            next="open a second incident for the part: tongbao open",
        )
    notices = family.own_notices(act, incident.id)
    going = [n for n in notices if n.kind == Kind.FIRST_NOTICE and n.state in GOING_OUT]
    if going:
        raise Conflict(
            "the first notice ({id}) is going out",
            id=going[0].id,
            field="status",
            next=("split when it is told: tongbao notice status {id}", {"id": going[0].id}),
        )
    taking_back = [w for w in act.tx.windows.of_incident(incident.id) if w.owed and w.kind in TAKING_BACK]
    if taking_back:
        raise Conflict(
            "{ref} still owes a {kind}",
            ref=incident.reference,
            kind=taking_back[0].kind,
            field="status",
            next=("tell it first: tongbao explain {id}", {"id": taking_back[0].id}),
        )


def divide(act: Act, effect: SplitWindows) -> list[Effect]:
    """What is undecided runs in both, each for its own people and with the same due; verdicts stay with the parent.

    A first notice that the parent missed and that nobody has had is owed to the part's people too. Superiors and
    regulators hear of the whole once: those reports stay with the parent.
    """
    part = act.tx.incidents.by_id(effect.part)
    event = moves.LevelFell(at=act.now, by=act.actor.name, level=part.level, aware_at=part.aware_at)
    effects: list[Effect] = []
    missed = False
    for window in act.tx.windows.of_incident(effect.parent):
        if window.kind in UPWARDS:
            continue
        if window.kind == Kind.FIRST_NOTICE and moves.of_their_own(window) and not untold(act, part):
            continue
        if window.state == Verdict.OPEN:
            added = act.tx.windows.add(moves.share_of(window, event, part.id))
            before = [move.due_at.isoformat() for move in window.history]
            effects.append(Record(part.id, "window_opened", {**summary(added), "before": before}))
            effects += held_on(act, window, added)
        elif window.kind == Kind.FIRST_NOTICE:
            missed = missed or window.owed
    if missed:
        terms = rulebook.in_force(act, Kind.FIRST_NOTICE)
        # A share of those who joined keeps its number, which need not be the part's first.
        sequence = next_sequence(act, part.id, Kind.FIRST_NOTICE)
        owed = act.tx.windows.add(moves.renewed(terms, event, part.id, sequence))
        effects.append(Record(part.id, "window_opened", summary(owed)))
    return effects + emptied(act, effect.parent)
