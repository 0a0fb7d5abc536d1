"""What somebody meets who uses the command line for the first time: next steps, names, reasons, words."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from cli.command import NOBODY
from cli.run import LAST_GOOD, _prepare, _remember
from cli.session import Session
from cli.timeline import SENTENCES
from incidents.decision import Asked
from incidents.drill import DrillState
from incidents.errors import Invalid
from incidents.terms import TAKING_BACK
from tests.cli_tests.conftest import OPEN, Terminal
from wiring.settings import Levels, Operator, Settings

NOW = "2026-10-14T14:15:00+08:00"
SOON = "2026-10-14T14:40:00+08:00"
TOP = Path(__file__).resolve().parents[2]


def _tells(terminal: Terminal, notice: int, **variables: str) -> None:
    terminal.asks("notice", "submit", str(notice), **variables)
    terminal.asks("approve", str(notice), "--as", "bob", **variables)
    terminal.asks("tick", **variables)


def test_the_ledger_is_read_in_local_time_and_leads_to_the_notice(terminal: Terminal) -> None:
    """The providers' times are the operator's, labelled; the next step is the notice that was sent."""
    empty = terminal.types("sandbox", "ledger").out
    assert "the providers were given nothing" in empty
    assert "→ tongbao next" == empty.splitlines()[-1]
    terminal.has_customers()
    terminal.asks(*OPEN, TONGBAO_NOW=NOW)
    _tells(terminal, 1, TONGBAO_NOW=NOW)
    shown = terminal.types("sandbox", "ledger").out
    assert "time (Beijing time)" in shown
    assert "2026-10-14 14:15:00" in shown
    assert "→ tongbao notice status 1" == shown.splitlines()[-1]
    assert terminal.asks("sandbox", "ledger")["items"][0]["at"].startswith("2026-10-14T06:15:00")


def test_a_draft_is_read_before_it_is_submitted(terminal: Terminal) -> None:
    """open → superiors → preview → submit → the approver's own command, each named by the one before."""
    terminal.has_customers()
    call = "→ tongbao fulfil 2 --how phone --to '…' --evidence '…'"
    assert call == terminal.types(*OPEN).out.splitlines()[-1]
    terminal.reports_up("INC-2026-0001")
    assert "→ tongbao notice preview 1" == terminal.types("show", "INC-2026-0001").out.splitlines()[-1]
    assert "→ tongbao notice preview 1" == terminal.types("notice", "status", "1").out.splitlines()[-1]
    assert "→ tongbao notice submit 1" == terminal.types("notice", "preview", "1").out.splitlines()[-1]
    submitted = terminal.types("notice", "submit", "1").out
    assert "who may approve: bob, carol, dan, hq" in submitted
    assert "→ tongbao approve 1 --as bob" == submitted.splitlines()[-1]


def test_the_one_who_wrote_it_is_not_among_the_approvers(terminal: Terminal) -> None:
    """The document names them too, and nobody once it is approved."""
    terminal.asks(*OPEN)
    assert ["alice", "bob", "dan", "hq"] == terminal.asks("notice", "submit", "1", "--as", "carol")[
        "approvers"
    ]
    assert [] == terminal.asks("approve", "1", "--as", "bob")["approvers"]


@pytest.mark.parametrize(
    ("language", "area", "service"), [("en", "Binjiang", "mobile"), ("zh-CN", "滨江", "手机")]
)
def test_places_and_services_have_names(terminal: Terminal, language: str, area: str, service: str) -> None:
    """People read names in their own language; programs read codes."""
    opened = terminal.asks(*OPEN)
    for words in (("board",), ("show", opened["reference"])):
        shown = terminal.types(*words, "--lang", language).out
        assert area in shown
        assert service in shown
        assert "ZZ0101" not in shown
    assert ["ZZ0101"] == opened["areas"]
    assert {"ZZ0101"} == set(opened["area_names"])


BAD_ROWS = """account,area,services
A1,ZZ0101,mobile,extra
,ZZ0101,mobile
"""


def test_a_bad_row_is_told_in_a_plain_sentence(terminal: Terminal) -> None:
    """Too many fields and an empty one are said so that anybody can mend them."""
    file = terminal.home.parent / "bad.csv"
    file.write_text(BAD_ROWS, encoding="utf-8")
    refused = terminal.types("customers", "import", str(file), "--json").json
    reasons = [row["reason"] for row in refused["rejections"]]
    assert "the row has 4 fields, but the header has 3" == reasons[0]
    assert "account is empty, but every row needs it" == reasons[1]
    assert "no row was accepted; line 2: the row has 4 fields" in refused["error"]["message"]


def test_who_gets_no_text_is_said_before_and_after(terminal: Terminal) -> None:
    """The limit on texts is a warning while it can still be weighed, and a reason afterwards."""
    terminal.has_customers()
    reference = terminal.asks(*OPEN, TONGBAO_NOW=NOW)["reference"]
    _tells(terminal, 1, TONGBAO_NOW=NOW)
    terminal.asks("restored", reference, TONGBAO_NOW=SOON)
    warning = "up to 2 people will get no SMS of it: they had one less than 2 h ago"
    assert warning in terminal.types("notice", "preview", "2", TONGBAO_NOW=SOON).out
    submitted = terminal.types("notice", "submit", "2", TONGBAO_NOW=SOON)
    assert warning in submitted.out
    terminal.asks("approve", "2", "--as", "bob", TONGBAO_NOW=SOON)
    terminal.asks("tick", TONGBAO_NOW=SOON)
    status = terminal.asks("notice", "status", "2")
    assert [{"reason": "sms_limit", "hours": 2, "count": 2}] == status["suppressed"]
    assert "2 people got no SMS of it" in terminal.types("notice", "status", "2").out
    assert "2 people got no SMS of it" in terminal.types("report", reference).out
    assert "2人没有收到短信" in terminal.types("report", reference, "--lang", "zh-CN").out


def test_nobody_is_spared_when_the_last_text_is_old(terminal: Terminal) -> None:
    """Two hours later there is nothing to warn of."""
    terminal.has_customers()
    reference = terminal.asks(*OPEN, TONGBAO_NOW=NOW)["reference"]
    _tells(terminal, 1, TONGBAO_NOW=NOW)
    later = "2026-10-14T16:20:00+08:00"
    terminal.asks("restored", reference, TONGBAO_NOW=later)
    assert terminal.asks("notice", "preview", "2", TONGBAO_NOW=later)["spares"] is None


def test_broken_toml_has_a_next_step_and_doctor_says_it_once(terminal: Terminal) -> None:
    """What is wrong is said with its line and what to do; the other checks refer to it."""
    Path("tongbao.toml").write_text("[operator\n", encoding="utf-8")
    error = terminal.types("board", "--json").error
    assert "tongbao.toml is not TOML" in error["message"]
    assert "mend that line, then tongbao doctor --config" == error["next"]
    checked = terminal.types("doctor", "--json").json
    assert 1 == len(checked["problems"])
    assert error["next"] in checked["problems"][0]
    assert {False} == {check["ok"] for check in checked["checks"] if check["skipped"]}
    said = terminal.types("doctor").out
    assert 1 == said.count("is not TOML")
    assert "not looked at, for the reason above" in said


def test_an_unknown_area_is_refused_in_chinese_whole(terminal: Terminal) -> None:
    """The next step is in the reader's language too."""
    words = [word if word != "ZZ0101" else "QQ" for word in OPEN]
    error = terminal.types(*words, "--json", "--lang", "zh-CN").error
    assert "未知的地区 QQ" == error["message"]
    assert error["next"].startswith("tongbao areas list 列出已有地区")


def test_the_timeline_is_sentences_in_both_languages(terminal: Terminal) -> None:
    """No entry is shown as names and values, and departments have their names."""
    terminal.has_customers()
    reference = terminal.asks(*OPEN)["reference"]
    _tells(terminal, 1)
    chinese = terminal.types("show", reference, "--lang", "zh-CN").out
    english = terminal.types("show", reference).out
    assert "=" not in chinese + english
    assert "技术支撑部" in chinese
    assert "technical_support" not in chinese + english
    assert "通报1提交审批，对象2人" in chinese
    assert "notice 1 submitted for 2 people" in english


def test_every_kind_of_the_timeline_has_its_sentence() -> None:
    """What the verbs record, by name or by a name put together, is in the table, and nothing else."""
    found: set[str] = {"window_met", "window_breached", "window_waived", "window_lapsed"}
    found |= {"duty_done", "duty_ended", "task_done", "task_skipped", "unsent_expired", "unsent_cancelled"}
    found |= {"restored", "partly_restored", "undone", "notice_paused", "notice_resumed", "batch_settled"}
    found |= {"handover_signed", "handover_accepted"}
    found |= {f"{kind}_{how}" for kind in TAKING_BACK for how in ("owed", "again")}
    found |= {f"{asked}_{word}" for asked in Asked for word in ("asked", "approved", "declined", "overtaken")}
    found |= {"reopened", "lost_again", "false_alarm", "rejected", "upgraded", "material_change"}
    found |= {"taking_back_owed", "regime_asked", "regime_applied", "regime_waived"}
    found |= {f"drill_{state}" for state in DrillState if state != DrillState.RUNNING}
    found |= {f"planned_{how}" for how in ("begun", "completed", "cancelled", "overran")}
    for file in (TOP / "coordinator").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Record":
                kind = node.args[1]
                if isinstance(kind, ast.Constant):
                    found.add(kind.value)
    assert found == set(SENTENCES)


def test_an_import_leads_to_what_can_be_done(terminal: Terminal) -> None:
    """Before any incident there is one to open; while one runs, its audience can be seen."""
    file = terminal.home.parent / "c.csv"
    file.write_text("account,area,services\nA1,ZZ0101,mobile\n", encoding="utf-8")
    assert "tongbao open --help" == terminal.asks("customers", "import", str(file))["next"]
    reference = terminal.asks(*OPEN)["reference"]
    assert f"tongbao audience preview {reference}" == terminal.asks("customers", "import", str(file))["next"]


def test_a_task_is_taken_once(terminal: Terminal) -> None:
    """An acknowledgement stands with who gave it, is on the timeline, and is refused for no task and an ended one."""
    reference = terminal.asks(*OPEN)["reference"]
    taken = terminal.asks("task", "ack", "1", "--as", "carol")
    assert "carol" == taken["acknowledged_by"]
    assert "tongbao task done 1" == taken["next"]
    again = terminal.asks("task", "ack", "1")
    assert (taken["acknowledged_by"], taken["acknowledged_at"]) == (
        again["acknowledged_by"],
        again["acknowledged_at"],
    )
    kinds = [entry["kind"] for entry in terminal.asks("show", reference)["timeline"]]
    assert 1 == kinds.count("task_acknowledged")
    assert "taken" in terminal.types("task", "list").out
    assert 3 == terminal.types("task", "ack", "99").code
    assert 4 == terminal.types("task", "ack", "2", "--as", "bob").code
    terminal.asks("task", "done", "1")
    assert 5 == terminal.types("task", "ack", "1").code


def test_a_notice_on_its_way_says_how_fast_it_goes(terminal: Terminal) -> None:
    """Measured since release, and a dash before anything is known."""
    terminal.has_customers()
    terminal.asks(*OPEN, TONGBAO_NOW=NOW)
    terminal.asks("notice", "submit", "1", TONGBAO_NOW=NOW)
    terminal.asks("approve", "1", "--as", "bob", TONGBAO_NOW=NOW)
    unknown = {"accepted": 0, "left": 3, "per_second": None, "seconds_left": None}
    assert unknown == terminal.asks("notice", "status", "1", TONGBAO_NOW=NOW)["pace"]
    assert "rate since release: –" in terminal.types("notice", "status", "1", TONGBAO_NOW=NOW).out
    terminal.asks("sandbox", "dial", "smtp", "down=1")
    terminal.types("tick", "--max-seconds", "3", TONGBAO_NOW="2026-10-14T14:15:20+08:00")
    pace = terminal.asks("notice", "status", "1", TONGBAO_NOW="2026-10-14T14:15:40+08:00")["pace"]
    assert {"accepted": 2, "left": 1, "per_second": 0.05, "seconds_left": 20} == pace
    shown = terminal.types("notice", "status", "1", TONGBAO_NOW="2026-10-14T14:15:40+08:00").out
    assert "0.05 messages a second" in shown
    assert "1 message left, about 20 s" in shown


def _alert(terminal: Terminal, name: str, **labels: str) -> str:
    alarm = {
        "status": "firing",
        "labels": {"alertname": name, "severity": "critical", **labels},
        "annotations": {"summary": name},
        "startsAt": "2026-10-14T06:10:00Z",
        "fingerprint": name,
    }
    file = terminal.home.parent / f"{name}.json"
    file.write_text(json.dumps({"version": "4", "alerts": [alarm]}), encoding="utf-8")
    return str(file)


def test_the_trigger_list_says_where_each_event_went(terminal: Terminal) -> None:
    """Opened, joined or set aside, why, and what to do: also for an area that nobody knows."""
    terminal.asks("trigger", "alertmanager", _alert(terminal, "lost", area="QQ", service="mobile"))
    terminal.asks("trigger", "alertmanager", _alert(terminal, "again", area="QQ", service="mobile"))
    bad = terminal.home.parent / "bad.json"
    bad.write_text("{}", encoding="utf-8")
    terminal.types("trigger", "alertmanager", str(bad))
    listed = terminal.asks("trigger", "list")["items"]
    fates = {item["id"]: item for item in listed}
    reference = terminal.asks("list")["items"][-1]["reference"]
    assert ("opened", [reference]) == (fates[1]["became"], fates[1]["incidents"])
    assert "unknown area QQ" in fates[1]["why"]
    assert f"tongbao update {reference} --area CODE" == fates[1]["next"]
    assert fates[2]["became"] in ("joined", "opened")
    assert ("quarantined", "tongbao trigger replay 3") == (fates[3]["became"], fates[3]["next"])
    shown = terminal.types("trigger", "list").out
    assert f"opened an incident: {reference}" in shown
    assert "set aside, not read" in shown
    assert "未知的地区 QQ" in terminal.types("trigger", "list", "--lang", "zh-CN").out


def _restarted(terminal: Terminal) -> Session:
    session = Session("run", {}, NOBODY, None, "en", "", False, "")
    _prepare(session)
    assert "THE CONFIGURATION IS WRONG" in terminal.capture.readouterr().err
    return session


@pytest.mark.parametrize(
    "bad",
    [
        b'[operator]\nhotline = "\xff"\n',
        b'[web]\nprovider = "files"\npublic_url = "https://status.example.com"\n',
        b'routing_file = "nowhere.yaml"\n',
        b'routing_file = "bad.yaml"\n',
        b"oops = \n",
    ],
    ids=["not UTF-8", "web without folder", "no routing file", "bad routing", "not TOML"],
)
def test_whatever_is_wrong_with_the_configuration_the_clocks_run(terminal: Terminal, bad: bytes) -> None:
    """A restart goes on with the last good settings and says so; a first start is refused, and opens nothing."""
    Path("bad.yaml").write_text("rules: {}\n", encoding="utf-8")
    Path("tongbao.toml").write_bytes(bad)
    with pytest.raises(Invalid) as refused:
        _prepare(Session("run", {}, NOBODY, None, "en", "", False, ""))
    assert refused.value.next
    assert 6 == terminal.types("board", "--json").code
    assert not (terminal.home / "tongbao.db").exists()
    terminal.home.mkdir(exist_ok=True)
    _remember(Settings(operator=Operator(zone="Australia/Sydney")), terminal.home / LAST_GOOD)
    session = _restarted(terminal)
    assert "Australia/Sydney" == session.app.house.setting.zone
    session.close()


def test_routing_rules_that_worked_are_kept_with_the_settings(terminal: Terminal) -> None:
    """When the operator's own rules are broken, those that were in force stay so."""
    rules = Path("mine.yaml").absolute()
    rules.write_text("rules: [{id: mine, type: network_fault, level: 3}]\n", encoding="utf-8")
    Path("tongbao.toml").write_text(f'routing_file = "{rules}"\n', encoding="utf-8")
    terminal.home.mkdir()
    _remember(Settings(routing_file=str(rules)), terminal.home / LAST_GOOD)
    rules.write_text("rules: []\n", encoding="utf-8")
    session = _restarted(terminal)
    assert ["mine"] == [rule.id for rule in session.app.house.routing.rules]
    session.close()


def test_thresholds_that_worked_are_kept_with_the_settings(terminal: Terminal) -> None:
    """When the operator's own thresholds are broken, those that were in force stay so."""
    shipped = TOP / "incidents" / "rules" / "levels.yaml"
    own = Path("mine.yaml").absolute()
    own.write_text(shipped.read_text(encoding="utf-8").replace("version: 1", "version: 7"), encoding="utf-8")
    Path("tongbao.toml").write_text(f'levels = {{ file = "{own}" }}\n', encoding="utf-8")
    terminal.home.mkdir()
    _remember(Settings(levels=Levels(file=str(own))), terminal.home / LAST_GOOD)
    own.write_text("version: 7\n", encoding="utf-8")
    session = _restarted(terminal)
    assert 7 == session.app.house.levels.version
    session.close()
