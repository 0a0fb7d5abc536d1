"""kill -9 while the holding notice leaves, with SMS down and the approver asleep; then a restart."""

from __future__ import annotations

import signal
from datetime import timedelta

import pytest

from tests.kill_tests.conftest import START, Place

pytestmark = pytest.mark.kill
POINTS = ("holding.before_commit", "sweep.after_commit", "deliver.after_intent", "settle.before_commit")


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_the_lead_it_is_told_by_page_and_email_in_time(place: Place, point: str) -> None:
    """The headline: dead at T+1:40 with the SMS provider down, started again at T+1:44: everybody who has an e-mail
    address is told before 2:00, nobody twice, by one holding notice (I1, I3, I6, I28)."""
    place.begins(1, {"both": 6})
    place.sandbox.dial("twilio", down=1)
    assert 0 == place.plays("confirmed"), place.log()
    lead = START + timedelta(minutes=100) - place.now()

    assert -signal.SIGKILL == place.plays("ticked", lead, f"{point}=kill@1"), place.log()
    assert 0 == place.plays("ticked", timedelta(minutes=4)), place.log()
    place.sandbox.calm()
    place.sandbox.dial("twilio", receipts="off")

    with place.record() as record:
        [window] = record.rows("SELECT state, told_at, due_at FROM windows WHERE kind = 'first_notice'")
        assert ("met", True) == (window["state"], window["told_at"] < window["due_at"])
        [notice] = record.rows("SELECT automatic, page_live_at FROM notices WHERE kind = 'holding_notice'")
        assert (1, True) == (notice["automatic"], notice["page_live_at"] is not None)
    taken = [row["to"] for row in place.ledger("email") if row["accepted"]]
    assert (6, 6, []) == (
        len(taken),
        len(set(taken)),
        [row for row in place.ledger("sms") if row["accepted"]],
    )
    assert [] == place.verified()
