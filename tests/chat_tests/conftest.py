"""A house whose staff have a chat: the sandbox's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.forked import sandbox_in
from tests.house import House
from wiring.settings import Settings


class ChattyHouse(House):
    """What was posted, from the sandbox's own ledger."""

    def posts(self) -> list[dict[str, Any]]:
        return [row for row in self.sandbox.ledger(channel="chat") if row["accepted"]]

    def said(self) -> list[str]:
        """The first line of every post, in order."""
        return [row["body"].partition("\n")[0] for row in self.posts()]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ChattyHouse]:
    """Overrides the house of the other stories; its posts are in English."""
    settings = {"chat": {"provider": "sandbox", "language": "en"}, "paging": {"channels": []}}
    with sandbox_in(tmp_path) as sandbox:
        built = ChattyHouse(tmp_path, sandbox, Settings.model_validate(settings))
        yield built
        built.close()
