"""Playbooks at the command line: listed, shown, checked, and their schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from incidents.terms import IncidentType
from tests.cli_tests.conftest import OPEN, Terminal
from tests.playbooks_tests.plans import SOUND, line_of, plan
from wiring import seeds


def written(terminal: Terminal, name: str, text: str | bytes) -> str:
    file = terminal.home.parent / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


def own_folder(terminal: Terminal, **texts: str) -> dict[str, str]:
    """The variable that names a folder with these playbooks."""
    folder = terminal.home.parent / "plans"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return {"TONGBAO_PLAYBOOKS__FOLDER": str(folder)}


def test_the_list_names_one_in_force_for_every_type(terminal: Terminal) -> None:
    """Four types, four plans in force, each with its author, approver and dates (R01, R02, R03)."""
    items = terminal.asks("playbook", "list")["items"]
    assert {kind.value for kind in IncidentType} == {
        item["type"] for item in items if item["standing"] == "active"
    }
    assert all(item["author"] != item["approved_by"] and item["review_due"] for item in items)


def test_overdue_lists_only_those_whose_review_was_due(terminal: Terminal) -> None:
    """`list --overdue` is what a planner has to look at (R02)."""
    old = plan(("review_due: 2027-10-01", "review_due: 2026-10-02"), ("2026-10-01", "2026-09-01"))
    variables = own_folder(terminal, old=old)
    assert [] == terminal.asks("playbook", "list", "--overdue")["items"]
    found = terminal.asks(
        "playbook", "list", "--overdue", TONGBAO_NOW="2026-10-14T14:15:00+08:00", **variables
    )
    assert [("small", "active", True)] == [
        (one["id"], one["standing"], one["overdue"]) for one in found["items"]
    ]
    assert "tongbao playbook check" == found["next"]


def test_show_says_who_does_what_at_each_level(terminal: Terminal) -> None:
    """The plan in force, level by level, in the reader's language (R04, R14)."""
    shown = terminal.asks("playbook", "show", "data_leak")
    assert {"1": "headquarters", "2": "provincial_company", "3": "district_centre"} == shown["leads"]
    (command,) = [step for step in shown["steps"] if step["id"] == "headquarters-command"]
    assert ({"1": 600}, True) == (command["limit_seconds"], command["escalates"])
    chinese = terminal.types("playbook", "show", "data_leak", "--lang", "zh-CN").out
    assert all(words in chinese for words in ("第五十七条", "区级客服中心", "10分钟", "结案前须完成"))


def test_check_says_every_problem_with_file_and_line_and_exit_1(terminal: Terminal) -> None:
    """Three defects in one file are three lines `file:line: what is wrong`, in both languages (R01)."""
    text = plan(
        ("role: comms", "role: cook"), ("after: [find]", "after: [lost]"), ("phase: review", "phase: report")
    )
    file = written(terminal, "mine.yaml", text)
    said = terminal.types("playbook", "check", file)
    assert 1 == said.code
    for words in ("role: cook", "after: [lost]", "phase: report"):
        assert f"{file}:{line_of(text, words)}: " in said.out
    assert "不存在" in terminal.types("playbook", "check", file, "--lang", "zh-CN").out

    document = terminal.types("playbook", "check", file, "--json").json
    assert (False, ["error"] * 3) == (document["ok"], [one["severity"] for one in document["items"]])


def test_check_of_a_sound_file_is_exit_0_and_a_warning_too(terminal: Terminal) -> None:
    """A plan that only waits for approval is in order, and says that it waits (R02)."""
    assert 0 == terminal.types("playbook", "check", written(terminal, "a.yaml", SOUND)).code
    waiting = written(terminal, "b.yaml", plan(("approved_by: Wang\n", "")))
    said = terminal.types("playbook", "check", waiting)
    assert (0, True) == (said.code, "nobody has approved it" in said.out)


def test_check_of_all_looks_at_the_folder_and_at_ours(terminal: Terminal) -> None:
    """Without a file it is everything in the house, with what clashes between files (R01)."""
    assert 4 == len(terminal.asks("playbook", "check")["files"])
    variables = own_folder(terminal, one=SOUND, two=plan(("id: small", "id: other")))
    said = terminal.types("playbook", "check", "--json", TONGBAO_NOW="2026-10-14T14:15:00+08:00", **variables)
    assert 1 == said.code
    assert 6 == len(said.json["files"])
    assert ["two active playbooks" in one["message"] for one in said.json["items"]] == [True]


def test_a_file_that_cannot_be_read_is_invalid(terminal: Terminal) -> None:
    """No file and no text are exit 6, naming the file."""
    for file in (str(Path("nowhere") / "x.yaml"), written(terminal, "gbk.yaml", "标题".encode("gbk"))):
        said = terminal.types("playbook", "check", file, "--json")
        assert (6, "file") == (said.code, said.error["field"])
        assert file in said.error["message"]


def test_the_schema_is_one_json_document(terminal: Terminal) -> None:
    """What an editor is given is JSON Schema, with or without --json."""
    plain, asked = terminal.types("playbook", "schema").out, terminal.asks("playbook", "schema")
    assert asked == json.loads(plain)
    assert "steps" in asked["required"]


def test_doctor_names_a_broken_plan_and_the_incident_opens_all_the_same(terminal: Terminal) -> None:
    """A broken own plan is red in doctor and in the list, and opening goes by ours (R16)."""
    variables = own_folder(terminal, broken=plan(("version: 1", "version: none")))
    doctor = terminal.types("doctor", "--json", **variables)
    (checked,) = [one for one in doctor.json["checks"] if one["name"] == "playbooks"]
    assert (1, False, 1) == (doctor.code, checked["ok"], len(checked["problems"]))
    assert 1 == len(terminal.asks("playbook", "list", **variables)["wrong"])
    assert "network_fault@2" == terminal.asks(*OPEN, **variables)["playbook"]


def test_the_gap_of_a_role_is_said_at_opening(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """`open` tells the duty manager of a home without a lawyer that no one is legal (R04)."""
    monkeypatch.delitem(seeds.PEOPLE, "dan")
    assert "no one has the role legal" in terminal.types(*OPEN).out
    assert ["legal"] == terminal.asks("next")["unfilled_roles"]


def test_an_action_is_logged_with_its_kind(terminal: Terminal) -> None:
    """`log --kind` puts a typed line on the timeline, said in the reader's language (R17)."""
    reference = terminal.asks(*OPEN)["reference"]
    shown = terminal.asks("log", reference, "光缆已熔接", "--kind", "repair")
    assert [{"action": "repair", "text": "光缆已熔接"}] == [
        e["data"] for e in shown["timeline"] if e["kind"] == "action"
    ]
    assert "抢修：光缆已熔接" in terminal.types("show", reference, "--lang", "zh-CN").out
    assert 2 == terminal.types("log", reference, "soup", "--kind", "cook").code


def test_tasks_are_taken_by_whom_they_are_for(terminal: Terminal) -> None:
    """`task ack` of headquarters' task is headquarters' alone; a second time it changes nothing (R14)."""
    terminal.asks(*OPEN)
    (command,) = [t for t in terminal.asks("task", "list")["items"] if t["step"] == "headquarters-command"]
    number = str(command["id"])
    assert 4 == terminal.types("task", "ack", number).code
    first = terminal.asks("task", "ack", number, "--as", "hq")
    again = terminal.asks("task", "ack", number, "--as", "hq")
    assert ("acknowledged", "hq") == (first["state"], first["acknowledged_by"])
    assert first["acknowledged_at"] == again["acknowledged_at"]
    assert number in {str(t["id"]) for t in terminal.asks("task", "list")["items"]}


def test_next_names_the_task_that_headquarters_did_not_take(terminal: Terminal) -> None:
    """When the words to customers are out, the red task is the one thing to do (R14)."""
    begun = {"TONGBAO_NOW": "2026-10-14T14:15:00+08:00"}
    later = {"TONGBAO_NOW": "2026-10-14T14:26:00+08:00"}
    terminal.has_customers()
    reference = terminal.asks(*OPEN, **begun)["reference"]
    terminal.reports_up(reference, **begun)
    terminal.asks("notice", "submit", "1", **begun)
    terminal.asks("approve", "1", "--as", "bob", **begun)
    terminal.asks("tick", **begun)
    assert f"tongbao confirm {reference}" == terminal.asks("next", **begun)["next"]
    terminal.asks("tick", **later)
    assert "tongbao task ack 3 --as hq" == terminal.asks("next", **later)["next"]
    assert ["headquarters-command"] == [task["step"] for task in terminal.asks("next", **later)["tasks"]]
