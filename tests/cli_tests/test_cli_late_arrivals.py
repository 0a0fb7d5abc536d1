"""Imports beside a running outage: nobody is forgotten, nothing a file does not speak of is wiped."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator import directory
from incidents.errors import Unavailable
from tests.cli_tests.conftest import OPEN, Terminal


def write(terminal: Terminal, name: str, text: str) -> str:
    file = terminal.home.parent / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def imports(terminal: Terminal, text: str, *more: str):
    return terminal.types("customers", "import", write(terminal, "c.csv", text), "--json", *more)


def test_who_is_imported_after_the_first_notice_is_owed_one(terminal: Terminal) -> None:
    """An import during the outage opens a first-notice duty to those who are new, and says so (§4, R53)."""
    imports(terminal, "account,area,services,phone\nA1,ZZ0101,mobile,13800000001\n")
    reference = terminal.asks(*OPEN)["reference"]
    terminal.asks("notice", "submit", "1")
    terminal.asks("approve", "1", "--as", "bob")
    terminal.asks("tick")
    imports(terminal, "account,area,services,phone\nA2,ZZ0101,mobile,13800000002\n")

    windows = [w for w in terminal.asks("show", reference)["windows"] if w["kind"] == "first_notice"]
    assert [(1, "done"), (2, "owed")] == [(w["sequence"], w["duty"]) for w in windows]
    drafts = [n for n in terminal.asks("show", reference)["notices"] if n["state"] == "draft"]
    assert ["first_notice"] == [n["kind"] for n in drafts if n["kind"] == "first_notice"]


def test_who_came_before_a_file_broke_off_is_owed_a_first_notice_too(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batches that are in stay, the rest is refused by its line, and nobody of them is forgotten (R53)."""
    imports(terminal, "account,area,services,phone\nA1,ZZ0101,mobile,13800000001\n")
    reference = terminal.asks(*OPEN)["reference"]
    terminal.asks("notice", "submit", "1")
    terminal.asks("approve", "1", "--as", "bob")
    terminal.asks("tick")
    monkeypatch.setattr(directory, "BATCH", 1)
    put, calls = directory.put_customers, []

    def breaks(act, batch, *given):
        calls.append(batch)
        if len(calls) > 1:
            raise Unavailable("the disk is full", field="database")
        return put(act, batch, *given)

    monkeypatch.setattr(directory, "put_customers", breaks)
    rows = "".join(f"A{n},ZZ0101,mobile,1380000000{n}\n" for n in (2, 3))
    assert 0 != imports(terminal, f"account,area,services,phone\n{rows}").code

    windows = [w for w in terminal.asks("show", reference)["windows"] if w["kind"] == "first_notice"]
    assert [(1, "done"), (2, "owed")] == [(w["sequence"], w["duty"]) for w in windows]


def test_a_column_that_a_file_lacks_changes_nothing(terminal: Terminal) -> None:
    """A refusal, a number and an address stay until a file speaks of them (S3, R53)."""
    imports(
        terminal,
        "account,area,services,phone,email,service_opt_out,service_opt_out_basis,service_opt_out_date\n"
        "A1,ZZ0101,mobile,13800000001,a@yg.example,yes,call,2026-01-02\n"
        "A2,ZZ0101,mobile,13800000002,b@yg.example,,,\n",
    )
    reference = terminal.asks(*OPEN)["reference"]
    before = terminal.asks("audience", "preview", reference)
    imports(terminal, "account,area,services,segment\nA1,ZZ0101,mobile,consumer\nA2,ZZ0101,mobile,consumer\n")
    after = terminal.asks("audience", "preview", reference)

    kept = ("sms", "email", "people")
    assert {name: before.get(name) for name in kept} == {name: after.get(name) for name in kept}


def test_a_request_id_knows_its_file(terminal: Terminal) -> None:
    """The same file again is answered from the record; another one under the same id is refused (exit 5)."""
    first = imports(terminal, "account,area,services\nA1,ZZ0101,mobile\n", "--request-id", "r1")
    again = imports(terminal, "account,area,services\nA1,ZZ0101,mobile\n", "--request-id", "r1")
    assert (0, first.json) == (again.code, again.json)

    other = imports(terminal, "account,area,services\nA2,ZZ0101,mobile\n", "--request-id", "r1")
    assert (5, "request_id") == (other.code, other.error["field"])
    stream = terminal.types("customers", "import", "-", "--request-id", "r2", "--json")
    assert (6, "file") == (stream.code, stream.error["field"])


def test_an_empty_list_replaces_nothing(terminal: Terminal) -> None:
    """Nobody is taken out of an audience by a file with a header alone."""
    imports(terminal, "account,area,services\nA1,ZZ0101,mobile\n")
    reference = terminal.asks(*OPEN)["reference"]
    empty = write(terminal, "l.csv", "account\n")
    said = terminal.types("audience", "import", reference, empty, "--replace", "--json")

    assert (6, "file") == (said.code, said.error["field"])
    assert 1 == terminal.asks("audience", "preview", reference)["people"]["matched"]


def test_a_reason_is_no_formula(terminal: Terminal, tmp_path: Path) -> None:
    """What a cell said comes back in the reason as text that no spreadsheet runs (S11)."""
    rejects = tmp_path / "rejected.csv"
    rows = 'account,area,services\nA1,"=HYPERLINK(1)",mobile\nA2,ZZ0101,mobile\n'
    imports(terminal, rows, "--rejects", str(rejects))

    line = rejects.read_text(encoding="utf-8-sig").splitlines()[1]
    assert [] == [cell for cell in line.split(",") if cell.startswith(("=", '"='))]
