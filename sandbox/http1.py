"""A small HTTP/1.1 server side with kept connections, whose answer may also be withheld.

A handler that returns None gets its connection reset: that is how an answer gets lost.
"""

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

from sandbox.door import Door

LARGEST_BODY = 64 * 1024
_REASONS = {200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """The form fields; of a repeated one the last."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def every(self, field: str) -> list[str]:
        """The values of a form field that may come several times."""
        pairs = parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return [value for name, value in pairs if name == field]

    def params(self) -> dict[str, str]:
        """The query's fields; of a repeated one the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """One JSON answer."""

    status: int
    document: dict[str, Any]
    headers: tuple[tuple[str, str], ...] = ()

    def encoded(self, close: bool) -> bytes:
        """The bytes on the wire."""
        body = json.dumps(self.document, ensure_ascii=False).encode()
        extra = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        head = (
            f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Answer')}\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\n{extra}"
            f"Connection: {'close' if close else 'keep-alive'}\r\n\r\n"
        )
        return head.encode("latin-1") + body


class RequestError(Exception):
    """What came in is not a request this server reads; the connection ends."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


Handler = Callable[[Request], Awaitable[Reply | None]]


class Kept(asyncio.StreamReaderProtocol):
    """A stream that reports to its door."""

    def __init__(self, door: Door, handle: Handler) -> None:
        self._door = door
        self._mine: asyncio.Transport | None = None
        reader = asyncio.StreamReader(limit=LARGEST_BODY)
        super().__init__(reader, lambda reader, writer: _talk(reader, writer, handle))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Enter the door."""
        self._mine = cast(asyncio.Transport, transport)
        self._door.enter(self._mine)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the door."""
        if self._mine is not None:
            self._door.leave(self._mine)
        super().connection_lost(exc)


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handler) -> None:
    try:
        while await _one_exchange(reader, writer, handle):
            pass
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        pass
    finally:
        writer.close()


async def _one_exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handler) -> bool:
    """Answer one request; False when the connection is over."""
    try:
        request = await _read(reader)
    except RequestError as bad:
        document = {"code": 20001, "message": str(bad), "more_info": "", "status": bad.status}
        writer.write(Reply(bad.status, document).encoded(close=True))
        return False
    reply = await handle(request)
    if reply is None:
        writer.transport.abort()
        return False
    close = request.headers.get("connection", "").lower() == "close"
    writer.write(reply.encoded(close))
    await writer.drain()
    return not close


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise RequestError(400, "not an HTTP/1 request line")
    headers = dict(_header(line) for line in lines)
    path, _, query = words[1].partition("?")
    return Request(words[0], unquote(path), query, headers, await _body(reader, headers))


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise RequestError(400, "a header line without a colon")
    return name.strip().lower(), value.strip()


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "transfer-encoding" in headers:
        raise RequestError(411, "a Content-Length is required")
    length = headers.get("content-length", "0")
    if not length.isdigit():
        raise RequestError(400, "Content-Length is not a number")
    if int(length) > LARGEST_BODY:
        raise RequestError(413, f"a body may have {LARGEST_BODY} bytes")
    return await reader.readexactly(int(length))
