"""What a person's notice takes from a holding notice: it waits while that one goes, and whom it reached is not told
again. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from coordinator.act import Act
from coordinator.flow import GOING, stalled
from coordinator.joined import first_fits
from incidents.terms import Kind, NoticeState
from notifications.delivery import Delivery
from notifications.notice import Notice
from notifications.states import Answered, State

ASK_AGAIN = timedelta(minutes=1)
"""So long a message waits while another of the same outage may be arriving, or stands before it in the same line."""
ARRIVING = (State.CALLING, State.IN_DOUBT)
IN_LINE = (State.PLANNED, State.CLAIMED)
TELLS_OF_IT = (Kind.FIRST_NOTICE, Kind.RESOLUTION_NOTICE)


def already_told(
    act: Act, notice: Notice, ready: Sequence[Delivery]
) -> tuple[list[tuple[Delivery, Delivery]], list[Delivery]]:
    """(those that are told by now, with what becomes of them; those that wait, with their next instant)."""
    if not notice.holding or not ready:
        return [], []
    told, before = _by_people(act, notice, ready)
    gone = [row for row in ready if row.customer_id in told and row.state == State.PLANNED]
    waiting = [row for row in ready if row not in gone and row.customer_id in told | before]
    suppressed = {"state": State.SUPPRESSED, "reason": "already_told", "next_at": None}
    return (
        [(row, replace(row, **suppressed)) for row in gone],  # type: ignore[arg-type]
        [replace(row, next_at=act.now + ASK_AGAIN) for row in waiting],
    )


def gives_way(act: Act, notice: Notice) -> bool:
    """Whether a holding notice waits: a person's notice of the same outage is being sent. When that stalls, it goes on
    for those who were not reached; when that is through, nobody is left to tell."""
    if not notice.holding:
        return False
    window = act.tx.windows.get(notice.window)
    return any(
        other.state == NoticeState.SENDING
        and other.kind in TELLS_OF_IT
        and first_fits(window, other)
        and not stalled(act, other)
        for other in act.tx.notices.of_incident(notice.incident)
    )


def _by_people(act: Act, notice: Notice, ready: Sequence[Delivery]) -> tuple[set[int], set[int]]:
    """Whom notices of people have reached, and whom one may be reaching or will by the same channel."""
    channel, ids = ready[0].channel, sorted({row.customer_id for row in ready})
    told: set[int] = set()
    before: set[int] = set()
    for other in act.tx.notices.of_incident(notice.incident):
        if other.holding or not other.released:
            continue
        told |= {c for c, m in act.tx.audience.some(other.id, ids).items() if m.answer == Answered.REACHED}
        for row in act.tx.deliveries.of_recipients(other.id, ids):
            first = row.state in IN_LINE and row.channel == channel and other.state in GOING
            if row.state in ARRIVING or first:
                before.add(row.customer_id)
    return told, before
