"""The coverage command: R-numbers against tests, and its own tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.coverage.__main__ import main
from tests.coverage.named import LAW, coverage, named
from tests.docs_tests import pages

SOURCE = '''
"""A module that speaks of R99."""

def test_one():
    """A promise (R01, AMB-03) and R20–R22."""

class TestMore:
    async def test_r07_in_its_name(self): ...

def helper():
    """R50 is no test."""
'''
DEMANDS = """claimed: [{claimed}]
demands:
  R01: {{en: plans, zh-CN: 预案}}
  R02: {{en: revision, zh-CN: 修订}}
"""


def test_every_claimed_demand_has_a_test() -> None:
    """What is claimed to be built is named by a test, and no test names a demand that does not exist."""
    found = coverage()
    assert ([], []) == (found.broken, found.strange)


def test_the_demands_are_those_of_the_handbook_page() -> None:
    """demands.yaml has the codes and words of docs/handbook.md, in both languages."""
    rows = {row[0]: row[1] for row in pages.table("docs/handbook.md", "Demands")}
    found = coverage().demands
    assert rows == {code: said["en"] for code, said in found.items()}
    assert all(said["zh-CN"] for said in found.values())


def test_every_row_of_the_law_has_a_story() -> None:
    """Each move, worked case and known failure of docs/windows.md is named by a test that goes through the whole
    system, and law.yaml has their words."""
    found = coverage(demands=LAW)
    rows = dict(re.findall(r"^\| ([MWK]\d\d) \| ([^|]+?) \|", pages.text_of("docs/windows.md"), re.MULTILINE))
    whole = ("tests/stories/", "tests/clock_tests/", "tests/kill_tests/", "tests/triggers_tests/")

    assert rows == {code: said["en"] for code, said in found.demands.items()}
    assert ([], []) == (found.broken, found.strange)
    assert [] == [
        code for code in found.claimed if not any(t.startswith(whole) for t in found.tests.get(code, ()))
    ]


def test_codes_are_read_from_tests_alone() -> None:
    """Docstrings and names of test functions count, spans are whole; modules and helpers do not."""
    assert {"test_one": ["R01", "R20", "R21", "R22"], "test_r07_in_its_name": ["R07"]} == dict(named(SOURCE))


@pytest.mark.parametrize(
    ("claimed", "docstring", "code", "said"),
    [
        ("R01", "R01", 0, "CLAIMED, NO TEST: none"),
        ("R01, R02", "R01", 1, "CLAIMED, NO TEST: R02"),
        ("R01, R77", "R01", 1, "CLAIMED, NO TEST: R77"),
        ("R01", "R01 and R88", 1, "R88: tests/test_a.py::test_a"),
        ("", "nothing", 0, "not claimed, no test: R01, R02"),
    ],
)
def test_the_exit_code_says_whether_the_claim_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], claimed: str, docstring: str, code: int, said: str
) -> None:
    """Exit 1 when a claimed demand has no test or a test names an unknown one; the words say which."""
    folder, demands = tmp_path / "tests", tmp_path / "demands.yaml"
    folder.mkdir()
    (folder / "test_a.py").write_text(f'def test_a():\n    """{docstring}"""\n', encoding="utf-8")
    demands.write_text(DEMANDS.format(claimed=claimed), encoding="utf-8")

    assert code == main(["--tests", str(folder), "--demands", str(demands), "--lang", "zh-CN"])
    told = capsys.readouterr().out
    assert said in told
    assert "预案" in told
