"""A whole shift at the command line: from the first report to the closed record."""

from __future__ import annotations

import json
import re

from tests.cli_tests.conftest import OPEN, Terminal


def test_an_incident_goes_from_opening_to_told_with_two_people(terminal: Terminal) -> None:
    """Opened and submitted by one person, approved by another, sent by tick, gone from the board."""
    terminal.has_customers()
    terminal.reports_up(terminal.asks(*OPEN)["reference"])
    incident = terminal.asks("show", "INC-2026-0001")
    draft = incident["notices"][0]["id"]
    assert f"tongbao notice preview {draft}" == incident["next"]

    preview = terminal.asks("notice", "preview", str(draft))
    assert f"tongbao notice submit {draft}" == preview["next"]
    assert 2 == preview["audience_size"]
    assert {"web", "sms", "email", "hotline", "social"} == {text["channel"] for text in preview["texts"]}

    submitted = terminal.asks("notice", "submit", str(draft))
    assert submitted["pending"]
    assert [draft] == [item["id"] for item in terminal.asks("pending")["items"]]
    assert 4 == terminal.types("approve", str(draft), "--json").code
    assert "sending" == terminal.asks("approve", str(draft), "--as", "bob")["state"]

    assert 0 == terminal.asks("tick")["left"]
    assert "told" == terminal.asks("notice", "status", str(draft))["state"]
    assert ["met"] == [
        window["state"]
        for window in terminal.asks("show", incident["reference"])["windows"]
        if window["kind"] == "first_notice"
    ]
    assert ["progress_update"] == [window["kind"] for window in terminal.asks("board")["windows"]]
    ledger = [
        item for item in terminal.asks("sandbox", "ledger")["items"] if not item["attempt"].startswith("page")
    ]
    assert {"sms", "email"} == {item["channel"] for item in ledger}


def test_the_next_step_is_the_command_that_moves_the_window(terminal: Terminal) -> None:
    """Typing what `next` says, as somebody who may, brings a first notice out, once superiors know."""
    terminal.has_customers()
    terminal.reports_up(terminal.asks(*OPEN)["reference"])
    typed = []
    for person in ("alice", "bob"):
        command = terminal.asks("next")["next"]
        typed.append(command)
        terminal.asks(*command.split()[1:], "--as", person)
    assert ["tongbao notice submit 1", "tongbao approve 1 --as bob"] == typed


def test_nothing_owed_is_said(terminal: Terminal) -> None:
    """On a fresh home nothing is owed and the board is empty."""
    assert "nothing is owed" in terminal.types("next").out
    board = terminal.asks("board")
    assert ([], [], [], []) == tuple(board[name] for name in ("windows", "incidents", "notices", "pages"))
    assert board["sandbox"]


def test_a_record_is_restored_resolved_and_refuses_to_close_while_it_owes(terminal: Terminal) -> None:
    """The lifecycle runs by its own commands; close names what is still owed."""
    reference = terminal.asks(*OPEN)["reference"]
    assert "responding" == terminal.asks("confirm", reference)["status"]
    terminal.asks("update", reference, "--cause", "光缆被挖断 // a cut fibre", "--affected", "1,200")
    terminal.asks("log", reference, "field team on site")
    assert "partially_restored" == terminal.asks("restored", reference, "--partial")["status"]
    assert "restored" == terminal.asks("restored", reference)["status"]
    assert "resolved" == terminal.asks("resolve", reference)["status"]
    refused = terminal.types("close", reference, "--json")
    assert 5 == refused.code
    assert "still owes" in refused.error["message"]
    said = terminal.types("--lang", "zh-CN", "close", reference, "--json").error["message"]
    assert "首次通报" in said
    assert "处理结果说明" in said
    assert not re.search(r"[a-z]+[-_][a-z]+", said.replace(f"tongbao update {reference} --result", "")), said
    shown = terminal.asks("show", reference)
    assert 1200 == shown["affected"]["count"]
    assert {"zh-CN": "光缆被挖断", "en": "a cut fibre"} == shown["cause"]


def test_raising_the_level_moves_the_window_and_explain_says_so(terminal: Terminal) -> None:
    """Every move of a due instant is a sentence of `explain`."""
    lower = [word if word != "1" else "3" for word in OPEN]
    reference = terminal.asks(*lower)["reference"]
    terminal.asks("level", reference, "1", "--reason", "the whole city is hit")
    window = terminal.asks("explain", "1")
    assert ["opened", "upgrade"] == [move["rule"] for move in window["history"]]
    assert any("the level was raised" in sentence for sentence in window["why"])
    assert any("handbook.first_notice" in sentence for sentence in window["why"])


def test_tasks_are_listed_done_and_skipped(terminal: Terminal) -> None:
    """A task is done, or skipped with a reason, once."""
    terminal.asks(*OPEN)
    first, second = (task["id"] for task in terminal.asks("task", "list")["items"][:2])
    assert "done" == terminal.asks("task", "done", str(first))["state"]
    assert "no staff" == terminal.asks("task", "skip", str(second), "--reason", "no staff")["reason"]
    assert 5 == terminal.types("task", "done", str(first)).code


def test_an_alarm_opens_an_incident_and_its_repeat_does_not(terminal: Terminal) -> None:
    """`trigger` stores, reads and opens; the same body again only counts."""
    alarm = {
        "status": "firing",
        "labels": {"alertname": "RadioDown", "severity": "critical", "area": "ZZ0101", "service": "mobile"},
        "annotations": {"summary": "radio down"},
        "startsAt": "2026-10-14T06:10:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "",
        "fingerprint": "f1",
    }
    body = {
        "version": "4",
        "groupKey": "g",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "tongbao",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "",
        "alerts": [alarm],
    }
    file = terminal.home.parent / "alert.json"
    file.write_text(json.dumps(body), encoding="utf-8")
    rehearsed = terminal.asks("trigger", "alertmanager", str(file), "--dry-run")
    assert ["open or join"] == [item["would"] for item in rehearsed["items"]]
    assert [] == terminal.asks("trigger", "list")["items"]

    first = terminal.asks("trigger", "alertmanager", str(file))
    again = terminal.asks("trigger", "alertmanager", str(file))
    assert (True, False) == (first["event"]["new"], again["event"]["new"])
    assert 1 == len(terminal.asks("list")["items"])
    assert [first["incidents"][0]["reference"]] == [one["reference"] for one in again["incidents"]]
    assert f"tongbao confirm {first['incidents'][0]['reference']}" == terminal.asks("next")["next"]


def test_what_cannot_be_read_is_kept_and_said(terminal: Terminal) -> None:
    """A body that is no alarm is stored, set aside, and exit 6 says where it is."""
    file = terminal.home.parent / "bad.json"
    file.write_text("{}", encoding="utf-8")
    said = terminal.types("trigger", "alertmanager", str(file), "--json")
    assert 6 == said.code
    assert ["quarantined"] == [event["state"] for event in terminal.asks("trigger", "list")["items"]]
    assert 6 == terminal.types("trigger", "replay", "1").code


def test_a_directory_that_was_empty_at_opening_still_counts_the_people_it_told(terminal: Terminal) -> None:
    """Customers imported after the incident opened fulfil its window without a person's word."""
    terminal.asks(*OPEN)
    terminal.has_customers()
    terminal.asks("notice", "submit", "1")
    terminal.asks("approve", "1", "--as", "bob")
    terminal.asks("tick")
    assert "met" == terminal.asks("explain", "1")["state"]


def test_reports_are_drawn_submitted_approved_and_printed_as_approved(terminal: Terminal) -> None:
    """R32, R38: both kinds, three formats; gaps with their commands; two people; the approved bytes."""
    reference = terminal.asks(*OPEN)["reference"]
    drawn = terminal.types("report", reference, "--kind", "summary_report", "--lang", "zh-CN")
    assert drawn.out.startswith("# 突发事件总结报告")
    assert f"tongbao update {reference} --improvement" in drawn.err
    page = terminal.home.parent / "report.html"
    answer = terminal.asks("report", reference, "--format", "html", "-o", str(page))
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert answer["next"] == answer["report"]["completeness"]["gaps"][0]["fill"]
    assert 5 == terminal.types("report", "submit", reference).code

    terminal.asks("resolve", reference)
    assert "R1" == terminal.asks("report", "submit", reference, "--kind", "summary_report")["id"]
    assert ["R1"] == [item["id"] for item in terminal.asks("pending")["reports"]]
    assert 4 == terminal.types("approve", "R1", "--json").code
    assert "approved" == terminal.asks("approve", "r1", "--as", "bob")["state"]
    assert 2 == terminal.types("approve", "X1").code
    approved = terminal.types(
        *("report", reference, "--kind", "summary_report", "--approved", "--format", "json", "--lang", "en")
    )
    assert "summary_report" == json.loads(approved.out)["kind"]
    assert 5 == terminal.types("report", reference, "--approved").code
    again = terminal.asks("report", "submit", reference)["id"]
    declined = terminal.asks("report", "decline", again, "--reason", "thin", "--as", "bob")
    assert ("declined", "thin") == (declined["state"], declined["reason"])
    assert "summary_report" not in terminal.types("close", reference, "--json").error["message"]


def test_search_finds_pages_and_keeps_who_looked(terminal: Terminal) -> None:
    """R47: filters, the command for the next page, a customer's notices, and the list of looks."""
    terminal.has_customers()
    made = [terminal.asks(*OPEN)["reference"] for _ in range(3)]
    first = terminal.asks("search", "--area", "ZZ01", "--limit", "2")
    assert made[:0:-1] == [item["reference"] for item in first["items"]]
    second = terminal.asks(*first["next"].split()[1:])
    assert [made[0]] == [item["reference"] for item in second["items"]]
    assert 6 == terminal.types("search", "--status", "gone").code
    assert "nothing was found" in terminal.types("search", "--to", "2001-01-01").out

    terminal.asks("notice", "submit", "1")
    terminal.asks("approve", "1", "--as", "bob")
    found = terminal.types("search", "--customer", "A1")
    assert made[0] in found.out
    assert "13800000001" not in found.out + found.err
    assert 4 == terminal.types("search", "--customer", "A1", "--as", "bob").code
    assert ["A1"] == [one["account"] for one in terminal.asks("search", "--reads", "--as", "hq")["items"]]
