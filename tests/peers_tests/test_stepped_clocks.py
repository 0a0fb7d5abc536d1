"""A machine whose clock is wrong or is stepped: Debian's faketime under real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sandbox.client import Sandbox
from storage.database import sqlite_module
from tests.peers_tests import peers

WHERE = ("--area", "ZZ0101", "--service", "mobile")
OPEN = ("open", "--type", "network_fault", "--level", "1", *WHERE, "--title", "x", "--json")
YEARS = timedelta(days=3650)


class Machine:
    """A home on a machine whose wall clock is off by as much as one likes, from the start of each process on."""

    def __init__(self, home: Path):
        self.home = home
        self.step = home / "faketimerc"

    def types(self, *words: str, off: str = "+0") -> Any:
        """What a command that is started `off` the true time answers."""
        said = subprocess.run(
            [sys.executable, "-m", "cli.main", *words],
            env=self.environment(FAKETIME=off),
            cwd=peers.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.returncode in (0, 1), said.stderr
        return json.loads(said.stdout)

    def environment(self, **more: str) -> dict[str, str]:
        """Fixed offset at start; the boot clock stays the machine's, as when somebody sets the date."""
        return {
            **os.environ,
            "TONGBAO_HOME": str(self.home),
            "PYTHONPATH": str(peers.ROOT),
            "LD_PRELOAD": peers.faketime(),
            "DONT_FAKE_MONOTONIC": "1",
            **more,
        }

    def first(self, off: str = "+0") -> Any:
        """The first notice's window on the board, as a command that is started `off` the true time shows it."""
        owed = self.types("board", "--json", off=off)["windows"]
        return next(window for window in owed if window["kind"] == "first_notice")

    def standing(self) -> list[str]:
        return [one["about"] for one in self.types("clock", "status", "--json")["standing"]]

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite_module().connect(f"file:{self.home / 'tongbao.db'}?mode=ro", uri=True)) as line:
            return list(line.execute(sql))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    # The providers are elsewhere, with clocks of their own; and faketime breaks the waiting for a child.
    sandbox = Sandbox(tmp_path)
    sandbox.start()
    yield Machine(tmp_path)
    sandbox.stop()


def test_a_start_an_hour_ahead_and_an_hour_behind(machine: Machine) -> None:
    """An hour ahead is believed at a start; an hour behind the record is not: nothing is un-fired, and a person is
    told that the wall is behind (I9, I11, §4, M21)."""
    machine.types(*OPEN)
    machine.types("tick")
    machine.types("tick", off="+61m")
    window = machine.first("+61m")
    fired = [rung["name"] for rung in window["rungs"] if rung["fired_at"]]
    assert ("open", "50%") == (window["state"], fired[-1])

    machine.types("tick", off="-61m")
    assert window["rungs"] == machine.first()["rungs"]
    [drift] = machine.rows("SELECT alarm, data FROM operations WHERE about = 'wall_clock'")
    assert (1, True) == (drift[0], -7400 < json.loads(drift[1])["seconds"] < -7200)


def test_a_start_ten_years_ahead_and_ten_years_behind(machine: Machine) -> None:
    """Ten years ahead: verdicts with their true due and the gap as basis, customers wait for a person. Ten years
    behind after that: time stands on the record, a person is told (I9, §4)."""
    opened = machine.types(*OPEN)
    # Stood down, so that no update falls due each day of the ten years: tests/clock_tests has such a silence.
    machine.types("resolve", opened["reference"], "--json")
    machine.types("tick")
    machine.types("tick", off="+10y")
    breach = "SELECT b.due_at, b.basis FROM breaches b JOIN windows w ON w.id = b.window_id"
    [(due, basis)] = machine.rows(f"{breach} WHERE w.kind = 'first_notice'")
    said = datetime.fromisoformat(opened["windows"][0]["due_at"]) - datetime(1970, 1, 1, tzinfo=UTC)
    assert (said // timedelta(microseconds=1), "wall_after_gap") == (due, basis)
    assert "long_gap" in machine.standing()

    machine.types("tick", off="-10y")
    assert {"long_gap", "wall_clock"} <= set(machine.standing())
    [board] = [machine.types("board", "--json", off="-10y")]
    assert datetime.fromisoformat(board["at"]) > datetime.now(UTC) + YEARS - timedelta(days=9)


@pytest.mark.parametrize(
    ("gap", "held"), [("30 seconds", False), ("2 hours", False), ("3 days", True)], ids=["30s", "2h", "3d"]
)
def test_down_over_a_due_instant_as_processes(machine: Machine, gap: str, held: bool) -> None:
    """Nobody runs while it falls due: the first process that comes judges with the true due, says whose outage it was,
    and after three days customers wait for a person (I9, M20)."""
    number, unit = gap.split()
    down = timedelta(**{unit: int(number)})
    aware = datetime.now(UTC) - timedelta(hours=2) + timedelta(seconds=15)
    opened = machine.types(*OPEN, "--aware", aware.isoformat())
    machine.types("tick")
    assert "open" == machine.first()["state"]

    machine.types("tick", off=f"+{int(down.total_seconds())}")
    breach = "SELECT b.due_at, b.basis, b.causes FROM breaches b JOIN windows w ON w.id = b.window_id"
    [(due, basis, causes)] = machine.rows(f"{breach} WHERE w.kind = 'first_notice'")
    said = datetime.fromisoformat(opened["windows"][0]["due_at"]) - datetime(1970, 1, 1, tzinfo=UTC)
    assert (said // timedelta(microseconds=1), "wall_after_gap") == (due, basis)
    assert "coordinator_outage" in causes
    assert held == ("long_gap" in machine.standing())


@pytest.mark.parametrize("before", ["2027-03-14 06:30:00", "2027-11-07 05:30:00"], ids=["spring", "autumn"])
def test_two_hours_over_a_switch_as_processes(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """In New York, half an hour before the switch: shortly before 7,200 seconds it is open, after them it is missed
    (I9, I26, M23)."""
    monkeypatch.setenv("TZ", "America/New_York")
    begun = datetime.fromisoformat(before).replace(tzinfo=UTC)
    zone = ZoneInfo("America/New_York")
    assert begun.astimezone(zone).utcoffset() != (begun + timedelta(hours=2)).astimezone(zone).utcoffset()
    window = machine.types(*OPEN, off=faked(begun))["windows"][0]
    started, due = (datetime.fromisoformat(window[name]) for name in ("started_at", "due_at"))
    assert 7200 == (due - started).total_seconds()
    machine.types("tick", off=faked(due - timedelta(seconds=20)))
    breaches = (
        "SELECT b.basis FROM breaches b JOIN windows w ON w.id = b.window_id WHERE w.kind = 'first_notice'"
    )
    assert [] == machine.rows(breaches)
    machine.types("tick", off=faked(due + timedelta(seconds=5)))
    assert [("wall_after_gap",)] == machine.rows(breaches)


def faked(at: datetime) -> str:
    """An absolute start for faketime, which reads it in the zone of its process."""
    return f"@{at.astimezone(ZoneInfo(os.environ['TZ'])):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("off", "about"), [("@1970-01-02 00:00:00", ["implausible_clock"]), ("@2038-01-20 00:00:00", [])]
)
def test_a_first_start_in_1970_and_in_2038(machine: Machine, off: str, about: list[str]) -> None:
    """A fresh home works at either end of time; what cannot be is said to a person (§4)."""
    window = machine.types(*OPEN, off=off)["windows"][0]
    wanted = datetime.fromisoformat(off[1:]).replace(tzinfo=UTC) + timedelta(hours=2)
    assert abs(datetime.fromisoformat(window["due_at"]) - wanted) < timedelta(minutes=2)
    machine.types("tick", off=off)
    assert about == [row[0] for row in machine.rows("SELECT about FROM operations WHERE alarm")]


def test_a_step_while_it_runs_moves_nothing(machine: Machine) -> None:
    """The date is set an hour ahead under running clocks: elapsed time goes on, the disagreement is an alarm, a
    command typed meanwhile does not drag the clocks along, and it ends when the date is right again (§4, M21)."""
    machine.step.write_text("+0\n")
    machine.types(*OPEN)
    log = (machine.home / "clock.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "clock"],
        env=machine.environment(FAKETIME_TIMESTAMP_FILE=str(machine.step), FAKETIME_NO_CACHE="1"),
        cwd=peers.ROOT,
        stdout=log,
        stderr=log,
    )
    try:
        peers.until(lambda: machine.rows("SELECT 1 FROM meta WHERE key = 'tick:clocks'"), "the clocks turn")
        machine.step.write_text("+3h\n")
        drifts = "SELECT data FROM operations WHERE about = 'wall_clock' AND over_at IS NULL AND alarm"
        peers.until(lambda: machine.rows(drifts), "the step is noticed")
        board = machine.types("board", "--json", off="+3h")
        assert abs(datetime.fromisoformat(board["at"]) - datetime.now(UTC)) < timedelta(minutes=2)
        assert "open" == board["windows"][0]["state"]
        machine.step.write_text("+0\n")
        peers.until(lambda: not machine.rows(drifts), "it agrees again")
    finally:
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(20)
        log.close()
