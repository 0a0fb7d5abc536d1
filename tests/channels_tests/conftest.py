"""The real loopback providers, started once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notifications.channels.sms_twilio import TwilioSms
from notifications.channels.voice_twilio import TwilioVoice
from rendering.calls import Calls
from sandbox.client import Sandbox

from .phones import SENDER
from .wires import ACCOUNT, PUBLIC, TOKEN


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of these tests' sandbox."""
    return tmp_path_factory.mktemp("channels")


@pytest.fixture(scope="session")
def one_sandbox(home: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(home)
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Iterator[Sandbox]:
    """The providers, without a fault."""
    one_sandbox.calm()
    yield one_sandbox
    one_sandbox.calm()


@pytest.fixture
def open_sms():
    """Opens channels and closes them after the test."""
    channels: list[TwilioSms] = []

    def opens(base_url: str, sender: str = "+15005550006", **changes) -> TwilioSms:
        settings = {"callback_url": PUBLIC, "read_seconds": 0.5, **changes}
        channels.append(TwilioSms(ACCOUNT, TOKEN, sender, base_url=base_url, **settings))
        return channels[-1]

    yield opens
    for channel in channels:
        channel.close()


def at_sandbox(sandbox: Sandbox) -> dict[str, Any]:
    """What a channel is given to speak to the sandbox."""
    address = sandbox.address
    return {
        "account_sid": address["account_sid"],
        "auth_token": address["auth_token"],
        "sender": SENDER,
        "base_url": address["twilio"],
        "callback_url": PUBLIC,
        "stamp": True,
    }


@pytest.fixture
def sms(sandbox):
    """The channel on the sandbox."""
    channel = TwilioSms(**at_sandbox(sandbox))
    yield channel
    channel.close()


@pytest.fixture
def open_voice():
    """Opens voice channels and closes them after the test."""
    channels: list[TwilioVoice] = []

    def opens(base_url: str, **changes) -> TwilioVoice:
        settings = {"callback_url": PUBLIC, "read_seconds": 0.5, **changes}
        channels.append(TwilioVoice(ACCOUNT, TOKEN, SENDER, Calls().line, base_url=base_url, **settings))
        return channels[-1]

    yield opens
    for channel in channels:
        channel.close()


@pytest.fixture
def voice(sandbox):
    """The voice channel on the sandbox."""
    channel = TwilioVoice(words=Calls().line, **at_sandbox(sandbox))
    yield channel
    channel.close()
