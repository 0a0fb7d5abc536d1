"""One account at Twilio, for every channel that speaks its protocol; the client lives here.

One request and no more per call; every exception has its meaning in EXCEPTIONS; a callback is believed only by its
signature on our own public address. Reasons name codes and classes only, never a number, a text or an address.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from incidents.errors import NotAllowed
from notifications.channels import kept_http
from notifications.channels.kept_http import KeptHttp, Meaning, core_of, meaning_of
from notifications.channels.twilio_codes import CODES, http_date, number, refusal, wait_of
from notifications.message import (
    Accepted,
    Answer,
    CallbackRequest,
    NotAccepted,
    Rejected,
    Scope,
    Unknown,
)

PROVIDER = "twilio"
LOOK_UP_PAGES = 5
LOOK_UP_PAGE_SIZE = 100

EXCEPTIONS: dict[type[Exception], Meaning] = {
    **kept_http.EXCEPTIONS,
    TwilioException: Meaning.UNKNOWN,
    # These two carry a status and a code: `refusal` reads them before this table is asked.
    TwilioRestException: Meaning.UNKNOWN,
    TwilioServiceException: Meaning.UNKNOWN,
}
"""What every exception that can come out of a call means."""

FAILURES: tuple[type[Exception], ...] = tuple(EXCEPTIONS)

_quiet = logging.getLogger("tongbao.twilio")
"""The client logs requests with their parameters, so it gets a logger that nothing is written to."""


class _Wire(HttpClient):  # type: ignore[misc]
    """Twilio's transport slot, filled with our own: another host if configured, one request and no more.

    `answered` holds this thread's last status and headers, because the client's exceptions drop the headers.
    """

    def __init__(self, line: KeptHttp, base_url: str | None) -> None:
        super().__init__(_quiet, False)
        self._line = line
        self._base = base_url.rstrip("/") if base_url else None
        self._local = threading.local()

    def begin(self, stamp: dict[str, str]) -> None:
        """Forget the last answer; `stamp` goes out as headers of this thread's next requests."""
        self._local.stamp, self._local.status, self._local.headers = stamp, 0, {}

    @property
    def status(self) -> int:
        return int(self._local.status)

    def header(self, name: str) -> str | None:
        value = self._local.headers.get(name)
        return None if value is None else str(value)

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request; the timeout is the line's own, whatever is asked."""
        sent = {**(headers or {}), **self._local.stamp}
        pair = (auth[0].encode(), auth[1].encode()) if auth else None
        reply = self._line.ask(method.upper(), self._at(url), params, data, sent, pair)
        self._local.status, self._local.headers = reply.status, reply.headers
        return Response(reply.status, reply.text, reply.headers)

    def _at(self, url: str) -> str:
        if self._base is None:
            return url
        target = urlsplit(url)
        return self._base + target.path + (f"?{target.query}" if target.query else "")


class TwilioLine:
    """The account with its connections. `base_url` None is Twilio itself.

    `callback_url` is our public address, "" for no callbacks. `stamp` lets `begin` add our time and ids as
    headers, for the sandbox only.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        base_url: str | None = None,
        callback_url: str = "",
        connections: int = 64,
        connect_seconds: float = 5.0,
        read_seconds: float = 15.0,
        stamp: bool = False,
    ) -> None:
        self.callback_url = callback_url.rstrip("/")
        self._stamp = stamp
        self._line = KeptHttp(connections, connect_seconds, read_seconds)
        self._wire = _Wire(self._line, base_url)
        # Without an environment of its own the client takes region, edge and credentials from the process's.
        client = Client(account_sid, auth_token, http_client=self._wire, environment={"TWILIO_REGION": ""})
        self.account = client.api.v2010.accounts(account_sid)
        self._validator = RequestValidator(auth_token) if auth_token else None

    def begin(self, now: datetime | None = None, **ids: str) -> None:
        """Forget the last answer; on the sandbox `now` and the ids go out as headers."""
        stamp = {f"X-Tongbao-{name.title()}": value for name, value in ids.items()}
        if now is not None:
            stamp["X-Tongbao-Now"] = now.isoformat()
        self._wire.begin(stamp if self._stamp else {})

    def answer(self, error: Exception, now: datetime, codes: Mapping[int, Answer] = CODES) -> Answer:
        """What a failed create means, by `codes` or by the table of exceptions."""
        if isinstance(error, TwilioRestException | TwilioServiceException):
            sent_at = http_date(self._wire.header("Date")) or now
            wait = wait_of(self._wire.header("Retry-After"), sent_at)
            return refusal(self._wire.status, number(error.code), wait, codes)
        core = core_of(error, EXCEPTIONS)
        reason = f"twilio {type(core).__name__}"
        match meaning_of(core, EXCEPTIONS):
            case Meaning.NOT_SENT:
                return NotAccepted(reason)
            case Meaning.MISBUILT:
                return Rejected(Scope.ACCOUNT, reason)
            case Meaning.UNFIT:
                return Rejected(Scope.CONTENT, reason)
            case _:
                return Unknown(reason)

    def verify(self, request: CallbackRequest) -> None:
        """NotAllowed unless Twilio signed this request for our own address; Host is never looked at (S7)."""
        if not self._is_signed(request):
            raise NotAllowed(
                "the signature of the callback is wrong",
                next="check that the public address and the auth token are those that Twilio uses",
            )

    def _is_signed(self, request: CallbackRequest) -> bool:
        if self._validator is None or not self.callback_url:
            return False
        url = self.callback_url + request.path_and_query
        try:
            return bool(
                self._validator.validate(url, request.form, request.headers.get("x-twilio-signature", ""))
            )
        except (ValueError, TypeError, AttributeError, LookupError):
            return False

    def close(self) -> None:
        """End the kept connections."""
        self._line.close()


def read_on(page: Any) -> Iterator[Any]:
    """What stands on this page of a list and on those after it.

    Too many to read is a TwilioException: what was not read is not absent.
    """
    for _ in range(LOOK_UP_PAGES):
        yield from page
        page = page.next_page()
        if page is None:
            return
    raise TwilioException("more to one number than a look-up reads")


def day_before(now: datetime) -> datetime:
    """Midnight (UTC) at the start of the day before: from when on a look-up lists."""
    return midnight(now - timedelta(days=1))


def midnight(at: datetime) -> datetime:
    """Midnight (UTC) at the start of this day."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def accepted(sid: object, to: object, asked: str, well_formed: re.Pattern[str]) -> Answer:
    """Accepted, unless the answer has no well-formed id or is about somebody else."""
    if not isinstance(sid, str) or not well_formed.fullmatch(sid):
        return Unknown("twilio answered without an id")
    if to is not None and to != asked:
        return Unknown("twilio answered about somebody else")
    return Accepted(sid)
