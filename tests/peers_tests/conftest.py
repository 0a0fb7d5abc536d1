"""Marks these tests, and leaves them out loudly where the peers are not installed; in CI nothing is left out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.peers_tests import peers
from tests.peers_tests.telco import Telco

REQUIRED = bool(os.environ.get("CI")) or os.environ.get("PEERS") == "required"
_left_out: list[str] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    mine = [item for item in items if Path(item.path).is_relative_to(peers.HERE)]
    for item in mine:
        item.add_marker(pytest.mark.peers)
    if peers.missing() and not REQUIRED:
        _left_out.extend(item.nodeid for item in mine)
        items[:] = [item for item in items if item not in mine]
        config.hook.pytest_deselected(items=mine)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _left_out:
        names = ", ".join(peers.missing())
        terminalreporter.section("PEERS", sep="!")
        terminalreporter.line(
            f"{len(_left_out)} tests against real peers did not run: no {names}. Run: make peers"
        )


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    assert [] == peers.missing(), "install the peers: make peers"


@pytest.fixture
def telco(tmp_path: Path) -> Iterator[Telco]:
    """An operator with a home of its own on real channels; everything is ended afterwards."""
    with ExitStack() as ending:
        yield Telco(tmp_path, ending)
