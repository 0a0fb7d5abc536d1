"""Verbs of a released notice: expand the next slice, stop, pause, resume; what a newer notice makes untrue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from coordinator.act import Act
from coordinator.answering import without_second
from coordinator.entries import counts_moved, leave_the_page
from coordinator.failpoints import fp
from coordinator.family import own_notices
from coordinator.release import expand, superseded
from incidents.effects import Effect, JudgeWindows, Record, StopNotices, StopUnsent
from incidents.errors import Conflict, Invalid
from incidents.incident import Incident
from incidents.material import PARTLY, RESTORED
from incidents.placeholder import own_words
from incidents.terms import DIRECT, TAKING_BACK, Channel, NoticeState
from notifications.notice import ALIVE, CountKey, Notice, overtakes
from notifications.states import State

Outcome = tuple[Notice, list[Effect]]
SLICE = 5000
UNSENT = (State.PLANNED, State.CLAIMED, State.CALLING, State.IN_DOUBT)
GOING_OUT = (NoticeState.APPROVED, NoticeState.SENDING, NoticeState.PAUSED)


def expand_next(act: Act) -> tuple[bool, list[Effect]]:
    """One slice of the notice that waits most; whether there was one. First slice, then stream; exercises last."""
    waiting = [n for n in act.tx.notices.in_state([NoticeState.SENDING]) if not n.expanded]
    if not waiting:
        return False, []
    expand(act, min(waiting, key=lambda n: act.tx.incidents.by_id(n.incident).exercise), SLICE)
    fp("expand.before_commit")
    return True, []


def stop_unsent(act: Act, effect: StopUnsent) -> list[Effect]:
    """What older notices have not sent, those of duplicates too, would be false by now: cancelled by a resolution, else
    expired."""
    newer = act.tx.notices.get(effect.newer)
    older = [
        n
        for n in own_notices(act, effect.incident)
        if n.id != newer.id
        and n.state in (NoticeState.SENDING, NoticeState.PAUSED, NoticeState.TOLD)
        and overtakes(newer, n)
    ]
    state = State.CANCELLED if newer.final else State.EXPIRED
    why = f"notice {newer.id}"
    effects: list[Effect] = []
    for incident in dict.fromkeys(n.incident for n in older):
        going = [n for n in older if n.incident == incident and not n.holding]
        effects += _end_unsent(act, incident, going, state, why) if going else []
    by_itself = [n for n in older if n.holding]
    for notice in by_itself:
        # While a person's first notice goes, what goes to people only waits (spared.gives_way).
        effects += _end(act, notice, state, why) if newer.final else leave_the_page(act, notice, why)
    return effects


def _end(act: Act, notice: Notice, state: State, why: str) -> list[Effect]:
    """What a holding notice has not sent would be false: all of it ends, its page entry too."""
    effects = _end_unsent(act, notice.incident, [notice], state, why, tuple(Channel))
    now = act.tx.notices.get(notice.id)
    if now.state != NoticeState.TOLD:
        act.tx.notices.save(replace(now, state=NoticeState.STOPPED, stopped_reason=why))
        # That it goes no further is on its own chain, also where nothing of it was left to end.
        effects = effects or [Record(notice.incident, f"unsent_{state}", {"deliveries": 0, "why": why})]
    return effects


def _end_unsent(
    act: Act,
    incident: int,
    notices: list[Notice],
    state: State,
    reason: str,
    channels: Sequence[Channel] = DIRECT,
) -> list[Effect]:
    counted = {n.id: _unexpanded(act, n) for n in notices if not n.expanded}
    ended = act.tx.deliveries.end_unsent([n.id for n in notices], state, reason, channels)
    total = ended.total()
    for notice in notices:
        deltas = counts_moved(ended, notice.id, state)
        for (channel, language), n in counted.get(notice.id, {}).items():
            deltas[(channel, language, "planned")] = deltas.get((channel, language, "planned"), 0) - n
            key = (channel, language, state.value)
            deltas[key] = deltas.get(key, 0) + n
            total += n
        act.tx.notices.add_counts(notice.id, deltas)
        act.tx.notices.save(replace(without_second(act, notice), expanded=True))
    return [Record(incident, f"unsent_{state}", {"deliveries": total, "why": reason})] if total else []


def _unexpanded(act: Act, notice: Notice) -> dict[tuple[str, str], int]:
    waiting: dict[tuple[str, str], int] = {}
    for member in act.tx.audience.members(notice.id, after=notice.cursor):
        for channel in member.own:
            if channel in notice.walking:
                waiting[(channel, member.language)] = waiting.get((channel, member.language), 0) + 1
    return waiting


def stop(act: Act, notice_id: int, reason: str) -> Outcome:
    """Stop a notice for good: nothing of it is sent from now on, what was sent stays on the record."""
    notice = act.tx.notices.get(notice_id)
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'why it must not go on'")
    if notice.state == NoticeState.TOLD and not _unsent(act, notice):
        raise Conflict(
            "notice {id} is told; what it said is corrected or withdrawn, not stopped",
            id=notice.id,
            field="notice",
            next=(
                "tongbao notice correct {id} --said '…' --right '…', or tongbao notice withdraw {id} --reason '…'",
                {"id": notice.id},
            ),
        )
    if notice.state not in (NoticeState.DRAFT, *ALIVE):
        raise Conflict("notice {id} is {state}", id=notice.id, state=notice.state, field="notice")
    effects: list[Effect] = []
    if notice.released:
        effects += _end_unsent(act, notice.incident, [notice], State.CANCELLED, "stopped", tuple(Channel))
        notice = act.tx.notices.get(notice_id)
    stopped = replace(notice, state=NoticeState.STOPPED, stopped_reason=reason.strip())
    act.tx.notices.save(stopped)
    record = Record(notice.incident, "notice_stopped", {"notice": notice.id, "reason": reason.strip()})
    return stopped, [*effects, record, JudgeWindows(notice.incident)]


def _unsent(act: Act, notice: Notice) -> int:
    """Deliveries that may still leave: a notice is told when everybody is answered by one channel."""
    counts = act.tx.notices.counts(notice.id)
    return sum(n for (_, _, state), n in counts.items() if state in UNSENT)


def stop_notices(act: Act, effect: StopNotices) -> list[Effect]:
    """What would say something that is not so: what is going out stops, what waits is superseded."""
    effects: list[Effect] = []
    for notice in own_notices(act, effect.incident):
        if notice.id in effect.spare or (effect.kind is not None and notice.kind != effect.kind):
            continue
        if effect.since is not None and not _tells_of_recovery(notice, effect.since):
            continue
        # What a complaint takes back of its own is owed by itself, whatever becomes of what it went into.
        if notice.incident != effect.incident and notice.kind in TAKING_BACK:
            continue
        if notice.state in GOING_OUT or (notice.state == NoticeState.TOLD and _unsent(act, notice)):
            effects += stop(act, notice.id, effect.reason)[1]
        elif notice.state in (NoticeState.DRAFT, NoticeState.SUBMITTED):
            effects += superseded(act, notice)
    return effects


def _tells_of_recovery(notice: Notice, since: datetime) -> bool:
    """Written since then, and about a recovery or out already; other drafts are drawn from the record anew."""
    about_it = notice.final or notice.change in (RESTORED, PARTLY)
    written = notice.submitted_at is not None and notice.submitted_at >= since
    return notice.kind not in TAKING_BACK and (about_it or (written and notice.released))


def pause(act: Act, notice_id: int, reason: str) -> Outcome:
    """Hold a notice where it is; what is under way settles, nothing new starts."""
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'why it must not go on'")
    return _switch(act, notice_id, NoticeState.SENDING, NoticeState.PAUSED, reason)


def resume(act: Act, notice_id: int) -> Outcome:
    """Go on where it was paused; what was refused for its content is tried again, once it is mended."""
    notice = act.tx.notices.get(notice_id)
    incident = act.tx.incidents.by_id(notice.incident)
    if incident.resolved_at is not None and not is_told_of_the_end(notice, incident):
        raise Conflict(
            "{ref} is resolved; notice {id} would say that it is not",
            ref=incident.reference,
            id=notice.id,
            field="notice",
            next=f"tongbao notice draft {incident.reference} resolution_notice",
        )
    resumed = _switch(act, notice_id, NoticeState.PAUSED, NoticeState.SENDING, "")
    deltas: dict[CountKey, int] = {}
    for (channel, language), n in act.tx.deliveries.plan_again(notice_id, "content:", act.now).items():
        deltas[(channel, language, State.FAILED.value)] = -n
        deltas[(channel, language, State.PLANNED.value)] = n
    act.tx.notices.add_counts(notice_id, deltas)
    return resumed


def is_told_of_the_end(notice: Notice, incident: Incident) -> bool:
    """Whether this notice was written after the response was stood down."""
    resolved, submitted = incident.resolved_at, notice.submitted_at
    return resolved is not None and submitted is not None and submitted >= resolved


def _switch(act: Act, notice_id: int, before: NoticeState, after: NoticeState, reason: str) -> Outcome:
    notice = act.tx.notices.get(notice_id)
    if notice.state != before:
        raise Conflict(
            "notice {id} is {state}, not {wanted}",
            id=notice.id,
            state=notice.state,
            wanted=before,
            field="notice",
        )
    switched = replace(notice, state=after, stopped_reason=reason.strip())
    act.tx.notices.save(switched)
    word = "notice_paused" if after == NoticeState.PAUSED else "notice_resumed"
    return switched, [Record(notice.incident, word, {"notice": notice.id, "reason": reason.strip()})]
