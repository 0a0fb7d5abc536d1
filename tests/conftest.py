"""What every story is given: a house with its own sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forked import sandbox_in
from tests.house import QUIET, House
from tests.peers_tests import peers
from wiring.settings import Settings


@pytest.fixture
def settings() -> Settings:
    """Nobody of the staff is paged; stories of pages override this."""
    return QUIET


@pytest.fixture
def house(tmp_path: Path, settings: Settings) -> Iterator[House]:
    """A fresh home with its sandbox and its cast; the clock stands at 14:15 in Beijing."""
    with sandbox_in(tmp_path) as sandbox:
        built = House(tmp_path, sandbox, settings)
        yield built
        built.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what this machine cannot run. Here, because with several workers only this file is read once."""
    if names := peers.left_out():
        terminalreporter.section("PEERS", sep="!")
        terminalreporter.line(
            f"tests/peers_tests left themselves out: no {', '.join(names)}. To have them: make peers"
        )
