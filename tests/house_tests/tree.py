"""The tree as the policies read it: rooms, modules and files, as text."""

from __future__ import annotations

import ast
import os
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS: tuple[str, ...] = tuple(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
"""The product: what the wheel carries."""


def files(root: Path = ROOT) -> Iterator[Path]:
    """Every file that belongs to the tree: all but what .gitignore leaves out, walked without git."""
    ignored = [line.strip("/ ") for line in (root / ".gitignore").read_text(encoding="utf-8").splitlines()]
    ignored.append(".git")
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if not _matches(name, ignored)]
        yield from (Path(folder, name) for name in names if not _matches(name, ignored))


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def modules(*folders: str) -> dict[str, str]:
    """Path from the root -> source, for every Python file below these folders."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def names_of(tree: ast.AST) -> dict[str, str]:
    """What each imported name stands for: `from time import sleep as nap` gives nap -> time.sleep."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {a.asname: a.name for a in node.names if a.asname}
            known |= {a.name.split(".")[0]: a.name.split(".")[0] for a in node.names if not a.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            known |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return known


def dotted(node: ast.expr, known: dict[str, str]) -> str:
    """The full name that an expression refers to, such as datetime.datetime.now; "" for anything else."""
    if isinstance(node, ast.Name):
        return known.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, known)
        return f"{before}.{node.attr}" if before else ""
    return ""


def mentions(source: str, wanted: set[str]) -> list[int]:
    """The lines that refer to one of these full names, called or not."""
    tree = ast.parse(source)
    known = names_of(tree)
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute) and dotted(node, known) in wanted
    )
