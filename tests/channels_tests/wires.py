"""Tiny servers that say exactly what a test tells them, and the one message that the tests send."""

from __future__ import annotations

import dataclasses
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from notifications.message import Message, Text

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SID = "SM" + "0123456789abcdef" * 2

HELLO = Message(
    delivery=41,
    attempt="41.1",
    notice=7,
    to="+8613800138000",
    language="en",
    text=Text("Mobile service is down in Tianhe. INC-7 (1)"),
    thread="INC-7",
    number=1,
    valid_seconds=3600,
    now=NOON,
)


ACCOUNT = "AC" + "0" * 32
TOKEN = "a token that no log shows"
PUBLIC = "https://status.example.net"


def a_message(**changes: Any) -> Message:
    return dataclasses.replace(HELLO, **changes)


def to_nobody_else(number: int, **changes: Any) -> Message:
    """A message to a number that no other test uses."""
    return a_message(to=f"+86138{number:08d}", **changes)


def document(**changes: Any) -> dict[str, Any]:
    """The provider's own form of the message."""
    return {"sid": SID, "to": HELLO.to, "body": HELLO.text.body, "status": "queued", **changes}


class Line:
    """One accepted connection, read by lines and bytes."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.file = connection.makefile("rb")

    def line(self) -> bytes:
        return self.file.readline()

    def until(self, end: bytes) -> Iterator[bytes]:
        """Lines up to `end`; ConnectionError when the other side goes before."""
        while (line := self.line()) != end:
            if not line:
                raise ConnectionError
            yield line

    def say(self, *replies: bytes | str) -> None:
        for reply in replies:
            self.socket.sendall(reply if isinstance(reply, bytes) else reply.encode() + b"\r\n")

    def hush(self) -> None:
        """Say nothing more, until the other side gives up."""
        while self.file.read(1):
            pass


class Server:
    """Listens on loopback; each connection is handed to `serve` on a thread of its own."""

    def __init__(self, serve: Callable[[Line], None]) -> None:
        self.connects = 0
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._lines: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connects += 1
            self._lines.append(connection)
            thread = threading.Thread(target=self._run, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, connection: socket.socket) -> None:
        line = Line(connection)
        try:
            self._serve(line)
        except OSError:
            pass
        finally:
            line.file.close()
            connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._lines:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self._threads:
            thread.join(5)


@contextmanager
def serving(serve: Callable[[Line], None]) -> Iterator[Server]:
    server = Server(serve)
    try:
        yield server
    finally:
        server.close()


def read_request(line: Line) -> tuple[bytes, dict[bytes, bytes], bytes] | None:
    """(request line, headers in lower case, body); None when the client has gone."""
    first = line.line()
    if not first:
        return None
    headers: dict[bytes, bytes] = {}
    while (text := line.line().strip()) != b"":
        name, _, value = text.partition(b":")
        headers[name.lower()] = value.strip()
    return first.strip(), headers, line.file.read(int(headers.get(b"content-length", b"0")))


def http_answer(status: int, body: bytes | str | dict[str, Any], *headers: str) -> bytes:
    if isinstance(body, dict):
        body = json.dumps(body)
    body = body.encode() if isinstance(body, str) else body
    head = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def answering(answer: bytes, seen: list[tuple[bytes, dict[bytes, bytes], bytes]] | None = None) -> Any:
    """Serve the same HTTP answer to every request of every connection."""

    def serve(line: Line) -> None:
        while request := read_request(line):
            if seen is not None:
                seen.append(request)
            line.say(answer)

    return serve


def smtp(script: dict[str, str], mails: list[bytes] | None = None, goodbye_after: int = 0) -> Any:
    """An SMTP server: `script` maps a verb (or "greet", "dot") to a reply; "" closes without a word."""
    replies = {
        "greet": "220 hi",
        "EHLO": "250 me",
        "MAIL": "250 ok",
        "RCPT": "250 ok",
        "DATA": "354 go",
        "dot": "250 taken",
        "RSET": "250 ok",
        "QUIT": "221 bye",
        **script,
    }

    def says(line: Line, key: str) -> bool:
        reply = replies.get(key, "")
        if reply:
            line.say(reply)
        return bool(reply)

    def serve(line: Line) -> None:
        taken = 0
        going = says(line, "greet")
        while going and (command := line.line()):
            verb = command[:4].decode("latin-1").upper()
            going = says(line, verb)
            if going and verb == "DATA" and replies["DATA"].startswith("354"):
                text = b"".join(line.until(b".\r\n"))
                if mails is not None:
                    mails.append(text)
                going = says(line, "dot")
                taken += 1
                going = going and taken != goodbye_after

    return serve
