"""Verbs of being alive: when each loop last ticked, and whether a sign of life would be honest (I30).

A sign of life says: no duty is overdue and undecided, nothing waits too long, and every loop ticks.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from coordinator import alarms, holds
from coordinator.act import Act
from incidents.effects import Effect
from incidents.errors import Sentence
from incidents.operation import HEARTBEAT, Operation
from incidents.terms import Channel
from notifications.states import State

CLOCKS, INTAKE, RECEIPTS, EXPAND = "clocks", "in-tray", "receipts", "expand"
LOOPS = (CLOCKS, INTAKE, RECEIPTS, EXPAND, *(channel.value for channel in Channel))
"""Every loop that must turn somewhere, whichever process has it."""
TICK_WITHIN = timedelta(seconds=5)
DECIDED_WITHIN = timedelta(seconds=1)
"""How soon after due a verdict must be on the record (I9)."""
YOUNG = timedelta(seconds=30)
"""How long a raw event, a receipt, or the line of a lane whose rows do not leave may wait."""
BEAT = "last_beat"


def ticked(act: Act, names: Collection[str]) -> tuple[None, list[Effect]]:
    """These loops have turned just now."""
    for name in names:
        act.tx.meta.put_instant(f"tick:{name}", act.now)
    return None, []


def ticks(act: Act) -> dict[str, datetime | None]:
    """When each loop last turned, in any process."""
    return {name: act.tx.meta.instant(f"tick:{name}") for name in LOOPS}


def amiss(act: Act) -> list[Sentence]:
    """Why a sign of life would be a lie now; empty when it would be honest."""
    return [*undecided(act), *_waiting(act), *still(act)]


def undecided(act: Act) -> list[Sentence]:
    """Duties whose due instant has passed without a verdict."""
    late = act.tx.windows.undecided(act.now - DECIDED_WITHIN)
    if not late:
        return []
    return [("{n} {n:window is|windows are} overdue and undecided", {"n": late})]


def still(act: Act) -> list[Sentence]:
    """Loops that do not turn."""
    found: list[Sentence] = []
    for name, at in ticks(act).items():
        if at is None:
            found.append(("the loop {name} has never run", {"name": name}))
        elif act.now - at > TICK_WITHIN:
            seconds = round((act.now - at).total_seconds())
            found.append(
                ("the loop {name} has not turned for {seconds} s", {"name": name, "seconds": seconds})
            )
    return found


def _waiting(act: Act) -> list[Sentence]:
    found: list[Sentence] = []
    for what, since in (
        ("event", act.tx.intake.oldest_stored()),
        ("receipt", act.tx.receipts.oldest_unmerged()),
    ):
        if since is not None and act.now - since > YOUNG:
            seconds = round((act.now - since).total_seconds())
            found.append(("the oldest {what} waits for {seconds} s", {"what": what, "seconds": seconds}))
    return found + _lanes(act)


def _lanes(act: Act) -> list[Sentence]:
    """Lanes in which rows are ready and none leaves. A long line behind its own rate is no fault; nor is what an
    exercise makes fail."""
    held, found = holds.standing(act), []
    for notice in act.tx.notices.busy(exercise=False):
        since = notice.direct_from or notice.released_at
        if (
            holds.holding(notice, held)
            or notice.state == "paused"
            or since is None
            or since > act.now - YOUNG
        ):
            continue
        for channel in Channel:
            states = (State.PLANNED, State.CLAIMED, State.CALLING)
            oldest = act.tx.deliveries.ready(notice.id, channel, act.now - YOUNG, 1, states)
            moved = act.tx.meta.instant(f"left:{channel.value}") or since
            slot = act.tx.receipts.lane(channel)[0] or moved
            if oldest and act.now - max(moved, slot) > YOUNG:
                values: dict[str, object] = {"channel": channel.value, "id": notice.id}
                found.append(("nothing leaves by {channel} though notice {id} is ready", values))
    return found


def owes(act: Act) -> bool:
    """Whether anything waits for a loop: a duty, or a notice on its way."""
    return bool(act.tx.windows.next_look() or act.tx.notices.busy())


def beat(act: Act, every_seconds: float) -> tuple[bool, list[Effect]]:
    """Whether this process shall send the sign of life now: it is due, nobody else has, and it is honest."""
    last = act.tx.meta.instant(BEAT)
    if last is not None and act.now - last < timedelta(seconds=every_seconds):
        return False, []
    act.tx.meta.put_instant(BEAT, act.now)
    found = amiss(act)
    if found:
        _stand(act, {"withheld": [[template, values] for template, values in found]})
    return not found, []


def beaten(act: Act, problem: str) -> tuple[None, list[Effect]]:
    """What became of it: "" when it arrived."""
    if problem:
        _stand(act, {"failed": problem})
    else:
        alarms.over(act, HEARTBEAT, "it goes out again")
    return None, []


def _stand(act: Act, data: dict[str, object]) -> None:
    """It is for the watcher outside to call people; here it only stands for who looks."""
    if not act.tx.operations.stand(Operation(HEARTBEAT, act.now, data=data)):
        [known] = act.tx.operations.standing(HEARTBEAT)
        act.tx.operations.refresh(known, data)
