"""kill -9 at every failpoint from the stored trigger to the settled delivery, then a restart."""

from __future__ import annotations

import signal
from datetime import timedelta

import pytest

from coordinator.failpoints import POINTS
from coordinator.release import FIRST_SLICE
from tests.kill_tests import oracle
from tests.kill_tests.conftest import Place

pytestmark = pytest.mark.kill
RESTARTED = timedelta(minutes=2)
"""When the longest lease is just over."""
FAN_OUT = [point for point in POINTS if point.startswith(("claim.", "deliver.", "settle."))]
"""Passed for the page, the SMS, each chunk of mails, the polls, and again for the resolution notice."""
CALLS = [point for point in FAN_OUT if not point.startswith("claim.")]
CASES = [
    *((point, 1, 1) for point in POINTS if not point.startswith(("reconcile.", "holding.", "drill."))),
    *((point, nth, 1) for point in FAN_OUT for nth in (2, 3)),
    *((point, nth, 2) for point in CALLS for nth in (1, 2, 3)),
]


@pytest.mark.parametrize(("point", "nth", "level"), CASES, ids=str)
def test_a_death_loses_nobody_and_doubles_nobody(place: Place, point: str, nth: int, level: int) -> None:
    """Killed anywhere and started again: everybody is told, nobody twice by SMS, a mail at most once more under
    the same Message-ID, and the windows are right (I1, I2, I3, I4, I6, I7, I9, I11, I16, I20)."""
    place.begins(level)

    died = place.plays("told", failpoint=f"{point}=kill@{nth}")
    assert -signal.SIGKILL == died, f"{point} was not passed {nth} times: {place.log()}"
    assert 0 == place.plays("told", after=RESTARTED), place.log()

    holds(place, level)
    with place.record() as record:
        assert [] == record.rows("SELECT * FROM chat_posts WHERE state IN ('planned', 'calling', 'in_doubt')")


@pytest.mark.parametrize("point", [point for point in POINTS if point.startswith("expand.")])
def test_a_death_between_two_slices(place: Place, point: str) -> None:
    """A crowd larger than the first slice is expanded to the last of it, and nobody of it twice (I3, I4, I20)."""
    place.begins(1, {"sms": FIRST_SLICE + 20})

    assert -signal.SIGKILL == place.plays("told", failpoint=f"{point}=kill@1"), place.log()
    assert 0 == place.plays("told", after=RESTARTED), place.log()

    holds(place, 1)
    assert FIRST_SLICE + 20 == len(place.ledger("sms"))


@pytest.mark.parametrize("point", CALLS)
def test_a_death_during_the_resolution_notice(place: Place, point: str) -> None:
    """Those who were told of the outage are told of its end, and nobody of either twice (I4, I6, I9)."""
    place.begins(1)
    assert 0 == place.plays("told"), place.log()

    assert -signal.SIGKILL == place.plays("whole", failpoint=f"{point}=kill@3"), place.log()
    assert 0 == place.plays("whole", after=RESTARTED), place.log()

    holds(place, 1)
    with place.record() as record:
        assert {"met", "lapsed"} == {
            w["state"] for w in record.rows("SELECT state FROM windows WHERE audience = 'customers'")
        }
        told = record.rows("SELECT * FROM notices WHERE kind = 'resolution_notice' AND told_at IS NOT NULL")
        assert [12] == [notice["audience_size"] for notice in told]
        reports = record.rows(
            "SELECT state FROM windows WHERE clock_start = 'resolved_at' AND told_by = 'report'"
        )
        assert ["open", "open"] == [w["state"] for w in reports]


def holds(place: Place, level: int, *, due: bool = False) -> None:
    """The record and the ledger agree with every promise, staff were posted nothing twice and paged twice only by a
    deliberate re-send, the chain verifies."""
    with place.record() as record:
        oracle.everything_holds(record, level)
        oracle.first_notice_verdict(record, due=due)
        posted = record.rows("SELECT token FROM chat_posts WHERE state = 'posted'")
        resends = {row["id"]: row["resends"] for row in record.rows("SELECT id, resends FROM staff_pages")}
        calling = record.rows("SELECT id FROM staff_pages WHERE state IN ('calling', 'in_doubt')")
    assert [] == calling
    assert {} == {page: n for page, n in place.pages().items() if n > 1 + resends[page]}
    assert sorted(row["token"] for row in posted) == sorted(place.posts())
    assert [] == place.verified()
