"""Whom another notice of the same outage has reached meanwhile: they are not told again. Reads only.

A first notice of a person tells those again who had an automatic one; an automatic one tells nobody again, and waits
while a person's goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from coordinator.act import Act
from coordinator.family import notices_around
from coordinator.flow import GOING, stalled
from coordinator.joined import first_fits
from coordinator.times import left_standing, of_times, tell_these
from incidents.terms import Channel, Kind, NoticeState
from notifications.delivery import Delivery
from notifications.notice import Notice
from notifications.states import ACCEPTED_STATES, Answered, State

ASK_AGAIN = timedelta(minutes=1)
"""So long a message waits while another of the same outage may be arriving, or stands before it in the same line."""
ARRIVING = (State.CLAIMED, State.CALLING, State.IN_DOUBT)
IN_LINE = (State.PLANNED, State.CLAIMED)
TELLS_OF_IT = (Kind.FIRST_NOTICE, Kind.RESOLUTION_NOTICE)

Told = list[tuple[Delivery, Delivery]]


def instead_of(act: Act, notice: Notice) -> list[Notice]:
    """The released notices whose people have what this one would tell them: read across the family of its incident."""
    if notice.kind == Kind.PLANNED_WORK_NOTICE:
        found = tell_these(act, act.tx.incidents.by_id(notice.incident))
    elif notice.kind == Kind.CORRECTION_NOTICE and of_times(notice):
        found = _of_work(act, notice)
    elif notice.holding:
        found = notices_around(act, notice.incident)
    elif notice.kind == Kind.FIRST_NOTICE:
        found = [n for n in notices_around(act, notice.incident) if n.kind == notice.kind]
    else:
        found = []
    return [n for n in found if n.released and n.id != notice.id]


def _of_work(act: Act, correction: Notice) -> list[Notice]:
    """Of planned work that was moved on and back: whom an earlier correction told the times as they are now."""
    incident = act.tx.incidents.by_id(correction.incident)
    return left_standing(act, incident) if incident.planned else []


def already_told(act: Act, notice: Notice, ready: Sequence[Delivery]) -> tuple[Told, Told]:
    """Of what is ready, (what is told by now, what waits), each with what becomes of it."""
    others = instead_of(act, notice) if ready else []
    if not others:
        return [], []
    told: set[int] = set()
    before: set[int] = set()
    for other in others:
        reached, arriving = _by(act, notice, other, ready)
        told |= reached
        before |= arriving
    gone = [row for row in ready if row.customer_id in told and row.state == State.PLANNED]
    # What is leased is put back first; it may not end from there.
    back = [row for row in ready if row not in gone and row.customer_id in told | before]
    suppressed = {"state": State.SUPPRESSED, "reason": "already_told", "next_at": None}
    waits = {"state": State.PLANNED, "next_at": act.now + ASK_AGAIN}
    return (
        [(row, replace(row, **suppressed)) for row in gone],  # type: ignore[arg-type]
        [(row, replace(row, **waits)) for row in back],  # type: ignore[arg-type]
    )


def gives_way(act: Act, notice: Notice) -> bool:
    """Whether a holding notice waits: a person's notice of the same outage is being sent. When that stalls, it goes on
    for those who were not reached; when that is through, for whoever was never in it."""
    if not notice.holding:
        return False
    window = act.tx.windows.get(notice.window)
    return any(
        other.state == NoticeState.SENDING
        and not other.settled
        and other.kind in TELLS_OF_IT
        and (other.incident != notice.incident or first_fits(window, other))
        and not stalled(act, other)
        for other in instead_of(act, notice)
    )


def _by(act: Act, notice: Notice, other: Notice, ready: Sequence[Delivery]) -> tuple[set[int], set[int]]:
    """Whom the other notice has reached by a message of its own, and whom it may be reaching, or will.

    Two of one rank do not wait for each other: whichever comes first tells, and the other leaves out.
    """
    channel, ids = ready[0].channel, sorted({row.customer_id for row in ready})
    behind = (notice.holding and not other.holding) or notice.kind == Kind.PLANNED_WORK_NOTICE
    people = act.tx.audience.some(other.id, ids)
    shared = {one for person in people.values() for one in (person.sms_with, person.mail_with) if one}
    rows: dict[tuple[int, str], Delivery] = {
        (row.customer_id, row.channel): row
        for row in act.tx.deliveries.of_recipients(other.id, sorted({*people, *shared}))
    }
    told: set[int] = set()
    before: set[int] = set()
    for one, person in people.items():
        mine = [rows.get((person.told_with(by) or one, by)) for by in (Channel.SMS, Channel.EMAIL)]
        states = {row.state for row in mine if row is not None}
        if states & ACCEPTED_STATES:
            told.add(one)
        in_line = any(row is not None and row.state in IN_LINE and row.channel == channel for row in mine)
        unwritten = not other.expanded and person.answer == Answered.PENDING
        if states.intersection(ARRIVING) or (behind and other.state in GOING and (in_line or unwritten)):
            before.add(one)
    return told, before
