"""What a screen says to type can be typed: it parses, in both languages, and it does what it promises."""

from __future__ import annotations

import re
import shlex

import pytest

from cli.words import LANGUAGES
from tests.cli_tests.conftest import OPEN, Terminal
from tests.cli_tests.suggested import PROSE, unparsed, written
from tests.docs_tests.test_docs_pages import strange

NOW = {"TONGBAO_NOW": "2026-10-14T14:15:00+08:00"}
LATER = {"TONGBAO_NOW": "2027-12-01T09:00:00+08:00"}
SCREENS = (("board",), ("doctor",), ("next",), ("holding", "list"), ("pending",), ("supervise",))


def renewing(screen: str) -> list[str]:
    """The words of the newest command on a screen that asks for an approval in advance."""
    return shlex.split(re.findall(r"tongbao (holding submit [^\n]+)", screen)[-1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_suggested_command_parses(terminal: Terminal, language: str):
    """On a quiet day, with an incident, and when the approvals in advance have ended: what is said can be typed."""
    terminal.has_customers(**NOW)
    said = [(screen, NOW, terminal.types(*screen, "--lang", language, **NOW)) for screen in SCREENS]
    terminal.asks(*OPEN, **NOW)
    for when in (NOW, LATER):
        terminal.types("tick", **when)
        said += [(screen, when, terminal.types(*screen, "--lang", language, **when)) for screen in SCREENS]

    assert [] == [(screen, wrong) for screen, _, told in said for wrong in unparsed(told.out + told.err)]
    assert 20 < sum(told.out.count("tongbao ") for _, _, told in said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", [("board",), ("doctor",), ("holding", "list")])
def test_an_ended_approval_is_asked_for_anew_with_one_command(
    terminal: Terminal, language: str, screen: tuple[str, ...]
):
    """The whole command stands there: the types, levels and people of the one that ended, and a day within a year."""
    asked = ("--type", "data_leak", "--level", "2", "--maximum", "500", "--expires", "2027-03-31")
    terminal.asks("holding", "submit", *asked, "--as", "carol", **NOW)
    terminal.asks("approve", "holding-2", "--as", "bob", **NOW)
    terminal.types("tick", **LATER)
    told = terminal.types(*screen, "--lang", language, **LATER).out

    again = terminal.asks(*renewing(told), **LATER)
    assert (["data_leak"], [2], 500, "waiting") == (
        again["types"],
        again["levels"],
        again["audience_maximum"],
        again["state"],
    )


@pytest.mark.parametrize(("language", "why"), [("en", "has expired"), ("zh-CN", "的批准已到期")])
def test_an_early_holding_notice_says_why_there_is_none(terminal: Terminal, language: str, why: str):
    """A sentence, not the record's word for it."""
    terminal.asks("holding", "list", **NOW)
    reference = terminal.asks(*OPEN, **LATER)["reference"]
    said = terminal.types("holding", "send", reference, "--lang", language, **LATER)

    assert (5, True) == (said.code, why in said.err)
    assert "approval_expired" not in said.err


def test_every_command_that_the_program_names_exists():
    """A refusal, a next step, a Chinese sentence: the command is there, with every option that is named."""
    found = [one for one in written() if one[2][0] not in PROSE and "X" not in one[2]]

    assert [] == [(file, line, " ".join(words)) for file, line, words in found if strange(words)]
    assert 500 < len(found)
