"""Staff chat through Slack; the only home of the slack_sdk library.

Neither `post` nor `find` raises. One request each, never repeated by the client; a post carries its token as
metadata, by which the history is asked before anything is posted again. Reasons name codes and classes only.
"""

from __future__ import annotations

import http.client
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from slack_sdk import WebClient
from slack_sdk.errors import (
    BotUserAccessError,
    SlackApiError,
    SlackClientConfigurationError,
    SlackClientError,
    SlackClientNotConnectedError,
    SlackObjectFormationError,
    SlackRequestError,
    SlackTokenRotationError,
)

from notifications.channels.slack_codes import refusal
from notifications.chat import ChatText
from notifications.message import (
    Accepted,
    Answer,
    Finding,
    LookUp,
    NotAccepted,
    Rejected,
    Scope,
    Unknown,
)

SECONDS = 5
"""For the connection and for each read; `tongbao tick` waits for nothing longer than this."""
EVENT = "tongbao_post"
PAGES = 5
PAGE_SIZE = 200
CHUNK = 65_536
LARGEST = 4_000_000
"""Bytes of one answer; 200 messages with their metadata have less (I24)."""

_quiet = logging.getLogger("tongbao.slack")
"""The client logs what it could not send; nothing is written to this one."""
_quiet.disabled = True

_MISBUILT = Rejected(Scope.ACCOUNT, "slack: the settings are not usable")
EXCEPTIONS: dict[type[Exception], Answer] = {
    # SlackApiError carries a status and a code: `refusal` reads them before this table is asked.
    SlackApiError: Unknown("slack answered oddly"),
    SlackClientError: Unknown("slack client"),
    SlackRequestError: _MISBUILT,
    BotUserAccessError: _MISBUILT,
    SlackClientConfigurationError: _MISBUILT,
    SlackObjectFormationError: _MISBUILT,
    SlackTokenRotationError: _MISBUILT,
    SlackClientNotConnectedError: NotAccepted("slack: not connected"),
    socket.gaierror: NotAccepted("slack: its name is not known"),
    ConnectionRefusedError: NotAccepted("slack: the connection was refused"),
    ssl.SSLCertVerificationError: NotAccepted("slack: its certificate is not valid"),
    HTTPError: Unknown("slack: odd HTTP"),
    URLError: Unknown("slack: the connection broke"),
    http.client.HTTPException: Unknown("slack: odd HTTP"),
    TimeoutError: Unknown("slack: no answer in time"),
    OSError: Unknown("slack: the connection broke"),
    # Of a header that cannot be sent, and of an answer that cannot be read.
    ValueError: Unknown("slack answered oddly"),
    AttributeError: Unknown("slack answered oddly"),
    LookupError: Unknown("slack answered oddly"),
    TypeError: Unknown("slack answered oddly"),
    RecursionError: Unknown("slack answered oddly"),
}
"""What every exception that can come out of a call means; the nearest class counts."""
FAILURES: tuple[type[Exception], ...] = tuple(EXCEPTIONS)


class _NoRedirect(HTTPRedirectHandler):
    """The token goes to the host that was set and to no other: a redirect is an odd answer (S12, S20)."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class _Client(WebClient):
    """The client with three bounds of ours: no redirects, a largest answer, and an end to slow ones."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        opener = build_opener(_NoRedirect, HTTPSHandler(context=self.ssl))
        with opener.open(req, timeout=self.timeout) as answer:
            body = _bounded(answer, time.monotonic() + self.timeout)
            charset = answer.headers.get_content_charset() or "utf-8"
            return {"status": answer.code, "headers": answer.headers, "body": body.decode(charset)}


def _bounded(answer: Any, end: float) -> bytes:
    """The body; OSError when it is larger than LARGEST or has not come by `end` on the monotonic clock."""
    body = b""
    while chunk := answer.read1(CHUNK):
        body += chunk
        if len(body) > LARGEST:
            raise OSError("more than an answer has")
        if time.monotonic() > end:
            raise TimeoutError
    return body


class SlackChat:
    """One channel of a workspace. `base_url` "" is Slack itself; `stamp` sends our time, for the sandbox only."""

    def __init__(
        self, token: str, channel: str, base_url: str = "", *, seconds: int = SECONDS, stamp: bool = False
    ) -> None:
        self._token, self._channel, self._stamp = token, channel, stamp
        self._options: dict[str, Any] = {"timeout": seconds, "logger": _quiet, "retry_handlers": []}
        if base_url:
            self._options["base_url"] = base_url

    def post(self, text: ChatText) -> Answer:
        """One chat.postMessage, as plain text without previews of links."""
        try:
            said = self._client(text).chat_postMessage(
                channel=self._channel,
                text=_escaped(text.text),
                thread_ts=text.thread or None,
                mrkdwn=False,
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": EVENT, "event_payload": {"post": text.token}},
            )
            ts = said["ts"]
        except FAILURES as error:
            return _answer(error)
        return Accepted(ts) if isinstance(ts, str) and ts else Unknown("slack answered without a ts")

    def find(self, text: ChatText) -> LookUp:
        """Whether the history has a post with this token. Too much to read is no answer."""
        try:
            for message in self._messages(self._client(text), text):
                if _token_of(message) == text.token:
                    return LookUp(Finding.FOUND, str(message["ts"]))
        except FAILURES as error:
            return LookUp(Finding.UNAVAILABLE, status=getattr(_answer(error), "reason", ""))
        return LookUp(Finding.ABSENT)

    def _client(self, text: ChatText) -> WebClient:
        headers = {"X-Tongbao-Now": text.now.isoformat()} if self._stamp else None
        return _Client(self._token, headers=headers, **self._options)

    def _messages(self, client: WebClient, text: ChatText) -> Iterator[dict[str, Any]]:
        """The thread's replies, or the channel's messages for a root, since shortly before the post was planned."""
        asked: dict[str, Any] = {
            "channel": self._channel,
            "oldest": _slack_time(text.since),
            "limit": PAGE_SIZE,
            "include_all_metadata": True,
        }
        cursor = ""
        for _ in range(PAGES):
            if text.thread:
                page = client.conversations_replies(ts=text.thread, cursor=cursor or None, **asked)
            else:
                page = client.conversations_history(cursor=cursor or None, **asked)
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        raise LookupError("more messages than a look-up reads")


def _slack_time(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def _escaped(text: str) -> str:
    """Slack's three control characters; nothing in a text can then mention anybody or become a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _token_of(message: dict[str, Any]) -> object:
    metadata = message.get("metadata") or {}
    return (metadata.get("event_payload") or {}).get("post") if metadata.get("event_type") == EVENT else None


def _answer(error: Exception) -> Answer:
    if isinstance(error, SlackApiError):
        response = error.response
        data = response.data if isinstance(response.data, dict) else {}
        headers = {name.lower(): value for name, value in (response.headers or {}).items()}
        return refusal(response.status_code, str(data.get("error") or ""), _one(headers.get("retry-after")))
    # urllib wraps what happened while connecting; what it wraps tells more.
    inner = error.reason if isinstance(error, URLError) else error
    core = inner if isinstance(inner, Exception) else error
    return next(EXCEPTIONS[kind] for kind in type(core).__mro__ if kind in EXCEPTIONS)


def _one(value: object) -> str | None:
    found = value[0] if isinstance(value, list) and value else value
    return None if found is None else str(found)
