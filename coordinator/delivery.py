"""Verbs of the fan-out: claim, intend, settle, merge receipts. The row is the truth; anything may ring.

No verb here calls a provider: worker/deliver.py does, with no transaction open, between intent and settling.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from coordinator import holds
from coordinator.act import Act
from coordinator.answering import answer, overtaken
from coordinator.entries import given_way, leave_the_page
from coordinator.failpoints import fp
from coordinator.flow import GOING
from coordinator.matters import lane_trouble
from coordinator.spared import ASK_AGAIN, already_told, gives_way
from incidents.chain import leaf, merkle_root
from incidents.effects import AcceptedOnEvidence, Effect, JudgeWindows, PageWentLive, Record
from incidents.incident import Incident
from incidents.operation import Operation
from incidents.terms import Channel, NoticeState, lane_of
from notifications.audience import sealed
from notifications.delivery import Delivery, Outcome, doubted, received
from notifications.message import Message, Receipt, Text
from notifications.notice import CountKey, Notice, TextKey
from notifications.publishing import TRIED_AFTER
from notifications.states import ACCEPTED_STATES, State

LEASED = (State.CLAIMED, State.CALLING)
FRESH = (State.PLANNED, State.CLAIMED)
ASKING = (State.IN_DOUBT, State.ACCEPTED)
BATCH = 500
CONTENT_LIMIT = 20
"""Refusals for content that pause the notice, in one settled batch (or half of a smaller one)."""
MAX_VALID_SECONDS = 36_000
SLOTS_AHEAD = timedelta(seconds=1)
"""How far ahead of now a lane's send slots may be reserved."""


@dataclass(frozen=True)
class Claim:
    """What one worker holds of one notice and channel. `send` is claimed, `ask` needs a look-up or poll."""

    notice: Notice
    incident: Incident
    channel: str
    send: tuple[Delivery, ...]
    ask: tuple[Delivery, ...]

    @property
    def lane(self) -> str:
        return lane_of(self.channel, self.incident.exercise)


Found = tuple[Claim | None, list[Effect]]


@dataclass(frozen=True)
class Call:
    """One intended attempt, committed, with the message to send."""

    delivery: Delivery
    message: Message


def held_back(notice: Notice, channel: str, now: datetime) -> bool:
    """SMS and e-mail wait for the page a little (R24)."""
    return channel != Channel.WEB and notice.direct_from is not None and notice.direct_from > now


def claim(act: Act, channel: str, limit: int, exercise: bool = False) -> Found:
    """Lease what is ready in one lane, of exercises or of real incidents: the highest level first, then the oldest.

    Rows whose lease ended while calling are in doubt from now on.
    """
    busy = act.tx.notices.busy(exercise)
    first = {notice.id: act.tx.deliveries.next_at([notice.id], (Channel(channel),)) for notice in busy}
    due = [notice for notice in busy if (at := first[notice.id]) is not None and at <= act.now]
    held = holds.standing(act) if due else ()
    for notice in due:
        may_send = may_leave(notice, held) and not held_back(notice, channel, act.now)
        if may_send and channel != Channel.WEB and gives_way(act, notice):
            notice = _deferred(act, notice)
            may_send = False
        found, effects = _claim_fresh(act, notice, channel, limit, may_send)
        if found is not None:
            fp("claim.before_commit")
            return found, effects
    for notice in due:
        asking = _claim_asking(act, notice, channel, limit)
        if asking is not None:
            return asking, []
    at_rest = [notice for notice in busy if first[notice.id] is None]
    return None, [effect for notice in at_rest for effect in _rest(act, notice)]


def _deferred(act: Act, notice: Notice) -> Notice:
    """Nothing direct of it is looked at for a while: one row, however many people it has."""
    waits = replace(notice, direct_from=act.now + ASK_AGAIN)
    act.tx.notices.save(waits)
    return waits


def may_leave(notice: Notice, held: tuple[Operation, ...]) -> bool:
    """Whether anything of a notice may be sent now: it is released, and nothing holds it back."""
    return notice.state in GOING and holds.holding(notice, held) is None


def _rest(act: Act, notice: Notice) -> list[Effect]:
    """Note that a notice needs nobody any more, so that the next sweep passes it by. One without a page whose people
    have no way to be told had no delivery that could end it."""
    if not notice.expanded or notice.state == NoticeState.PAUSED:
        return []
    if act.tx.deliveries.next_at([notice.id]) is not None:
        return []
    act.tx.notices.save(replace(act.tx.notices.get(notice.id), settled=True))
    return _told(act, notice)


def _claim_fresh(act: Act, notice: Notice, channel: str, limit: int, may_send: bool) -> Found:
    """What can be sent now, after what was lost while calling has been put in doubt."""
    deliveries = act.tx.deliveries
    lane = act.house.lane(channel)
    lost = deliveries.ready(notice.id, channel, act.now, limit, (State.CALLING,))
    effects: list[Effect] = []
    if lost and channel == Channel.WEB:
        deliveries.take(lost, State.PLANNED, act.now)
        effects += write(act, notice, [(d, replace(d, state=State.PLANNED, next_at=act.now)) for d in lost])
    elif lost:
        in_doubt = [(d, doubted(d, "lost while calling", lane.can_look_up, act.now)) for d in lost]
        effects += write(act, notice, in_doubt)
    until = act.now + lane.lease
    fresh: list[Delivery] = []
    if may_send:
        allowed = _slots(act, notice, channel, limit)
        found = deliveries.ready(notice.id, channel, act.now, allowed, FRESH) if allowed else []
        found, more = _not_told_yet(act, notice, found)
        effects += more
        fresh = deliveries.take(found, State.CLAIMED, until)
        _count(act, notice.id, ((new, old.state) for old, new in zip(found, fresh, strict=True)))
    if not fresh and not effects and not lost:
        return None, []
    incident = act.tx.incidents.by_id(notice.incident)
    return Claim(notice, incident, channel, tuple(fresh), ()), effects


def _not_told_yet(act: Act, notice: Notice, found: list[Delivery]) -> tuple[list[Delivery], list[Effect]]:
    """Nothing is sent to people whom another notice of the same outage has reached, or is about to."""
    direct = [row for row in found if row.channel != Channel.WEB]
    told, waiting = already_told(act, notice, direct)
    act.tx.deliveries.settle([new for _, new in waiting])
    _count(act, notice.id, ((new, old.state) for old, new in waiting))
    out = {old.id for old, _ in (*told, *waiting)}
    effects = write(act, notice, told) if told else []
    return [row for row in found if row.id not in out], effects


def _claim_asking(act: Act, notice: Notice, channel: str, limit: int) -> Claim | None:
    """What is to be looked up or polled; only when nothing of any notice waits to be sent."""
    if channel == Channel.WEB:
        return None
    asked = act.tx.deliveries.ready(notice.id, channel, act.now, limit, ASKING)
    if not asked:
        return None
    until = act.now + act.house.lane(channel).lease
    doubts = act.tx.deliveries.take([d for d in asked if d.state == State.IN_DOUBT], State.IN_DOUBT, until)
    polls = act.tx.deliveries.take([d for d in asked if d.state == State.ACCEPTED], State.ACCEPTED, until)
    return Claim(notice, act.tx.incidents.by_id(notice.incident), channel, (), (*doubts, *polls))


def _slots(act: Act, notice: Notice, channel: str, limit: int) -> int:
    """Reserve send slots at the sender's own rate, exact across workers; how many may go now."""
    rate = act.house.lane(channel).rate
    if not rate or channel == Channel.WEB:
        return limit
    lane = lane_name(act, notice, channel)
    # A notice that goes by no SMS has texts of 0 parts.
    parts = max(1, *act.tx.notices.parts(notice.id).values()) if channel == Channel.SMS else 1
    next_slot, trouble = act.tx.receipts.lane(lane)
    start = max(act.now, next_slot or act.now)
    if start > act.now + SLOTS_AHEAD:
        return 0
    wanted = min(limit, max(1, int(rate / parts)))
    found = len(act.tx.deliveries.ready(notice.id, channel, act.now, wanted, FRESH))
    if found:
        act.tx.receipts.keep_lane(lane, start + timedelta(seconds=found * parts / rate), trouble, act.now)
    return found


def lane_name(act: Act, notice: Notice, channel: str) -> str:
    """The lane by which a notice goes; exercises have their own."""
    return lane_of(channel, act.tx.incidents.by_id(notice.incident).exercise)


def intend(act: Act, held: Claim, chunk: Sequence[Delivery]) -> tuple[list[Call], list[Effect]]:
    """Commit the attempts of a chunk; what is still ours goes to calling and may be sent."""
    notice = act.tx.notices.get(held.notice.id)
    if not may_leave(notice, holds.standing(act)) or gives_way(act, notice):
        return [], []
    lane = act.house.lane(held.channel)
    mine = act.tx.deliveries.intend(chunk, act.now, act.now + lane.lease)
    act.tx.meta.put_instant(f"left:{held.lane}", act.now)
    _count(act, notice.id, ((d, State.CLAIMED) for d in mine))
    people = act.tx.audience.some(notice.id, [d.customer_id for d in mine])
    texts = act.tx.notices.texts(notice.id)
    calls = [
        Call(d, _message(act, notice, held.incident, d, people[d.customer_id].address(d.channel), texts))
        for d in mine
    ]
    fp("deliver.before_intent")
    return calls, []


def intend_page(act: Act, held: Claim, targets: Sequence[str] = ()) -> tuple[list[Delivery], list[Effect]]:
    """Commit the attempt to publish a page entry; a holding notice's beside a person's would never be live.

    Each of several publish `targets` is behind from now on, until it shows the entry: a death loses none of them.
    """
    notice = act.tx.notices.get(held.notice.id)
    if not may_leave(notice, holds.standing(act)):
        return [], []
    if by_people := given_way(act, notice):
        return [], leave_the_page(act, notice, f"notice {by_people[-1].id}")
    act.tx.meta.put_instant(f"left:{held.lane}", act.now)
    mine = act.tx.deliveries.intend(held.send, act.now, act.now + act.house.lane(held.channel).lease)
    _count(act, held.notice.id, ((d, State.CLAIMED) for d in mine))
    for target in targets if mine else ():
        act.tx.publishing.want(target, held.incident.id, act.now, act.now + TRIED_AFTER)
    return mine, []


def messages_for(act: Act, held: Claim) -> tuple[list[Call], list[Effect]]:
    """The messages of attempts that are to be looked up or polled, as they were sent."""
    people = act.tx.audience.some(held.notice.id, [d.customer_id for d in held.ask])
    texts = act.tx.notices.texts(held.notice.id)
    return [
        Call(d, _message(act, held.notice, held.incident, d, people[d.customer_id].address(d.channel), texts))
        for d in held.ask
    ], []


def _message(
    act: Act, notice: Notice, incident: Incident, delivery: Delivery, to: str, texts: dict[TextKey, Text]
) -> Message:
    return Message(
        delivery=delivery.id,
        attempt=delivery.attempt,
        notice=notice.id,
        to=to,
        language=delivery.language,
        text=texts[(delivery.form, Channel(delivery.channel), delivery.language)],
        thread=incident.reference,
        number=notice.number,
        valid_seconds=_valid_seconds(notice, act.now),
        now=act.now,
        since=notice.released_at,
    )


def _valid_seconds(notice: Notice, now: datetime) -> int:
    """The time left before the text becomes false; a text past its promise is still better than silence."""
    if notice.next_update_at is None or notice.next_update_at <= now:
        return MAX_VALID_SECONDS
    return max(600, min(MAX_VALID_SECONDS, int((notice.next_update_at - now).total_seconds())))


@dataclass(frozen=True)
class Settled:
    """What became of one held delivery."""

    held: Delivery
    after: Delivery


def settle(
    act: Act, held: Claim, settled: Sequence[Settled], trouble: str | None = None
) -> tuple[int, list[Effect]]:
    """Write what became of held rows; whoever lost the lease meanwhile is refused (I14).

    `trouble` is the lane's present trouble ("" when it is well, None when nothing was learnt). Returns how
    many were written.
    """
    alarm = [] if trouble is None else _note_lane(act, held, trouble)
    rows = act.tx.deliveries.by_ids([one.held.id for one in settled])
    mine = [(one.held, one.after) for one in settled if rows[one.held.id].epoch == one.held.epoch]
    if not mine:
        return 0, alarm
    effects = write(act, act.tx.notices.get(held.notice.id), mine)
    fp("settle.before_commit")
    return len(mine), [*effects, *alarm]


def step(
    act: Act, held: Claim, settled: Sequence[Settled], trouble: str | None, chunk: Sequence[Delivery]
) -> tuple[list[Call], list[Effect]]:
    """Settle one chunk and intend the next in a single transaction: half the commits, the same promise."""
    effects = settle(act, held, settled, trouble)[1] if settled else []
    calls, _ = intend(act, held, chunk)
    return calls, effects


def write(act: Act, notice: Notice, moves: Sequence[tuple[Delivery, Delivery]]) -> list[Effect]:
    """Store moved deliveries with everything that hangs on them: counters, answers, the second channel, the
    chain entry with the batch's Merkle root; all in this transaction."""
    moves = _not_again(act, notice, moves)
    after = [new for _, new in moves]
    act.tx.deliveries.settle(after)
    _count(act, notice.id, ((new, old.state) for old, new in moves))
    page_effects, notice = _page_settled(act, notice, after)
    people = [d for d in after if d.channel != Channel.WEB]
    notice, answered = answer(act, notice, people)
    settled = _sealed(act, notice, after)
    act.tx.notices.save(replace(notice, settled=False))
    sequence = act.tx.incidents.append(
        notice.incident, act.now, act.actor.name, "batch_settled", _batch(notice, settled)
    ).sequence
    act.tx.deliveries.append_outcomes(notice.incident, sequence, settled)
    effects = (
        page_effects + _told(act, notice) + _content_alarm(act, notice, after) + _on_evidence(notice, moves)
    )
    # What was stopped and, it turns out, has told nobody need not be taken back.
    nobody = notice.state == NoticeState.STOPPED and not notice.told_somebody
    if nobody or (answered and notice.counters.pending == 0):
        effects.append(JudgeWindows(notice.incident))
    return effects


def _not_again(
    act: Act, notice: Notice, moves: Sequence[tuple[Delivery, Delivery]]
) -> Sequence[tuple[Delivery, Delivery]]:
    """What would go back to the line of a notice that is stopped or overtaken ends instead (I4, I8)."""
    end = None
    if any(new.state == State.PLANNED for _, new in moves):
        end = overtaken(act, notice)
    if end is None:
        return moves
    state, reason = end
    return [
        (old, replace(new, state=state, reason=reason, next_at=None))
        if new.state == State.PLANNED and _ends(notice, new.channel)
        else (old, new)
        for old, new in moves
    ]


def _ends(notice: Notice, channel: str) -> bool:
    """A page entry of a person stays in line whatever came after it; that of a holding notice gives way."""
    return channel != Channel.WEB or notice.holding or notice.state == NoticeState.STOPPED


def _sealed(act: Act, notice: Notice, after: Sequence[Delivery]) -> list[tuple[Delivery, str]]:
    """Each settled delivery with the salted hash of where it went, in the order of the ids."""
    direct = [d.customer_id for d in after if d.channel != Channel.WEB]
    people = act.tx.audience.some(notice.id, direct) if direct else {}
    sealer = act.house.sealer(notice.incident, notice.id)
    hidden = {one: sealed(person, sealer) for one, person in people.items()}
    return [
        (d, hidden[d.customer_id].by(d.channel) if d.customer_id in hidden else "")
        for d in sorted(after, key=lambda d: d.id)
    ]


def _batch(notice: Notice, settled: Sequence[tuple[Delivery, str]]) -> dict[str, object]:
    tally: dict[str, int] = defaultdict(int)
    for delivery, _ in settled:
        tally[f"{delivery.channel}:{delivery.state}"] += 1
    root = merkle_root(leaf_of(delivery, to) for delivery, to in settled)
    return {"notice": notice.id, "root": root, "outcomes": dict(tally)}


def leaf_of(delivery: Delivery, to: str) -> str:
    """What the chain seals of one outcome; `to` is the salted hash of where it went."""
    outcome = Outcome(
        delivery.id, delivery.attempts, delivery.state.value, delivery.reason, delivery.reference, to
    )
    return leaf(*outcome)


def _count(act: Act, notice_id: int, moved: Iterable[tuple[Delivery, State]]) -> None:
    """Move the counters by these deliveries, each with the state that it came from."""
    moves = Counter((new.channel, new.language, before, new.state) for new, before in moved)
    deltas: dict[CountKey, int] = defaultdict(int)
    for (channel, language, before, after), n in moves.items():
        deltas[(channel, language, before.value)] -= n
        deltas[(channel, language, after.value)] += n
    act.tx.notices.add_counts(notice_id, deltas)


def _page_settled(act: Act, notice: Notice, after: list[Delivery]) -> tuple[list[Effect], Notice]:
    live = [d for d in after if d.channel == Channel.WEB and d.state == State.ACCEPTED]
    if not live or notice.page_live_at is not None:
        return [], notice
    seen = replace(notice, page_live_at=act.now, direct_from=min(notice.direct_from or act.now, act.now))
    act.tx.notices.save(seen)
    return [
        Record(
            notice.incident,
            "page_live",
            {"notice": notice.id, "number": notice.number, "address": live[0].reference},
        ),
        PageWentLive(notice.incident, notice.id),
    ], seen


def _told(act: Act, notice: Notice) -> list[Effect]:
    """A notice whose page is live and whose people are all answered has been told."""
    page = notice.page_live_at is not None or Channel.WEB not in notice.channels
    whole = page and notice.counters.pending == 0 and notice.expanded
    if notice.state != NoticeState.SENDING or not whole:
        return []
    act.tx.notices.save(replace(act.tx.notices.get(notice.id), state=NoticeState.TOLD, told_at=act.now))
    counters = vars(notice.counters)
    return [Record(notice.incident, "notice_told", {"notice": notice.id, "kind": notice.kind, **counters})]


def _content_alarm(act: Act, notice: Notice, after: list[Delivery]) -> list[Effect]:
    refused = [d for d in after if d.state == State.FAILED and d.reason.startswith("content:")]
    if len(refused) < min(CONTENT_LIMIT, max(1, len(after) // 2)) or notice.state != NoticeState.SENDING:
        return []
    why = f"the provider refuses the text: {refused[0].reason}"
    act.tx.notices.save(replace(act.tx.notices.get(notice.id), state=NoticeState.PAUSED, stopped_reason=why))
    return [Record(notice.incident, "notice_paused", {"notice": notice.id, "reason": why})]


def _on_evidence(notice: Notice, moves: Sequence[tuple[Delivery, Delivery]]) -> list[Effect]:
    """What was in doubt and turns out to be with the provider was taken when its answer was lost, not now."""
    taken = [old.doubt_at for old, new in moves if old.doubt_at is not None and new.state in ACCEPTED_STATES]
    if not taken:
        return []
    return [AcceptedOnEvidence(notice.incident, notice.id, max(taken), len(taken))]


def _note_lane(act: Act, held: Claim, trouble: str) -> list[Effect]:
    """Remember that a channel is refusing or unreachable ("": well again), for the board and verdicts; people are
    paged for trouble that lasts."""
    next_slot, before = act.tx.receipts.lane(held.lane)
    if trouble != before:
        act.tx.receipts.keep_lane(held.lane, next_slot or act.now, trouble, act.now)
    return [lane_trouble(held.channel, trouble, held.incident.exercise)] if trouble and not before else []


def store_receipt(act: Act, receipt: Receipt) -> tuple[bool, list[Effect]]:
    """Keep one receipt, whatever it says; it is merged later. Whether it was new (S7, I19)."""
    return act.tx.receipts.store(receipt, act.now), []


def merge_receipts(act: Act, limit: int = BATCH) -> tuple[int, list[Effect]]:
    """Merge what providers have said, in any order; returns how many were merged."""
    waiting = act.tx.receipts.unmerged(limit)
    if not waiting:
        return 0, []
    wanted = {_delivery_id(receipt) for _, receipt in waiting}
    current = act.tx.deliveries.by_ids(sorted(wanted))
    first = dict(current)
    for _, receipt in waiting:
        delivery = current.get(_delivery_id(receipt))
        if delivery is not None:
            current[delivery.id] = received(delivery, receipt, act.now)
    effects: list[Effect] = []
    moved: dict[int, list[tuple[Delivery, Delivery]]] = defaultdict(list)
    for key, new in current.items():
        if new != first[key]:
            moved[new.notice_id].append((first[key], new))
    for notice_id, moves in sorted(moved.items()):
        effects += write(act, act.tx.notices.get(notice_id), moves)
    act.tx.receipts.mark_merged([row for row, _ in waiting], act.now)
    fp("receipt.before_commit")
    return len(waiting), effects


def _delivery_id(receipt: Receipt) -> int:
    head = receipt.attempt.partition(".")[0]
    return int(head) if head.isascii() and head.isdigit() and len(head) < 19 else 0
