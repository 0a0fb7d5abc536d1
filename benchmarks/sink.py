"""The other end of the wire: just enough Twilio in a process of its own, fast enough not to be measured.

A hand-written protocol on asyncio with a ledger in memory: every (To, attempt) is kept in the order it came and
handed out at the end. It also serves a folder, so that a public page is live where the public would read it.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote_plus, urlsplit

ACCOUNT = "AC" + "0" * 32
TOKEN = "a-token-for-the-sink"
"""The sink believes everybody."""
_DATE = "Wed, 14 Oct 2026 06:15:00 +0000"
_HEAD = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def _document(sid: str, to: str, sender: str, body: str, status: str) -> dict[str, object]:
    """A message as Twilio shows it: all fields, because reading them is the client's work."""
    uri = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}"
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": body,
        "date_created": _DATE,
        "date_sent": None,
        "date_updated": _DATE,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": to,
        "uri": f"{uri}.json",
    }


class Ledger:
    """Every create in the order it came: (to, attempt, from, body), still percent-encoded."""

    def __init__(self) -> None:
        self.rows: list[tuple[bytes, bytes, bytes, bytes]] = []
        self._moulds: dict[tuple[bytes, bytes], tuple[bytes, ...]] = {}

    def create(self, form: bytes) -> bytes:
        """Keep one create; the body of its 201."""
        fields = dict(field.split(b"=", 1) for field in form.split(b"&"))
        to, body, sender = fields[b"To"], fields[b"Body"], fields.get(b"From", b"")
        self.rows.append((to, _attempt(fields.get(b"StatusCallback", b"")), sender, body))
        mould = self._moulds.get((sender, body)) or self._mould(sender, body)
        sid = b"SM%032x" % len(self.rows)
        number = b"+" + to[3:] if to[:3] == b"%2B" else to
        parts = [
            mould[0],
            *(value for pair in zip(self._values(sid, number), mould[1:], strict=True) for value in pair),
        ]
        return b"".join(parts)

    def _mould(self, sender: bytes, body: bytes) -> tuple[bytes, ...]:
        """The 201 of this text, cut where the id and the recipient go: there are few texts and many people."""
        shown = _document(
            "\x00", "\x00", unquote_plus(sender.decode()), unquote_plus(body.decode()), "queued"
        )
        mould = tuple(json.dumps(shown).encode().split(b"\\u0000"))
        self._moulds[(sender, body)] = mould
        return mould

    @staticmethod
    def _values(sid: bytes, to: bytes) -> tuple[bytes, ...]:
        """What goes into the cuts, in the order of the document: sid, media, to, uri."""
        return sid, sid, to, sid

    def listed(self, to: str) -> bytes:
        """The messages to one number, as Twilio lists them."""
        found = [self._shown(n) for n, row in enumerate(self.rows, 1) if unquote_plus(row[0].decode()) == to]
        page = {"messages": found, "next_page_uri": None, "page": 0, "page_size": 100}
        return json.dumps(page).encode()

    def _shown(self, number: int) -> dict[str, object]:
        to, _, sender, body = (unquote_plus(part.decode()) for part in self.rows[number - 1])
        return _document(f"SM{number:032x}", to, sender, body, "sent")

    def all(self) -> bytes:
        """[to, attempt] of every create, and nothing forgotten."""
        return json.dumps([[unquote_plus(to.decode()), at.decode()] for to, at, *_ in self.rows]).encode()


def _attempt(callback: bytes) -> bytes:
    """The attempt's id, which travels in the callback's address."""
    return callback.partition(b"attempt%3D")[2].partition(b"%26")[0]


class Protocol(asyncio.Protocol):
    """One kept connection; requests may come in pieces or several at once."""

    def __init__(self, ledger: Ledger, folder: Path):
        self._ledger = ledger
        self._folder = folder
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answers = []
        while (answer := self._next()) is not None:
            answers.append(answer)
        if answers:
            self._transport.write(b"".join(answers))

    def _next(self) -> bytes | None:
        """The answer to the next whole request; None until there is one."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self._buffer[:end]
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].partition(b"\r\n")[0]) if at >= 0 else 0
        whole = end + 4 + length
        if len(self._buffer) < whole:
            return None
        body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
        method, path, _ = head.split(b"\r\n", 1)[0].split(b" ")
        status, answer = self._answer(method, path, body)
        return _HEAD % (status, len(answer)) + answer

    def _answer(self, method: bytes, path: bytes, body: bytes) -> tuple[int, bytes]:
        if method == b"POST":
            return 201, self._ledger.create(body)
        target = urlsplit(path.decode())
        if target.path == "/ledger":
            return 200, self._ledger.all()
        if target.path.endswith("/Messages.json"):
            return 200, self._ledger.listed(parse_qs(target.query).get("To", [""])[0])
        file = self._folder / target.path.lstrip("/")
        file = file / "index.html" if file.is_dir() else file
        return (200, file.read_bytes()) if file.is_file() else (404, b"{}")


async def serve(folder: Path) -> None:
    """Listen on a free port, say which on stdout, and go on until killed."""
    ledger = Ledger()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Protocol(ledger, folder), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@dataclass
class Sink:
    """The sink's process, from outside."""

    folder: Path

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "benchmarks.sink", str(self.folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ledger(self) -> Counter[tuple[str, str]]:
        """(recipient, attempt) -> how often it came."""
        with urllib.request.urlopen(f"{self.url}/ledger") as answer:
            return Counter((to, attempt) for to, attempt in json.load(answer))


def ceiling(folder: Path, body: bytes, requests: int = 20_000, lines: int = 8, ahead: int = 16) -> float:
    """Creates per second that a sink takes from a client that costs next to nothing: prepared bytes, `ahead`
    of them at a time on each of `lines` connections."""
    head = (
        f"POST /2010-04-01/Accounts/{ACCOUNT}/Messages.json HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    batch = (head.encode() + body) * ahead
    with Sink(folder) as sink:
        socks = [socket.create_connection(("127.0.0.1", sink.port)) for _ in range(lines)]
        rounds = requests // (lines * ahead)
        begun = time.perf_counter()
        for _ in range(rounds):
            for sock in socks:
                sock.sendall(batch)
            for sock in socks:
                _read_answers(sock, ahead)
        rate = rounds * lines * ahead / (time.perf_counter() - begun)
        for sock in socks:
            sock.close()
    return rate


def _read_answers(sock: socket.socket, wanted: int) -> None:
    seen, rest = 0, b""
    while seen < wanted:
        rest += sock.recv(1 << 16)
        while (end := rest.find(b"\r\n\r\n")) >= 0:
            length = int(rest[:end].partition(b"Content-Length: ")[2])
            if len(rest) < end + 4 + length:
                break
            rest = rest[end + 4 + length :]
            seen += 1


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
