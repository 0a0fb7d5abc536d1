"""Deaths that no failpoint can play: of the sandbox, by SIGTERM, at a due instant; and two processes at once."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from coordinator.failpoints import POINTS
from tests.kill_tests import oracle
from tests.kill_tests.conftest import START, Place, ended, until
from tests.kill_tests.test_every_failpoint import RESTARTED, holds

pytestmark = pytest.mark.kill
DUE = timedelta(hours=2)
CLEAN_STOP_SECONDS = 5.0


@pytest.fixture
def slow(place: Place) -> Iterator[Place]:
    """The place, with its sandbox put right again afterwards."""
    yield place
    place.sandbox.start()
    place.sandbox.calm()
    place.sandbox.dial("twilio", receipts="off")


@pytest.mark.parametrize("point", [point for point in POINTS if point.startswith("sweep.")])
def test_a_death_at_the_due_instant(place: Place, point: str) -> None:
    """A window that nobody told is breached once, with its true due instant, whenever the sweep that judged it
    died (I9, I10, I11); the silence opens one progress window."""
    place.begins(1)
    assert 0 == place.plays("ticked"), place.log()
    just_after = START + DUE + timedelta(milliseconds=500)

    assert -signal.SIGKILL == ended(place.starts("ticked", just_after, f"{point}=kill")), place.log()
    assert 0 == ended(place.starts("ticked", just_after + timedelta(seconds=3))), place.log()

    with place.record() as record:
        oracle.one_of_each(record)
        oracle.windows_follow_the_law(record)
        oracle.every_rung_once(record)
        window = record.window("first_notice")
        (breach,) = record.rows(f"SELECT * FROM breaches WHERE window_id = {window['id']}")
        assert (window["id"], window["due_at"]) == (breach["window_id"], breach["due_at"])
        late = breach["recorded_at"] - breach["due_at"] > 1_000_000
        assert ("wall_after_gap" if late else "clock") == breach["basis"]
        assert window["due_at"] == record.window("progress_update")["started_at"]
    assert [] == place.verified()


def test_a_death_among_mails_leaves_no_more_in_doubt_than_the_law_allows(place: Place) -> None:
    """Level 2, killed with mails under way: nobody can be asked and nobody is written to twice, yet the window is
    met, because no more mails are ever under way than may stay unconfirmed (I6, I9)."""
    place.begins(2, {"sms": 30, "email": 3})
    assert -signal.SIGKILL == place.plays("told", failpoint="deliver.after_call=kill@2"), place.log()
    assert 0 == place.plays("told", after=RESTARTED), place.log()

    holds(place, 2)
    with place.record() as record:
        assert "met" == record.window("first_notice")["state"]


@pytest.mark.parametrize(("provider", "channel"), [("twilio", "sms"), ("smtp", "email")])
def test_the_provider_dies_and_comes_back(slow: Place, provider: str, channel: str) -> None:
    """A provider that loses answers, is killed with calls under way and comes back on its ports: what it has taken
    is found, what it has not is sent, nobody is told twice by SMS (I4, I6)."""
    slow.begins(1, {"both": 30})
    slow.sandbox.dial(provider, latency_ms=60, lose_answer=0.5)
    process = slow.starts("hurried", START)
    until(lambda: len(slow.ledger(channel)) > 2)
    os.kill(slow.sandbox.health()["pid"], signal.SIGKILL)
    assert 0 == ended(process), slow.log()

    slow.sandbox.start()
    slow.sandbox.calm()
    slow.sandbox.dial("twilio", receipts="off")
    assert len(slow.ledger(channel)) < 30
    assert 0 == slow.plays("told", after=RESTARTED), slow.log()

    holds(slow, 1)
    with slow.record() as record:
        assert record.in_doubt()


def test_sigterm_in_the_middle_of_a_batch(slow: Place) -> None:
    """Told to end while it sends, `tongbao run` is gone within five seconds, and whoever comes next tells the
    rest: nobody twice, nobody not at all (I1, I4, I6)."""
    slow.begins(1, {"both": 120})
    slow.sandbox.dial("twilio", latency_ms=300)
    slow.sandbox.dial("smtp", latency_ms=300)
    assert 0 == ended(slow.starts("released", datetime.now(UTC))), slow.log()
    process = slow.serves()
    until(lambda: len(slow.ledger("sms")) > 10 and len(slow.ledger("email")) > 10)

    process.terminate()
    asked = time.monotonic()
    assert 0 == ended(process), slow.log()

    assert time.monotonic() - asked <= CLEAN_STOP_SECONDS
    assert len(slow.ledger("sms")) < 120
    slow.sandbox.dial("twilio", latency_ms=0)
    slow.sandbox.dial("smtp", latency_ms=0)
    assert 0 == slow.plays("told", after=RESTARTED), slow.log()
    holds(slow, 1)


def test_two_at_once_tell_nobody_twice(slow: Place) -> None:
    """Two processes that work on one home at the same time do what one would do (I14, I15)."""
    slow.begins(1, {"both": 60, "email": 20, "sms": 20})
    now = datetime.now(UTC)
    both = [slow.starts("released", now), slow.starts("released", now)]
    assert [0, 0] == [ended(process) for process in both], slow.log()

    both = [slow.serves(), slow.serves()]
    until(lambda: told(slow))
    for process in both:
        process.terminate()
    assert [0, 0] == [ended(process) for process in both], slow.log()

    holds(slow, 1)
    assert {1} == set(Counter((row["channel"], row["to"]) for row in slow.ledger()).values())


def told(place: Place) -> bool:
    with place.record() as record:
        return bool(record.rows("SELECT 1 FROM notices WHERE told_at IS NOT NULL"))
