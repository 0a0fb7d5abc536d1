"""Slack's answers, each with its meaning; what may have been posted is looked for before it is posted again."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import slack_sdk.errors

from notifications.channels import slack_codes
from notifications.channels.chat_slack import EXCEPTIONS, SlackChat
from notifications.chat import ChatText
from notifications.message import Accepted, Finding, NotAccepted, Rejected, Scope, Unknown
from tests.channels_tests.wires import answering, http_answer, serving

NOW = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)
POST = ChatText("home.abc", "INC-2026-0001 <!channel> & more", "", NOW - timedelta(minutes=5), NOW)
CODES = [(code, scope) for code, scope in slack_codes.MEANINGS.items()]


def _answer(status: int, body: Any, *headers: str) -> Any:
    """What a post becomes when the server says this."""
    with serving(answering(http_answer(status, body, *headers))) as server:
        return SlackChat("xoxb-1", "C1", f"{server.url}/api/", seconds=2).post(POST)


@pytest.mark.parametrize(("code", "scope"), CODES, ids=[code for code, _ in CODES])
def test_every_code_has_its_meaning(code: str, scope: Scope) -> None:
    """`ok: false` with 200 is a refusal; whose fault it is stands in one table."""
    assert Rejected(scope, f"slack {code}") == _answer(200, {"ok": False, "error": code})


@pytest.mark.parametrize("code", [*slack_codes.UNSURE, "a_code_of_next_year"])
def test_slacks_own_trouble_is_unknown(code: str) -> None:
    """What Slack raised after it may have posted, and what nobody knows, is never repeated blindly."""
    assert Unknown(f"slack {code}") == _answer(200, {"ok": False, "error": code})


def test_no_code_has_two_meanings() -> None:
    """The groups of the table share no code."""
    groups = [
        slack_codes.ACCOUNT,
        slack_codes.CONTENT,
        slack_codes.THREAD,
        slack_codes.SLOWER,
        slack_codes.UNSURE,
    ]
    codes = [code for group in groups for code in group]

    assert sorted(set(codes)) == sorted(codes)


@pytest.mark.parametrize(
    ("said", "seconds"), [("30", 30.0), ("0", 0.0), ("soon", None), ("-1", None), ("99999", 3_600.0)]
)
def test_a_rate_limit_says_when(said: str, seconds: float | None) -> None:
    """429 is surely not posted; Retry-After is kept where it makes sense."""
    body = {"ok": False, "error": "ratelimited"}

    assert NotAccepted("slack ratelimited", seconds) == _answer(429, body, f"Retry-After: {said}")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, Unknown("slack HTTP 500")),
        (503, Unknown("slack HTTP 503")),
        (403, Rejected(Scope.ACCOUNT, "slack HTTP 403")),
        (404, Rejected(Scope.ACCOUNT, "slack HTTP 404")),
    ],
)
def test_a_status_without_a_code(status: int, answer: Any) -> None:
    """A proxy's page in HTML is read by its status."""
    assert answer == _answer(status, "<html>no</html>")


@pytest.mark.parametrize("body", ["", "{", "[]", '{"ok": true}', '{"ok": true, "ts": 7}', '"yes"'])
def test_an_odd_answer_is_unknown(body: str) -> None:
    """Without a ts nobody knows whether it was posted."""
    assert isinstance(_answer(200, body), Unknown)


def test_a_refused_connection_is_not_posted() -> None:
    """Nobody listens: surely not posted, and one attempt was made."""
    with serving(answering(b"")) as server:
        url = server.url

    assert NotAccepted("slack: the connection was refused") == SlackChat("x", "C1", url).post(POST)


def test_a_dropped_connection_is_unknown_and_not_repeated() -> None:
    """The library would by default post once more after a reset: it must not."""
    with serving(lambda line: line.line()) as server:
        assert isinstance(SlackChat("x", "C1", server.url, seconds=2).post(POST), Unknown)
        assert 1 == server.connects


def test_silence_is_unknown() -> None:
    """A server that takes the post and says nothing may have it."""
    with serving(lambda line: line.hush()) as server:
        assert isinstance(SlackChat("x", "C1", server.url, seconds=1).post(POST), Unknown)


def test_every_exception_of_the_library_is_mapped() -> None:
    """An exception of a later slack_sdk that this table does not know fails here, not at night."""
    known = {kind for _, kind in inspect.getmembers(slack_sdk.errors, inspect.isclass)}

    assert set() == {kind for kind in known if kind.__module__ == "slack_sdk.errors"} - set(EXCEPTIONS)


def test_a_text_mentions_nobody_and_previews_nothing() -> None:
    """Control characters are escaped and links are not fetched: no text can call the whole channel (S9)."""
    seen: list[Any] = []
    body = {"ok": True, "ts": "1.000001"}
    with serving(answering(http_answer(200, body), seen)) as server:
        assert Accepted("1.000001") == SlackChat("xoxb-1", "C1", server.url).post(POST)

    assert b"&lt;!channel&gt; &amp; more" in seen[0][2]
    assert b'"unfurl_links": false' in seen[0][2] or b"unfurl_links=0" in seen[0][2]


@pytest.fixture
def chat(sandbox: Any) -> SlackChat:
    """The sandbox's channel."""
    address = sandbox.address
    return SlackChat(address["auth_token"], "C0SANDBOX", f"{address['slack']}/api/", stamp=True)


def test_a_post_whose_answer_was_lost_is_found(sandbox: Any, chat: SlackChat) -> None:
    """The history has it by its token, in the channel and in a thread; what was never posted is absent."""
    root = chat.post(POST)
    assert isinstance(root, Accepted)
    reply = ChatText("home.reply", "more", root.reference, POST.since, NOW)
    sandbox.dial("slack", lose_answer=1)

    assert isinstance(chat.post(reply), Unknown)
    assert Finding.FOUND == chat.find(reply).finding
    assert root.reference == chat.find(POST).reference
    assert Finding.ABSENT == chat.find(ChatText("home.other", "x", root.reference, POST.since, NOW)).finding
    assert Finding.ABSENT == chat.find(ChatText("home.other", "x", "", POST.since, NOW)).finding


def test_a_history_that_cannot_be_read_is_no_answer(sandbox: Any, chat: SlackChat) -> None:
    """Not read is not absent."""
    sandbox.dial("slack", lookup=0)

    assert Finding.UNAVAILABLE == chat.find(POST).finding


def test_a_wrong_key_is_the_accounts_fault(sandbox: Any) -> None:
    """The sandbox checks the key as Slack does."""
    wrong = SlackChat("xoxb-wrong", "C0SANDBOX", f"{sandbox.address['slack']}/api/")

    assert Rejected(Scope.ACCOUNT, "slack invalid_auth") == wrong.post(POST)
    assert Finding.UNAVAILABLE == wrong.find(POST).finding


def test_a_redirect_is_not_followed() -> None:
    """The token goes to the host that was set and to no other (S12, S20)."""
    other: list[bytes] = []
    with serving(lambda line: other.extend(line.until(b"\r\n"))) as elsewhere:
        answer = _answer(302, {"ok": True, "ts": "1.0"}, f"Location: {elsewhere.url}/api/chat.postMessage")
    assert (False, []) == (isinstance(answer, Accepted), other)


@pytest.mark.parametrize(
    "body", ["[" * 200_000, '{"ok": true, "ts": "' + "x" * 5_000_000 + '"}'], ids=["deep", "large"]
)
def test_an_answer_beyond_every_bound_is_unknown(body: str) -> None:
    """It neither raises nor fills the memory (I24)."""
    with serving(answering(http_answer(200, body))) as server:
        answer = SlackChat("xoxb-1", "C1", f"{server.url}/api/", seconds=2).post(POST)
    assert isinstance(answer, Unknown)
