"""A mail sink: takes everything the dial lets through and keeps the message as it came.

250 goes out only after the commit; one ledger row per recipient.
"""

import asyncio
import dataclasses
import email
import email.policy
import time
from collections.abc import Callable
from email.message import Message
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.dial import Gate
from sandbox.door import Door
from sandbox.ledger import Ledger, Row
from sandbox.moment import HEADER, moment, sortable

LARGEST_MESSAGE = 1 << 20
_LOST = "451 Requested action aborted: the answer was lost"


class Sink:
    """aiosmtpd's hooks."""

    def __init__(self, ledger: Ledger, gate: Gate, touch: Callable[[], None]) -> None:
        self._ledger = ledger
        self._gate = gate
        self._touch = touch

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse a recipient when the dial says so."""
        self._touch()
        if code := self._gate.refuses(address):
            sender = envelope.mail_from or ""
            await self._ledger.append(
                [
                    Row(
                        channel="email",
                        recipient=address,
                        sender=sender,
                        body="",
                        at=sortable(moment(None)),
                        accepted=False,
                        code=code,
                    )
                ]
            )
            return f"{code} {'4' if code < 500 else '5'}.1.1 <{address}> refused by the sandbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Accept or refuse one message."""
        self._touch()
        faults = self._gate.faults
        await asyncio.sleep(faults["latency_ms"] / 1000)
        raw = envelope.original_content or b""
        try:
            rows = rows_of(raw, envelope.mail_from or "", envelope.rcpt_tos)
        except ValueError as error:
            return f"554 5.6.0 {error}"
        code = faults["status"] or self._over_rate()
        await self._ledger.append(
            [dataclasses.replace(row, accepted=not code, code=code or None) for row in rows]
        )
        if code:
            return f"{code} {str(code)[0]}.3.0 refused by the sandbox"
        if self._gate.loses() and server.transport is not None:
            cast(asyncio.Transport, server.transport).abort()
            return _LOST
        return "250 2.0.0 OK"

    def _over_rate(self) -> int:
        return 451 if self._gate.wait_before(time.monotonic()) else 0


def rows_of(raw: bytes, sender: str, recipients: list[str]) -> list[Row]:
    """One row per recipient, not yet accepted; ValueError on a stamp that is no time."""
    message = email.message_from_bytes(raw)  # the old policy: ten times as fast
    row = Row(
        channel="email",
        recipient="",
        sender=sender,
        body=plain_text(message),
        at=sortable(moment(_header(message, HEADER))),
        accepted=False,
        notice=_header(message, "X-Tongbao-Notice"),
        attempt=_header(message, "X-Tongbao-Attempt"),
        message_id=_header(message, "Message-ID"),
        subject=_header(message, "Subject"),
        raw=raw,
    )
    return [dataclasses.replace(row, recipient=recipient) for recipient in recipients]


def _header(message: Message, name: str) -> str | None:
    """A header as a reader sees it: unfolded and decoded, raw UTF-8 included."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), None)
    if raw is None:
        return None
    text = str(raw).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    unfolded = "".join(text.splitlines()).strip()
    if "=?" not in unfolded:
        return unfolded
    return str(email.policy.default.header_factory("Subject", unfolded)).strip()


def plain_text(message: Message) -> str:
    """The decoded text/plain part that is no attachment; empty when there is none."""
    for part in message.walk():
        if part.get_content_type() == "text/plain" and part.get_content_disposition() != "attachment":
            return _decoded(part)
    return ""


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    try:
        text = raw.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeError):
        text = raw.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


class TrackedSMTP(SMTP):
    """A conversation that reports to its door."""

    def __init__(self, door: Door, sink: Sink) -> None:
        super().__init__(
            sink, data_size_limit=LARGEST_MESSAGE, enable_SMTPUTF8=True, hostname="sandbox.localhost"
        )
        self._door = door
        self._mine: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Enter the door."""
        self._mine = cast(asyncio.Transport, transport)
        self._door.enter(self._mine)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Leave the door."""
        if self._mine is not None:
            self._door.leave(self._mine)
        super().connection_lost(error)
