"""The SMS channel sends: one create, one answer, whatever the provider does."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from notifications.message import (
    Accepted,
    Finding,
    LookUp,
    NotAccepted,
    Rejected,
    Scope,
    Text,
    Unknown,
)

from .wires import (
    ACCOUNT,
    HELLO,
    NOON,
    PUBLIC,
    SID,
    TOKEN,
    a_message,
    answering,
    document,
    http_answer,
    read_request,
    serving,
    to_nobody_else,
)


def answer(open_sms, wire: bytes, message=HELLO):
    with serving(answering(wire)) as server:
        return open_sms(server.url).send(message)


def test_a_taken_message_is_in_the_providers_ledger(sms, sandbox):
    """What was accepted is what the provider has, with our attempt, notice and time."""
    message = to_nobody_else(1)

    answer = sms.send(message)

    (row,) = sandbox.ledger(to=message.to)
    assert Accepted(row["sid"]) == answer
    assert (message.text.body, "41.1", "7") == (row["body"], row["attempt"], str(row["notice"]))
    assert NOON.isoformat(timespec="microseconds") == row["at"]


def test_a_create_says_all_that_the_provider_must_know(open_sms):
    """delivery.md §4: From, To, Body, how long the text is true, and a callback per attempt; no stamp."""
    seen: list = []
    with serving(answering(http_answer(201, document()), seen)) as server:
        assert Accepted(SID) == open_sms(server.url + "/prefix/").send(HELLO)

    ((first, headers, body),) = seen
    assert f"POST /prefix/2010-04-01/Accounts/{ACCOUNT}/Messages.json HTTP/1.1".encode() == first
    assert {
        "To": [HELLO.to],
        "From": ["+15005550006"],
        "Body": [HELLO.text.body],
        "ValidityPeriod": ["3600"],
        "StatusCallback": [f"{PUBLIC}/callbacks/twilio?attempt=41.1&notice=7"],
    } == parse_qs(body.decode())
    assert b"x-tongbao-now" not in headers


@pytest.mark.parametrize(("seconds", "expected"), [(-5, "1"), (0, "1"), (36_000, "36000"), (90_000, "36000")])
def test_validity_stays_in_the_providers_range(open_sms, seconds, expected):
    """ValidityPeriod is 1 to 36,000 seconds."""
    seen: list = []
    with serving(answering(http_answer(201, document()), seen)) as server:
        open_sms(server.url).send(a_message(valid_seconds=seconds))

    assert [expected] == parse_qs(seen[0][2].decode())["ValidityPeriod"]


def test_a_messaging_service_is_addressed_as_one_and_leaves_the_text_alone(open_sms):
    """An MG sender goes out as a service that may not replace characters; "" means no callback."""
    seen: list = []
    service = "MG" + "1" * 32
    with serving(answering(http_answer(201, document()), seen)) as server:
        open_sms(server.url, sender=service, callback_url="").send(HELLO)

    sent = parse_qs(seen[0][2].decode())
    assert ([service], ["false"]) == (sent["MessagingServiceSid"], sent["SmartEncoded"])
    assert not {"From", "StatusCallback"} & sent.keys()


@pytest.mark.parametrize("code", [21211, 21610, 21614, 21408])
def test_a_bad_number_concerns_only_its_owner(sms, sandbox, code):
    """A refusal of the recipient comes through the real client with its code."""
    message = to_nobody_else(code)
    sandbox.dial("twilio", refuse_code=code)

    assert Rejected(Scope.RECIPIENT, f"twilio {code}", opted_out=code == 21610) == sms.send(message)


def test_wrong_credentials_concern_the_account(sandbox, open_sms):
    """HTTP 401 stops the lane, not the person."""
    assert Rejected(Scope.ACCOUNT, "twilio 20003") == open_sms(sandbox.address["twilio"]).send(HELLO)


def test_an_answer_that_is_lost_is_unknown_and_then_found(sms, sandbox):
    """I6: accepted and answer lost → Unknown, and the look-up finds it, so that nothing is sent again."""
    message = to_nobody_else(2)
    sandbox.dial("twilio", lose_answer=1)

    assert Unknown("twilio ProtocolError") == sms.send(message)

    (row,) = sandbox.ledger(to=message.to)
    found = sms.look_up(dataclasses.replace(message, now=NOON + timedelta(minutes=5), attempt="41.2"))
    assert LookUp(Finding.FOUND, row["sid"], "delivered") == found


def test_nobody_there_is_surely_not_accepted(open_sms):
    """A refused connection may be tried again; a look-up there is no "absent"."""
    with serving(answering(b"")) as server:
        pass

    assert NotAccepted("twilio NewConnectionError") == open_sms(server.url).send(HELLO)
    assert LookUp(Finding.UNAVAILABLE) == open_sms(server.url).look_up(HELLO)


def test_no_such_host_is_surely_not_accepted(open_sms):
    """DNS that knows nothing of the host: nothing was sent."""
    assert isinstance(open_sms("http://no-such-host.invalid").send(HELLO), NotAccepted)


def test_silence_is_unknown(open_sms):
    """A slow answer runs into the read timeout: the provider may have the message."""

    def never_answers(line) -> None:
        read_request(line)
        line.hush()

    with serving(never_answers) as server:
        assert Unknown("twilio ReadTimeout") == open_sms(server.url, read_seconds=0.2).send(HELLO)


def test_a_connection_closed_after_the_request_is_unknown_and_sent_once(open_sms):
    """No retry hides in the client: one request, then Unknown."""
    seen: list = []

    def takes_and_closes(line) -> None:
        seen.append(read_request(line))

    with serving(takes_and_closes) as server:
        assert Unknown("twilio ProtocolError") == open_sms(server.url).send(HELLO)
        assert (1, 1) == (len(seen), server.connects)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (("Retry-After: 7",), 7.0),
        (("Retry-After: Wed, 04 Mar 2026 12:00:30 GMT",), 30.0),
        (("Retry-After: Wed, 04 Mar 2026 12:00:30 GMT", "Date: Wed, 04 Mar 2026 12:00:20 GMT"), 10.0),
        (("Retry-After: soon",), None),
        ((), None),
    ],
)
def test_too_fast_is_surely_not_accepted_with_its_wait(open_sms, headers, expected):
    """429 with every form of Retry-After; a date counts from the server's own Date when it says one."""
    wire = http_answer(429, {"code": 20429, "message": "Too Many Requests", "status": 429}, *headers)

    assert NotAccepted("twilio 20429", expected) == answer(open_sms, wire)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (500, {"code": 21211}, Unknown("twilio HTTP 500")),
        (503, "<html>down</html>", Unknown("twilio HTTP 503")),
        (408, "", Unknown("twilio HTTP 408")),
        (400, {"code": 21617, "message": "too long"}, Rejected(Scope.CONTENT, "twilio 21617")),
        (400, {"code": 99999}, Rejected(Scope.ACCOUNT, "twilio 99999")),
        (400, {"code": {"a": []}}, Rejected(Scope.ACCOUNT, "twilio 400")),
        (400, "not json", Rejected(Scope.ACCOUNT, "twilio 400")),
        (302, "", Rejected(Scope.ACCOUNT, "twilio 302")),
        (
            400,
            {"type": "t", "title": "x", "status": 400, "code": 21610},
            Rejected(Scope.RECIPIENT, "twilio 21610", opted_out=True),
        ),
        (500, {"type": "t", "title": "x", "status": 400, "code": 21610}, Unknown("twilio HTTP 500")),
    ],
)
def test_an_error_is_read_by_its_real_status_and_code(open_sms, status, body, expected):
    """Both of Twilio's error forms, and bodies that are neither."""
    assert expected == answer(open_sms, http_answer(status, body))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '"SM"',
        "null",
        "[" * 200_000,
        {},
        document(sid=None),
        document(sid="SM123"),
        document(sid=SID + "\n"),
        document(sid=[SID]),
        document(to="+8613999999999"),
        document(date_created="Wed, 31 Feb 2026 10:00:00 +0000"),
        document(date_sent=5),
    ],
)
def test_a_success_without_a_good_sid_for_this_recipient_is_unknown(open_sms, body):
    """Bad JSON, another shape, another message's answer: never Accepted, never an exception."""
    assert isinstance(answer(open_sms, http_answer(201, body)), Unknown)


def test_a_text_that_is_no_unicode_never_leaves(open_sms):
    """A lone surrogate is the text's fault, and nothing was sent."""
    with serving(answering(http_answer(201, document()))) as server:
        sent = open_sms(server.url).send(a_message(text=Text("\ud800")))

    assert Rejected(Scope.CONTENT, "twilio UnicodeEncodeError") == sent
    assert 0 == server.connects


def test_a_malformed_address_of_the_provider_is_the_accounts_fault(open_sms):
    """A wrong setting stops the lane."""
    sent = open_sms("no-scheme").send(HELLO)

    assert (Rejected, Scope.ACCOUNT) == (type(sent), sent.scope)


def test_connections_are_kept(open_sms):
    """Ten messages, one connection."""
    with serving(answering(http_answer(201, document()))) as server:
        channel = open_sms(server.url)
        assert {Accepted(SID)} == {channel.send(HELLO) for _ in range(10)}
        assert 1 == server.connects


def test_reasons_hold_no_secrets_and_no_numbers(open_sms):
    """S20: what goes into rows and logs names codes and classes only."""
    with serving(answering(b"")) as server:
        reasons = [open_sms(server.url).send(HELLO).reason]
    reasons.append(open_sms(server.url).send(HELLO).reason)

    assert not [each for each in reasons for secret in (TOKEN, HELLO.to, ACCOUNT) if secret in each]


def test_the_processes_environment_changes_nothing(open_sms, monkeypatch):
    """Proxies, region and edge come from the settings or not at all."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")

    assert Accepted(SID) == answer(open_sms, http_answer(201, document()))
