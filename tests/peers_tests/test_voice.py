"""The npm emulator of Twilio takes our calls and signs what it says of them.

It has calls, their list and signed status callbacks. It has no events of a call, presses no key, and knows no
answering machine: those are played by our own sandbox only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from notifications.channels.voice_twilio import TwilioVoice
from notifications.message import Accepted, CallbackRequest, CallState, Rejected, Scope, StaffPage
from rendering.calls import Calls
from tests.channels_tests.wires import answering, http_answer, serving
from tests.peers_tests.peers import TWILIO_ACCOUNT, TWILIO_SENDER, TWILIO_TOKEN, TwilioEmulator


@pytest.fixture
def twilio(tmp_path: Path) -> Iterator[TwilioEmulator]:
    emulator = TwilioEmulator(tmp_path)
    yield emulator
    emulator.ends()


def channel(twilio: TwilioEmulator, callback_url: str, sender: str = TWILIO_SENDER) -> TwilioVoice:
    return TwilioVoice(
        TWILIO_ACCOUNT,
        TWILIO_TOKEN,
        sender,
        Calls().line,
        base_url=twilio.url,
        callback_url=callback_url,
    )


def page(attempt: str = "p12.1") -> StaffPage:
    return StaffPage("12", attempt, "alice", "+15005550001", "zh-CN", "事件7为一级。", datetime.now(UTC))


def received(seen: list[Any]) -> list[CallbackRequest]:
    """The callbacks as our web server would hand them on."""
    found = []
    for first, headers, body in seen:
        named = {name.decode().lower(): value.decode() for name, value in headers.items()}
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        found.append(CallbackRequest(first.split()[1].decode(), named, form))
    return found


def test_a_call_is_taken_and_what_is_said_of_it_is_believed(twilio: TwilioEmulator) -> None:
    """Somebody else's Twilio takes the call; its signed callbacks are reports of our attempt."""
    seen: list[Any] = []
    with serving(answering(http_answer(204, ""), seen)) as ours:
        voice = channel(twilio, ours.url)
        answer = voice.page(page())
        assert isinstance(answer, Accepted)
        twilio.ends_call(answer.reference)
        reports = [voice.parse_status(request) for request in received(seen)]
        voice.close()

    assert [CallState.RINGING, CallState.COMPLETED] == [report and report.state for report in reports]
    assert {("12", "p12.1", answer.reference)} == {
        (report.page, report.attempt, report.reference) for report in reports if report
    }


def test_a_call_that_the_list_shows_without_events_is_in_doubt(twilio: TwilioEmulator) -> None:
    """The emulator knows no events: our call is neither found nor absent, so nobody would be called again."""
    voice = channel(twilio, "http://127.0.0.1:9")
    assert False is voice.look_up(page())
    assert isinstance(voice.page(page()), Accepted)

    assert voice.look_up(page()) is None
    voice.close()


def test_a_caller_id_that_is_not_ours_is_the_accounts_fault(twilio: TwilioEmulator) -> None:
    """The emulator refuses as Twilio does."""
    voice = channel(twilio, "http://127.0.0.1:9", sender="+15005559999")

    assert Rejected(Scope.ACCOUNT, "twilio 21210") == voice.page(page())
    voice.close()
