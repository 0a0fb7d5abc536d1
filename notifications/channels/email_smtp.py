"""Mail over SMTP; the only home of smtplib.

Never raises from `send`: a reply has its meaning in smtp_replies, an exception in EXCEPTIONS. The final dot
is the line between "surely not processed" and "unknown" (RFC 5321 §4.2.5); one recipient per transaction.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections import deque
from collections.abc import Mapping
from enum import Enum, auto

from notifications.channels.mail_form import Mail, Sender, compose
from notifications.channels.smtp_replies import EXPECTED, Stage, answer_to
from notifications.message import (
    Accepted,
    Answer,
    CallbackRequest,
    Finding,
    LookUp,
    Message,
    NotAccepted,
    Receipt,
    Rejected,
    Scope,
    Unknown,
)

SERVICE_NOT_AVAILABLE = 421


class Meaning(Enum):
    """What an exception before the final dot says; after it, each of them is Unknown."""

    AGAIN = auto()
    """Surely not processed: the line or the server failed."""
    REPLY = auto()
    """It carries the server's reply, which says it."""
    SET_UP = auto()
    """The server cannot do what we are configured to ask."""
    UNFIT = auto()
    """This mail, or before MAIL our set-up, cannot be said in SMTP."""


EXCEPTIONS: dict[type[Exception], Meaning] = {
    smtplib.SMTPServerDisconnected: Meaning.AGAIN,
    smtplib.SMTPResponseException: Meaning.REPLY,
    smtplib.SMTPSenderRefused: Meaning.REPLY,
    smtplib.SMTPDataError: Meaning.REPLY,
    smtplib.SMTPConnectError: Meaning.REPLY,
    smtplib.SMTPHeloError: Meaning.REPLY,
    smtplib.SMTPAuthenticationError: Meaning.REPLY,
    # Carries a reply per recipient; only `sendmail` raises it, which is not used here.
    smtplib.SMTPRecipientsRefused: Meaning.AGAIN,
    smtplib.SMTPNotSupportedError: Meaning.SET_UP,
    # "No suitable authentication method found."
    smtplib.SMTPException: Meaning.SET_UP,
    ssl.SSLError: Meaning.AGAIN,
    socket.gaierror: Meaning.AGAIN,
    ConnectionError: Meaning.AGAIN,
    TimeoutError: Meaning.AGAIN,
    OSError: Meaning.AGAIN,
    # A host name, user or address that cannot be encoded.
    UnicodeError: Meaning.UNFIT,
    ValueError: Meaning.UNFIT,
}
"""What every exception of a conversation means."""

FAILURES: tuple[type[Exception], ...] = tuple(EXCEPTIONS)

_TRANSACTION = (Stage.MAIL, Stage.RCPT, Stage.DATA)


class _Line:
    """One kept connection, and how far the conversation on it has come."""

    def __init__(self) -> None:
        self.smtp: smtplib.SMTP | None = None
        self.stage = Stage.CONNECT
        self.used = False

    def say(self, stage: Stage, command: str) -> tuple[int, bytes]:
        """One command and its reply; SMTPResponseException unless the reply lets us go on."""
        self.stage = stage
        return self._expect(self._open.docmd(command))

    def hand_over(self, data: bytes, seconds: float) -> None:
        """All of the mail with its final dot, in one write: if the write fails, the dot is not out."""
        self._open.send(data)
        self.stage = Stage.DOT
        self.wait(seconds)
        self._expect(self._open.getreply())

    def wait(self, seconds: float) -> None:
        """How long each reply may take from now on."""
        if isinstance(self._open.sock, socket.socket):
            self._open.sock.settimeout(seconds)

    def drop(self) -> None:
        """End it without a word."""
        if self.smtp is not None:
            self.smtp.close()

    def quit(self) -> None:
        """End it politely."""
        with contextlib.suppress(*FAILURES):
            self._open.quit()
        self.drop()

    @property
    def _open(self) -> smtplib.SMTP:
        if self.smtp is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self.smtp

    def _expect(self, reply: tuple[int, bytes]) -> tuple[int, bytes]:
        if reply[0] not in EXPECTED[self.stage]:
            raise smtplib.SMTPResponseException(*reply)
        return reply


class SmtpEmail:
    """The mail channel. `names` is the sender's display name by language.

    Seconds: to connect, for each reply, for the answer to the final dot (RFC 5321 §4.5.3.2.6: 10 minutes).
    `stamp` adds our time as a header, for the sandbox only. At most `connections` idle connections are kept.
    """

    name = "email"
    can_look_up = False
    in_flight = 8

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        names: Mapping[str, str],
        *,
        user: str = "",
        password: str = "",
        starttls: bool = False,
        connections: int = 8,
        connect_seconds: float = 10.0,
        reply_seconds: float = 60.0,
        final_seconds: float = 600.0,
        stamp: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._address = (host, port)
        self._sender = Sender(sender, dict(names))
        self._login = (user, password)
        self._tls = (tls or ssl.create_default_context()) if starttls else None
        self._connect_seconds = connect_seconds
        self._reply_seconds = reply_seconds
        self._final_seconds = final_seconds
        self._stamp = stamp
        self._connections = connections
        self._idle: deque[_Line] = deque()

    def send(self, message: Message) -> Answer:
        """One transaction for one recipient. A kept connection found dead before MAIL is replaced once."""
        mail = compose(message, self._sender, self._stamp)
        if isinstance(mail, Rejected):
            return mail
        kept = self._kept()
        answer = self._deliver(kept, mail) if kept else None
        return answer or self._deliver(_Line(), mail) or NotAccepted("smtp connection lost")

    def look_up(self, message: Message) -> LookUp:
        """Nobody can ask a mail server what it took."""
        return LookUp(Finding.UNAVAILABLE)

    def poll(self, reference: str) -> Receipt | None:
        """There is nothing to ask."""
        return None

    def parse_receipt(self, request: CallbackRequest) -> Receipt | None:
        """Mail has no callbacks."""
        return None

    def close(self) -> None:
        """Say goodbye on every idle connection."""
        while kept := self._kept():
            kept.quit()

    def _kept(self) -> _Line | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _deliver(self, line: _Line, mail: Mail) -> Answer | None:
        """The answer on this line; None when the line was kept and turned out dead before the transaction."""
        try:
            if not line.used:
                self._open(line)
            line.say(Stage.MAIL, f"MAIL FROM:<{self._sender.address}>")
            line.say(Stage.RCPT, f"RCPT TO:<{mail.recipient}>")
            line.say(Stage.DATA, "DATA")
            line.hand_over(mail.data, self._final_seconds)
        except FAILURES as error:
            return self._failed(line, error)
        self._keep(line)
        return Accepted(mail.message_id)

    def _open(self, line: _Line) -> None:
        host, port = self._address
        # Our own name is the sender's domain: the default asks DNS, which may hang.
        line.smtp = smtplib.SMTP(
            host, port, local_hostname=self._sender.domain, timeout=self._connect_seconds
        )
        line.wait(self._reply_seconds)
        line.stage = Stage.EHLO
        line.smtp.ehlo_or_helo_if_needed()
        if self._tls is not None:
            line.stage = Stage.STARTTLS
            line.smtp.starttls(context=self._tls)
            line.stage = Stage.EHLO
            line.smtp.ehlo_or_helo_if_needed()
        if self._login[0]:
            line.stage = Stage.LOGIN
            line.smtp.login(*self._login)

    def _failed(self, line: _Line, error: Exception) -> Answer | None:
        reply = reply_in(error)
        gone = reply is None or reply[0] == SERVICE_NOT_AVAILABLE
        if line.used and line.stage is Stage.MAIL and gone:
            line.drop()
            return None
        answer = answer_of(line.stage, error)
        if gone:
            line.drop()
        else:
            self._put_back(line)
        return answer

    def _put_back(self, line: _Line) -> None:
        """Clear a refused transaction, so that the next one begins afresh; a line that cannot is dropped."""
        if line.stage in (Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.LOGIN):
            line.quit()
            return
        try:
            line.say(Stage.EHLO, "RSET")
        except FAILURES:
            line.drop()
        else:
            self._keep(line)

    def _keep(self, line: _Line) -> None:
        line.used = True
        if len(self._idle) >= self._connections:
            line.quit()
            return
        line.wait(self._reply_seconds)
        self._idle.append(line)


def answer_of(stage: Stage, error: Exception) -> Answer:
    """What a failed conversation means, by how far it came."""
    if reply := reply_in(error):
        return answer_to(stage, *reply)
    reason = f"smtp {stage} {type(error).__name__}"
    if stage is Stage.DOT:
        return Unknown(reason)
    match next(EXCEPTIONS[kind] for kind in type(error).__mro__ if kind in EXCEPTIONS):
        case Meaning.SET_UP:
            return Rejected(Scope.ACCOUNT, reason)
        case Meaning.UNFIT:
            return Rejected(Scope.CONTENT if stage in _TRANSACTION else Scope.ACCOUNT, reason)
        case _:
            return NotAccepted(reason)


def reply_in(error: Exception) -> tuple[int, bytes] | None:
    """The server's reply in an exception; None when there is none.

    smtplib makes up a 500 for a reply that is too long, with its own words: a str, where a reply is bytes.
    """
    if isinstance(error, smtplib.SMTPResponseException) and isinstance(error.smtp_error, bytes):
        return int(error.smtp_code), error.smtp_error
    return None
