"""Clocks: a sweep over a million open windows of which none is due, and a thousand that fall due in one second.

Every turn is a process of its own: `python -m benchmarks.clocks sweep|query|scheduler|due HOME N [SCHEDULERS]`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks import home as homes
from benchmarks.figure import Figure, child, environment, in_turns
from coordinator import incidents, judging
from incidents.terms import Kind
from storage.columns import EPOCH
from storage.database import sqlite_module
from windows import clocks
from windows.window import Window
from wiring.app import App

NOWHERE = "http://127.0.0.1:9"
ROUNDS = 200
JOBS = 5_000
"""Deadlines that the scheduler library is given: more would take it minutes."""
GRACE_SECONDS = 8.0
"""Between laying out the thousand and their due instant: the schedulers, which run already, come to rest."""


def sweep(n: int, pairs: int) -> Figure:
    """Look for what is due among `n` open windows, against the bare indexed query."""
    with tempfile.TemporaryDirectory() as home:
        child("benchmarks.clocks", "lay", home, n)
        ours, peer = in_turns(pairs, lambda: _turn("sweep", home, n), lambda: _turn("query", home, n))
    against = "the bare indexed query, by the driver alone"
    name = f"sweep, {n:,} open windows, none due"
    return Figure(name, against, ours, peer, amount=ROUNDS, at_least=0.5, notes=(SWEEP_NOTE,))


SWEEP_NOTE = (
    "looking for what is due, as every sweep does it; the sweep's own transaction, with its fsync, is the same "
    "for one window and for a million, and is left out on both sides."
)


def jobs(n: int, pairs: int) -> Figure:
    """Take in deadlines: a window each, against a job each of the scheduler library in a database of its own."""

    def ours() -> float:
        with tempfile.TemporaryDirectory() as home:
            return float(child("benchmarks.clocks", "lay", home, n)["seconds"]) / n

    def peer() -> float:
        with tempfile.TemporaryDirectory() as home:
            return float(child("benchmarks.clocks", "scheduler", home, JOBS)["seconds"]) / JOBS

    found = in_turns(pairs, ours, peer)
    scaled = tuple(tuple(one * 1000 for one in side) for side in found)
    against = f"one APScheduler job each, kept in SQLite ({JOBS:,} of them)"
    return Figure(f"deadlines taken in, {n:,}", against, scaled[0], scaled[1], amount=1000, at_least=10)


def due(n: int, schedulers: int, pairs: int) -> Figure:
    """How late the last of `n` breach rows is, all due in one instant, with several `tongbao clock`."""

    def ours() -> float:
        with tempfile.TemporaryDirectory() as home:
            return float(child("benchmarks.clocks", "due", home, n, schedulers)["seconds"])

    late = tuple(ours() for _ in range(pairs))
    name = f"{n:,} windows due at once, {schedulers} schedulers"
    against = "one second after due, by the law"
    return Figure(name, against, late, (1.0,) * pairs, at_most=1.0)


def _turn(role: str, home: str, n: int) -> float:
    return float(child("benchmarks.clocks", role, home, n)["seconds"])


def main() -> int:
    role, home, numbers = sys.argv[1], Path(sys.argv[2]), [int(word) for word in sys.argv[3:]]
    print(json.dumps({"seconds": ROLES[role](home, *numbers)}))
    return 0


def _opened(home: Path) -> App:
    return homes.opened(homes.settings(NOWHERE, home / "public", 8), home)


def _lay(home: Path, n: int) -> float:
    """`n` open windows that are due from tomorrow on; the seconds that their rows took."""
    app = _opened(home)
    one = _window(app, app.clock.now() + timedelta(days=1))
    begun = time.perf_counter()
    for start in range(0, n, 10_000):
        with app.database.transaction() as tx:
            for number in range(start, min(n, start + 10_000)):
                tx.windows.add(_another(one, number))
    taken = time.perf_counter() - begun
    app.close()
    return taken


def _window(app: App, started: Any) -> Window:
    incident = app.coordinator.act("open", homes.ALICE, incidents.open_incident, homes.opening())
    return clocks.opened(
        app.house.pack.terms(Kind.CORRECTION_NOTICE),
        incident=incident.id,
        level=1,
        started_at=started,
        aware_at=incident.aware_at,
        now=started,
        by="alice",
        sequence=1,
    )


def _another(one: Window, number: int) -> Window:
    from dataclasses import replace

    return replace(one, sequence=number + 1)


def _sweep(home: Path, _n: int) -> float:
    """The sweep's look, in one transaction."""
    app = _opened(home)
    now = app.clock.now()
    with app.database.transaction() as tx:
        tx.windows.to_look_at(now, judging.SWEEP_LIMIT)
        begun = time.perf_counter()
        for _ in range(ROUNDS):
            assert not tx.windows.to_look_at(now, judging.SWEEP_LIMIT)
        taken = time.perf_counter() - begun
    app.close()
    return taken


def _query(home: Path, _n: int) -> float:
    with closing(sqlite_module().connect(str(home / "tongbao.db"))) as line:
        text = (
            "SELECT * FROM windows WHERE next_look_at IS NOT NULL AND next_look_at <= ? ORDER BY next_look_at"
        )
        line.execute(text, (0,)).fetchall()
        begun = time.perf_counter()
        for _ in range(ROUNDS):
            line.execute(text, (0,)).fetchall()
        return time.perf_counter() - begun


def _scheduler(home: Path, n: int) -> float:
    """A job per deadline, as the library's own guide has it."""
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    store = SQLAlchemyJobStore(url=f"sqlite:///{home / 'jobs.db'}")
    scheduler = BackgroundScheduler(jobstores={"default": store}, timezone="UTC")
    scheduler.start()
    at = (homes.opening().onset_at or EPOCH) + timedelta(days=1)
    begun = time.perf_counter()
    for number in range(n):
        scheduler.add_job(print, "date", run_date=at, args=[number])
    taken = time.perf_counter() - begun
    scheduler.shutdown(wait=False)
    return taken


def _due(home: Path, n: int, schedulers: int) -> float:
    """Seconds from the due instant to the last breach row, with real processes."""
    app = _opened(home)
    settings = app.settings
    command = [sys.executable, "-m", "cli.main", "clock"]
    variables = environment(TONGBAO_HOME=str(home), **homes.variables(settings))
    running = [_clock(command, variables) for _ in range(schedulers)]
    try:
        for process in running:
            _await(process)
        at = app.clock.now() + timedelta(seconds=GRACE_SECONDS)
        one = _window(app, at - timedelta(minutes=30))
        with app.database.transaction() as tx:
            for number in range(n):
                tx.windows.add(_another(one, number))
        until = time.perf_counter() + 10 * GRACE_SECONDS
        while _breached(home)[0] < n:
            assert time.perf_counter() < until, "the windows were not judged"
            time.sleep(0.1)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()
        app.close()
    return _breached(home)[1]


def _clock(command: list[str], variables: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _await(process: subprocess.Popen[str]) -> None:
    """Until it says that the clocks are running: how long eight of them take to start together is no lateness."""
    assert process.stdout is not None
    assert any("are running" in line for line in process.stdout), "a scheduler ended before it ran"


def _breached(home: Path) -> tuple[int, float]:
    with homes.reader(home) as line:
        number, late = line.execute("SELECT count(*), max(recorded_at - due_at) FROM breaches").fetchone()
    return int(number), (late or 0) / 1_000_000


ROLES: dict[str, Callable[..., float]] = {
    "lay": _lay,
    "sweep": _sweep,
    "query": _query,
    "scheduler": _scheduler,
    "due": _due,
}


if __name__ == "__main__":
    raise SystemExit(main())
