"""What Twilio's numbers and words mean for a call: every one that the design lists has its class."""

from __future__ import annotations

import re

from twilio.rest.api.v2010.account.call import CallInstance

from notifications.channels.twilio_call_codes import ANSWERERS, CALL_CODES, CALL_STATES, scope_of
from notifications.channels.twilio_codes import refusal
from notifications.message import Answerer, CallState, NotAccepted, Rejected, Scope, Unknown
from tests.docs_tests.pages import text_of

CLASSES = {
    "recipient": Scope.RECIPIENT,
    "content": Scope.CONTENT,
    "account": Scope.ACCOUNT,
    "surely": NotAccepted,
    "unknown": Unknown,
}


def designed() -> dict[int, object]:
    """code -> class, from the table of docs/delivery.md."""
    section = text_of("docs/delivery.md").split("| a call: meaning |", 1)[1].split("\n\n", 1)[0]
    found: dict[int, object] = {}
    for row in section.strip().splitlines()[2:]:
        words, codes = row.strip("| ").split("|")
        kind = CLASSES[words.split()[0].strip(",:")]
        found |= {int(code): kind for code in re.findall(r"\b[0-9]{5}\b", codes)}
    return found


def test_the_table_in_the_code_is_the_table_in_the_documents():
    """No code is missing on either side, and each has the class that the page says."""
    kinds = {c: a.scope if isinstance(a, Rejected) else type(a) for c, a in CALL_CODES.items()}

    assert designed() == kinds


def expected(status: int) -> object:
    if status == 429:
        return NotAccepted("twilio 429", 7.0)
    if status == 408 or status >= 500 or status < 300:
        return Unknown(f"twilio HTTP {status}")
    return Rejected(Scope.ACCOUNT, f"twilio {status}")


def test_every_http_status_has_its_answer():
    """5xx, 408 and what is no refusal prove nothing; 429 is surely not taken; all else is the account's."""
    every = range(100, 600)

    assert [expected(status) for status in every] == [refusal(s, 0, 7.0, CALL_CODES) for s in every]
    assert Unknown("twilio HTTP 503") == refusal(503, 21211, 7.0, CALL_CODES)


def values(kind: type) -> list[str]:
    return [value for name, value in vars(kind).items() if name.isupper()]


def test_every_status_that_the_client_knows_is_in_the_table():
    """A new version of the library cannot bring a status or an event that nobody thought about."""
    events = {"initiated", "ringing", "answered", "completed"}

    assert set() == {*values(CallInstance.Status), *events} - CALL_STATES.keys()
    assert set(CallState) == set(CALL_STATES.values())


def test_every_answer_of_the_detection_is_in_the_table():
    """The seven words of Twilio's documents, and the one of the call itself."""
    machine = {"machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "machine"}

    assert machine | {"human", "fax", "unknown"} == ANSWERERS.keys()
    assert {word for word, who in ANSWERERS.items() if who is Answerer.MACHINE} == machine


def test_a_code_says_whose_fault_a_failed_call_is():
    """In a status callback the same codes have the same owners; others say nothing."""
    assert (Scope.RECIPIENT, None, None) == (scope_of(13224), scope_of(10004), scope_of(0))
