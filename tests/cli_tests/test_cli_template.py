"""The commands of comms staff: a folder to write in, plain sentences, and nothing unapproved in use."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli_tests.conftest import OPEN, Terminal

TOP = Path(__file__).resolve().parents[2]
CAROL, BOB = ("--as", "carol"), ("--as", "bob")
SMS = "notices/first_notice/sms.en.txt"


@pytest.fixture
def folder(terminal: Terminal) -> Path:
    """A writer's folder with the first notice's SMS in both languages."""
    terminal.asks("template", "copy", "first_notice", "sms", *CAROL)
    return terminal.home / "templates"


def write(folder: Path, extra: str) -> None:
    file = folder / SMS
    file.write_text(file.read_text("utf-8").replace("Next update", f"{extra}Next update"), encoding="utf-8")


def test_what_is_copied_is_what_is_in_force(terminal: Terminal, folder: Path) -> None:
    """A copy changes nothing, and is not written over."""
    rows = terminal.asks("template", "list", "first_notice")["items"]
    assert {"in force"} == {row["folder"] for row in rows if row["channel"] == "sms"}
    assert 8 == len(rows)
    assert 5 == terminal.types("template", "copy", "first_notice", "sms", *CAROL).code


def test_the_list_tells_every_text(terminal: Terminal) -> None:
    """R20: eleven kinds, four channels, two languages; one person's complaint, which has no page; and the words."""
    assert (11 * 4 + 3) * 2 + 2 == len(terminal.asks("template", "list")["items"])


def test_a_check_names_file_line_and_sentence(terminal: Terminal, folder: Path) -> None:
    """An error exits 1, and the sentence says what to do, in both languages."""
    write(folder, "20% discount \u2013 ")
    said = terminal.types("template", "check", "--json")
    error = next(one for one in said.json["problems"] if one["severity"] == "error")
    assert (1, False) == (said.code, said.json["ok"])
    assert (SMS, 1) == (error["path"], error["line"])
    assert "promotes nothing: discount" in error["what"]
    assert any("en dash" in one["what"] for one in said.json["problems"])
    shown = terminal.types("template", "check", "--lang", "zh-CN").out
    assert f"{folder / SMS}:1: 错误: 服务通报不得带营销内容：discount" in shown


def test_a_check_says_parts_and_cost(terminal: Terminal, folder: Path) -> None:
    """Parts as they are usually and at worst; a price only where one is configured."""
    plain = terminal.asks("template", "check", "first_notice")["sms"]
    priced = terminal.asks("template", "check", "first_notice", TONGBAO_SMS__PRICE_PER_PART="0.05")["sms"]
    assert [None, None] == [one["cost"] for one in plain]
    assert [(1, 0.05), (1, 0.05)] == [(one["parts"], one["cost"]) for one in priced]
    assert all(one["parts_worst"] >= one["parts"] for one in plain)


def test_a_file_that_is_no_template_is_said(terminal: Terminal, folder: Path) -> None:
    """A misspelt name is an error, not a text that nobody ever sees."""
    (folder / "notices/first_notice/sms.zh.txt").write_text("x", encoding="utf-8")
    (folder / "notices/first_notice/.sms.swp").write_text("x", encoding="utf-8")
    (folder / "notices/first_notice/web.en.txt").write_bytes("é".encode("latin-1"))
    what = {
        one["path"]: one["what"] for one in terminal.types("template", "check", "--json").json["problems"]
    }
    assert "no template's name" in what["notices/first_notice/sms.zh.txt"]
    assert "not UTF-8" in what["notices/first_notice/web.en.txt"]
    assert 2 == len(what)


def test_one_language_alone_is_said(terminal: Terminal, folder: Path) -> None:
    """A pair is changed as a pair."""
    (folder / "notices/first_notice/sms.zh-CN.txt").unlink()
    said = terminal.asks("template", "check")
    assert ["only this language is yours"] == [one["what"].partition(";")[0] for one in said["problems"]]


def test_a_text_goes_from_folder_to_force(terminal: Terminal, folder: Path) -> None:
    """Changed, submitted, approved by another: only then a notice says it (S4)."""
    write(folder, "Please bear with us. ")
    row = terminal.asks("template", "list", "first_notice")["items"][3]
    assert (SMS, "changed", "shipped") == (row["path"], row["folder"], row["in_force"])

    sent = terminal.asks("template", "submit", SMS, *CAROL)
    assert ("template-1", True) == (sent["items"][0]["id"], sent["pending"])
    assert ["template-1"] == [one["id"] for one in terminal.asks("pending")["templates"]]
    assert "waiting for approval" == terminal.asks("template", "list", "first_notice")["items"][3]["folder"]
    assert 4 == terminal.types("approve", "template-1", *CAROL).code

    assert "approved" == terminal.asks("approve", "template-1", *BOB)["state"]
    row = terminal.asks("template", "list", "first_notice")["items"][3]
    assert ("in force", "template-1", "bob") == (row["folder"], row["in_force"], row["approved_by"])
    terminal.asks(*OPEN)
    told = terminal.asks("notice", "preview", "1")["texts"]
    assert any("bear with us" in one["body"] for one in told if one["channel"] == "sms")
    assert {"hotline", "social"} < {one["channel"] for one in told}


def test_a_declined_text_has_its_reason(terminal: Terminal, folder: Path) -> None:
    """The author reads why."""
    write(folder, "Please bear with us. ")
    terminal.asks("template", "submit", SMS, *CAROL)
    declined = terminal.asks("decline", "template-1", "--reason", "too friendly", *BOB)
    assert ("declined", "too friendly", "bob") == (
        declined["state"],
        declined["reason"],
        declined["decided_by"],
    )
    assert [] == terminal.asks("pending")["templates"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("submit", "nowhere.txt"), 3),
        (("submit", "../customers.csv"), 3),
        (("preview", "nonsense"), 6),
        (("preview", "first_notice", "--channel", "fax"), 6),
        (("diff", "first_notice", "sms", "fr"), 6),
        (("diff", "first_notice", "sms", "en", "--to", "template-9"), 3),
        (("check", "nonsense"), 6),
        (("send-test", "first_notice", "--to", "12"), 6),
        (("send-test", "first_notice", "--to", "a b@x.example"), 6),
        (("send-test", "first_notice", "--to", "a@x.example\nBcc: b@x.example"), 6),
    ],
)
def test_a_wrong_word_is_refused(terminal: Terminal, words: tuple[str, ...], code: int) -> None:
    """One clear error with its exit code, and nothing else."""
    said = terminal.types("template", *words, *CAROL, "--json")
    assert code == said.code
    assert said.error["next"]


def test_who_may_write(terminal: Terminal, folder: Path) -> None:
    """Submitting is for those who write; an approver only decides (S1)."""
    assert 4 == terminal.types("template", "submit", SMS, *BOB).code
    assert 4 == terminal.types("template", "send-test", "first_notice", "--to", "+8613800000001", *BOB).code


def test_a_preview_shows_every_channel(terminal: Terminal) -> None:
    """Sample, both languages, five outlets; the worst case is never shorter."""
    usual = terminal.asks("template", "preview", "correction")["texts"]
    worst = terminal.asks("template", "preview", "correction", "--worst")["texts"]
    assert 10 == len(usual)
    assert all(b["characters"] >= a["characters"] for a, b in zip(usual, worst, strict=True) if a["parts"])


def test_versions_are_compared(terminal: Terminal, folder: Path) -> None:
    """Line by line, what was and what would be."""
    write(folder, "Please bear with us. ")
    lines = terminal.asks("template", "diff", "first_notice", "sms", "en")["lines"]
    assert ["--- in-force", "+++ folder"] == lines[:2]
    assert any(line.startswith("+") and "bear with us" in line for line in lines[2:])
    same = terminal.asks("template", "diff", "first_notice", "sms", "zh-CN", "--from", "shipped")
    assert [] == same["lines"]


@pytest.mark.parametrize(
    ("to", "mark"), [("+8613800000001", "【云港电信】【测试】"), ("c@yg.example", "【测试】[")]
)
def test_a_trial_is_marked_and_sent(terminal: Terminal, folder: Path, to: str, mark: str) -> None:
    """A test goes through the configured channel and can never be taken for a notice."""
    sent = terminal.asks("template", "send-test", "first_notice", "--to", to, *CAROL)
    item = terminal.asks("sandbox", "ledger")["items"][0]
    assert sent["accepted"]
    assert (to, True) == (item["to"], item["accepted"])
    assert (item["subject"] or item["body"]).startswith(mark)
    assert 0 == terminal.types("verify", "--database").code


def test_a_trial_is_sent_once(terminal: Terminal) -> None:
    """The same request gives the same document and no second message."""
    words = ("template", "send-test", "first_notice", "--to", "+8613800000001", "--request-id", "t1", *CAROL)
    assert terminal.asks(*words) == terminal.asks(*words)
    assert 1 == len(terminal.asks("sandbox", "ledger")["items"])


def test_a_trial_on_real_channels_needs_one_of_our_own(terminal: Terminal) -> None:
    """S28: where messages leave this machine, a test reaches nobody who is not on the list."""
    Path("tongbao.toml").write_text(
        'test_recipients = ["ours@yg.example"]\n[email]\nprovider = "smtp"\nhost = "127.0.0.1"\nport = 9\n',
        encoding="utf-8",
    )
    key = _key(terminal, "carol", "comms")
    words = ("template", "send-test", "first_notice", "--json", "--to")
    assert 4 == terminal.types(*words, "customer@x.example", TONGBAO_KEY=key).code
    ours = terminal.types(*words, "ours@yg.example", TONGBAO_KEY=key)
    assert (1, False) == (ours.code, ours.json["accepted"])  # nobody listens at that port


def _key(terminal: Terminal, name: str, role: str) -> str:
    Path("tongbao.toml").rename("later.toml")
    key = str(terminal.asks("key", "create", "--user", name, "--as", "hq")["key"])
    Path("later.toml").rename("tongbao.toml")
    return key


def test_a_watch_sees_a_change_and_ends(terminal: Terminal, folder: Path) -> None:
    """Saved is checked: the same process says what is wrong, and goes when its time is over."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "template", "check", "--watch", "--seconds", "4"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=TOP,
        env={
            "TONGBAO_HOME": str(terminal.home),
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
        },
    )
    assert process.stdout is not None
    until = time.monotonic() + 60
    for line in process.stdout:
        if "nothing to remark" in line or time.monotonic() > until:
            break
    write(folder, "20% discount ")
    rest, _ = process.communicate(timeout=60)
    assert "promotes nothing: discount" in rest
    assert 1 == process.returncode


def test_doctor_looks_at_what_is_in_force(terminal: Terminal, folder: Path) -> None:
    """The folder alone cannot make the house unsound."""
    (folder / SMS).write_text("{{ plaice }}", encoding="utf-8")
    found = {check["name"]: check for check in terminal.asks("doctor")["checks"]}
    assert found["templates"]["ok"]
