"""Verbs of the duty roster: put people and shifts on it, say who is on, check it, and alarm when a shift begins
with a gap or with somebody whom nothing reaches (R04, windows.md §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from coordinator.act import Act, instant
from coordinator.duty import ROSTER_LOOK
from incidents.effects import Effect, PageStaff
from incidents.errors import Invalid, NotFound
from incidents.terms import Role
from notifications.directory import Counted
from notifications.paging import ABOVE
from notifications.roster import (
    Person,
    Post,
    Problem,
    Roster,
    Shift,
    Unfit,
    begun,
    gaps,
    next_change,
    on_duty,
    problems,
    unfit,
)
from notifications.roster_rows import Listed

SEEN = "roster_seen_at"
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
QUIET_LOOK = timedelta(days=1)
"""How soon a roster in which nothing changes is looked at again."""
INSTANT = timedelta(microseconds=1)


def take(act: Act, rows: Sequence[Listed]) -> tuple[Counted, list[Effect]]:
    """Put the rows of a file on the roster; how many were new, and how many were there before."""
    new = 0
    for row in rows:
        _put_person(act, row.person)
        if not row.known:
            _judged(act, row.shift)
            act.tx.roster.add_shift(row.shift)
            new += 1
    _look_again(act)
    return Counted(new, len(rows) - new), []


def add(act: Act, shift: Shift) -> tuple[Shift, list[Effect]]:
    """One more shift. Invalid says what is wrong with it."""
    _judged(act, shift)
    if shift.person not in act.tx.roster.roster().people:
        _put_person(act, Person(shift.person, unit=shift.unit))
    added = replace(shift, id=act.tx.roster.add_shift(shift))
    _look_again(act)
    return added, []


def edit(act: Act, shift_id: int, changes: dict[str, Any]) -> tuple[Shift, list[Effect]]:
    """Another person, post or time for a shift; what is not in `changes` stays."""
    changed = replace(_found(act, shift_id), **changes)
    _judged(act, changed)
    if changed.person not in act.tx.roster.roster().people:
        _put_person(act, Person(changed.person, unit=changed.unit))
    act.tx.roster.save_shift(changed)
    _look_again(act)
    return changed, []


def remove(act: Act, shift_id: int) -> tuple[Shift, list[Effect]]:
    """Take a shift off the roster; whom it leaves without anybody is alarmed at the next look."""
    shift = _found(act, shift_id)
    act.tx.roster.remove_shift(shift_id)
    _look_again(act)
    return shift, []


def contact(act: Act, name: str, changes: dict[str, Any]) -> tuple[Person, list[Effect]]:
    """How a person is reached, and who stands in; NotFound when there is no such user."""
    users = _roles(act)
    if name not in users:
        raise NotFound("no user {name}", name=name, field="user", next="tongbao user list")
    for other in changes.get("substitutes", ()):
        if other not in users:
            following = f"tongbao user add {other} --role …"
            raise Invalid("no user {name}", name=other, field="substitute", next=following)
        if other == name:
            raise Invalid(
                "{other} cannot stand in for {name}",
                other=other,
                name=name,
                field="substitute",
                next="name another user: tongbao user list",
            )
    person = replace(act.tx.roster.roster().people.get(name, Person(name)), **changes)
    _put_person(act, person)
    _look_again(act)
    return person, []


def _put_person(act: Act, person: Person) -> None:
    """The person and, if need be, who stands in: everybody on it can be paged."""
    people = act.tx.roster.roster().people
    act.tx.roster.put_person(person)
    for other in person.substitutes:
        if other not in people:
            act.tx.roster.put_person(Person(other))


def _found(act: Act, shift_id: int) -> Shift:
    found = next((shift for shift in act.tx.roster.roster().shifts if shift.id == shift_id), None)
    if found is None:
        raise NotFound("no shift {id}", id=shift_id, field="shift", next="tongbao roster list")
    return found


def _way_out(wrong: Unfit) -> str:
    if wrong.clash:
        return f"tongbao roster remove {wrong.clash}"
    return "tongbao user list" if wrong.field in ("person", "role") else "tongbao roster list"


def _judged(act: Act, shift: Shift) -> None:
    for field, at in (("from", shift.starts_at), ("to", shift.ends_at), ("until", shift.until)):
        if at is not None:
            instant(act, at, field)
    wrong = unfit(shift, act.tx.roster.roster(), _roles(act))
    if wrong is not None:
        raise Invalid(wrong.why.value, found=wrong.found, field=wrong.field, next=_way_out(wrong))
    if shift.unit and shift.unit not in act.tx.organisation.units():
        raise Invalid("there is no unit {found}", found=shift.unit, field="unit", next="tongbao org list")


def _roles(act: Act) -> dict[str, tuple[str, ...]]:
    return dict(act.tx.people.all())


def _look_again(act: Act) -> None:
    act.tx.meta.put_instant(ROSTER_LOOK, AT_ONCE)


def listed(act: Act) -> tuple[Roster, list[Effect]]:
    return act.tx.roster.roster(), []


def on(act: Act, at: datetime | None) -> tuple[tuple[datetime, list[tuple[Shift, datetime]]], list[Effect]]:
    """Who is on at this instant (now if none is given), each with the end of the shift."""
    when = act.now if at is None else instant(act, at, "at")
    return (when, on_duty(act.tx.roster.roster(), when)), []


def check(act: Act) -> tuple[list[Problem], list[Effect]]:
    """What is wrong with the next two weeks: gaps, overlaps, people whom nothing reaches."""
    return problems(act.tx.roster.roster(), _roles(act), act.now), []


def sweep(act: Act) -> tuple[int, list[Effect]]:
    """When a shift begins or ends: alarm posts that nobody fills and people whom nothing reaches, to the next
    higher unit. 1 when it was looked at."""
    at = act.tx.meta.instant(ROSTER_LOOK)
    if at is not None and at > act.now:
        return 0, []
    roster = act.tx.roster.roster()
    since = act.tx.meta.instant(SEEN) or AT_ONCE
    empty = [post for post, start, _ in gaps(roster, act.now, act.now + INSTANT) if start <= act.now]
    effects: list[Effect] = [_gap(act, post) for post in empty]
    for shift, start in begun(roster, min(since, act.now), act.now):
        if not roster.people[shift.person].reachable:
            effects.append(_unreachable(act, shift, start))
    act.tx.meta.put_instant(ROSTER_LOOK, next_change(roster, act.now) or act.now + QUIET_LOOK)
    act.tx.meta.put_instant(SEEN, act.now)
    return 1, effects


def _gap(act: Act, post: Post) -> PageStaff:
    role, unit = post
    data = {"role": role, "unit": unit, "since": act.now.isoformat()}
    return PageStaff(f"gap:{role}:{unit}", "gap", *_next_higher(act, post), data=data)


def _unreachable(act: Act, shift: Shift, start: datetime) -> PageStaff:
    key = f"unreachable:{shift.person}:{shift.role}:{start.isoformat()}"
    data = {"person": shift.person, "role": shift.role, "unit": shift.unit}
    return PageStaff(key, "unreachable", *_next_higher(act, shift.post), data=data)


def _next_higher(act: Act, post: Post) -> tuple[str, None, None, None, str]:
    """The same role of the unit above; of the whole house, the next role up."""
    role, unit = post
    if unit:
        above = act.tx.organisation.units().get(unit)
        return role, None, None, None, (above.parent or "") if above else ""
    return ABOVE.get(role, Role.HEADQUARTERS.value), None, None, None, ""
