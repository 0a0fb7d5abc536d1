"""Rounds by themselves: who is next, when, and what becomes of one page (windows.md §5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.message import Accepted, Finding, LookUp, NotAccepted, Rejected, Scope, Unknown
from notifications.paging import (
    MOST_LOOKS,
    CallOut,
    Pace,
    Page,
    PageState,
    acknowledged,
    answered,
    looked_up,
    stages,
    turn,
    ways,
)
from notifications.roster import WEEK, Person, Roster, Shift
from rendering.notices import Notices
from rendering.paging import LONGEST, problems
from wiring.paging import Links, staff_paging
from wiring.settings import Operator, Settings

NOW = datetime(2026, 10, 14, 19, 0, tzinfo=UTC)
PACE = Pace()
CALL = CallOut("k", "warning", 1, 1, None, "duty_manager", "", True, True, {}, NOW, NOW)
PAGE = Page(1, "ann", "sms", 1, "duty_manager", "en", NOW, PageState.CALLING, NOW)
ORDER = [(("ann", "duty_manager"),), (("ben", "duty_manager"),), (("hq", "headquarters"),)]


def always(person: str, role: str, unit: str = "") -> Shift:
    start = NOW - WEEK
    return Shift(person, role, unit, start, start + WEEK, weekly=True)


def test_stages_go_from_the_unit_up_to_headquarters():
    """Holders, substitutes, the next role; then the unit above; headquarters last; nobody twice (R04, R43)."""
    roster = Roster(
        {"ann": Person("ann", "1", substitutes=("ben",)), "hq": Person("hq", "2")},
        [
            always("ann", "duty_manager", "CITY"),
            always("cat", "commander", "CITY"),
            always("dan", "duty_manager", "PROVINCE"),
            always("hq", "headquarters"),
            always("ann", "headquarters"),
        ],
    )
    found = stages(roster, NOW, "duty_manager", ["CITY", "PROVINCE"])
    assert ["ann", "ben", "cat", "dan", "hq"] == [name for stage in found for name, _ in stage]


@given(st.integers(1, 30), st.integers(1, 5))
def test_everybody_is_paged_before_it_slows_down(rounds: int, tries: int):
    """Each stage has its tries, five minutes apart; only the top repeats slowly, and it never ends (§5)."""
    pace, call, now, seen = Pace(tries=tries), CALL, NOW, []
    for _ in range(rounds):
        made = turn(call, ORDER, pace, now)
        assert made.call.next_at is not None
        assert now < made.call.next_at <= now + timedelta(days=1)
        seen.append(made.people[0][0])
        call, now = made.call, made.call.next_at
    expected = [name for stage in ORDER for name, _ in stage for _ in range(tries)]
    assert (expected + ["hq"] * rounds)[:rounds] == seen


def test_an_acknowledgement_ends_with_the_shift():
    """Half an hour, or until the shift of who gave it is over if that is sooner (§5)."""
    half = acknowledged(CALL, "ann", NOW, PACE, NOW + timedelta(hours=8))
    assert NOW + timedelta(minutes=30) == half.acknowledged_until
    short = acknowledged(CALL, "ann", NOW, PACE, NOW + timedelta(minutes=10))
    assert NOW + timedelta(minutes=10) == short.next_at
    again = turn(short, ORDER, PACE, NOW + timedelta(minutes=10))
    assert (("ann", "duty_manager"),) == again.people
    assert None is again.call.acknowledged_until


@pytest.mark.parametrize(
    ("at", "any_hour", "opens"),
    [
        ("2026-10-14 03:00", True, "2026-10-14 03:00"),
        ("2026-10-14 03:00", False, "2026-10-14 09:00"),
        ("2026-10-14 09:00", False, "2026-10-14 09:00"),
        ("2026-10-14 18:00", False, "2026-10-15 09:00"),
        ("2026-10-16 19:00", False, "2026-10-19 09:00"),
        ("2026-10-18 12:00", False, "2026-10-19 09:00"),
    ],
)
def test_working_hours(at: str, any_hour: bool, opens: str):
    """What can wait for the morning waits for it, over a weekend too; what cannot, does not (§5)."""
    zone = timedelta(hours=8)
    local = datetime.fromisoformat(at).replace(tzinfo=UTC) - zone
    found = Pace().opens(local, any_hour) + zone
    assert opens == f"{found:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("country", "at", "opens"),
    [
        ("CN", "2026-10-01 10:00", "2026-10-08 09:00"),
        ("CN", "2026-10-01 18:30", "2026-10-08 09:00"),
        ("CN", "2026-10-10 10:00", "2026-10-10 10:00"),
        ("CN", "2026-10-09 18:00", "2026-10-10 09:00"),
        ("CN", "2026-09-20 10:00", "2026-09-20 10:00"),
        ("NL", "2026-10-01 10:00", "2026-10-01 10:00"),
        ("NL", "2026-10-10 10:00", "2026-10-12 09:00"),
    ],
)
def test_working_hours_are_those_of_the_countrys_calendar(tmp_path: Path, country: str, at: str, opens: str):
    """docs/windows.md, "The ladder": nobody is paged at leisure on a national holiday, and a weekend that is worked
    instead is a working day (§5)."""
    settings = Settings(operator=Operator(country=country))
    pace = staff_paging(settings, Links(tmp_path, lambda: "")).pace
    zone = timedelta(hours=8)

    found = pace.opens(datetime.fromisoformat(at).replace(tzinfo=UTC) - zone, any_hour=False) + zone
    assert opens == f"{found:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("phone", "email", "doubtful", "expected"),
    [
        ("1", "a@b.example", (), ["sms", "email"]),
        ("1", "a@b.example", ("sms",), ["email"]),
        ("1", None, ("sms",), ["sms"]),
        (None, None, (), []),
    ],
)
def test_a_doubtful_way_is_taken_only_if_there_is_no_other(
    phone: str | None, email: str | None, doubtful: tuple[str, ...], expected: list[str]
):
    """A channel that needs the service that has failed is avoided, unless it is all that there is (§7)."""
    assert expected == ways(phone, email, ("sms", "email"), doubtful)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Accepted("SM1"), PageState.ACCEPTED),
        (Rejected(Scope.RECIPIENT, "no such number"), PageState.FAILED),
        (NotAccepted("429", 7), PageState.PLANNED),
        (Unknown("timeout"), PageState.IN_DOUBT),
    ],
)
def test_each_answer_has_its_state(answer: Accepted | Rejected | NotAccepted | Unknown, state: PageState):
    """The four answers of every channel mean for a page what they mean for a notice (delivery.md)."""
    assert state == answered(PAGE, answer, NOW).state


@pytest.mark.parametrize(
    ("looks", "urgent", "can_look_up", "resends", "state"),
    [
        (0, True, True, 0, PageState.IN_DOUBT),
        (MOST_LOOKS, True, True, 0, PageState.PLANNED),
        (MOST_LOOKS, True, True, 1, PageState.UNCONFIRMED),
        (MOST_LOOKS, False, True, 0, PageState.UNCONFIRMED),
        (0, True, False, 0, PageState.PLANNED),
        (0, False, False, 0, PageState.UNCONFIRMED),
    ],
)
def test_at_level_1_a_double_beats_a_miss(
    looks: int, urgent: bool, can_look_up: bool, resends: int, state: PageState
):
    """Where nobody can say whether it arrived, an urgent page goes out once more; others wait for the next round."""
    from dataclasses import replace

    page = replace(PAGE, looks=looks, resends=resends)
    assert state == looked_up(page, LookUp(Finding.UNAVAILABLE), urgent, can_look_up, NOW).state


def test_the_words_are_there_in_both_languages():
    """Every page and frame renders in Chinese and English, and both tell the same."""
    notices = Notices()
    assert [] == problems(notices._pages)
    assert LONGEST >= len(notices.page("frame_sms", "en", {"said": "x" * 200, "command": "tongbao next"}))
