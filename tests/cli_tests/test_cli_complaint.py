"""Ordinary complaints at the terminal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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


def test_how_late_everybody_is_told_is_said_before_and_when_it_is_promoted(terminal: Terminal) -> None:
    """R40, M32: the clock counts from the complaint, so promoted after four hours the first notice is late at once."""
    terminal.has_customers()
    old = datetime.now(UTC) - timedelta(hours=5, minutes=2)
    case = terminal.asks(*ADD, "--at", old.isoformat())["reference"]
    promote = ("complaint", "promote", case, "--because", "service_quality")

    assert (
        "promoted now, it owes everybody a first notice that is 1 h 2 min late"
        in terminal.types("show", case).out
    )
    assert "首次通报已迟1小时2分" in terminal.types("show", case, "--lang", "zh-CN").out
    assert "it is 1 h 2 min late already, and stands as missed" in terminal.types(*promote).err
    assert "promoted now" not in terminal.types("show", case).out

    other = terminal.asks(*ADD, "--at", old.isoformat())["reference"]
    assert (
        "现已迟1小时2分" in terminal.types("complaint", "promote", other, *promote[3:], "--lang", "zh-CN").err
    )


def test_a_fresh_complaint_is_promoted_without_a_warning(terminal: Terminal) -> None:
    """M32: within the four hours nothing is late."""
    terminal.has_customers()
    case = terminal.asks(*ADD)["reference"]
    assert "late" not in terminal.types("show", case).out
    assert (
        "late already" not in terminal.types("complaint", "promote", case, "--because", "service_quality").err
    )


def test_the_conditions_of_the_command_are_those_of_the_verb() -> None:
    """R40: the help is quick and reads no verb, and says the same."""
    assert tuple(complaints.CONDITIONS) == CONDITIONS
