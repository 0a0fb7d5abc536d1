"""A house without providers: reports, search and the log need none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import QUIET, House


class Unplugged:
    """A sandbox that nothing here needs."""

    address = {"http": "http://127.0.0.1:9"}  # noqa: RUF012


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr("sandbox.client.Sandbox", lambda home: Unplugged())
    built = House(tmp_path, Unplugged(), QUIET)  # type: ignore[arg-type]
    yield built
    built.close()
