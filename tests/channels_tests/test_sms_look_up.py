"""The SMS channel looks up what is in doubt: found is found, and what was not read is not absent."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from notifications.message import (
    Finding,
    LookUp,
    Text,
)

from .wires import (
    HELLO,
    NOON,
    SID,
    answering,
    document,
    http_answer,
    read_request,
    serving,
    to_nobody_else,
)


def test_what_never_arrived_is_absent(sms):
    """Another text to the same number is not this message."""
    message = to_nobody_else(3)
    sms.send(message)

    assert LookUp(Finding.ABSENT) == sms.look_up(dataclasses.replace(message, text=Text("Something else")))


def test_a_look_up_crosses_midnight(sms):
    """Sent a minute before midnight UTC, looked up a minute after: found."""
    late = NOON.replace(hour=23, minute=59)
    message = to_nobody_else(4, now=late)
    taken = sms.send(message)

    found = sms.look_up(dataclasses.replace(message, now=late + timedelta(minutes=2)))

    assert (Finding.FOUND, taken.reference) == (found.finding, found.reference)


def test_last_weeks_message_is_not_this_one(sms):
    """The same text to the same number long before the attempt proves nothing about the attempt."""
    message = to_nobody_else(5, now=NOON - timedelta(days=7))
    sms.send(message)

    assert Finding.ABSENT is sms.look_up(dataclasses.replace(message, now=NOON)).finding


def test_a_look_up_reads_on_over_pages(sms):
    """The message stands behind more than a page of others."""
    message = to_nobody_else(6)
    taken = sms.send(message)
    for number in range(101):
        sms.send(dataclasses.replace(message, text=Text(f"Other text {number}")))

    assert LookUp(Finding.FOUND, taken.reference, "delivered") == sms.look_up(message)


def test_a_queued_message_without_a_sending_date_is_found(open_sms):
    """DateSent is empty until it is sent: a second list without that filter finds it."""
    queued = document(date_sent=None, date_created="Wed, 04 Mar 2026 12:00:01 +0000")

    def lists(line) -> None:
        while request := read_request(line):
            shown = [] if b"DateSent" in request[0] else [queued]
            line.say(http_answer(200, {"messages": shown, "next_page_uri": None, "page": 0}))

    with serving(lists) as server:
        assert LookUp(Finding.FOUND, SID, "queued") == open_sms(server.url).look_up(HELLO)


def test_a_list_too_long_to_read_is_not_absent(open_sms):
    """Bounded paging: what was not read is not said to be absent, and it ends."""
    seen: list = []
    page = {"messages": [document(body="other")], "next_page_uri": "/2010-04-01/next.json", "page": 0}
    with serving(answering(http_answer(200, page), seen)) as server:
        assert LookUp(Finding.UNAVAILABLE) == open_sms(server.url).look_up(HELLO)

    assert 6 == len(seen)


@pytest.mark.parametrize(
    "wire",
    [
        http_answer(503, ""),
        http_answer(429, ""),
        http_answer(401, {"code": 20003}),
        http_answer(200, "{"),
        http_answer(200, "[]"),
        http_answer(200, {"messages": 5, "page": 0}),
        http_answer(200, {"messages": ["x"], "page": 0}),
        b"",
    ],
)
def test_a_look_up_that_fails_says_so(open_sms, wire):
    """An error is never an "absent"."""
    with serving(answering(wire)) as server:
        assert LookUp(Finding.UNAVAILABLE) == open_sms(server.url).look_up(HELLO)


def test_a_sandbox_without_look_up_says_so(sms, sandbox):
    """The dial that takes the look-up away."""
    sandbox.dial("twilio", lookup=0)

    assert LookUp(Finding.UNAVAILABLE) == sms.look_up(HELLO)
