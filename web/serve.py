"""The server: uvicorn in a thread or in the foreground, with bounds that it has no setting for."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from incidents.errors import Unavailable
from web.app import build
from web.limits import Limits
from wiring.app import App

START_SECONDS = 10
STOP_SECONDS = 5
BACKLOG = 2048


def _bounded(limits: Limits) -> type[H11Protocol]:
    """uvicorn's protocol, with a deadline for a request to come in and a bound per address."""

    class Bounded(H11Protocol):
        _deadline: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if self._of_this_address() > limits.connections_per_address:
                transport.abort()
                return
            self._watch(True)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._watch(self._headers_are_coming() or self._body_is_left_over())

        def connection_lost(self, exc: Exception | None) -> None:
            self._watch(False)
            super().connection_lost(exc)

        def _headers_are_coming(self) -> bool:
            return self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])

        def _body_is_left_over(self) -> bool:
            """The answer is out, so nobody waits for the rest; until then the handler has a deadline."""
            answered = self.cycle is not None and self.cycle.response_complete
            return self.conn.their_state is h11.SEND_BODY and answered

        def _of_this_address(self) -> int:
            own = self.client[0] if self.client else None
            addresses = (getattr(other, "client", None) for other in self.connections)
            return sum(1 for address in addresses if address and address[0] == own)

        def _watch(self, receiving: bool) -> None:
            if receiving and self._deadline is None:
                self._deadline = self.loop.call_later(limits.receive_seconds, self.transport.abort)
            elif not receiving and self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

    return Bounded


class _Uvicorn(uvicorn.Server):
    """Tells when it is listening."""

    def __init__(self, config: uvicorn.Config):
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


class Server:
    """Our HTTP on one address. `port` 0 takes a free one; the actual one is `port` once it is bound."""

    def __init__(self, app: App, host: str, port: int, limits: Limits = Limits()):  # noqa: B008
        self.host = host
        self.port = port
        self._uvicorn = _Uvicorn(_config(app, limits))
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """Serve in a thread of its own; returns the port. Unavailable when the address cannot be had."""
        sockets = [self.bind()]
        self._thread = threading.Thread(target=self._uvicorn.run, args=(sockets,), name="web", daemon=True)
        self._thread.start()
        if not self._uvicorn.listening.wait(START_SECONDS):
            raise Unavailable(
                "the web server did not start within {n} s", n=START_SECONDS, next="see the log"
            )
        return self.port

    def stop(self) -> None:
        """Finish what is under way, for at most STOP_SECONDS; harmless when it is not running."""
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join(STOP_SECONDS + 1)
        if self._socket is not None:
            self._socket.close()

    def serve_forever(self) -> None:
        """Serve in this thread until SIGINT or SIGTERM, which is then raised again, as uvicorn does."""
        self._uvicorn.run([self.bind()])

    def bind(self) -> socket.socket:
        """Take the address now, so that `port` is known before serving begins; harmless when repeated."""
        if self._socket is None:
            self._socket = _listener(self.host, self.port)
            self.port = self._socket.getsockname()[1]
        return self._socket


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise Unavailable(
            "cannot listen on {host}:{port}: {problem}",
            host=host,
            port=port,
            problem=error.strerror or error,
            field="server.port",
            next="choose another port, or stop what has it",
        ) from error
    return listener


def _config(app: App, limits: Limits) -> uvicorn.Config:
    options: dict[str, Any] = {
        "http": _bounded(limits),
        "ws": "none",
        "lifespan": "off",
        "loop": "asyncio",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "h11_max_incomplete_event_size": limits.header_bytes,
        "limit_concurrency": limits.connections,
        "timeout_graceful_shutdown": STOP_SECONDS,
    }
    return uvicorn.Config(build(app, limits), **options)
