"""Who of a holding notice's people a person's notice has reached meanwhile: they are not told again. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from coordinator.act import Act
from incidents.terms import NoticeState
from notifications.delivery import Delivery
from notifications.notice import Notice
from notifications.states import ACCEPTED_STATES, Answered, State

ASK_AGAIN = timedelta(seconds=15)
"""So long a message waits while another of the same outage may just be arriving."""
ARRIVING = (State.CALLING, State.IN_DOUBT)


def already_told(act: Act, notice: Notice, ready: Sequence[Delivery]) -> list[tuple[Delivery, Delivery]]:
    """Rows that may not go now, each with what becomes of it: suppressed, or put off while it is in doubt."""
    if not notice.holding or not ready:
        return []
    others = [
        n.id
        for n in act.tx.notices.of_incident(notice.incident)
        if n.released and not n.holding and n.state != NoticeState.SUPERSEDED
    ]
    ids = sorted({d.customer_id for d in ready})
    told: set[int] = set()
    arriving: set[int] = set()
    for other in others:
        told |= {c for c, m in act.tx.audience.some(other, ids).items() if m.answer == Answered.REACHED}
        for row in act.tx.deliveries.of_recipients(other, ids):
            told |= {row.customer_id} if row.state in ACCEPTED_STATES else set()
            arriving |= {row.customer_id} if row.state in ARRIVING else set()
    moves = []
    for row in ready:
        if row.customer_id in told and row.state == State.PLANNED:
            gone = replace(row, state=State.SUPPRESSED, reason="already_told", next_at=None)
            moves.append((row, gone))
        elif row.customer_id in told | arriving:
            moves.append((row, replace(row, next_at=act.now + ASK_AGAIN)))
    return moves
