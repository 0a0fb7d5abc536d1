"""Verbs of the regimes: switch packs on and off, ask whether one applies, apply it, waive it.

A regime owes nothing until a person, or its own threshold, says that it applies to an incident. What an incident owes
by then it keeps, whatever is switched off later.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from coordinator import alarms, family, rulebook
from coordinator.act import SYSTEM, Act, instant
from coordinator.cases import must_be_wider
from coordinator.kept import next_sequence, summary
from coordinator.regime_rows import (
    APPLIED,
    ENABLED,
    LOOK,
    STEP,
    WAIVED,
    Stand,
    asked,
    concerns,
    enabled,
    in_force,
    look_by,
    next_look,
    reaches_at,
    shipped,
    standing,
    trigger_of,
    were_asked,
    with_later_acts,
)
from incidents.chain import Entry
from incidents.effects import Alarm, BeginReports, Effect, EndQuestion, LookAtRegimes, Record
from incidents.errors import Conflict, Invalid, TongbaoError
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.operation import REGIME_REFUSED, Operation
from incidents.placeholder import own_words
from incidents.terms import ClockStart, Duty, Status, Verdict
from incidents.undoing import standing as acts_of
from playbooks.task import OWED
from windows import clocks, moves
from windows.regimes import to_come
from windows.rules import Pack, Rule
from windows.window import Window

Document = dict[str, Any]
RUNNING = (*OPEN, Status.RESOLVED)
"""Statuses in which a regime may still turn out to apply."""
TRIED_AGAIN = timedelta(minutes=1)
"""How soon what a pack refused is tried again."""
REACHED = "its threshold is reached by the record"
BACK = (Status.RESTORED, Status.RESOLVED, Status.CLOSED)
"""Statuses in which service is back."""
REOPENED = ("reopened", "lost_again")
WITHDRAWN = (Status.FALSE_ALARM, Status.REJECTED)
"""Acts, and the statuses of their names, that take the whole incident back."""
WERE_NONE = ("undone", *REOPENED)
"""How a report ends whose start turned out to be none."""


def listing(act: Act) -> tuple[Document, list[Effect]]:
    """Every regime: switched on, off, or still to come, with its source and how sure it is."""
    on = enabled(act)
    items = [_of_pack(pack, "enabled" if name in on else "off") for name, pack in act.house.regimes.items()]
    items += [
        {
            "pack": one.id,
            "state": "to_come",
            "name": one.name,
            "version": None,
            "confidence": one.confidence,
            "source": one.source,
            "law": one.law,
            "question": {},
            "rules": [],
            "found": dict(one.due),
        }
        for one in to_come()
    ]
    return {"items": items, "at": act.now.isoformat(), "next": "tongbao regime enable PACK --reason '…'"}, []


def _of_pack(pack: Pack, state: str) -> Document:
    return {
        "pack": pack.pack,
        "state": state,
        "name": pack.name,
        "version": pack.version,
        "confidence": pack.confidence,
        "source": pack.source,
        "law": trigger_of(pack).law,
        "question": trigger_of(pack).question,
        "rules": [
            {"id": rule.id, "audience": rule.audience, "figure": rule.figure, "source": rule.source}
            for rule in pack.rules
        ],
        "found": {},
    }


def enable(act: Act, name: str, reason: str) -> tuple[Document, list[Effect]]:
    """Incidents that open from now on are asked about it; running ones only if a person says that it applies."""
    pack = shipped(act, name)
    _must_have_reason(reason)
    if name in enabled(act):
        raise Conflict("the regime {name} is switched on already", name=name, field="pack")
    return _switched(act, pack, (*enabled(act), name), "enabled", reason)


def disable(act: Act, name: str, reason: str) -> tuple[Document, list[Effect]]:
    """New incidents are no longer asked about it; what running ones owe by it they owe."""
    pack = shipped(act, name)
    _must_have_reason(reason)
    if name not in enabled(act):
        raise Conflict("the regime {name} is not switched on", name=name, field="pack")
    return _switched(act, pack, tuple(one for one in enabled(act) if one != name), "off", reason)


def _switched(
    act: Act, pack: Pack, now_on: tuple[str, ...], state: str, reason: str
) -> tuple[Document, list[Effect]]:
    act.tx.meta.put(ENABLED, json.dumps(now_on))
    said = {"pack": pack.label, "state": state, "by": act.actor.name}
    act.tx.operations.note(
        Operation(
            "regime", act.now, data=said, over_at=act.now, over_by=act.actor.name, reason=reason.strip()
        )
    )
    running = [one.reference for one in act.tx.incidents.all(OPEN)]
    following = (
        f"tongbao regime apply {running[0]} {pack.pack} --reason '…'" if running else "tongbao regime list"
    )
    return {
        **_of_pack(pack, state),
        "reason": reason.strip(),
        "running": running if state == "enabled" else [],
        "at": act.now.isoformat(),
        "next": following if state == "enabled" else "tongbao regime list",
    }, []


def _must_have_reason(reason: str) -> None:
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'who decided it, and why'")


def ask(act: Act, incident_id: int, learnt: Sequence[str] = (), *, again: bool = False) -> list[Effect]:
    """Ask once about every regime that is switched on and may concern this incident.

    Where facts were `learnt` since it opened, only about those that go by one of them; `again`: only about those that
    were asked about before, for a part was not, nor what opened before a regime was switched on. An answer stays.
    """
    packs = in_force(act)
    if not packs:
        return []
    incident = act.tx.incidents.by_id(incident_id)
    known = standing(act.tx.incidents.entries(incident_id))
    open_now = {task.step for task in act.tx.playbooks.tasks(incident_id, OWED)}
    effects: list[Effect] = []
    for pack in packs:
        before = known.get(pack.pack)
        new = before is None and again
        if not new and STEP + pack.pack not in open_now and _unanswered(pack, incident, before, learnt):
            effects += asked(act, pack, incident)
    return [*effects, LookAtRegimes(incident_id)]


def _unanswered(pack: Pack, incident: Incident, before: Stand | None, learnt: Sequence[str]) -> bool:
    if before is not None:
        # One that came over from a duplicate was asked whatever the type of this one is.
        return before.state == "asked"
    return bool(set(learnt) & set(trigger_of(pack).facts)) if learnt else concerns(pack, incident)


def look(act: Act, incident_id: int) -> list[Effect]:
    """Apply the regimes that were asked about and whose threshold this incident has reached; the next look is when one
    will be. A person's "no" answers the question; it does not stop what the record computes."""
    incident = act.tx.incidents.by_id(incident_id)
    if act.tx.meta.get(ENABLED) is None or incident.status not in RUNNING:
        return []
    effects: list[Effect] = []
    entries = list(act.tx.incidents.entries(incident_id))
    asked_about = were_asked(entries) & act.house.regimes.keys()
    for name, stand in standing(entries).items():
        if stand.state == "applied" or name not in asked_about:
            continue
        pack = act.house.regimes[name]
        at = reaches_at(act, pack, incident)
        if at is not None and at <= act.now:
            effects += _reached(act, incident, pack, at)
        else:
            look_by(act, at)
    return effects


def _reached(act: Act, incident: Incident, pack: Pack, at: datetime) -> list[Effect]:
    """One pack's refusal stands as an alarm, and is tried again: every other clock of the house goes on."""
    try:
        return _applied(act, incident, pack, REACHED, SYSTEM.name, at)
    except TongbaoError as refusal:
        look_by(act, act.now + TRIED_AGAIN)
        said = [refusal.template, {key: str(value) for key, value in refusal.params.items()}]
        data = {"pack": pack.pack, "ref": incident.reference, "problems": [said]}
        return [Alarm(REGIME_REFUSED + pack.pack, data)]


def sweep(act: Act) -> tuple[int, list[Effect]]:
    """Look at every running incident when a threshold is due to be reached. How many were looked at."""
    due = next_look(act)
    if due is None or due > act.now:
        return 0, []
    act.tx.meta.put(LOOK, "")
    running = act.tx.incidents.all(RUNNING)
    effects = [effect for one in running for effect in look(act, one.id)]
    refused = {effect.about for effect in effects if isinstance(effect, Alarm)}
    for known in alarms.standing(act):
        if known.about.startswith(REGIME_REFUSED) and known.about not in refused:
            alarms.over(act, known.about, "nothing is refused any more")
    return len(running), effects


def apply(
    act: Act, reference: str, name: str, reason: str, at: datetime | None = None
) -> tuple[Incident, list[Effect]]:
    """A person says that the regime applies: its duties begin, each by its own clock.

    The classification, where a clock counts from it, is this act, or was made `at` an instant since awareness. Conflict
    when it is switched off or applies already.
    """
    incident, pack = _about(act, reference, name, reason)
    classified = act.now if at is None else instant(act, at, "at")
    if classified > act.now:
        raise Invalid("at is in the future", field="at", next="say so when it has happened")
    if classified < incident.aware_at:
        raise Invalid("at is before awareness", field="at", next="awareness ≤ classification ≤ now")
    known = name in standing(act.tx.incidents.entries(incident.id))
    if name not in enabled(act) and not known:
        raise Conflict(
            "the regime {name} is not switched on",
            name=name,
            field="pack",
            next=f"tongbao regime enable {name} --reason '…'",
        )
    return incident, _applied(act, incident, pack, reason.strip(), act.actor.name, classified)


def waive(act: Act, reference: str, name: str, reason: str) -> tuple[Incident, list[Effect]]:
    """A person says that the regime does not apply; nothing is owed by it. Conflict once it applies."""
    incident, pack = _about(act, reference, name, reason)
    data = {"pack": pack.pack, "reason": reason.strip()}
    return incident, [
        Record(incident.id, WAIVED, data),
        EndQuestion(incident.id, STEP + name, reason.strip()),
    ]


def _about(act: Act, reference: str, name: str, reason: str) -> tuple[Incident, Pack]:
    incident, pack = act.tx.incidents.get(reference), shipped(act, name)
    must_be_wider(incident, "reference")
    _must_have_reason(reason)
    if incident.status not in RUNNING:
        raise Conflict("{ref} is “{status}”", ref=reference, status=incident.status, field="status")
    before = standing(act.tx.incidents.entries(incident.id)).get(name)
    if before is not None and before.state == "applied":
        raise Conflict(
            "the regime {name} applies to {ref} since {at}",
            name=name,
            ref=reference,
            at=before.at.isoformat(timespec="seconds"),
            field="pack",
            next="a duty of it is waived by itself: tongbao waive WINDOW --reason '…'",
        )
    return incident, pack


def _applied(
    act: Act, incident: Incident, pack: Pack, reason: str, by: str, classified: datetime
) -> list[Effect]:
    open_ended = [rule.id for rule in pack.rules if rule.no_figure]
    act.tx.packs.keep(pack.label, pack.text)
    data = {
        "pack": pack.pack,
        "version": pack.version,
        "reason": reason,
        "decided_by": by,
        "without_figure": open_ended,
    }
    effects: list[Effect] = [Record(incident.id, APPLIED, data)]
    effects += _windows(act, incident, pack, classified)
    return [*effects, BeginReports(incident.id), EndQuestion(incident.id, STEP + pack.pack, reason)]


def _windows(act: Act, incident: Incident, pack: Pack, classified: datetime) -> Iterator[Effect]:
    """Its duties begin: from the onset, from awareness, or from the classification; chained ones, and those of later
    acts, in their turn."""
    event = _found(act, incident)
    for rule in pack.upwards(incident.level):
        newest = act.tx.windows.newest(incident.id, rule.kind, rule.id)
        if newest is not None and (newest.owed or newest.duty == Duty.DONE):
            continue
        terms = rulebook.in_force(act, rule.kind, rule.id)
        begun = clocks.opened(
            terms,
            incident=incident.id,
            level=incident.level,
            started_at=_start(rule, event, classified),
            aware_at=incident.aware_at,
            now=act.now,
            by=act.actor.name,
            sequence=next_sequence(act, incident.id, rule.kind, rule.id),
        )
        window = act.tx.windows.add(moves.became_due(begun, terms, event))
        yield Record(incident.id, "window_opened", summary(window))


def _start(rule: Rule, event: moves.Event, classified: datetime) -> datetime:
    return event.begins(rule.clock_start) or classified


def _found(act: Act, incident: Incident) -> moves.Event:
    return moves.LevelRose(
        act.now, act.actor.name, incident.level, incident.aware_at, onset_at=incident.onset_at
    )


def begin(act: Act, incident_id: int) -> list[Effect]:
    """The reports that count from what became of an incident, by every regime that applies: one for each restoration,
    reopening and withdrawal that the record has now, if it has none yet. Nothing is read without regimes."""
    if act.tx.meta.get(ENABLED) is None:
        return []
    entries = list(act.tx.incidents.entries(incident_id))
    incident, effects = act.tx.incidents.by_id(incident_id), []
    for pack in with_later_acts(act, entries).values():
        for rule in pack.of_later_acts:
            start = _brought(act, incident, pack, rule, entries)
            if start is not None and rule.owes(incident.level) and not _begun(act, incident, rule, start):
                effects.append(_begins(act, incident, pack, rule, start))
    return effects


def _brought(
    act: Act, incident: Incident, pack: Pack, rule: Rule, entries: Sequence[Entry]
) -> datetime | None:
    """The instant that this clock counts from, as the record stands; None when it has none."""
    match rule.clock_start:
        case ClockStart.RESTORED_AT:
            return incident.restored_at if incident.status in BACK else None
        case ClockStart.REOPENED_AT:
            return next((one.at for one in reversed(acts_of(entries)) if one.kind in REOPENED), None)
        case ClockStart.WITHDRAWN_AT if incident.status in WITHDRAWN and _told(act, incident, pack, rule):
            return next((one.at for one in reversed(acts_of(entries)) if one.kind in WITHDRAWN), None)
    return None


def _told(act: Act, incident: Incident, pack: Pack, rule: Rule) -> bool:
    """Whether this audience has heard anything of it by this regime: who has not is told nothing of the end."""
    mine = {one.id for one in pack.rules if one.audience == rule.audience and one != rule}
    every = (incident.id, *family.others_of(act, incident))
    return any(w.rule in mine and w.told_at for one in every for w in act.tx.windows.of_incident(one))


def _begun(act: Act, incident: Incident, rule: Rule, start: datetime) -> bool:
    """Whether there has been one for this start, or one that was undecided then, which this joins. One that ended
    because its own start was none is no such."""
    mine = [w for w in act.tx.windows.of_incident(incident.id) if w.rule == rule.id]
    return any(
        window.state == Verdict.OPEN or window.started_at >= start or _joined(window, start)
        for window in mine
        if window.ended_by not in WERE_NONE
    )


def _joined(window: Window, start: datetime) -> bool:
    reopened = window.clock_start == ClockStart.REOPENED_AT
    return reopened and window.decided_at is not None and window.decided_at >= start


def _begins(act: Act, incident: Incident, pack: Pack, rule: Rule, start: datetime) -> Effect:
    terms = pack.terms_of(rule.id)
    begun = clocks.opened(
        terms,
        incident=incident.id,
        level=incident.level,
        started_at=start,
        aware_at=incident.aware_at,
        now=act.now,
        by=act.actor.name,
        sequence=next_sequence(act, incident.id, rule.kind, rule.id),
    )
    window = act.tx.windows.add(moves.became_due_late(begun, terms, _found(act, incident)))
    return Record(incident.id, "window_opened", summary(window))
