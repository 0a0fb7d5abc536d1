"""Work until nothing is due: for `tick`, and for clocks that are moved by hand.

The law: what is due at this instant is done before the clock moves on.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from coordinator import delivery, holding, intake, judging, playbooks, sending
from coordinator.act import Act
from coordinator.chat import soon
from coordinator.failpoints import fp
from incidents.effects import Effect
from incidents.terms import Channel
from wiring.app import App
from wiring.clock import ManualClock
from worker.chat import post
from worker.deliver import deliver

TICK = timedelta(milliseconds=250)
LONGEST_STEP = timedelta(hours=1)
"""A moved clock never leaves the coordinator silent for longer: silence would count as an outage."""


def _due(act: Act) -> tuple[int, list[Effect]]:
    """One transaction for both: it comes four times a second."""
    seen, ahead = holding.sweep(act)
    looked, effects = judging.sweep(act)
    late, more = playbooks.escalate(act)
    return seen + looked + late, [*ahead, *effects, *more]


def sweep(app: App) -> int:
    """Fire and judge what is due, escalate what nobody took; returns how much was looked at."""
    looked = app.coordinator.system(_due)
    if looked:
        fp("sweep.after_commit")
    return looked


def expand(app: App) -> int:
    """Give one slice of a released notice its deliveries: 1, or 0 when all are there."""
    more = app.coordinator.system(sending.expand_next)
    if more:
        fp("expand.after_commit")
    return int(more)


def look(app: App) -> int:
    """The clocks and the in-tray: sweep, parse, merge receipts, expand. Returns how much was done."""
    done = sweep(app)
    done += app.coordinator.system(intake.parse_stored)
    done += app.coordinator.system(delivery.merge_receipts)
    return done + expand(app)


def drain(app: App, max_seconds: float = 50.0) -> int:
    """Work until nothing is due or the time is up; returns how much is left."""
    end = time.monotonic() + max_seconds
    while time.monotonic() < end:
        done = look(app) + deliver(app, Channel.WEB)
        done += deliver(app, Channel.SMS) + deliver(app, Channel.EMAIL)
        # Staff come last: a chat that hangs costs customers nothing.
        if done or post(app):
            continue
        if app.clock.fixed or not (app.coordinator.system(delivery.left) or app.coordinator.system(soon)):
            break
        time.sleep(TICK.total_seconds())
    return app.coordinator.system(delivery.left)


def forward(app: App, clock: ManualClock, until: datetime) -> None:
    """Move a manual clock to `until`, stopping wherever something is due and working it off there."""
    while True:
        drain(app)
        due = app.coordinator.system(delivery.next_due)
        step = min(until, clock.now() + LONGEST_STEP)
        if due is not None and due < step:
            step = due
        if clock.now() >= until:
            return
        # What stays due (a page that is down, a lane in trouble) is tried again at the next tick.
        clock.set(step if step > clock.now() else min(until, clock.now() + TICK))
