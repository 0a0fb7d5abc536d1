"""A notice: one thing told to one frozen audience, with its approvals and its hashes.

Frozen. The text and the audience are fixed at submit; an approval names both hashes (S4, I3, I7).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from incidents.incident import Bilingual
from incidents.material import BY_SMS
from incidents.terms import TAKING_BACK, Channel, Kind, NoticeState, Outlet
from notifications.message import Text

FORM_OWN = "own"
"""The notice's own wording."""
FORM_COMBINED = "combined"
"""For those who were never told of the outage: occurred and already restored, in one text."""

OWED_TO_EACH = (Kind.FIRST_NOTICE, Kind.RESOLUTION_NOTICE, Kind.PLANNED_WORK_NOTICE)
"""Kinds that are owed to every recipient, not only to the page."""
LIMITED = (Kind.PROGRESS_UPDATE, Kind.MATERIAL_UPDATE)
"""Kinds whose SMS are limited; never first, resolution, correction and withdrawal."""
ALIVE = (
    NoticeState.SUBMITTED,
    NoticeState.APPROVED,
    NoticeState.SENDING,
    NoticeState.PAUSED,
    NoticeState.TOLD,
)
"""From submission on, unless it was stopped or superseded."""


@dataclass(frozen=True)
class Approval:
    user: str
    at: datetime
    text_hash: str
    audience_hash: str


@dataclass(frozen=True)
class Counters:
    """Recipients by answer; people, not deliveries."""

    reached: int = 0
    impossible: int = 0
    unconfirmed: int = 0
    pending: int = 0
    spared: int = 0


@dataclass(frozen=True)
class Notice:
    id: int
    incident: int
    kind: Kind
    state: NoticeState
    channels: tuple[Channel, ...]
    author: str
    created_at: datetime
    level: int
    number: int = 0
    """Its entry on the public page, from 1; given at submit."""
    change: str = ""
    automatic: bool = False
    next_update_at: datetime | None = None
    promise_given: bool = False
    """Whether a person fixed the promise; otherwise submit sets it from the cadence."""
    submitted_at: datetime | None = None
    released_at: datetime | None = None
    told_at: datetime | None = None
    page_live_at: datetime | None = None
    direct_from: datetime | None = None
    """SMS and e-mail leave from here: when the page is live, at the latest 10 s after release (R24)."""
    text_hash: str = ""
    facts_hash: str = ""
    audience_hash: str = ""
    audience_size: int = 0
    with_address: int = 0
    shared: int = 0
    """People of this audience who are told by a delivery to somebody with the same number or address."""
    approvals: tuple[Approval, ...] = ()
    forecast_at: datetime | None = None
    expanded: bool = False
    settled: bool = False
    """No delivery of it needs anybody any more."""
    cursor: int = 0
    """The last customer id that has its deliveries."""
    counters: Counters = Counters()
    stopped_reason: str = ""
    corrects: int = 0
    """The notice that this one takes back, for a correction or a withdrawal."""
    takes_back: tuple[int, ...] = ()
    """All notices that it takes back, where that is more than the one it names."""
    sequence: int = 0
    """The sequence of the one window that it answers, for a correction or a withdrawal."""
    said: Bilingual = field(default_factory=dict)
    right: Bilingual = field(default_factory=dict)
    """What the other notice said wrongly, and what is right (a withdrawal: why it is withdrawn)."""
    window: int = 0
    """The one window that a holding notice is for; 0 for every other notice."""
    standing: int = 0
    """The approval in advance that a holding notice goes by."""
    held: tuple[Channel, ...] = ()
    """Its own channels that were not let go yet; whoever has no other is not answered before they are."""
    walk: tuple[Channel, ...] = ()
    """The channels that the cursor gives deliveries to; empty for all of them."""

    @property
    def walking(self) -> tuple[Channel, ...]:
        return self.walk or self.channels

    @property
    def holding(self) -> bool:
        return self.kind == Kind.HOLDING_NOTICE

    @property
    def wrong(self) -> tuple[int, ...]:
        """The notices that this one takes back."""
        return self.takes_back or (self.corrects,)

    @property
    def sms_limit(self) -> timedelta | None:
        """How long a customer gets no second SMS of the incident by this notice; None: no limit.

        Source: docs/windows.md, "What is sent".
        """
        if self.kind not in LIMITED or Channel.SMS not in self.channels:
            return None
        return timedelta(hours=2 if self.change in BY_SMS else 6)

    @property
    def final(self) -> bool:
        return self.kind == Kind.RESOLUTION_NOTICE

    @property
    def told_somebody(self) -> bool:
        """Whether anybody can have read it: its page was live, or a provider took a message."""
        return self.page_live_at is not None or self.counters.reached + self.counters.unconfirmed > 0

    @property
    def released(self) -> bool:
        return self.released_at is not None


def overtakes(newer: Notice, older: Notice) -> bool:
    """Whether what `older` has not sent would be false once `newer` is out.

    A first notice goes on beside updates, and a holding notice too: its people still have to be told. A correction
    takes back one notice only, and nothing takes back a correction but the withdrawal of the same notice.
    """
    if newer.kind in TAKING_BACK:
        corrected = older.kind == Kind.CORRECTION_NOTICE and newer.kind == Kind.WITHDRAWAL_NOTICE
        wrong = set(newer.wrong)
        return older.id in wrong or (corrected and wrong.issuperset(older.wrong))
    if older.kind in TAKING_BACK:
        return False
    if newer.holding:
        return False
    if older.holding:
        return newer.final or newer.kind == Kind.FIRST_NOTICE
    return newer.final or older.kind != Kind.FIRST_NOTICE


TextKey = tuple[str, Outlet, str]
"""(form, channel or script, language)."""
CountKey = tuple[str, str, str]
"""(channel, language, state) of deliveries."""


def text_hash(texts: Mapping[TextKey, Text]) -> str:
    """SHA-256 over every text of a notice in a fixed order, and over the templates they were made from."""
    rows = [[*map(str, key), t.subject, t.body, t.html, t.template] for key, t in sorted(texts.items())]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def approvals_needed(level: int) -> int:
    """The author and one other at levels 1 and 2; at level 3 the author alone (AMB-16)."""
    return 2 if level <= 2 else 1
