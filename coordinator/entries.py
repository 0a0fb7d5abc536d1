"""Which entries stand on the public page of an incident, and how a holding notice's leaves it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from coordinator.act import Act
from incidents.effects import Effect, Record
from incidents.terms import Channel, NoticeState
from notifications.notice import CountKey, Notice
from notifications.states import State


def public(act: Act, incident_id: int) -> list[Notice]:
    """What stands on the page, the newest first: once a person has told it, that text only; the record keeps both."""
    every = [n for n in act.tx.notices.of_incident(incident_id) if _is_public(n)]
    by_people = by_persons(act, incident_id)
    if all(n.state == NoticeState.STOPPED for n in by_people):
        by_people = []
    return sorted(by_people or every, key=lambda n: n.number, reverse=True)


def by_persons(act: Act, incident_id: int) -> list[Notice]:
    """The entries of persons that are on the page, or are on their way there."""
    return [n for n in act.tx.notices.of_incident(incident_id) if not n.holding and _is_public(n)]


def _is_public(notice: Notice) -> bool:
    on_page = notice.released and Channel.WEB in notice.channels
    return on_page and (notice.page_live_at is not None or notice.state != NoticeState.STOPPED)


def given_way(act: Act, notice: Notice) -> list[Notice]:
    """The entries of persons instead of which a holding notice's own is not shown."""
    if not notice.holding:
        return []
    return [n for n in by_persons(act, notice.incident) if n.state != NoticeState.STOPPED]


def leave_the_page(act: Act, notice: Notice, why: str) -> list[Effect]:
    """A holding notice's entry that is not published yet never will be: a person's stands there alone. What goes to
    people goes on."""
    ended = act.tx.deliveries.end_unsent([notice.id], State.EXPIRED, why, (Channel.WEB,))
    if not ended:
        return []
    act.tx.notices.add_counts(notice.id, counts_moved(ended, notice.id, State.EXPIRED))
    direct = tuple(channel for channel in notice.channels if channel != Channel.WEB)
    stopped = replace(notice, state=NoticeState.STOPPED, stopped_reason=why)
    act.tx.notices.save(replace(notice, channels=direct) if direct else stopped)
    return [Record(notice.incident, f"unsent_{State.EXPIRED}", {"deliveries": ended.total(), "why": why})]


def counts_moved(
    ended: Counter[tuple[int, str, str, str]], notice_id: int, state: State
) -> dict[CountKey, int]:
    """What the counts of one notice gain and lose by rows that ended."""
    deltas: dict[CountKey, int] = {}
    for (owner, channel, language, old), n in ended.items():
        if owner == notice_id:
            deltas[(channel, language, old)] = deltas.get((channel, language, old), 0) - n
            key = (channel, language, state.value)
            deltas[key] = deltas.get(key, 0) + n
    return deltas
