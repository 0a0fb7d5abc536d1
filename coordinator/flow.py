"""What a released notice has still to send, and whether any of it moves. Reads only."""

from __future__ import annotations

from coordinator.act import Act
from incidents.terms import DIRECT, NoticeState
from notifications.notice import Notice
from notifications.states import MOVING

GOING = (NoticeState.SENDING, NoticeState.TOLD)


def flows(act: Act, notice: Notice) -> dict[str, int]:
    """Channel -> how many messages are left, of the channels that are well."""
    trouble = act.tx.receipts.lanes(act.tx.incidents.by_id(notice.incident).exercise)
    return {channel: n for channel, n in _left(act, notice).items() if channel not in trouble}


def stalled(act: Act, notice: Notice) -> bool:
    """Whether nobody can say when it will be through: it is paused, or all that is left stands before a channel in
    trouble."""
    if notice.state not in GOING:
        return True
    waiting = notice.counters.pending > 0 and bool(_left(act, notice))
    return waiting and not any(flows(act, notice).values())


def _left(act: Act, notice: Notice) -> dict[str, int]:
    left: dict[str, int] = {}
    for (channel, _, state), n in act.tx.notices.counts(notice.id).items():
        if channel in DIRECT and state in MOVING:
            left[channel] = left.get(channel, 0) + n
    return left
