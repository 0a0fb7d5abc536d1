"""One batch of one lane: claim, commit the intent, send with no transaction open, settle.

Threads, a tick or a task queue only call this; the rows say what there is to do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import wait
from functools import partial

from coordinator import delivery, pages
from coordinator.delivery import Call, Claim, Settled
from coordinator.failpoints import fp
from incidents.errors import Unavailable
from incidents.terms import Channel, lane_of
from notifications.delivery import Delivery, accepted, decide, looked_up, polled
from notifications.message import Accepted, Answer, DirectChannel, NotAccepted, Rejected, Scope
from notifications.pages import Publisher
from notifications.states import State
from wiring.app import App
from wiring.clock import boot_seconds
from worker import publishing
from worker.publishing import OVERTAKEN, Seen

STRIDE = 128
"""Rows of a lane's first claim in this process."""
SHORTEST, LONGEST = 16, 512
LAST_CALL_SECONDS, LAST_CALL_SHARE = 25.0, 0.4
"""No call starts when less than this is left of the lease (of a short one: this share): a call may take its whole
timeout."""
FRESH_SECONDS = 2.0
"""No call starts later than this after its intent: a stop that was committed meanwhile has its effect (I8)."""
HELD_BACK = NotAccepted("held back: not begun in time", 1.0)
MayStart = Callable[[], bool]
log = logging.getLogger("tongbao.deliver")
WRITTEN_AGAIN = 3
"""How often a page is written that others change meanwhile, before it waits for its turn."""


def stride(before: int, seconds: float) -> int:
    """Rows of the next claim when `before` took `seconds`: about what a second holds.

    So a higher level is looked for again soon, however slow the provider, and a fast lane pays for fewer
    transactions.
    """
    return max(SHORTEST, min(LONGEST, 2 * before, int(before / max(seconds, 0.001))))


def deliver(
    app: App, channel: Channel, stopping: Callable[[], bool] = lambda: False, exercise: bool = False
) -> int:
    """Work off one batch of `channel`, of exercises or of real incidents; returns how many rows were held (0: the lane
    is at rest).

    Once `stopping` says so no call starts any more, and what is under way is settled.
    """
    lane = lane_of(channel, exercise)
    limit = app.strides.get(lane, STRIDE)
    begun = boot_seconds()
    held = app.coordinator.system(delivery.claim, channel.value, limit, exercise)
    fp("claim.after_commit")
    if held is None:
        return 0
    _carry_out(app, channel, held, stopping)
    if len(held.send) >= limit:
        app.strides[lane] = stride(limit, boot_seconds() - begun)
    return len(held.send) + len(held.ask) + 1


def deliver_exercises(app: App, stopping: Callable[[], bool] = lambda: False) -> int:
    """One batch of every channel of the exercises that are going on; 0 when none has anything to send."""
    if not app.coordinator.glance(lambda act: bool(act.tx.notices.busy(exercise=True))):
        return 0
    try:
        return sum(deliver(app, channel, stopping, exercise=True) for channel in Channel)
    except Unavailable as problem:
        # What was claimed goes back to its line when the lease ends; real notices must not wait for a sandbox.
        log.warning("exercises wait: %s", problem.message)
        return 0


def _carry_out(app: App, channel: Channel, held: Claim, stopping: Callable[[], bool]) -> None:
    if channel == Channel.WEB:
        _publish(app, held, stopping)
    else:
        lease = app.house.lane(channel).lease.total_seconds()
        last_call = boot_seconds() + lease - min(LAST_CALL_SECONDS, lease * LAST_CALL_SHARE)

        def may_start() -> bool:
            return not stopping() and boot_seconds() <= last_call

        way = app.channel(channel, exercise=held.incident.exercise)
        _send(app, held, way, may_start)
        _ask(app, held, way, may_start)


def _chunks(rows: Sequence[Delivery], size: int) -> Iterator[Sequence[Delivery]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _at_once(held: Claim, channel: DirectChannel, share: float) -> int:
    """How many attempts one death may leave in doubt.

    Where nobody can be asked and nothing is sent twice (mail at levels 2 and 3), never more than the share of
    the audience that may stay unconfirmed: else one death would miss the window.
    """
    if channel.can_look_up or held.notice.level == 1:
        return channel.in_flight
    return max(1, min(channel.in_flight, int(held.notice.audience_size * share)))


def _send(app: App, held: Claim, channel: DirectChannel, may_start: MayStart) -> None:
    settled: list[Settled] = []
    trouble: str | None = None
    for chunk in _chunks(held.send, _at_once(held, channel, app.house.pack.coverage.unconfirmed_share)):
        if not may_start():
            break
        calls = app.coordinator.system(delivery.step, held, settled, trouble, chunk)
        begin_by = boot_seconds() + FRESH_SECONDS
        fp("deliver.after_intent")
        answers = _answered(app, held.lane, partial(_call, channel, may_start, begin_by), calls, may_start)
        fp("deliver.after_call")
        now = app.clock.now()
        pairs = list(zip(calls, answers, strict=True))
        settled = [
            Settled(call.delivery, decide(call.delivery, answer, channel.can_look_up, now))
            for call, answer in pairs
        ]
        trouble = _trouble(answers)
    if settled:
        app.coordinator.system(delivery.settle, held, settled, trouble)
        fp("settle.after_commit")


def _answered(
    app: App, lane: str, call: Callable[[Call], Answer], calls: Sequence[Call], alive: MayStart
) -> list[Answer]:
    """What became of these calls. A lane that waits for a slow provider says every second that it lives."""
    pool = app.pool(lane)
    pending = [pool.submit(call, one) for one in calls]
    while wait(pending, timeout=1.0).not_done:
        alive()
    return [one.result() for one in pending]


def _call(channel: DirectChannel, may_start: MayStart, begin_by: float, call: Call) -> Answer:
    return channel.send(call.message) if may_start() and boot_seconds() <= begin_by else HELD_BACK


def _trouble(answers: Sequence[Answer]) -> str | None:
    """What a batch of answers says of the lane: "" well, None nothing, else the trouble in a few words."""
    if any(isinstance(answer, Accepted) for answer in answers):
        return ""
    for answer in answers:
        if (isinstance(answer, NotAccepted) and answer is not HELD_BACK) or (
            isinstance(answer, Rejected) and answer.scope == Scope.ACCOUNT
        ):
            return answer.reason
    return None


def _ask(app: App, held: Claim, channel: DirectChannel, may_start: MayStart) -> None:
    """Look up what is in doubt and poll what has no receipt; what was not asked in time is asked again."""
    if not held.ask:
        return
    calls = app.coordinator.system(delivery.messages_for, held)
    asked = partial(_asked, app, channel, held.notice.level, may_start)
    pairs = zip(calls, app.pool(held.lane).map(asked, calls), strict=True)
    settled = [Settled(call.delivery, new) for call, new in pairs if new is not None]
    if settled:
        app.coordinator.system(delivery.settle, held, settled)
        fp("settle.after_commit")


def _asked(app: App, channel: DirectChannel, level: int, may_start: MayStart, call: Call) -> Delivery | None:
    if not may_start():
        return None
    now = app.clock.now()
    if call.delivery.state == State.IN_DOUBT:
        return looked_up(call.delivery, channel.look_up(call.message), level, channel.can_look_up, now)
    return polled(call.delivery, channel.poll(call.delivery.reference or ""), now)


def _publish(app: App, held: Claim, stopping: Callable[[], bool]) -> None:
    """Write the incident's pages to every publish target, fetch them back, and only then call the entry live: at the
    instant at which the first target shows it."""
    exercise = held.incident.exercise
    targets = app.targets(exercise=exercise)
    several = tuple(targets) if len(targets) > 1 else ()
    mine = app.coordinator.system(delivery.intend_page, held, several)
    fp("deliver.after_intent")
    if not mine:
        return
    seen = (
        publishing.everywhere(app, held, targets, stopping)
        if several
        else _alone(app, held, *targets.values())
    )
    now = app.clock.now()
    answer = NotAccepted(seen.trouble or "the page is not live yet", 1.0)
    settled = [
        Settled(
            row,
            accepted(row, seen.address, now, ask_later=False)
            if seen.address
            else decide(row, answer, False, now),
        )
        for row in mine
    ]
    app.coordinator.system(delivery.settle, held, settled, "" if seen.address else answer.reason)
    fp("settle.after_commit")
    seen.others()


def _alone(app: App, held: Claim, publisher: Publisher) -> Seen:
    """What the one publish target shows: its entry is tried again until it is live, so nothing else is kept of it."""
    trouble = _write_pages(app, held, publisher)
    fp("page.after_write")
    path = f"incidents/{held.incident.reference}/"
    live = not trouble and publisher.is_live(path, pages.token_of(held.notice))
    fp("page.after_verify")
    return Seen(publisher.url(path) if live else "", trouble)


def _write_pages(app: App, held: Claim, publisher: Publisher) -> str:
    """Publish the incident's files and the list; what went wrong, or "".

    Another process may have written a newer entry while we wrote this older page over it, and a person may have stopped
    the entry: then it is written again, at once, because nothing else would.
    """
    for _ in range(WRITTEN_AGAIN):
        trouble = _write_once(app, held, publisher)
        if trouble != OVERTAKEN:
            break
    return trouble


def _write_once(app: App, held: Claim, publisher: Publisher) -> str:
    system, incident = app.coordinator.system, held.incident.id
    exercise = held.incident.exercise
    own, listed = system(pages.pages_of, incident), system(pages.listed, exercise)
    moved = system(pages.moved_of, incident)
    try:
        publisher.publish(app.site_files(own, listed, moved))
    except OSError as error:
        return f"the page cannot be written: {error.strerror}"
    written = tuple(entry.token for entry in next(iter(own.values())).entries)
    return "" if written == system(pages.tokens, incident) else OVERTAKEN
