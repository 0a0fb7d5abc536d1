"""The duty roster: who is on, which posts nobody fills, and what is wrong with a set of shifts (R04).

Pure. A shift is a span of instants; a weekly one is repeated at the same local time in its zone, so that a night
stays a night across every change of daylight-saving time. A post is a role in a unit; unit "" is the whole house.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from incidents.terms import Role

DUTIES = (
    Role.DUTY_MANAGER,
    Role.COMMS,
    Role.APPROVER,
    Role.LEGAL,
    Role.COMMANDER,
    Role.HEADQUARTERS,
)
"""Roles that a roster can fill."""
REQUIRED = (Role.DUTY_MANAGER, Role.APPROVER, Role.COMMANDER, Role.HEADQUARTERS)
"""Roles that somebody must hold at every hour: the ladder and the second person's word lead to them."""
WHOLE_HOUSE = "*"
"""How a problem names the posts that are of no unit."""
WEEK = timedelta(days=7)
HORIZON = timedelta(days=14)
"""How far a check looks: two weeks show every overlap and gap of a weekly pattern."""
Post = tuple[str, str]
"""Role, unit."""
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Person:
    """How one person of the house is reached; `name` is the user's."""

    name: str
    phone: str | None = None
    """E.164."""
    email: str | None = None
    language: str = "zh-CN"
    unit: str = ""
    substitutes: tuple[str, ...] = ()
    """Who is paged when this person does not answer, in this order."""

    @property
    def reachable(self) -> bool:
        return bool(self.phone or self.email)


@dataclass(frozen=True)
class Shift:
    """One person in one post from an instant to another; weekly ones come again, until `until` if that is set."""

    person: str
    role: str
    unit: str
    starts_at: datetime
    ends_at: datetime
    weekly: bool = False
    zone: str = "Asia/Shanghai"
    until: datetime | None = None
    id: int = 0

    @property
    def post(self) -> Post:
        return self.role, self.unit


@dataclass(frozen=True)
class Roster:
    """Everybody who can be reached, and every shift."""

    people: Mapping[str, Person]
    shifts: Sequence[Shift]


class Fault(StrEnum):
    """Why a shift cannot be taken, as English templates; {found} is what is at fault."""

    NOBODY = "the shift names nobody"
    NO_USER = "there is no user {found}"
    NO_ROLE = "{found} is no role of a roster; it is duty_manager, comms, approver, legal, commander or headquarters"
    NOT_THEIRS = "{found} does not have this role"
    NO_UNIT = "there is no unit {found}"
    BAD_TIME = "{found} is not a time such as 2026-10-14 08:00"
    FAR = "{found} is more than 20 years from now"
    REPEAT = "{found} is neither weekly nor empty"
    EMPTY = "the shift is empty: it ends when it begins"
    REVERSED = "the shift is reversed: it ends before it begins"
    TOO_LONG = "a weekly shift is longer than a week"
    OVER = "the shift is over for good before it begins"
    OVERLAP = "the person fills this post already, in shift {found}"


@dataclass(frozen=True)
class Unfit:
    """The field that is at fault, and why."""

    field: str
    why: Fault
    found: str = ""
    clash: int = 0
    """The shift that stands in the way; 0 where none does, or where it is a row of the same file."""


@dataclass(frozen=True)
class Problem:
    """Something that would leave a page without an answer. `what` is an English template; the rest are its slots."""

    what: str
    values: Mapping[str, str]


def spans(shift: Shift, start: datetime, end: datetime) -> Iterator[Span]:
    """The shift's occurrences that touch [start, end), in order."""
    if not shift.weekly:
        if shift.starts_at < end and shift.ends_at > start:
            yield shift.starts_at, shift.ends_at
        return
    number = max(0, (start - shift.ends_at) // WEEK)
    while True:
        begins, ends = _week(shift, shift.starts_at, number), _week(shift, shift.ends_at, number)
        if begins >= end or (shift.until is not None and begins >= shift.until):
            return
        if ends > start:
            yield begins, min(ends, shift.until) if shift.until else ends
        number += 1


def _week(shift: Shift, at: datetime, number: int) -> datetime:
    """The same local time `number` weeks later."""
    if not number:
        return at
    local = at.astimezone(ZoneInfo(shift.zone))
    return (local + number * WEEK).astimezone(UTC)


def _running(shift: Shift, at: datetime) -> Span | None:
    return next((span for span in spans(shift, at, at + timedelta(microseconds=1)) if span[0] <= at), None)


def who_is_on(roster: Roster, at: datetime, role: str, unit: str | None = None) -> tuple[str, ...]:
    """Who fills this role at this instant, in the order of the shifts; `unit` None is anywhere.

    A shift begins at its first instant and is over at its last one.
    """
    found = [
        shift.person
        for shift in roster.shifts
        if shift.role == role and (unit is None or shift.unit == unit) and _running(shift, at)
    ]
    return tuple(dict.fromkeys(found))


def on_duty(roster: Roster, at: datetime) -> list[tuple[Shift, datetime]]:
    """Every shift that runs at this instant, with its end."""
    running = ((shift, _running(shift, at)) for shift in roster.shifts)
    return [(shift, span[1]) for shift, span in running if span is not None]


def posts(roster: Roster) -> tuple[Post, ...]:
    """What must be filled at every hour: every post that the roster names, and the required roles somewhere."""
    named = dict.fromkeys(shift.post for shift in roster.shifts)
    held = {role for role, _ in named}
    return (*named, *((role.value, "") for role in REQUIRED if role not in held))


def gaps(roster: Roster, start: datetime, end: datetime) -> list[tuple[Post, datetime, datetime]]:
    """The spans of [start, end) in which nobody fills a post, by post and time.

    Posts whose shifts have all ended for good are not looked at any more, unless their role is required.
    """
    found = []
    for post in posts(roster):
        mine = [shift for shift in roster.shifts if shift.post == post]
        free = start
        for begins, ends in sorted(span for shift in mine for span in spans(shift, start, end)):
            if begins > free:
                found.append((post, free, begins))
            free = max(free, ends)
        if free < end and (_goes_on(mine, end) or post[0] in REQUIRED):
            found.append((post, free, end))
    return found


def _goes_on(shifts: Iterable[Shift], at: datetime) -> bool:
    return any(next(spans(shift, at, at + HORIZON + WEEK), None) for shift in shifts) if shifts else False


def next_change(roster: Roster, after: datetime) -> datetime | None:
    """The next instant at which a shift begins or ends; None when nothing changes any more."""
    found = [
        instant
        for shift in roster.shifts
        for span in spans(shift, after, after + 2 * WEEK)
        for instant in span
        if instant > after
    ]
    later = [shift.starts_at for shift in roster.shifts if shift.starts_at > after]
    return min(found + later, default=None)


def begun(roster: Roster, after: datetime, upto: datetime) -> list[tuple[Shift, datetime]]:
    """The shifts that began in (after, upto] and still run."""
    return [
        (shift, span[0])
        for shift in roster.shifts
        if (span := _running(shift, upto)) is not None and span[0] > after
    ]


def unfit(shift: Shift, roster: Roster, roles: Mapping[str, Sequence[str]]) -> Unfit | None:
    """Why this shift cannot be taken, if it cannot: nobody, an unknown role, empty, reversed, over or overlapping.

    `roles` are those that each user of the house has. A shift that the roster has already is no overlap.
    """
    if not shift.person:
        return Unfit("person", Fault.NOBODY)
    if shift.person not in roles:
        return Unfit("person", Fault.NO_USER, shift.person)
    if shift.role not in DUTIES:
        return Unfit("role", Fault.NO_ROLE, shift.role)
    if shift.role not in roles[shift.person]:
        return Unfit("role", Fault.NOT_THEIRS, shift.person)
    if shift.ends_at == shift.starts_at:
        return Unfit("to", Fault.EMPTY)
    if shift.ends_at < shift.starts_at:
        return Unfit("to", Fault.REVERSED)
    if shift.weekly and shift.ends_at - shift.starts_at > WEEK:
        return Unfit("to", Fault.TOO_LONG)
    if shift.until is not None and shift.until <= shift.starts_at:
        return Unfit("until", Fault.OVER)
    others = (one for one in roster.shifts if not one.id or one.id != shift.id)
    other = next((one for one in others if overlap(one, shift)), None)
    return None if other is None else Unfit("from", Fault.OVERLAP, _named(other), other.id)


def _named(shift: Shift) -> str:
    """A shift by its number and its beginning, as its own zone has it."""
    since = f"{shift.starts_at.astimezone(ZoneInfo(shift.zone)):%Y-%m-%d %H:%M}"
    return f"{shift.id} ({since})" if shift.id else f"({since})"


def overlap(one: Shift, other: Shift) -> bool:
    """Whether one person would fill one post twice at some instant; the same shift given again does not count."""
    if one.person != other.person or one.post != other.post or same(one, other):
        return False
    start = max(one.starts_at, other.starts_at) - WEEK
    mine = list(spans(one, start, start + 2 * HORIZON))
    theirs = list(spans(other, start, start + 2 * HORIZON))
    return any(a[0] < b[1] and b[0] < a[1] for a in mine for b in theirs)


def same(one: Shift, other: Shift) -> bool:
    """Whether both say the same."""
    mine = (one.person, *one.post, one.starts_at, one.ends_at, one.weekly, one.until)
    return mine == (other.person, *other.post, other.starts_at, other.ends_at, other.weekly, other.until)


def problems(roster: Roster, roles: Mapping[str, Sequence[str]], now: datetime) -> list[Problem]:
    """Everything that is wrong with the roster in the two weeks from `now` on."""
    running = [shift for shift in roster.shifts if next(spans(shift, now, now + HORIZON), None)]
    if not running:
        return [Problem("the roster names nobody", {})]
    found = [
        Problem(f"{{person}}: {unfit_.why.value}", {"person": shift.person, "found": unfit_.found})
        for shift in running
        if (unfit_ := unfit(shift, roster, roles)) is not None
    ]
    for name in dict.fromkeys(shift.person for shift in running):
        found += _of_person(roster, roster.people.get(name, Person(name)))
    for (role, unit), start, end in gaps(roster, now, now + HORIZON):
        values = {"role": role, "unit": unit or WHOLE_HOUSE, "from": start.isoformat(), "to": end.isoformat()}
        found.append(Problem("nobody is {role} of {unit} from {from} to {to}", values))
    return found


def _of_person(roster: Roster, person: Person) -> Iterator[Problem]:
    if not person.reachable:
        yield Problem("{person} has neither phone nor e-mail", {"person": person.name})
    for other in person.substitutes:
        if other not in roster.people:
            values = {"person": person.name, "other": other}
            yield Problem("{other} stands in for {person}, but is not on the roster", values)
