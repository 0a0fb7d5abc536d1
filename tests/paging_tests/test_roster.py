"""The roster by itself: who is on at an instant, gaps, and what is refused (R04)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.roster import (
    WEEK,
    Fault,
    Person,
    Roster,
    Shift,
    begun,
    gaps,
    next_change,
    overlap,
    problems,
    spans,
    unfit,
    who_is_on,
)
from notifications.roster_rows import Around, Listed, entries
from notifications.rows import Rejection

START = datetime(2026, 10, 12, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROLES = {"ann": ("duty_manager", "approver"), "ben": ("duty_manager",)}
PEOPLE = {name: Person(name, "+8613900000001") for name in ROLES}


def shift(person: str, begins: float, ends: float, weekly: bool = False, role: str = "duty_manager") -> Shift:
    return Shift(person, role, "", START + begins * HOUR, START + ends * HOUR, weekly)


SHIFTS = st.lists(
    st.builds(
        lambda person, begins, length, weekly: shift(person, begins, begins + length, weekly),
        st.sampled_from(sorted(ROLES)),
        st.integers(0, 200),
        st.integers(1, 100),
        st.booleans(),
    ),
    max_size=5,
)
HOURS = st.integers(0, 600)


@given(SHIFTS, HOURS)
def test_who_is_on_agrees_with_the_occurrences(shifts: list[Shift], hour: int):
    """Somebody is on exactly while one of their shifts runs: from its first instant, not at its last (R04)."""
    at, roster = START + hour * HOUR, Roster(PEOPLE, shifts)
    expected = set()
    for one in shifts:
        weeks = range(10) if one.weekly else range(1)
        if any(one.starts_at + n * WEEK <= at < one.ends_at + n * WEEK for n in weeks):
            expected.add(one.person)
    assert expected == set(who_is_on(roster, at, "duty_manager"))


@given(SHIFTS, HOURS, st.integers(1, 300))
def test_a_gap_is_where_nobody_is_on(shifts: list[Shift], hour: int, length: int):
    """At every instant of the span either somebody is on, or it lies in exactly one gap (R04)."""
    roster, start = Roster(PEOPLE, shifts), START + hour * HOUR
    end = start + length * HOUR
    mine = [(a, b) for (role, _), a, b in gaps(roster, start, end) if role == "duty_manager"]
    for step in range(length):
        at = start + step * HOUR
        on = bool(who_is_on(roster, at, "duty_manager"))
        assert (not on) == (1 == sum(a <= at < b for a, b in mine))
    assert all(start <= a < b <= end for a, b in mine)


@given(SHIFTS, HOURS)
def test_nothing_changes_before_the_next_change(shifts: list[Shift], hour: int):
    """Between now and the next change the same people are on; the sweep misses no beginning of a gap (R04)."""
    roster, at = Roster(PEOPLE, shifts), START + hour * HOUR
    change = next_change(roster, at)
    before = who_is_on(roster, at, "duty_manager")
    until = at + 600 * HOUR if change is None else change
    steps = int((until - at) / HOUR)
    assert {before} == {who_is_on(roster, at + n * HOUR, "duty_manager") for n in range(max(1, steps))}


@given(SHIFTS)
def test_overlap_is_mutual_and_means_twice_at_once(shifts: list[Shift]):
    """Who overlaps whom does not depend on the order; two shifts that overlap share an instant."""
    for one in shifts:
        for other in shifts:
            assert overlap(one, other) == overlap(other, one)
            if overlap(one, other) and not (one.weekly or other.weekly):
                assert max(one.starts_at, other.starts_at) < min(one.ends_at, other.ends_at)


@pytest.mark.parametrize(("zone", "day"), [("Europe/Berlin", "2026-10-24"), ("Europe/Berlin", "2026-03-28")])
def test_a_night_shift_keeps_its_local_hours(zone: str, day: str):
    """Across both switches of daylight-saving time a weekly night is 22:00 to 6:00 where it is worked."""
    place = ZoneInfo(zone)
    begins = datetime.fromisoformat(f"{day} 22:00").replace(tzinfo=place) - WEEK
    night = Shift(
        "ann", "duty_manager", "", begins.astimezone(UTC), (begins + 8 * HOUR).astimezone(UTC), True, zone
    )
    found = list(spans(night, night.starts_at, night.starts_at + 3 * WEEK))
    assert [("22:00", "06:00")] * 3 == [
        tuple(f"{at.astimezone(place):%H:%M}" for at in span) for span in found[:3]
    ]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (shift("", 0, 8), Fault.NOBODY),
        (shift("zoe", 0, 8), Fault.NO_USER),
        (shift("ann", 0, 8, role="viewer"), Fault.NO_ROLE),
        (shift("ben", 0, 8, role="approver"), Fault.NOT_THEIRS),
        (shift("ann", 8, 8), Fault.EMPTY),
        (shift("ann", 8, 0), Fault.REVERSED),
        (shift("ann", 0, 200, weekly=True), Fault.TOO_LONG),
        (replace(shift("ann", 20, 28, weekly=True), until=START + 20 * HOUR), Fault.OVER),
        (replace(shift("ann", 20, 28, weekly=True), until=START), Fault.OVER),
        (replace(shift("ann", 20, 28, weekly=True), until=START + 21 * HOUR), None),
        (shift("ann", 4, 12), Fault.OVERLAP),
        (shift("ann", 4 + 168, 12 + 168), None),
        (shift("ben", 4, 12), None),
        (shift("ann", 0, 8), None),
    ],
)
def test_a_shift_that_cannot_be_taken_is_named(bad: Shift, why: Fault | None):
    """Nobody, no such user or role, empty, reversed, over, overlapping: each says which (bad input)."""
    found = unfit(bad, Roster(PEOPLE, [shift("ann", 0, 8)]), ROLES)
    assert why == (found and found.why)


def test_a_check_names_gaps_and_people_whom_nothing_reaches():
    """A roster of nobody is one problem; else each gap and each person without any address is one (R04)."""
    assert ["the roster names nobody"] == [p.what for p in problems(Roster(PEOPLE, []), ROLES, START)]
    roster = Roster({"ann": Person("ann")}, [shift("ann", 0, 168, weekly=True)])
    said = [p.what for p in problems(roster, ROLES, START)]
    assert "{person} has neither phone nor e-mail" in said
    empty = {p.values["role"] for p in problems(roster, ROLES, START) if "role" in p.values}
    assert {"approver", "commander", "headquarters"} == empty


def test_a_shift_that_began_is_seen_once():
    """What began since the last look, and nothing that began before it."""
    roster = Roster(PEOPLE, [shift("ann", 0, 8), shift("ben", 4, 12)])
    assert ["ben"] == [s.person for s, _ in begun(roster, START, START + 5 * HOUR)]
    assert [] == begun(roster, START + 5 * HOUR, START + 6 * HOUR)


HEAD = "person,role,from,to,unit,repeat,until,phone,email,language,substitutes\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_every_row_is_taken_or_rejected_by_name(encoding: str):
    """A file of shifts: local times, weekly ones, substitutes; each bad row says its line, field and why."""
    rows = [
        "ann,duty_manager,2026-10-12 08:00,2026-10-12 20:00,,weekly,,13900000001,ann@yg.example,en,ben",
        "ben,duty_manager,2026-10-12 20:00,2026-10-13 08:00,,每周,,13900000002,,,",
        "ann,duty_manager,2026-10-19 10:00,2026-10-19 12:00,,,,,,,",
        "zoe,duty_manager,2026-10-12 08:00,2026-10-12 20:00,,,,,,,",
        "ann,approver,2026-10-12 20:00,2026-10-12 08:00,,,,,,,",
        "ann,approver,morning,2026-10-12 08:00,,,,,,,",
        "ann,approver,2026-10-12 08:00,2026-10-12 09:00,XX,,,,,,",
        "ann,approver,2026-10-12 08:00,2026-10-12 09:00,,,,12,,,",
        "ann,approver,2026-10-12 08:00,2026-10-12 09:00,,,,,nobody,,",
        "ann,approver,2026-10-12 08:00,2026-10-12 09:00,,,,,,,zoe",
        ",approver,2026-10-12 08:00,2026-10-12 09:00,,,,,,,",
    ]
    around = Around(ROLES, {"HQ"}, Roster({}, []), "CN", "Asia/Shanghai", START)
    found = list(entries((HEAD + "\n".join(rows)).encode(encoding).splitlines(keepends=True), around))

    taken = [one for one in found if isinstance(one, Listed)]
    assert [("ann", 0), ("ben", 12)] == [
        (one.shift.person, (one.shift.starts_at - START) / HOUR) for one in taken
    ]
    assert ("+8613900000001", "en", ("ben",)) == (
        taken[0].person.phone,
        taken[0].person.language,
        taken[0].person.substitutes,
    )
    rejected = [(one.line, one.field) for one in found if isinstance(one, Rejection)]
    expected = ["from", "person", "to", "from", "unit", "phone", "email", "substitutes", "person"]
    assert list(zip(range(4, 13), expected, strict=True)) == rejected


def test_the_same_row_again_changes_nothing():
    """A file that is imported twice is not twice on the roster."""
    lines = [b"person,role,from,to\n", b"ann,duty_manager,2026-10-12 08:00,2026-10-12 20:00\n"]
    first = list(entries(lines, Around(ROLES, (), Roster({}, []), "CN", "Asia/Shanghai", START)))
    taken = [one.shift for one in first if isinstance(one, Listed)]
    again = Around(ROLES, (), Roster({}, taken), "CN", "Asia/Shanghai", START)

    assert [False] == [one.known for one in first if isinstance(one, Listed)]
    assert [True] == [one.known for one in entries(lines, again) if isinstance(one, Listed)]
