"""Status callbacks, signed as Twilio signs them, over kept connections.

Only loopback is ever called; the line is bounded, and a callback is retried at most once.
"""

import asyncio
import base64
import hashlib
import hmac
import ipaddress
from typing import NamedTuple
from urllib.parse import SplitResult, urlencode, urlsplit

LONGEST_LINE = 200_000
AT_ONCE = 8
ANSWER_SECONDS = 10.0
EARLY_SECONDS = 5.0


class Callback(NamedTuple):
    """One form for one address."""

    url: str
    form: dict[str, str]


Errand = list[Callback]
"""The callbacks of one message or call, in the order in which they are to arrive."""


def signature(token: str, url: str, form: dict[str, str]) -> str:
    """base64(HMAC-SHA1(token, url + sorted name and value)): Twilio's request signature."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def is_loopback(url: str) -> bool:
    """Whether a callback may be called at all: plain HTTP on this machine."""
    parsed = urlsplit(url)
    if parsed.scheme != "http" or not parsed.hostname:
        return False
    if parsed.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parsed.hostname).is_loopback
    except ValueError:
        return False


def arranged(errand: Errand, receipts: str) -> Errand:
    """The callbacks as the dial wants them."""
    if receipts == "off":
        return []
    if receipts == "reversed":
        return errand[::-1]
    return [callback for callback in errand for _ in range(2 if receipts == "twice" else 1)]


class Courier:
    """Carries callbacks; counts what it did, and what it left out."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._line: asyncio.Queue[Errand] = asyncio.Queue(LONGEST_LINE)
        self._idle: dict[str, list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = {}
        self._workers: list[asyncio.Task[None]] = []
        self.tally = {"carried": 0, "failed": 0, "dropped": 0, "not_loopback": 0}

    def start(self) -> None:
        """Put the workers to work; call it inside the running loop."""
        self._workers = [asyncio.create_task(self._work()) for _ in range(AT_ONCE)]

    async def stop(self) -> None:
        """Leave what is still in line, as a provider that goes away does."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        for kept in self._idle.values():
            for _, writer in kept:
                writer.close()

    @property
    def waiting(self) -> int:
        """Messages whose callbacks are in line."""
        return self._line.qsize()

    async def announce(self, errand: Errand, receipts: str) -> None:
        """Line the callbacks up; with `early`, return only when they have been made."""
        errand = arranged(errand, receipts)
        if not errand:
            return
        if not all(is_loopback(callback.url) for callback in errand):
            self.tally["not_loopback"] += 1
        elif receipts == "early":
            await self._early(errand)
        else:
            self._line_up(errand)

    def _line_up(self, errand: Errand) -> None:
        try:
            self._line.put_nowait(errand)
        except asyncio.QueueFull:
            self.tally["dropped"] += 1

    async def _early(self, errand: Errand) -> None:
        try:
            await asyncio.wait_for(self._run(errand), EARLY_SECONDS)
        except TimeoutError:
            self.tally["failed"] += 1

    async def _work(self) -> None:
        while True:
            await self._run(await self._line.get())

    async def _run(self, errand: Errand) -> None:
        for url, form in errand:
            went = await self._post(url, form) or await self._post(url, form)
            self.tally["carried" if went else "failed"] += 1

    async def _post(self, url: str, form: dict[str, str]) -> bool:
        """One try: True when the other side answered below 500."""
        target = urlsplit(url)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                reader, writer = await self._connection(target)
                try:
                    writer.write(self._encoded(url, target, form))
                    status, keeps = await _answer(reader)
                except BaseException:
                    writer.close()
                    raise
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            return False
        self._put_back(target.netloc, reader, writer, keeps)
        return status < 500

    async def _connection(self, target: SplitResult) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        idle = self._idle.setdefault(target.netloc, [])
        while idle:
            reader, writer = idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        host = "127.0.0.1" if target.hostname == "localhost" else target.hostname
        return await asyncio.open_connection(host, target.port or 80)

    def _put_back(
        self, netloc: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, keeps: bool
    ) -> None:
        if keeps and len(self._idle[netloc]) < AT_ONCE:
            self._idle[netloc].append((reader, writer))
        else:
            writer.close()

    def _encoded(self, url: str, target: SplitResult, form: dict[str, str]) -> bytes:
        body = urlencode(form).encode()
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {target.netloc}\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
            "User-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
            f"X-Twilio-Signature: {signature(self._token, url, form)}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """(status, whether the connection may be used again)."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    headers = dict(line.split(":", 1) for line in head[:-4].split("\r\n")[1:] if ":" in line)
    if status == 204:
        return status, "close" not in headers.get("connection", "")
    length = headers.get("content-length", "").strip()
    if not length.isdigit():
        return status, False
    await reader.readexactly(int(length))
    return status, "close" not in headers.get("connection", "")
