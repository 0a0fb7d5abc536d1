"""What may not leave just now: after a restored backup nothing, after a long gap nothing by itself. Not verbs.

Verdicts never wait; only sends do (docs/windows.md, "The clock itself").
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from coordinator.act import Act
from incidents.operation import HOLDS, LONG_GAP, RESTORED, Operation
from notifications.notice import Notice
from windows.timekeeping import is_long

LAST_LOOK = "last_look"
"""When the clocks were last looked at, by whichever process."""


def standing(act: Act) -> tuple[Operation, ...]:
    """Every hold in force; a long gap that no sweep has recorded yet counts."""
    found = [one for one in act.tx.operations.standing() if one.about in HOLDS]
    last = act.tx.meta.instant(LAST_LOOK)
    if last is not None and is_long(act.now - last) and all(one.about != LONG_GAP for one in found):
        found.append(Operation(LONG_GAP, act.now, alarm=True, data=gap(last, act.now)))
    return tuple(found)


def gap(since: datetime, until: datetime) -> dict[str, Any]:
    """What is said of a time in which nobody looked."""
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "seconds": round((until - since).total_seconds()),
    }


def holding(notice: Notice, held: tuple[Operation, ...]) -> Operation | None:
    """The hold that keeps this notice from leaving, if any.

    After a long gap that is what would go by itself: automatic notices, and what people released before the
    gap. What a person releases after it goes: that person knows what day it is.
    """
    for one in held:
        if one.about == RESTORED:
            return one
        if notice.automatic or notice.released_at is None or notice.released_at < one.at:
            return one
    return None


def unreconciled(act: Act, held: Operation) -> int:
    """How many deliveries of before the hold nobody has asked the provider about, or not to the end."""
    waiting = 0 if held.data.get("asked") else 1
    for notice in act.tx.notices.busy():
        if notice.released_at is not None and notice.released_at <= held.at:
            counts = act.tx.notices.counts(notice.id)
            asked = [n for (channel, _, state), n in counts.items() if state in ASKED and channel != "web"]
            waiting += sum(asked)
    return waiting


ASKED = ("claimed", "calling", "in_doubt")
"""States of a delivery that may have been taken and whose provider has not said."""
