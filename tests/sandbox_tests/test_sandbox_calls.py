"""The sandbox's telephone: calls as at Twilio, and whoever is called does as dialled."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from .conftest import SENDER, until

TWIML = (
    '<Response><Gather action="{action}" numDigits="1"><Say>告警 &amp; 请按1</Say></Gather>'
    "<Say>Bye</Say></Response>"
)


@pytest.fixture
def call(twilio, receiver, number):
    """Make one call whose callbacks and keys the receiver gets."""

    def go(**more):
        url = f"{receiver.url}/callbacks/twilio/voice/12"
        asked = {
            "twiml": TWIML.format(action=f"{url}?turn=1"),
            "status_callback": f"{url}/status?attempt=p12.1",
            "status_callback_event": ["initiated", "ringing", "answered", "completed"],
            "machine_detection": "Enable",
            "async_amd": "true",
            "async_amd_status_callback": f"{url}/status?attempt=p12.1",
        }
        return twilio.calls.create(to=number, from_=SENDER, **{**asked, **more})

    return go


def told(receiver) -> list[str]:
    """What came in: a status, who answered, or a key."""
    return [
        f"key {form['Digits']}" if "Digits" in form else form.get("CallStatus") or form["AnsweredBy"]
        for form in (callback.form for callback in receiver.got)
    ]


ANSWERS = {
    "nobody": (["initiated", "ringing", "no-answer"], "no-answer", None),
    "busy": (["initiated", "busy"], "busy", None),
    "hangs_up": (["initiated", "ringing", "in-progress", "human", "completed"], "completed", "human"),
    "voicemail": (
        ["initiated", "ringing", "in-progress", "machine_start", "completed"],
        "completed",
        "machine_start",
    ),
    "acknowledges": (
        ["initiated", "ringing", "in-progress", "human", "key 1", "completed"],
        "completed",
        "human",
    ),
}


@pytest.mark.parametrize("answers", ANSWERS)
def test_whoever_is_called_does_as_dialled(call, receiver, sandbox, twilio, answers):
    """Statuses in order, who picked up, and the key at its place; the call ends as it was played."""
    sandbox.dial("twilio", answers=answers, receipts="early")
    made = call()

    expected, status, who = ANSWERS[answers]
    found = twilio.calls(made.sid).fetch()
    assert expected == told(receiver)
    assert ("queued", None) == (made.status, made.answered_by)
    assert (status, who) == (found.status, found.answered_by)


def test_at_rest_nobody_picks_up(call, receiver, sandbox):
    """Without a dial no page is ever acknowledged by itself."""
    sandbox.dial("twilio", receipts="early")
    call()

    assert "no-answer" == told(receiver)[-1]


def test_the_ledger_has_the_call_with_what_is_said(call, sandbox, number):
    """What the person hears first, the attempt of the callback's address, and no notice."""
    made = call()

    (row,) = sandbox.ledger(to=number)
    assert ("voice", made.sid, "告警 & 请按1") == (row["channel"], row["sid"], row["body"])
    assert ("p12.1", None, True) == (row["attempt"], row["notice"], row["accepted"])


def test_keys_and_reports_are_signed_as_twilio_signs(call, receiver, sandbox):
    """Twilio's own validator takes each of them for its own address, and for no other."""
    sandbox.dial("twilio", answers="acknowledges", receipts="early")
    call()

    validator = RequestValidator(sandbox.address["auth_token"])
    assert [True] * 6 == [
        validator.validate(receiver.url + got.path, got.form, got.signature) for got in receiver.got
    ]
    got = receiver.got[4]
    assert not validator.validate(receiver.url + got.path, {**got.form, "Digits": "2"}, got.signature)


@pytest.mark.parametrize(
    ("receipts", "expected"),
    [
        ("off", ["key 1"]),
        ("reversed", ["completed", "key 1", "human", "in-progress", "ringing", "initiated"]),
        ("twice", [word for word in ANSWERS["acknowledges"][0] for _ in range(2)]),
    ],
)
def test_reports_come_as_dialled_and_a_key_is_none(call, receiver, sandbox, receipts, expected):
    """Reports may stay away, come twice or the wrong way round; a key is pressed in any case."""
    sandbox.dial("twilio", answers="acknowledges", receipts=receipts)
    call()
    until(lambda: len(receiver.got) == len(expected))

    assert expected == told(receiver)


def test_only_what_was_asked_for_is_reported(call, receiver, sandbox):
    """Without events only the end is; without detection nobody says who picked up."""
    sandbox.dial("twilio", answers="hangs_up", receipts="early")
    call(status_callback_event=[], machine_detection="")

    assert ["completed"] == told(receiver)
    assert "AnsweredBy" not in receiver.got[0].form


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"to": "12"}, 21211),
        ({"from_": ""}, 21213),
        ({"from_": "Operator"}, 21212),
        ({"twiml": ""}, 21205),
        ({"twiml": "<Response>" + " " * 4_000 + "</Response>"}, 21205),
        ({"twiml": "<Response><Say>1 < 2</Say></Response>"}, 12100),
        ({"twiml": "<Other/>"}, 12100),
        ({"timeout": 601}, 21208),
        ({"status_callback": "nowhere"}, 21609),
        ({"status_callback_event": ["answers"]}, 21626),
    ],
)
def test_a_wrong_create_is_refused_and_remembered(twilio, sandbox, number, more, code):
    """Each mistake with Twilio's own code, 400, and a refused row in the ledger."""
    asked = {"to": number, "from_": SENDER, "twiml": "<Response><Say>x</Say></Response>", **more}
    with pytest.raises(TwilioRestException) as refused:
        twilio.calls.create(**asked)

    assert (400, code) == (refused.value.status, refused.value.code)
    row = sandbox.ledger(to=asked["to"])[-1]
    assert ("voice", False, code) == (row["channel"], row["accepted"], row["code"])


def test_calls_and_messages_share_the_provider_and_no_list(twilio, call, sandbox, number):
    """Down is down for both; a list of calls has no message in it, nor the other way round."""
    message = twilio.messages.create(to=number, from_=SENDER, body="x")
    made = call()

    assert [made.sid] == [one.sid for one in twilio.calls.list(to=number)]
    assert [message.sid] == [one.sid for one in twilio.messages.list(to=number)]
    sandbox.dial("twilio", status=503)
    with pytest.raises(TwilioRestException):
        call()


def test_a_list_goes_by_number_and_day(twilio, call, number):
    """StartTime bounds a list of calls by the instants of the ledger."""
    twilio.http_client.stamp = "2026-03-04T12:00:00+00:00"
    made = call()
    twilio.http_client.stamp = None
    day = datetime(2026, 3, 4, tzinfo=UTC)

    found = [twilio.calls.list(to=number, start_time_after=day + timedelta(days=n)) for n in (0, 1)]
    assert [[made.sid], []] == [[one.sid for one in each] for each in found]


def test_a_calls_events_say_whom_it_asked(twilio, call, receiver):
    """What a list does not show, the events do: the address that was reported to."""
    (event,) = twilio.calls(call().sid).events.list()

    assert f"{receiver.url}/callbacks/twilio/voice/12/status?attempt=p12.1" == event.request["url"]
    assert [] == twilio.calls(call(status_callback="").sid).events.list()


def test_a_lost_answer_leaves_the_call_in_the_ledger(call, sandbox, number):
    """The phone rings although the answer is gone."""
    sandbox.dial("twilio", lose_answer=1)
    with pytest.raises(requests.ConnectionError):
        call()

    assert [True] == [row["accepted"] for row in sandbox.ledger(to=number)]


def test_a_call_elsewhere_than_here_is_never_made_back(call, sandbox):
    """Callbacks go to loopback only, keys too."""
    before = sandbox.health()["callbacks"]["not_loopback"]
    sandbox.dial("twilio", answers="acknowledges")

    call(twiml=TWIML.format(action="http://192.0.2.1/voice"))

    assert before + 1 == sandbox.health()["callbacks"]["not_loopback"]
