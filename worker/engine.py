"""The embedded engine: clocks and delivery in threads of one process, on one database.

A thread event is the doorbell; a 250 ms tick is behind it, so that nothing depends on the ring. Any number of
engines may turn on one database: the row is the truth, and who comes second finds the work done.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection

from apscheduler.schedulers.background import BackgroundScheduler

from coordinator import clock, delivery, pulse
from incidents.terms import Channel
from wiring.app import App
from wiring.proofs import keep_checkpoint
from wiring.targets import lane_of
from worker import chat, paging, publishing
from worker.deliver import deliver, deliver_exercises
from worker.drills import inject
from worker.pump import ask_first, expand, read_event, sweep
from worker.watch import Watch

TICK_SECONDS = 0.25
LONGEST_TICK_SECONDS = 1.0
"""A tick sweeps on while something is due, at most so long: the next one follows at once."""
HOUSE_KEEPING_SECONDS = 10.0
STOP_SECONDS = 4.0
CLOCKS, DELIVERY = "clocks", "delivery"
EVERYTHING = (CLOCKS, DELIVERY)
"""The halves of an engine, which may run in processes of their own."""
log = logging.getLogger("tongbao.engine")
# A tick that comes while one still sweeps is left out, four times a second: the pulse says how late the clocks are.
logging.getLogger("apscheduler").setLevel(logging.ERROR)
Work = Callable[[], int]


class Engine:
    """Start it, and the house moves until it is stopped; a clean stop takes at most a few seconds."""

    def __init__(self, app: App, parts: Collection[str] = EVERYTHING):
        self._app = app
        self._parts = parts
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._watch = Watch(app, self._stopped)

    def start(self) -> None:
        self._app.coordinator.system(clock.begin)
        if DELIVERY in self._parts:
            publishing.enrol(self._app)
        # The library only ticks: the database decides what is due, so a late or doubled tick is harmless.
        if CLOCKS in self._parts:
            self._every(TICK_SECONDS, self._tick)
            self._every(HOUSE_KEEPING_SECONDS, self._house_keeping)
            self._tick()
        self._scheduler.start()
        for name, work in self._loops().items():
            self._begin(name, work)
        for name, work in self._watch.loops(CLOCKS in self._parts).items():
            self._begin(name, work, self._watch.rest)

    def _begin(self, name: str, work: Work, rest: Callable[[], None] | None = None) -> None:
        thread = threading.Thread(target=self._loop, args=(name, work, rest), name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _loops(self) -> dict[str, Work]:
        system = self._app.coordinator.system
        loops: dict[str, Work] = {}
        if CLOCKS in self._parts:
            loops[pulse.INTAKE] = lambda: read_event(self._app)
            loops["drills"] = lambda: inject(self._app)
        if DELIVERY in self._parts:
            loops[pulse.RECEIPTS] = lambda: system(delivery.merge_receipts)
            loops[pulse.EXPAND] = lambda: expand(self._app) or ask_first(self._app)
            loops |= {channel.value: self._lane(channel) for channel in Channel}
            loops |= {lane_of(name): self._catch_up(name) for name in self._app.target_places}
            # One loop for all channels of exercises: slow as it may get, it delays no real notice.
            loops["exercises"] = lambda: deliver_exercises(self._app, self._stopped.is_set)
            loops |= {f"staff-{name}": self._staff(name) for name in self._app.house.paging.channels}
            if self._app.house.chat is not None:
                loops["chat"] = lambda: chat.post(self._app)
        return loops

    def _lane(self, channel: Channel) -> Work:
        def stopping() -> bool:
            self._watch.turned(channel.value)
            return self._stopped.is_set()

        return lambda: deliver(self._app, channel, stopping)

    def _catch_up(self, target: str) -> Work:
        return lambda: publishing.catch_up(self._app, (target,))

    def _staff(self, channel: str) -> Callable[[], int]:
        return lambda: paging.page(self._app, channel)

    def _tick(self) -> None:
        """One sweep of the clocks; a failure is logged and the next tick tries again."""
        try:
            end = time.monotonic() + LONGEST_TICK_SECONDS
            while sweep(self._app) and time.monotonic() < end and not self._stopped.is_set():
                self._watch.turned(pulse.CLOCKS)
            self._watch.turned(pulse.CLOCKS)
        except Exception:
            log.exception("the sweep failed; the next tick tries again")

    def _every(self, seconds: float, work: Callable[[], None]) -> None:
        options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        self._scheduler.add_job(work, "interval", seconds=seconds, **options)

    def _house_keeping(self) -> None:
        """What is done beside the clocks; a failure is logged and stops nothing."""
        try:
            keep_checkpoint(self._app)
        except Exception:
            log.exception("house-keeping failed; it is tried again")

    def _loop(self, name: str, work: Work, rest: Callable[[], None] | None) -> None:
        while not self._stopped.is_set():
            try:
                done = work()
                self._watch.turned(name)
            except Exception:
                log.exception("lane %s failed; it goes on", name)
                done = 0
            if rest is not None:
                rest()
            elif not done:
                self._app.bell.wait(TICK_SECONDS)

    def stop(self) -> None:
        """Start nothing new; wait for what is under way, STOP_SECONDS in all. What is cut off is in doubt."""
        end = time.monotonic() + STOP_SECONDS
        self._stopped.set()
        self._app.bell.ring()
        self._scheduler.shutdown(wait=True)
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
