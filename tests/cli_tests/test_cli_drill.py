"""Drills at the terminal: start, register, score, actions, the way back."""

from __future__ import annotations

from tests.cli_tests.conftest import OPEN, Terminal

NOW = {"TONGBAO_NOW": "2026-10-14T14:15:00+08:00"}
LATER = {"TONGBAO_NOW": "2026-10-14T14:30:00+08:00"}


def test_a_drill_is_started_once_seen_stopped_and_scored(terminal: Terminal):
    """R06, R07: one request id starts one drill; board, doctor and register show it; the sheet is in both languages."""
    words = ("drill", "start", "provider_down", "--full", "--unit", "ZZ-P", "--area", "ZZ0102")
    begun = terminal.asks(*words, "--request-id", "d1", **NOW)
    assert begun == terminal.asks(*words, "--request-id", "d1", **NOW)
    reference = begun["reference"]
    assert ("EXERCISE-2026-0001", True, ["ZZ-P"], 7) == (
        reference,
        begun["full"],
        begun["units"],
        len(begun["events"]),
    )
    assert 5 == terminal.types("drill", "start", "too_early", **NOW).code
    shown = terminal.asks("show", reference, **NOW)
    assert (True, ["ZZ0102"]) == (shown["exercise"], shown["areas"])

    terminal.types("tick", "--max-seconds", "5", **LATER)
    board = terminal.asks("board", **LATER)
    assert ([reference], 2026, 9) == (
        board["drills"]["running"],
        board["drills"]["year"],
        len(board["drills"]["owed"]),
    )
    assert f"{reference} is running" in terminal.types("board", **LATER).out
    assert "演练" in terminal.types("board", "--lang", "zh-CN", **LATER).out
    assert f"{reference} is running" in terminal.types("doctor", **LATER).out
    assert "no full drill in this calendar year" in terminal.types("drill", "list", **LATER).out

    terminal.asks(
        *("drill", "action", reference, "--what", "补联系人 // Add numbers", "--owner", "carol"),
        *("--due", "2026-12-01"),
        **LATER,
    )
    english = terminal.types("drill", "score", reference, **LATER).out
    chinese = terminal.types("drill", "score", reference, "--lang", "zh-CN", **LATER).out
    assert "EXERCISE: score sheet" in english
    assert "Add numbers" in english
    assert "【演练】评分表" in chinese
    assert "补联系人" in chinese
    assert f"tongbao drill done {reference} 1" == terminal.asks("drill", "score", reference, **LATER)["next"]
    terminal.asks("drill", "done", reference, "1", **LATER)
    assert 5 == terminal.types("drill", "done", reference, "1", **LATER).code
    assert 3 == terminal.types("drill", "done", reference, "2", **LATER).code

    stopped = terminal.asks("drill", "stop", reference, "--reason", "a real incident", **LATER)
    assert ("stopped", "a real incident") == (stopped["state"], stopped["reason"])
    assert [] == terminal.asks("board", **LATER)["windows"]


def test_what_is_refused(terminal: Terminal):
    """R06, R07: unknown units, a full drill of nobody, a real incident, days that are none: each names its field."""
    real = terminal.asks(*OPEN, **NOW)["reference"]
    action = ("drill", "action", real, "--what", "甲 // a", "--owner", "carol", "--due")
    for code, field, *words in (
        (6, "unit", "drill", "start", "too_early", "--unit", "NOWHERE"),
        (6, "unit", "drill", "start", "too_early", "--full"),
        (6, "area", "drill", "start", "too_early", "--area", "NOWHERE"),
        (3, "script", "drill", "start", "earthquake"),
        (5, "ref", "drill", "score", real),
        (5, "ref", "drill", "stop", real, "--reason", "x"),
        (6, "due", *action, "tomorrow"),
        (5, "ref", *action, "2026-12-01"),
        (6, "on", "drill", "held", "--unit", "ZZ-P", "--on", "2026-12-01", "--evidence", "x"),
        (6, "evidence", "drill", "held", "--unit", "ZZ-P", "--on", "2026-05-01", "--evidence", " "),
    ):
        said = terminal.types(*words, "--json", **NOW)
        assert (code, field) == (said.code, said.error["field"]), words
    assert 4 == terminal.types("drill", "start", "too_early", "--as", "bob", **NOW).code
    held = terminal.asks(
        *("drill", "held", "--unit", "ZZ-P", "--on", "2026-05-01", "--evidence", "minutes 17"), **NOW
    )
    assert ("completed", "minutes 17") == (held["state"], held["reason"])
    assert {"events": 5, "ok": True} == {
        "ok": (found := terminal.asks("drill", "check", "too_early"))["ok"],
        "events": len(found["events"]),
    }
