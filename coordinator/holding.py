"""Verbs of foresight: look at open windows, let the holding notice go, hold it, send it early, approve it in advance.

The decision is in windows/holding.py, pure; here it meets the record (docs/windows.md, "The holding notice").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from coordinator import drafting, foresight
from coordinator.act import PUT_OFF, Act, instant
from coordinator.cases import must_be_wider
from coordinator.early import next_to_send, ways_out
from coordinator.failpoints import fp
from coordinator.release import (
    FIRST_SLICE,
    PAGE_FIRST,
    expand,
    freeze_holding,
    plan_walk,
    seal,
    when_sent,
    with_audience,
)
from incidents.effects import Effect, JudgeWindows, Record
from incidents.errors import Conflict, Invalid, NotAllowed
from incidents.incident import Incident
from incidents.placeholder import own_words
from incidents.terms import DIRECT, LEVELS, Channel, IncidentType, Kind, NoticeState, Verdict
from notifications.notice import Approval, Notice, text_hash
from notifications.standing import LONGEST, MOST_PEOPLE, Standing, said_of
from notifications.template import VersionState
from windows import forecast, holding
from windows.holding import Decision, Situation
from windows.outlook import Outlook
from windows.window import JUST_AFTER, Window

BATCH = 50
REVIEW_WITHIN = timedelta(hours=24)
SAID_ALOUD = ("not_approved", "approval_expired", "text_changed", "clock_not_accepted", "held")
"""Reasons for which nothing goes though its time has come: people must hear of them."""


def sweep(act: Act) -> tuple[int, list[Effect]]:
    """Look at every open window whose look is due: forecast it, and let its holding notice go when it is time.

    Returns how many were looked at. Comes before the windows are judged: it is the last chance to make it.
    """
    effects: list[Effect] = []
    looked = act.tx.outlooks.to_look_at(act.now, BATCH)
    for outlook in looked:
        effects += look(act, outlook)
    return len(looked), effects


def to_look_at(act: Act) -> list[int]:
    """The windows whose look is due."""
    return [outlook.window for outlook in act.tx.outlooks.to_look_at(act.now, BATCH)]


def look_at(act: Act, window_id: int) -> tuple[int, list[Effect]]:
    """One window alone, if its look is due still."""
    outlook = act.tx.outlooks.get(window_id)
    if outlook is None or outlook.next_look_at is None or outlook.next_look_at > act.now:
        return 0, []
    return 1, look(act, outlook)


def put_off(act: Act, window_id: int) -> tuple[int, list[Effect]]:
    """Look at a window that breaks us a little later; the others are not to wait for it."""
    act.tx.outlooks.put_off(window_id, act.now + PUT_OFF)
    return 1, []


def look(act: Act, outlook: Outlook) -> list[Effect]:
    """One window: its forecast, its alarm, and what of its holding notice goes now."""
    window = act.tx.windows.get(outlook.window)
    if window.state != Verdict.OPEN or act.now > window.due_at:
        act.tx.outlooks.save(replace(outlook, next_look_at=None, act_at=None))
        return []
    incident = act.tx.incidents.by_id(window.incident)
    notices = act.tx.notices.of_incident(incident.id)
    if window.told_by == "page":
        return _look_at_page(act, outlook, window, foresight.by_page(act, window, notices, incident))
    seen = foresight.counted(act, outlook, incident, window)
    person = foresight.human(act, window, notices, seen)
    seen = replace(seen, forecast_at=person.told_at(act.now))
    found = foresight.situation(act, window, seen, incident, notices, person)
    effects: list[Effect] = []
    ahead: list[datetime | None] = [_turns_late(act, window, person)]
    if found is not None:
        decision = holding.decided(found[0], act.now)
        ahead.append(decision.next_at)
        seen, effects = _carried_out(act, seen, window, incident, found, decision)
    alarmed, more = _alarm(act, seen, window, person, found[0] if found else None)
    act_at = min((at for at in ahead if at is not None and at > act.now), default=None)
    again = min(act.now + forecast.LOOK_EVERY, act_at or act.now + forecast.LOOK_EVERY)
    act.tx.outlooks.save(replace(alarmed, act_at=act_at, next_look_at=again))
    return [*effects, *more]


def _look_at_page(act: Act, outlook: Outlook, window: Window, person: foresight.Human) -> list[Effect]:
    """A window that its page entry tells: nobody is counted, and before a release only an act changes anything."""
    seen, effects = _alarm(act, replace(outlook, forecast_at=person.told_at(act.now)), window, person, None)
    late = _turns_late(act, window, person)
    act_at = late if late > act.now and not person.going else None
    again = act.now + forecast.LOOK_EVERY if person.released else act_at or window.due_at
    act.tx.outlooks.save(replace(seen, act_at=act_at, next_look_at=max(again, act.now + JUST_AFTER)))
    return effects


def _turns_late(act: Act, window: Window, person: foresight.Human) -> datetime:
    return forecast.turns_late_at(window.due_at, person.loads, person.approval) + JUST_AFTER


def _alarm(
    act: Act, outlook: Outlook, window: Window, person: foresight.Human, situation: Situation | None
) -> tuple[Outlook, list[Effect]]:
    """People hear of it once, when it becomes true (I27)."""
    why = ""
    if outlook.forecast_at is None or outlook.forecast_at > window.due_at:
        why = "too_late"
    elif situation is not None and not person.in_time(act.now, window.due_at):
        half = (window.due_at - window.runs_from) / 2
        why = "beyond_cap" if any(holding.beyond_cap(one.lasts, half) for one in situation.loads) else ""
    if why == outlook.alarm:
        return outlook, []
    if not why:
        return replace(outlook, alarm="", alarmed_at=None), []
    at = outlook.forecast_at
    data: dict[str, object] = {
        "window": window.id,
        "kind": window.kind,
        "why": why,
        "due_at": window.due_at.isoformat(),
        "forecast_at": at and at.isoformat(),
        "doubtful": foresight.doubtful(act, act.tx.incidents.by_id(window.incident)),
        "options": list(ways_out(act, window, outlook).commands),
    }
    return replace(outlook, alarm=why, alarmed_at=act.now), [Record(window.incident, "forecast_alarm", data)]


def _carried_out(
    act: Act,
    outlook: Outlook,
    window: Window,
    incident: Incident,
    found: tuple[Situation, Standing | None],
    decision: Decision,
) -> tuple[Outlook, list[Effect]]:
    situation, approval = found
    leads = holding.starts(situation)
    seen = replace(outlook, leads=leads, why=decision.why, withheld=dict(decision.withheld))
    effects: list[Effect] = []
    late = act.now >= min(leads.values()) and act.now <= window.due_at
    if decision.why in SAID_ALOUD and late and decision.why != outlook.why:
        effects.append(Record(incident.id, "holding_refused", {"window": window.id, "why": decision.why}))
    if seen.withheld and seen.withheld != outlook.withheld:
        said = {"window": window.id, "channels": seen.withheld}
        effects.append(Record(incident.id, "holding_withheld", said))
    if decision.goes and approval is not None:
        notice, more = _go(act, window, incident, approval, decision.page, decision.channels, automatic=True)
        seen, effects = replace(seen, notice=notice.id), [*effects, *more]
    return seen, effects


def _go(
    act: Act,
    window: Window,
    incident: Incident,
    approval: Standing,
    page: bool,
    channels: Sequence[str],
    automatic: bool,
) -> tuple[Notice, list[Effect]]:
    """Let these channels of the window's one holding notice go; it is written when the first of them goes."""
    notices = act.tx.notices.of_incident(incident.id)
    mine = next((n for n in notices if n.window == window.id), None)
    effects: list[Effect] = []
    if mine is None:
        mine, effects = _written(act, window, incident, approval, page, automatic)
    elif page:
        mine = _put_up(act, replace(mine, channels=(Channel.WEB, *mine.channels)))
    going = tuple(channel for channel in mine.held if channel.value in channels)
    going = going if mine.expanded else ()
    if not going and not page:
        return mine, effects
    if going:
        mine = replace(
            mine,
            held=tuple(channel for channel in mine.held if channel not in going),
            walk=going,
            cursor=0,
            settled=False,
            expanded=not mine.audience_size,
            direct_from=act.now + PAGE_FIRST if page else act.now,
        )
        mine = replace(mine, forecast_at=when_sent(act, mine, incident))
        act.tx.notices.save(mine)
        act.tx.notices.add_counts(mine.id, plan_walk(act, mine))
        if not mine.expanded:
            mine = expand(act, mine, FIRST_SLICE)
    data = {
        **seal(mine),
        "window": window.id,
        "automatic": automatic,
        "approval": approval.name,
        "channels": ["web"] * page + [channel.value for channel in going],
        "held": [channel.value for channel in mine.held],
    }
    if not automatic:
        data["review_by"] = (act.now + REVIEW_WITHIN).isoformat()
    fp("holding.before_commit")
    return mine, [*effects, Record(incident.id, "holding_sent", data), JudgeWindows(incident.id)]


def _written(
    act: Act, window: Window, incident: Incident, approval: Standing, page: bool, automatic: bool
) -> tuple[Notice, list[Effect]]:
    """The notice with its texts and its audience frozen, its page entry planned; nothing direct goes yet."""
    own = holding.channels_at(incident.level)
    direct = tuple(channel for channel in own if channel in DIRECT)
    fresh = act.tx.notices.add(
        Notice(
            id=0,
            incident=incident.id,
            kind=Kind.HOLDING_NOTICE,
            state=NoticeState.SENDING,
            channels=own if page else direct,
            author=act.actor.name,
            created_at=act.now,
            level=incident.level,
            automatic=automatic,
            window=window.id,
            standing=approval.id,
            sequence=window.sequence if window.sequence > 1 else 0,
        )
    )
    seen = drafting.numbered(act, fresh, incident)
    content = drafting.content_of(act, replace(seen, channels=own), incident, 0, act.now)
    act.tx.notices.put_texts(fresh.id, content.texts, content.parts)
    if direct:
        freeze_holding(act, seen, incident)
    frozen = with_audience(
        act,
        replace(
            seen,
            submitted_at=act.now,
            released_at=act.now,
            direct_from=act.now + PAGE_FIRST if page else act.now,
            forecast_at=act.now,
            text_hash=text_hash(content.texts),
            facts_hash=content.facts_hash,
            approvals=_given(approval),
            held=direct,
            expanded=True,
        ),
    )
    act.tx.notices.save(frozen)
    if page:
        frozen = _put_up(act, frozen)
    said = {**seal(frozen), "automatic": automatic, "approved_in_advance": said_of(approval)}
    return frozen, [Record(incident.id, "notice_released", said)]


def _put_up(act: Act, notice: Notice) -> Notice:
    """Plan its page entry."""
    shown = replace(notice, settled=False)
    act.tx.notices.save(shown)
    act.tx.deliveries.add_page(shown.id, act.now)
    act.tx.notices.add_counts(shown.id, {(Channel.WEB.value, "", "planned"): 1})
    return shown


def _given(approval: Standing) -> tuple[Approval, ...]:
    """The two people who approved it in advance, with what they approved."""
    named = ((approval.author, approval.submitted_at), (approval.decided_by, approval.decided_at))
    return tuple(
        Approval(user, at, approval.text_hash, approval.audience_hash) for user, at in named if at is not None
    )


def send(act: Act, reference: str, channels: Sequence[str] | None = None) -> tuple[Notice, list[Effect]]:
    """One person sends the approved text early, by all its channels or by some: recorded, reviewed within 24 h (S5).

    What is left out may still go by itself when its time comes.
    """
    incident = act.tx.incidents.get(reference)
    must_be_wider(incident, "reference")
    go = next_to_send(act, incident, tuple(channels or Channel))
    notice, effects = _go(act, go.window, incident, go.approval, go.page, go.channels, automatic=False)
    act.tx.outlooks.save(replace(go.outlook, notice=notice.id, next_look_at=act.now))
    return notice, effects


def hold(act: Act, window_id: int, reason: str) -> tuple[Window, list[Effect]]:
    """Stop the countdown of one window's holding notice, for a reason on the record; its clock goes on."""
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'what would be wrong with it'")
    must_be_wider(act.tx.incidents.by_id(act.tx.windows.get(window_id).incident), "window")
    window, outlook = _outlook(act, window_id)
    if outlook.held_at is not None:
        raise Conflict("it is held already", field="window", next=f"tongbao holding resume {window_id}")
    why = reason.strip()[:500]
    held = replace(outlook, held_by=act.actor.name, held_at=act.now, held_reason=why, next_look_at=act.now)
    act.tx.outlooks.save(held)
    return window, [Record(window.incident, "holding_held", {"window": window.id, "reason": why})]


def resume(act: Act, window_id: int) -> tuple[Window, list[Effect]]:
    """Let the countdown run again; what is due by then goes at once."""
    window, outlook = _outlook(act, window_id)
    if outlook.held_at is None:
        raise Conflict("it is not held", field="window", next="tongbao holding list")
    free = replace(outlook, held_by="", held_at=None, held_reason="", next_look_at=act.now)
    act.tx.outlooks.save(free)
    return window, [Record(window.incident, "holding_resumed", {"window": window.id})]


def _outlook(act: Act, window_id: int) -> tuple[Window, Outlook]:
    window = act.tx.windows.get(window_id)
    outlook = act.tx.outlooks.get(window_id)
    if outlook is None or window.kind != Kind.FIRST_NOTICE or window.state != Verdict.OPEN:
        raise Conflict(
            "window {id} has no holding notice ahead",
            id=window_id,
            field="window",
            next="tongbao holding list",
        )
    return window, outlook


def submit(
    act: Act,
    types: Sequence[IncidentType],
    levels: Sequence[int],
    maximum: int,
    expires_at: datetime,
) -> tuple[Standing, list[Effect]]:
    """Ask a second person to approve the holding texts as they are in force, in advance."""
    if not types or not levels or not set(levels) <= set(LEVELS):
        raise Invalid("types and levels (1 to 3) are needed", field="level", next="--level 1 --level 2")
    if not 1 <= maximum <= MOST_PEOPLE:
        raise Invalid("maximum must be a number of people from 1", field="maximum", next="--maximum 100000")
    ends = instant(act, expires_at, "expires")
    if not act.now < ends <= act.now + LONGEST:
        raise Invalid(
            "an approval in advance ends within a year from now",
            field="expires",
            next="give a day within a year",
        )
    one = Standing(
        id=0,
        types=tuple(sorted(kind.value for kind in set(types))),
        levels=tuple(sorted(set(levels))),
        text_hash=foresight.texts_now(act),
        maximum=maximum,
        expires_at=ends,
        author=act.actor.name,
        submitted_at=act.now,
    )
    return act.tx.approvals.add(one), []


def approve(act: Act, number: int) -> tuple[Standing, list[Effect]]:
    """The second person's word: these texts may go by themselves, to at most so many, until then."""
    one = _waiting(act, number)
    if act.actor.name == one.author:
        raise NotAllowed(
            "{name} submitted {id}; another person must approve it",
            name=act.actor.name,
            id=one.name,
            field="user",
            next="ask someone else: tongbao holding list",
        )
    if one.text_hash != foresight.texts_now(act):
        raise Conflict(
            "the holding texts have changed since {id} was submitted",
            id=one.name,
            field="id",
            next=foresight.renewal_of(act, one),
        )
    if act.now >= one.expires_at:
        raise Conflict("{id} has expired", id=one.name, field="id", next=foresight.renewal_of(act, one))
    return _decided(act, one, VersionState.APPROVED, "")


def decline(act: Act, number: int, reason: str) -> tuple[Standing, list[Effect]]:
    """Refuse it, with the reason for its author; its author may take it back so too."""
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'what changed'")
    return _decided(act, _waiting(act, number), VersionState.DECLINED, reason.strip()[:500])


def _waiting(act: Act, number: int) -> Standing:
    one = act.tx.approvals.get(number)
    if one.state is not VersionState.WAITING:
        raise Conflict(
            "{id} is {state}, not waiting for approval",
            id=one.name,
            state=one.state,
            field="id",
            next="tongbao holding list",
        )
    return one


def _decided(act: Act, one: Standing, state: VersionState, reason: str) -> tuple[Standing, list[Effect]]:
    decided = replace(one, state=state, decided_by=act.actor.name, decided_at=act.now, reason=reason)
    act.tx.approvals.save(decided)
    return decided, []
