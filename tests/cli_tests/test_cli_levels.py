"""Levels on the command line: opened without one, explained in both languages, tried out beforehand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli_tests.conftest import Terminal

FAULT = ("--type", "network_fault")
PLACE = ("--title", "手机服务异常", "--area", "ZZ0101", "--service", "mobile", "--onset", "unknown")


def test_whatif_opens_nothing(terminal: Terminal) -> None:
    """whatif says level, reasons and windows of an incident that nobody opened (R13)."""
    found = terminal.asks("whatif", *FAULT, "--affected", "120,000", "--confidence", "measured")

    assert (1, "major") == (found["level"], found["statutory_severity"])
    assert ["120,000 services affected (measured), threshold 100,000"] == found["level_reasons"]
    assert {"first_notice": 7200, "progress_update": 3600} == {
        one["kind"]: one["length_seconds"]
        for one in found["windows"]
        if one["kind"] in ("first_notice", "progress_update")
    }
    assert [] == terminal.asks("list")["items"]


def test_whatif_with_a_level_shows_the_suggestion_beside_it(terminal: Terminal) -> None:
    """A named level decides what is owed; what the facts suggest stands beside it."""
    found = terminal.asks("whatif", *FAULT, "--level", "3", "--affected", "46000")

    assert (3, 2) == (found["level"], found["suggested_level"])
    assert 4 * 3600 == found["windows"][0]["length_seconds"]


@pytest.mark.parametrize(
    "kind", ["network_fault", "service_interruption", "complaint_escalation", "data_leak"]
)
def test_whatif_knows_every_type(terminal: Terminal, kind: str) -> None:
    """Every type can be tried with nothing known: the higher level and its review (AMB-04)."""
    found = terminal.asks("whatif", "--type", kind)

    assert (2 if kind == "complaint_escalation" else 1) == found["level"]
    assert found["suggestion"]["unknown"]
    assert found["review_at"]


def test_open_says_why_in_chinese(terminal: Terminal) -> None:
    """The reasons of a level that nobody named are said in the reader's language."""
    said = terminal.types("--lang", "zh-CN", "open", *FAULT, *PLACE, "--affected", "46000")

    assert "2级响应" in said.out
    assert "定级依据: 受影响业务46,000个（估计），达到10,000的门槛" in said.out
    assert "法定等级: 较大" in said.out


def _alarm(terminal: Terminal, name: str, severity: str) -> str:
    labels = {"alertname": name, "severity": severity, "area": "ZZ0101", "service": "mobile,QQ"}
    alarm = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": "41 sites"},
        "fingerprint": name,
    }
    file = terminal.home.parent / f"{name}.json"
    file.write_text(json.dumps({"version": "4", "alerts": [alarm]}), encoding="utf-8")
    return str(file)


def test_why_a_level_was_given_is_in_the_readers_language_everywhere(terminal: Terminal) -> None:
    """R13: facts and timeline of the record, the list of events and the report; the record keeps its sentence."""
    terminal.asks("trigger", "alertmanager", _alarm(terminal, "first", "minor"))
    terminal.asks("trigger", "alertmanager", _alarm(terminal, "worse", "critical"))
    [one] = terminal.asks("list")["items"]
    kept = terminal.asks("show", one["reference"])["level_reasons"]
    assert ["severity minor (rule default)", "unknown service QQ"] == kept[:2]
    assert ["severity critical (rule default); unknown service QQ"] == kept[2:]

    words = ("show", one["reference"]), ("report", one["reference"]), ("trigger", "list")
    for command in words:
        said = terminal.types(*command, "--lang", "zh-CN").out
        assert "告警严重度 critical（规则 default）；未知的业务 QQ" in said.replace("\n", "")
        assert "unknown service" not in said
    assert "severity critical (rule default); unknown service QQ" in terminal.types(*words[0]).out
    assert "severity minor (rule default); unknown service QQ" in terminal.types(*words[1]).out


def test_what_a_person_typed_about_a_level_is_quoted(terminal: Terminal) -> None:
    """Somebody's own words stay as they are in either language (R13)."""
    reference = terminal.asks("open", *FAULT, *PLACE, "--affected", "500")["reference"]
    terminal.asks("level", reference, "2", "--reason", "a regulator asked")
    assert "定级依据: a regulator asked" in terminal.types("show", reference, "--lang", "zh-CN").out


def test_a_disagreement_is_shown(terminal: Terminal) -> None:
    """A level named against the facts is taken, and the screen says what they suggest."""
    said = terminal.types("open", *FAULT, *PLACE, "--affected", "46000", "--level", "3")

    assert 0 == said.code
    assert "suggested level: level 2" in said.out
    assert "suggested because: 46,000 services affected (estimated), threshold 10,000" in said.out


def test_update_says_what_changes(terminal: Terminal) -> None:
    """An update that moves the suggestion ends with the command that follows it."""
    reference = terminal.asks("open", *FAULT, *PLACE, "--affected", "500")["reference"]

    found = terminal.asks("update", reference, "--emergency-calls")

    assert (3, 1, True) == (found["level"], found["suggested_level"], found["emergency_calls"])
    assert f"tongbao level {reference} 1 --reason '…'" == found["next"]


FACTS: dict[tuple[str, ...], tuple[str, Any]] = {
    ("--emergency",): ("emergency_calls", True),
    ("--no-emergency-calls",): ("emergency_calls", False),
    ("--people-data", "5,000"): ("people_data", 5_000),
    ("--complaints-per-hour", "12"): ("complaints_per_hour", 12),
    ("--complaint", "outage"): ("complaint", "outage"),
    ("--users-at-once", "7"): ("users_at_once", 7),
    ("--whole-area",): ("whole_area", True),
    ("--confidence", "measured"): ("affected", {"count": 500, "unit": "services", "confidence": "measured"}),
}


def test_every_fact_has_an_option(terminal: Terminal) -> None:
    """Each fact that a level is suggested from is one option of update and one field of the document."""
    reference = terminal.asks("open", *FAULT, *PLACE, "--affected", "500")["reference"]

    for words, (field, value) in FACTS.items():
        assert value == terminal.asks("update", reference, *words)[field]


def test_a_figure_that_is_none(terminal: Terminal) -> None:
    """What is no number is refused with its field."""
    said = terminal.types("whatif", *FAULT, "--people-data", "many", "--json")

    assert (6, "people_data") == (said.code, said.error["field"])


def test_the_board_says_that_a_review_is_due(terminal: Terminal) -> None:
    """From T+30 the board and next say that the level is to be looked at again (AMB-04)."""
    begun = {"TONGBAO_NOW": "2026-10-14T14:15:00+08:00"}
    terminal.reports_up(terminal.asks("open", *FAULT, *PLACE, **begun)["reference"], **begun)
    early = terminal.types("board", TONGBAO_NOW="2026-10-14T14:44:59+08:00")
    later = terminal.types("board", TONGBAO_NOW="2026-10-14T14:45:00+08:00")

    assert "level review" not in early.out
    assert "level review of INC-2026-0001 is due" in later.out
    said = terminal.types("next", TONGBAO_NOW="2026-10-14T14:45:00+08:00")
    assert said.out.index("tongbao notice submit 1") < said.out.index(
        "tongbao update INC-2026-0001 --affected N"
    )
