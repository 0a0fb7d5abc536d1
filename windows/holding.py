"""When the holding notice goes out by itself, and what of it: one window at one instant.

Pure. Decided anew at every sweep until due; docs/windows.md, "The holding notice".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.terms import Channel
from windows.forecast import Load

MARGIN = timedelta(minutes=15)
"""What the lead leaves over the time that sending needs."""
FAMILIES_NEEDED = 2
"""So many independent trigger families stand for a person's word, up to the operator's automatic maximum."""


def channels_at(level: int) -> tuple[Channel, ...]:
    """Where a holding notice goes: everywhere at levels 1 and 2, at level 3 the page alone."""
    return (Channel.WEB, Channel.SMS, Channel.EMAIL) if level <= 2 else (Channel.WEB,)


@dataclass(frozen=True)
class Situation:
    """All that the decision depends on. `loads` are its own direct channels: none where it is told by its page."""

    started_at: datetime
    due_at: datetime
    rule_lead: timedelta
    loads: tuple[Load, ...] = ()
    refused: str = ""
    """Why no approval covers it: not_approved, approval_expired or text_changed; "" when one does."""
    approved_maximum: int = 0
    held: bool = False
    """A person stopped it with a reason."""
    waits: bool = False
    """After a long gap whatever goes by itself waits for a person."""
    human_in_time: bool = False
    """A person's notice is on its way, and the forecast says that it will make it."""
    human_page: bool = False
    """A person's entry is live."""
    confirmed: bool = False
    families: int = 0
    audience: int = 0
    automatic_maximum: int = 0
    gone: frozenset[str] = frozenset()
    """What of it was let go before: channels by name."""
    written_for: frozenset[str] | None = None
    """The channels for which it was written, of which some may still be held; None before it is written."""


@dataclass(frozen=True)
class Decision:
    """What goes now. `withheld` gives each channel whose time has come its reason; `why` is for nothing at all."""

    page: bool = False
    channels: tuple[str, ...] = ()
    withheld: tuple[tuple[str, str], ...] = ()
    why: str = ""
    next_at: datetime | None = None
    """The next instant at which more would be decided."""

    @property
    def goes(self) -> bool:
        return self.page or bool(self.channels)


def lead(sending: timedelta, rule_lead: timedelta, half: timedelta) -> timedelta:
    """How long before due one channel leaves: clamp(sending + 15 min, the rule's lead, half of the window)."""
    return min(max(sending + MARGIN, rule_lead), half)


def beyond_cap(sending: timedelta, half: timedelta) -> bool:
    """Whether even half of the window is too short to send in: an alarm for people, never an automatic mass send."""
    return sending + MARGIN > half


def starts(situation: Situation) -> dict[str, datetime]:
    """Channel -> when its time comes; `web` leaves with the earliest that may, at the latest at the rule's lead."""
    half = (situation.due_at - situation.started_at) / 2
    found = {
        load.channel: situation.due_at - lead(load.ahead + load.lasts, situation.rule_lead, half)
        for load in situation.loads
    }
    usable = [found[load.channel] for load in situation.loads if not beyond_cap(load.lasts, half)]
    page = situation.due_at - min(situation.rule_lead, half)
    return {"web": min([page, *usable]), **found}


def decided(situation: Situation, now: datetime) -> Decision:
    """What goes out at `now`: nothing, the page entry, direct channels, or channels withheld with their reasons."""
    at = starts(situation)
    ahead = min((one for one in at.values() if one > now), default=None)
    why = _nothing(situation, now, min(at.values()))
    if why:
        return Decision(why=why, next_at=ahead)
    page = at["web"] <= now and "web" not in situation.gone and not situation.human_page
    go: list[str] = []
    withheld: list[tuple[str, str]] = []
    for load in situation.loads:
        if at[load.channel] <= now and load.channel not in situation.gone:
            reason = _withheld(situation, load)
            if reason:
                withheld.append((load.channel, reason))
            else:
                go.append(load.channel)
    return Decision(page, tuple(go), tuple(withheld), next_at=ahead)


def _nothing(situation: Situation, now: datetime, first: datetime) -> str:
    if now > situation.due_at:
        return "past_due"
    if situation.held:
        return "held"
    if situation.human_in_time:
        return "human_in_time"
    if now < first:
        return "not_yet"
    if situation.waits:
        return "clock_not_accepted"
    return situation.refused


def _withheld(situation: Situation, load: Load) -> str:
    """Why a direct channel may not go by itself; "" when it may."""
    half = (situation.due_at - situation.started_at) / 2
    if situation.written_for is not None and load.channel not in situation.written_for:
        return "written_for_the_page"
    if beyond_cap(load.lasts, half):
        return "forecast_beyond_cap"
    if situation.audience > situation.approved_maximum:
        return "beyond_approved_maximum"
    if situation.confirmed:
        return ""
    if situation.families < FAMILIES_NEEDED:
        return "not_confirmed"
    return "" if situation.audience <= situation.automatic_maximum else "beyond_automatic_maximum"
