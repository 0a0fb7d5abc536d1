"""The voice channel believes keys and reports that are surely the provider's."""

from __future__ import annotations

import dataclasses

import pytest

from incidents.errors import NotAllowed
from notifications.channels.voice_twilio import TwilioVoice
from notifications.message import (
    Answerer,
    CallbackRequest,
    CallReport,
    CallState,
    Pressed,
    Scope,
)
from rendering.calls import Calls

from .phones import CALL, KEY_PATH, SENDER, STATUS_PATH, signed
from .wires import ACCOUNT, PUBLIC, TOKEN

KEY = {"CallSid": CALL, "Digits": "1", "To": "+8613800138000"}


@pytest.fixture
def listening(open_voice):
    return open_voice("http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("digits", "acknowledges"), [("1", True), ("2", False), ("#", False), ("", False), ("11", False)]
)
def test_a_signed_key_is_read_with_its_page_attempt_and_person(listening, digits, acknowledges):
    """Only the one key acknowledges; who it was stands in the address that we gave out ourselves."""
    pressed = listening.parse_callback(signed(KEY_PATH, {**KEY, "Digits": digits}))

    assert Pressed("12", "p12.1", "alice", "en", CALL, 1, digits) == pressed
    assert acknowledges is pressed.acknowledges


@pytest.mark.parametrize("path", [KEY_PATH, STATUS_PATH])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda good, path: CallbackRequest(path, {}, good.form),
        lambda good, path: CallbackRequest(path, {"x-twilio-signature": ""}, good.form),
        lambda good, path: CallbackRequest(path, {"x-twilio-signature": "ü" * 28}, good.form),
        lambda good, path: dataclasses.replace(good, form={**good.form, "Digits": "2"}),
        lambda good, path: dataclasses.replace(good, form={**good.form, "CallStatus": "busy"}),
        lambda good, path: dataclasses.replace(good, path_and_query=path.replace("/12", "/13")),
        lambda good, path: dataclasses.replace(good, path_and_query=path.replace("p12.1", "p12.2")),
        lambda good, path: dataclasses.replace(good, path_and_query=path + "&person=hq"),
        lambda good, path: signed(path, good.form, token="another token"),
        lambda good, path: signed(path, good.form, base="https://evil.example"),
        lambda good, path: CallbackRequest(path, {"x-twilio-signature": "x"}, {"\ud800": "x"}),
        lambda good, path: CallbackRequest(path, {"x-twilio-signature": "x"}, {"CallSid": None}),
        lambda good, path: CallbackRequest("//[::1", {"x-twilio-signature": "x"}, {}),
        lambda good, path: CallbackRequest(":99999999/x", {"x-twilio-signature": "x"}, {}),
    ],
)
def test_what_is_not_surely_twilios_is_not_allowed(listening, path, spoil):
    """S7: missing, forged, altered in form or address, or odd enough to make the verifier raise."""
    request = spoil(signed(path, KEY), path)

    for parse in (listening.parse_callback, listening.parse_status):
        with pytest.raises(NotAllowed):
            parse(request)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (KEY_PATH, {**KEY, "CallSid": "CA1"}),
        (KEY_PATH, {"Digits": "1"}),
        (KEY_PATH.replace("attempt=p12.1", "attempt="), KEY),
        (KEY_PATH.replace("&person=alice", ""), KEY),
        (KEY_PATH.replace("person=alice", "person=alice&person=bob"), KEY),
        (KEY_PATH.replace("language=en", "language=xx"), KEY),
        (KEY_PATH.replace("turn=1", "turn=0"), KEY),
        (KEY_PATH.replace("turn=1", "turn=-1"), KEY),
        (STATUS_PATH, KEY),
    ],
)
def test_a_signed_key_for_an_address_that_was_never_given_out_is_not_allowed(listening, path, form):
    """A good signature over something else is no key."""
    with pytest.raises(NotAllowed):
        listening.parse_callback(signed(path, form))


@pytest.mark.parametrize("missing", ["callback_url", "token"])
def test_without_an_address_or_a_token_no_key_is_allowed(missing):
    """S7: an empty key signs for everybody, so it verifies for nobody."""
    token = "" if missing == "token" else TOKEN
    url = "" if missing == "callback_url" else PUBLIC
    channel = TwilioVoice(ACCOUNT, token, SENDER, Calls().line, callback_url=url)

    with pytest.raises(NotAllowed):
        channel.parse_callback(signed(KEY_PATH, KEY, token=token))
    channel.close()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"CallStatus": "initiated"}, (CallState.QUEUED, None, "", None)),
        ({"CallStatus": "ringing"}, (CallState.RINGING, None, "", None)),
        ({"CallStatus": "in-progress"}, (CallState.ANSWERED, None, "", None)),
        ({"AnsweredBy": "machine_start"}, (CallState.ANSWERED, Answerer.MACHINE, "", None)),
        ({"AnsweredBy": "human"}, (CallState.ANSWERED, Answerer.HUMAN, "", None)),
        (
            {"CallStatus": "completed", "AnsweredBy": "human"},
            (CallState.COMPLETED, Answerer.HUMAN, "", None),
        ),
        ({"CallStatus": "busy"}, (CallState.BUSY, None, "", None)),
        ({"CallStatus": "no-answer"}, (CallState.NO_ANSWER, None, "", None)),
        ({"CallStatus": "canceled"}, (CallState.CANCELED, None, "", None)),
        ({"CallStatus": "failed"}, (CallState.FAILED, None, "twilio failed", None)),
        (
            {"CallStatus": "failed", "ErrorCode": "13224"},
            (CallState.FAILED, None, "twilio 13224", Scope.RECIPIENT),
        ),
        (
            {"CallStatus": "failed", "ErrorCode": "13227"},
            (CallState.FAILED, None, "twilio 13227", Scope.ACCOUNT),
        ),
    ],
)
def test_a_signed_status_is_a_report_of_its_attempt(listening, form, expected):
    """Every status, who picked up, and whose fault a failure is."""
    report = listening.parse_status(signed(STATUS_PATH, {"CallSid": CALL, **form}))

    state, who, reason, scope = expected
    assert CallReport("twilio", CALL, "12", "p12.1", state, who, reason, scope) == report


@pytest.mark.parametrize(
    "form", [{"CallStatus": "never heard of", "CallSid": CALL}, {"CallSid": CALL}, {"CallStatus": "busy"}]
)
def test_a_signed_status_about_nothing_says_nothing(listening, form):
    """A word that no table knows, or a form about no call, is no report."""
    assert listening.parse_status(signed(STATUS_PATH, form)) is None
