"""A real SQLite home with the seed tree, and verbs called the way wiring calls them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from coordinator.act import Act, Actor, House
from coordinator.directory import import_areas, import_services
from notifications.imports import load_seed
from storage.database import Database

NOW = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)
ALICE = Actor("alice", ("duty_manager",))


class Home:
    """One database; `does` runs a verb in its own transaction and gives its result."""

    def __init__(self, path: Path):
        self.database = Database(path)
        self.database.create()

    def does(self, verb: Callable[..., Any], *arguments: Any) -> Any:
        with self.database.transaction() as tx:
            result, effects = verb(Act(tx, NOW, ALICE, cast(House, None)), *arguments)
        assert [] == effects
        return result


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "t.db")
    yield home
    home.database.close()


@pytest.fixture
def home(empty: Home) -> Home:
    areas, services = load_seed()
    empty.does(import_areas, areas)
    empty.does(import_services, services)
    return empty
