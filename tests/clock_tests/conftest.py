"""The books are opened after each, as after a story."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house import House


@pytest.fixture
def house(house: House) -> Iterator[House]:
    """The house of tests/conftest.py; after the story it is audited."""
    yield house
    house.works()
    assert [] == house.audit()
