"""The commands that a screen tells people to type, and what is wrong with them: each must parse as it stands."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from cli.main import root

TOP = Path(__file__).resolve().parents[2]
ROOMS = (
    "cli",
    "coordinator",
    "incidents",
    "notifications",
    "playbooks",
    "triggers",
    "windows",
    "wiring",
    "worker",
)
_SHOWN = re.compile(r"tongbao ([a-z](?:(?!  )[^\n;；，。、|)）])*)")
_WORD = r"(?:[a-z][a-z-]*|--[a-z-]+|[A-Z][A-Z-]*|[0-9]+|…|'[^']*')"
_WRITTEN = re.compile(rf"tongbao ({_WORD}(?: {_WORD})*)")
PROSE = frozenset({"again", "and", "reads"})
"""Words that follow the program's name in a sentence about the program."""


def unparsed(screen: str) -> list[str]:
    """The command lines on a screen that click refuses, up to the sentence that may follow one."""
    return [line for line in _SHOWN.findall(screen) if not any(map(_parses, _heads(shlex.split(line))))]


def _heads(words: list[str]) -> Iterator[list[str]]:
    """The whole line, then ever shorter ones, as long as only words are left off that could be a sentence's."""
    for end in range(len(words), 0, -1):
        if all(word.isalpha() and not word.isupper() for word in words[end:]):
            yield words[:end]


def _parses(words: list[str]) -> bool:
    context: click.Context = click.Context(root, info_name="tongbao")
    command: click.Command = root
    try:
        while isinstance(command, click.Group):
            name, found, words = command.resolve_command(context, words)
            if found is None or (isinstance(found, click.Group) and not words):
                return bool(found and found.invoke_without_command)  # type: ignore[attr-defined]
            if not isinstance(found, click.Group):
                found.make_context(name, [_figure(word) for word in words], parent=context)
                return True
            context, command = click.Context(found, parent=context, info_name=name), found
    except click.UsageError:
        return False
    return True


def _figure(word: str) -> str:
    """N stands for a number that the person has to fill in."""
    return "1" if word == "N" else word


def written() -> Iterator[tuple[str, int, list[str]]]:
    """(file, line, words) of every command named by a string of the program; what it fills in is X."""
    for room in ROOMS:
        for file in sorted((TOP / room).rglob("*.py")):
            for line, text in _strings(ast.parse(file.read_text(encoding="utf-8"))):
                for found in _WRITTEN.findall(text):
                    yield str(file.relative_to(TOP)), line, found.split()


def _strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node.lineno, node.value
