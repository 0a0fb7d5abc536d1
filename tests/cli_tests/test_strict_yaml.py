"""What every YAML file of the house is read by: quick, and no key twice."""

from __future__ import annotations

import pytest
import yaml

from incidents import strict_yaml
from incidents.errors import Invalid
from windows.rules import parse_pack


@pytest.mark.parametrize("text", ["a: 1\na: 2", "a: {b: 1, b: 2}", "0x1: a\n1: b", "yes: 1\ntrue: 2"])
def test_a_key_that_comes_twice_is_refused(text: str) -> None:
    """Of two values for one key none wins silently, however it is spelt."""
    with pytest.raises(strict_yaml.YAMLError, match="comes twice"):
        strict_yaml.read(text)


def test_the_quick_reader_reads_what_the_safe_one_reads() -> None:
    """Merged tables, dates and numbers come out alike; no Python object is ever built."""
    text = "a: &a {x: 1, d: 2026-10-14}\nb: {<<: *a, x: 0.5}\nc: [~, yes, '08']\n"
    assert yaml.safe_load(text) == strict_yaml.read(text)
    with pytest.raises(strict_yaml.YAMLError):
        strict_yaml.read("!!python/object/apply:os.getcwd []")


def test_libyaml_is_used_where_it_is_there() -> None:
    """A start of the program does not spend its time in the slow parser."""
    assert getattr(yaml, "CSafeLoader", yaml.SafeLoader) in strict_yaml._OneReading.__mro__


def test_a_rule_pack_with_a_key_twice_is_refused() -> None:
    """The owners of the clocks are read as strictly as the routing rules."""
    with pytest.raises(Invalid, match="comes twice"):
        parse_pack("pack: a\npack: b\n", "mine")
