"""Regimes on the command line: listed, switched on with a right and a reason, tried out, applied, and told by hand."""

from __future__ import annotations

import re

import pytest

from tests.cli_tests.conftest import OPEN, Terminal

TRY = ("whatif", "--type", "network_fault", "--level", "1", "--affected", "46000")
BEGUN = {"TONGBAO_NOW": "2026-10-14T14:15:00+08:00"}


def test_every_regime_is_listed_with_its_source_and_how_sure_it_is(terminal: Terminal) -> None:
    """Four are off, the others to come; those cannot be enabled, and nobody without the right enables any."""
    listed = {one["pack"]: one for one in terminal.asks("regime", "list")["items"]}

    assert ["cn.pipl.57", "eu.dora", "eu.nis2", "us.fcc.nors"] == [
        name for name, one in listed.items() if one["state"] == "off"
    ]
    assert all(one["source"] and one["confidence"] in ("P", "S", "K") for one in listed.values())
    assert 27 == len(listed)
    assert 3 == terminal.types("regime", "enable", "uk.ofcom.105k", "--reason", "x", "--as", "hq").code
    assert 3 == terminal.types("regime", "enable", "nobody", "--reason", "x", "--as", "hq").code
    assert 4 == terminal.types("regime", "enable", "eu.nis2", "--reason", "we serve customers there").code
    assert 6 == terminal.types("regime", "enable", "eu.nis2", "--reason", " ", "--as", "hq").code


def test_a_regime_is_enabled_applied_and_told(terminal: Terminal) -> None:
    """Each step is one command; the same request is done once; the screens say it in both languages."""
    reason = ("--reason", "we serve customers there", "--as", "hq")
    assert "enabled" == terminal.asks("regime", "enable", "eu.nis2", *reason, "--request-id", "r1")["state"]
    assert "enabled" == terminal.asks("regime", "enable", "eu.nis2", *reason, "--request-id", "r1")["state"]
    assert 5 == terminal.types("regime", "enable", "eu.nis2", *reason).code
    reference = terminal.asks(*OPEN, **BEGUN)["reference"]
    terminal.reports_up(reference, **BEGUN)
    assert "asked" == terminal.asks("show", reference, **BEGUN)["regimes"][0]["state"]

    why = ("--reason", "two countries are hit")
    applied = terminal.asks("regime", "apply", reference, "eu.nis2", *why, **BEGUN)
    assert "applied" == applied["regimes"][0]["state"]
    warning = next(w for w in applied["windows"] if w["rule"] == "eu.nis2.early_warning")
    assert ("regulator:CSIRT", "regulator_report") == (warning["audience"], warning["kind"])
    assert "NIS2 early warning" in terminal.types("board", **BEGUN).out
    assert "NIS2早期预警" in terminal.types("board", "--lang", "zh-CN", **BEGUN).out
    assert "it is owed to CSIRT" in terminal.types("explain", str(warning["id"]), **BEGUN).out
    assert "监管制度 eu.nis2 自" in terminal.types("show", reference, "--lang", "zh-CN", **BEGUN).out

    said = ("--how", "form", "--evidence", "CSIRT 7")
    assert "met" == terminal.asks("fulfil", str(warning["id"]), *said, **BEGUN)["state"]
    shown = terminal.types("show", reference, **BEGUN).out
    assert f"window {warning['id']} was told by hand: form, to regulator:CSIRT (CSIRT 7)" in shown
    assert 5 == terminal.types("regime", "waive", reference, "eu.nis2", *why, **BEGUN).code
    assert "off" == terminal.asks("regime", "disable", "eu.nis2", "--reason", "sold", "--as", "hq")["state"]


def test_next_asks_whether_a_regime_applies(terminal: Terminal) -> None:
    """When customers and superiors have theirs the question is the one thing to do, with both answers named."""
    terminal.has_customers()
    terminal.asks("regime", "enable", "eu.nis2", "--reason", "we serve customers there", "--as", "hq")
    reference = terminal.asks(*OPEN, **BEGUN)["reference"]
    terminal.reports_up(reference, **BEGUN)
    terminal.asks("notice", "submit", "1", **BEGUN)
    terminal.asks("approve", "1", "--as", "bob", **BEGUN)
    terminal.asks("tick", **BEGUN)
    terminal.asks("confirm", reference, **BEGUN)
    for task in terminal.asks("task", "list", **BEGUN)["items"]:
        if not task["step"].startswith("regime:"):
            terminal.asks("task", "skip", str(task["id"]), "--reason", "not tonight", **BEGUN)

    found = terminal.types("next", **BEGUN).out
    assert f"→ tongbao regime apply {reference} eu.nis2 --reason '…'" in found
    assert f"If not: tongbao regime waive {reference} eu.nis2 --reason …" in found
    assert "是否属于 NIS2 的重大事件" in terminal.types("next", "--lang", "zh-CN", **BEGUN).out
    waived = terminal.asks("regime", "waive", reference, "eu.nis2", "--reason", "a test network", **BEGUN)
    assert "waived" == waived["regimes"][0]["state"]


def test_whatif_shows_every_duty_under_any_set_of_regimes(terminal: Terminal) -> None:
    """Dues from awareness, chains by what they wait for, the operator's figures and duties without one marked."""
    packs = [
        word for pack in ("us.fcc.nors", "eu.nis2", "eu.dora", "cn.pipl.57") for word in ("--regime", pack)
    ]
    found = terminal.asks(*TRY, *packs, **BEGUN)
    windows = {one["rule"]: one for one in found["windows"]}

    assert "2026-10-14T06:30:00+00:00" == windows["handbook.superior_report.phone"]["due_at"]
    assert "2026-10-14T08:15:00+00:00" == windows["us.fcc.nors.notification"]["due_at"]
    assert (1, None, "eu.nis2.incident_notification") == tuple(
        windows["eu.nis2.final_report"][name] for name in ("months", "due_at", "after")
    )
    assert ("operator", "2026-10-14T06:45:00+00:00") == tuple(
        windows["cn.pipl.57.authority"][name] for name in ("figure", "due_at")
    )
    assert (False, None, None) == tuple(
        windows["eu.nis2.recipients"][name] for name in ("judged", "length_seconds", "due_at")
    )
    assert "2026-10-15T06:15:00+00:00" == windows["eu.dora.initial_notification"]["at_the_latest"]
    nors, *_, pipl = found["regimes"]
    assert ("2026-10-14T06:45:00+00:00", True) == (nors["reached_at"], nors["concerns"])
    assert not pipl["concerns"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "Report to superiors by phone",
                "* the law says at once",
                "shown, never judged",
                "1 calendar month",
            ),
        ),
        ("zh-CN", ("电话向上级报告", "法规要求“立即”", "仅列出，不判定", "1个日历月")),
    ],
)
def test_whatif_reads_well_in_both_languages(
    terminal: Terminal, language: str, said: tuple[str, ...]
) -> None:
    """What is due first stands first; every regime says where it comes from and what a person is asked."""
    packs = ("--regime", "eu.nis2", "--regime", "cn.pipl.57")
    shown = terminal.types("--lang", language, *TRY, *packs, **BEGUN).out

    for words in said:
        assert words in shown
    assert not re.search(r"\b[a-z]+_[a-z_]+\b", shown), shown
    first = shown.index("14:30:00")
    assert first < shown.index("14:45:00") < shown.index("16:15:00")


def test_no_incident_would_owe_what_comes_before_planned_work(terminal: Terminal) -> None:
    """The handbook's rules of planned work are owed by planned work alone (AMB-24)."""
    found = terminal.asks(*TRY)

    assert [] == [one["rule"] for one in found["windows"] if "planned" in one["rule"]]


def test_explain_says_where_a_rule_comes_from_in_the_readers_language(terminal: Terminal) -> None:
    """No English citation stands inside Chinese sentences; in JSON both are there."""
    terminal.asks(*OPEN)
    english, chinese = (terminal.types("--lang", lang, "explain", "1").out for lang in ("en", "zh-CN"))
    document = terminal.asks("explain", "1")

    assert "major within 2 h, ordinary within 4 h" in english
    assert "重大事件2小时内、一般事件4小时内" in chinese
    assert {"zh-CN", "en"} == set(document["rule_source"])
    assert "2 h and is due" in english


def test_at_level_3_whatif_calls_nobody(terminal: Terminal) -> None:
    """A rule that owes nothing at a level is not among what would be owed; an unknown regime is refused by name."""
    found = terminal.asks("whatif", "--type", "network_fault", "--level", "3")

    assert ["handbook.superior_report.written"] == [
        one["rule"] for one in found["windows"] if one["kind"] == "superior_report"
    ]
    assert 3 == terminal.types(*TRY, "--regime", "nobody").code
