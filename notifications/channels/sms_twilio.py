"""SMS through Twilio; the only home of the twilio library.

Never raises from `send`, `look_up` and `poll`: every code has its meaning in twilio_codes, every exception in
EXCEPTIONS. Reasons name codes and classes only, never a number, a text or an address.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from incidents.errors import NotAllowed
from notifications.channels import kept_http
from notifications.channels.kept_http import KeptHttp, Meaning, core_of, meaning_of
from notifications.channels.twilio_codes import (
    SID,
    STATUSES,
    http_date,
    later_scope,
    number,
    refusal,
    wait_of,
)
from notifications.message import (
    Accepted,
    Answer,
    CallbackRequest,
    Finding,
    LookUp,
    Message,
    NotAccepted,
    Receipt,
    ReceiptStatus,
    Rejected,
    Reply,
    Scope,
    Unknown,
)

PROVIDER = "twilio"
LONGEST_VALIDITY_SECONDS = 36_000
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


class TwilioSms:
    """The SMS channel. `sender` is a number, a sender name or a messaging service (MG…).

    `base_url` None is Twilio itself. `callback_url` is our public address, "" for no receipts. `stamp` adds
    our time and ids as headers, for the sandbox only.
    """

    name = "sms"
    can_look_up = True
    in_flight = 512

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        *,
        base_url: str | None = None,
        callback_url: str = "",
        connections: int = 64,
        connect_seconds: float = 5.0,
        read_seconds: float = 15.0,
        stamp: bool = False,
    ) -> None:
        self._callback_url = callback_url.rstrip("/")
        self._stamp = stamp
        self._line = KeptHttp(connections, connect_seconds, read_seconds)
        self._wire = _Wire(self._line, base_url)
        # Without an environment of its own the client takes region, edge and credentials from the process's.
        client = Client(account_sid, auth_token, http_client=self._wire, environment={"TWILIO_REGION": ""})
        self._messages = client.api.v2010.accounts(account_sid).messages
        self._validator = RequestValidator(auth_token) if auth_token else None
        self._from = _sender(sender)

    def send(self, message: Message) -> Answer:
        """One create, never repeated. Accepted only with a well-formed sid for this very recipient."""
        self._begin(message)
        try:
            created = self._messages.create(
                to=message.to,
                body=message.text.body,
                validity_period=min(max(int(message.valid_seconds), 1), LONGEST_VALIDITY_SECONDS),
                **self._from,
                **self._status_callback(message),
            )
        except FAILURES as error:
            return self._answer(error, message.now)
        return _accepted(created.sid, created.to, message.to)

    def look_up(self, message: Message) -> LookUp:
        """Whether Twilio has this text for this recipient, from the day before `message.now` on (UTC).

        An earlier attempt of the same delivery counts as found: the person has the text.
        """
        self._begin(message)
        yesterday = message.now.astimezone(UTC) - timedelta(days=1)
        since = yesterday.replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            for found in self._listed(message.to, since):
                if _is_same(found, message, since):
                    return LookUp(Finding.FOUND, str(found.sid), str(found.status or ""))
        except FAILURES:
            return LookUp(Finding.UNAVAILABLE)
        return LookUp(Finding.ABSENT)

    def poll(self, reference: str) -> Receipt | None:
        """The message's status as a receipt without an attempt; None while on its way or not to be asked."""
        if not SID.fullmatch(reference):
            return None
        self._wire.begin({})
        try:
            found = self._messages(reference).fetch()
        except FAILURES:
            return None
        if found.sid != reference:
            return None
        return _receipt(reference, "", str(found.status), number(found.error_code))

    def parse_receipt(self, request: CallbackRequest) -> Receipt | None:
        """The receipt in a status callback, whose signature is checked on our own address, never on Host."""
        if not self._is_signed(request):
            raise NotAllowed(
                "the signature of the callback is wrong",
                next="check that the public address and the auth token are those that Twilio uses",
            )
        form = request.form
        reference = form.get("MessageSid") or form.get("SmsSid") or ""
        attempt = parse_qs(urlsplit(request.path_and_query).query).get("attempt", [""])[0]
        status = form.get("MessageStatus") or form.get("SmsStatus") or ""
        if not SID.fullmatch(reference):
            return None
        return _receipt(reference, attempt, status, number(form.get("ErrorCode")))

    def parse_reply(self, request: CallbackRequest) -> Reply:
        """The SMS that somebody sent us; NotAllowed when the signature is wrong."""
        if not self._is_signed(request):
            raise NotAllowed(
                "the signature of the callback is wrong",
                next="check that the public address and the auth token are those that Twilio uses",
            )
        return Reply(request.form.get("From", ""), request.form.get("Body", ""))

    def close(self) -> None:
        """End the kept connections."""
        self._line.close()

    def _begin(self, message: Message) -> None:
        ids = {"X-Tongbao-Attempt": message.attempt, "X-Tongbao-Notice": str(message.notice)}
        self._wire.begin({"X-Tongbao-Now": message.now.isoformat(), **ids} if self._stamp else {})

    def _status_callback(self, message: Message) -> dict[str, str]:
        if not self._callback_url:
            return {}
        query = urlencode({"attempt": message.attempt, "notice": message.notice}, quote_via=quote)
        return {"status_callback": f"{self._callback_url}/callbacks/twilio?{query}"}

    def _answer(self, error: Exception, now: datetime) -> Answer:
        if isinstance(error, TwilioRestException | TwilioServiceException):
            sent_at = http_date(self._wire.header("Date")) or now
            wait = wait_of(self._wire.header("Retry-After"), sent_at)
            return refusal(self._wire.status, number(error.code), wait)
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

    def _listed(self, to: str, since: datetime) -> Iterator[Any]:
        """Messages to this number: those sent since that day, then the newest of all.

        The second list is there because a message that is still queued has no DateSent yet. Too many to read
        is a TwilioException: what was not read is not absent.
        """
        page = self._messages.page(
            to=to, date_sent_after=since.date().isoformat(), page_size=LOOK_UP_PAGE_SIZE
        )
        for _ in range(LOOK_UP_PAGES):
            yield from page
            page = page.next_page()
            if page is None:
                break
        else:
            raise TwilioException("more messages to one number than a look-up reads")
        yield from self._messages.page(to=to, page_size=LOOK_UP_PAGE_SIZE)

    def _is_signed(self, request: CallbackRequest) -> bool:
        if self._validator is None or not self._callback_url:
            return False
        url = self._callback_url + request.path_and_query
        try:
            return bool(
                self._validator.validate(url, request.form, request.headers.get("x-twilio-signature", ""))
            )
        except (ValueError, TypeError, AttributeError, LookupError):
            return False


def _sender(sender: str) -> dict[str, Any]:
    """Keyword arguments of a create.

    A messaging service would by default replace characters in the text; then neither our count of parts nor
    the look-up by body would hold.
    """
    if sender.startswith("MG"):
        return {"messaging_service_sid": sender, "smart_encoded": False}
    return {"from_": sender}


def _accepted(sid: object, to: object, asked: str) -> Answer:
    """Accepted, unless the answer has no well-formed sid or is about somebody else."""
    if not isinstance(sid, str) or not SID.fullmatch(sid):
        return Unknown("twilio answered without a message id")
    if to is not None and to != asked:
        return Unknown("twilio answered about another message")
    return Accepted(sid)


def _is_same(found: Any, message: Message, since: datetime) -> bool:
    if found.to != message.to or found.body != message.text.body or not SID.fullmatch(str(found.sid)):
        return False
    return found.date_created is None or bool(found.date_created >= since)


def _receipt(reference: str, attempt: str, status: str, code: int) -> Receipt | None:
    known = STATUSES.get(status)
    if known is None:
        return None
    if known is not ReceiptStatus.UNDELIVERED:
        return Receipt(PROVIDER, reference, attempt, known)
    reason = f"twilio {code}" if code else f"twilio {status}"
    return Receipt(PROVIDER, reference, attempt, known, reason, later_scope(code))
