"""The contract of the command line: exit codes, one document, request ids, identity, configuration, time."""

from __future__ import annotations

from pathlib import Path

import pytest

import cli.main
from cli.main import EXIT_CODES
from incidents import errors
from incidents.errors import TongbaoError
from tests.cli_tests.conftest import OPEN, Terminal

LATER = [
    ("notice", "draft", "INC-1", "apology_compensation"),
]


def test_every_error_of_the_core_has_an_exit_code() -> None:
    """The table names every refusal once, with the code of the contract."""
    assert {kind.code for kind in TongbaoError.__subclasses__()} == set(EXIT_CODES)
    assert {"not_found": 3, "not_allowed": 4, "conflict": 5, "invalid": 6, "unavailable": 7} == EXIT_CODES


@pytest.mark.parametrize("kind", [errors.NotFound, errors.NotAllowed, errors.Conflict, errors.Invalid])
def test_a_refusal_is_one_document(terminal: Terminal, kind: type[TongbaoError]) -> None:
    """With --json the error is the document on stdout and nothing else is there."""
    words = {
        errors.NotFound: ("show", "INC-0"),
        errors.NotAllowed: ("open", "--as", "bob", *OPEN[1:]),
        errors.Conflict: ("notice", "draft", "INC-1", "apology_compensation"),
        errors.Invalid: (*OPEN, "--level", "7"),
    }[kind]
    said = terminal.types(*words, "--json")
    assert (EXIT_CODES[kind.code], kind.code) == (said.code, said.error["code"])
    assert {"code", "message", "field", "next"} == set(said.error)
    assert "" == said.err


def test_unavailable_is_exit_7(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be done just now exits 7."""
    from sandbox.client import Sandbox, SandboxError

    def broken(*_args: object) -> None:
        raise SandboxError("no sandbox answers")

    monkeypatch.setattr(Sandbox, "start", broken)
    assert 7 == terminal.types("sandbox", "ledger", "--json").code


@pytest.mark.parametrize("words", [("opne",), ("open",), ("show",), ("level", "INC-1", "x", "--reason", "y")])
def test_a_usage_error_is_exit_2_and_a_document(terminal: Terminal, words: tuple[str, ...]) -> None:
    """What click refuses is a usage error, as a document when asked for."""
    said = terminal.types(*words, "--json")
    assert (2, "usage") == (said.code, said.error["code"])
    assert "" == terminal.types(*words).out


@pytest.mark.parametrize("words", LATER, ids=lambda words: " ".join(words[:2]))
def test_what_is_not_built_says_so(terminal: Terminal, words: tuple[str, ...]) -> None:
    """A later act is refused with exit 5 and a word what to do instead."""
    said = terminal.types(*words, "--json")
    assert 5 == said.code
    assert "not built yet" in said.error["message"]
    assert said.error["next"]


def test_lowering_from_level_1_is_pending(terminal: Terminal) -> None:
    """It is done with exit 0 and `pending`, and a second person's word ends the wait."""
    reference = terminal.asks(*OPEN)["reference"]
    asked = terminal.asks("level", reference, "3", "--reason", "better")
    assert (True, 1) == (asked["pending"], asked["level"])
    [waiting] = terminal.asks("pending")["decisions"]
    assert ("D1", "downgrade", "approve D1") == (waiting["id"], waiting["asked"], waiting["next"][8:18])
    assert 4 == terminal.types("approve", "D1").code
    assert "approved" == terminal.asks("approve", "D1", "--as", "bob")["state"]
    assert (False, 3) == (
        terminal.asks("show", reference)["pending"],
        terminal.asks("show", reference)["level"],
    )


def test_a_waiver_is_pending_until_it_is_declined(terminal: Terminal) -> None:
    """The window says so; declined with a reason it goes on as before."""
    reference = terminal.asks(*OPEN)["reference"]
    window = terminal.asks("show", reference)["windows"][0]["id"]
    assert terminal.asks("waive", str(window), "--reason", "over at once")["pending"]
    assert "D1" in terminal.types("pending").out
    assert "declined" == terminal.asks("decline", "D1", "--reason", "not over", "--as", "bob")["state"]
    assert "open" == terminal.asks("show", reference)["windows"][0]["state"]
    assert 5 == terminal.types("end", str(window), "--reason", "nobody asked").code


def test_turns_on_the_command_line(terminal: Terminal) -> None:
    """Reopened, called off, refused: each is one command, and reads well in both languages."""
    reference = terminal.asks(*OPEN)["reference"]
    terminal.asks("resolve", reference)
    assert "responding" == terminal.asks("reopen", reference, "--reason", "calls fail again")["status"]
    assert 5 == terminal.types("reject", reference, "--reason", "误报 // wrong").code
    assert "false_alarm" == terminal.asks("false-alarm", reference, "--reason", "误报 // wrong")["status"]
    assert "false alarm: wrong" in terminal.types("show", reference).out
    assert "误报：误报" in terminal.types("show", reference, "--lang", "zh-CN").out


def test_a_request_is_done_once(terminal: Terminal) -> None:
    """The same id and arguments give the same document; other arguments are a conflict."""
    first = terminal.types(*OPEN, "--json", "--request-id", "r1")
    again = terminal.types(*OPEN, "--request-id", "r1", "--json", "--lang", "zh-CN")
    assert (0, first.out) == (again.code, again.out)
    assert 1 == len(terminal.asks("list")["items"])
    other = terminal.types(*OPEN, "--cause", "fibre", "--request-id", "r1", "--json")
    assert (5, "request_id") == (other.code, other.error["field"])
    assert 5 == terminal.types(*OPEN, "--request-id", "r1", "--as", "hq").code


def test_a_refused_request_may_be_made_again(terminal: Terminal) -> None:
    """A request that was refused left nothing behind, its id included."""
    assert 6 == terminal.types(*OPEN, "--level", "9", "--request-id", "r2").code
    assert 0 == terminal.types(*OPEN, "--request-id", "r2").code


def test_an_import_is_requested_once(terminal: Terminal) -> None:
    """An import of several transactions keeps its document too."""
    file = terminal.home.parent / "c.csv"
    file.write_text("account,area,services\nA1,ZZ0101,mobile\n", encoding="utf-8")
    words = ("customers", "import", str(file), "--request-id", "c1")
    assert terminal.asks(*words) == terminal.asks(*words)


def test_an_internal_error_shows_only_its_id(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is our own fault exits 70; the details are in a log that only the owner reads."""
    from coordinator import views

    def broken(_act: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(views, "board", broken)
    said = terminal.types("board", "--json")
    assert (70, "internal") == (said.code, said.error["code"])
    assert "secret" not in said.out + said.err
    log = terminal.home / "errors.log"
    assert "a secret of the inside" in log.read_text(encoding="utf-8")
    assert 0o600 == log.stat().st_mode & 0o777


def test_interrupted_is_130(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with 130 and no trace."""
    from coordinator import views

    def interrupted(_act: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(views, "board", interrupted)
    assert 130 == terminal.types("board").code


def test_an_unknown_key_is_refused_with_its_name_and_line(terminal: Terminal) -> None:
    """A wrong configuration stops every command (6), and doctor finds it (1)."""
    Path("tongbao.toml").write_text('[operator]\nzone = "Asia/Shanghai"\nzoen = "x"\n', encoding="utf-8")
    said = terminal.types("board", "--json")
    assert 6 == said.code
    assert "zoen" in said.error["message"]
    assert "line 3" in said.error["message"]
    checked = terminal.types("doctor", "--config", "--json")
    assert (1, False) == (checked.code, checked.json["ok"])
    assert any("line 3" in problem for problem in checked.json["problems"])


def test_an_unknown_variable_is_refused_by_its_name(terminal: Terminal) -> None:
    """Who set it looks for the variable, not for a key in a file."""
    refused = terminal.types("board", "--json", TONGBAO_SMS__PROVIDR="twilio")

    assert "TONGBAO_SMS__PROVIDR: sms.providr: unknown key" == refused.error["message"]


def test_the_configuration_may_be_elsewhere(terminal: Terminal) -> None:
    """--config names another file, which must exist."""
    assert 6 == terminal.types("--config", "nowhere.toml", "board").code
    Path("other.toml").write_text('[operator]\nzone = "Australia/Sydney"\n', encoding="utf-8")
    terminal.asks(*OPEN)
    assert "Sydney time" in terminal.types("--config", "other.toml", "board").out


NOW = "2026-10-14T14:15:00+08:00"


def test_virtual_time_stands_and_never_goes_back(terminal: Terminal) -> None:
    """TONGBAO_NOW is the command's instant; before the record: conflict; badly written: invalid."""
    opened = terminal.asks(*OPEN, TONGBAO_NOW=NOW)
    assert "2026-10-14T06:15:00+00:00" == opened["opened_at"]
    assert 5 == terminal.types("board", TONGBAO_NOW="2026-10-14T14:14:59+08:00").code
    assert 6 == terminal.types("board", TONGBAO_NOW="2026-10-14T14:15:00").code
    assert 6 == terminal.types("board", TONGBAO_NOW="yesterday").code
    assert 6 == terminal.types("run", TONGBAO_NOW=NOW).code


def test_set_up_commits_no_instant(terminal: Terminal) -> None:
    """A home set up today can play yesterday."""
    terminal.has_customers()
    terminal.asks("user", "add", "dora", "--role", "approver")
    assert 0 == terminal.types(*OPEN, TONGBAO_NOW="2020-01-01T00:00:00+00:00").code


REAL = '[sms]\nprovider = "twilio"\naccount_sid = "AC1"\nauth_token = "t"\n'


def test_with_a_real_channel_nobody_plays_people_or_time(terminal: Terminal) -> None:
    """With one real provider, --as, the default person and TONGBAO_NOW are refused; a key works."""
    key = terminal.asks("key", "create", "--user", "bob")["key"]
    Path("tongbao.toml").write_text(REAL, encoding="utf-8")
    assert 4 == terminal.types("board").code
    assert 4 == terminal.types("board", "--as", "alice").code
    assert 4 == terminal.types("board", TONGBAO_NOW=NOW, TONGBAO_KEY=key).code
    assert 0 == terminal.types("board", TONGBAO_KEY=key).code
    assert 4 == terminal.types("key", "create", "--user", "bob").code


def test_the_first_key_of_a_real_home_can_be_made(terminal: Terminal) -> None:
    """A home without any key lets its owner make the first one, and only that."""
    Path("tongbao.toml").write_text(REAL, encoding="utf-8")
    key = terminal.asks("key", "create", "--user", "hq")["key"]
    assert 4 == terminal.types("key", "create", "--user", "hq").code
    assert 0 == terminal.types("key", "create", "--user", "alice", TONGBAO_KEY=key).code


def test_a_key_acts_as_its_owner_until_it_is_revoked(terminal: Terminal) -> None:
    """Identity comes from the key; a revoked one is not allowed, and its text is stored nowhere."""
    key = terminal.asks("key", "create", "--user", "carol")["key"]
    assert 4 == terminal.types(*OPEN, TONGBAO_KEY=key).code
    assert key.encode() not in b"".join(file.read_bytes() for file in terminal.home.glob("tongbao.db*"))
    terminal.asks("key", "revoke", "--user", "carol")
    assert 4 == terminal.types("board", TONGBAO_KEY=key).code


def test_a_key_is_never_shown_twice(terminal: Terminal) -> None:
    """Repeating the request of a key is refused rather than answered from a store."""
    terminal.asks("key", "create", "--user", "carol", "--request-id", "k")
    assert 5 == terminal.types("key", "create", "--user", "carol", "--request-id", "k").code


def test_only_who_may_adds_people(terminal: Terminal) -> None:
    """A named person without the right is refused; an unknown one is not found."""
    assert 4 == terminal.types("user", "add", "eve", "--role", "admin", "--as", "alice").code
    assert 3 == terminal.types("board", "--as", "nobody").code
    assert 5 == terminal.types("user", "add", "bob", "--role", "approver").code


def test_an_import_tells_what_it_refused(terminal: Terminal) -> None:
    """Some rows refused: done, and loud; all refused: invalid."""
    file = terminal.home.parent / "c.csv"
    rows = "account,area,services\nA1,ZZ0101,mobile\nA2,QQ,mobile\n"
    file.write_text(rows, encoding="utf-8")
    said = terminal.types("customers", "import", str(file), "--json")
    assert 0 == said.code
    assert (1, 1, 1) == tuple(said.json[name] for name in ("accepted", "rejected", "new"))
    assert [3] == [row["line"] for row in said.json["rejections"]]
    assert "1 ROW REJECTED" in terminal.types("customers", "import", str(file)).err
    file.write_text("account,area,services\nA2,QQ,mobile\n", encoding="utf-8")
    refused = terminal.types("customers", "import", str(file), "--json")
    assert (6, "invalid") == (refused.code, refused.error["code"])
    file.write_text("name\nx\n", encoding="utf-8")
    assert 6 == terminal.types("customers", "import", str(file)).code


def test_every_screen_says_that_it_is_the_sandbox(terminal: Terminal) -> None:
    """The first line says once that nothing leaves this machine."""
    out = terminal.types(*OPEN).out
    assert "SANDBOX: nothing leaves this machine" == out.splitlines()[0]
    assert 1 == out.count("SANDBOX")
    assert out.splitlines()[-1].startswith("→ tongbao ")


def test_overdue_is_said_in_words(terminal: Terminal) -> None:
    """What is late says so in words, with or without colour."""
    terminal.asks(*OPEN, TONGBAO_NOW=NOW)
    board = terminal.types("board", TONGBAO_NOW="2026-10-14T16:18:00+08:00").out
    assert "overdue 3 min" in board
    assert "Beijing time" in board


def test_chinese_is_spoken_when_asked_for(terminal: Terminal) -> None:
    """By --lang or by the locale, screens and refusals are Chinese."""
    assert "沙箱" in terminal.types(*OPEN, "--lang", "zh-CN").out
    assert "没有事件 INC-0" in terminal.types("show", "INC-0", LC_ALL="zh_CN.UTF-8").err
    assert "没有事件" in terminal.types("show", "INC-0", "--json", "--lang", "zh-CN").error["message"]


def test_a_title_cannot_rewrite_the_screen(terminal: Terminal) -> None:
    """Control characters from outside are shown as a mark, never sent to the terminal."""
    words = [word if word != "手机服务异常" else "a\x1b[2Jb" for word in OPEN]
    said = terminal.types(*words)
    assert "\x1b[2J" not in said.out


def test_the_sandbox_is_dialled(terminal: Terminal) -> None:
    """A fault is set, an unknown one refused, and calm takes all away."""
    assert 1 == terminal.asks("sandbox", "dial", "twilio", "down=1")["twilio"]["down"]
    assert 6 == terminal.types("sandbox", "dial", "twilio", "dwon=1").code
    assert 6 == terminal.types("sandbox", "dial", "nobody", "down=1").code
    assert 0 == terminal.asks("sandbox", "dial", "calm")["twilio"]["down"]
    assert terminal.asks("sandbox", "stop")["stopped"]


def test_doctor_finds_a_fresh_home_in_order(terminal: Terminal) -> None:
    """Doctor looks at everything and says loudly that the channels are the sandbox."""
    said = terminal.types("doctor")
    assert 0 == said.code, said.out
    assert "SANDBOX (nothing leaves this machine)" in said.out
    assert "voice: SANDBOX" in said.out


def test_voice_without_an_address_for_its_keys_is_refused(terminal: Terminal) -> None:
    """A telephone that asks for a key which cannot come back is a setting to mend, with the field named (6)."""
    asked = {"TONGBAO_VOICE__PROVIDER": "twilio", "TONGBAO_VOICE__ACCOUNT_SID": "AC1"}
    said = terminal.types("doctor", "--config", **asked)

    assert 1 == said.code
    assert "voice needs an account_sid, an auth_token and server.public_url" in said.out


def test_main_is_one_function_for_every_exit() -> None:
    """Version and help exit 0."""
    assert (0, 0) == (cli.main.main(["--version"]), cli.main.main(["--help"]))


@pytest.mark.parametrize(("count", "said"), [(1, "1 warning"), (0, "0 warnings"), (21, "21 warnings")])
def test_a_word_goes_with_its_number(count: int, said: str):
    """ "1 warnings" is not English; the Chinese wording has the number alone."""
    from cli.words import words

    template = "{errors} {errors:error|errors}, {warnings} {warnings:warning|warnings}"
    assert f"0 errors, {said}" == words("en")(template, errors=0, warnings=count)
    assert f"0个错误，{count}个提醒" == words("zh-CN")(template, errors=0, warnings=count)
