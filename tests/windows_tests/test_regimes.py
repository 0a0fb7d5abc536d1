"""Regime packs have the figures of their sources; chained clocks, calendar months, hard caps and thresholds hold for
whatever happens when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.terms import LANGUAGES, LEVELS, IncidentType, Kind
from tests.windows_tests.packs import AWARE, at
from windows import moves
from windows.clocks import length_of, opened
from windows.regimes import Shipped, reached_at, to_come
from windows.rules import Rule, Threshold
from windows.window import Window
from windows.workdays import months_after

PACKS = Shipped()
RULES = {rule.id: (pack, rule) for pack in PACKS.values() for rule in pack.rules}
BRUSSELS = ZoneInfo("Europe/Brussels")
NORS = Threshold(user_minutes=900_000, outage_minutes=30)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
instants = st.integers(0, 2000 * 24 * 60).map(lambda minute: FIRST + timedelta(minutes=minute))
minutes = st.integers(0, 30_000)


def begins(rule_id: str, started: datetime = AWARE, level: int = 1, now: datetime | None = None) -> Window:
    """The window of a rule as its clock begins."""
    pack, rule = RULES[rule_id]
    return opened(
        pack.terms_of(rule.id),
        incident=1,
        level=level,
        started_at=started,
        aware_at=AWARE,
        now=now or started,
        by="alice",
    )


@pytest.mark.parametrize(
    ("rule", "start", "after", "length"),
    [
        ("us.fcc.nors.notification", "aware_at", "", timedelta(minutes=120)),
        ("us.fcc.nors.initial_report", "aware_at", "", timedelta(hours=72)),
        ("us.fcc.nors.final_report", "aware_at", "", timedelta(days=30)),
        ("eu.nis2.early_warning", "aware_at", "", timedelta(hours=24)),
        ("eu.nis2.incident_notification", "aware_at", "", timedelta(hours=72)),
        ("eu.dora.initial_notification", "classified_at", "", timedelta(hours=4)),
        (
            "eu.dora.intermediate_report",
            "previous_told_at",
            "eu.dora.initial_notification",
            timedelta(hours=72),
        ),
        ("cn.pipl.57.authority", "aware_at", "", timedelta(minutes=30)),
        ("cn.pipl.57.individuals", "aware_at", "", timedelta(minutes=30)),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_the_regimes_have_their_figures(rule: str, start: str, after: str, length: timedelta, level: int):
    """What each regime asks for, at every level alike; copied by hand from its source."""
    found = RULES[rule][1]

    assert (start, after) == (found.clock_start, found.after)
    assert length == length_of(found, level, AWARE, AWARE)


@pytest.mark.parametrize(
    ("rule", "after"),
    [
        ("eu.nis2.final_report", "eu.nis2.incident_notification"),
        ("eu.dora.final_report", "eu.dora.intermediate_report"),
    ],
)
def test_final_reports_have_a_calendar_month(rule: str, after: str):
    """One month from the telling of the report before, on the calendar of their zone."""
    found = RULES[rule][1]
    told = datetime(2027, 1, 31, 9, 30, tzinfo=BRUSSELS)

    assert (after, "previous_told_at") == (found.after, found.clock_start)
    assert datetime(2027, 2, 28, 9, 30, tzinfo=BRUSSELS) == told + length_of(found, 1, told, AWARE)


def test_every_regime_says_where_it_comes_from_and_how_sure_that_is():
    """Source, confidence, condition and question; whoever enables one knows what they enable."""
    for pack in PACKS.values():
        assert pack.confidence in ("P", "S", "K")
        assert pack.source
        assert pack.trigger is not None
        assert set(LANGUAGES) == set(pack.name) == set(pack.trigger.question)
        assert all(rule.source and rule.kind == Kind.REGULATOR_REPORT for rule in pack.rules)
    assert {"us.fcc.nors", "eu.nis2", "eu.dora", "cn.pipl.57"} == set(PACKS)


def test_at_once_is_the_operators_figure_and_what_has_none_is_not_judged():
    """The half hour of the Chinese law's "at once" is marked; the European recipients have no figure at all."""
    assert {"operator"} == {rule.figure for rule in PACKS["cn.pipl.57"].rules}
    recipients = RULES["eu.nis2.recipients"][1]
    assert ("none", False) == (recipients.figure, recipients.owes(1))
    assert recipients not in PACKS["eu.nis2"].upwards(1)


def test_a_data_leak_law_concerns_data_leaks_alone():
    """A cut fibre asks nobody about personal information."""
    trigger = PACKS["cn.pipl.57"].trigger

    assert trigger is not None
    assert (IncidentType.DATA_LEAK,) == trigger.types


def test_the_other_regimes_are_listed_and_no_packs():
    """Their facts are there with source and confidence; nothing of theirs is ever judged by."""
    listed = {one.id: one for one in to_come()}

    assert 23 == len(listed)
    assert set() == set(listed) & set(PACKS)
    assert all(
        one.source and one.confidence in "PSK" and set(LANGUAGES) == set(one.name) for one in listed.values()
    )


@given(instants, st.integers(1, 24))
def test_a_calendar_month_is_the_same_day_or_the_last(start: datetime, months: int):
    """Same day and time of day on the zone's calendar, or the month's last day; never earlier than the start."""
    local = start.astimezone(BRUSSELS)
    end = months_after(start, months, "Europe/Brussels").astimezone(BRUSSELS)

    assert (end.year * 12 + end.month) - (local.year * 12 + local.month) == months
    assert end.day == local.day or (end.day < local.day and (end + timedelta(days=1)).day == 1)
    assert timedelta(days=27) * months < end - local


@given(minutes)
def test_classification_however_late_leaves_a_day_from_awareness_at_most(minute: int):
    """DORA: 4 hours from the classification, at the latest 24 hours from awareness; strict leads."""
    window = begins("eu.dora.initial_notification", at(minute))

    assert min(at(minute + 240), at(24 * 60)) == window.strict_due_at


@given(st.integers(24 * 60, 30_000))
def test_a_classification_after_the_cap_leaves_half_an_hour(minute: int):
    """What was classified when its cap had passed is late by the law, and may still be made."""
    pack, rule = RULES["eu.dora.initial_notification"]
    event = moves.LevelRose(at=at(minute), by="alice", level=1, aware_at=AWARE)
    window = moves.became_due(begins(rule.id, at(minute)), pack.terms_of(rule.id), event)

    assert (at(24 * 60), at(minute + 30)) == (window.strict_due_at, window.due_at)
    assert ("late_by_classification",) == window.causes


@given(minutes, minutes)
def test_the_cap_follows_an_earlier_awareness(classified: int, found: int):
    """Awareness an hour earlier moves the cap, and leaves half an hour at least."""
    pack, rule = RULES["eu.dora.initial_notification"]
    window = begins(rule.id, at(classified))
    event = moves.AwareEarlier(at=at(found), by="hq", level=1, aware_at=at(-60))

    moved = moves.decide(window, pack.terms_of(rule.id), event).window

    assert min(at(classified + 240), at(23 * 60)) == moved.strict_due_at
    assert min(window.due_at, max(moved.strict_due_at, at(found + 30))) == moved.due_at
    assert window.started_at == moved.started_at


@given(st.sampled_from(sorted(RULES)), minutes, st.sampled_from(LEVELS))
def test_a_chained_clock_counts_from_the_telling(rule_id: str, told: int, level: int):
    """Whatever was late before: the next report has its whole length from the telling of the last."""
    _, rule = RULES[rule_id]
    if not rule.after:
        return
    window = begins(rule_id, at(told), level)

    assert at(told) == window.started_at
    assert window.due_at == window.strict_due_at == at(told) + length_of(rule, level, at(told), AWARE)
    assert window.due_at > at(told) + timedelta(days=2)


@given(st.sampled_from(sorted(RULES)), minutes)
def test_a_regime_that_is_found_late_leaves_something(rule_id: str, minute: int):
    """due = max(strict, now + min(length, 30 min)), marked when that is after strict; strict always stands."""
    pack, rule = RULES[rule_id]
    if rule.no_figure or rule.after:
        return
    event = moves.LevelRose(at=at(minute), by="alice", level=1, aware_at=AWARE)
    begun = begins(rule_id, AWARE, now=at(minute))
    window = moves.became_due(begun, pack.terms_of(rule_id), event)

    grace = min(timedelta(seconds=begun.length_seconds), pack.upgrade_grace)
    assert max(begun.strict_due_at, at(minute) + grace) == window.due_at
    assert begun.strict_due_at == window.strict_due_at
    assert bool(window.causes) == (window.due_at > window.strict_due_at)


@given(instants, st.integers(1, 5_000_000))
def test_a_threshold_is_reached_when_both_figures_are(began: datetime, users: int):
    """NORS: 30 minutes and 900,000 user-minutes; a second before that one of them is missing."""
    reached = reached_at(NORS, users, began, None)
    assert reached is not None

    seconds = (reached - began).total_seconds()
    assert seconds >= 1800
    assert users * seconds >= NORS.user_minutes * 60
    assert seconds - 1 < 1800 or users * (seconds - 1) < NORS.user_minutes * 60


def test_a_threshold_is_not_reached_by_nobody_or_after_the_end():
    """Unknown users reach nothing, and what was over before the figures were reached never reaches them."""
    assert None is reached_at(NORS, None, AWARE, None)
    assert None is reached_at(NORS, 30_000, AWARE, at(29))
    assert at(30) == reached_at(NORS, 30_000, AWARE, at(30))


def test_rules_of_a_pack_follow_each_other():
    """Which clock starts by which telling."""

    def following(rule: str) -> list[str]:
        found: tuple[Rule, ...] = RULES[rule][0].following(rule)
        return [one.id for one in found]

    assert ["eu.nis2.final_report"] == following("eu.nis2.incident_notification")
    assert [] == following("eu.nis2.early_warning")
    assert ["eu.dora.intermediate_report"] == following("eu.dora.initial_notification")
