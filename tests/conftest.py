"""What every story is given: a house with its own sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.client import Sandbox
from tests.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A fresh home with its sandbox and its cast; the clock stands at 14:15 in Beijing."""
    sandbox = Sandbox(tmp_path)
    sandbox.start()
    built = House(tmp_path, sandbox)
    yield built
    built.close()
    sandbox.stop()
