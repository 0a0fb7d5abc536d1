"""Verbs of the clock itself: gaps, clocks that disagree, and a person's word that a hold is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from coordinator import alarms, holds
from coordinator.act import Act
from incidents.effects import Alarm, Effect
from incidents.errors import Conflict, Invalid
from incidents.operation import (
    ACCEPTED_BY_PEOPLE,
    LONG_GAP,
    OUTAGE,
    RESTORED,
    WALL_CLOCK,
    Operation,
)
from incidents.placeholder import own_words
from windows import timekeeping


def look(act: Act) -> list[Effect]:
    """Before every sweep: after a gap of over 24 hours what would go to customers by itself is held."""
    last = act.tx.meta.instant(holds.LAST_LOOK)
    if last is None or not timekeeping.is_long(act.now - last):
        return []
    return [Alarm(LONG_GAP, holds.gap(last, act.now))]


def begin(act: Act) -> tuple[bool, list[Effect]]:
    """A process that runs the clocks begins: keep since when nobody looked; whether that is worth a row."""
    last = act.tx.meta.instant(holds.LAST_LOOK)
    return _kept_gap(act, last), []


def resumed(act: Act, seconds: float) -> tuple[bool, list[Effect]]:
    """A process that stood still for `seconds` (suspended, stopped, starved) goes on."""
    last = act.tx.meta.instant(holds.LAST_LOOK)
    since = act.now - timedelta(seconds=seconds)
    # While another process looked there was no outage.
    return _kept_gap(act, since if last is None else max(since, last)), []


def _kept_gap(act: Act, since: datetime | None) -> bool:
    if since is None or act.now - since <= timekeeping.NOTED_OVER:
        return False
    known = act.tx.operations.newest(1)
    if known and known[0].about == OUTAGE and known[0].at == since:
        return False
    gap = holds.gap(since, act.now)
    act.tx.operations.note(Operation(OUTAGE, since, data=gap, over_at=act.now, over_by=act.actor.name))
    return True


def compare(act: Act, drift: timedelta) -> tuple[bool, list[Effect]]:
    """Keep that the wall clock is `drift` ahead of ours; over ten minutes it is an alarm. It freezes nothing."""
    known = next(iter(act.tx.operations.standing(WALL_CLOCK)), None)
    if known is not None and abs(drift) < timekeeping.AGREES_WITHIN:
        return alarms.over(act, WALL_CLOCK, "they agree again"), []
    recorded = None if known is None else timedelta(seconds=known.data["seconds"])
    if not timekeeping.worth_recording(drift, recorded):
        return False, []
    alarms.over(act, WALL_CLOCK, "it changed")
    data = {"seconds": round(drift.total_seconds(), 3)}
    if abs(drift) > timekeeping.PAGED_OVER:
        return True, [Alarm(WALL_CLOCK, data)]
    act.tx.operations.stand(Operation(WALL_CLOCK, act.now, data=data))
    return True, []


def hold(act: Act, reason: str) -> tuple[Operation, list[Effect]]:
    """A person says that this record is older than what was sent: as after a restored backup."""
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason")
    data = {"why": "said", "reason": reason.strip()}
    if not act.tx.operations.stand(Operation(RESTORED, act.now, alarm=True, data=data)):
        raise Conflict("the record is on hold already", field="clock", next="tongbao clock status")
    return act.tx.operations.standing(RESTORED)[0], []


def accept(act: Act, reason: str) -> tuple[list[Operation], list[Effect]]:
    """A named person says that the record and the clock are right: what was held goes out.

    Conflict when nothing is held, when no sweep has looked since the gap, or while deliveries of a restored
    record are still being asked about.
    """
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason")
    found = [one for one in act.tx.operations.standing() if one.about in ACCEPTED_BY_PEOPLE]
    if any(one.id == 0 for one in holds.standing(act)):
        raise Conflict("the clocks have not been looked at since the gap", field="clock", next="tongbao tick")
    if not found:
        raise Conflict("there is nothing to accept", field="clock", next="tongbao board")
    waiting = sum(holds.unreconciled(act, one) for one in found if one.about == RESTORED)
    if waiting:
        raise Conflict(
            "deliveries of the restored record that are still asked about: {n}",
            n=waiting,
            field="clock",
            next="tongbao tick, then tongbao clock accept again",
        )
    for one in found:
        act.tx.operations.end(one.about, act.now, act.actor.name, reason.strip())
    return found, []


def status(act: Act) -> tuple[dict[str, list[Operation]], list[Effect]]:
    """What stands, and the newest of what is over."""
    newest = [one for one in act.tx.operations.newest(20) if not one.stands]
    return {"standing": act.tx.operations.standing(), "over": newest}, []
