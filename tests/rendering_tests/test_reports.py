"""Both reports in both languages and every format: what they say, and that they always say the same."""

from __future__ import annotations

import itertools
import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.terms import LANGUAGES
from rendering.report_page import blocks
from rendering.reports import Reporter, html, markdown
from reports.document import Report, document, kind_of
from reports.summary import summary

from .report_cast import WHOLE, bare, entries, record, summed

ZONE = "Asia/Shanghai"
GOLDEN = Path(__file__).parent / "golden_reports"
CASES: dict[str, Report] = {
    "handling-whole": record(),
    "handling-bare": bare(),
    "summary-whole": summed(),
    "summary-short": summed(level=3),
    "summary-bare": summary(bare()),
}


def files(name: str) -> dict[str, bytes]:
    """The files of a case by golden name; the HTML and the JSON of the whole ones are kept too."""
    made = Reporter(ZONE).files(CASES[name])
    kept = {path: content for path, content in made.items() if path.endswith(".md") or name.endswith("whole")}
    return {f"{name}{path.removeprefix(kind_of(CASES[name]))}": content for path, content in kept.items()}


@pytest.mark.parametrize("name", CASES)
def test_the_reports_are_the_reviewed_ones(name: str):
    """R32, R38: a report changes only together with its reviewed copy, byte for byte, in every format."""
    for path, content in files(name).items():
        if os.environ.get("TONGBAO_GOLDEN") == "write":
            GOLDEN.mkdir(exist_ok=True)
            (GOLDEN / path).write_bytes(content)
        assert (GOLDEN / path).read_bytes() == content


def test_no_reviewed_report_is_an_orphan():
    """A golden file without a case guards nothing."""
    assert {path for name in CASES for path in files(name)} == {path.name for path in GOLDEN.iterdir()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_no_sentence_is_empty(name: str, language: str):
    """R21, R35: what is not known is said in words; no fact, figure or section stands blank."""
    found = list(blocks(markdown(CASES[name], language, ZONE)))
    for kind, words, _, rows, lines in found:
        assert words or rows or lines or kind == "picture"
        if kind == "table" and len(rows[0]) == 2:
            assert [] == [cells for cells in rows if not all(cells)]
    kinds = [block[0] for block in found]
    assert not any(pair == ("h2", "h2") for pair in itertools.pairwise(kinds))
    assert [] == re.findall(r"\$\w+|None|\{\{|timedelta", markdown(CASES[name], language, ZONE))


class Reader(HTMLParser):
    """What a browser would make of a page: its words, its tags, and whether the tags are balanced."""

    VOID = ("meta", "br", "rect", "path", "circle")

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        if not {"style", "svg", "title", "caption"} & set(self.open):
            self.said.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert [] == reader.open
    return reader


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_the_page_says_what_the_markdown_says(name: str, language: str):
    """R32: HTML and Markdown have the same words in the same order."""
    source = markdown(CASES[name], language, ZONE).replace("<!-- timeline -->", "")
    plain = re.sub(r"\\(.)", r"\1", source)
    assert words_of(plain) == words_of(" ".join(read(html(CASES[name], language, ZONE)).said))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_alone(language: str):
    """It names its language, captions every table, fits a phone and a printer, and loads nothing (S9)."""
    page = html(record(), language, ZONE)
    reader = read(page)
    names = [tag for tag, _ in reader.tags]
    assert {"lang": language} == next(found for tag, found in reader.tags if tag == "html")
    assert names.count("table") == names.count("caption")
    assert "table" in names
    assert "width=device-width" in page
    assert "@media print" in page
    assert not {"script", "link", "img", "iframe", "object"} & set(names)
    assert [] == [found for _, found in reader.tags if {"src", "href", "style"} & set(found)]
    assert "url(" not in page
    assert "@import" not in page
    assert 1 == names.count("h1") == names.count("svg")


HOSTILE = st.text(min_size=1, max_size=60) | st.sampled_from(
    ["<script>alert(1)</script>", "<!-- timeline -->", "| a | b |", "# x", "`c`", "\\", "**b**", "> q", "- l"]
)


@settings(max_examples=60, deadline=None)
@given(title=HOSTILE, note=HOSTILE, result=HOSTILE)
def test_what_people_write_stays_words(title: str, note: str, result: str):
    """No text of a person adds a tag, a row, a heading or a picture to a report (S9)."""
    said = (("14:25", "alice", "opened", {}), ("14:31", "alice", "note", {"text": note}))
    calm = replace(record(replace(WHOLE, title="t", result={"en": "r"})), timeline=tuple(entries()[:2]))
    wild = replace(record(replace(WHOLE, title=title, result={"en": result})), timeline=tuple(entries(said)))
    shapes = [
        [tag for tag, _ in read(html(one, "en", ZONE)).tags if tag not in ("p", "br")] for one in (calm, wild)
    ]
    assert shapes[0] == shapes[1]


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(sorted(CASES)))
def test_the_same_record_gives_the_same_bytes(name: str):
    """R32, I18: drawing twice gives the same bytes in every language and format."""
    assert Reporter(ZONE).files(CASES[name]) == Reporter(ZONE).files(CASES[name])


def test_the_json_is_whole_and_says_instants_with_their_zone():
    """R32: the document names its kind, its completeness and the record; instants are ISO 8601 in UTC."""
    found = json.loads(Reporter(ZONE).files(summed())["summary_report.json"])
    assert document(summed()) == found
    assert ("summary_report", 1, 100) == (found["kind"], found["form"], found["completeness"]["percent"])
    assert "2026-10-14T06:20:00+00:00" == found["incident"]["aware_at"]
    assert (2700, [2]) == (found["summary"]["effect"]["told_after"], found["summary"]["lessons"])
    assert {"kind", "completeness", "incident", "windows", "sent", "timeline", "tasks", "outcomes"} <= set(
        found
    )


def test_the_short_form_leaves_out_what_only_the_full_one_has():
    """R38: level 3 gets the short form with cause, effect and improvements, but without the tables."""
    short, full = (markdown(summed(level), "en", ZONE) for level in (3, 2))
    for heading in ("## 2. Cause", "## 3. Effect of handling", "## 4. Improvements"):
        assert heading in short
        assert heading in full
    assert "### What was done" in full
    assert "### What was done" not in short
