"""The embedded engine: clocks and delivery in threads of one process, on one database.

A thread event is the doorbell; a 250 ms tick is behind it, so that nothing depends on the ring.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from coordinator import delivery, intake, judging
from incidents.errors import TongbaoError
from incidents.terms import Channel
from wiring.app import App
from worker import chat
from worker.deliver import deliver
from worker.pump import expand, sweep

TICK_SECONDS = 0.25
STOP_SECONDS = 4.0
log = logging.getLogger("tongbao.engine")


def loops(app: App, stopping: Callable[[], bool]) -> dict[str, Callable[[], int]]:
    """What one process does beside the clocks: each call works off a little and says how much it was."""
    system = app.coordinator.system
    found: dict[str, Callable[[], int]] = {
        "in-tray": lambda: _parse(app),
        "receipts": lambda: system(delivery.merge_receipts),
        "expand": lambda: expand(app),
        **{channel.value: partial(deliver, app, channel, stopping) for channel in Channel},
    }
    if app.house.chat is not None:
        found["chat"] = lambda: chat.post(app)
    return found


def _parse(app: App) -> int:
    """Read one raw event; one that breaks us is set aside, so that the next gets its turn."""
    system = app.coordinator.system
    event = system(intake.oldest)
    if event is None:
        return 0
    try:
        return system(intake.parse_stored)
    except TongbaoError:
        raise
    except Exception:
        system(intake.set_aside, event, "it broke the reader; the log has the details")
        raise


class Engine:
    """Start it, and the house moves until it is stopped; a clean stop takes at most a few seconds."""

    def __init__(self, app: App):
        self._app = app
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._scheduler = BackgroundScheduler(timezone="UTC")

    def start(self) -> None:
        # The library only ticks: the database decides what is due, so a late or doubled tick is harmless.
        self._scheduler.add_job(
            self._tick,
            "interval",
            seconds=TICK_SECONDS,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self._scheduler.start()
        for name, work in loops(self._app, self._stopped.is_set).items():
            thread = threading.Thread(target=self._loop, args=(name, work), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def _tick(self) -> None:
        """One sweep of the clocks; a failure is logged and the next tick tries again."""
        try:
            while sweep(self._app) >= judging.SWEEP_LIMIT:
                pass
        except Exception:
            log.exception("the sweep failed; the next tick tries again")

    def _loop(self, name: str, work: Callable[[], int]) -> None:
        while not self._stopped.is_set():
            try:
                done = work()
            except Exception:
                log.exception("lane %s failed; it goes on", name)
                done = 0
            if not done:
                self._app.bell.wait(TICK_SECONDS)

    def stop(self) -> None:
        """Start nothing new; wait for what is under way, STOP_SECONDS in all. What is cut off is in doubt."""
        end = time.monotonic() + STOP_SECONDS
        self._stopped.set()
        self._app.bell.ring()
        self._scheduler.shutdown(wait=True)
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
