"""What a process knows of itself while it runs: its loops turn, its clock agrees with the wall's, it is alive.

Each is a loop of its own, so that no network call and no long look delays the clocks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from coordinator import audit, clock, pulse
from coordinator.act import Act
from incidents.effects import Effect
from wiring import startup
from wiring.app import App
from wiring.clock import boot_seconds

REST_SECONDS = 1.0
STOOD_STILL_SECONDS = 10.0
"""A pulse this late means that the process was suspended, stopped or starved."""


class Watch:
    """One process's watch over itself."""

    def __init__(self, app: App, stopped: threading.Event):
        self._app = app
        self._stopped = stopped
        self._turned: set[str] = set()
        self._last = boot_seconds()

    def turned(self, name: str) -> None:
        """A loop has turned; written down with the next pulse."""
        self._turned.add(name)

    def rest(self) -> None:
        """Until the next round of these loops, or until the process ends."""
        self._stopped.wait(REST_SECONDS)

    def loops(self, clocks: bool) -> dict[str, Callable[[], int]]:
        """Every process has a pulse; the clocks' processes also audit, and give the sign of life."""
        found: dict[str, Callable[[], int]] = {"pulse": self._pulse}
        if clocks:
            found["audit"] = lambda: self._app.coordinator.system(audit.step)
            heartbeat = self._app.settings.heartbeat
            if heartbeat.url or heartbeat.file:
                found["heartbeat"] = self._beat
        return found

    def _pulse(self) -> int:
        now = boot_seconds()
        stood, self._last = now - self._last, now
        turned, self._turned = self._turned, set()
        self._app.coordinator.system(self._pulsed, turned & set(pulse.LOOPS), stood)
        return 0

    def _pulsed(self, act: Act, turned: set[str], stood: float) -> tuple[None, list[Effect]]:
        """One short transaction a second: the ticks, our time on the boot clock, and what the wall says."""
        pulse.ticked(act, turned)
        startup.keep_running(act.tx, act.now)
        if stood > STOOD_STILL_SECONDS:
            clock.resumed(act, stood)
        return None, clock.compare(act, self._app.clock.drift())[1]

    def _beat(self) -> int:
        from wiring.beat import send

        heartbeat = self._app.settings.heartbeat
        if self._app.coordinator.system(pulse.beat, heartbeat.every_seconds):
            self._app.coordinator.system(pulse.beaten, send(heartbeat))
        return 0
