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
    assert ("handbook@5", PACK.rule(kind).id) == (window.rule_version, window.rule)


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
        ("reached_share: 0.9 ", "reached_share: 1.1 ", "coverage.reached_share"),
        ("id: handbook.summary_report", "id: handbook.first_notice", "two rules with one id"),
        ("told_by: page", "told_by: rumour", "told_by"),
        ("pack: handbook", "pack: handbook\nwindow: 2h", "window"),
        ("at: 0.75", "at: 1.5", "rungs.2.at"),
        ("upgrade_grace: PT30M", "upgrade_grace: soon", "upgrade_grace"),
        ("pack: handbook", "pack: [", "not YAML"),
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
