"""Reports to superiors and regulators as levels rise and incidents part or join: they hear of the whole once, and
whoever goes on for an incident owes what nobody has told them."""

from __future__ import annotations

from dataclasses import replace

from coordinator import family, rulebook
from coordinator.act import Act
from coordinator.kept import next_sequence, summary
from coordinator.regime_rows import (
    APPLIED,
    ENABLED,
    STEP,
    WAIVED,
    asked,
    standing,
    were_asked,
    with_later_acts,
)
from incidents.effects import BeginReports, Effect, EndQuestion, LookAtRegimes, Record
from incidents.incident import Incident
from incidents.terms import UPWARDS, ClockStart, Duty, Verdict
from windows import moves
from windows.rules import Rule
from windows.window import Window


def became_owed(act: Act, incident: Incident, event: moves.Event, level_before: int) -> list[Effect]:
    """Reports to superiors that the pack has at this level and did not have at the one before, or that were waived at
    the lower level; not what runs, was told or was missed, nor what a duplicate or the whole has told or owes.

    A part begins without them, so that for a part the level before says nothing. Source: docs/windows.md, M04.
    """
    effects: list[Effect] = []
    for rule in act.house.pack.upwards(incident.level):
        newest = act.tx.windows.newest(incident.id, rule.kind, rule.id)
        gone = newest is not None and newest.state in (Verdict.WAIVED, Verdict.LAPSED)
        added = newest is None and (incident.split_from is not None or not rule.owes(level_before))
        if (gone or added) and not _elsewhere(act, incident, rule):
            terms = rulebook.in_force(act, rule.kind, rule.id)
            sequence = next_sequence(act, incident.id, rule.kind, rule.id)
            effects.append(_opened(act, moves.became_owed(terms, event, incident.id, sequence)))
    return effects


def _elsewhere(act: Act, incident: Incident, rule: Rule) -> bool:
    """Whether a duplicate of it, or what it was split off, has made this report or owes it."""
    theirs = (w for one in family.others_of(act, incident) for w in act.tx.windows.of_incident(one))
    return any(w.rule == rule.id and (w.owed or w.duty == Duty.DONE) for w in theirs)


def hand_over(act: Act, incident: Incident) -> list[Effect]:
    """There was nothing but what was split off: the parts that go on owe what is untold, and are asked what it was."""
    event = moves.FalseAlarm(
        act.now, act.actor.name, incident.level, incident.aware_at, onset_at=incident.onset_at
    )
    # A restoration is said of each by itself.
    owed = [
        w
        for w in act.tx.windows.of_incident(incident.id)
        if w.owed and w.kind in UPWARDS and w.clock_start != ClockStart.RESTORED_AT
    ]
    effects: list[Effect] = []
    for part in family.parts_going_on(act, incident.id):
        for window in owed:
            effects += _shared(act, window, part, event)
        effects += [*regimes_of(act, incident.id, part), LookAtRegimes(part.id)]
    return effects


def _shared(act: Act, window: Window, part: Incident, event: moves.Event) -> list[Effect]:
    """The same clock with the same due; what was missed stays with the parent, and leaves what a slip leaves."""
    newest = act.tx.windows.newest(part.id, window.kind, window.rule)
    if newest is not None and (newest.owed or newest.duty == Duty.DONE):
        return []
    sequence = next_sequence(act, part.id, window.kind, window.rule)
    if window.state == Verdict.OPEN:
        share = replace(moves.share_of(window, event, part.id), sequence=sequence)
        return [_opened(act, share, before=[move.due_at.isoformat() for move in window.history])]
    own = replace(event, level=part.level, aware_at=part.aware_at, onset_at=part.onset_at)
    return [_opened(act, moves.missed_before(window, rulebook.terms_of(act, window), own, part.id, sequence))]


def _opened(act: Act, window: Window, **more: object) -> Record:
    added = act.tx.windows.add(window)
    return Record(added.incident, "window_opened", {**summary(added), **more})


def regimes_of(act: Act, source: int, heir: Incident) -> list[Effect]:
    """Where regimes stand with an incident, they stand with the one that goes on for it, whatever its type; what was
    answered there already stays, unless the regime applies here. A "no" that nobody had asked for answers no question
    of the other."""
    if act.tx.meta.get(ENABLED) is None:
        return []
    theirs, mine = (list(act.tx.incidents.entries(one)) for one in (source, heir.id))
    there, here = standing(theirs), standing(mine)
    were, are = were_asked(theirs), were_asked(mine)
    reference = act.tx.incidents.by_id(source).reference
    kept = with_later_acts(act, theirs)
    effects: list[Effect] = []
    for name, stand in there.items():
        said = {"pack": name, "reason": f"{reference}: {stand.reason}", "decided_by": stand.by}
        state = here[name].state if name in here else ""
        unasked = state == "" or (state == "waived" and name not in are)
        if stand.state == "applied" and state != "applied":
            version = {"version": kept[name].version} if name in kept else {}
            effects += [
                Record(heir.id, APPLIED, {**said, **version}),
                EndQuestion(heir.id, STEP + name, str(said["reason"])),
                BeginReports(heir.id),
            ]
        elif stand.state == "waived" and (state == "" or (unasked and name in were)):
            effects.append(Record(heir.id, WAIVED, {**said, "was_asked": name in were}))
        elif stand.state == "asked" and unasked and name in act.house.regimes:
            effects += asked(act, act.house.regimes[name], heir)
    return effects
