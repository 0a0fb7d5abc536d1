"""Proof, verify, handover and explain at the terminal."""

from __future__ import annotations

import json

import pytest

from cli import handed
from cli.screen import Screen
from tests.cli_tests.conftest import OPEN, Terminal

NOW = "2026-10-14T14:15:00+08:00"


def told(terminal: Terminal) -> str:
    terminal.has_customers()
    reference: str = terminal.asks(*OPEN)["reference"]
    terminal.asks("notice", "submit", "1")
    terminal.asks("approve", "1", "--as", "bob")
    terminal.asks("tick")
    return reference


def test_a_proof_is_written_checked_and_opened(terminal: Terminal) -> None:
    """S22: an archive, its check in both languages, the answer for one number, and exit 1 for one wrong byte."""
    reference = told(terminal)
    pack, answer = terminal.home.parent / "p.zip", terminal.home.parent / "o.json"
    made = terminal.asks("proof", reference, "-o", str(pack))
    assert (True, 18) == (made["checkpoint"], made["parts"])
    assert {"ok": True, "problems": [], "told": []}.items() <= terminal.asks("verify", str(pack)).items()
    assert "证明包完整" in terminal.types("verify", str(pack), "--lang", "zh-CN").out

    assert 1 == terminal.asks("proof", reference, "--for", "13800000002", "-o", str(answer))["found"]
    shown = terminal.asks("verify", str(pack), "--opening", str(answer), "--key", made["key"])
    assert ["accepted"] == [row["state"] for row in shown["told"]]
    assert 0 == terminal.asks("proof", reference, "--for", "x@y.example", "-o", str(answer))["found"]

    pack.write_bytes(pack.read_bytes()[:-1])
    said = terminal.types("verify", str(pack), "--json")
    assert (1, ["the archive is cut off after part signature.json"]) == (said.code, said.json["problems"])
    assert "在 signature.json 之后被截断" in terminal.types("verify", str(pack), "--lang", "zh-CN").out


def test_a_proof_that_lacks_its_checkpoint_says_so(terminal: Terminal) -> None:
    """S22: the archive is made; the lost file is named in both languages, by doctor too, and exit is 1."""
    reference, pack = told(terminal), terminal.home.parent / "p.zip"
    file = next((terminal.home / "checkpoints").iterdir())
    file.write_bytes(file.read_bytes()[:-9])

    made = terminal.types("proof", reference, "-o", str(pack), "--json")
    assert (1, False, file.name) == (made.code, made.json["checkpoint"], made.json["lost_checkpoint"])
    english = terminal.types("proof", reference, "-o", str(pack))
    assert f"made without checkpoint {file.name}, whose file is gone or not as it was written" in english.err
    assert "no checkpoint covers it yet" not in english.out
    chinese = terminal.types("proof", reference, "-o", str(pack), "--lang", "zh-CN")
    assert f"不含检查点 {file.name}" in chinese.err
    assert terminal.asks("verify", str(pack))["ok"]
    assert f"checkpoint {file.name} is gone or not as it was written" in terminal.types("doctor").out
    assert f"检查点 {file.name} 已丢失" in terminal.types("doctor", "--lang", "zh-CN").out


def test_whose_key_a_proof_has_is_said(terminal: Terminal) -> None:
    """S22: a proof is compared with this house's own key; another house's is found, unless its key was given."""
    reference, pack = told(terminal), terminal.home.parent / "p.zip"
    key = terminal.asks("proof", reference, "-o", str(pack))["key"]
    own = terminal.asks("verify", str(pack))
    assert (key, "house", True) == (own["key"], own["compared_with"], own["key_fits"])
    assert f"signed with the key {key}, this house's own" in terminal.types("verify", str(pack)).out

    elsewhere = {"TONGBAO_HOME": str(terminal.home.parent / "elsewhere")}
    there = terminal.types("verify", str(pack), **elsewhere)
    assert (0, True) == (there.code, "not compared with a published key" in there.out)
    assert not (terminal.home.parent / "elsewhere" / "proof.key").exists()

    (terminal.home / "proof.key").write_text("11" * 32, encoding="ascii")
    foreign = terminal.types("verify", str(pack), "--json")
    assert (1, ["signature.json is signed by another key than this house's"]) == (
        foreign.code,
        foreign.json["problems"],
    )
    assert "不是本单位的密钥" in terminal.types("verify", str(pack), "--lang", "zh-CN").out
    given = terminal.asks("verify", str(pack), "--key", f" {key.upper()}")
    assert ("given", True) == (given["compared_with"], given["key_fits"])


def test_an_answer_without_an_instant_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """S22: an archive that somebody made up may hold anything where an instant should stand."""
    for said in ("soon", "9999-12-31T23:59:59-12:00", 7):
        told = {"notice": 1, "channel": "sms", "state": "accepted", "accepted_at": said}
        found = {
            "ok": True,
            "exercise": False,
            "problems": [],
            "key": "",
            "told": [told],
            "next": "tongbao board",
        }
        handed.checked_archive(Screen("en"), found)
        assert str(said)[:10] in capsys.readouterr().out


def test_an_answer_names_the_duplicate_that_told(terminal: Terminal) -> None:
    """R34: whom a merged duplicate told is sent to its proof, at the terminal too, in both languages."""
    first = told(terminal)
    second = terminal.asks(*OPEN)["reference"]
    terminal.asks("merge", first, second)
    pack, answer = terminal.home.parent / "p.zip", terminal.home.parent / "o.json"
    terminal.asks("proof", second, "-o", str(pack))
    asked = terminal.types("proof", second, "--for", "13800000002", "-o", str(answer))
    assert f"notices of {first} were for this one" in asked.out
    shown = ("verify", str(pack), "--opening", str(answer))
    assert f"notice 1 of {first} was for this one too" in terminal.types(*shown).out
    assert f"见 {first} 的证明包" in terminal.types(*shown, "--lang", "zh-CN").out


def test_an_option_that_would_do_nothing_is_refused(terminal: Terminal) -> None:
    """An empty key, half a key, and what is for an archive beside --database: refused, never left out."""
    reference, pack = told(terminal), terminal.home.parent / "p.zip"
    terminal.asks("proof", reference, "-o", str(pack))
    for key in ("", "9f3c", "é" * 64):
        assert 2 == terminal.types("verify", str(pack), "--key", key).code
    assert "公钥为64位" in terminal.types("verify", str(pack), "--key", "", "--lang", "zh-CN").err
    for option, value in (("--opening", str(pack)), ("--checkpoint", str(pack)), ("--key", "ab" * 32)):
        assert 2 == terminal.types("verify", "--database", option, value).code


def test_a_proof_that_cannot_be_written_says_so(terminal: Terminal) -> None:
    """No folder, no incident, no question: each a refusal, and no half file."""
    reference = terminal.asks(*OPEN)["reference"]
    assert 7 == terminal.types("proof", reference, "-o", str(terminal.home / "no" / "p.zip")).code
    assert 3 == terminal.types("proof", "INC-0", "-o", str(terminal.home / "p.zip")).code
    assert [] == list(terminal.home.glob("*p.zip*"))
    assert 2 == terminal.types("verify").code
    assert 2 == terminal.types("verify", "--database", str(terminal.home / "tongbao.db")).code


def test_the_record_is_checked_against_its_checkpoint(terminal: Terminal) -> None:
    """I16: `verify --database` and doctor look at the newest checkpoint outside."""
    told(terminal)
    [file] = (terminal.home / "checkpoints").iterdir()
    assert terminal.asks("verify", "--database")["ok"]
    assert file.name in terminal.types("doctor").out
    document = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**document, "heads": []}), encoding="utf-8")
    said = terminal.types("verify", "--database", "--json")
    assert (1, True) == (said.code, file.name in said.json["problems"][0])


def test_a_shift_is_handed_over_at_the_terminal(terminal: Terminal) -> None:
    """Bare `handover` shows, `sign` and `accept` are two people's; a request is done once."""
    reference = terminal.asks(*OPEN)["reference"]
    assert "Not signed yet" in terminal.types("handover").out
    first = terminal.asks("handover", "sign", "--request-id", "h1")
    assert first == terminal.asks("handover", "sign", "--request-id", "h1")
    assert 4 == terminal.types("handover", "accept").code
    assert "接班人 hq" in terminal.types("handover", "accept", "--as", "hq", "--lang", "zh-CN").out
    assert 5 == terminal.types("handover", "accept", "--as", "hq").code
    assert "shift taken over from alice" in terminal.types("show", reference).out
    assert "接 alice 的班" in terminal.types("show", reference, "--lang", "zh-CN").out
    assert [] == [item for item in terminal.asks("handover")["items"] if not item["incident"]]


def test_explain_reads_well_in_both_languages(terminal: Terminal) -> None:
    """Rule, version, source, start, every move, why this due, who is missing, what could tell it: in words."""
    reference = terminal.asks("open", "--level", "3", *OPEN[1:3], *OPEN[5:], TONGBAO_NOW=NOW)["reference"]
    later = "2026-10-14T16:13:00+08:00"
    terminal.asks("level", reference, "1", "--reason", "more users", TONGBAO_NOW=later)
    english = terminal.types("explain", "1", TONGBAO_NOW=later).out
    chinese = terminal.types("explain", "1", "--lang", "zh-CN", TONGBAO_NOW=later).out

    for said in (
        "rule handbook.first_notice of handbook@",
        "where the rule comes from: 7.3(3)",
        "its clock starts at awareness: 2026-10-14 14:15:00",
        "by the rule alone it has 2 h and is due 2026-10-14 16:15:00",
        "the level was raised; due 2026-10-14 16:43:00 Beijing time instead of 2026-10-14 18:15:00",
        "so it is due 2026-10-14 16:43:00 Beijing time, 28 min after the strict instant",
        "the page entry is not live",
        "could tell it: draft",
    ):
        assert said in english
    for said in (
        "起算于知悉：2026-10-14 14:15:00",
        "按规则本身时限为2小时",
        "级别上调；到期由 2026-10-14 18:15:00 北京时间 改为 2026-10-14 16:43:00",
        "比严格到期晚28分",
        "可以履行它：草稿",
    ):
        assert said in chinese
    assert not {"aware_at", "upgrade)", "first_notice,"} & set(english.split())
