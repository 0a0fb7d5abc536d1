"""A listener that can be shut and opened again on the same port, as a provider that is down.

Shut means surely not processed: new connections are refused and kept ones are reset.
"""

import asyncio
import socket
from collections.abc import Callable

from sandbox.home import bound


class Door:
    """One provider's port; `make` builds a protocol which calls enter and leave."""

    def __init__(self, held: socket.socket, make: Callable[["Door"], asyncio.Protocol]) -> None:
        self.port: int = held.getsockname()[1]
        self.inside: set[asyncio.Transport] = set()
        self._held: socket.socket | None = held
        self._make = make
        self._server: asyncio.Server | None = None

    def enter(self, transport: asyncio.Transport) -> None:
        """A connection came in."""
        self.inside.add(transport)

    def leave(self, transport: asyncio.Transport) -> None:
        """A connection is over."""
        self.inside.discard(transport)

    async def open(self) -> None:
        """Listen; does nothing when already listening."""
        if self._server is not None:
            return
        held, self._held = self._held or bound(self.port), None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: self._make(self), sock=held, backlog=1024)

    async def shut(self, keep_port: bool = True) -> None:
        """Stop listening and reset what is inside; the port stays ours unless told otherwise."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        for transport in list(self.inside):
            transport.abort()
        if keep_port:
            self._held = bound(self.port)
