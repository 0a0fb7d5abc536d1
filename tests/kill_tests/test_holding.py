"""kill -9 while the holding notice leaves, with SMS down and the approver asleep; then a restart."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from reports.verifier.packed import Pack
from tests.kill_tests.conftest import START, Place

pytestmark = pytest.mark.kill
POINTS = ("holding.before_commit", "sweep.after_commit", "deliver.after_intent", "settle.before_commit")


def elsewhere(folder: Path) -> tuple[int, dict[str, object]]:
    """What the proof's own verifier says in a folder without a database, in a bare Python."""
    words = [sys.executable, "-I", "-S", "verify.py", "--json", "pack.zip"]
    done = subprocess.run(words, cwd=folder, env={}, capture_output=True, check=False)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_the_lead_it_is_told_by_page_and_email_in_time(place: Place, point: str) -> None:
    """The headline: dead at T+1:40 with the SMS provider down, started again at T+1:44: everybody who has an e-mail
    address is told before 2:00, nobody twice, by one holding notice (I1, I3, I6, I28, W08)."""
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


def test_the_same_with_300_who_have_no_email(place: Place, tmp_path: Path) -> None:
    """Breached at 2:00 and owed; told late when SMS returns, nobody twice; all of it in a proof that verifies
    elsewhere (I6, I9, I10, I28, R26, R34, W9)."""
    place.begins(1, {"both": 6, "sms": 300})
    place.sandbox.dial("twilio", down=1)
    assert 0 == place.plays("confirmed"), place.log()
    lead = START + timedelta(minutes=100) - place.now()
    assert -signal.SIGKILL == place.plays("ticked", lead, "deliver.after_intent=kill@1"), place.log()
    assert 0 == place.plays("ticked", timedelta(minutes=4)), place.log()
    assert 0 == place.plays("ticked", START + timedelta(minutes=121) - place.now()), place.log()

    first = "SELECT state, duty, causes, due_at, told_at FROM windows WHERE kind = 'first_notice'"
    with place.record() as record:
        [missed] = record.rows(first)
        breaches = "SELECT b.due_at FROM breaches b JOIN windows w ON w.id = b.window_id"
        [breach] = record.rows(f"{breaches} WHERE w.kind = 'first_notice'")
    assert ("breached", "owed", None) == (missed["state"], missed["duty"], missed["told_at"])
    assert "provider" in missed["causes"]
    assert missed["due_at"] == breach["due_at"]
    assert 6 == len([row for row in place.ledger("email") if row["accepted"]])

    place.sandbox.calm()
    place.sandbox.dial("twilio", receipts="off")
    assert 0 == place.plays("ticked", timedelta(minutes=30)), place.log()
    with place.record() as record:
        [told] = record.rows(first)
    assert ("breached", "done", True) == (told["state"], told["duty"], told["told_at"] > told["due_at"])
    for channel, people in (("sms", 306), ("email", 6)):
        taken = [row["to"] for row in place.ledger(channel) if row["accepted"]]
        assert (people, people) == (len(taken), len(set(taken))), channel
    assert [] == place.verified()

    pack = Pack(place.proof(tmp_path).read_bytes())
    code, found = elsewhere(tmp_path)
    whole = {"ok": True, "problems": [], "told": [], "exercise": False}
    assert (0, whole) == (code, {name: found[name] for name in whole})
    [window] = [w for w in json.loads(pack.parts["windows.json"])["windows"] if w["kind"] == "first_notice"]
    assert ("breached", "done") == (window["state"], window["duty"])
