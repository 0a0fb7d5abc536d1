"""Pages to staff: whom a call-out reaches and when, and what becomes of one page. Decisions only.

Pure. A *call-out* is one matter that people must hear of (a rung of a window, an approval, trouble). It makes
rounds; each round makes one *page* per person and channel. It repeats, then climbs; an acknowledgement stops it for
a while (windows.md §5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from incidents.terms import Role
from notifications.message import Accepted, Answer, Finding, LookUp, NotAccepted, Rejected, Unknown
from notifications.roster import Roster, who_is_on

LEASE = timedelta(seconds=60)
"""How long a call may take before its answer counts as lost; longer than any time-out of a channel."""
LOOK_AFTER = timedelta(seconds=10)
ASK_AGAIN = timedelta(seconds=30)
MOST_LOOKS = 3
"""After so many look-ups that found nobody to ask, the page counts as unconfirmed: the next round follows."""
RETRY, LONGEST_RETRY = timedelta(seconds=15), timedelta(minutes=5)
CHANNELS = ("sms", "voice", "email")
"""Ways to one person. The staff chat is told of the same entries in the incident's thread."""
LONG = timedelta(hours=24)
"""Windows up to this length page at any hour."""
SATURDAY = 5
WORK_BEGINS, WORK_ENDS = time(9), time(18)
ABOVE: Mapping[str, str] = {
    Role.DUTY_MANAGER: Role.COMMANDER,
    Role.COMMS: Role.COMMANDER,
    Role.APPROVER: Role.COMMANDER,
    Role.LEGAL: Role.COMMANDER,
    Role.COMMANDER: Role.HEADQUARTERS,
}
"""Role -> the one that hears of it when nobody there answers."""


class PageState(StrEnum):
    PLANNED = "planned"
    CALLING = "calling"
    IN_DOUBT = "in_doubt"
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    DROPPED = "dropped"
    """Answered, overtaken by the next round, or not true any more when its turn came."""


@dataclass(frozen=True)
class Matter:
    """What people are paged for, and how long: while the window is owed, is foreseen to be late, the notice or the
    decision waits, the channel fails, the post is empty; or until somebody has said that they heard it."""

    while_: str
    approves: bool = False
    """Whether a page can be answered with an approval."""

    @property
    def until_acknowledged(self) -> bool:
        return self.while_ == HEARD


HEARD = "heard"
MATTERS: Mapping[str, Matter] = {
    "warning": Matter("owed"),
    "too_few": Matter("owed"),
    "nobody_to_tell": Matter("owed"),
    "forecast": Matter("late"),
    "holding": Matter("owed"),
    "approval": Matter("submitted", approves=True),
    "decision": Matter("waiting"),
    "paused": Matter("paused"),
    "lane": Matter("trouble"),
    "gap": Matter("empty"),
    "unreachable": Matter(HEARD),
    "opened": Matter(HEARD),
    "headquarters": Matter(HEARD),
    "regime": Matter(HEARD),
    "nudged": Matter(HEARD),
    "unconfirmed": Matter(HEARD),
    "drill_owed": Matter(HEARD),
    "drill_missed": Matter(HEARD),
    "trouble": Matter(HEARD),
}
"""`trouble` is whatever else goes wrong in the house (chain, clock, settings): its words come with it."""

UNFINISHED = (PageState.PLANNED, PageState.CALLING, PageState.IN_DOUBT)


@dataclass(frozen=True)
class CallOut:
    """One matter that people are paged for until somebody answers or it is over.

    `key` is unique among the call-outs that are not over: however many schedulers see the same, one pages.
    """

    key: str
    about: str
    incident: int | None
    window: int | None
    notice: int | None
    to: str
    """Roles, joined by +."""
    unit: str
    urgent: bool
    any_hour: bool
    data: dict[str, Any]
    opened_at: datetime
    next_at: datetime | None
    """When to look at it next; None once it is over."""
    round: int = 0
    """Rounds made so far."""
    stage: int = 0
    tries: int = 0
    """Rounds made on this stage."""
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_until: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    id: int = 0


@dataclass(frozen=True)
class Page:
    """One attempt to reach one person by one channel about one call-out."""

    call: int
    person: str
    channel: str
    round: int
    role: str
    language: str
    at: datetime
    state: PageState
    next_at: datetime
    code: str = ""
    """What the person answers with by SMS."""
    text: dict[str, str] | None = None
    """The words as they left, so that a look-up finds them again."""
    to: str = ""
    attempts: int = 0
    called_at: datetime | None = None
    """When the last attempt was made: a look-up asks about that instant."""
    looks: int = 0
    resends: int = 0
    reference: str = ""
    reason: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    how: str = ""
    id: int = 0


@dataclass(frozen=True)
class PageMessage:
    """What a channel is given for one attempt. `attempt` is "page<id>.<n>"; `spoken` is for a voice."""

    page: int
    attempt: str
    person: str
    to: str
    language: str
    subject: str
    body: str
    spoken: str
    thread: str
    now: datetime


class StaffChannel(Protocol):
    """A way to reach one person of the house. Neither method raises; both run with no transaction open."""

    @property
    def can_look_up(self) -> bool: ...

    def page(self, message: PageMessage) -> Answer: ...

    def look_up(self, message: PageMessage) -> LookUp: ...


def monday_to_friday(day: date) -> bool:
    return day.weekday() < SATURDAY


@dataclass(frozen=True)
class Pace:
    """How often and how long; the operator's figures ([paging] in the settings)."""

    repeat: timedelta = timedelta(minutes=5)
    tries: int = 2
    """Rounds on one stage before it climbs."""
    acknowledged: timedelta = timedelta(minutes=30)
    reminder: timedelta = timedelta(minutes=30)
    zone: str = "Asia/Shanghai"
    working: Callable[[date], bool] = monday_to_friday
    """Whether staff work on a day: what need not wake them waits for the next one that they do."""

    def opens(self, at: datetime, any_hour: bool) -> datetime:
        """`at`, or the next working hour after it."""
        return opening(at, any_hour, self.zone, self.working)


Stage = tuple[tuple[str, str], ...]
"""(person, role) of everybody who is paged together."""


def stages(roster: Roster, at: datetime, to: str, line: Sequence[str]) -> list[Stage]:
    """Who is paged first, second, …: holders, their substitutes, the next role, then the next higher unit.

    `line` is the unit and all above it. "" stands for the whole house and comes last, then anybody of the highest
    role anywhere. Stages of nobody are left out, and nobody is on two.
    """
    found: list[Stage] = []
    met: set[str] = set()
    for unit in (*line, ""):
        roles = tuple(to.split("+"))
        while roles:
            holders = [(name, role) for role in roles for name in who_is_on(roster, at, role, unit)]
            _add(found, met, holders)
            _add(
                found, met, [(other, role) for name, role in holders for other in _substitutes(roster, name)]
            )
            roles = tuple(dict.fromkeys(ABOVE[role] for role in roles if role in ABOVE))
    last = Role.HEADQUARTERS.value
    _add(found, met, [(name, last) for name in who_is_on(roster, at, last)])
    return found


def _substitutes(roster: Roster, name: str) -> tuple[str, ...]:
    person = roster.people.get(name)
    return person.substitutes if person else ()


def _add(found: list[Stage], met: set[str], people: Sequence[tuple[str, str]]) -> None:
    first = {name: role for name, role in reversed(people) if name not in met}
    stage = tuple((name, first[name]) for name in dict.fromkeys(name for name, _ in people) if name in first)
    if stage:
        found.append(stage)
        met.update(first)


@dataclass(frozen=True)
class Turn:
    """The next round of a call-out: the call-out after it, and who is paged (nobody if nobody is there)."""

    call: CallOut
    people: Stage


def turn(call: CallOut, order: Sequence[Stage], pace: Pace, now: datetime) -> Turn:
    """One round: the same people again, or the next stage; from the top it goes on, ever more slowly.

    An acknowledgement that has run out begins again with those who are on duty now.
    """
    stage, tries = call.stage, call.tries
    if call.acknowledged_until is not None:
        stage, tries = 0, 0
    if tries >= pace.tries and stage + 1 < len(order):
        stage, tries = stage + 1, 0
    stage = min(stage, max(0, len(order) - 1))
    top = stage + 1 >= len(order) and tries + 1 >= pace.tries
    pause = _reminder(call, pace, now) if top else pace.repeat
    after = replace(
        call,
        round=call.round + 1,
        stage=stage,
        tries=tries + 1,
        acknowledged_until=None,
        next_at=pace.opens(now + pause, call.any_hour),
    )
    return Turn(after, order[stage] if order else ())


def _reminder(call: CallOut, pace: Pace, now: datetime) -> timedelta:
    """Everybody has heard: reminders go on as long as it is owed, an eighth of its age apart, daily at the least."""
    if not call.any_hour:
        return timedelta(days=1)
    return min(timedelta(days=1), max(pace.reminder, (now - call.opened_at) / 8))


def acknowledged(call: CallOut, by: str, now: datetime, pace: Pace, on_until: datetime | None) -> CallOut:
    """Somebody has it: quiet until that runs out, at the latest when the shift of who said so ends."""
    until = now + pace.acknowledged
    if on_until is not None and now < on_until < until:
        until = on_until
    return replace(
        call,
        acknowledged_at=now,
        acknowledged_by=by,
        acknowledged_until=until,
        next_at=pace.opens(until, call.any_hour),
    )


def opening(at: datetime, any_hour: bool, zone: str, working: Callable[[date], bool]) -> datetime:
    """`at`, or the next working hour after it in `zone`, on a day that is `working`."""
    if any_hour:
        return at
    place = ZoneInfo(zone)
    local = at.astimezone(place)
    day = local.date()
    if working(day) and WORK_BEGINS <= local.time() < WORK_ENDS:
        return at
    if local.time() >= WORK_BEGINS:
        day += timedelta(days=1)
    while not working(day):
        day += timedelta(days=1)
    return datetime.combine(day, WORK_BEGINS, place).astimezone(UTC)


def ways(phone: str | None, email: str | None, channels: Sequence[str], doubtful: Sequence[str]) -> list[str]:
    """The channels by which this person is paged at once; a doubtful one only when there is no other."""
    have = {"sms": phone, "voice": phone, "email": email}
    mine = [channel for channel in channels if have.get(channel)]
    sure = [channel for channel in mine if channel not in doubtful]
    return sure or mine


def answered(page: Page, answer: Answer, now: datetime) -> Page:
    """What follows from the answer to a call."""
    match answer:
        case Accepted(reference):
            return replace(page, state=PageState.ACCEPTED, reference=reference, reason="")
        case Rejected(reason=reason):
            return replace(page, state=PageState.FAILED, reason=reason)
        case NotAccepted(reason, seconds):
            wait = max(_backoff(page), timedelta(seconds=seconds or 0))
            return replace(page, state=PageState.PLANNED, next_at=now + wait, reason=reason)
        case Unknown(reason):
            return replace(page, state=PageState.IN_DOUBT, next_at=now + LOOK_AFTER, reason=reason)


def _backoff(page: Page) -> timedelta:
    """15 s, then twice as long each time: the next round has a new page soon enough."""
    return min(LONGEST_RETRY, RETRY * (1 << min(10, max(0, page.attempts - 1))))


def looked_up(page: Page, found: LookUp, urgent: bool, can_look_up: bool, now: datetime) -> Page:
    """What follows from a look-up. Where nobody can say, an urgent page goes out again once: a double beats a miss."""
    match found.finding:
        case Finding.FOUND:
            return replace(page, state=PageState.ACCEPTED, reference=found.reference, reason="")
        case Finding.ABSENT:
            return replace(page, state=PageState.PLANNED, next_at=now)
    if can_look_up and page.looks < MOST_LOOKS:
        return replace(page, state=PageState.IN_DOUBT, looks=page.looks + 1, next_at=now + ASK_AGAIN)
    if urgent and not page.resends:
        return replace(page, state=PageState.PLANNED, resends=1, next_at=now)
    return replace(page, state=PageState.UNCONFIRMED)
