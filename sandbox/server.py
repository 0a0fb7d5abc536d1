"""One running sandbox: four doors, one loop, one ledger, a bounded life.

The address is written only when everything listens.
"""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn

from sandbox.dial import FAULTS, Gate
from sandbox.door import Door
from sandbox.home import LOOPBACK, Home, choose_port
from sandbox.http1 import Kept
from sandbox.ledger import Ledger
from sandbox.mail import Sink, TrackedSMTP
from sandbox.receipts import Courier
from sandbox.slack_api import Slack
from sandbox.twilio_api import Twilio
from sandbox.web import Desk, app, counted


@dataclass(frozen=True)
class Ports:
    """Ports asked for by number; None leaves the choice to the sandbox."""

    http: int | None = None
    twilio: int | None = None
    smtp: int | None = None


class QuietServer(uvicorn.Server):
    """uvicorn without signal handlers of its own, which says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, and say so."""
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


class Sandbox:
    """Everything of one home; build it only while holding the home's lock."""

    def __init__(self, home: Home, ports: Ports, idle_seconds: float) -> None:
        self._home = home
        self._idle_seconds = idle_seconds
        self._account, self._token = home.credentials()
        self._web_socket = choose_port(ports.http, home.remembered_port("http"))
        twilio = choose_port(ports.twilio, home.remembered_port("twilio"))
        smtp = choose_port(ports.smtp, home.remembered_port("smtp"))
        self._ledger = Ledger(home.database)
        self._gates = {provider: Gate(provider) for provider in FAULTS}
        self._recall()
        self._courier = Courier(self._token)
        slack = choose_port(None, home.remembered_port("slack"))
        self._doors = {
            "twilio": self._twilio_door(twilio),
            "smtp": self._smtp_door(smtp),
            "slack": self._slack_door(slack),
        }
        self._last_use = time.monotonic()
        self._end = asyncio.Event()

    def _recall(self) -> None:
        for provider, fault, value in self._ledger.dial():
            if fault in FAULTS.get(provider, ()):
                self._gates[provider].turn({fault: value})

    def _twilio_door(self, held: socket.socket) -> Door:
        gate = self._gates["twilio"]
        api = Twilio(self._account, self._token, self._ledger, gate, self._courier, self._touch)
        return Door(held, lambda door: Kept(door, api.handle))

    def _smtp_door(self, held: socket.socket) -> Door:
        sink = Sink(self._ledger, self._gates["smtp"], self._touch)
        return Door(held, lambda door: TrackedSMTP(door, sink))

    def _slack_door(self, held: socket.socket) -> Door:
        api = Slack(self._token, self._ledger, self._gates["slack"], self._touch)
        return Door(held, lambda door: Kept(door, api.handle))

    def _touch(self) -> None:
        self._last_use = time.monotonic()

    @property
    def address(self) -> dict[str, Any]:
        """What others need to reach this sandbox."""
        return {
            "http": f"http://{LOOPBACK}:{self._web_socket.getsockname()[1]}",
            "twilio": f"http://{LOOPBACK}:{self._doors['twilio'].port}",
            "slack": f"http://{LOOPBACK}:{self._doors['slack'].port}",
            "smtp_host": LOOPBACK,
            "smtp_port": self._doors["smtp"].port,
            "pid": os.getpid(),
            "account_sid": self._account,
            "auth_token": self._token,
        }

    def _health(self) -> dict[str, Any]:
        courier = {**self._courier.tally, "waiting": self._courier.waiting}
        return {"ok": True, "pid": os.getpid(), "account_sid": self._account, "callbacks": courier}

    async def turn(self, provider: str, checked: dict[str, Any]) -> None:
        """Keep and apply a checked dial; returns when a door is really shut or open."""
        await self._ledger.keep_dial(provider, checked)
        self._gates[provider].turn(checked)
        await self._match_door(provider)

    async def _match_door(self, provider: str) -> None:
        door = self._doors.get(provider)
        if door is None:
            return
        if self._gates[provider].faults["down"]:
            await door.shut()
        else:
            await door.open()

    async def run(self, ready: Callable[[dict[str, Any]], None]) -> None:
        """Serve until a signal comes or nobody has called for the idle time."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end.set)
        self._courier.start()
        web = self._web_server()
        serving = asyncio.create_task(web.serve(sockets=[self._web_socket]))
        address = self.address
        await self._open_all(web, serving)
        self._home.write_address(address)
        ready(address)
        await self._until_over(serving)
        await self._close_all(web, serving)

    def _web_server(self) -> QuietServer:
        desk = Desk(self._ledger, self._gates, self.turn, self._health, self._touch)
        application = counted(app(desk, str(self._home.public), str(self._home.exercise)), self._touch)
        config = uvicorn.Config(
            application,
            http="h11",
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        return QuietServer(config)

    async def _open_all(self, web: QuietServer, serving: asyncio.Task[None]) -> None:
        for provider in self._doors:
            await self._match_door(provider)
        listening = asyncio.create_task(web.listening.wait())
        await asyncio.wait({serving, listening}, return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()

    async def _until_over(self, serving: asyncio.Task[None]) -> None:
        while not self._end.is_set() and not serving.done():
            left = self._last_use + self._idle_seconds - time.monotonic()
            if left <= 0:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._end.wait(), min(left, 30.0))

    async def _close_all(self, web: QuietServer, serving: asyncio.Task[None]) -> None:
        for door in self._doors.values():
            await door.shut(keep_port=False)
        web.should_exit = True
        await serving
        await self._courier.stop()
        self._ledger.close()


async def serve(
    home: Home, ports: Ports, idle_seconds: float, ready: Callable[[dict[str, Any]], None]
) -> None:
    """Run the sandbox of a home whose lock the caller holds."""
    await Sandbox(home, ports, idle_seconds).run(ready)
