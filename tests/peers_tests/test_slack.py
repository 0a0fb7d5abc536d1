"""The npm emulator of Slack, against which the channel finds what it posted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notifications.channels.chat_slack import SlackChat
from notifications.chat import ChatText
from notifications.message import Accepted, Finding, Rejected, Scope
from tests.peers_tests.peers import SlackEmulator


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[SlackEmulator]:
    emulator = SlackEmulator(tmp_path)
    yield emulator
    emulator.ends()


def _text(token: str, thread: str = "") -> ChatText:
    now = datetime.now(UTC)
    return ChatText(token, f"about {token}", thread, now - timedelta(minutes=5), now)


def test_a_post_is_found_by_its_token(slack: SlackEmulator) -> None:
    """What was posted before a death is found afterwards, in the channel and in the thread, and nothing else is."""
    chat = SlackChat(slack.TOKEN, slack.channel, f"{slack.url}/api/")
    root = chat.post(_text("home.root"))
    assert isinstance(root, Accepted)
    assert isinstance(chat.post(_text("home.reply", root.reference)), Accepted)

    assert root.reference == chat.find(_text("home.root")).reference
    assert Finding.FOUND == chat.find(_text("home.reply", root.reference)).finding
    assert Finding.ABSENT == chat.find(_text("home.other")).finding
    assert Finding.ABSENT == chat.find(_text("home.other", root.reference)).finding


def test_a_wrong_channel_is_ours_to_mend(slack: SlackEmulator) -> None:
    """The emulator refuses as Slack does, and the refusal is the account's."""
    chat = SlackChat(slack.TOKEN, "C404", f"{slack.url}/api/")

    assert Rejected(Scope.ACCOUNT, "slack channel_not_found") == chat.post(_text("home.lost"))
