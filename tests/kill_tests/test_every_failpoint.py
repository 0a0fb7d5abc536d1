"""kill -9 at every failpoint from the stored trigger to the settled delivery, then a restart."""

from __future__ import annotations

import signal
from datetime import timedelta

import pytest

from coordinator.failpoints import POINTS
from tests.kill_tests import oracle
from tests.kill_tests.conftest import Place

pytestmark = pytest.mark.kill
RESTARTED = timedelta(minutes=2)
"""When the longest lease is just over."""
LATER = timedelta(minutes=5)
FAN_OUT = ("claim.", "deliver.", "settle.")
"""These are passed once per lane and chunk: the page, the SMS, the mails."""
CASES = [
    *((point, 1, 1) for point in POINTS),
    *((point, nth, 1) for point in POINTS if point.startswith(FAN_OUT) for nth in (2, 3, 4)),
    *((point, nth, 2) for point in POINTS if point.startswith(FAN_OUT[1:]) for nth in (1, 2, 3, 4)),
]


@pytest.mark.parametrize(("point", "nth", "level"), CASES, ids=lambda value: str(value))
def test_a_death_loses_nobody_and_doubles_nobody(place: Place, point: str, nth: int, level: int):
    """Killed anywhere and started again: everybody is told, nobody twice by SMS, a mail at most once more under
    the same Message-ID, and the windows are right (I1, I2, I3, I4, I6, I7, I9, I11, I16, I20)."""
    place.begins(level)

    died = place.plays("whole", failpoint=f"{point}=kill@{nth}")
    assert -signal.SIGKILL == died, f"{point} was not passed {nth} times: {place.log()}"

    assert 0 == place.plays("told", after=RESTARTED), place.log()
    holds(place, level)
    assert 0 == place.plays("whole", after=LATER), place.log()
    holds(place, level)


def holds(place: Place, level: int) -> None:
    """The record and the ledger agree with every promise, and the chain verifies."""
    record = oracle.Record(place.home, place.ledger())
    try:
        oracle.everything_holds(record, level)
        if not record.rows("SELECT * FROM notices WHERE kind = 'resolution_notice'"):
            oracle.first_notice_verdict(record)
    finally:
        record.close()
    assert [] == place.verified()
