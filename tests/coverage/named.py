"""Reads the demands and the tests that name them; nothing is run or imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

TESTS = Path(__file__).resolve().parents[1]
DEMANDS = Path(__file__).with_name("demands.yaml")
LAW = Path(__file__).with_name("law.yaml")
_CODE = re.compile(r"\b([RMWK])(\d\d)(?:\s*[-–]\s*\1(\d\d))?\b")
_IN_NAME = re.compile(r"(?:^|_)r(\d\d)(?=_|$)")


@dataclass(frozen=True)
class Coverage:
    """`tests` is code -> the tests that name it, in the order of the files."""

    demands: dict[str, dict[str, str]]
    claimed: tuple[str, ...]
    tests: dict[str, tuple[str, ...]]

    @property
    def bare(self) -> list[str]:
        """Demands that no test names."""
        return [code for code in self.demands if code not in self.tests]

    @property
    def broken(self) -> list[str]:
        """Claimed demands that no test names, or that do not exist."""
        return [code for code in self.claimed if code not in self.tests or code not in self.demands]

    @property
    def strange(self) -> list[str]:
        """Codes that tests name and nobody knows, of the letters that are demanded here."""
        letters = {code[0] for code in self.demands}
        return sorted(code for code in self.tests if code[0] in letters and code not in self.demands)


def coverage(folder: Path = TESTS, demands: Path = DEMANDS) -> Coverage:
    """What the tests below `folder` name of the demands in a file."""
    known = yaml.safe_load(demands.read_text("utf-8"))
    found: dict[str, dict[str, None]] = {}
    for file in sorted(folder.rglob("test_*.py")):
        name = file.relative_to(folder.parent).as_posix()
        for test, codes in named(file.read_text("utf-8")):
            for code in codes:
                found.setdefault(code, {})[f"{name}::{test}"] = None
    tests = {code: tuple(found[code]) for code in sorted(found)}
    return Coverage(known["demands"], tuple(known["claimed"]), tests)


def named(source: str) -> Iterator[tuple[str, list[str]]]:
    """(test, codes) of every test function in `source`; a module's docstring speaks for no test."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            said = ast.get_docstring(node) or ""
            codes = [code for match in _CODE.finditer(said) for code in _span(*match.groups())]
            codes += [f"R{digits}" for digits in _IN_NAME.findall(node.name)]
            if codes:
                yield node.name, list(dict.fromkeys(codes))


def _span(letter: str, first: str, last: str | None) -> list[str]:
    """R20 alone, or every code of R20-R22."""
    return [f"{letter}{number:02}" for number in range(int(first), int(last or first) + 1)]
