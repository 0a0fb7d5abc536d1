"""The file of thresholds: strict, whole, with one clear error; and what an area's code means."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from incidents.divisions import division
from incidents.errors import Invalid
from incidents.levels import parse_levels, shipped
from sandbox.client import Sandbox
from wiring.app import build
from wiring.settings import Levels, Settings

TEXT = (files("incidents") / "rules" / "levels.yaml").read_text(encoding="utf-8")

WRONG = {
    "an unknown key": ("version: 1\n", "version: 1\nvrsion: 1\n", "vrsion: unknown key"),
    "an unknown key of a rule": (
        "    fact: affected\n",
        "    fact: affected\n    at_most: {1: 1}\n",
        "at_most",
    ),
    "an unknown fact": ("fact: affected\n", "fact: mood\n", "rules.0.fact"),
    "a key that comes twice": ("otherwise: 3\n", "otherwise: 3\notherwise: 2\n", "comes twice"),
    "thresholds the wrong way round": (
        "{1: 100000, 2: 10000}",
        "{1: 10000, 2: 10000}",
        "level 1 needs 10000",
    ),
    "a level that is none": ("{1: 100000, 2: 10000}", "{0: 100000, 2: 10000}", "0 is not a level"),
    "a threshold that everybody reaches": ("{2: 1000}", "{2: 0}", "above 0"),
    "a word at two levels": ("3: [ordinary]", "3: [ordinary, urgent]", "urgent stands at two levels"),
    "a word that is none": ("3: [ordinary]", "3: [ordinary, polite]", "complaint is never polite"),
    "two rules of one name": ("- id: area\n", "- id: services\n", "two rules are called services"),
    "two rules of one fact": ("fact: complaints_per_hour", "fact: affected", "two rules speak of affected"),
    "a figure for words": ("is: {1: [true]}", "at_least: {1: 1}", "takes is"),
    "a type without a level": ("  data_leak: {asks: people_data, level: 1}\n", "", "data_leak is missing"),
    "a level without a grade": (
        "{1: major, 2: larger, 3: ordinary}",
        "{1: major, 2: larger}",
        "3 has no grade",
    ),
    "grades the wrong way round": ("{1: major, 2: larger,", "{1: larger, 2: major,", "higher grade"),
    "unknown as harmless": ("{asks: affected, level: 1}", "{asks: affected, level: 2}", "may mean level 1"),
    "a rest that is not small": ("otherwise: 3", "otherwise: 2", "otherwise must be 3"),
    "a review tomorrow": ("PT30M", "P2D", "review_after"),
    "a list": (TEXT, "- a\n", "levels"),
    "no YAML": (TEXT, "{", "not YAML"),
    "nothing": (TEXT, "", "levels"),
}


def test_the_shipped_file_is_sound() -> None:
    """What ships with tongbao is accepted by its own rules."""
    assert 1 == shipped().version


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_whole(old: str, new: str, said: str) -> None:
    """An unknown key, a contradiction or a missing level is one clear error that says where."""
    assert old in TEXT

    with pytest.raises(Invalid) as refused:
        parse_levels(TEXT.replace(old, new, 1))

    assert said in refused.value.message
    assert "levels" == refused.value.field
    assert "\n" not in refused.value.message or "YAML" in refused.value.message


def test_a_level_that_no_rule_reaches() -> None:
    """Rules of which none reaches a level contradict the three levels (R13)."""
    high = (
        TEXT.replace("1: 100000, ", "")
        .replace("1: [country, province], ", "")
        .replace("{1: 1000000}", "{2: 9}")
    )

    with pytest.raises(Invalid, match="no rule reaches level 1"):
        parse_levels(high.replace("is: {1: [true]}", "is: {2: [true]}"))


def test_a_bad_file_opens_nothing(tmp_path: Path) -> None:
    """A home is not made while the operator's thresholds are wrong."""
    file = tmp_path / "levels.yaml"
    file.write_text("version: 1\n", encoding="utf-8")

    with pytest.raises(Invalid):
        build(Settings(levels=Levels(file=str(file))), tmp_path / "home")

    assert not (tmp_path / "home").exists()


def test_an_operator_has_thresholds_of_its_own(tmp_path: Path) -> None:
    """`levels.file` takes the place of the shipped file; a path without a file is refused by name."""
    file = tmp_path / "levels.yaml"
    file.write_text(TEXT.replace("version: 1", "version: 7"), encoding="utf-8")
    sandbox = Sandbox(tmp_path)
    try:
        app = build(Settings(levels=Levels(file=str(file))), tmp_path)
        assert 7 == app.house.levels.version
        app.close()
        with pytest.raises(Invalid) as refused:
            build(Settings(levels=Levels(file=str(tmp_path / "none.yaml"))), tmp_path)
        assert "levels.file" == refused.value.field
    finally:
        sandbox.stop()


PARENTS = {
    "CN": None, "330000": "CN", "330100": "330000", "330108": "330100", "330108-1": "330108",
    "AU": None, "AU-NSW": "AU",
    "ZZ": None, "ZZ01": "ZZ", "ZZ0101": "ZZ01", "ZZ0101A": "ZZ0101",
    "loop": "pool", "pool": "loop",
}  # fmt: skip


@pytest.mark.parametrize(("code", "what"), [
    ("CN", "country"), ("330000", "province"), ("330100", "city"), ("330108", "district"), ("330108-1", ""),
    ("AU", "country"), ("AU-NSW", "province"),
    ("ZZ", "province"), ("ZZ01", "city"), ("ZZ0101", "district"), ("ZZ0101A", ""),
    ("loop", "city"), ("elsewhere", "province"),
])  # fmt: skip
def test_what_an_area_is(code: str, what: str) -> None:
    """A code of GB/T 2260 or ISO 3166-2 says its division itself; another counts from the top of its tree."""
    assert what == division(code, PARENTS)
