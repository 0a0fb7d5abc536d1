"""The reception: bounded requests under way, bodies under a deadline, blocking work off the event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
from anyio import CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request

from incidents.errors import Unavailable
from web.errors import BadBody, TooLarge, TooSlow
from web.limits import Limits

P = ParamSpec("P")
R = TypeVar("R")


class Desk:
    """Lets in a bounded number of requests and does the database's work one after the other."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self._under_way = 0
        # The database has one writer; more threads would only wait on its lock, and not in order.
        self._writer = CapacityLimiter(1)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for one request; Unavailable when all are taken."""
        if self._under_way >= self.limits.waiting:
            raise Unavailable("too many requests at once", next="try again in a second")
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def work(self, do: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
        """`do` in the writer's thread. It is finished even when the client has gone."""
        return await to_thread.run_sync(partial(do, *args, **named), limiter=self._writer)

    async def receive(self, request: Request, most: int) -> bytes:
        """The whole body; TooLarge, TooSlow or BadBody (cut short)."""
        announced = request.headers.get("content-length", "")
        too_large = announced.isdigit() and int(announced) > most
        if too_large and request.headers.get("expect", "").lower() == "100-continue":
            raise _too_large(most)
        try:
            with anyio.fail_after(self.limits.receive_seconds):
                body = await self._read(request, most)
        except TimeoutError:
            raise TooSlow(
                "the body did not come within {seconds:g} s",
                seconds=self.limits.receive_seconds,
                field="body",
                next="send it again",
            ) from None
        except ClientDisconnect:
            raise BadBody("the body was cut short", field="body", next="send it again") from None
        if body is None:
            raise _too_large(most)
        return body

    async def _read(self, request: Request, most: int) -> bytes | None:
        """The body, or None when it is larger than `most`: the rest is dropped, not kept."""
        body, size = bytearray(), 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self.limits.drained_bytes:
                return None
            if size <= most:
                body += chunk
        return bytes(body) if size <= most else None


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        "the body is larger than {most} bytes",
        most=most,
        field="body",
        next="send less at once (Alertmanager: max_alerts)",
    )
