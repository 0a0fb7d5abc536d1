"""Alarms about the program itself: they stand until they are over or a person ends them. Not verbs.

The one seam for whoever pages people: every new alarm passes `stand`.
"""

from __future__ import annotations

from coordinator.act import Act
from incidents.effects import Alarm, Effect
from incidents.operation import Operation


def stand(act: Act, effect: Alarm) -> list[Effect]:
    """Let the alarm stand; one that stands already is told what is known by now."""
    fresh = Operation(effect.about, act.now, alarm=True, data=effect.data)
    if not act.tx.operations.stand(fresh):
        for known in act.tx.operations.standing(effect.about):
            act.tx.operations.refresh(known, effect.data)
    return []


def over(act: Act, about: str, reason: str = "") -> bool:
    """It is over; whether it stood."""
    return act.tx.operations.end(about, act.now, act.actor.name, reason)


def standing(act: Act) -> list[Operation]:
    """What a person must know now, the oldest first."""
    return [one for one in act.tx.operations.standing() if one.alarm]
