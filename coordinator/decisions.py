"""Verbs of the second person on what a first one asked for: approve and decline a downgrade or a waiver."""

from __future__ import annotations

from dataclasses import replace

from coordinator import asking
from coordinator.act import Act
from coordinator.overtaken import why_over
from incidents.decision import Asked, Decision, DecisionState
from incidents.effects import Effect, LowerLevel, Record, WaiveWindow
from incidents.errors import Conflict, Invalid, NotAllowed
from incidents.placeholder import own_words

Outcome = tuple[Decision, list[Effect]]


def approve(act: Act, decision_id: int) -> Outcome:
    """A second person agrees: it happens now. NotAllowed for who asked; Conflict when it is not so any more."""
    found = _waiting(act, decision_id)
    if found.author == act.actor.name:
        raise NotAllowed(
            "{name} asked for {id}; another person must approve it",
            name=act.actor.name,
            id=found.name,
            field="user",
            next="ask someone else: tongbao pending",
        )
    decided = _decided(act, found, DecisionState.APPROVED)
    record = Record(found.incident, f"{found.asked}_approved", asking.said_of(found))
    if found.asked == Asked.DOWNGRADE:
        return decided, [record, LowerLevel(found.incident, found.level, found.reason, found.author)]
    return decided, [record, WaiveWindow(found.window, found.reason, found.author)]


def decline(act: Act, decision_id: int, reason: str) -> Outcome:
    """A second person refuses, and says why; who asked may take it back the same way. Nothing changes."""
    found = _waiting(act, decision_id)
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'what has to change'")
    decided = _decided(act, found, DecisionState.DECLINED, reason.strip())
    said = {**asking.said_of(found), "refusal": reason.strip()}
    return decided, [Record(found.incident, f"{found.asked}_declined", said)]


def sweep(act: Act) -> tuple[int, list[Effect]]:
    """What waits for a word that can change nothing any more waits no longer; how many ended so."""
    effects: list[Effect] = []
    for found in act.tx.decisions.waiting():
        if why := why_over(act, found):
            _decided(act, found, DecisionState.OVERTAKEN, why)
            said = {**asking.said_of(found), "why": why}
            effects.append(Record(found.incident, f"{found.asked}_overtaken", said))
    return len(effects), effects


def _waiting(act: Act, decision_id: int) -> Decision:
    found = act.tx.decisions.get(decision_id)
    if found.state == DecisionState.OVERTAKEN:
        raise Conflict(
            "{id} was overtaken by what happened meanwhile",
            id=found.name,
            field="id",
            next=f"tongbao show {act.tx.incidents.by_id(found.incident).reference}",
        )
    if found.state != DecisionState.WAITING:
        raise Conflict(
            "{id} is {state}, not waiting for approval",
            id=found.name,
            state=found.state,
            field="id",
            next="tongbao pending",
        )
    return found


def _decided(act: Act, found: Decision, state: DecisionState, refusal: str = "") -> Decision:
    decided = replace(found, state=state, decided_by=act.actor.name, decided_at=act.now, refusal=refusal)
    act.tx.decisions.save(decided)
    return decided
