"""Verbs of paging: call people out, make the next round, acknowledge; what each entry of a timeline calls for.

A call-out is opened in the transaction of what it is about; its rounds are the clocks'. Customers' lanes neither read
nor write these rows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from coordinator import duty
from coordinator.act import PUT_OFF, Act
from coordinator.failpoints import fp
from coordinator.matters import called_for, over, unit_of
from incidents.chain import Entry
from incidents.effects import Effect, PageStaff, Record
from incidents.errors import Conflict
from incidents.terms import UPWARDS
from notifications.paging import (
    MATTERS,
    CallOut,
    Page,
    PageState,
    Stage,
    acknowledged,
    turn,
    ways,
)
from notifications.roster import on_duty

ROUNDS = 20
"""Call-outs that go round in one transaction, which must stay short."""
CODE_DIGITS, APPROVAL_DIGITS = 4, 6


def noted(act: Act, entry: Entry) -> list[Effect]:
    """Whom the timeline's new entry calls out, if anybody."""
    return list(called_for(act, entry))


def page_staff(act: Act, effect: PageStaff) -> list[Effect]:
    """Open a call-out, unless one of its key stands already or its matter is over by now (told in the same act). The
    clocks make its rounds, the first too: a thousand verdicts are not to wait for the words of their pages."""
    starts = act.house.paging.pace.opens(act.now + timedelta(seconds=effect.after_seconds), effect.any_hour)
    asked = CallOut(
        key=effect.key,
        about=effect.about,
        incident=effect.incident,
        window=effect.window,
        notice=effect.notice,
        to=effect.to,
        unit=unit_of(act, effect),
        urgent=effect.urgent,
        any_hour=effect.any_hour,
        data=effect.data,
        opened_at=act.now,
        next_at=starts,
    )
    call = None if over(act, asked) else act.tx.paging.open_call(asked)
    if call is not None:
        _overtake(act, call)
    return []


def _overtake(act: Act, call: CallOut) -> None:
    """A higher rung of a window ends the one below; one of a newer window of the kind ends those of older ones. Any
    rung ends the alert of the opening: the ladder has taken over."""
    if call.window is None or call.incident is None or call.about != "warning":
        return
    duty_of = _duty(act, call.window)
    for other in act.tx.paging.live_of(call.incident, ("warning", "opened")):
        if other.id == call.id:
            continue
        if other.about == "opened" or (other.window and _duty(act, other.window) == duty_of):
            _end(act, other, "overtaken")


def _duty(act: Act, window: int) -> tuple[str, str]:
    """Which duty a window is of: a report by phone is not that in writing."""
    one = act.tx.windows.get(window)
    return one.kind, one.rule if one.kind in UPWARDS else ""


def _end(act: Act, call: CallOut, cause: str) -> None:
    act.tx.paging.save_call(replace(call, ended_at=act.now, ended_by=cause, next_at=None))
    act.tx.paging.drop(call.id, call.round + 1, cause)


def _round(act: Act, call: CallOut) -> list[Effect]:
    """Page the next people, or the same again; who was paged goes on the timeline."""
    order = duty.order(act, call.to, call.unit, call.data.get("but", ()), call.data.get("named", ""))
    made = turn(call, order, act.house.paging.pace, act.now)
    act.tx.paging.save_call(made.call)
    act.tx.paging.drop(call.id, made.call.round, "the next round")
    pages = _pages(act, made.call, made.people)
    act.tx.paging.add_pages(pages)
    if call.incident is None:
        return []
    said: dict[str, Any] = {"call": call.id, "about": call.about, "to": call.to, "round": made.call.round}
    said |= {"window": call.window} if call.window else {}
    if not made.people:
        return [Record(call.incident, "nobody_on_duty", said)] if made.call.round == 1 else []
    said |= {"people": list(dict.fromkeys(name for name, _ in made.people))}
    return [
        Record(call.incident, "staff_paged", {**said, "channels": sorted({page.channel for page in pages})})
    ]


def _pages(act: Act, call: CallOut, people: Stage) -> list[Page]:
    roster = act.tx.roster.roster()
    incident = act.tx.incidents.by_id(call.incident) if call.incident else None
    doubtful, paging = duty.doubtful(act, incident), act.house.paging
    digits = APPROVAL_DIGITS if MATTERS[call.about].approves else CODE_DIGITS
    found = []
    for name, role in people:
        person = roster.people[name]
        code = paging.links.code(call.id, name, digits) if paging.links else ""
        for channel in ways(person.phone, person.email, paging.channels, doubtful):
            page = Page(
                call.id, name, channel, call.round, role, person.language, act.now, PageState.PLANNED, act.now
            )
            found.append(replace(page, code=code))
    return found


def sweep(act: Act) -> tuple[int, list[Effect]]:
    """Make the rounds that are due; a call-out whose matter is over ends. How many were looked at."""
    effects: list[Effect] = []
    due = act.tx.paging.due(act.now, ROUNDS)
    for call in due:
        effects += _turned(act, call)
    if due:
        fp("paging.before_round")
    return len(due), effects


def to_look_at(act: Act) -> list[int]:
    """The call-outs whose round is due."""
    return [call.id for call in act.tx.paging.due(act.now, ROUNDS)]


def look_at(act: Act, call_id: int) -> tuple[int, list[Effect]]:
    """The round of one call-out alone, if it is due still."""
    call = act.tx.paging.call(call_id)
    if call.ended_at is not None or call.next_at is None or call.next_at > act.now:
        return 0, []
    return 1, _turned(act, call)


def put_off(act: Act, call_id: int) -> tuple[int, list[Effect]]:
    """Make the round of a call-out that breaks us a little later; the others are not to wait for it."""
    act.tx.paging.save_call(replace(act.tx.paging.call(call_id), next_at=act.now + PUT_OFF))
    return 1, []


def _turned(act: Act, call: CallOut) -> list[Effect]:
    cause = over(act, call)
    if cause:
        _end(act, call, cause)
        return []
    return _round(act, call)


def acknowledge(act: Act, page_id: int, how: str = "command") -> tuple[Page, list[Effect]]:
    """The person who acts has heard it: quiet until the acknowledgement runs out; who said it first stands.

    Conflict when what it is about is over.
    """
    page = act.tx.paging.page(page_id)
    call = act.tx.paging.call(page.call)
    if page.acknowledged_at is not None and (call.ended_at or call.acknowledged_until):
        return page, []
    if call.ended_at is not None or over(act, call):
        raise Conflict(
            "what page {id} is about is over", id=page_id, field="page", next="nothing to do: tongbao board"
        )
    by = act.actor.name
    ends = [end for shift, end in on_duty(act.tx.roster.roster(), act.now) if shift.person == by]
    heard = acknowledged(call, by, act.now, act.house.paging.pace, max(ends, default=None))
    act.tx.paging.save_call(heard)
    act.tx.paging.drop(call.id, call.round + 1, "acknowledged")
    if MATTERS[call.about].until_acknowledged:
        _end(act, heard, "acknowledged")
    _mark(act, page, by, how)
    until = heard.acknowledged_until and heard.acknowledged_until.isoformat()
    said = {"page": page.id, "call": call.id, "about": call.about, "how": how, "until": until}
    said |= {"window": call.window} if call.window else {}
    record = [Record(call.incident, "page_acknowledged", said)] if call.incident else []
    return act.tx.paging.page(page_id), list(record)


def _mark(act: Act, page: Page, by: str, how: str) -> None:
    """This page, and the person's other pages of the same call-out, are answered."""
    for one in act.tx.paging.of_call(page.call):
        if one.id == page.id or (one.person == by and one.acknowledged_at is None):
            state = PageState.DROPPED if one.state == PageState.PLANNED else one.state
            answered = replace(one, acknowledged_at=act.now, acknowledged_by=by, how=how, state=state)
            act.tx.paging.save(answered)
