"""Status callbacks come signed, in the order the dial asks for, and only to loopback."""

import pytest
import requests
from twilio.request_validator import RequestValidator

from sandbox.receipts import is_loopback

from .conftest import SENDER, until


@pytest.fixture
def send(twilio, receiver, number):
    """Send one message whose callbacks the receiver gets."""

    def go(**more):
        callback = f"{receiver.url}/callbacks/twilio?attempt=5.1&notice=9"
        return twilio.messages.create(
            to=number, from_=SENDER, body="hello", **{"status_callback": callback, **more}
        )

    return go


def test_callbacks_say_sent_then_delivered(send, receiver, number):
    """A message is followed by `sent` and `delivered`, with everything Twilio tells."""
    made = send()
    until(lambda: len(receiver.got) == 2)

    assert ["sent", "delivered"] == receiver.statuses()
    form = receiver.got[1].form
    assert (made.sid, made.sid, number) == (form["MessageSid"], form["SmsSid"], form["To"])
    assert ("delivered", "2010-04-01") == (form["SmsStatus"], form["ApiVersion"])
    assert "/callbacks/twilio?attempt=5.1&notice=9" == receiver.got[1].path
    assert "ErrorCode" not in form


def test_twilios_validator_accepts_the_signature(send, receiver, sandbox):
    """The signature passes Twilio's own check for this URL and form, and for no other."""
    send()
    until(lambda: len(receiver.got) == 2)

    validator = RequestValidator(sandbox.address["auth_token"])
    got = receiver.got[0]
    url = receiver.url + got.path
    assert validator.validate(url, got.form, got.signature)
    assert not validator.validate(url, {**got.form, "MessageStatus": "failed"}, got.signature)
    assert not validator.validate(url + "1", got.form, got.signature)


@pytest.mark.parametrize(
    ("receipts", "expected"),
    [
        ("twice", ["sent", "sent", "delivered", "delivered"]),
        ("reversed", ["delivered", "sent"]),
    ],
)
def test_receipts_come_as_dialled(send, receiver, sandbox, receipts, expected):
    """`twice` repeats each receipt, `reversed` turns their order round."""
    sandbox.dial("twilio", receipts=receipts)
    send()
    until(lambda: len(receiver.got) == len(expected))

    assert expected == receiver.statuses()


def test_early_receipts_come_before_the_answer(send, receiver, sandbox):
    """With `early` all callbacks have arrived by the time the 201 does."""
    sandbox.dial("twilio", receipts="early")

    send()

    assert ["sent", "delivered"] == receiver.statuses()


def test_receipts_off_sends_none(send, receiver, sandbox):
    """With `off` no callback comes: the next message's are the first."""
    sandbox.dial("twilio", receipts="off")
    send()
    sandbox.dial("twilio", receipts="early")
    made = send()

    assert {made.sid} == {callback.form["MessageSid"] for callback in receiver.got}


def test_an_undelivered_receipt_carries_the_error_code(send, receiver, sandbox):
    """`undelivered_code` shows in the last callback, and only there."""
    sandbox.dial("twilio", undelivered_code=30003, receipts="early")
    send()

    assert ["sent", "undelivered"] == receiver.statuses()
    assert [None, "30003"] == [callback.form.get("ErrorCode") for callback in receiver.got]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [([500], ["sent", "sent", "delivered"]), ([500, 500], ["sent", "sent", "delivered"])],
)
def test_a_failed_callback_is_retried_once(send, receiver, sandbox, answers, expected):
    """A 5xx answer brings one more try, and never a third."""
    receiver.answers = answers
    sandbox.dial("twilio", receipts="early")
    send()

    assert expected == receiver.statuses()


def test_a_lost_answer_still_brings_receipts(send, receiver, sandbox):
    """A message whose answer got lost was accepted: its receipts come."""
    sandbox.dial("twilio", lose_answer=1)

    with pytest.raises(requests.ConnectionError):
        send()
    until(lambda: len(receiver.got) == 2)

    assert ["sent", "delivered"] == receiver.statuses()


def test_only_loopback_is_called(send, sandbox):
    """A callback address elsewhere is accepted and left alone."""
    before = sandbox.health()["callbacks"]["not_loopback"]

    send(status_callback="http://192.0.2.1/callbacks/twilio?attempt=1.1")

    assert before + 1 == sandbox.health()["callbacks"]["not_loopback"]


@pytest.mark.parametrize(
    ("expected", "url"),
    [
        (True, "http://127.0.0.1:80/x"),
        (True, "http://localhost:8080/x"),
        (True, "http://[::1]:8080/x"),
        (False, "http://127.0.0.1.example.com/"),
        (False, "http://user@192.0.2.1/"),
        (False, "https://127.0.0.1/"),
        (False, "http://0x7f.1.example/"),
    ],
)
def test_loopback_is_told_from_its_look_alikes(expected, url):
    """A name that merely resembles loopback is not called."""
    assert expected == is_loopback(url)
