"""The handbook pack says what the law's table says; a pack that contradicts itself is refused whole."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files

import pytest

from incidents.errors import Invalid
from incidents.terms import Kind
from tests.windows_tests.packs import AWARE, PACK, at, opened
from windows.clocks import length_of
from windows.rules import parse_pack

TEXT = (files("windows") / "packs" / "handbook.yaml").read_text(encoding="utf-8")

TABLE = {
    Kind.FIRST_NOTICE: (120, 120, 240),
    Kind.PROGRESS_UPDATE: (60, 120, 240),
    Kind.MATERIAL_UPDATE: (30, 30, 60),
    Kind.RESOLUTION_NOTICE: (60, 60, 120),
    Kind.CORRECTION_NOTICE: (30, 30, 60),
    Kind.WITHDRAWAL_NOTICE: (30, 30, 60),
}
"""Minutes at levels 1, 2 and 3: docs/windows.md §2, copied by hand."""


@pytest.mark.parametrize("kind", TABLE)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_handbook_pack_has_the_laws_figures(kind: Kind, level: int):
    """Every length of the table of windows.md §2 (R26, R27, R28)."""
    window = opened(kind, level)

    assert at(TABLE[kind][level - 1]) == window.due_at == window.strict_due_at
    assert TABLE[kind][level - 1] * 60 == window.length_seconds
    assert ("handbook@6", PACK.rule(kind).id) == (window.rule_version, window.rule)


UPWARDS = {"phone": (15, 30, None), "written": (30, 60, 60)}
"""Minutes of the reports to superiors; nobody is called at level 3 (AMB-13)."""


@pytest.mark.parametrize("how", UPWARDS)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_superiors_hear_of_it_by_phone_and_in_writing(how: str, level: int):
    """15 and 30 minutes, 30 and 60, and 60 in writing alone: two rules of one kind, each found by its id (R11)."""
    rule = PACK.terms_of(f"handbook.superior_report.{how}").rule
    minutes = UPWARDS[how][level - 1]

    assert (minutes is not None) == rule.owes(level)
    assert (rule in PACK.upwards(level)) == rule.owes(level)
    assert minutes is None or timedelta(minutes=minutes) == length_of(rule, level, AWARE, AWARE)


def test_a_report_that_the_lower_level_would_not_owe_keeps_its_length():
    """After a downgrade to level 3 the call is still owed by level 2's half hour (AMB-06)."""
    rule = PACK.terms_of("handbook.superior_report.phone").rule

    assert timedelta(minutes=30) == length_of(rule, 3, AWARE, AWARE)


def test_comms_are_not_woken_for_a_report_to_superiors():
    """Its warnings go to the duty manager, the commander and headquarters (R14)."""
    for how in UPWARDS:
        rungs = PACK.terms_of(f"handbook.superior_report.{how}").rungs
        assert ["duty_manager", "duty_manager", "commander", "headquarters"] == [rung.to for rung in rungs]
        assert [0.5, 0.75, 0.9, 1.0] == [rung.at for rung in rungs]


@pytest.mark.parametrize(("level", "minutes"), [(1, 30), (2, 60), (3, 120)])
def test_the_first_notice_has_an_earlier_target(level: int, minutes: int):
    """30 minutes, one hour, two hours: the operator's own aim."""
    assert at(minutes) == opened(level=level).target_at


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_cadence_slows_after_a_day(level: int):
    """Progress windows that start 24 h or more after awareness have 24 h, those a microsecond earlier not."""
    rule, day = PACK.rule(Kind.PROGRESS_UPDATE), timedelta(hours=24)

    assert day == length_of(rule, level, AWARE + day, AWARE)
    assert rule.length[level] == length_of(rule, level, AWARE + day - timedelta(microseconds=1), AWARE)


def test_only_progress_slows_down():
    """A material change on the third day is as urgent as on the first."""
    rule = PACK.rule(Kind.MATERIAL_UPDATE)

    assert timedelta(minutes=30) == length_of(rule, 1, AWARE + timedelta(days=3), AWARE)


def test_what_tells_what():
    """First, resolution and what is taken back are told by their recipients, progress and material by the
    page entry (§2); reports by a second person's approval (R32, R38); the archive by a person's word (R48)."""
    assert {
        "first_notice": "recipients",
        "resolution_notice": "recipients",
        "correction_notice": "recipients",
        "withdrawal_notice": "recipients",
        "progress_update": "page",
        "material_update": "page",
        "handling_report": "report",
        "summary_report": "report",
        "archive": "person",
        "superior_report": "person",
        "planned_work_notice": "recipients",
        "regulator_report": "person",
    } == {rule.kind.value: rule.told_by for rule in PACK.rules}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "length: {1: PT2H, 2: PT2H, 3: PT4H}",
            "length: {1: PT2H, 2: PT2H}",
            "length is missing for level 3",
        ),
        ("target: {1: PT30M", "target: {1: PT2H", "target of level 1 is not before its due"),
        ("kind: resolution_notice", "kind: first_notice", "two rules for one kind"),
        ("audience: internal", "audience: other_operators", "other operators are told by a report"),
        (
            "kind: material_update",
            "kind: material_update\n    audience: internal",
            "no notice tells internal",
        ),
        ("reached_share: 0.9 ", "reached_share: 1.1 ", "coverage.reached_share"),
        ("id: handbook.summary_report", "id: handbook.first_notice", "two rules with one id"),
        ("told_by: page", "told_by: rumour", "told_by"),
        ("pack: handbook", "pack: handbook\nwindow: 2h", "window"),
        ("at: 0.75", "at: 1.5", "rungs.2.at"),
        ("upgrade_grace: PT30M", "upgrade_grace: soon", "upgrade_grace"),
        ("pack: handbook", "pack: [", "not YAML"),
        ("    none_at: [3] ", "    cap: P1D ", "none_at says so"),
        (
            "length: {1: PT15M, 2: PT30M}",
            "length: {1: PT15M, 2: PT30M, 3: PT1H}",
            "level 3 has a length and owes nothing",
        ),
        (
            "id: handbook.superior_report.written",
            "id: handbook.superior_report.phone",
            "two rules with one id",
        ),
        ("length: -PT72H ", "length: PT72H ", "ends after the planned start"),
        ("length: -PT72H ", "length: {1: -PT72H, 2: -PT48H, 3: -PT72H} ", "planned work has no level"),
        ("{1: PT2H, 2: PT2H, 3: PT4H}", "{1: -PT2H, 2: PT2H, 3: PT4H}", "length of level 1 is negative"),
    ],
)
def test_a_pack_that_contradicts_itself_is_refused(old: str, new: str, problem: str):
    """Nothing is taken over from a wrong pack, and the place is named."""
    assert old in TEXT

    with pytest.raises(Invalid) as refused:
        parse_pack(TEXT.replace(old, new), "mine")

    assert problem in refused.value.message
    assert "mine" in refused.value.message


def test_every_problem_is_named_at_once():
    """Who mends a pack mends it once."""
    wrong = TEXT.replace("told_by: page", "told_by: rumour").replace(
        "upgrade_grace: PT30M", "upgrade_grace: x"
    )

    with pytest.raises(Invalid) as refused:
        parse_pack(wrong, "mine")

    for place in ("upgrade_grace", "rules.1.told_by", "rules.2.told_by"):
        assert place in refused.value.message


def test_a_rule_that_changes_later_changes_no_open_window():
    """A window copies its rule when it opens."""
    window = opened()
    shorter = parse_pack(TEXT.replace("PT2H, 2: PT2H", "PT90M, 2: PT90M"), "handbook")

    assert timedelta(minutes=90) == shorter.rule(Kind.FIRST_NOTICE).length[2]
    assert (7200, at(120)) == (window.length_seconds, window.due_at)


REGIME = """
pack: ours
version: 1
source: somebody's law
confidence: S
trigger: {law: always, question: {zh-CN: 是否, en: whether}, ask_within: PT1H}
upgrade_grace: PT30M
rungs: [{name: due, at: 1.0, to: duty_manager}]
rules:
  - {id: first, kind: regulator_report, audience: "regulator:X", clock_start: aware_at,
     length: PT4H, told_by: person, source: s}
  - {id: second, kind: regulator_report, audience: "regulator:X", clock_start: previous_told_at, after: first,
     months: 1, told_by: person, source: s}
"""


def test_a_regime_is_a_pack_of_the_same_form():
    """One figure alone is every level's; a chained rule says what it comes after."""
    pack = parse_pack(REGIME, "ours")

    assert [("first",), ("second",)] == [
        tuple(r.id for r in pack.upwards(2)),
        tuple(r.id for r in pack.following("first")),
    ]
    assert {1: 1, 2: 1, 3: 1} == pack.terms_of("second").rule.months


WRONG = [
    ("clock_start: aware_at,", "", "rules.0.clock_start"),
    ("clock_start: aware_at", "clock_start: full_moon_at", "rules.0.clock_start"),
    ("clock_start: aware_at", "clock_start: resolved_at", "a report upwards counts from"),
    ("length: PT4H", "length: PT4H, target: {1: PT4H}", "target of level 1 is not before its due"),
    ('audience: "regulator:X"', "audience: complainant", "told by the rules for customers, at level 3"),
    ("length: PT4H, ", "", "length is missing for level 1"),
    ("length: PT4H", "length: PT4H, immediate: PT30M", "only one of a length, immediate and no_figure"),
    ("after: first,", "", "does not say after which rule"),
    ("after: first", "after: nobody", "second comes after nobody, which this pack has not"),
    ("after: first", "after: second", "a circle: second after second"),
    (
        "clock_start: aware_at",
        "clock_start: previous_told_at, after: second",
        "a circle: first after second after first",
    ),
    ("clock_start: aware_at", "clock_start: aware_at, after: second", "does not count from previous_told_at"),
    ("id: second", "id: first", "two rules with one id: first"),
    (
        'audience: "regulator:X", clock_start: aware_at',
        'audience: "regulator:", clock_start: aware_at',
        "audience must be",
    ),
    ("length: PT4H, told_by: person", "length: PT4H, told_by: page", "told by a person's word"),
    ("confidence: S", "", "a regime must say its confidence"),
    (
        "told_by: person, source: s",
        "told_by: person, source: {en: s}",
        "rules.0.source: Value error, is not said in zh",
    ),
]


@pytest.mark.parametrize(("old", "new", "problem"), WRONG)
def test_a_regime_that_contradicts_itself_is_refused(old: str, new: str, problem: str):
    """A rule without a start, a chain to nowhere, a circle: refused whole, with the problem named."""
    assert old in REGIME

    with pytest.raises(Invalid) as refused:
        parse_pack(REGIME.replace(old, new), "ours")

    assert problem in refused.value.message


def test_where_a_rule_comes_from_is_said_in_both_languages():
    """A citation that needs no translation is written once and stands for both."""
    assert {"zh-CN": "s", "en": "s"} == parse_pack(REGIME, "ours").rules[0].source
    assert {"zh-CN", "en"} == set(PACK.source)


def test_problems_between_rules_are_named_beside_those_inside_them():
    """Two ids, a chain to nowhere, an unknown start and a missing length: one refusal says all four."""
    wrong = REGIME.replace("after: first", "after: nobody").replace("id: second", "id: first")
    wrong = wrong.replace("clock_start: aware_at", "clock_start: full_moon_at").replace("months: 1, ", "")

    with pytest.raises(Invalid) as refused:
        parse_pack(wrong, "ours")

    for problem in (
        "two rules with one id",
        "comes after nobody",
        "rules.0.clock_start",
        "length is missing",
    ):
        assert problem in refused.value.message
