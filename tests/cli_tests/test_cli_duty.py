"""The roster and the acknowledgement at the terminal."""

from __future__ import annotations

from pathlib import Path

from tests.cli_tests.conftest import Terminal
from tests.cli_tests.test_cli_contract import OPEN


def test_a_page_stands_on_the_board_and_is_acknowledged(terminal: Terminal):
    """The board says who is paged since when; `ack` says until when that holds; a second time changes nothing."""
    terminal.asks(*OPEN)
    terminal.asks("tick")
    pages = terminal.asks("board")["pages"]
    assert {"alice"} <= {page["to"] for page in pages}
    assert {"id", "window", "to", "channel", "at", "acknowledged_at"} <= set(pages[0])
    number = str(next(page["id"] for page in pages if page["about"] == "opened"))

    first = terminal.asks("ack", number)
    assert first["acknowledged_at"]
    assert first["acknowledged_at"] == terminal.asks("ack", number)["acknowledged_at"]
    assert "opened" not in {page["about"] for page in terminal.asks("board")["pages"]}
    assert 3 == terminal.types("ack", "9999").code


def test_a_roster_is_kept(terminal: Terminal, tmp_path: Path):
    """Import, add, edit, remove, contact, on, check: each says what it did, and each mistake its field."""
    file = tmp_path / "roster.csv"
    file.write_text(
        "person,role,from,to,phone\n"
        "dan,approver,2026-10-14 08:00,2026-10-14 20:00,13900000009\n"
        "dan,legal,2036-10-14 20:00,2036-10-14 08:00,\n",
        encoding="gb18030",
    )
    assert 0 == terminal.types("user", "add", "nina", "--role", "duty_manager").code
    import_ = terminal.types("roster", "import", str(file), "--json")
    assert 6 == import_.code
    refused = import_.json
    assert {(2, "role"), (3, "to")} == {(row["line"], row["field"]) for row in refused["rejections"]}

    times = ("--from", "2036-10-14 08:00", "--to", "2036-10-14 20:00")
    added = terminal.asks("roster", "add", "nina", "--role", "duty_manager", *times, "--weekly")
    shift = str(added["id"])
    assert "2036-10-14T00:00:00+00:00" == added["from"]
    assert 6 == terminal.types("roster", "add", "nina", "--role", "duty_manager", *times).code
    edited = terminal.asks("roster", "edit", shift, "--once")
    assert False is edited["weekly"]
    reached = terminal.asks("roster", "contact", "nina", "--phone", "13900000077", "--substitute", "carol")
    assert (["phone"], ["carol"]) == (reached["reached_by"], reached["substitutes"])
    on = terminal.asks("roster", "on", "--at", "2036-10-14 12:00")
    assert {"alice", "nina"} == {one["person"] for one in on["items"] if one["role"] == "duty_manager"}
    assert "nina" == terminal.asks("roster", "remove", shift)["person"]
    assert 0 == terminal.types("roster", "check").code
    for item in terminal.asks("roster", "list")["items"]:
        terminal.asks("roster", "remove", str(item["id"]))
    empty = terminal.types("roster", "check", "--json")
    assert 1 == empty.code
    assert ["the roster names nobody"] == [one["what"] for one in empty.json["items"]]
