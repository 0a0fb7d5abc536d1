"""The pages a reader meets, and what stands in them: links, command lines, tables, fenced blocks."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
GENERATED = {TOP / "docs" / "commands.md", TOP / "docs" / "settings.md"}
PAGES = sorted([*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")])
NAMES = [str(page.relative_to(TOP)) for page in PAGES]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"(?:^|[\s;&|(])((?:\S*/)?tongbao\s[^#;|&<>`)]*)")


def text_of(name: str) -> str:
    return (TOP / name).read_text(encoding="utf-8")


def links(name: str) -> Iterator[str]:
    """The link targets within this repository, without their anchors."""
    for target in _LINK.findall(text_of(name)):
        if "://" not in target and not target.startswith("#"):
            yield target.partition("#")[0]


def anchors(name: str) -> Iterator[tuple[str, str]]:
    """(page, anchor) of every link to a heading."""
    for target in _LINK.findall(text_of(name)):
        page, found, anchor = target.partition("#")
        if found and "://" not in target:
            yield str(Path(name).parent / page) if page else name, anchor


def headings(name: str) -> set[str]:
    """The anchors of a page's headings, as they are made of their words."""
    found = re.findall(r"^#+ (.+)$", text_of(name), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-") for words in found}


def commands(name: str) -> Iterator[list[str]]:
    """Every `tongbao …` that a reader could type: in sh blocks, and between backquotes in a line."""
    text = text_of(name)
    shell = [body.replace("\\\n", " ") for kind, body in _FENCE.findall(text) if kind == "sh"]
    lines = [line for body in shell for line in body.splitlines()]
    lines += _INLINE.findall(_FENCE.sub("", text))
    for line in lines:
        for found in _COMMAND.findall(line.partition("  #")[0]):
            yield _words(found)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)[1:]
    except ValueError:
        return line.split()[1:]


def table(name: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    below = text_of(name).split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]
