"""The voice channel calls: one create, one answer, and what is in doubt is looked up, not called again."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest

from notifications.message import Accepted, NotAccepted, Rejected, Scope, Unknown

from .phones import ALICE, CALL, SENDER, STATUS_PATH, a_page, call_document, to_nobody_else
from .wires import ACCOUNT, NOON, PUBLIC, answering, http_answer, read_request, serving


def test_a_create_says_all_that_the_provider_must_know(open_voice):
    """Number, words, how long it rings, where it reports to and what; detection never keeps a person waiting."""
    seen: list = []
    with serving(answering(http_answer(201, call_document()), seen)) as server:
        assert Accepted(CALL) == open_voice(server.url).page(ALICE)

    ((first, headers, body),) = seen
    sent = parse_qs(body.decode())
    twiml = sent.pop("Twiml")
    assert f"POST /2010-04-01/Accounts/{ACCOUNT}/Calls.json HTTP/1.1".encode() == first
    assert {
        "To": [ALICE.to],
        "From": [SENDER],
        "Timeout": ["30"],
        "StatusCallback": [PUBLIC + STATUS_PATH],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "MachineDetection": ["Enable"],
        "AsyncAmd": ["true"],
        "AsyncAmdStatusCallback": [PUBLIC + STATUS_PATH],
    } == sent
    assert [ALICE.text in one for one in twiml] == [True]
    assert b"x-tongbao-now" not in headers


def test_without_an_address_for_keys_the_text_is_only_said(open_voice):
    """Where no key can come back none is asked for; the person still hears the page, twice."""
    seen: list = []
    with serving(answering(http_answer(201, call_document()), seen)) as server:
        open_voice(server.url, callback_url="").page(ALICE)

    sent = parse_qs(seen[0][2].decode())
    document = ElementTree.fromstring(sent["Twiml"][0])
    assert ["Say", "Hangup"] == [verb.tag for verb in document]
    assert ("2", f"{ALICE.text} Please acknowledge in another way.") == (
        document[0].get("loop"),
        document[0].text,
    )
    assert {"To", "From", "Twiml", "Timeout"} == sent.keys()


def test_a_call_is_in_the_providers_ledger(voice, sandbox):
    """What was accepted is what the provider has: number, words, attempt and instant."""
    page = to_nobody_else(1, language="zh-CN", text="事件7为一级，须在16:15前告知客户。")

    answer = voice.page(page)

    (row,) = sandbox.ledger(to=page.to)
    assert Accepted(row["sid"]) == answer
    assert ("voice", "p12.1", None) == (row["channel"], row["attempt"], row["notice"])
    assert "事件7为一级，须在16:15前告知客户。 收到请按 1 确认。" == row["body"]
    assert NOON.isoformat(timespec="microseconds") == row["at"]


def test_a_lost_answer_is_unknown_then_found_and_nobody_is_called_twice(voice, sandbox):
    """I6 for calls: accepted and answer lost → Unknown; the look-up names our attempt; one call in the ledger."""
    page = to_nobody_else(2)
    sandbox.dial("twilio", lose_answer=1)

    assert Unknown("twilio ProtocolError") == voice.page(page)
    assert True is voice.look_up(page)
    assert 1 == len(sandbox.ledger(to=page.to))


def test_another_attempts_call_is_not_this_one(voice):
    """The same person was called a minute ago by another attempt: this attempt is absent."""
    page = to_nobody_else(3)
    voice.page(page)

    assert False is voice.look_up(a_page(to=page.to, attempt="p12.2", at=NOON + timedelta(seconds=50)))


def test_nobody_called_is_absent(voice):
    """No call to that number: absent."""
    assert False is voice.look_up(to_nobody_else(4))


def test_a_call_of_another_hour_proves_nothing(voice):
    """Calls long before the attempt are not asked for their events."""
    page = to_nobody_else(5)
    voice.page(page)

    assert False is voice.look_up(a_page(to=page.to, at=NOON + timedelta(hours=2)))


def lists(calls: list, events: object) -> object:
    """A provider with these calls, each with these events."""

    def serve(line) -> None:
        while request := read_request(line):
            if b"/Events.json" in request[0]:
                line.say(http_answer(200, {"events": events, "next_page_uri": None, "page": 0}))
            else:
                line.say(http_answer(200, {"calls": calls, "next_page_uri": None, "page": 0}))

    return serve


def asked(url: str) -> list[dict[str, object]]:
    return [{"request": {"url": url, "method": "POST"}, "response": {}}]


@pytest.mark.parametrize(
    ("calls", "events", "expected"),
    [
        ([call_document()], asked(PUBLIC + STATUS_PATH), True),
        ([call_document()], asked(PUBLIC + STATUS_PATH.replace("p12.1", "p12.9")), False),
        ([call_document()], asked("https://other.example/voice?attempt=p12.1"), None),
        ([call_document()], [], None),
        ([call_document()], [{"request": None}], None),
        ([call_document(to="+8613999999999")], asked(PUBLIC + STATUS_PATH), False),
        ([call_document(sid="CA1")], asked(PUBLIC + STATUS_PATH), False),
        ([call_document(date_created=None)], asked(PUBLIC + STATUS_PATH), True),
        ([call_document(sid=f"CA{n:032x}") for n in range(11)], asked(PUBLIC + STATUS_PATH), None),
    ],
)
def test_a_look_up_says_found_or_absent_only_by_our_own_address(open_voice, calls, events, expected):
    """A call whose events are not to be had yet is neither: it might be this one, so nobody is called again."""
    with serving(lists(calls, events)) as server:
        assert expected is open_voice(server.url).look_up(ALICE)


@pytest.mark.parametrize(
    "wire",
    [
        http_answer(503, ""),
        http_answer(429, ""),
        http_answer(401, {"code": 20003}),
        http_answer(200, "{"),
        http_answer(200, {"calls": 5, "page": 0}),
        http_answer(200, {"calls": [call_document()], "next_page_uri": "/2010-04-01/x.json", "page": 0}),
        b"",
    ],
)
def test_a_look_up_that_fails_says_so(open_voice, wire):
    """An error, and a list too long to read, are never an "absent"."""
    with serving(answering(wire)) as server:
        assert open_voice(server.url).look_up(ALICE) is None


def test_nobody_there_is_surely_not_accepted(open_voice):
    """A refused connection may be tried again."""
    with serving(answering(b"")) as server:
        pass

    assert NotAccepted("twilio NewConnectionError") == open_voice(server.url).page(ALICE)


def test_silence_is_unknown(open_voice):
    """A slow answer runs into our own timeout: the phone may be ringing."""

    def never_answers(line) -> None:
        read_request(line)
        line.hush()

    with serving(never_answers) as server:
        assert Unknown("twilio ReadTimeout") == open_voice(server.url, read_seconds=0.2).page(ALICE)


def test_a_connection_closed_after_the_request_is_unknown_and_sent_once(open_voice):
    """No retry hides in the client: one request, then Unknown."""
    seen: list = []

    def takes_and_closes(line) -> None:
        seen.append(read_request(line))

    with serving(takes_and_closes) as server:
        assert Unknown("twilio ProtocolError") == open_voice(server.url).page(ALICE)
        assert (1, 1) == (len(seen), server.connects)


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", {}, call_document(sid="CA1"), call_document(to="+8613999999999")]
)
def test_a_success_without_a_good_id_for_this_number_is_unknown(open_voice, body):
    """Bad JSON, another shape, another call's answer: never Accepted, never an exception."""
    with serving(answering(http_answer(201, body))) as server:
        assert isinstance(open_voice(server.url).page(ALICE), Unknown)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (21211, Rejected(Scope.RECIPIENT, "twilio 21211")),
        (21210, Rejected(Scope.ACCOUNT, "twilio 21210")),
        (12100, Rejected(Scope.CONTENT, "twilio 12100")),
        (10004, NotAccepted("twilio 10004")),
        (29999, Rejected(Scope.ACCOUNT, "twilio 29999")),
    ],
)
def test_a_refusal_comes_through_the_real_client_with_its_code(voice, sandbox, code, expected):
    """Each class of refusal, from the provider's answer to ours."""
    sandbox.dial("twilio", refuse_code=code)

    assert expected == voice.page(to_nobody_else(code))


def test_instructions_too_long_for_a_call_never_leave(open_voice):
    """Twilio takes 4,000 characters; a page with an absurd name is refused here, with the reason."""
    with serving(answering(http_answer(201, call_document()))) as server:
        answer = open_voice(server.url).page(a_page(person="a" * 4_000))

        assert (Rejected, Scope.CONTENT) == (type(answer), answer.scope)
        assert 0 == server.connects
