"""Planned work on the command line: put on the record, told, moved, and refused by name (AMB-24)."""

from __future__ import annotations

import pytest

from tests.cli_tests.conftest import Terminal

NOW = {"TONGBAO_NOW": "2026-10-14T14:15:00+08:00"}
LATER = {"TONGBAO_NOW": "2026-10-14T14:20:00+08:00"}
TIMES = ("--start", "2026-10-20T01:00:00+08:00", "--end", "2026-10-20T05:00:00+08:00")
WHAT = ("--title", "更换核心交换机", "--area", "ZZ0101", "--service", "mobile")


def test_it_is_planned_told_and_moved_at_the_terminal(terminal: Terminal) -> None:
    """Each step is one command; the same request is done once; both languages; no list of incidents has it."""
    terminal.has_customers()
    once = ("planned", "add", *WHAT, *TIMES, "--request-id", "p1")
    added = terminal.asks(*once, **NOW)
    assert added == terminal.asks(*once, **NOW)
    ref = added["reference"]
    notice, report = added["windows"]
    assert ("PLAN-2026-0001", "scheduled") == (ref, added["status"])
    assert ("2026-10-16T17:00:00+00:00", "planned_start_at") == (
        notice["strict_due_at"],
        notice["clock_start"],
    )
    assert "2026-10-19T17:00:00+00:00" == report["due_at"]
    assert "tongbao notice preview 1" == added["next"]
    assert [] == terminal.asks("list", **NOW)["items"] == terminal.asks("search", **NOW)["items"]
    board = terminal.types("board", **NOW).out
    assert f"{ref}: planned, from 2026-10-20 01:00:00 to 2026-10-20 05:00:00" in board
    assert "Notice of planned work" in terminal.types("planned", "show", ref, **NOW).out
    assert "计划作业通知" in terminal.types("planned", "show", ref, "--lang", "zh-CN", **NOW).out
    assert f"tongbao planned show {ref}" in terminal.types("explain", str(report["id"]), **NOW).out
    assert "3 days before that" in terminal.types("explain", str(notice["id"]), **NOW).out
    assert ref in terminal.types("planned", "list", **NOW).out
    assert ref in terminal.types("handover", **NOW).out
    assert "planned work" in terminal.types("handover", **NOW).out

    terminal.asks("notice", "submit", "1", **NOW)
    terminal.asks("approve", "1", "--as", "bob", **NOW)
    terminal.asks("tick", **NOW)
    assert "met" == terminal.asks("planned", "show", ref, **NOW)["windows"][0]["state"]
    by_an_hour = ("--start", "2026-10-20T02:00:00+08:00", "--reason", "the crew is late")
    moved = terminal.asks("planned", "change", ref, *by_an_hour, **LATER)
    assert ["correction_notice"] == [one["kind"] for one in moved["windows"][2:]]
    gone = terminal.asks("planned", "cancel", ref, "--reason", "天气原因 // the weather", **LATER)
    assert ("cancelled", "withdrawal_notice") == (gone["status"], gone["windows"][-1]["kind"])
    assert 0 == terminal.types("proof", ref, "-o", "p.zip", **LATER).code
    assert 0 == terminal.types("verify", "p.zip").code
    assert "计划作业取消：天气原因" in terminal.types("planned", "show", ref, "--lang", "zh-CN", **LATER).out


def test_nothing_about_it_is_taken_back_and_what_to_do_instead_is_said(terminal: Terminal) -> None:
    """M28, M29: its own commands lead the other way, and owe customers what that asks for; in both languages."""
    terminal.has_customers()
    ref = terminal.asks("planned", "add", *WHAT, *TIMES, **NOW)["reference"]
    planned = terminal.types("undo", ref, **NOW)
    assert (5, True) == (
        planned.code,
        f"{ref} is planned work: nothing about it is taken back" in planned.err,
    )
    assert f"tongbao planned cancel {ref} --reason '…'" in planned.err
    chinese = terminal.types("undo", ref, "--lang", "zh-CN", **NOW).err
    assert f"{ref} 是计划作业：其操作不能撤回" in chinese
    assert f"取消：tongbao planned cancel {ref}" in chinese

    begun = {"TONGBAO_NOW": "2026-10-20T01:05:00+08:00"}
    terminal.asks("planned", "begin", ref, **begun)
    assert f"say when it is over: tongbao planned complete {ref}" in terminal.types("undo", ref, **begun).err
    terminal.asks("planned", "complete", ref, **begun)
    assert "put it on the record anew: tongbao planned add" in terminal.types("undo", ref, **begun).err
    assert "重新登记：tongbao planned add" in terminal.types("undo", ref, "--lang", "zh-CN", **begun).err


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (("add", *WHAT, "--start", "2026-10-13T01:00:00+08:00", *TIMES[2:]), 6, "start"),
        (("add", *WHAT, *TIMES[:2], "--end", "unknown"), 6, "end"),
        (("add", *WHAT, *TIMES, "--effects", "a // b // c"), 6, "effects"),
        (("show", "PLAN-2026-0009"), 3, "reference"),
    ],
)
def test_what_cannot_be_planned_is_refused_by_its_field(
    terminal: Terminal, words: tuple[str, ...], code: int, field: str
) -> None:
    """One error with its field and the next step, and nothing is on the record."""
    said = terminal.types("planned", *words, "--json", **NOW)

    assert (code, field) == (said.code, said.error["field"])
    assert said.error["next"]
    assert [] == terminal.asks("planned", "list", **NOW)["items"]
