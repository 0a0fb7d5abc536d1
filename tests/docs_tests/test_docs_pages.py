"""The pages are true: links lead somewhere, commands exist, tables are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from cli.main import root
from incidents import terms
from incidents.terms import Audience, ClockStart, Duty, Kind, Verdict
from notifications.facts import SLOTS
from notifications.states import STEPS
from tests.docs_tests import pages
from tests.docs_tests.pages import NAMES, TOP
from windows.rules import Rule, handbook
from wiring import reference

GENERIC = {"…", "REF", "NOTICE", "WINDOW", "ID", "FILE", "NAME", "EVENT", "TASK", "PAGE"}
ANY_WORD = {"trigger": "FORMAT", "report": "REF"}
"""Groups in which every other word goes to one of their commands."""
NO_COMMAND = {"--config", "--as", "--json", "--lang", "--help", "--version"}


def test_the_settings_page_is_current() -> None:
    """docs/settings.md is what `python -m wiring.reference` prints."""
    assert reference.text() == pages.text_of("docs/settings.md")


def test_every_setting_has_a_meaning() -> None:
    """No key stands in the table without saying what it is for, and no meaning is left without its key."""
    assert [] == [line.key for line in reference.lines() if not line.meaning]
    assert set() == set(reference.MEANINGS) - {line.key for line in reference.lines()}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_file(name: str) -> None:
    """A relative link names a file or folder of this repository, and an anchor a heading of its page."""
    folder = (TOP / name).parent
    assert [] == [link for link in pages.links(name) if not (folder / link).exists()]
    assert [] == [anchor for page, anchor in pages.anchors(name) if anchor not in pages.headings(page)]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_line_names_a_command(name: str) -> None:
    """What a page tells a reader to type is there, with every option it uses."""
    assert [] == [" ".join(words) for words in pages.commands(name) if strange(words)]


def strange(words: list[str]) -> str:
    """What in a command line does not exist; "" when all of it does."""
    found: click.Command = root
    context = click.Context(root, info_name="tongbao")
    for word in words:
        if word.startswith("-"):
            if _option(word) not in _options(found) | _options(root):
                return word
        elif isinstance(found, click.Group) and (word not in GENERIC or found.name in ANY_WORD):
            inner = found.get_command(context, word)
            if inner is None and found.name not in ANY_WORD:
                return word
            found = inner or found.commands[ANY_WORD[str(found.name)]]
    return ""


def _option(word: str) -> str:
    return word.partition("=")[0]


def _options(command: click.Command) -> set[str]:
    return NO_COMMAND | {name for one in command.params for name in (*one.opts, *one.secondary_opts)}


def test_commands_are_found_in_pages() -> None:
    """The reader of pages above does find command lines, and does notice a wrong one."""
    assert ["open", "--type", "network_fault"] == next(
        words[:3] for words in pages.commands("README.md") if words[0] == "open"
    )
    assert 20 < sum(1 for _ in pages.commands("README.md"))
    assert "opne" == strange(["opne", "--type", "network_fault"])
    assert "--tpye" == strange(["open", "--tpye", "network_fault"])


def test_the_readme_names_two_commands_to_set_up() -> None:
    """The five minutes need `make demo` and `make test`, and nothing else."""
    five = pages.text_of("README.md").split("## Five minutes\n")[1].split("\n## ")[0]
    shell = re.findall(r"```sh\n(.*?)```", five, re.DOTALL)
    assert ["make demo", "make test"] == [line.partition("#")[0].strip() for line in shell[0].splitlines()]
    assert 1 == len(shell)


def test_every_room_is_in_the_readme() -> None:
    """The table of rooms leaves none out and has none that is not there."""
    named = {room for row in pages.table("README.md", "Where things are") for room in _codes(row[0])}
    rooms = {f"{file.parent.name}/" for file in TOP.glob("*/__init__.py")} | {"docs/"}
    assert rooms == named


def _codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_slots_for_writers_are_the_slots() -> None:
    """docs/comms.md lists every slot of a template with the meaning that the code gives it."""
    found = {_codes(row[0])[0]: row[1] for row in pages.table("docs/comms.md", "The slots")}
    assert found == SLOTS


def test_the_states_of_a_delivery_are_the_table_of_steps() -> None:
    """docs/delivery.md says of each state exactly what it may become."""
    rows = pages.table("docs/delivery.md", "2. States of a delivery")
    found = {_codes(row[0])[0]: set(_codes(row[2])) for row in rows if len(row) == 3 and row[0] in _states()}
    assert found == {before.value: {after.value for after in afters} for before, afters in STEPS.items()}


def _states() -> set[str]:
    return {f"`{state.value}`" for state in STEPS}


def test_the_words_of_a_window_are_the_shared_ones() -> None:
    """docs/windows.md lists the kinds, audiences, starts, verdicts and duties that there are."""
    rows = {row[0]: set(_codes(row[1])) for row in pages.table("docs/windows.md", "Words")}
    words = {"kind": Kind, "audience": Audience, "clock start": ClockStart}
    assert rows == {
        **{name: {one.value for one in kinds} for name, kinds in words.items()},
        "state (the verdict)": {one.value for one in Verdict},
        "duty": {one.value for one in Duty},
    }


def test_the_pack_table_has_the_packs_figures() -> None:
    """docs/windows.md shows the lengths and targets of the shipped pack."""
    rows = {row[0]: row[2:] for row in pages.table("docs/windows.md", "The handbook pack")}
    duties = {
        Kind.FIRST_NOTICE: "first notice",
        Kind.PROGRESS_UPDATE: "progress update",
        Kind.MATERIAL_UPDATE: "material update",
        Kind.RESOLUTION_NOTICE: "resolution notice",
        Kind.CORRECTION_NOTICE: "correction notice",
        Kind.WITHDRAWAL_NOTICE: "withdrawal notice",
        Kind.HANDLING_REPORT: "handling report",
        Kind.SUMMARY_REPORT: "summary report",
        Kind.ARCHIVE: "archive",
        Kind.PLANNED_WORK_NOTICE: "notice of planned work",
    }
    by_rule = {
        "handbook.superior_report.phone": "report to superiors by phone",
        "handbook.superior_report.written": "report to superiors in writing",
        "handbook.planned_work_report": "report of planned work to the provincial administration",
    }
    for rule in handbook().rules:
        shown = [_length(rule, level) for level in terms.LEVELS]
        targets = [rule.target.get(level) for level in terms.LEVELS]
        wanted = [
            f"{length} (target {_span(target.total_seconds())})" if target else length
            for length, target in zip(shown, targets, strict=True)
        ]
        assert rows[by_rule.get(rule.id) or duties[rule.kind]] == wanted


def _length(rule: Rule, level: int) -> str:
    if not rule.owes(level):
        return "not owed"
    if rule.clock_start == terms.ClockStart.PLANNED_START_AT:
        before = -rule.length[level].total_seconds()
        return f"{_span(before)} before" if before else "before it"
    if level in rule.length:
        return _span(rule.length[level].total_seconds())
    return f"{rule.working_days[level]} working days"


def _span(seconds: float) -> str:
    return f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds / 60:g} min"


def test_the_glossarys_identifiers_are_the_codes() -> None:
    """An identifier of the glossary stands in incidents/terms.py, or in the file that its note names."""
    missing = []
    for row in _glossary():
        for word in _codes(row[2]):
            files = [code for code in _codes(row[3]) if code.endswith(".py")] or ["incidents/terms.py"]
            source = "".join(pages.text_of(file) for file in files)
            if not re.search(rf"\b{word}\b", source):
                missing.append(word)
    assert [] == missing


def _glossary() -> list[list[str]]:
    rows = [line for line in pages.text_of("docs/glossary.md").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1:]]


def test_every_shared_word_is_in_the_glossary() -> None:
    """Types, levels of truth, verdicts, duties, channels: each has its Chinese and its English."""
    listed = {code for row in _glossary() for code in _codes(row[2])}
    wanted = {*terms.IncidentType, *Kind, *Verdict, *Duty, *terms.Channel} - {Verdict.OPEN}
    assert set() == {word.value for word in wanted} - listed


SOURCES = [
    file
    for room in sorted({file.parent for file in TOP.glob("*/__init__.py")})
    for file in [*room.rglob("*.py"), *room.rglob("*.yaml")]
    if "docs_tests" not in file.parts
]


def test_every_page_that_the_code_names_is_there() -> None:
    """A docstring that sends the reader to a page sends them to one that exists."""
    named = {page for file in SOURCES for page in re.findall(r"\bdocs/[\w/-]+\.md", file.read_text("utf-8"))}
    assert set() == {page for page in named if not (TOP / page).exists()}


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("docs/handbook.md", r"\b(?:R\d\d|AMB-\d\d)\b"),
        ("docs/reliability.md", r"\bI\d{1,2}\b"),
        ("docs/security.md", r"\bS\d{1,2}\b"),
    ],
)
def test_every_code_that_the_code_cites_is_explained(page: str, code: str) -> None:
    """R26, I9, S10 or AMB-05 in a docstring has its line in the page for such codes."""
    explained = set(re.findall(rf"^\| ({code})", pages.text_of(page), re.MULTILINE))
    cited = {found for file in SOURCES for found in re.findall(code, _said(file))}
    assert set() == cited - explained


def _said(file: Path) -> str:
    """What a file says to its reader: its comments and docstrings, roughly."""
    lines = file.read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if re.search(r'"""|#|^\s*[A-Z(*"]|\)\.?$|\bsource', line))


def test_the_sections_that_the_code_cites_are_there() -> None:
    """The section titles that docstrings name stand as headings in the page."""
    cited = {
        (page, title)
        for file in SOURCES
        for page, title in re.findall(r'(docs/[\w-]+\.md), "([^"]+)"', file.read_text("utf-8"))
    }
    assert ("docs/windows.md", "What may move a clock") in cited
    assert set() == {one for one in cited if f"## {one[1]}\n" not in pages.text_of(one[0])}
