"""One home after another on one sandbox, and processes that are quick to start and die like any other."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from coordinator.act import SYSTEM, Act, Actor
from coordinator.perform import LAST_INSTANT
from coordinator.verify import verify
from notifications.directory import Customer
from reports.verifier.packed import Pack
from sandbox.client import Sandbox
from storage.database import Database
from tests.books import is_page
from tests.forked import processes
from tests.kill_tests import actor
from tests.kill_tests.oracle import Record
from wiring.app import MARK, build
from wiring.clock import ManualClock
from wiring.proofs import write_proof
from wiring.settings import Settings

START = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)
CROWD = {"both": 4, "email": 5, "sms": 3, "nothing": 1}
PATIENCE_SECONDS = 60
_numbers = count(1)
"""Nobody is a customer twice: a look-up of one story must not find the text of another."""


class Place:
    """A home whose database is laid out anew for each story, and its sandbox with one ledger for all."""

    def __init__(self, home: Path):
        self.home = home
        self.sandbox = Sandbox(home)
        self.sandbox.start()
        self.sandbox.dial("twilio", receipts="off")
        self.customers: list[Customer] = []
        self._since = 0
        self._running: list[Any] = []

    def begins(self, level: int, crowd: dict[str, int] = CROWD) -> None:
        """A fresh home with customers and an alarm of this level."""
        self.clears()
        for old in (*self.home.glob("tongbao.db*"), *self.home.glob(f"{MARK}*")):
            old.unlink()
        shutil.rmtree(self.home / "public", ignore_errors=True)
        (self.home / "public").mkdir()
        (self.home / actor.LOG).write_text("")
        (self.home / actor.ALARM).write_bytes(alarm(level))
        self._since = max((row["id"] for row in self.sandbox.ledger(after=self._since)), default=self._since)
        self.customers = [customer(kind) for kind, number in crowd.items() for _ in range(number)]
        app = build(Settings(), self.home, ManualClock(START))
        with app.database.transaction() as tx:
            tx.directory.put_customers(self.customers)
        app.close()

    def starts(self, stage: str, at: datetime, failpoint: str = "") -> Any:
        """A process that plays `stage` at an instant of virtual time."""
        return self._started(actor.run, stage, at, failpoint)

    def plays(self, stage: str, after: timedelta = timedelta(), failpoint: str = "") -> int:
        """The exit code of a process that played `stage`, `after` the last instant on the record; minus the
        signal that ended it."""
        return ended(self.starts(stage, self.now() + after, failpoint))

    def serves(self) -> Any:
        """A process in which everything runs, on the clock of the wall."""
        return self._started(actor.serve)

    def turns(self, *words: str) -> Any:
        """A process in which a part of it all runs: clock, worker or web."""
        return self._started(actor.turns, *words)

    def _started(self, what: Callable[..., None], *args: Any) -> Any:
        process = processes.Process(target=what, args=(self.home, *args))
        process.start()
        self._running.append(process)
        return process

    def clears(self) -> None:
        """End what a story that failed left running."""
        for process in self._running:
            if process.is_alive():
                process.kill()
                process.join()
        self._running.clear()

    def now(self) -> datetime:
        """The last instant on the record, else that of the alarm."""
        database = Database(self.home / "tongbao.db")
        with database.transaction() as tx:
            last = tx.meta.instant(LAST_INSTANT)
        database.close()
        return last or START

    def verified(self) -> list[str]:
        """Every problem with chains, batch roots, texts and breach rows."""
        app = build(Settings(), self.home, ManualClock(START))
        with app.database.transaction() as tx:
            problems, _ = verify(Act(tx, START, SYSTEM, app.house))
        app.close()
        return problems

    def proof(self, folder: Path) -> Path:
        """The archive of the story's incident with its own verifier beside it: all that an outsider is given."""
        app = build(Settings(), self.home, ManualClock(self.now()))
        with app.database.transaction() as tx:
            [incident] = tx.incidents.all()
        write_proof(app, Actor("alice", ("duty_manager",)), incident.reference, folder / "pack.zip")
        app.close()
        (folder / "verify.py").write_bytes(Pack((folder / "pack.zip").read_bytes()).parts["verify.py"])
        return folder / "pack.zip"

    def log(self) -> str:
        """The end of what the processes of this story said."""
        return self._said()[-3000:]

    def how_often(self, words: str) -> int:
        """How often the processes of this story said these words."""
        return self._said().count(words)

    def _said(self) -> str:
        return (self.home / actor.LOG).read_text()

    @contextmanager
    def record(self) -> Iterator[Record]:
        """The tables and the ledger of this story, for the oracle."""
        found = Record(self.home, self.ledger())
        yield found
        found.close()

    def ledger(self, channel: str = "") -> list[dict[str, Any]]:
        """What reached the providers of customers in this story."""
        filters = {"channel": channel} if channel else {}
        rows = self.sandbox.ledger(after=self._since, **filters)
        return [row for row in rows if row["channel"] != "chat" and not is_page(row)]

    def pages(self) -> dict[int, int]:
        """Page -> how often a provider took it in this story."""
        rows = self.sandbox.ledger(after=self._since)
        taken = [row["attempt"] for row in rows if row["accepted"] and is_page(row)]
        return Counter(int(attempt.removeprefix("page").partition(".")[0]) for attempt in taken)

    def posts(self) -> list[str]:
        """The tokens of what staff were posted in this story."""
        rows = self.sandbox.ledger(after=self._since, channel="chat")
        return [row["attempt"] for row in rows if row["accepted"]]


def ended(process: Any) -> int:
    """The exit code of a process that ends by itself."""
    process.join(PATIENCE_SECONDS)
    return int(process.exitcode)


def until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for what another process does; fails when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def alarm(level: int) -> bytes:
    labels = {"alertname": "CellSitesDown", "area": "ZZ0101", "service": "mobile", "level": str(level)}
    firing = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": "滨江区41个基站退服", "affected_users": "46000"},
        "startsAt": "2026-10-14T06:10:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "1a30ba71cca2921f",
    }
    return json.dumps({"version": "4", "status": "firing", "alerts": [firing]}).encode()


def customer(kind: str) -> Customer:
    n = next(_numbers)
    return Customer(
        account=f"K{n:07d}",
        name=f"客户{n}",
        phone=f"+86138{n:08d}" if kind in ("both", "sms") else None,
        email=f"k{n}@example.com" if kind in ("both", "email") else None,
        language="en" if n % 3 == 0 else "zh-CN",
        area="ZZ0101",
        services=("mobile",),
        segment="consumer",
        marketing_opt_out=False,
        service_opt_out=False,
    )


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    built = Place(tmp_path_factory.mktemp("kill"))
    yield built
    built.clears()
    built.sandbox.stop()
