"""Staff chat: what is posted of an incident, and what becomes of a post. Never the only path to anybody.

Pure. A post is a row that follows from one timeline entry; it is posted in the incident's thread, in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from notifications.message import Accepted, Answer, Finding, LookUp, NotAccepted, Rejected, Scope, Unknown

LEASE = timedelta(seconds=60)
"""How long a call may take before its answer counts as lost; longer than any time-out of a channel."""
LOOK_AFTER = timedelta(seconds=10)
"""A history shows a post of a moment ago; it is asked a little later (docs/delivery.md)."""
ASK_AGAIN = timedelta(seconds=30)
RETRY = timedelta(seconds=15)
MEND = timedelta(minutes=2)
"""How long a channel rests that refuses us altogether: a person must mend it."""
LATE = timedelta(minutes=2)
MERGE_ABOVE = 5
"""So many posts of one incident that wait for longer than LATE become one."""
TOO_OLD = timedelta(hours=24)
"""News of yesterday is on the board and in the record; it is not posted any more."""

KINDS: Mapping[str, str] = {
    "opened": "opened",
    "upgraded": "upgraded",
    "warning": "warning",
    "window_breached": "breached",
    "notice_submitted": "approval_asked",
    "notice_declined": "declined",
    "notice_paused": "paused",
    "notice_told": "told",
    "partly_restored": "partly_restored",
    "restored": "restored",
    "resolved": "resolved",
    "undone": "undone",
    "downgraded": "downgraded",
    "reopened": "reopened",
    "lost_again": "reopened",
    "false_alarm": "called_off",
    "downgrade_asked": "decision_asked",
    "waiver_asked": "decision_asked",
}
"""Timeline entry -> what is posted of it; nothing of the others."""
SUMMARY = "summary"
QUIET_RUNGS = ("target", "due")
"""Rungs without a post: the target is a wish, and at the due instant the breach itself is posted."""


class PostState(StrEnum):
    PLANNED = "planned"
    CALLING = "calling"
    IN_DOUBT = "in_doubt"
    POSTED = "posted"
    FAILED = "failed"
    MERGED = "merged"
    """Told by a later post of the same incident, which sums up."""
    DROPPED = "dropped"
    """Not true or not news any more when its turn came."""


UNFINISHED = (PostState.PLANNED, PostState.CALLING, PostState.IN_DOUBT)


@dataclass(frozen=True)
class Post:
    """One post; `token` names its home and the hash of its timeline entry, and travels with it."""

    id: int
    incident: int
    sequence: int
    kind: str
    data: dict[str, Any]
    token: str
    state: PostState
    created_at: datetime
    next_at: datetime
    attempts: int = 0
    ts: str = ""
    """The channel's name for the posted message."""
    root: bool = False
    """Whether the thread hangs from this one."""
    merged_into: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class ChatText:
    """One post as it leaves. `thread` is the root's ts, "" for a new root; `since` bounds a look-up."""

    token: str
    text: str
    thread: str
    since: datetime
    now: datetime


class ChatChannel(Protocol):
    """A channel that staff read. Neither method raises; both are called with no transaction open."""

    def post(self, text: ChatText) -> Answer: ...

    def find(self, text: ChatText) -> LookUp: ...


def wanted(kind: str, data: Mapping[str, Any]) -> str:
    """What is posted of this timeline entry; "" for nothing."""
    if kind == "warning" and data.get("rung") in QUIET_RUNGS:
        return ""
    return KINDS.get(kind, "")


@dataclass(frozen=True)
class Outcome:
    """What follows from an answer: the post as it is now, and how the channel is."""

    post: Post
    rest_until: datetime | None = None
    """Until when nothing is posted at all."""
    trouble: str | None = None
    """What is wrong with the channel; "" well again; None: this answer says nothing of it."""
    thread_gone: bool = False


def answered(post: Post, answer: Answer, now: datetime) -> Outcome:
    """What follows from the answer to a call."""
    match answer:
        case Accepted(ts):
            return Outcome(replace(post, state=PostState.POSTED, ts=ts, reason=""), trouble="")
        case Rejected(scope=Scope.CONTENT, reason=reason):
            return Outcome(replace(post, state=PostState.FAILED, reason=reason), trouble="")
        case Rejected(scope=Scope.RECIPIENT, reason=reason):
            # The message that the thread hung from is gone: the next attempt begins a thread.
            wait = timedelta() if post.attempts <= 1 else RETRY
            return Outcome(_again(post, now + wait, reason), thread_gone=True)
        case Rejected(reason=reason):
            return _rests(_again(post, now + MEND, reason), reason)
        case NotAccepted(reason, seconds):
            wait = RETRY if seconds is None else timedelta(seconds=max(1.0, seconds))
            return _rests(_again(post, now + wait, reason), reason)
        case Unknown(reason):
            doubt = replace(post, state=PostState.IN_DOUBT, next_at=now + LOOK_AFTER, reason=reason)
            return _rests(doubt, reason)


def looked_up(post: Post, found: LookUp, now: datetime) -> Outcome:
    """What follows from a look-up: found is posted, absent is posted again, else it is asked again."""
    match found.finding:
        case Finding.FOUND:
            return Outcome(replace(post, state=PostState.POSTED, ts=found.reference, reason=""), trouble="")
        case Finding.ABSENT:
            return Outcome(_again(post, now, post.reason))
        case Finding.UNAVAILABLE:
            return _rests(replace(post, state=PostState.IN_DOUBT, next_at=now + ASK_AGAIN), found.status)


def _again(post: Post, at: datetime, reason: str) -> Post:
    return replace(post, state=PostState.PLANNED, next_at=at, reason=reason, root=False)


def _rests(post: Post, trouble: str) -> Outcome:
    return Outcome(post, rest_until=post.next_at, trouble=trouble)


def late(waiting: list[Post], now: datetime) -> bool:
    """Whether so much has piled up that one post shall tell it all."""
    return len(waiting) > MERGE_ABOVE and waiting[0].created_at <= now - LATE
