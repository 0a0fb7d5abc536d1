"""The next steps that product code names: what each is, read from the source, and whether it is a command to type."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from cli import reference

TOP = Path(__file__).resolve().parents[2]
SLOT = "{}"
_QUOTED = re.compile(r"'…'|'\{\}'")
_ARGUMENT = re.compile(
    r"--[a-z-]+|…|Q|[A-Z][A-Z0-9]*|[a-z]+(_[a-z]+)+|[0-9]+|\+[0-9]+|zh-CN|sms|email|web(,[a-z]+)*|"
    r"[a-z]+\.zip|calm|phone|written|(-?[a-z]*-?\{\}[a-z-]*)+"
)
"""What may stand behind a command: an option, a place to fill in, a code, a channel, a slot."""
_COMMANDS = dict(reference.commands())


def is_command(text: str) -> bool:
    """Whether it can be typed as it stands, but for its places to fill in: no word of a sentence is in it."""
    words = _QUOTED.sub("Q", text).split()
    if words[:1] == ["tongbao"]:
        words = _arguments(words)
        if words is None:
            return False
    elif not text.startswith("--"):
        return False
    return all(_ARGUMENT.fullmatch(word) for word in words)


def _arguments(words: list[str]) -> list[str] | None:
    """What stands behind the longest command that they begin with; None when it is no command."""
    for end in range(len(words), 1, -1):
        if " ".join(words[:end]) in _COMMANDS:
            return words[end:]
    return None


def texts(node: ast.expr | None, tree: ast.AST, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """What an expression may say, slots as {}; a sentence by its template. One that cannot be read is "?"."""
    match node:
        case None | ast.Constant(value=None):
            return
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else SLOT for p in parts)
        case ast.IfExp(body=body, orelse=other):
            yield from texts(body, tree, seen)
            yield from texts(other, tree, seen)
        case ast.Tuple(elts=[template, _]):
            yield from texts(template, tree, seen)
        case ast.BinOp(op=ast.Mult(), left=left):
            yield from texts(left, tree, seen)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            for first in texts(left, tree, seen):
                yield from (first + second for second in ("", *texts(right, tree, seen)))
        case ast.Name(id=name) | ast.Call(func=ast.Name(id=name)) if name in seen:
            return
        case ast.Name(id=name):
            yield from _named(name, tree, seen | {name})
        case ast.Call(func=ast.Name(id=name)):
            yield from _returned(name, tree, seen | {name})
        case _:
            yield "?"


def _named(name: str, tree: ast.AST, seen: frozenset[str]) -> Iterator[str]:
    """Everything that the file ever gives this name: by an assignment, or as an argument of its functions."""
    given: list[ast.expr | None] = []
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(
            isinstance(one, ast.Name) and one.id == name for one in targets
        ):
            given.append(node.value)
        if isinstance(node, ast.FunctionDef) and name in [one.arg for one in node.args.args]:
            given += _arguments_of(node.name, [one.arg for one in node.args.args].index(name), tree)
    if not given:
        yield "?"
    for value in given:
        yield from texts(value, tree, seen)


def _arguments_of(function: str, place: int, tree: ast.AST) -> list[ast.expr]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [one for one in calls if getattr(one.func, "id", "") == function]
    return [one.args[place] for one in named if len(one.args) > place]


def _returned(name: str, tree: ast.AST, seen: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return):
                    yield from texts(inner.value, tree, seen)
            return
    yield "?"


def usage_errors(file: Path) -> Iterator[str]:
    """What the command line says of its own about words that it cannot read; slots as x."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in (
            "fail",
            "UsageError",
            "BadParameter",
        ):
            for text in texts(node.args[0], tree):
                yield text.replace(SLOT, "x")


def named_steps(file: Path, refusals: set[str]) -> Iterator[tuple[int, str]]:
    """(line, text) of every `next` of a refusal and of a document in this file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in refusals:
            yield from ((node.lineno, text) for first in node.args[:1] for text in texts(first, tree))
            for word in node.keywords:
                if word.arg == "next":
                    yield from ((node.lineno, text) for text in texts(word.value, tree))
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "next" and file.parent.name == "cli":
                    yield from ((value.lineno, text) for text in texts(value, tree) if text != "?")
