"""The sandbox speaks Twilio's Messages resource to Twilio's own client."""

import contextlib
import threading
from datetime import UTC, datetime

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from .conftest import SENDER, kill, twilio_of, until

DAY = datetime(2031, 3, 4, tzinfo=UTC)


def refused_code(call) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        call()
    return caught.value.status, caught.value.code


def test_a_created_message_reads_back_in_full(twilio, sandbox, number):
    """What Twilio's client reads of a new message is all there, and the ledger has it."""
    made = twilio.messages.create(to=number, from_=SENDER, body="线路已恢复 [1]")

    assert ("queued", "1", number, SENDER) == (made.status, made.num_segments, made.to, made.from_)
    assert (None, None, "outbound-api") == (made.error_code, made.date_sent, made.direction)
    assert twilio.account_sid == made.account_sid
    assert UTC == made.date_created.tzinfo
    [row] = sandbox.ledger(to=number)
    assert ("sms", "线路已恢复 [1]", made.sid, True) == (
        row["channel"],
        row["body"],
        row["sid"],
        row["accepted"],
    )


def test_fetch_finds_a_message_by_its_sid(twilio, number):
    """A fetched message carries the end it came to and when it was sent."""
    made = twilio.messages.create(to=number, from_=SENDER, body="hello")

    fetched = twilio.messages(made.sid).fetch()

    assert ("delivered", "hello") == (fetched.status, fetched.body)
    assert made.date_created == fetched.date_sent


def test_fetch_of_an_unknown_sid_is_twilios_404(twilio):
    """An unknown message is 404 with code 20404."""
    assert (404, 20404) == refused_code(twilio.messages("SM" + "0" * 32).fetch)


def test_list_finds_by_recipient_and_day(twilio, number):
    """To and DateSent select the messages of that day in UTC, whatever hour is asked with."""
    for stamp in ("2031-03-03T23:59:59+00:00", "2031-03-04T09:00:00+08:00", "2031-03-05T00:00:00+00:00"):
        twilio.http_client.stamp = stamp
        twilio.messages.create(to=number, from_=SENDER, body=stamp)

    on_the_day = twilio.messages.list(to=number, date_sent=DAY.replace(hour=15))
    before = twilio.messages.list(to=number, date_sent_before=DAY)
    after = twilio.messages.list(to=number, date_sent_after=DAY)

    assert ["2031-03-04T09:00:00+08:00"] == [message.body for message in on_the_day]
    assert ["2031-03-03T23:59:59+00:00"] == [message.body for message in before]
    assert 2 == len(after)


def test_list_follows_its_pages_newest_first(twilio, number):
    """Every message appears once over as many pages as it takes."""
    for n in range(7):
        twilio.messages.create(to=number, from_=SENDER, body=str(n))

    listed = twilio.messages.list(to=number, page_size=3)

    assert ["6", "5", "4", "3", "2", "1", "0"] == [message.body for message in listed]


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (21211, {"to": "13800138000"}),
        (21602, {"body": ""}),
        (21617, {"body": "x" * 1601}),
        (21624, {"validity_period": 36_001}),
        (21624, {"validity_period": 0}),
        (21603, {"from_": None}),
        (21212, {"from_": "+12"}),
        (21609, {"status_callback": "nowhere"}),
    ],
)
def test_a_wrong_create_is_refused_with_twilios_code(twilio, sandbox, number, code, fields):
    """A create that Twilio would not take is 400 with its code, and a refused row in the ledger."""
    given = {"to": number, "from_": SENDER, "body": f"code {code}", **fields}

    assert (400, code) == refused_code(lambda: twilio.messages.create(**given))
    last = sandbox.ledger(to=given["to"])[-1]
    assert (False, code) == (last["accepted"], last["code"])


def test_1600_characters_and_an_hour_are_fine(twilio, number):
    """The bounds themselves are taken, and parts are counted by the GSM rules."""
    text = "a" * 152 + "€" + "a" * 152
    made = twilio.messages.create(to=number, from_=SENDER, body=text, validity_period=36_000)
    long = twilio.messages.create(to=number, from_=SENDER, body="通" * 1600, validity_period=1)

    assert ("3", "24") == (made.num_segments, long.num_segments)


def test_a_wrong_token_is_401(sandbox, twilio, number):
    """Neither create nor list is open to another token; code 20003."""
    stranger = Client(twilio.account_sid, "0" * 32, http_client=twilio.http_client)

    assert (401, 20003) == refused_code(
        lambda: stranger.messages.create(to=number, from_=SENDER, body="hello")
    )
    assert [False] == [row["accepted"] for row in sandbox.ledger(to=number)]


def test_attempt_and_notice_ride_in_the_callback_address(twilio, sandbox, number):
    """The ledger's attempt and notice come from the StatusCallback query."""
    callback = "https://example.com/callbacks/twilio?attempt=123.1&notice=7"
    twilio.messages.create(to=number, from_=SENDER, body="hello", status_callback=callback)

    [row] = sandbox.ledger(notice="7", to=number)

    assert ("123.1", "7") == (row["attempt"], row["notice"])


def test_the_carried_time_stamps_message_and_ledger(twilio, sandbox, number):
    """X-Tongbao-Now replaces the wall clock, with its offset honoured."""
    twilio.http_client.stamp = "2031-05-06T08:09:10+08:00"

    made = twilio.messages.create(to=number, from_=SENDER, body="hello")

    assert datetime(2031, 5, 6, 0, 9, 10, tzinfo=UTC) == made.date_created
    assert "2031-05-06T00:09:10.000000+00:00" == sandbox.ledger(to=number)[0]["at"]


def test_a_time_without_offset_is_refused(twilio, number):
    """A stamp that would have to be guessed is 400."""
    twilio.http_client.stamp = "2031-05-06T08:09:10"

    assert 400 == refused_code(lambda: twilio.messages.create(to=number, from_=SENDER, body="hello"))[0]


def test_what_is_no_http_request_ends_the_connection(sandbox):
    """A body without a length is told so, and the sandbox lives on."""
    answer = requests.post(sandbox.address["twilio"] + "/x", data=iter([b"chunk"]), timeout=10)

    assert 411 == answer.status_code
    assert sandbox.is_running()


def test_every_answered_message_survives_kill_9(own, number):
    """After SIGKILL in full flight the ledger holds every message that had its 201."""
    answered: list[str] = []
    senders = [threading.Thread(target=keep_sending, args=(own, number, answered)) for _ in range(4)]
    for sender in senders:
        sender.start()
    until(lambda: len(answered) >= 100)
    kill(own)
    for sender in senders:
        sender.join()
    own.start()

    assert set() == set(answered) - {row["sid"] for row in own.ledger(to=number)}


def keep_sending(sandbox, number: str, answered: list[str]) -> None:
    """Send until the sandbox is gone; an answer counts only once it is here."""
    client = twilio_of(sandbox)
    with client.http_client.session, contextlib.suppress(requests.ConnectionError):
        while True:
            answered.append(client.messages.create(to=number, from_=SENDER, body="hello").sid)


def test_counts_tell_people_apart_from_repeats(own, number):
    """`told` counts people, `repeated` counts texts that came twice under one notice."""
    client = twilio_of(own)
    callback = "https://example.com/?notice=1"
    for body in ("first", "first", "second"):
        client.messages.create(to=number, from_=SENDER, body=body, status_callback=callback)
    client.http_client.session.close()

    counts = own.counts(notice="1")

    assert (3, 0, 1, 1) == tuple(counts[k] for k in ("accepted", "refused", "told", "repeated"))
    assert 3 == counts["by"]["sms"]["accepted"]
