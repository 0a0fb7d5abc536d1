"""What a released notice has still to send, and whether any of it moves. Reads only."""

from __future__ import annotations

from coordinator.act import Act
from incidents.terms import DIRECT, Channel, NoticeState
from notifications.notice import Notice
from notifications.states import MOVING
from windows.forecast import Load

GOING = (NoticeState.SENDING, NoticeState.TOLD)


def flowing(act: Act, notice: Notice) -> tuple[Load, ...]:
    """What is left by the channels that are well."""
    left = _left(act, notice)
    trouble = act.tx.receipts.lanes(act.tx.incidents.by_id(notice.incident).exercise)
    parts = max(act.tx.notices.parts(notice.id).values(), default=1)
    return tuple(
        Load(c, n, parts if c == Channel.SMS else 1, act.house.lane(c).rate, act.house.lane(c).drain)
        for c, n in left.items()
        if c not in trouble
    )


def stalled(act: Act, notice: Notice) -> bool:
    """Whether nobody can say when it will be through: it is paused, or all that is left stands before a channel in
    trouble."""
    if notice.state not in GOING:
        return True
    waiting = notice.counters.pending > 0 and bool(_left(act, notice))
    return waiting and not any(load.messages for load in flowing(act, notice))


def _left(act: Act, notice: Notice) -> dict[str, int]:
    left: dict[str, int] = {}
    for (channel, _, state), n in act.tx.notices.counts(notice.id).items():
        if channel in DIRECT and state in MOVING:
            left[channel] = left.get(channel, 0) + n
    return left
