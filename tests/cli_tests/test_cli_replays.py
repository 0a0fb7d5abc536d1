"""The six outages of the past, replayed from alarm to resolution: each ends as its facts demand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.client import Sandbox
from sandbox.replay import case_ids
from tests.cli_tests.conftest import Terminal

FEW = "12"
PREMATURE = ("premature", "过早")
FINDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "optus-2023-11-08": (),
    "optus-2025-09-18": (("first complaint", "首个客户投诉"), ("defunct mailbox", "已停用的邮箱")),
    "guangdong-telecom-2023-06-08": (("wording was not coordinated", "口径没有统一"), PREMATURE),
    "tmobile-2020-06-15": (("only after more than two hours", "两小时后才通知911"),),
    "centurylink-2018-12-27": (),
    "rogers-2022-07-08": (),
}
"""Case -> what its facts say went wrong, by a word of each language."""
ENDED = {"met", "lapsed"}


@pytest.fixture
def played(terminal: Terminal):
    """case -> (the document, {language: handling report}, the record's answer), in a home that is ended."""
    homes: list[Path] = []

    def play(case: str, name: str) -> tuple[dict[str, Any], dict[str, str], Terminal]:
        document = terminal.asks("demo", case, "--customers", FEW)
        home = terminal.home / "demo" / name
        homes.append(home)
        inside = Terminal(home, terminal.capture, terminal.environment)
        texts = {
            language: (
                home / f"reports/{document['incident']['reference']}.handling_report.{language}.md"
            ).read_text(encoding="utf-8")
            for language in ("en", "zh-CN")
        }
        return document, texts, inside

    yield play
    for home in homes:
        Sandbox(home).stop()


def states(document: dict[str, Any], audience: str = "customers") -> list[tuple[str, str]]:
    return [(w["kind"], w["state"]) for w in document["windows"] if w["audience"] == audience]


@pytest.mark.parametrize("case", FINDINGS)
def test_each_ends_as_its_facts_demand(played, case: str):
    """What was found is in the report in both languages; every duty but those of a late awareness is met; the
    record is whole (R20, R32, R34)."""
    document, reports, record = played(case, case)
    for english, chinese in FINDINGS[case]:
        assert (True, True) == (english in reports["en"], chinese in reports["zh-CN"])
    assert (
        bool(FINDINGS[case])
        == ("### What went wrong" in reports["en"])
        == ("### 处置中的问题" in reports["zh-CN"])
    )

    found = dict(states(document))
    assert "met" == found["resolution_notice"]
    breached = {kind for kind, state in states(document) if state not in ENDED}
    assert (set() if case != "optus-2025-09-18" else {"first_notice", "progress_update"}) == breached
    assert record.asks("verify", "--database", TONGBAO_HOME=str(record.home))["ok"]


def test_every_shipped_case_is_played():
    """No case is left out."""
    assert set(case_ids()) == set(FINDINGS)


def test_the_clock_counts_from_the_first_sign(played):
    """A complaint that was not passed on is when it was known: the first notice is hours late, and stays so (R26)."""
    document, reports, _ = played("optus-2025-09-18", "optus-2025-09-18")
    first = next(w for w in document["windows"] if w["kind"] == "first_notice")

    assert ("breached", "done") == (first["state"], first["duty"])
    assert "2025-09-17T23:00:00+00:00" == first["started_at"]
    assert 2 * 3600 < first["seconds_late"]
    assert "late by" in reports["en"]
    assert "迟" in reports["zh-CN"]


def test_a_recovery_told_too_early_is_corrected_to_those_who_were_told(played):
    """The correction has its own window, is met, and its notice names the one that it corrects (R20)."""
    document, reports, _ = played("guangdong-telecom-2023-06-08", "guangdong-telecom-2023-06-08")

    assert ("correction_notice", "met") in states(document)
    assert "Takes back notice 2, which said: service was recovering" in reports["en"]
    assert "更正或撤回第2号通报，原文：业务正在恢复" in reports["zh-CN"]


def test_a_case_of_ones_own_is_replayed_from_its_file(played, tmp_path: Path):
    """An operator replays an outage of their own (a file given by path)."""
    file = tmp_path / "own.yaml"
    file.write_text(
        """
id: own-outage
name: Own outage
services: [mobile]
affected: {note: one district}
cause: a cut cable
events:
  - {t: "2026-03-01T10:00:00+08:00", k: onset}
  - {t: "2026-03-01T10:10:00+08:00", k: aware}
  - {t: "2026-03-01T11:00:00+08:00", k: restored}
""",
        encoding="utf-8",
    )
    document, _, record = played(str(file), "own-outage")

    assert {"met", "lapsed"} == {state for _, state in states(document)}
    assert record.asks("verify", "--database", TONGBAO_HOME=str(record.home))["ok"]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("id: x", "events"),
        ("- 1", "expected one case"),
        (
            "id: x\nname: x\nservices: [mobile]\naffected: {}\ncause: x\nevents: [{t: soon, k: onset}]",
            "events[0].t",
        ),
        (
            "id: x\nname: x\nservices: [mobile]\naffected: {}\ncause: x\nevents: [{t: 1, k: storm}]",
            "events[0].k",
        ),
        ("id: [", "not YAML"),
    ],
)
def test_a_file_that_is_no_case_is_one_clear_error(terminal: Terminal, tmp_path: Path, text: str, field: str):
    """The error names the field; nothing is played."""
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    said = terminal.types("demo", str(file))
    assert (6, True) == (said.code, field in said.err)
    assert not (terminal.home / "demo").exists()
