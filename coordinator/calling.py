"""Verbs of the pages' lanes: claim what is due with its words, settle what the channel answered.

As with notices: the intent is committed before the call, the call runs with no transaction open, and what was lost
while calling is looked up (docs/delivery.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from coordinator import page_words
from coordinator.act import Act
from coordinator.failpoints import fp
from coordinator.matters import over
from incidents.effects import Effect
from notifications.message import Answer, LookUp
from notifications.paging import LEASE, CallOut, Page, PageMessage, PageState, answered, looked_up
from notifications.roster import Person

BATCH = 16
"""Pages of one channel that are called at once."""


@dataclass(frozen=True)
class Turn:
    """A page that is being called. `doubted`: it may be there already, so it is looked for."""

    page: Page
    message: PageMessage
    doubted: bool
    urgent: bool


def claim(act: Act, channel: str, limit: int = BATCH) -> tuple[list[Turn], list[Effect]]:
    """The pages of this channel that are due, marked as being called; what is not news any more is dropped."""
    turns = []
    for page in act.tx.paging.ready(channel, act.now, limit):
        call = act.tx.paging.call(page.call)
        doubted = page.state != PageState.PLANNED
        if not doubted and _is_answered(act, call):
            act.tx.paging.save(replace(page, state=PageState.DROPPED, reason="not news any more"))
            continue
        made = _taken(act, page, call, doubted)
        if made is not None:
            turns.append(made)
    if turns:
        fp("paging.before_call")
    return turns, []


def _is_answered(act: Act, call: CallOut) -> bool:
    return call.ended_at is not None or call.acknowledged_until is not None or bool(over(act, call))


def _taken(act: Act, page: Page, call: CallOut, doubted: bool) -> Turn | None:
    """The page with its words and its address; they stay what they were when it is asked for later."""
    to = page.to or _address(act.tx.roster.roster().people.get(page.person), page.channel)
    if not to:
        act.tx.paging.save(replace(page, state=PageState.FAILED, reason="no address"))
        return None
    text = page.text or page_words.of_page(act, page, call)
    attempts = page.attempts if doubted else page.attempts + 1
    called_at = page.called_at if doubted and page.called_at else act.now
    taken = replace(
        page,
        state=PageState.CALLING,
        to=to,
        text=text,
        attempts=attempts,
        called_at=called_at,
        next_at=act.now + LEASE,
    )
    act.tx.paging.save(taken)
    message = PageMessage(
        page=page.id,
        attempt=attempt_of(page.id, attempts),
        person=page.person,
        to=to,
        language=page.language,
        subject=text["subject"],
        body=text["body"],
        spoken=text["spoken"],
        thread=act.tx.incidents.by_id(call.incident).reference if call.incident else f"page{call.id}",
        now=called_at,
    )
    return Turn(taken, message, doubted, call.urgent)


def attempt_of(page_id: int, number: int) -> str:
    """What one attempt is called, at the provider too; no receipt of it is taken for a customer's."""
    return f"page{page_id}.{number}"


def reported(act: Act, page_id: int, attempt: str, why: str) -> tuple[bool, list[Effect]]:
    """A call did not get through after all, as busy or not answered: other ways are tried if there are any."""
    page = act.tx.paging.page(page_id)
    current = attempt == attempt_of(page.id, page.attempts)
    if page.state != PageState.ACCEPTED or page.acknowledged_at is not None or not current:
        return False, []
    failed = replace(page, state=PageState.FAILED, reason=why)
    act.tx.paging.save(failed)
    _other_ways(act, failed)
    return True, []


def _address(person: Person | None, channel: str) -> str:
    if person is None:
        return ""
    return (person.email if channel == "email" else person.phone) or ""


def settle(
    act: Act, outcomes: Sequence[tuple[Turn, Answer | LookUp]], can_look_up: bool
) -> tuple[int, list[Effect]]:
    """Keep what became of pages; a later attempt's row is left alone. Where a channel has refused a person by every
    way of a round, the ways that were held back are tried."""
    kept = 0
    for turn, answer in outcomes:
        after = _after(turn, answer, can_look_up, act)
        if act.tx.paging.settle(after):
            kept += 1
            if after.state == PageState.FAILED:
                _other_ways(act, after)
    if kept:
        fp("paging.before_settle")
    return kept, []


def _after(turn: Turn, answer: Answer | LookUp, can_look_up: bool, act: Act) -> Page:
    if isinstance(answer, LookUp):
        return looked_up(turn.page, answer, turn.urgent, can_look_up, act.now)
    return answered(turn.page, answer, act.now)


def _other_ways(act: Act, failed: Page) -> None:
    """Every way of this round failed for this person: the rest of their ways."""
    pages = [p for p in act.tx.paging.of_call(failed.call) if p.person == failed.person]
    round_ = [p for p in pages if p.round == failed.round]
    person = act.tx.roster.roster().people.get(failed.person)
    if person is None or any(p.state != PageState.FAILED for p in round_):
        return
    tried = {p.channel for p in round_}
    for channel in act.house.paging.channels:
        if channel not in tried and _address(person, channel):
            act.tx.paging.add_pages(
                [
                    Page(
                        call=failed.call,
                        person=failed.person,
                        channel=channel,
                        round=failed.round,
                        role=failed.role,
                        language=failed.language,
                        at=act.now,
                        state=PageState.PLANNED,
                        next_at=act.now,
                        code=failed.code,
                    )
                ]
            )


def soon(act: Act, seconds: float = 2.0) -> tuple[bool, list[Effect]]:
    """Whether a round or a page is due within so many seconds."""
    at = act.tx.paging.next_at(act.house.paging.channels)
    return at is not None and at <= act.now + timedelta(seconds=seconds), []
