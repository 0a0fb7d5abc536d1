"""The command line understands what people type, and says in their language what it does not."""

from __future__ import annotations

import pytest

from cli.chinese_usage import of_click
from tests.cli_tests.conftest import OPEN, Terminal

NOW = "2026-11-28T14:15:00+08:00"


@pytest.mark.parametrize(
    ("words", "chinese"),
    [
        (("open", "--type", "fire"), "'--type' 的值无效：'fire' 不在可选值之中"),
        (("open", "--title", "x"), "缺少选项 '--type'"),
        (("notice", "preview"), "缺少参数 'NOTICE'"),
        (("notice", "preview", "x"), "'x' 不是数字"),
        (("board", "--colour"), "没有选项"),
        (("bord",), "没有命令 'bord'；是否指 'board'？"),
        (("frobnicate",), "没有命令 'frobnicate'"),
        (("board", "--wach"), "没有选项 '--wach'；是否指 '--as', '--watch'？"),
        (("notice", "submit", "1", "--expect", "-1"), "-1 不在范围 x>=0 之内"),
        (("notice", "stop", "1", "--reason"), "选项 '--reason' 须带一个值"),
        (("board", "now"), "多余的参数：now"),
        (("notice", "edit", "1", "sms", "en", "--file", "none.txt"), "文件 'none.txt' 不存在"),
    ],
)
def test_a_wrong_line_is_refused_in_the_readers_language(
    terminal: Terminal, words: tuple[str, ...], chinese: str
) -> None:
    """Every usage error has its Chinese; its exit code stays 2."""
    said = terminal.types("--lang", "zh-CN", *words)
    assert (2, True, False) == (said.code, chinese in said.err, "Error" in said.err), said.err


def test_what_click_may_say_besides_stays_as_it_is() -> None:
    """A sentence that is not in the table is shown rather than lost."""
    assert "Something new." == of_click("Something new.")


def test_a_field_is_named_as_it_was_typed(terminal: Terminal) -> None:
    """`--type` is the field type."""
    assert "type" == terminal.types("--json", "open", "--type", "fire").error["field"]


def test_a_negative_figure_is_refused_for_what_it_is(terminal: Terminal) -> None:
    """-5 is a number; it must be one from 0."""
    said = terminal.types("--json", *OPEN[:-1], "-5")
    assert (6, "--affected must be a number from 0, not -5") == (said.code, said.error["message"])


@pytest.mark.parametrize(
    ("typed", "onset"),
    [
        ("02:10", "2026-11-27T18:10:00+00:00"),
        ("21:50", "2026-11-27T13:50:00+00:00"),
        ("2026-11-27 21:50", "2026-11-27T13:50:00+00:00"),
        ("2026-11-27T21:50:30", "2026-11-27T13:50:30+00:00"),
    ],
)
def test_a_time_without_a_zone_is_the_operators(terminal: Terminal, typed: str, onset: str) -> None:
    """A past fact is the newest such instant, said back in full (R12)."""
    place = OPEN.index("unknown")
    words = (*OPEN[:place], typed, *OPEN[place + 1 :])
    said = terminal.types(*words, "--json", TONGBAO_NOW=NOW)
    assert (0, onset) == (said.code, said.json["onset_at"])
    assert "+08:00" in said.err


def test_an_estimate_is_the_next_such_time(terminal: Terminal) -> None:
    """02:10 for the estimate is tonight, not last night."""
    reference = terminal.asks(*OPEN, TONGBAO_NOW=NOW)["reference"]
    shown = terminal.asks("update", reference, "--eta", "02:10", TONGBAO_NOW=NOW)
    assert "2026-11-28T18:10:00+00:00" == shown["expected_at"]


def test_what_is_not_there_points_somewhere_useful(terminal: Terminal) -> None:
    """A missing notice, a missing file and an unknown channel each name the way on."""
    reference = terminal.asks(*OPEN)["reference"]
    assert "tongbao board" == terminal.types("--json", "notice", "status", "99").error["next"]
    assert "UTF-8" not in terminal.types("--json", "playbook", "check", "none.yaml").error["next"]
    fax = terminal.types("--json", "template", "preview", "first_notice", "--channel", "fax").error
    assert ("channel", "one of: sms, email, web, hotline, social") == (fax["field"], fax["next"])
    assert "tongbao notice preview 1" == terminal.asks("audience", "preview", reference)["next"]


def test_long_spans_are_said_in_days(terminal: Terminal) -> None:
    """Nobody counts 312 hours."""
    terminal.asks(*OPEN, TONGBAO_NOW=NOW)
    said = terminal.types("board", TONGBAO_NOW="2026-12-08T14:15:00+08:00").out
    assert "overdue 9 d 22 h" in said
