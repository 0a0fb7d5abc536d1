"""How the product's code is kept: broad excepts are named, failpoints are real, sizes stay readable."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from coordinator.failpoints import POINTS
from tests.house_tests.tree import ROOMS, dotted, modules, names_of

BROAD = {"Exception", "BaseException"}
MAY_CATCH_ALL = {
    "cli/main.py": "the top: whatever went wrong is one line for the person, and an exit code",
    "worker/apart.py": "a sweep that broke, row by row: the row that fails is put off, and stands as an alarm",
    "worker/beside.py": "the sides: what fails beside the verdicts stands as an alarm, and keeps none of them waiting",
    "worker/engine.py": "the loops: what broke one round is logged, and must not end a lane or the clocks",
    "worker/pump.py": "a tick: an event or an exercise that breaks costs real notices nothing",
    "worker/publishing.py": "one publish target: what breaks there is put off and said, and stops no other target",
}
FUNCTION_LINES, FILE_LINES, TEST_FILE_LINES = 70, 500, 600
"""Ceilings; what to aim for is far below: most functions under 30 lines, most files under 360."""


def swallowing(source: str) -> list[int]:
    """Lines where everything is caught and not raised again, as it was, at the end of the handler."""
    tree = ast.parse(source)
    known = names_of(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            last = node.body[-1]
            again = isinstance(last, ast.Raise) and last.exc is None
            if not again and (node.type is None or _names(node.type) & BROAD):
                found.append(node.lineno)
        elif isinstance(node, ast.Call) and dotted(node.func, known) == "contextlib.suppress":
            found += [node.lineno for arg in node.args if _names(arg) & BROAD]
    return sorted(found)


def _names(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def failpoints(source: str) -> Iterator[str]:
    """The name at each `fp(…)`; one that is not a plain text comes as its source, and so is unknown."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("fp", "failpoints.fp"):
            [name] = node.args
            yield name.value if isinstance(name, ast.Constant) else ast.unparse(name)


def long_functions(source: str, limit: int) -> list[str]:
    """The names of functions of more than `limit` lines, from `def` to the last one."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > limit
    ]


def long_files(source: dict[str, str], limit: int) -> list[str]:
    return [path for path, text in source.items() if len(text.splitlines()) > limit]


def test_everything_is_caught_in_named_places_only() -> None:
    """Elsewhere a broad except hides the failure that nobody thought of."""
    source = modules(*ROOMS, "benchmarks")

    assert sorted(MAY_CATCH_ALL) == sorted(path for path, text in source.items() if swallowing(text))


def test_every_failpoint_is_named_and_every_name_is_passed() -> None:
    """A kill test of a point that no code passes would prove nothing."""
    passed = {name for text in modules(*ROOMS).values() for name in failpoints(text)}

    assert set(POINTS) == passed


def test_functions_and_files_stay_readable() -> None:
    """A function fits a screen or two; a file that outgrows its noun is divided."""
    product, tests = modules(*ROOMS, "benchmarks"), modules("tests")

    assert [] == [(path, f) for path, text in product.items() for f in long_functions(text, FUNCTION_LINES)]
    assert [] == long_files(product, FILE_LINES)
    assert [] == long_files(tests, TEST_FILE_LINES)


def test_every_module_says_what_it_is() -> None:
    """A docstring at the top: what it is, and its law where it has one."""
    assert [] == [path for path, text in modules(*ROOMS).items() if not ast.get_docstring(ast.parse(text))]


def test_every_room_says_its_law_in_a_few_lines() -> None:
    """The door of a room is its docstring and nothing else: no code, no names handed on."""
    doors = {path: ast.parse(text) for path, text in modules(*ROOMS).items() if path.endswith("__init__.py")}

    assert [] == [path for path, tree in doors.items() if len(tree.body) != 1]
    assert [] == [
        path for path, tree in doors.items() if len((ast.get_docstring(tree) or "").split("\n")) > 5
    ]


@pytest.mark.parametrize(
    ("planted", "lines"),
    [
        ("try: f()\nexcept: pass", [2]),
        ("try: f()\nexcept Exception as e: log(e)", [2]),
        ("try: f()\nexcept (OSError, BaseException): pass", [2]),
        ("try: f()\nexcept Exception as e: raise Mine() from e", [2]),
        ("from contextlib import suppress\nwith suppress(Exception): f()", [2]),
        ("try: f()\nexcept BaseException:\n    close()\n    raise", []),
        ("try: f()\nexcept OSError: pass", []),
    ],
)
def test_a_broad_except_is_seen(planted: str, lines: list[int]) -> None:
    """Bare, named, in a tuple or suppressed: seen; tidied up and raised again: not meant."""
    assert lines == swallowing(planted)


def test_a_planted_failpoint_and_a_planted_length_are_seen() -> None:
    """A misspelt name, a computed one, a long function and a long file."""
    assert ["notice.before_sumbit", "name"] == list(failpoints("fp('notice.before_sumbit'); fp(name)"))
    assert ["long"] == long_functions("def long():\n" + "    f()\n" * 3 + "def short(): pass", 3)
    assert ["b.py"] == long_files({"a.py": "x\n" * 3, "b.py": "x\n" * 4}, 3)
