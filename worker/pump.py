"""Work until nothing is due: for `tick`, and for clocks that are moved by hand.

The law: what is due at this instant is done before the clock moves on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from coordinator import (
    agenda,
    calling,
    decisions,
    delivery,
    holding,
    intake,
    judging,
    paging,
    playbooks,
    reconcile,
    roster,
    sending,
)
from coordinator import clock as clocks
from coordinator.act import Act
from coordinator.chat import soon
from coordinator.failpoints import fp
from coordinator.holds import LAST_LOOK
from incidents.effects import Effect
from incidents.errors import TongbaoError, Unavailable
from incidents.terms import Channel
from wiring.app import App
from wiring.clock import ManualClock
from worker import apart, beside, publishing
from worker.chat import post
from worker.deliver import deliver, deliver_exercises
from worker.drills import inject
from worker.paging import page_all

TICK = timedelta(milliseconds=250)
log = logging.getLogger("tongbao.pump")
LONGEST_STEP = timedelta(hours=1)
"""A moved clock never leaves the coordinator silent for longer: silence would count as an outage."""


LOOKED_WITHIN = timedelta(seconds=1)
"""How often somebody at least says that the clocks were looked at."""


def _calls(act: Act) -> bool:
    """Whether a sweep has anything to do, read beside any writer: many schedulers must not queue for nothing."""
    last = act.tx.meta.instant(LAST_LOOK)
    if last is None or act.now - last >= LOOKED_WITHIN:
        return True
    due = (
        act.tx.windows.next_look(),
        act.tx.outlooks.next_look(),
        act.tx.incidents.next_review(),
        act.tx.incidents.next_planned_end(),
        act.tx.playbooks.next_escalation(),
        act.tx.paging.next_at(()),
    )
    return any(at is not None and at <= act.now for at in due)


def _due(act: Act) -> tuple[int, list[Effect]]:
    """One transaction for all that is judged: it comes four times a second."""
    held = clocks.look(act)
    seen, ahead = holding.sweep(act)
    looked, effects = judging.sweep(act)
    late, more = playbooks.escalate(act)
    changed, alarms = roster.sweep(act)
    over, notes = decisions.sweep(act)
    apart.works_again(act)
    done = seen + looked + late + changed + over
    return done, [*held, *ahead, *effects, *more, *alarms, *notes]


def _pages_are_next(act: Act) -> bool:
    """Whether a round of pages is due and every verdict is there: a long silence pages about its newest window. A round
    that has waited for a second waits no longer, whatever keeps the verdicts busy (I23)."""
    judged, round_ = act.tx.windows.next_look(), act.tx.paging.next_at(())
    if round_ is None or round_ > act.now:
        return False
    return judged is None or judged > act.now or act.now - round_ >= LOOKED_WITHIN


def sweep(app: App) -> int:
    """Fire and judge what is due, escalate what nobody took, make rounds; then what only waits beside the verdicts.
    Returns how much was looked at."""
    return (_judged(app) if app.coordinator.glance(_calls) else 0) + beside.look(app)


def _judged(app: App) -> int:
    looked = beside.look_first(app)
    looked += _or_apart(app, _due, apart.sweep)
    if looked:
        fp("sweep.after_commit")
    if app.coordinator.glance(_pages_are_next):
        looked += _or_apart(app, paging.sweep, apart.rounds)
    return looked


def _or_apart(
    app: App, verb: Callable[[Act], tuple[int, list[Effect]]], one_by_one: Callable[[App], int]
) -> int:
    """All in one transaction, which is quick; row by row when that breaks."""
    try:
        return app.coordinator.system(verb)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 - what breaks it breaks again alone, and is said there
        return one_by_one(app)


def catch_up(app: App, end: float) -> int:
    """Sweep until nothing is due, or it is `end` (time.monotonic): after a gap every verdict comes first, and staff are
    paged about the newest."""
    looked = sweep(app)
    while looked and time.monotonic() < end and (now := sweep(app)):
        looked += now
    return looked


def expand(app: App) -> int:
    """Give one slice of a released notice its deliveries: 1, or 0 when all are there."""
    more = app.coordinator.system(sending.expand_next)
    if more:
        fp("expand.after_commit")
    return int(more)


def ask_first(app: App) -> int:
    """A slice of a restored record goes into doubt, to be asked about before it is sent; 0 when none is left."""
    return app.coordinator.system(reconcile.reconcile)


def read_event(app: App) -> int:
    """Read one raw event; one that breaks us is set aside, so that the next gets its turn. How many were read.

    What broke us is raised all the same.
    """
    system = app.coordinator.system
    event = system(intake.oldest)
    if event is None:
        return _read_going_on(app)
    # Planned work that is over by now has its incident before the alarm that may join it.
    beside.look_first(app)
    try:
        return system(intake.parse_stored)
    except TongbaoError:
        raise
    except Exception:
        system(intake.set_aside, event, "it broke the reader; the log has the details")
        raise


def _read_going_on(app: App) -> int:
    """Alarms that fire on after planned work; that of an overrun is opened first, so that they join it."""
    if not app.coordinator.glance(intake.goes_on):
        return 0
    beside.look_first(app)
    return app.coordinator.system(intake.read_going_on)


def _read_on(app: App) -> int:
    """The same for a tick, which has notices to send: what broke is in the log."""
    first = app.coordinator.system(intake.oldest)
    try:
        return read_event(app)
    except TongbaoError:
        raise
    except Exception:
        log.exception("an event cannot be read; the next gets its turn")
        return int(app.coordinator.system(intake.oldest) != first)


def look(app: App, end: float) -> int:
    """The clocks and the in-tray: sweep, parse, merge receipts, expand. Returns how much was done."""
    done = catch_up(app, end)
    done += _read_on(app)
    done += app.coordinator.system(delivery.merge_receipts)
    return done + expand(app) + ask_first(app)


def drain(app: App, max_seconds: float = 50.0) -> int:
    """Work until nothing is due or the time is up; returns how much is left."""
    end = time.monotonic() + max_seconds
    publishing.enrol(app)
    while time.monotonic() < end:
        done = look(app, end) + page_all(app) + deliver(app, Channel.WEB)
        done += deliver(app, Channel.SMS) + deliver(app, Channel.EMAIL)
        # Staff and publish targets that are behind come after: a chat that hangs costs customers nothing. Exercises
        # come last, when nothing real is left to do: a slow or broken sandbox stands before no real batch.
        if done or publishing.catch_up(app, app.target_places) or post(app) or play(app, end):
            continue
        if app.clock.fixed or not (app.coordinator.system(agenda.left) or _soon(app)):
            break
        time.sleep(TICK.total_seconds())
    return app.coordinator.system(agenda.left)


def play(app: App, end: float) -> int:
    """What exercises have to do, begun before `end`; a failure is logged and tried again, and nothing else is lost."""
    try:
        return inject(app) + deliver_exercises(app, lambda: time.monotonic() >= end)
    except Exception:
        log.exception("exercises failed; they are tried again")
        return 0


def _soon(app: App) -> bool:
    """Whether staff are posted to or paged in a moment."""
    return app.coordinator.system(soon) or app.coordinator.system(calling.soon)


def forward(app: App, clock: ManualClock, until: datetime) -> None:
    """Move a manual clock to `until`, stopping wherever something is due and working it off there."""
    while True:
        drain(app)
        due = app.coordinator.system(agenda.next_due)
        step = min(until, clock.now() + LONGEST_STEP)
        if due is not None and due < step:
            step = due
        if clock.now() >= until:
            return
        # What stays due (a page that is down, a lane in trouble) is tried again at the next tick.
        clock.set(step if step > clock.now() else min(until, clock.now() + TICK))
