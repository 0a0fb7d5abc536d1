"""The level that facts suggest, at each threshold and one unit either side; its laws by property."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.chinese import CHINESE
from coordinator.levels import REVIEW_DUE, SUGGESTS
from incidents.classification import OTHERWISE, Impact, classify
from incidents.levels import shipped
from incidents.terms import COMPLAINTS, LEVELS, SEVERITIES, IncidentType

RULES = shipped()
FAULT, COMPLAINT = IncidentType.NETWORK_FAULT, IncidentType.COMPLAINT_ESCALATION
SMALL = Impact(FAULT, affected=0)
HOUR = 3600

THRESHOLDS: dict[str, tuple[dict[str, Any], int]] = {
    "one service": ({"affected": 1}, 3),
    "9,999 services": ({"affected": 9_999}, 3),
    "10,000 services": ({"affected": 10_000}, 2),
    "10,001 services": ({"affected": 10_001}, 2),
    "99,999 services": ({"affected": 99_999}, 2),
    "100,000 services": ({"affected": 100_000}, 1),
    "100,001 services": ({"affected": 100_001}, 1),
    "a part of a district": ({"whole_areas": ("",)}, 3),
    "a whole district": ({"whole_areas": ("district",)}, 2),
    "a whole city": ({"whole_areas": ("city",)}, 2),
    "a whole province": ({"whole_areas": ("province",)}, 1),
    "a whole country": ({"whole_areas": ("country",)}, 1),
    "a province among districts": ({"whole_areas": ("district", "province")}, 1),
    "emergency calls work": ({"emergency_calls": False}, 3),
    "emergency calls impossible": ({"emergency_calls": True}, 1),
    "999,999 people's data": ({"people_data": 999_999}, 3),
    "1,000,000 people's data": ({"people_data": 1_000_000}, 1),
    "1,000,001 people's data": ({"people_data": 1_000_001}, 1),
    "999 complaints an hour": ({"complaints_per_hour": 999}, 3),
    "1,000 complaints an hour": ({"complaints_per_hour": 1_000}, 2),
    "1,001 complaints an hour": ({"complaints_per_hour": 1_001}, 2),
    "599,999 user-minutes": ({"affected": 9_999, "users_at_once": 10_000, "seconds": 60 * 60}, 3),
    "600,000 user-minutes": ({"affected": 6_000, "users_at_once": 10_000, "seconds": 100 * 60}, 2),
    "one second short of them": ({"affected": 6_000, "users_at_once": 10_000, "seconds": 100 * 60 - 1}, 3),
    "with 9,999 users at once": ({"affected": 6_000, "users_at_once": 9_999, "seconds": 100 * 60}, 3),
    "without users at once": ({"affected": 6_000, "seconds": 100 * 60}, 3),
}


@pytest.mark.parametrize(("facts", "level"), THRESHOLDS.values(), ids=THRESHOLDS)
def test_each_threshold(facts: dict[str, Any], level: int) -> None:
    """A fact at its threshold reaches the level, one unit below does not (R13, AMB-03)."""
    assert level == classify(replace(SMALL, **facts), RULES).level


@pytest.mark.parametrize("word", COMPLAINTS)
def test_the_class_of_a_complaint(word: str) -> None:
    """Urgent and major complaints, by class or by matter, are level 2; ordinary ones level 3 (R15, R44, R45)."""
    found = classify(Impact(COMPLAINT, complaint=word), RULES)

    assert (3 if word == "ordinary" else 2) == found.level


def test_an_urgent_complaint_is_level_1_by_impact() -> None:
    """An urgent complaint about something big is level 1 (R44, AMB-14)."""
    assert 1 == classify(Impact(COMPLAINT, complaint="urgent", affected=100_000), RULES).level


@pytest.mark.parametrize(("kind", "level", "fact"), [
    (IncidentType.NETWORK_FAULT, 1, "affected"),
    (IncidentType.SERVICE_INTERRUPTION, 1, "affected"),
    (IncidentType.COMPLAINT_ESCALATION, 2, "complaint"),
    (IncidentType.DATA_LEAK, 1, "people_data"),
])  # fmt: skip
def test_unknown_impact_takes_the_higher_level(kind: IncidentType, level: int, fact: str) -> None:
    """While nobody knows how big it is the higher candidate counts, and the reason names the fact (AMB-04)."""
    found = classify(Impact(kind), RULES)

    assert (level, fact, 3) == (found.level, found.unknown, found.known_level)
    assert ["unknown"] == [reason.rule for reason in found.reasons]


def test_a_reason_has_rule_fact_value_and_threshold() -> None:
    """Every reason can be checked against the file: its rule, fact, value, threshold and level (R13)."""
    found = classify(Impact(FAULT, affected=46_000, confidence="measured", emergency_calls=True), RULES)

    assert [
        ("emergency_calls", "emergency_calls", True, True, 1),
        ("services", "affected", 46_000, 10_000, 2),
    ] == [(r.rule, r.fact, r.value, r.threshold, r.level) for r in found.reasons]
    assert "46,000 services affected (measured), threshold 10,000" == found.reasons[1].sentence


def test_small_says_that_no_threshold_is_reached() -> None:
    """Level 3 has a reason too."""
    assert [OTHERWISE] == [reason.sentence for reason in classify(SMALL, RULES).reasons]


GRADES: dict[str, tuple[dict[str, Any], str]] = {
    "level 3": ({}, "ordinary"),
    "level 2": ({"affected": 10_000}, "larger"),
    "level 1": ({"affected": 100_000}, "major"),
    "500,000 for two hours": ({"affected": 500_000, "seconds": 2 * HOUR}, "major"),
    "500,001 for an hour": ({"affected": 500_001, "seconds": HOUR}, "major"),
    "500,001 for longer": ({"affected": 500_001, "seconds": HOUR + 1}, "extra_major"),
    "99,999,999 people": ({"people_data": 99_999_999}, "major"),
    "100,000,000 people": ({"people_data": 100_000_000}, "extra_major"),
}


@pytest.mark.parametrize(("facts", "grade"), GRADES.values(), ids=GRADES)
def test_the_statutory_grade(facts: dict[str, Any], grade: str) -> None:
    """The grade of the law is suggested beside the level, never instead of it (AMB-02)."""
    assert grade == classify(replace(SMALL, **facts), RULES).statutory


def test_user_minutes_have_two_factors() -> None:
    """User-minutes are services times minutes; users at once stand in while the services are unknown."""
    assert None is Impact(FAULT, seconds=HOUR).user_minutes
    assert 60_000 == Impact(FAULT, affected=1_000, users_at_once=9, seconds=HOUR).user_minutes
    assert 540 == Impact(FAULT, users_at_once=9, seconds=HOUR).user_minutes


def test_every_sentence_has_a_chinese_entry() -> None:
    """Reasons are said in the reader's language."""
    said = {SUGGESTS, REVIEW_DUE, *SEVERITIES, *COMPLAINTS}

    assert set() == said - set(CHINESE)


FIGURES = ("affected", "people_data", "complaints_per_hour", "users_at_once")
figure = (
    st.none()
    | st.sampled_from([0, 999, 1_000, 9_999, 10_000, 99_999, 100_000, 1_000_000])
    | st.integers(0, 10**9)
)
impacts = st.builds(
    Impact,
    type=st.sampled_from(IncidentType),
    affected=figure,
    whole_areas=st.lists(st.sampled_from(["", "district", "city", "province"]), max_size=3).map(tuple),
    emergency_calls=st.none() | st.booleans(),
    people_data=figure,
    complaints_per_hour=figure,
    complaint=st.none() | st.sampled_from(COMPLAINTS),
    users_at_once=figure,
    seconds=st.integers(0, 7 * 24 * HOUR),
)


@given(impacts, st.sampled_from([*FIGURES, "seconds"]), st.integers(0, 10**9))
def test_more_impact_never_lowers_the_level(impact: Impact, fact: str, more: int) -> None:
    """A figure that grows, or time that passes, never suggests a lower level or grade (R13)."""
    before = getattr(impact, fact)
    if before is None:
        return
    grown = classify(replace(impact, **{fact: before + more}), RULES)
    found = classify(impact, RULES)

    assert grown.level <= found.level
    assert SEVERITIES.index(grown.statutory) <= SEVERITIES.index(found.statutory)


@given(impacts)
def test_worse_words_never_lower_the_level(impact: Impact) -> None:
    """Emergency calls that fail and one more area hit as a whole never suggest a lower level (R13)."""
    level = classify(impact, RULES).level

    assert classify(replace(impact, emergency_calls=True), RULES).level <= level
    assert classify(replace(impact, whole_areas=(*impact.whole_areas, "province")), RULES).level <= level


@given(impacts)
def test_not_knowing_is_never_lower_than_knowing(impact: Impact) -> None:
    """Forgetting the fact that says how big it is never suggests less than any value of it (AMB-04)."""
    asked = RULES.unknown[impact.type].asks

    forgotten = classify(replace(impact, **{asked: None}), RULES)

    assert forgotten.level <= classify(impact, RULES).level
    assert asked == forgotten.unknown


@given(impacts)
def test_a_candidate_is_explained(impact: Impact) -> None:
    """The level is one of three, and the first reason is what decided it (R13)."""
    found = classify(impact, RULES)

    assert found.level in LEVELS
    assert found.level == found.reasons[0].level
    assert found.level <= found.known_level
