"""A report's Markdown as one HTML page: the same words, nothing loaded from elsewhere, fit for print and phone.

Only the Markdown that our own report templates write is understood; every text is escaped by the template.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from jinja2 import PackageLoader

from rendering.allow import PAGE_NODES, Allowance
from rendering.shelf import Shelf, Value

LARGEST = 16_000_000
SLOTS = (
    *("language", "title", "style", "style_hash", "blocks", "kind", "words", "heads", "rows", "cells"),
    *("cell", "head", "lines", "line", "before", "code"),
)
PICTURE = "<!-- timeline -->"
"""Where the Markdown wants the picture. People's words cannot contain it: their marks are escaped."""
_CELL = re.compile(r"(?<!\\)\|")
_MARK = re.compile(r"\\(.)")
_CODE = re.compile(r"(?<!\\)`([^`]*)`")
Block = tuple[str, str, list[Value], list[Value], list[Value]]
"""Kind, words, table heads, table rows, lines."""


def page(markdown: str, language: str, picture: str) -> str:
    """The page. `picture` is an SVG of our own making, put in as it is."""
    style = files("templates").joinpath("reports/report.css").read_text("utf-8")
    found = list(blocks(markdown))
    content: dict[str, Value] = {
        "language": language,
        "title": found[0][1],
        "style": style,
        "style_hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        "blocks": found,
    }
    rendered = _shelf().render("reports/report.html", content, LARGEST)
    return rendered.replace(PICTURE, picture)


@cache
def _shelf() -> Shelf:
    return Shelf(PackageLoader("templates", "."), Allowance(SLOTS, PAGE_NODES))


def blocks(markdown: str) -> Iterator[Block]:
    """The blocks of a report in order; a table's words are its caption, the heading above it."""
    heading, waiting = "", _groups(markdown)
    for kind, lines in waiting:
        match kind:
            case "h1" | "h2" | "h3":
                heading = _plain(lines[0].lstrip("# "))
                yield kind, heading, [], [], []
            case "table":
                rows: list[list[Value]] = [_cells(line) for line in lines]
                yield kind, heading, rows[0], [*rows[2:]], []
            case "picture":
                yield kind, "", [], [], []
            case "label":
                yield kind, _plain(lines[0].strip("*")), [], [], []
            case _:
                cut = {"quote": 2, "list": 2}.get(kind, 0)
                yield kind, "", [], [], [_pieces(line[cut:]) for line in lines]


def _groups(markdown: str) -> Iterator[tuple[str, list[str]]]:
    """Neighbouring lines of one kind; headings, labels and the picture stand alone."""
    kind, lines = "", list[str]()
    for line in [*markdown.splitlines(), ""]:
        now = _kind(line)
        if lines and (now != kind or kind in ("h1", "h2", "h3", "label", "picture")):
            yield kind, lines
            lines = []
        kind = now
        if now:
            lines.append(line)


def _kind(line: str) -> str:
    starts = {"### ": "h3", "## ": "h2", "# ": "h1", "|": "table", "> ": "quote", "- ": "list", "**": "label"}
    if line == PICTURE:
        return "picture"
    if not line.strip():
        return ""
    return next((kind for start, kind in starts.items() if line.startswith(start)), "text")


def _cells(row: str) -> list[Value]:
    return [_plain(cell.strip()) for cell in _CELL.split(row)[1:-1]]


def _plain(text: str) -> str:
    return _MARK.sub(r"\1", text)


def _pieces(line: str) -> Value:
    """A line as (words, code) in turns; code is what stands between backquotes of the template."""
    parts = _CODE.split(line)
    code = [*parts[1::2], ""]
    return [(_plain(words), code[n]) for n, words in enumerate(parts[::2])]
