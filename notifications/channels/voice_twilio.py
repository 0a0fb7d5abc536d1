"""Voice calls to staff through Twilio: the text is spoken, a key acknowledges it.

Never raises from `page` and `look_up`: every code has its meaning in twilio_call_codes, every exception in
twilio_line. Whoever presses no key has acknowledged nothing, whatever the provider says of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from incidents.errors import NotAllowed
from notifications.channels.twilio_call_codes import (
    ANSWERERS,
    CALL_CODES,
    CALL_SID,
    CALL_STATES,
    scope_of,
)
from notifications.channels.twilio_codes import number
from notifications.channels.twilio_line import (
    FAILURES,
    LOOK_UP_PAGE_SIZE,
    PROVIDER,
    TwilioLine,
    accepted,
    day_before,
    read_on,
)
from notifications.channels.twiml import MOST_TWIML, SAID_TIMES, SPOKEN, Speaker, speakable
from notifications.message import (
    Answer,
    Answered,
    CallbackRequest,
    CallReport,
    CallState,
    Pressed,
    Rejected,
    Scope,
    StaffPage,
)

Words = Callable[[str, str, str], str]
"""(kind, language, text) -> what is said; the templates are in templates/calls."""
RINGS_SECONDS = 30
EVENTS = ["initiated", "ringing", "answered", "completed"]
MOST_TURNS = 5
"""So often is one call asked for its key; a phone that presses by itself must not talk for ever."""
EARLY, LATE = timedelta(minutes=1), timedelta(minutes=5)
"""A call of an attempt was made so shortly before or after its instant: clocks differ, queues wait."""
MOST_CANDIDATES = 10
PATH = "/callbacks/twilio/voice"


class TwilioVoice:
    """The voice channel. `sender` is a number of ours; `voices` names a voice by language, if not the usual one.

    `line` is what TwilioLine takes. Without a `callback_url` no key can come back: the text is only said.
    """

    name = "voice"

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        words: Words,
        *,
        voices: Mapping[str, str] | None = None,
        rings_seconds: int = RINGS_SECONDS,
        **line: Any,
    ) -> None:
        self._line = TwilioLine(account_sid, auth_token, **line)
        self._calls = self._line.account.calls
        self._from = sender
        self._words = words
        self._speaker = Speaker(voices or {})
        self._rings_seconds = rings_seconds

    def page(self, message: StaffPage) -> Answer:
        """One create, never repeated. Accepted only with a well-formed id for this very number."""
        twiml = self._opening(message)
        if len(twiml) > MOST_TWIML:
            return Rejected(Scope.CONTENT, "the instructions are longer than a call may carry")
        self._begin(message)
        try:
            created = self._calls.create(
                to=message.to,
                from_=self._from,
                twiml=twiml,
                timeout=self._rings_seconds,
                **self._callbacks(message),
            )
        except FAILURES as error:
            return self._line.answer(error, message.at, CALL_CODES)
        return accepted(created.sid, created.to, message.to, CALL_SID)

    def look_up(self, message: StaffPage) -> bool | None:
        """Whether Twilio has a call that asked us by this attempt's address.

        A call does not show where it reports to; its events do, but only once it is over (Twilio: 15 minutes
        after its end). So a call of that time without events is None, and not "absent".
        """
        self._begin(message)
        try:
            calls = list(self._candidates(message))
            if len(calls) > MOST_CANDIDATES:
                return None
            attempts = [self._attempt_of(str(call.sid)) for call in calls]
        except FAILURES:
            return None
        if message.attempt in attempts:
            return True
        return None if None in attempts else False

    def parse_callback(self, request: CallbackRequest) -> Pressed:
        """The key in a callback; NotAllowed unless Twilio signed it for an address that we gave out (S7)."""
        self._line.verify(request)
        path, asked = _parts(request)
        pressed = Pressed(
            page=unquote(path.removeprefix(f"{PATH}/")),
            attempt=asked.get("attempt", ""),
            person=asked.get("person", ""),
            language=asked.get("language", ""),
            reference=request.form.get("CallSid", ""),
            turn=number(asked.get("turn")),
            digit=request.form.get("Digits", ""),
        )
        known = CALL_SID.fullmatch(pressed.reference) and pressed.language in SPOKEN and pressed.turn
        if not (known and pressed.attempt and pressed.person):
            raise NotAllowed("the callback is about no call of ours", field="signature")
        return pressed

    def parse_status(self, request: CallbackRequest) -> CallReport | None:
        """What a status callback says, None when that is nothing; NotAllowed when the signature is wrong."""
        self._line.verify(request)
        path, asked = _parts(request)
        reference, detected = request.form.get("CallSid", ""), request.form.get("AnsweredBy", "")
        # The word about an answering machine comes by itself, without a status: somebody has picked up.
        state = CALL_STATES.get(request.form.get("CallStatus", "answered" if detected else ""))
        if state is None or not CALL_SID.fullmatch(reference):
            return None
        reason, scope = _why(state, number(request.form.get("ErrorCode")))
        return CallReport(
            provider=PROVIDER,
            reference=reference,
            page=unquote(path.removeprefix(f"{PATH}/").removesuffix("/status")),
            attempt=asked.get("attempt", ""),
            state=state,
            answered_by=ANSWERERS.get(detected),
            reason=reason,
            scope=scope,
        )

    def reply(self, pressed: Pressed, answered: Answered, text: str) -> str:
        """The TwiML that answers a key: thanks and goodbye, or the text once more while there are turns left."""
        words = self._words(answered, pressed.language, speakable(text))
        if answered is Answered.THANKS or pressed.turn >= MOST_TURNS:
            return self._speaker.says(pressed.language, words)
        action = self._action(
            pressed.page, pressed.attempt, pressed.person, pressed.language, pressed.turn + 1
        )
        silence = self._words("silence", pressed.language, "")
        return self._speaker.asks(pressed.language, words, action, silence)

    def close(self) -> None:
        """End the kept connections."""
        self._line.close()

    def _begin(self, message: StaffPage) -> None:
        self._line.begin(message.at, attempt=message.attempt, page=message.page)

    def _opening(self, message: StaffPage) -> str:
        text, language = speakable(message.text), message.language
        if not self._line.callback_url:
            return self._speaker.says(language, self._words("told", language, text), SAID_TIMES)
        action = self._action(message.page, message.attempt, message.person, language, 1)
        silence = self._words("silence", language, "")
        return self._speaker.asks(language, self._words("ask", language, text), action, silence)

    def _action(self, page: str, attempt: str, person: str, language: str, turn: int) -> str:
        asked = {"attempt": attempt, "person": person, "language": language, "turn": turn}
        return f"{self._address(page)}?{urlencode(asked, quote_via=quote)}"

    def _address(self, page: str) -> str:
        return f"{self._line.callback_url}{PATH}/{quote(page, safe='')}"

    def _callbacks(self, message: StaffPage) -> dict[str, Any]:
        """Where Twilio reports to. Detection runs beside the call: nobody waits in silence for it."""
        if not self._line.callback_url:
            return {}
        query = urlencode({"attempt": message.attempt}, quote_via=quote)
        url = f"{self._address(message.page)}/status?{query}"
        return {
            "status_callback": url,
            "status_callback_event": EVENTS,
            "machine_detection": "Enable",
            "async_amd": "true",
            "async_amd_status_callback": url,
        }

    def _candidates(self, message: StaffPage) -> Iterator[Any]:
        """Calls to this number around this attempt's instant: those started since that day, then the newest.

        The second list is there because a call that still waits has no StartTime yet.
        """
        seen: set[str] = set()
        for call in self._listed(message):
            made = call.date_created
            near = made is None or message.at - EARLY <= made <= message.at + LATE
            if call.to == message.to and near and CALL_SID.fullmatch(str(call.sid)) and call.sid not in seen:
                seen.add(call.sid)
                yield call

    def _listed(self, message: StaffPage) -> Iterator[Any]:
        since = day_before(message.at)
        yield from read_on(
            self._calls.page(to=message.to, start_time_after=since, page_size=LOOK_UP_PAGE_SIZE)
        )
        yield from self._calls.page(to=message.to, page_size=LOOK_UP_PAGE_SIZE)

    def _attempt_of(self, reference: str) -> str | None:
        """The attempt by whose address Twilio has asked us in this call; None while no event says it."""
        for event in read_on(self._calls(reference).events.page(page_size=LOOK_UP_PAGE_SIZE)):
            url = urlsplit(str((event.request or {}).get("url", "")))
            attempt = parse_qs(url.query).get("attempt")
            if attempt and url.path.startswith(PATH):
                return attempt[0]
        return None


def _parts(request: CallbackRequest) -> tuple[str, dict[str, str]]:
    """The path, and the query's fields; a field that comes twice is left out."""
    target = urlsplit(request.path_and_query)
    asked = parse_qs(target.query)
    return target.path, {name: values[0] for name, values in asked.items() if len(values) == 1}


def _why(state: CallState, code: int) -> tuple[str, Scope | None]:
    """The reason of a call that came to nothing, and whose fault it was."""
    if state is not CallState.FAILED:
        return "", None
    return (f"twilio {code}" if code else "twilio failed"), scope_of(code)
