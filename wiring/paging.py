"""What paging needs of the outside: the ways to staff, signed links, and the secret that signs them."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from coordinator.act import StaffPaging
from coordinator.page_links import Token, refused
from incidents.errors import Unavailable
from incidents.numbers import LARGEST
from incidents.terms import DIRECT, Channel
from notifications.message import CallChannel, DirectChannel
from notifications.paging import Pace, StaffChannel
from notifications.staff_channels import ByDirect, ByVoice
from windows.workdays import is_working
from wiring.settings import Settings

SECRET = "paging-secret"  # noqa: S105 - a file's name
SECRET_BYTES = 32
SIGNATURE_BYTES = 16
"""128 bits of HMAC-SHA-256: short enough for an SMS, and nobody guesses it within its twelve hours."""
VOICE = "voice"
CALENDARS = {"CN": "CN"}
"""Country -> the calendar of its working days that windows are counted by; Monday to Friday elsewhere."""
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


class Links:
    """Signs addresses: page, person, purpose and expiry under a secret that only this home has."""

    def __init__(self, home: Path, address: Callable[[], str]):
        self._file = home / SECRET
        self._address = address
        self._kept: bytes = b""

    def link(self, page: int, person: str, purpose: str, expires: datetime) -> str:
        base = self._address()
        if not base:
            return ""
        until = int(expires.timestamp())
        return f"{base}/p/{purpose}{_short(page)}.{_short(until)}.{self._sign(page, person, purpose, until)}"

    def code(self, call: int, person: str, digits: int) -> str:
        digest = hmac.new(self._secret(), f"code|{call}|{person}".encode(), hashlib.sha256).digest()
        return f"{int.from_bytes(digest[:8]) % 10**digits:0{digits}}"

    def is_signed(self, page: int, person: str, purpose: str, expires: datetime, signature: str) -> bool:
        """Whether this link was made here for this person."""
        made = self._sign(page, person, purpose, int(expires.timestamp()))
        return hmac.compare_digest(made.encode(), signature.encode())

    def confirmation(self, token: str) -> str:
        """What the form of this link's own page carries: only who was shown the page can send it."""
        return _text(hmac.new(self._secret(), f"form|{token}".encode(), hashlib.sha256).digest())

    def _sign(self, page: int, person: str, purpose: str, until: int) -> str:
        said = f"link|{page}|{person}|{purpose}|{until}".encode()
        return _text(hmac.new(self._secret(), said, hashlib.sha256).digest())

    def _secret(self) -> bytes:
        if not self._kept:
            self._kept = _secret_of(self._file)
        return self._kept


def read_token(text: str) -> Token:
    """The parts of a link; NotAllowed when it is none."""
    head, _, rest = text.partition(".")
    until, _, signature = rest.partition(".")
    try:
        expires = datetime.fromtimestamp(int(until, 36), UTC)
        page = int(head[1:], 36)
    except (ValueError, OverflowError, OSError):
        raise refused() from None
    if not 1 <= page <= LARGEST:
        raise refused()
    return Token(page, head[:1], expires, signature)


def _secret_of(file: Path) -> bytes:
    """The home's secret, made the first time; nobody but its owner reads it."""
    if not file.exists():
        new = file.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(secrets.token_bytes(SECRET_BYTES))
        # Whole or not at all, and whoever comes first stands.
        with contextlib.suppress(FileExistsError):
            os.link(new, file)
        new.unlink()
    found = file.read_bytes()
    if len(found) != SECRET_BYTES:
        raise Unavailable(
            "{file} is not whole", file=file.name, field="home", next="remove it: a new one is made"
        )
    return found


def _short(number: int) -> str:
    """Base 36."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _ALPHABET[rest] + digits
    return digits or "0"


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest[:SIGNATURE_BYTES]).rstrip(b"=").decode()


def staff_paging(settings: Settings, links: Links) -> StaffPaging:
    """The operator's figures."""
    paging = settings.paging
    pace = Pace(
        repeat=timedelta(minutes=paging.repeat_minutes),
        tries=paging.tries,
        acknowledged=timedelta(minutes=paging.ack_minutes),
        reminder=timedelta(minutes=paging.reminder_minutes),
        zone=settings.operator.zone,
        working=partial(is_working, calendar=CALENDARS.get(settings.operator.country)),
    )
    depends = {channel: tuple(services) for channel, services in paging.depends.items()}
    channels = tuple(name for name in paging.channels if name != VOICE or settings.calls != "none")
    return StaffPaging(pace, channels, depends, links)


def staff_channels(
    channels: Mapping[Channel, DirectChannel], voice: CallChannel | None
) -> dict[str, StaffChannel]:
    """The ways to staff: the channels that notices take, and calls where there are any."""
    ways: dict[str, StaffChannel] = {channel.value: ByDirect(channels[channel]) for channel in DIRECT}
    return ways if voice is None else {**ways, VOICE: ByVoice(voice)}
