"""What is due next, and how much is due now: for `tick`, and for clocks that are moved by hand."""

from __future__ import annotations

from datetime import datetime

from coordinator import holds, regime_rows
from coordinator.act import Act
from coordinator.delivery import ASKING, BATCH, FRESH, SLOTS_AHEAD, held_back, lane_name, may_leave
from coordinator.duty import ROSTER_LOOK
from incidents.effects import Effect
from incidents.terms import Channel, NoticeState
from notifications.notice import Notice
from notifications.states import State


def next_due(act: Act) -> tuple[datetime | None, list[Effect]]:
    """When anything needs somebody next: a window's look, a level review, the end of planned work, a task nobody took,
    a page to staff, a change of shifts, a regime's threshold, a publish target, a delivery; None when all rests."""
    instants = [
        act.tx.windows.next_look(),
        act.tx.outlooks.next_act(),
        act.tx.incidents.next_review(),
        act.tx.incidents.next_planned_end(),
        act.tx.playbooks.next_escalation(),
        act.tx.paging.next_at(act.house.paging.channels),
        act.tx.meta.instant(ROSTER_LOOK),
        act.tx.drills.next_at(),
        regime_rows.next_look(act),
        act.tx.publishing.next_at(),
    ]
    busy = act.tx.notices.busy()
    held = holds.standing(act) if busy else ()
    for notice in busy:
        at = act.tx.deliveries.next_at([notice.id]) if notice.state != NoticeState.PAUSED else None
        if at is not None and not may_leave(notice, held):
            instants.append(act.tx.deliveries.next_asked_at(notice.id))
            continue
        page = notice.page_live_at is None and Channel.WEB in notice.channels
        if at is not None and notice.direct_from is not None and not page:
            at = max(at, notice.direct_from)
        instants.append(_with_room(act, notice, at))
    return min((at for at in instants if at is not None), default=None), []


def _with_room(act: Act, notice: Notice, at: datetime | None) -> datetime | None:
    """What is ready and not taken waits for its sender's rate: it is due when the lane has room again."""
    if at is None or at > act.now:
        return at
    paced = [channel for channel in Channel if act.house.lane(channel).rate]
    slots = [act.tx.receipts.lane(lane_name(act, notice, channel))[0] for channel in paced]
    rooms = [slot - SLOTS_AHEAD for slot in slots if slot is not None and slot - SLOTS_AHEAD > act.now]
    return min(rooms, default=at)


def left(act: Act) -> tuple[int, list[Effect]]:
    """How much is due at this instant and not done: windows, deliveries, receipts, raw events."""
    windows = len(act.tx.windows.to_look_at(act.now, BATCH))
    ready = 0
    busy = act.tx.notices.busy()
    held = holds.standing(act) if busy else ()
    for notice in busy:
        if notice.state == NoticeState.PAUSED:
            continue
        waits = holds.holding(notice, held) is not None
        for channel in Channel:
            asking = waits or held_back(notice, channel, act.now)
            states = ASKING if asking else (*FRESH, *ASKING, State.CALLING)
            ready += len(act.tx.deliveries.ready(notice.id, channel, act.now, BATCH, states))
    ready += act.tx.paging.waiting(act.now, act.house.paging.channels)
    return windows + ready + act.tx.receipts.waiting() + len(act.tx.intake.stored(BATCH)), []
