"""SMS through Twilio.

Never raises from `send`, `look_up` and `poll`: every code has its meaning in twilio_codes, every exception in
twilio_line. Reasons name codes and classes only, never a number, a text or an address.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from notifications.channels.twilio_codes import SID, STATUSES, later_scope, number
from notifications.channels.twilio_line import (
    FAILURES,
    LOOK_UP_PAGE_SIZE,
    PROVIDER,
    TwilioLine,
    accepted,
    day_before,
    midnight,
    read_on,
)
from notifications.message import (
    Answer,
    CallbackRequest,
    Finding,
    LookUp,
    Message,
    Receipt,
    ReceiptStatus,
    Reply,
)

LONGEST_VALIDITY_SECONDS = 36_000


class TwilioSms:
    """The SMS channel. `sender` is a number, a sender name or a messaging service (MG…).

    `line` is what TwilioLine takes.
    """

    name = "sms"
    can_look_up = True
    in_flight = 512

    def __init__(self, account_sid: str, auth_token: str, sender: str, **line: Any) -> None:
        self._line = TwilioLine(account_sid, auth_token, **line)
        self._messages = self._line.account.messages
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
            return self._line.answer(error, message.now)
        return accepted(created.sid, created.to, message.to, SID)

    def look_up(self, message: Message) -> LookUp:
        """Whether Twilio has this text for this recipient, from the day before `message.now` on (UTC), or from
        the day of its release if that is earlier: a restored record asks about attempts of days ago.

        An earlier attempt of the same delivery counts as found: the person has the text.
        """
        self._begin(message)
        yesterday = day_before(message.now)
        since = yesterday if message.since is None else min(yesterday, midnight(message.since))
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
        self._line.begin()
        try:
            found = self._messages(reference).fetch()
        except FAILURES:
            return None
        if found.sid != reference:
            return None
        return _receipt(reference, "", str(found.status), number(found.error_code))

    def parse_receipt(self, request: CallbackRequest) -> Receipt | None:
        """The receipt in a status callback, whose signature is checked on our own address, never on Host."""
        self._line.verify(request)
        form = request.form
        reference = form.get("MessageSid") or form.get("SmsSid") or ""
        attempt = parse_qs(urlsplit(request.path_and_query).query).get("attempt", [""])[0]
        status = form.get("MessageStatus") or form.get("SmsStatus") or ""
        if not SID.fullmatch(reference):
            return None
        return _receipt(reference, attempt, status, number(form.get("ErrorCode")))

    def parse_reply(self, request: CallbackRequest) -> Reply:
        """The SMS that somebody sent us; NotAllowed when the signature is wrong."""
        self._line.verify(request)
        return Reply(request.form.get("From", ""), request.form.get("Body", ""))

    def close(self) -> None:
        """End the kept connections."""
        self._line.close()

    def _begin(self, message: Message) -> None:
        self._line.begin(message.now, attempt=message.attempt, notice=str(message.notice))

    def _status_callback(self, message: Message) -> dict[str, str]:
        if not self._line.callback_url:
            return {}
        query = urlencode({"attempt": message.attempt, "notice": message.notice}, quote_via=quote)
        return {"status_callback": f"{self._line.callback_url}/callbacks/twilio?{query}"}

    def _listed(self, to: str, since: datetime) -> Iterator[Any]:
        """Messages to this number: those sent since that day, then the newest of all.

        The second list is there because a message that is still queued has no DateSent yet.
        """
        yield from read_on(
            self._messages.page(to=to, date_sent_after=since.date().isoformat(), page_size=LOOK_UP_PAGE_SIZE)
        )
        yield from self._messages.page(to=to, page_size=LOOK_UP_PAGE_SIZE)


def _sender(sender: str) -> dict[str, Any]:
    """Keyword arguments of a create.

    A messaging service would by default replace characters in the text; then neither our count of parts nor
    the look-up by body would hold.
    """
    if sender.startswith("MG"):
        return {"messaging_service_sid": sender, "smart_encoded": False}
    return {"from_": sender}


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
