"""Bad input gets one clear error and loses nothing, and everything has a bound."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from tests.cli_tests.conftest import OPEN, Terminal

NEW_YORK = {"TONGBAO_OPERATOR__ZONE": "America/New_York"}
WHATIF = ("whatif", "--type", "network_fault", "--level", "1")
PLANNED = ("planned", "add", "--title", "换电池 // Batteries", "--area", "ZZ0101", "--service", "mobile")
SHIFT = ("roster", "add", "alice", "--role", "comms")
HOLDING = ("holding", "submit", "--level", "1", "--maximum", "10")
FAR = [
    (("update", "INC-2026-0001", "--eta", "9999-12-31T20:00+00:00"), "eta"),
    ((*OPEN[:-4], "--onset", "0001-01-01T00:00:00Z"), "onset"),
    ((*OPEN, "--aware", "0001-01-01 00:00"), "aware"),
    (("update", "INC-2026-0001", "--aware", "0001-01-01 00:00"), "aware"),
    (("restored", "INC-2026-0001", "--at", "0001-01-01 00:00"), "at"),
    ((*WHATIF, "--aware", "0001-01-01 00:00"), "aware"),
    ((*WHATIF, "--onset", "1601-01-01 00:00"), "onset"),
    ((*PLANNED, "--start", "0001-01-01 00:00", "--end", "2026-10-16 00:00"), "start"),
    ((*PLANNED, "--start", "2026-10-15 00:00", "--end", "9999-12-31 23:59"), "end"),
    (("roster", "on", "--at", "9999-12-31 22:00"), "at"),
    ((*HOLDING, "--expires", "9999-12-31"), "expires"),
    (("drill", "held", "--unit", "ZZ-P", "--on", "0001-01-01", "--evidence", "minutes"), "on"),
    ((*SHIFT, "--from", "9999-12-31 20:00", "--to", "9999-12-31 21:00", "--weekly"), "from"),
    ((*SHIFT, "--from", "2026-10-14 08:00", "--to", "9999-12-31T23:00+00:00"), "to"),
    ((*SHIFT, "--from", "2026-10-14 08:00", "--to", "2026-10-14 09:00", "--until", "9999-12-31"), "until"),
    (("roster", "edit", "1", "--until", "2999-12-31 00:00"), "until"),
    (("search", "--to", "9999-12-31"), "to"),
]
NOW = {"TONGBAO_NOW": "2026-10-14T14:15:00+08:00"}


@pytest.mark.parametrize(("words", "field"), FAR)
@pytest.mark.parametrize("zone", [{}, NEW_YORK])
def test_an_instant_too_far_from_now_is_refused_by_its_field(
    terminal: Terminal, words: tuple[str, ...], field: str, zone: dict[str, str]
):
    """Every instant has one bound: a slip of the year is refused, nothing of it is on the record, the clocks run on."""
    if words[0] in ("update", "restored"):
        terminal.asks(*OPEN, **NOW)

    refused = terminal.types(*words, "--json", **NOW, **zone)

    assert (6, field) == (refused.code, refused.error["field"]), refused
    assert "from now" in refused.error["message"]
    assert refused.error["next"]
    terminal.asks("roster", "list", **NOW, **zone)
    assert 0 == terminal.types("roster", "list", **NOW, **zone).code
    assert 0 == terminal.types("tick", **NOW, **zone).code


def test_a_roster_row_of_another_age_is_refused_by_its_line(terminal: Terminal, tmp_path: Path):
    """One row of the year 9999 is named with its line and its field (R04)."""
    file = tmp_path / "roster.csv"
    rows = ("2026-10-14 08:00,9999-12-31 20:00", "0001-01-01 00:00,2026-10-14 20:00")
    file.write_text(
        "\n".join(("person,role,from,to", *(f"hq,headquarters,{row}" for row in rows))), encoding="utf-8"
    )

    said = terminal.types("roster", "import", str(file), "--json", **NOW)

    refused = said.json["rejections"]
    assert [(2, "to"), (3, "from")] == [(row["line"], row["field"]) for row in refused]
    assert all("is more than 20 years from now" in str(row) for row in refused)


def test_a_weekly_shift_that_ends_before_it_starts_is_refused(terminal: Terminal):
    """It would never come: nobody would be on duty, and nothing would say so (R04)."""
    times = (
        "--from",
        "2026-10-14 08:00",
        "--to",
        "2026-10-14 20:00",
        "--weekly",
        "--until",
        "2026-01-01 00:00",
    )

    refused = terminal.types("roster", "add", "hq", "--role", "headquarters", *times, "--json", **NOW)

    assert (6, "until") == (refused.code, refused.error["field"])


@pytest.mark.parametrize("now", ["9999-12-31T20:00:00+00:00", "0001-01-01T00:00:00Z", "2200-01-01T00:00:00Z"])
def test_a_clock_of_another_age_is_refused(terminal: Terminal, now: str):
    """TONGBAO_NOW has a bound too: it would be the last committed instant for ever."""
    refused = terminal.types("tick", "--json", TONGBAO_NOW=now)

    assert (6, "TONGBAO_NOW") == (refused.code, refused.error["field"])


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("fulfil", "2", "--how", "phone", "--to", "…", "--evidence", "…"), "to"),
        (("waive", "2", "--reason", "..."), "reason"),
        (("log", "INC-2026-0001", "…"), "text"),
        (("update", "INC-2026-0001", "--result", "… // …"), "result"),
        (("update", "INC-2026-0001", "--area", "ZZ0101", "--area", "…"), "area"),
    ],
)
def test_a_printed_command_run_unchanged_is_refused(terminal: Terminal, words: tuple[str, ...], field: str):
    """Every command wants a person's own words in place of the …, by the name of its option; nothing is done."""
    terminal.asks(*OPEN, **NOW)

    refused = terminal.types(*words, "--json", **NOW)

    assert (6, field) == (refused.code, refused.error["field"])
    assert "put your own words in place of" in refused.error["message"]
    assert 6 == terminal.types(*words, "--lang", "zh-CN", **NOW).code
    assert "你自己的话" in terminal.types(*words, "--lang", "zh-CN", **NOW).err


@pytest.mark.parametrize(
    "words",
    [
        ("log", "INC-2026-0001"),
        ("open", "--type", "network_fault", "--level", "1", "--title"),
        ("search", "--customer"),
        ("sandbox", "ledger", "--to"),
    ],
)
@pytest.mark.parametrize("typed", ["手机".encode("gbk"), b"\xff", b"\xed\xa0\x80"])
def test_bytes_that_are_no_utf8_are_refused(terminal: Terminal, words: tuple[str, ...], typed: bytes):
    """A terminal that sends GBK is told so, by the place of the argument, whatever the command."""
    word = typed.decode("utf-8", "surrogateescape")

    refused = terminal.types(*words, word, "--json")

    assert (6, "arguments") == (refused.code, refused.error["field"])
    assert f"argument {len(words) + 1} is not UTF-8" == refused.error["message"]
    assert "UTF-8" in terminal.types(*words, word, "--lang", "zh-CN").err


@pytest.mark.parametrize(
    "words",
    [
        ("show", "INC-\x1b[2J\u202e1"),
        ("explain", "\x1b[31m"),
        ("list", "\x1b[31m\u202e"),
        ("\x1b[31m",),
        ("update", "INC-2026-0001", "--eta", "\x1b[31m"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_what_was_typed_cannot_rewrite_the_screen(terminal: Terminal, words: tuple[str, ...], language: str):
    """A refusal says an argument back without its control characters, as titles are shown."""
    said = terminal.types("--lang", language, *words)

    assert said.code in (2, 3, 6)
    assert not {"\x1b", "\u202e"} & set(said.out + said.err)


def test_every_bad_key_of_the_settings_is_named_with_its_line(terminal: Terminal):
    """Who mends the file mends it once; two keys of one name have each their own line."""
    file = '[operator]\nzoen = "x"\n[sms]\nproviderr = "x"\nparts_per_second = -1\n[email]\nproviderr = "x"\n[emial]\n'
    Path("tongbao.toml").write_text(file, encoding="utf-8")

    refused = terminal.types("board", "--json").error
    (problem,) = terminal.types("doctor", "--config", "--json").json["problems"]

    lines = {
        2: "operator.zoen",
        4: "sms.providerr",
        5: "sms.parts_per_second",
        7: "email.providerr",
        8: "emial",
    }
    for line, key in lines.items():
        assert f"tongbao.toml line {line}: {key}:" in refused["message"]
        assert f"line {line}" in problem
    assert "未知的键" in terminal.types("board", "--lang", "zh-CN").err


def test_a_drill_script_names_every_place_that_is_not_there(terminal: Terminal):
    """`drill check` looks the areas and services up, all at once (R06)."""
    script = files("incidents").joinpath("drills", "too_early.yaml").read_text(encoding="utf-8")
    places = "areas: [ZZ0101, NOWHERE, NOWHERE2]\n    services: [mobile, telepathy]"
    wrong = re.sub(r"areas: .*\n +services: .*", places, script)
    assert places in wrong
    Path("ours.yaml").write_text(wrong, encoding="utf-8")

    refused = terminal.types("drill", "check", "ours.yaml", "--json")

    assert (6, "script") == (refused.code, refused.error["field"])
    for problem in ("no area NOWHERE", "no area NOWHERE2", "no service telepathy"):
        assert problem in refused.error["message"]
    assert "ZZ0101" not in refused.error["message"]
    assert "没有地区 NOWHERE" in terminal.types("drill", "check", "ours.yaml", "--lang", "zh-CN").err


BEYOND = str(2**63)
NUMBERED = [
    ("ack", BEYOND),
    ("explain", BEYOND),
    ("waive", BEYOND, "--reason", "over"),
    ("end", BEYOND, "--reason", "over"),
    ("fulfil", BEYOND, "--how", "phone", "--evidence", "call log 7"),
    ("approve", BEYOND),
    ("decline", BEYOND, "--reason", "wrong"),
    ("holding", "hold", BEYOND, "--reason", "wrong"),
    ("holding", "resume", BEYOND),
    *(("notice", verb, BEYOND) for verb in ("preview", "status", "submit", "resume", "release", "export")),
    *(("notice", verb, BEYOND, "--reason", "wrong") for verb in ("pause", "stop")),
    ("notice", "edit", BEYOND, "sms", "zh-CN", "--text", "好"),
    ("notice", "draft", "INC-2026-0001", "first_notice", "--notice", BEYOND),
    ("task", "ack", BEYOND),
    ("task", "done", BEYOND),
    ("task", "skip", BEYOND, "--reason", "none"),
    ("trigger", "replay", BEYOND),
    ("roster", "remove", BEYOND),
    ("search", "--limit", BEYOND),
    ("open", "--type", "network_fault", "--level", BEYOND, "--title", "x"),
    ("level", "INC-2026-0001", BEYOND, "--reason", "x"),
    ("whatif", "--type", "network_fault", "--level", BEYOND),
    ("drill", "done", "EXERCISE-2026-0001", BEYOND),
    (*HOLDING[:-1], BEYOND, "--expires", "2026-12-31"),
]


@pytest.mark.parametrize("words", NUMBERED, ids=lambda words: " ".join(words[:2]))
def test_a_number_that_nothing_has_is_refused(terminal: Terminal, words: tuple[str, ...]):
    """No row of the record has a number from 2**63 on: one clear error, never an internal one."""
    refused = terminal.types(*words, "--json", **NOW)

    assert refused.code in (2, 3, 6), refused
    assert refused.error["message"]
