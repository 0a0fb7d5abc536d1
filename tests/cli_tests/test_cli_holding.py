"""The holding notice at the terminal: approval in advance by two people, countdown, hold, resume, send early."""

from __future__ import annotations

from pathlib import Path

from tests.cli_tests.conftest import OPEN, Terminal

NOW = {"TONGBAO_NOW": "2026-10-14T14:15:00+08:00"}
AT_140 = {"TONGBAO_NOW": "2026-10-14T15:55:00+08:00"}


def test_two_people_approve_in_advance(terminal: Terminal):
    """Who submits cannot approve; what stands is listed with its figures; a changed text ends it (S4, AMB-16)."""
    asked = ("holding", "submit", "--level", "1", "--maximum", "500", "--expires", "2027-03-31")
    one = terminal.asks(*asked, "--as", "carol", **NOW)
    assert ("waiting", [1], 500, True) == (
        one["state"],
        one["levels"],
        one["audience_maximum"],
        one["pending"],
    )
    assert [one["id"]] == [w["id"] for w in terminal.asks("pending", **NOW)["holding"]]
    assert f"tongbao approve {one['id']} --as bob" in terminal.types("pending", **NOW).out
    assert 4 == terminal.types("approve", one["id"], "--as", "carol", **NOW).code
    approved = terminal.asks("approve", one["id"], "--as", "bob", **NOW)
    assert ("in_force", "bob") == (approved["state"], approved["decided_by"])
    assert 5 == terminal.types("decline", one["id"], "--reason", "late", "--as", "bob", **NOW).code

    text = Path("templates/notices/holding_notice/sms.en.txt")
    terminal.asks("template", "copy", "holding_notice", "sms", "--as", "carol", **NOW)
    file = terminal.home / text
    file.write_text(file.read_text("utf-8").replace("We know about", "We are aware of"), encoding="utf-8")
    sent = terminal.asks("template", "submit", "holding_notice/sms.en.txt", "--as", "carol", **NOW)
    terminal.asks("approve", sent["items"][0]["id"], "--as", "bob", **NOW)
    states = {a["id"]: a["state"] for a in terminal.asks("holding", "list", **NOW)["approvals"]}
    assert {"holding-1": "text_changed", "holding-2": "text_changed"} == states
    assert 2 == len(terminal.asks("board", **NOW)["holding_approvals"])
    assert 1 == terminal.types("doctor", **NOW).code


def test_bad_approvals_are_refused(terminal: Terminal):
    """Nobody at most, a past day, more than a year: each is named."""
    for maximum, day, field in (
        ("0", "2027-03-31", "maximum"),
        ("5", "2026-10-01", "expires"),
        ("5", "2028-01-01", "expires"),
    ):
        said = terminal.types(
            *("holding", "submit", "--level", "1", "--maximum", maximum, "--expires", day, "--json"), **NOW
        )
        assert (6, field) == (said.code, said.error["field"])


def test_the_countdown_is_on_every_screen_and_can_be_held(terminal: Terminal):
    """board, next, show and explain say when it goes; hold and resume need no second person, hold a reason."""
    terminal.has_customers()
    reference = terminal.asks(*OPEN, **NOW)["reference"]
    terminal.reports_up(reference, **NOW)
    terminal.asks("tick", **NOW)
    shown = {
        "board": terminal.asks("board", **NOW)["windows"][0],
        "next": terminal.asks("next", **NOW)["windows"][0],
        "show": terminal.asks("show", reference, **NOW)["windows"][0],
        "explain": terminal.asks("explain", "1", **NOW),
    }
    assert {"2026-10-14T07:55:00+00:00"} == {one["holding"]["at"] for one in shown.values()}
    assert "the holding notice goes by itself in 1 h 40 min" in terminal.types("board", **NOW).out
    assert "临时通报将自动发出，" in terminal.types("board", "--lang", "zh-CN", **NOW).out

    assert 6 == terminal.types("holding", "hold", "1", "--reason", " ", **NOW).code
    held = terminal.asks("holding", "hold", "1", "--reason", "wrong area", **NOW)
    assert ("alice", "wrong area") == (held["holding"]["held_by"], held["holding"]["held_reason"])
    assert 5 == terminal.types("holding", "send", reference, **NOW).code
    terminal.asks("tick", **AT_140)
    assert [] == [n for n in terminal.asks("show", reference, **AT_140)["notices"] if n["automatic"]]
    terminal.asks("holding", "resume", "1", **AT_140)
    terminal.asks("tick", **AT_140)
    [notice] = [n for n in terminal.asks("show", reference, **AT_140)["notices"] if n["automatic"]]
    assert ("holding_notice", 2, "told") == (notice["kind"], notice["audience_size"], notice["state"])
    report = terminal.types("report", reference, "--kind", "handling_report", "-o", "-", **AT_140).out
    assert "Holding notice (automatic)" in report
    assert "AUTOMATIC" in terminal.types("notice", "status", str(notice["id"]), **AT_140).out


def test_one_command_sends_it_early_or_puts_the_page_up(terminal: Terminal):
    """`holding send --channels web` is the page now; the rest follows by the same notice (S5)."""
    terminal.has_customers()
    reference = terminal.asks(*OPEN, **NOW)["reference"]
    page = terminal.asks("holding", "send", reference, "--channels", "web", "--as", "carol", **NOW)
    assert (["sms", "email"], False, "carol") == (page["held_channels"], page["automatic"], page["author"])
    whole = terminal.asks("holding", "send", reference, "--as", "carol", **NOW)
    assert (page["id"], []) == (whole["id"], whole["held_channels"])
    assert 6 == terminal.types("holding", "send", reference, "--channels", "fax", **NOW).code
    assert 5 == terminal.types("notice", "draft", reference, "holding_notice", **NOW).code


def test_every_way_out_of_a_late_forecast_is_accepted_as_it_is_printed(terminal: Terminal):
    """docs/windows.md, "The forecast": each option is one command; what only the operator can set is a remark."""
    editor = terminal.home.parent / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i "s/。$/！/" "$1"\n', encoding="utf-8")
    editor.chmod(0o700)
    slow = {**NOW, "TONGBAO_SMS__PARTS_PER_SECOND": "0.0001", "EDITOR": str(editor)}
    terminal.has_customers()
    reference = terminal.asks(*OPEN, **slow)["reference"]
    terminal.reports_up(reference, **slow)
    terminal.asks("tick", **slow)
    screen = terminal.types("board", **slow).out
    assert "another provider, or a faster sender: the operator sets" in screen
    assert "由运维修改设置" in terminal.types("board", "--lang", "zh-CN", **slow).out
    for way in ("shorter_text", "page_now", "email_first"):
        found = terminal.asks("board", **slow)["windows"][0]["forecast"]
        [command] = [one["command"] for one in found["options"] if one["option"] == way]
        assert command in terminal.types("board", **slow).out
        said = terminal.types(*command.split()[1:], **slow)
        assert 0 == said.code, said.err
    left = terminal.asks("board", **slow)["windows"][0]["forecast"]["options"]
    assert ["shorter_text"] == [one["option"] for one in left]


def test_a_forecast_that_alarms_is_listed(terminal: Terminal):
    """`holding list` says which window cannot be told in time, and what can be done, exactly when that is so (R26)."""
    slow = {"TONGBAO_SMS__PARTS_PER_SECOND": "0.0005"}
    terminal.has_customers()
    at = {
        name: {"TONGBAO_NOW": f"2026-10-14T14:{minute}:00+08:00", **slow}
        for name, minute in (("a", 15), ("b", 16))
    }
    opening = ["2" if word == "1" else word for word in OPEN]
    reference = terminal.asks(*opening, **at["a"])["reference"]
    terminal.asks("confirm", reference, **at["a"])
    terminal.asks("notice", "submit", "1", **at["a"])
    terminal.asks("tick", **at["b"])
    terminal.asks("holding", "send", reference, **at["b"])

    (alarmed,) = [
        one for one in terminal.asks("holding", "list", **at["b"])["items"] if one["forecast"]["alarm"]
    ]
    said = terminal.types("holding", "list", **at["b"])

    assert 0 == said.code
    assert f"window {alarmed['window']}" in said.out
    assert "cannot be told in time" in said.out or "more than half of the window" in said.out
