"""Ordinary complaints at the terminal."""

from __future__ import annotations

import pytest

from cli.complaint import CONDITIONS
from coordinator import complaints
from tests.cli_tests.conftest import OPEN, Terminal

ADD = ("complaint", "add", "--account", "A1", "--summary", "no signal at home")


@pytest.mark.parametrize(
    ("option", "value"), [("--level", "1"), ("--affected", "99"), ("--area", "ZZ0102"), ("--title", "x")]
)
def test_what_is_of_a_new_incident_is_not_dropped_without_a_word(
    terminal: Terminal, option: str, value: str
) -> None:
    """Into an incident that is there no level and no figure goes along: it is refused by its option, and nothing is
    promoted."""
    terminal.has_customers()
    case = terminal.asks(*ADD)["reference"]
    into = terminal.asks(*OPEN)["reference"]
    promote = ("complaint", "promote", case, "--because", "service_quality", "--into", into)
    said, chinese = (terminal.types(*promote, option, value, "--lang", one) for one in ("en", "zh-CN"))

    assert 6 == said.code
    assert f"{option} is of a new incident, and {into} is there already" in said.err + said.out
    assert f"tongbao update {into}" in said.err + said.out
    assert f"{option} 用于新事件" in chinese.err + chinese.out
    assert [case] == [one["reference"] for one in terminal.asks("complaint", "list")["items"]]
    assert into == terminal.asks(*promote)["reference"]
    assert [] == terminal.asks("complaint", "list")["items"]


def test_the_class_of_a_promoted_complaint_follows_from_its_condition(terminal: Terminal) -> None:
    """R44, R45: a class of its own beside the condition is refused, and nothing is promoted."""
    terminal.has_customers()
    case = terminal.asks(*ADD)["reference"]
    promote = ("complaint", "promote", case, "--because", "policy_change")
    refused = terminal.types(*promote, "--complaint", "urgent")

    assert (6, True) == (refused.code, "follows from --because policy_change" in refused.err + refused.out)
    assert "major" == terminal.asks(*promote)["complaint"]


def test_the_conditions_of_the_command_are_those_of_the_verb() -> None:
    """R40: the help is quick and reads no verb, and says the same."""
    assert tuple(complaints.CONDITIONS) == CONDITIONS
