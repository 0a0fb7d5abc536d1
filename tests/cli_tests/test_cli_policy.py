"""Policies: every command is documented, permitted and translated; help starts fast."""

from __future__ import annotations

import ast
import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from string import Formatter

import click
import pytest

from cli import chinese, drill_screens, holding_texts, lists, notice, people, reference, timeline, why
from cli.chinese import CHINESE
from cli.chinese_usage import of_click
from cli.command import COMMANDS, NOBODY
from cli.incident import TYPES
from cli.index import COMMANDS as INDEX
from cli.words import LANGUAGES, SPOKEN, words
from coordinator.permissions import PERMISSIONS
from incidents import terms
from incidents.terms import Role
from incidents.undoing import ACTS
from notifications.directory import Misplaced
from notifications.organisation import Unfit
from notifications.roster import Fault
from notifications.rows import Defect
from notifications.wording import Remark
from rendering.words import words as rendered
from tests.cli_tests.conftest import OPEN, Terminal
from tests.cli_tests.steps import is_command, named_steps, usage_errors

TOP = Path(__file__).resolve().parents[2]
ROOMS = ("coordinator", "incidents", "windows", "notifications", "triggers", "wiring", "storage", "cli")
REFUSALS = {"NotFound", "NotAllowed", "Conflict", "Invalid", "Unavailable", "not_built"}
SAID = {"t", "say", "warn"}
HEAVY = (
    "sqlalchemy",
    "jinja2",
    "twilio",
    "rich",
    "pydantic",
    "yaml",
    "starlette",
    "apscheduler",
    "cli.session",
)
EVERY = list(reference.commands())


@pytest.mark.parametrize(("path", "found"), EVERY, ids=[path for path, _ in EVERY])
def test_every_command_has_help_with_an_example(path: str, found: click.Command) -> None:
    """The help says what it does and shows a line to type; --json is always there."""
    assert found.help
    assert "Example" in (found.epilog or "")
    if found in COMMANDS:
        names = {option for parameter in found.params for option in parameter.opts}
        assert {"--json", "--as", "--lang"} <= names
        assert COMMANDS[found].mutating == ("--request-id" in names)


def test_every_command_has_a_permission() -> None:
    """A command's permission is a line of the table, or explicitly nobody's."""
    assert {terms.permission for terms in COMMANDS.values()} <= {*PERMISSIONS, NOBODY}
    unguarded = {command.name for command, terms in COMMANDS.items() if terms.permission == NOBODY}
    processes = {"run", "web", "worker", "tick"}
    assert {*processes, "doctor", "completion", "serve", "stop", "ledger", "dial"} == unguarded


def test_the_index_names_every_command() -> None:
    """Each command of the first rank is in the index, under its own module."""
    assert {path.split()[1] for path, _ in EVERY} | {"demo"} == set(INDEX)


def test_docs_commands_is_current() -> None:
    """docs/commands.md is what `python -m cli.reference` writes."""
    assert reference.text() == reference.FILE.read_text(encoding="utf-8")


def test_lists_of_words_agree_with_the_shared_ones() -> None:
    """What the options offer is what the rooms know."""
    assert tuple(terms.IncidentType) == TYPES
    assert tuple(terms.Role) == people.ROLES
    assert terms.LANGUAGES == LANGUAGES
    assert not set(notice.LATER_KINDS) & set(terms.Kind)


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _templates(tree: ast.AST, room: str) -> set[str]:
    """Every literal that a person may be told: templates of refusals, next steps, and the screens' own."""
    found: set[str | None] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in REFUSALS:
            found |= {_literal(argument) for argument in node.args}
            found |= {_literal(word.value) for word in node.keywords if word.arg == "next"}
        if room == "cli" and name in SAID and node.args:
            found.add(_literal(node.args[0]))
        if name == "Step" and len(node.args) > 1 and isinstance(node.args[1], ast.Tuple):
            found.add(_literal(node.args[1].elts[0]))
        if room == "cli" and name == "table" and isinstance(node.args[0], ast.Tuple):
            found |= {_literal(head) for head in node.args[0].elts}
    return {text for text in found if text and not text.startswith(("tongbao ", "--"))}


def _shown() -> set[str]:
    found = {
        *Defect,
        *Misplaced,
        *Unfit,
        *Remark,
        *Fault,
        *why.CAUSES.values(),
        *why.STARTS.values(),
        *why.MOVES.values(),
        *why.ENDS.values(),
        *why.FINDINGS.values(),
        *timeline.SENTENCES.values(),
        *lists.FATES.values(),
        *holding_texts.NOBODY.values(),
        *drill_screens.DOES.values(),
        *holding_texts.SAID_NOBODY.values(),
    }
    for room in ROOMS:
        for file in (TOP / room).rglob("*.py"):
            if file.name not in ("demo.py", "replaying.py"):
                found |= _templates(ast.parse(file.read_text(encoding="utf-8")), room)
    return found


def test_everything_that_is_said_has_a_chinese_entry() -> None:
    """No template of a refusal, a next step or a screen is missing in the catalogue."""
    assert set() == {str(text) for text in _shown() if str(text) not in CHINESE} - SAME


def test_every_next_step_is_a_command_or_has_a_chinese_entry() -> None:
    """Whatever stands behind an arrow is a command that there is, or a sentence of the catalogue."""
    unknown = set()
    for room in ROOMS:
        for file in (TOP / room).rglob("*.py"):
            if file.name not in (
                "demo.py",
                "replaying.py",
                "errors.py",
                "index.py",
            ) and not file.name.startswith("chinese"):
                for line, text in named_steps(file, REFUSALS):
                    if text and text not in CHINESE and text not in SAME and not is_command(text):
                        unknown.add(f"{file.relative_to(TOP)}:{line}: {text}")
    assert set() == unknown


def test_every_usage_error_of_our_own_has_its_chinese() -> None:
    """What a parameter's own type says of a wrong word is said in Chinese too."""
    found = {text for file in (TOP / "cli").glob("*.py") for text in usage_errors(file) if text != "?"}
    assert set() == {text for text in found if of_click(text) == text}


def test_every_act_that_can_be_taken_back_has_its_word() -> None:
    """The refusal of an undo names the last act in the reader's language."""
    assert [] == [act for act in ACTS if act not in CHINESE]


def test_every_slot_of_a_sentence_is_either_spoken_or_quoted() -> None:
    """A word of the catalogue stands only in a slot that says so; what people typed is never translated."""
    slots = {name for text in CHINESE for _, name, _, _ in Formatter().parse(text) if name}
    assert set() == SPOKEN - slots
    assert "没有用户 nobody" == words("zh-CN")("no user {name}", name="nobody")
    assert "a 首次通报" == words("zh-CN")("{name} {kind}", name="a", kind="first_notice")


SAME = {
    "?",
    "tongbao planned cancel {} --reason '中文 // English'",
    "{} --help",
    "English",
    "web,sms,email",
    "tongbao sandbox dial --help",
}
"""Said alike in both languages."""


def test_nothing_is_said_in_two_ways() -> None:
    """One English sentence has one Chinese one: no file of the catalogue overrules another."""
    parts = [found for name, found in vars(chinese).items() if name.isupper() and name != "CHINESE"]
    ways = {text: {part[text] for part in parts if text in part} for part in parts for text in part}
    assert {} == {text: said for text, said in ways.items() if len(said) > 1}


def test_roles_and_states_have_their_words() -> None:
    """Every role is a word, and incidents stand as the hand-over sheet and the reports say it."""
    t, known = words("zh-CN"), rendered("zh-CN")
    assert [] == [role for role in Role if role not in CHINESE]
    assert {} == {role: t(role) for role, said in known["roles"].items() if t(role) != said}
    assert known["incident_statuses"] == {
        code: t("{status}", status=code) for code in known["incident_statuses"]
    }


def test_the_chinese_entries_have_the_same_slots() -> None:
    """A translation prints exactly what its template prints."""

    def slots(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    wrong = {text for text, chinese in CHINESE.items() if slots(text) != slots(chinese)}
    assert set() == wrong


def _tongbao(*words: str, home: Path, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-m", "cli.main", *words],
        capture_output=True,
        text=True,
        cwd=TOP,
        env={"TONGBAO_HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(TOP)},
        check=False,
    )


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    """`tongbao --help` loads neither the database, templates, providers nor the commands' own modules."""
    said = _tongbao("--help", home=tmp_path, options=("-X", "importtime"))
    loaded = {line.rpartition("|")[2].strip() for line in said.stderr.splitlines()}
    assert set() == {name for name in loaded if name.startswith(HEAVY)}
    assert "click" in loaded


def test_a_real_process_has_pure_json_and_its_exit_code(terminal: Terminal) -> None:
    """Seen from outside: one document on stdout, the code of the table, a quiet broken pipe."""
    done = _tongbao(*OPEN, "--json", home=terminal.home)
    assert (0, "") == (done.returncode, done.stderr)
    assert "open" == json.loads(done.stdout)["status"]
    assert 3 == _tongbao("show", "INC-0", home=terminal.home).returncode
    piped = subprocess.run(
        f"{sys.executable} -m cli.main board --json | true",
        shell=True,
        capture_output=True,
        text=True,
        cwd=TOP,
        check=False,
    )
    assert "" == piped.stderr


def test_run_listens_says_where_and_ends_on_sigterm(terminal: Terminal) -> None:
    """`run` tells its address, answers there, and ends cleanly when asked."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "run", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=TOP,
        env={
            "TONGBAO_HOME": str(terminal.home),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(TOP),
            "PYTHONUNBUFFERED": "1",
        },
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline() for _ in range(3)]
        url = json.loads((terminal.home / "server.json").read_text(encoding="utf-8"))["url"]
        assert any(url in line for line in lines), lines
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            assert 200 == answer.status
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)
    assert (0, "") == (process.returncode, err)
    assert 0o600 == (terminal.home / "last-good-settings.json").stat().st_mode & 0o777


def test_a_restart_with_a_bad_file_keeps_the_last_good_settings(terminal: Terminal) -> None:
    """A later start says loudly what is wrong and goes on: the clocks must run."""
    from cli.run import LAST_GOOD, _prepare, _remember
    from cli.session import Session
    from wiring.settings import Operator, Settings

    terminal.home.mkdir()
    _remember(Settings(operator=Operator(zone="Australia/Sydney")), terminal.home / LAST_GOOD)
    Path("tongbao.toml").write_text("oops = 1\n", encoding="utf-8")
    session = Session("run", {}, NOBODY, None, "en", "", False, "")
    _prepare(session)
    assert "Australia/Sydney" == session.settings.operator.zone
    assert "THE CONFIGURATION IS WRONG" in terminal.capture.readouterr().err


def test_a_report_is_written_and_the_record_verified(terminal: Terminal) -> None:
    """The report is pure text on stdout or a file; an untouched record is whole."""
    reference_ = terminal.asks(*OPEN)["reference"]
    assert terminal.types("report", reference_).out.startswith("# ")
    file = terminal.home.parent / "report.json"
    terminal.asks("report", reference_, "--format", "json", "-o", str(file))
    assert reference_ == json.loads(file.read_text(encoding="utf-8"))["incident"]["reference"]
    assert 5 == terminal.types("report", reference_, "--format", "pdf").code
    assert {"ok": True, "problems": []}.items() <= terminal.asks("verify", "--database").items()
