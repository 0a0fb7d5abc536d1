"""Supervision on the command line: named, pushed for, read."""

from __future__ import annotations

from tests.cli_tests.conftest import OPEN, Terminal


def test_the_ledger_from_nobody_to_a_push(terminal: Terminal) -> None:
    """The screen says who is missing and what to type; then who watches and how often they pushed (R42, R43)."""
    reference = terminal.asks(*OPEN)["reference"]
    bare = terminal.types("supervise")
    assert "nobody yet" in bare.out
    assert f"→ tongbao supervise {reference} PERSON --unit CODE" in bare.out

    named = terminal.asks("supervise", reference, "hq", "--unit", "ZZ-HQ", "--request-id", "s1")
    again = terminal.asks("supervise", reference, "hq", "--unit", "ZZ-HQ", "--request-id", "s1")
    assert named == again
    terminal.asks("nudge", reference, "two hours without an update", "--as", "hq")

    [line] = terminal.asks("supervise")["items"]
    assert ("hq", "ZZ-HQ", 1) == (line["supervisor"], line["supervisor_unit"], len(line["nudges"]))
    assert "督办人" in terminal.types("supervise", "--lang", "zh-CN").out
    assert "由 ZZ-HQ 的 hq 督办" in terminal.types("show", reference, "--lang", "zh-CN").out
    assert 2 == terminal.types("supervise", reference).code
    assert 4 == terminal.types("nudge", reference, "me too", "--as", "carol").code
