"""Tests are promises: each is said in a sentence, none is put off, none waits for luck."""

from __future__ import annotations

import ast

from tests.house_tests.tree import ROOMS, ROOT, mentions, modules

PUT_OFF = {
    "pytest.mark.skip",
    "pytest.mark.skipif",
    "pytest.mark.xfail",
    "pytest.skip",
    "pytest.xfail",
    "pytest.importorskip",
    "unittest.skip",
}
SLEEP = {"time.sleep", "asyncio.sleep"}
MAY_SLEEP = {
    "tests/kill_tests/conftest.py": "asks a process that was killed or started whether it is there, until a deadline",
    "tests/peers_tests/peers.py": "asks programs of others, which have clocks of their own, until a deadline",
    "tests/sandbox_tests/conftest.py": "asks the sandbox, another process, until a deadline",
}


def unsaid(source: str) -> list[str]:
    """Tests without a docstring."""
    return [test.name for test in _tests(source) if not ast.get_docstring(test)]


def turned_round(source: str) -> list[int]:
    """Lines that assert `found == expected`, where the expected value is a plain constant."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and _turned(node.test)
    ]


def _turned(compared: ast.Compare) -> bool:
    left, right = compared.left, compared.comparators[-1]
    return (
        isinstance(compared.ops[0], ast.Eq)
        and isinstance(right, ast.Constant)
        and not isinstance(left, ast.Constant)
    )


def _tests(source: str) -> list[ast.FunctionDef]:
    tree = ast.walk(ast.parse(source))
    return [node for node in tree if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


def test_every_test_says_its_promise() -> None:
    """Who reads a failure reads what was promised, not how it was tried."""
    assert [] == [(path, name) for path, text in modules("tests").items() for name in unsaid(text)]


def test_the_expected_value_stands_on_the_left() -> None:
    """One order everywhere, so that a failure's two sides are never mixed up."""
    assert [] == [(path, line) for path, text in modules("tests").items() for line in turned_round(text)]


def test_no_test_is_put_off() -> None:
    """A skipped test is a promise that nobody keeps, and nobody sees."""
    assert [] == [path for path, text in modules("tests").items() if mentions(text, PUT_OFF)]


def test_no_test_sleeps() -> None:
    """Time is a manual clock; only what watches another process may wait, on a short list."""
    assert sorted(MAY_SLEEP) == sorted(p for p, text in modules("tests").items() if mentions(text, SLEEP))


def test_test_folders_do_not_take_the_names_of_rooms() -> None:
    """`tests/web` would stand in the way of `web` as soon as a runner puts tests/ on the path."""
    assert set() == {path.name for path in (ROOT / "tests").iterdir()} & set(ROOMS)


def test_what_is_planted_is_seen() -> None:
    """Each of these checks can fail."""
    assert ["test_it"] == unsaid("def test_it(): pass\ndef helper(): pass")
    assert [1] == turned_round("assert f() == 3\nassert 3 == f()\nassert f() == g()")
    assert [2, 3] == mentions(
        "import pytest\n@pytest.mark.skipif(1)\n@pytest.mark.xfail\ndef test(): f()", PUT_OFF
    )
    assert [2] == mentions("from time import sleep as nap\nnap(1)\nself.sleep(1)", SLEEP)
