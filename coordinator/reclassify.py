"""Verbs of the level: raise it, keep it, lower it. Lowering from level 1 is for two people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from coordinator import asking, levels, material
from coordinator.act import Act
from coordinator.cases import must_be_wider
from incidents.decision import Asked
from incidents.effects import (
    AdvancePlaybook,
    AssignUnit,
    Effect,
    JudgeWindows,
    LowerLevel,
    MoveWindows,
    RaiseLevel,
    Record,
)
from incidents.errors import Conflict, Invalid
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.material import UPGRADED
from incidents.placeholder import own_words
from incidents.terms import LEVELS
from incidents.values import difference

Outcome = tuple[Incident, list[Effect]]
TWO_PEOPLE = 1
"""Leaving this level needs a second person."""


def grade(act: Act, reference: str, level: int, reason: str) -> Outcome:
    """Give the level; clocks move by the table of docs/windows.md. From level 1 down it waits for a second person."""
    incident = act.tx.incidents.get(reference)
    must_be_wider(incident, "level")
    _must_be_possible(incident, level, reason)
    if level == incident.level and levels.awaits_decision(act, incident):
        return _kept(act, incident, reason.strip())
    if level == incident.level:
        raise Conflict(
            "{ref} is at level {level} already",
            ref=reference,
            level=level,
            field="level",
            next=f"tongbao show {reference}",
        )
    if level < incident.level:
        return _raised(act, incident, level, reason.strip())
    if incident.level == TWO_PEOPLE:
        return incident, asking.ask(act, incident, Asked.DOWNGRADE, reason.strip(), level=level)
    lowered = LowerLevel(incident.id, level, reason.strip(), act.actor.name)
    effects = lower_level(act, lowered)
    return act.tx.incidents.by_id(incident.id), effects


def _must_be_possible(incident: Incident, level: int, reason: str) -> None:
    if level not in LEVELS:
        raise Invalid(
            "level must be 1, 2 or 3, not {level}", level=level, field="level", next="1 is the highest"
        )
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'what changed'")
    if incident.status not in OPEN:
        raise Conflict(
            "{ref} is “{status}”",
            ref=incident.reference,
            status=incident.status,
            field="status",
            next="only a running incident has a level to change",
        )


def _kept(act: Act, incident: Incident, reason: str) -> Outcome:
    """A person looked at the suggestion and keeps the level: nobody is asked again until it moves."""
    changed = levels.decided(act, incident)
    act.tx.incidents.save(changed)
    data = {"level": incident.level, "reason": reason, **levels.suggestion(act, incident)}
    return changed, [Record(incident.id, "level_kept", data)]


def _raised(act: Act, incident: Incident, level: int, reason: str) -> Outcome:
    raised = RaiseLevel(incident.id, level, reason)
    effects = raise_level(act, raised, before=levels.standing(incident))
    changed = levels.decided(act, act.tx.incidents.by_id(incident.id))
    act.tx.incidents.save(changed)
    return changed, effects


def raise_level(act: Act, effect: RaiseLevel, **more: Any) -> list[Effect]:
    """The level rises, by a person or by a worse alarm; what that moves and owes follows. `more` goes on the record."""
    incident = act.tx.incidents.by_id(effect.incident)
    reasons = (*incident.level_reasons, effect.reason)
    act.tx.incidents.save(replace(incident, level=effect.level, level_reasons=reasons))
    change = {"from": incident.level, "to": effect.level, "reason": effect.reason, **more}
    effects: list[Effect] = [
        Record(incident.id, UPGRADED, change),
        AssignUnit(incident.id),
        MoveWindows(incident.id, "upgrade", incident.level),
        AdvancePlaybook(incident.id, UPGRADED),
    ]
    return effects + material.owe(act, incident, UPGRADED)


def lower_level(act: Act, effect: LowerLevel) -> list[Effect]:
    """The level falls: every due stays; texts, channels and the cadence after the next notice follow the level now."""
    incident = act.tx.incidents.by_id(effect.incident)
    if incident.status not in OPEN or effect.level <= incident.level:
        raise Conflict(
            "{ref} is {status} at level {level}; there is nothing to lower",
            ref=incident.reference,
            status=incident.status,
            level=incident.level,
            field="level",
            next=f"tongbao show {incident.reference}",
        )
    reasons = (*incident.level_reasons, effect.reason)
    lowered = levels.decided(act, replace(incident, level=effect.level, level_reasons=reasons))
    act.tx.incidents.save(lowered)
    change = {
        "from": incident.level,
        "to": effect.level,
        "reason": effect.reason,
        "asked_by": effect.asked_by,
        "facts": difference(incident, lowered),
    }
    return [
        Record(incident.id, "downgraded", change),
        AssignUnit(incident.id),
        MoveWindows(incident.id, "downgrade"),
        JudgeWindows(incident.id),
    ]
