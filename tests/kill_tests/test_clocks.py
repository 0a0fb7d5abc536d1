"""The clocks as processes: eight at once, one that is stopped and goes on, one that was down, parts apart."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incidents.effects import Opening
from incidents.terms import IncidentType, Kind
from storage.database import sqlite_module
from tests.kill_tests import oracle
from tests.kill_tests.conftest import PATIENCE_SECONDS, Place, ended, until
from tests.kill_tests.test_processes import told
from windows import clocks
from wiring.app import App, build
from wiring.settings import Settings

pytestmark = pytest.mark.kill
INCIDENTS, PER_INCIDENT, SCHEDULERS = 10, 100, 8
STOPPED_SECONDS = float(os.environ.get("STOPPED_SECONDS", "1.5"))
"""How long a process stands still; `make long` takes ten minutes."""


def now() -> datetime:
    """The wall's time, which real processes live by."""
    return datetime.now(UTC)


def many_due(app: App, at: datetime, incidents_: int = INCIDENTS, each: int = PER_INCIDENT) -> None:
    """Windows that fall due in the same instant: a thousand."""
    from coordinator import incidents

    opening = Opening(
        IncidentType.NETWORK_FAULT, 1, "x", (), (), None, at - timedelta(hours=1), None, {}, "person"
    )
    actor_ = app.actor("", "alice")
    opened = [
        app.coordinator.act("open", actor_, incidents.open_incident, opening) for _ in range(incidents_)
    ]
    terms = app.house.pack.terms(Kind.CORRECTION_NOTICE)
    begun = at - timedelta(minutes=30)
    with app.database.transaction() as tx:
        for incident in opened:
            for n in range(each):
                tx.windows.add(
                    clocks.opened(
                        terms,
                        incident=incident.id,
                        level=1,
                        started_at=begun,
                        aware_at=incident.aware_at,
                        now=begun,
                        by="alice",
                        sequence=n + 1,
                    )
                )


def ends(processes: list[Any]) -> list[int]:
    for process in processes:
        process.terminate()
    return [ended(process) for process in processes]


def stands_still(pid: int) -> bool:
    """Whether every thread has taken the stop: the signal comes to each when it is its turn."""
    stats = [task.read_text() for task in Path(f"/proc/{pid}/task").glob("*/stat")]
    return {"T"} == {stat.rpartition(")")[2].split()[0] for stat in stats}


def stops(place: Place, process: Any) -> None:
    """Stop a process where it does not hold the database's one write lock: else it would stop everybody."""

    def stopped() -> bool:
        os.kill(process.pid, signal.SIGSTOP)
        until(lambda: stands_still(process.pid))
        with contextlib.closing(sqlite_module().connect(str(place.home / "tongbao.db"), timeout=0.2)) as line:
            line.isolation_level = None
            try:
                line.execute("BEGIN IMMEDIATE")
                line.execute("ROLLBACK")
            except sqlite_module().OperationalError:
                os.kill(process.pid, signal.SIGCONT)
                return False
        return True

    until(stopped)


CORRECTIONS = "breaches b JOIN windows w ON w.id = b.window_id WHERE w.kind = 'correction_notice'"
"""The breaches of the many; superiors are owed theirs besides."""


def breached(place: Place) -> int:
    with place.record() as record:
        return len(record.rows(f"SELECT 1 FROM {CORRECTIONS}"))


def test_eight_clocks_and_a_thousand_windows_due_in_one_second(place: Place) -> None:
    """Exactly one breach row each, with its due; every rung once; one warning each (I9, I10, I11, I15, M24)."""
    place.begins(1)
    running = [place.turns("clock") for _ in range(SCHEDULERS)]
    until(lambda: SCHEDULERS == place.how_often("the clocks are running"))
    app = build(Settings(), place.home)
    many_due(app, now() + timedelta(seconds=3))
    app.close()
    until(lambda: INCIDENTS * PER_INCIDENT == breached(place))
    assert [0] * SCHEDULERS == ends(running), place.log()

    with place.record() as record:
        oracle.every_rung_once(record)
        rows = record.rows(f"SELECT b.*, w.due_at AS due, w.state FROM {CORRECTIONS}")
        assert {"breached"} == {row["state"] for row in rows}
        assert [] == [row for row in rows if row["due_at"] != row["due"]]
        said = Counter(
            (entry["incident_id"], entry["window"])
            for entry in record.rows(
                "SELECT incident_id, json_extract(data, '$.window') AS window FROM timeline "
                "WHERE kind = 'window_breached' AND json_extract(data, '$.kind') = 'correction_notice'"
            )
        )
        assert (INCIDENTS * PER_INCIDENT, {1}) == (len(said), set(said.values()))
    assert [] == place.verified()


def test_a_stopped_clock_goes_on_and_says_that_it_stood(place: Place) -> None:
    """SIGSTOP over a due instant, then SIGCONT: judged with the true due, the gap as basis (I9, M22)."""
    place.begins(1)
    process = place.turns("clock")
    until(lambda: looked(place))
    stops(place, process)
    app = build(Settings(), place.home)
    many_due(app, now() + timedelta(seconds=1), 1, 3)
    with app.database.transaction() as tx:
        [due] = {w.due_at for w in tx.windows.owed() if w.kind == Kind.CORRECTION_NOTICE}
    app.close()
    until(lambda: now() > due + timedelta(seconds=STOPPED_SECONDS), STOPPED_SECONDS + PATIENCE_SECONDS)
    assert 0 == breached(place)
    os.kill(process.pid, signal.SIGCONT)
    until(lambda: 3 == breached(place))

    assert [0] == ends([process]), place.log()
    with place.record() as record:
        assert {((due - oracle.EPOCH) // timedelta(microseconds=1), "wall_after_gap")} == {
            (row["due_at"], row["basis"]) for row in record.rows(f"SELECT b.* FROM {CORRECTIONS}")
        }
        assert all(
            "coordinator_outage" in row["causes"] for row in record.rows(f"SELECT b.* FROM {CORRECTIONS}")
        )


def looked(place: Place) -> bool:
    """Whether the clocks have turned and said so."""
    with place.record() as record:
        return bool(record.rows("SELECT 1 FROM meta WHERE key = 'tick:clocks'"))


def test_clock_worker_and_web_apart_do_what_run_does(place: Place) -> None:
    """Two clocks, two workers and a web on one home tell everybody once, and end cleanly (I14, I15, M24)."""
    place.begins(1, {"both": 40, "email": 10, "sms": 10})
    assert 0 == ended(place.starts("released", now())), place.log()
    running = [place.turns(*words) for words in (["clock"], ["clock"], ["worker"], ["worker"])]
    running.append(place.turns("web", "--port", "0"))
    until(lambda: told(place))
    until(lambda: (place.home / "server.json").exists())

    assert [0] * 5 == ends(running), place.log()
    assert {1} == set(Counter((row["channel"], row["to"]) for row in place.ledger()).values())
    assert [] == place.verified()


def no_call_is_open(place: Place) -> bool:
    """Whoever was called has a receipt; what was not called when its lease ended waits, in doubt, to be asked about."""
    with place.record() as record:
        states = Counter(
            row["state"] for row in record.rows("SELECT state FROM deliveries WHERE channel = 'sms'")
        )
    return {"delivered": len(place.ledger("sms"))} == {s: n for s, n in states.items() if s != "in_doubt"}


def test_a_worker_stopped_for_longer_than_its_leases_sends_nothing_twice(place: Place) -> None:
    """SIGSTOP in the middle of its calls: another takes over what is free; when it goes on it writes nothing with
    its old epoch and calls nobody whose lease has ended (I4, I6, I14)."""
    place.begins(1, {"sms": 60})
    place.sandbox.dial("twilio", latency_ms=100, receipts="on")
    os.environ["TONGBAO_SMS__LEASE_SECONDS"] = "2"
    try:
        assert 0 == ended(place.starts("released", now())), place.log()
        first = place.serves()
        until(lambda: len(place.ledger("sms")) > 5)
        stops(place, first)
        stopped = now()
        second = place.turns("worker")
        until(lambda: 1 == place.how_often("the delivery is running"))
        until(lambda: now() > stopped + timedelta(seconds=5))
        os.kill(first.pid, signal.SIGCONT)
        until(lambda: no_call_is_open(place))
        assert [0, 0] == ends([first, second]), place.log()
    finally:
        del os.environ["TONGBAO_SMS__LEASE_SECONDS"]
        place.sandbox.calm()
        place.sandbox.dial("twilio", receipts="off")

    assert {1} == set(Counter(row["to"] for row in place.ledger("sms")).values())
    assert [] == place.verified()


def test_a_death_while_a_restored_record_is_put_in_doubt(place: Place) -> None:
    """Killed in the middle of it and started again: one hold, everything asked about, nothing sent (I6, I15)."""
    place.begins(1, {"sms": 12})
    assert 0 == place.plays("released"), place.log()
    shutil.copy(place.home / "tongbao.db", place.home / "backup.db")
    assert 0 == place.plays("hurried"), place.log()
    for name in ("tongbao.db", "tongbao.db-wal", "tongbao.db-shm"):
        (place.home / name).unlink(missing_ok=True)
    (place.home / "backup.db").rename(place.home / "tongbao.db")

    assert -signal.SIGKILL == place.plays("ticked", failpoint="reconcile.before_commit=kill"), place.log()
    assert 0 == place.plays("ticked"), place.log()
    with place.record() as record:
        assert {("in_doubt", 12)} == {
            (row["state"], row["n"])
            for row in record.rows(
                "SELECT state, count(*) AS n FROM deliveries WHERE channel = 'sms' GROUP BY state"
            )
        }
        assert 1 == len(record.rows("SELECT 1 FROM operations WHERE about = 'restored'"))
    assert 12 == len(place.ledger("sms"))
