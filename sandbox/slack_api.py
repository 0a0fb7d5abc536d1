"""Slack's way of posting and reading one channel, with the faults of the dial.

An `ok: true` goes out only after the commit; a withheld one leaves the post in the ledger. Field names, error
codes and `ok: false` with status 200 are those of Slack's published Web API.
"""

import asyncio
import hmac
import json
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.dial import Gate
from sandbox.http1 import Reply, Request
from sandbox.ledger import Ledger, Row
from sandbox.moment import moment, sortable

CHANNEL = "C0SANDBOX"
LONGEST = 40_000
LARGEST_PAGE = 999
READS = ("conversations.history", "conversations.replies")


class Slack:
    """One workspace with one channel."""

    def __init__(self, token: str, ledger: Ledger, gate: Gate, touch: Callable[[], None]) -> None:
        self._bearer = f"Bearer {token}"
        self._ledger = ledger
        self._gate = gate
        self._touch = touch
        newest = ledger.find(["channel = 'chat'", "accepted = 1"], [], "ORDER BY id DESC LIMIT 1")
        self._last = _micros(newest[0]["sid"]) if newest else 0

    async def handle(self, request: Request) -> Reply | None:
        """Answer one call; None withholds the answer."""
        self._touch()
        await asyncio.sleep(self._gate.faults["latency_ms"] / 1000)
        method = request.path.removeprefix("/api/")
        if method == "chat.postMessage":
            return await self._post(request)
        if method not in READS:
            return _no("unknown_method")
        if not self._may(request):
            return _no("invalid_auth")
        if not self._gate.faults["lookup"]:
            return _no("service_unavailable", 503)
        return self._read(method, _arguments(request))

    def _may(self, request: Request) -> bool:
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), self._bearer.encode())

    async def _post(self, request: Request) -> Reply | None:
        asked = _arguments(request)
        now = moment(request.headers.get("x-tongbao-now"))
        refused = self._refusal(request, asked)
        ts = "" if refused else self._ts(now)
        await self._ledger.append([_row(asked, sortable(now), ts)])
        if refused is not None:
            return refused
        if self._gate.loses():
            return None
        return Reply(
            200, {"ok": True, "channel": asked["channel"], "ts": ts, "message": {"text": asked["text"]}}
        )

    def _refusal(self, request: Request, asked: dict[str, Any]) -> Reply | None:
        """Why this post is not taken, if so: who, what, how fast."""
        faults = self._gate.faults
        if faults["status"]:
            return _no(
                "service_unavailable" if faults["status"] >= 500 else "invalid_arguments", faults["status"]
            )
        code = "" if self._may(request) else "invalid_auth"
        code = code or faults["refuse_code"] or self._fault_in(asked)
        if code:
            return _no(code)
        wait = self._gate.wait_before(time.monotonic())
        if wait:
            return Reply(429, {"ok": False, "error": "ratelimited"}, (("Retry-After", str(math.ceil(wait))),))
        return None

    def _fault_in(self, asked: dict[str, Any]) -> str:
        if asked.get("channel") != CHANNEL:
            return "channel_not_found"
        if not asked.get("text"):
            return "no_text"
        if len(asked["text"]) > LONGEST:
            return "msg_too_long"
        thread = asked.get("thread_ts")
        return "thread_not_found" if thread and not self._found(["sid = ?"], [thread], "") else ""

    def _ts(self, now: datetime) -> str:
        """The name of a post: its instant, later than any other's."""
        self._last = max(self._last + 1, int(now.astimezone(UTC).timestamp() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"

    def _found(self, where: list[str], values: list[Any], tail: str) -> list[dict[str, Any]]:
        return self._ledger.find(["channel = 'chat'", "accepted = 1", *where], values, tail)

    def _read(self, method: str, asked: dict[str, Any]) -> Reply:
        """The channel newest first, or a thread with what it hangs from, oldest first."""
        if asked.get("channel") != CHANNEL:
            return _no("channel_not_found")
        size = min(max(int(asked.get("limit") or 100), 1), LARGEST_PAGE)
        where, values = ["CAST(sid AS REAL) >= ?"], [float(asked.get("oldest") or 0)]
        thread = asked.get("ts") if method == READS[1] else None
        if thread and not self._found(["sid = ?"], [thread], ""):
            return _no("thread_not_found")
        order = "DESC" if thread is None else "ASC"
        where.append("service IS NULL" if thread is None else "(service = ? OR sid = ?)")
        values += [thread, thread] if thread else []
        if asked.get("cursor"):
            where.append("id < ?" if thread is None else "id > ?")
            values.append(int(asked["cursor"]))
        found = self._found(where, values, f"ORDER BY id {order} LIMIT {size + 1}")
        following = str(found[size - 1]["id"]) if len(found) > size else ""
        messages = [_message(row) for row in found[:size]]
        return Reply(200, {"ok": True, "messages": messages, "response_metadata": {"next_cursor": following}})


def _micros(ts: str) -> int:
    return int(ts.replace(".", ""))


def _no(code: str, status: int = 200) -> Reply:
    return Reply(status, {"ok": False, "error": code})


def _arguments(request: Request) -> dict[str, Any]:
    """JSON or a form: Slack takes both."""
    if "json" in request.headers.get("content-type", ""):
        found = json.loads(request.body or b"{}")
        return found if isinstance(found, dict) else {}
    return {**request.params(), **request.form()}


def _row(asked: dict[str, Any], at: str, ts: str) -> Row:
    payload = (asked.get("metadata") or {}).get("event_payload") or {}
    return Row(
        channel="chat",
        recipient=str(asked.get("channel")),
        sender="tongbao",
        body=str(asked.get("text")),
        at=at,
        accepted=bool(ts),
        attempt=payload.get("post"),
        sid=ts or None,
        service=asked.get("thread_ts") or None,
    )


def _message(row: dict[str, Any]) -> dict[str, Any]:
    metadata = {"event_type": "tongbao_post", "event_payload": {"post": row["attempt"]}}
    thread = {"thread_ts": row["service"]} if row["service"] else {}
    return {"type": "message", "text": row["body"], "ts": row["sid"], "metadata": metadata, **thread}
