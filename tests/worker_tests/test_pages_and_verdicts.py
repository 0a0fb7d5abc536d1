"""Verdicts come before rounds of pages, and a round does not wait for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.house import START, House
from wiring.settings import Settings
from worker import pump

SECOND = timedelta(seconds=1)


@pytest.fixture
def settings() -> Settings:
    """Staff are paged as they are by default."""
    return Settings()


@pytest.mark.parametrize(
    ("verdict", "waited", "next_"),
    [
        (timedelta(0), timedelta(milliseconds=999), False),
        (timedelta(0), SECOND, True),
        (-timedelta(hours=3), SECOND, True),
        (timedelta(minutes=5), timedelta(0), True),
        (timedelta(minutes=5), -SECOND, False),
    ],
    ids=["a verdict is first", "waited a second", "busy for hours", "nothing to judge", "not due yet"],
)
def test_a_round_waits_for_verdicts_a_second_at_most(
    house: House, verdict: timedelta, waited: timedelta, next_: bool
):
    """After a gap staff are paged about the newest window; a look that never ends silences no page (I23)."""
    house.alice.opens(level=1)
    with house.app.database.transaction() as tx:
        for table, at in (("windows", START + verdict), ("call_outs", START - waited)):
            column = "next_look_at" if table == "windows" else "next_at"
            micros = int(at.timestamp() * 1_000_000)
            said = f"UPDATE {table} SET {column} = {micros} WHERE {column} IS NOT NULL"
            assert 0 < tx._connection.execute(text(said)).rowcount

    assert next_ == house.app.coordinator.glance(pump._pages_are_next)
