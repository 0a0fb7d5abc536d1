"""What an answer says to do next is true, is a command that there is, and is said in the reader's language."""

from __future__ import annotations

import json
import sys

import pytest

from cli.given import HOW
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
        (
            ("roster", "contact", "alice", "--substitute", "nobody"),
            "没有用户 nobody\n→ tongbao user add nobody --role …",
        ),
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


@pytest.mark.parametrize(
    ("words", "message", "following"),
    [
        (
            ("update", "INC-2026-0001", "--eta", "5小时后"),
            "--eta is not an instant: 5小时后",
            HOW,
        ),
        (
            ("roster", "on", "--at", "昨天"),
            "--at is not a time: 昨天",
            "write it as '2026-10-14 08:00', or with its offset",
        ),
        (
            ("update", "INC-2026-0001", "--area", "云港市"),
            "unknown area 云港市",
            "did you mean ZZ01 (云港市, Yungang City)?",
        ),
        (
            ("update", "INC-2026-0001", "--service", "moblie"),
            "unknown service moblie",
            "did you mean mobile (手机业务, mobile services)?",
        ),
        (
            ("level", "INC-2026-0001", "1", "--reason", "x"),
            "INC-2026-0001 is at level 1 already",
            "tongbao show INC-2026-0001",
        ),
        (
            ("log", "INC-2026-0001", ""),
            "the text must have 1 to 2000 characters",
            "say it in a few words; more goes into another entry",
        ),
        (("show", "EXERCISE-2026-0009"), "no incident EXERCISE-2026-0009", "tongbao drill list"),
        (
            (
                "roster",
                "add",
                "wang",
                *("--role", "legal", "--from", "2026-10-14 08:00", "--to", "2026-10-14 20:00"),
            ),
            "there is no user wang",
            "tongbao user list",
        ),
        (
            (
                "roster",
                "add",
                "alice",
                *("--role", "duty_manager", "--from", "2026-10-14 08:00", "--to", "2026-10-14 20:00"),
            ),
            "the person fills this post already, in shift 1 (2024-01-01 08:00)",
            "tongbao roster remove 1",
        ),
    ],
)
def test_a_refusal_says_what_to_type_instead(
    terminal: Terminal, words: tuple[str, ...], message: str, following: str
) -> None:
    """The option is named as it is typed, and the next step leads on."""
    now = {"TONGBAO_NOW": "2026-10-14T06:48:00+00:00"}
    terminal.asks(*OPEN, **now)

    refused = terminal.types("--json", *words, **now).error

    assert (message, following) == (refused["message"], refused["next"])


@pytest.mark.parametrize(
    ("words", "following"),
    [
        (("explain", "INC-2026-0001"), "tongbao show INC-2026-0001"),
        (("explain", "PLAN-2027-0001"), "tongbao planned show PLAN-2027-0001"),
        (("notice", "preview", "first"), "tongbao board"),
        (("task", "done", "it"), "tongbao task list"),
    ],
)
def test_who_types_no_number_is_told_where_it_stands(
    terminal: Terminal, words: tuple[str, ...], following: str
) -> None:
    """A usage error (exit 2) leads to the screen that has the number."""
    said = terminal.types(*words)

    assert (2, True) == (said.code, said.err.endswith(f"→ {following}\n"))
    assert following == terminal.types("--json", *words).error["next"]


def test_a_roster_takes_roles_as_screens_have_them(terminal: Terminal) -> None:
    """值班经理 is duty_manager, in a row as on the screen; another word is refused with the roles there are."""
    file = terminal.home.parent / "roster.csv"
    rows = ("alice,值班经理,2026-12-01 08:00,2026-12-01 20:00", "bob,boss,2026-12-01 08:00,2026-12-01 20:00")
    file.write_text("\n".join(("person,role,from,to", *rows)), encoding="utf-8")
    terminal.asks("roster", "remove", "1")

    taken = terminal.asks("roster", "import", str(file))

    assert (1, 1) == (taken["accepted"], taken["rejected"])
    assert "it is duty_manager, comms, approver" in taken["rejections"][0]["reason"]
    assert "duty_manager" in {one["role"] for one in terminal.asks("roster", "list")["items"]}


def test_a_gap_is_said_in_the_operators_time(terminal: Terminal) -> None:
    """No UTC instant and no * stands among the words of doctor and roster check."""
    terminal.asks("roster", "remove", "1")

    for words in (("roster", "check"), ("doctor",)):
        said = terminal.types(*words, "--lang", "zh-CN", TONGBAO_NOW="2026-10-14T06:48:00+00:00").out
        assert (
            "2026-10-14 14:48:00 北京时间 至 2026-10-28 14:48:00 北京时间，全公司的值班经理无人值班" in said
        )


def test_a_tick_speaks_to_people_at_a_terminal(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """cron and pipes get the document, also unasked; who looks on gets a sentence."""
    assert {"left": 0} == json.loads(terminal.types("tick").out) == terminal.asks("tick")
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda self: True)
    said = terminal.types("tick").out

    assert "nothing is due" in said
    assert "{" not in said


def test_a_drill_lists_its_events_in_words(terminal: Terminal) -> None:
    """What comes in a drill is said, not named by its code."""
    said = terminal.types("drill", "start", "provider_down").out

    assert "word for those who take part" in said
    assert "service comes back" in said
    assert [] == [code for code in ("  say  ", "  dial  ", "  update  ") if code in said]
