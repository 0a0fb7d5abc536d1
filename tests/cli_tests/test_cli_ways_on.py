"""What an answer says to do next is true, is a command that there is, and is said in the reader's language."""

from __future__ import annotations

import pytest

from tests.cli_tests.conftest import OPEN, Terminal

REASON = ("--reason", "监测探头误报 // a probe was wrong")


def test_a_false_alarm_names_its_way_back(terminal: Terminal) -> None:
    """Within its time a false alarm is undone; later the same is a new incident (docs/duty-manager.md)."""
    reference = terminal.asks(*OPEN)["reference"]
    terminal.asks("false-alarm", reference, *REASON)

    refused = terminal.types("--json", "reopen", reference, "--reason", "it is real").error

    assert f"{reference} is “false alarm”: tongbao reopen is not possible" == refused["message"]
    assert (
        f"within 5 minutes: tongbao undo {reference}; later open a new one: tongbao open" == refused["next"]
    )
    assert "open" == terminal.asks("undo", reference)["status"]


def test_a_move_that_is_not_possible_names_the_commands_that_are(terminal: Terminal) -> None:
    """Commands as they are typed, not the names of moves."""
    reference = terminal.asks(*OPEN)["reference"]

    said = terminal.types("reopen", reference, "--reason", "x", "--lang", "zh-CN").err

    assert f"{reference} 的状态为“已受理”，不能执行 tongbao reopen" in said
    assert f"→ {reference} 现在可用：tongbao confirm、tongbao restored --partial、tongbao restored" in said
    assert "tongbao false-alarm" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("board", "--as", "nobody"), "没有用户 nobody"),
        (("roster", "contact", "alice", "--substitute", "nobody"), "nobody 不能替 alice 的班"),
        (
            ("key", "create", "--user", "x", "--as", "alice"),
            "alice 无权执行此操作（people）\n→ 有权的角色：管理员、总部",
        ),
        (("approve", "W1"), "'W1' 不是待审批事项的编号"),
        (("waive", "1", "--reason", ""), "→ --reason '为何不必告知'"),
        (("fulfil", "1", "--how", "x", "--evidence", "y"), "→ tongbao explain 1 说明还缺什么"),
    ],
)
def test_refusals_are_chinese_whole_and_quote_what_was_typed(
    terminal: Terminal, words: tuple[str, ...], said: str
) -> None:
    """What people typed, codes and columns are never translated; everything else is."""
    terminal.has_customers()
    terminal.asks(*OPEN)

    assert said in terminal.types(*words, "--lang", "zh-CN").err


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("person,role,from\n", "缺少列“to”\n→ 可用的列：person,role,from,to"),
        ("person,role,from,to,shoes\n", "未知的列“shoes”"),
        ("", "第1行：没有表头"),
        (
            "person,role,from,to\nalice,duty_manager,gestern,2026-12-01\n",
            "没有接受任何一行；第2行，from：gestern 不是",
        ),
    ],
)
def test_a_wrong_roster_is_refused_in_chinese_whole(terminal: Terminal, rows: str, said: str) -> None:
    """The name of a column is quoted, never translated."""
    file = terminal.home.parent / "roster.csv"
    file.write_text(rows, encoding="utf-8")

    assert said in terminal.types("roster", "import", str(file), "--lang", "zh-CN").err


def test_the_board_does_not_promise_a_notice_that_reached_nobody(terminal: Terminal) -> None:
    """A notice that is out for nobody leaves the duty to a person, and every screen says so (R33, AMB-23)."""
    reference = terminal.asks(*OPEN)["reference"]
    terminal.reports_up(reference)
    why = "the directory is empty, so only the page tells: tongbao customers import FILE"
    assert why in terminal.types("audience", "preview", reference).out
    assert why in terminal.types("notice", "preview", "1").out
    assert why in terminal.types("notice", "submit", "1").out
    assert why in terminal.types("approve", "1", "--as", "bob").out
    terminal.asks("tick")

    for screen in (
        terminal.types("board"),
        terminal.types("explain", "1"),
        terminal.types("holding", "list"),
    ):
        assert "will make it" not in screen.out
        assert "window 1: the notice is out and reached nobody: the directory is empty" in screen.out
        assert "say how customers were told: tongbao fulfil 1 --how '…' --evidence '…'" in screen.out
    terminal.asks("fulfil", "1", "--how", "by radio", "--evidence", "log 4")
    assert "reached nobody" not in terminal.types("board").out


def test_a_notice_for_nobody_says_where_nobody_was_found(terminal: Terminal) -> None:
    """Customers elsewhere are not told, and the areas and services are named."""
    terminal.has_customers()
    place = OPEN.index("ZZ0101")
    reference = terminal.asks(*OPEN[:place], "ZZ0201", *OPEN[place + 1 :])["reference"]

    said = terminal.types("audience", "preview", reference, "--lang", "zh-CN").out

    assert "客户目录中没有 ZZ0201 使用 mobile 的客户，只能由网页告知" in said


def test_what_waits_for_a_second_person_is_said_in_words(terminal: Terminal) -> None:
    """A number alone does not say whether it is a window or a level."""
    terminal.has_customers()
    reference = terminal.asks(*OPEN, TONGBAO_NOW="2026-10-14T06:48:00+00:00")["reference"]
    later = {"TONGBAO_NOW": "2026-10-14T06:50:00+00:00"}
    terminal.asks("waive", "1", "--reason", "over at once", **later)
    terminal.asks("level", reference, "3", "--reason", "fewer are hit", **later)

    waiting = terminal.types("pending", **later).out

    assert "waive: first notice (window 1, due 16:48:00, 2 people)" in waiting
    assert "level 1 → 3" in waiting
    agreed = terminal.types("approve", "D2", "--as", "bob", "--lang", "zh-CN", **later).out
    assert f"D2：{reference} 1级 → 3级，已审批" in agreed
