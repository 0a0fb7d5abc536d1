"""Marks these tests, and leaves them out where the peers are not installed; never in CI. tests/conftest.py says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.peers_tests import peers
from tests.peers_tests.telco import Telco


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    mine = [item for item in items if Path(item.path).is_relative_to(peers.HERE)]
    for item in mine:
        item.add_marker(pytest.mark.peers)
    if peers.left_out():
        items[:] = [item for item in items if item not in mine]
        config.hook.pytest_deselected(items=mine)


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    assert [] == peers.missing(), "install the peers: make peers"


@pytest.fixture
def telco(tmp_path: Path) -> Iterator[Telco]:
    """An operator with a home of its own on real channels; everything is ended afterwards."""
    with ExitStack() as ending:
        yield Telco(tmp_path, ending)
