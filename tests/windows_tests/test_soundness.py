"""A pack with a figure or a name that cannot be meant is refused whole, with every rule and field (docs/windows.md)."""

from __future__ import annotations

from importlib.resources import files

import pytest

from incidents.errors import Invalid
from tests.windows_tests.test_rules import REGIME
from windows.rules import parse_pack, pinned

TEXT = (files("windows") / "packs" / "handbook.yaml").read_text(encoding="utf-8")
FIRST = "length: {1: PT2H, 2: PT2H, 3: PT4H}"
UNSOUND = [
    (FIRST, "length: {1: PT0S, 2: PT2H, 3: PT4H}", "rules.0.length.1: must be longer than nothing"),
    (FIRST, "length: {1: PT2H, 2: PT2H, 3: P4000D}", "rules.0.length.3: is longer than 3653 days"),
    (FIRST, "length: {1: PT2H, 2: PT2H, 3: PT4H, 9: PT5H}", "rules.0.length: there is no level 9"),
    ("target: {1: PT30M", "target: {1: -PT30M", "rules.0.target.1: must be longer than nothing"),
    ("upgrade_grace: PT30M", "upgrade_grace: -PT30M", "upgrade_grace: must not be negative"),
    ("cap: P30D", "cap: -P30D", ".cap: must be longer than nothing"),
    ("slow_length: PT24H", "slow_length: -PT24H", "rules.1.slow_length: must be longer than nothing"),
    ("working_days: {3: 3}", "working_days: {3: -3}", "working_days.3: must be a number from 1 to 2500"),
    ("    none_at: [3] ", "    none_at: [3, 9] ", "none_at: there is no level 9"),
    ("version: 6", "version: -1", "version: must be a number from 1"),
    ("at: 0.75", "at: 0.3", "rungs.2.at: does not come after the one before"),
    ("at: 0.75", "at: 0.5", "rungs.2.at: does not come after the one before"),
    ('name: "75%"', 'name: "50%"', "rungs.2.name: is given twice"),
    ('name: "75%"', 'name: ""', "rungs.2.name: is empty"),
    ("to: duty_manager+comms", "to: nobody", "rungs.2.to: there is no role nobody"),
    ("to: duty_manager+comms", 'to: "duty_manager+"', "rungs.2.to: there is no role without a name"),
    (
        "fulfilled_by: [first_notice, holding_notice, resolution_notice]",
        "fulfilled_by: []",
        "rules.0.fulfilled_by: what is told by recipients needs a kind of notice",
    ),
    ("id: handbook.first_notice", 'id: ""', "rules.0.id: must have 1 to 64 letters"),
    ("id: handbook.first_notice", 'id: "first\\e[31m"', "rules.0.id: must have 1 to 64 letters"),
    ("频次按严重程度区分", "频次\\u202e按严重程度区分", "rules.1.source.zh-CN: holds a control character"),
    ("pack: handbook", 'pack: "hand\\abook"', "pack: holds a control character"),
]
REGIMES = [
    ("length: PT4H", "immediate: -PT4H", "rules.0.immediate: must be longer than nothing"),
    ("length: PT4H", "length: PT4H, hard_cap: PT0S", "rules.0.hard_cap: must be longer than nothing"),
    ("months: 1", "months: -1", "rules.1.months: must be a number from 1 to 120"),
    ("months: 1", "months: 1, zone: Mars/Olympus", "rules.1.zone: there is no zone Mars/Olympus"),
    ("months: 1", "months: 1, zone: ../../etc/passwd", "rules.1.zone: there is no zone"),
    ("ask_within: PT1H", "ask_within: -PT1H", "trigger.ask_within: must be longer than nothing"),
]


def refused(text: str) -> str:
    with pytest.raises(Invalid) as problem:
        parse_pack(text, "mine")
    return problem.value.message


@pytest.mark.parametrize(("old", "new", "problem"), UNSOUND)
def test_an_unsound_figure_or_name_is_refused_by_its_field(old: str, new: str, problem: str):
    """A duty of no length, a warning to nobody, a name that writes on the screen: each is named."""
    assert old in TEXT

    said = refused(TEXT.replace(old, new, 1))

    assert problem in said
    assert "\x1b" not in said


@pytest.mark.parametrize(("old", "new", "problem"), REGIMES)
def test_an_unsound_regime_is_refused_by_its_field(old: str, new: str, problem: str):
    """Negative months, a zone that is nowhere: what would stop the clocks of one duty stops no start of the house."""
    assert old in REGIME

    assert problem in refused(REGIME.replace(old, new, 1))


def test_a_pack_without_a_rule_is_refused():
    """It would owe nothing, silently."""
    head = REGIME.partition("rules:")[0]

    assert "rules: there is none" in refused(head + "rules: []")


def test_every_unsound_place_is_named_at_once():
    """Who mends a pack mends it once, also where something is no figure at all."""
    wrong = TEXT.replace("upgrade_grace: PT30M", "upgrade_grace: -PT30M").replace("version: 6", "version: 0")
    wrong = wrong.replace("told_by: page", "told_by: rumour").replace("to: commander", "to: nobody")
    wrong = wrong.replace("cap: P30D", "cap: PT0S")

    said = refused(wrong)

    for place in ("upgrade_grace", "version", "rules.1.told_by", "rungs.3.to", ".cap"):
        assert place in said


def test_a_pack_that_a_record_stands_on_stays_readable():
    """What is asked of packs later never makes an open window's own rule unreadable."""
    assert -1 == pinned(TEXT.replace("version: 6", "version: -1")).version
