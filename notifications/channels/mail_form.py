"""What a mail looks like on the wire: headers that nobody can smuggle into, and a body built once per text.

Pure. One notice in one language is encoded once and kept (`_letter`); per recipient only the envelope headers
are put in front. Everything is 7-bit with short lines: any server carries it unchanged (RFC 5322 §2.1.1).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from notifications.message import Message, Rejected, Scope, Text

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|=\?")
"""What no header may hold: control characters, line separators, lone surrogates, encoded words (S10)."""

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
_TOKEN = re.compile(r"[A-Za-z0-9-]{1,64}")
_POLICY = SMTP.clone(cte_type="7bit")
_WORD_BYTES = 45
_KEPT_LETTERS = 64


@dataclass(frozen=True)
class Sender:
    """Who writes: one address, and a display name by language ("" or missing: the address alone)."""

    address: str
    names: Mapping[str, str]

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Mail:
    """A mail ready for DATA: lines end in CRLF, leading dots are doubled, the final dot is in it."""

    recipient: str
    message_id: str
    data: bytes


def compose(message: Message, sender: Sender, stamp: bool) -> Mail | Rejected:
    """The mail of one message, or why it cannot be one: only a bad address concerns the person."""
    to = message.to
    name = sender.names.get(message.language, "")
    if len(to) > 254 or not is_fit(to) or not _ADDRESS.fullmatch(to):
        return Rejected(Scope.RECIPIENT, "mail address is malformed")
    if not is_fit(message.text.subject):
        return Rejected(Scope.CONTENT, "subject has a control character or an encoded word")
    if not (is_fit(message.attempt) and message.attempt.isascii()):
        return Rejected(Scope.CONTENT, "attempt id is malformed")
    if not (is_fit(name) and is_fit(sender.address) and _ADDRESS.fullmatch(sender.address)):
        return Rejected(Scope.ACCOUNT, "sender of mails is malformed")
    try:
        letter = _letter(message.text, message.notice, message.thread, name, sender.address)
    except UnicodeEncodeError:
        return Rejected(Scope.CONTENT, "text is not valid Unicode")
    message_id = message_id_of(message.notice, to, sender.domain)
    return Mail(to, message_id, _envelope(message, message_id, stamp) + letter)


def is_fit(text: str) -> bool:
    """Whether a text may become a header."""
    return _UNSAFE.search(text) is None


def message_id_of(notice: int, to: str, domain: str) -> str:
    """The Message-ID of a (notice, recipient), the same for every attempt: a mail program shows it once."""
    digest = hashlib.sha256(f"{notice}\n{to}".encode()).hexdigest()
    return f"<n{notice}.r{digest[:24]}@{domain}>"


def thread_id_of(thread: str, domain: str) -> str:
    """The root that all mails about one incident refer to."""
    token = thread if _TOKEN.fullmatch(thread) else hashlib.sha256(thread.encode()).hexdigest()[:24]
    return f"<incident.{token}@{domain}>"


def header_words(text: str) -> str:
    """A header's value: as it is when short and plain ASCII, else base64 encoded words (RFC 2047), folded."""
    if text.isascii() and len(text) <= 60:
        return text
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(chunk).decode()}?=" for chunk in _chunks(text))


def _chunks(text: str) -> list[bytes]:
    """UTF-8 in pieces of at most 45 bytes that never split a character."""
    chunks = [b""]
    for character in text:
        encoded = character.encode()
        if len(chunks[-1]) + len(encoded) > _WORD_BYTES:
            chunks.append(b"")
        chunks[-1] += encoded
    return chunks


def _envelope(message: Message, message_id: str, stamp: bool) -> bytes:
    """The headers that differ from recipient to recipient, and from attempt to attempt."""
    now = f"X-Tongbao-Now: {message.now.isoformat()}\r\n" if stamp else ""
    return (
        f"To: <{message.to}>\r\n"
        f"Message-ID: {message_id}\r\n"
        f"Date: {format_datetime(message.now)}\r\n"
        f"X-Tongbao-Attempt: {message.attempt}\r\n{now}"
    ).encode("ascii")


@lru_cache(maxsize=_KEPT_LETTERS)
def _letter(text: Text, notice: int, thread: str, name: str, address: str) -> bytes:
    """All that is the same for every recipient of one text, from the From header to the final dot."""
    domain = address.rpartition("@")[2]
    headers = (
        f"From: {_phrase(name)}<{address}>\r\n"
        f"Subject: {header_words(text.subject)}\r\n"
        f"References: {thread_id_of(thread, domain)}\r\n"
        "Auto-Submitted: auto-generated\r\n"
        f"X-Tongbao-Notice: {notice}\r\n"
    ).encode()
    return headers + re.sub(rb"(?m)^\.", b"..", _content(text)) + b".\r\n"


def _phrase(name: str) -> str:
    """A display name with its space; quoted when plain, as a comma would end it (RFC 5322 §3.2.5)."""
    if not name:
        return ""
    if name.isascii() and len(name) <= 60:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" '
    return header_words(name) + " "


def _content(text: Text) -> bytes:
    """MIME headers, a blank line and the body; text/plain, or multipart/alternative when there is HTML."""
    content = EmailMessage(_POLICY)
    content.set_content(text.body, charset="utf-8", cte=_encoding(text.body))
    if text.html:
        content.add_alternative(text.html, subtype="html", charset="utf-8", cte=_encoding(text.html))
        # Derived, not drawn: one text gives one mail. "=_" occurs in neither of the two encodings.
        content.set_boundary("=_" + hashlib.sha256((text.body + text.html).encode()).hexdigest()[:32])
    encoded = content.as_bytes(policy=_POLICY)
    return encoded if encoded.endswith(b"\r\n") else encoded + b"\r\n"


def _encoding(text: str) -> str:
    """The shorter encoding: a byte beyond ASCII costs three in the one, any byte 4/3 in the other."""
    encoded = text.encode()
    beyond = sum(byte > 127 for byte in encoded)
    return "quoted-printable" if 6 * beyond <= len(encoded) else "base64"
