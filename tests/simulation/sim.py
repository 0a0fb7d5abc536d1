"""One seed: a world with machines, people, providers and faults, run to rest and judged."""

from __future__ import annotations

import hashlib
import os
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import wiring.clock
import worker.deliver
import worker.watch
from coordinator import delivery, failpoints, intake
from incidents.errors import TongbaoError
from notifications.message import Receipt
from tests.simulation import (
    acts,
    acts_of_complaints,
    acts_of_families,
    acts_of_planned,
    checker,
    faults,
    proofs,
)
from tests.simulation.machines import EPOCH, Machine, Visitor, lanes, last_instant, wait_for
from tests.simulation.memory import MemoryDatabase
from tests.simulation.people import approved_in_advance, customers, starting_instant
from tests.simulation.providers import Call, FakeChannel, FakePage, Ledger
from tests.simulation.watch import Watch
from tests.simulation.world import SECOND, Killed, Process, World

REST_SECONDS = 20 * 60
"""After the last fault and the last act: look-ups take 5 minutes, a retry waits for at most 5."""
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe")
MOST_RESTS = 4
MOST_TICKS = 6
MOST_TURNS = 80_000
"""Half again what the busiest world takes that is known (who refuses for hours is asked every few minutes), and for
each hour so many more:"""
TURNS_AN_HOUR = 500
HOUR = 3600
ONE_IN_THREE = 1 / 3
KEPT = 0.35
"""Of the worlds that may have families, or planned work and regimes, so many have them: they take several times as long
as the others. A planted bug is looked for in all that may."""

READY = {
    "sweep": """SELECT min(x) FROM (
        SELECT min(next_look_at) AS x FROM windows WHERE next_look_at IS NOT NULL
        UNION ALL SELECT min(due_at) FROM tasks WHERE escalates = 1 AND state = 'open' AND escalated_at IS NULL
        UNION ALL SELECT min(review_at) FROM incidents WHERE review_at IS NOT NULL AND review_recorded = 0
        AND status IN ('pending_confirmation', 'open', 'responding', 'partially_restored', 'restored'))""",
    "in-tray": "SELECT min(received_at) FROM events WHERE state = 'stored'",
    "receipts": "SELECT min(received_at) FROM receipts WHERE merged_at IS NULL",
    "expand": "SELECT min(released_at) FROM notices WHERE state = 'sending' AND expanded = 0",
    **{
        channel: f"""SELECT min(CASE WHEN d.state IN ('planned', 'claimed') AND d.channel != 'web'
        THEN max(d.next_at, n.direct_from) ELSE d.next_at END)
        FROM deliveries d JOIN notices n ON n.id = d.notice_id
        WHERE d.channel = '{channel}' AND d.next_at IS NOT NULL
        AND (n.state IN ('sending', 'told') OR d.state NOT IN ('planned', 'claimed'))"""
        for channel in ("web", "sms", "email")
    },
}
"""When each loop has something to do next. A loop that is not here looks again every five minutes."""
FORESEEN = """SELECT min(x) FROM (SELECT min(act_at) AS x FROM outlooks WHERE next_look_at IS NOT NULL
    UNION ALL SELECT min(o.next_look_at) FROM outlooks o JOIN windows w ON w.id = o."window"
    WHERE w.state = 'open' AND w.due_at - o.next_look_at <= 41 * 60 * 1000000
    UNION ALL SELECT min(w.due_at - 40 * 60 * 1000000) FROM outlooks o JOIN windows w ON w.id = o."window"
    JOIN incidents i ON i.id = w.incident WHERE w.state = 'open' AND i.level = 3
    AND w.due_at - w.started_at >= 80 * 60 * 1000000 AND o.next_look_at <= w.due_at - 40 * 60 * 1000000
    AND o.act_at > w.due_at - 40 * 60 * 1000000)"""
"""When a holding notice may go: at its own instants, every half minute of the last 41, and at the lead of level 3 where
the level has fallen since anybody looked."""


@dataclass
class Outcome:
    """What one seed came to."""

    seed: int
    problems: list[str]
    hours: float
    """Simulated."""
    facts: dict[str, int] = field(default_factory=dict)
    digest: str = ""
    trace: list[str] = field(default_factory=list)


class Simulation:
    """Everything of one seed."""

    def __init__(
        self,
        seed: int,
        database: MemoryDatabase,
        trace: bool = False,
        early: bool = False,
        foreseen: bool = True,
        planned: bool = True,
        families: bool = True,
        complaints: bool = True,
        dense: bool = False,
    ):
        """`early`: the first thing that does not hold is enough; `foreseen`: holding notices may be approved;
        `planned`: there may be planned work, and regimes; `families`: incidents may be merged and split, and customers
        imported; `complaints`: customers may complain; `dense`: each world that may has them."""
        self.early, self.foreseen = early, foreseen
        self.planned = planned and (dense or kept("planned", seed))
        self.kin = Random(f"families {seed}")
        """Draws whether incidents become families here, and when somebody merges, splits or imports."""
        self.related = self.kin.random() < ONE_IN_THREE and families and (dense or kept("families", seed))
        self.grievances = Random(f"complaints {seed}")
        """Draws whether customers complain here, and what people do about it."""
        self.complained = acts_of_complaints.drawn(self.grievances) and complaints
        self.seed, self.database, self.line = seed, database, database.line
        self.world = World(seed, 0)
        self.world.now = self.world.start = starting_instant(self.world.rng)
        self.world.trace = [] if trace else None
        self.rng = self.world.rng
        self.ledger = Ledger(mishaps=self.world.mishaps)
        self.watch = Watch(self.line, self._clocks, lambda: self.world.now)
        self.broken: list[str] = []
        self.acknowledged: list[tuple[str, Any]] = []
        """(what, key) of everything that somebody was told is done: it must be there at the end (I1)."""
        self.web = Process("web")
        self.web.alive = True
        self.passages: dict[str, int] = {}
        self.deadly: dict[str, int] = {}
        """Failpoint -> the passage at which the process dies."""
        self.slow: dict[str, tuple[int, float]] = {}
        """Failpoint -> the passage at which the process stands still, and for how many seconds."""
        self.calm = False

    def run(self) -> Outcome:
        with self._surroundings():
            self._furnish()
            self._live()
        problems = [*self.broken, *self.watch.problems]
        if not self._enough():
            problems += checker.check(self.record())
            problems += self._unproved()
        told = list(dict.fromkeys(problems))
        return Outcome(self.seed, told, self._hours(), self._facts(), self._digest(), self.world.trace or [])

    def record(self) -> checker.Record:
        """What the tables and the providers say now."""
        return checker.Record(
            self.line, self.ledger, self.acknowledged, self.page.files, self.watch.under, self.related
        )

    def _unproved(self) -> list[str]:
        references = [row[0] for row in self.line.execute("SELECT reference FROM incidents ORDER BY id")]
        try:
            by = self.visitor.coordinator()
            return [*proofs.unproved(by, references), *proofs.unwritable(by)]
        except Exception as error:  # noqa: BLE001 - a proof that cannot be made is a finding
            return [f"R34: no proof could be made: {type(error).__name__}: {error}"]

    def _furnish(self) -> None:
        world, rng = self.world, self.rng
        self.database.renew()
        self.foresight = Random(f"holding {self.seed}")
        """Draws what was approved in advance and what people do about it."""
        self.approved = approved_in_advance(self.foresight, world.start) if self.foreseen else None
        self.planning = Random(f"planned {self.seed}")
        """Draws whether there is planned work or a regime, and what people do about it."""
        self.works, self.regimes = acts_of_planned.drawn(self.planning)
        if not self.planned:
            self.works = self.regimes = False
        self.watch.works, self.watch.regimes = self.works, self.regimes
        self.database.plant(customers(rng), self.approved)
        self.channels = {
            name: FakeChannel(world, name, self.ledger, self._called, self._posted)
            for name in ("sms", "email")
        }
        self.page = FakePage(world, self.ledger)
        self.visitor = Visitor(world, self.database, self._visited)
        rules = lanes(rng.choice([0.0, 0.0, 0.0, 1.0, 5.0]))
        self.machines = []
        for number in range(rng.choice([1, 1, 1, 2, 2, 2, 3])):
            machine = Machine(
                world, number, self.database, self.channels, self.page, self._committed, self._failed
            )
            machine.rules = _with_lanes(machine.rules, rules)
            machine.wall_off = rng.uniform(-0.4, 0.4)
            machine.grows = self.related
            machine.on_idle = lambda m, name: self._again(m, name)  # type: ignore[misc]
            machine.start()
            self.machines.append(machine)
        self.visitor.machines = self.machines
        self.visitor.rules = _with_lanes(self.visitor.rules, rules)

    def _live(self) -> None:
        world = self.world
        self.plot = acts.Plot(self)
        end = self.ends_at = faults.arrange(self)
        self.plot.begin()
        if self.related:
            acts_of_families.begin(self.plot)
        if self.complained:
            acts_of_complaints.begin(self.plot, self.grievances)
        world.run(min(end, self.busy_until + faults.LONGEST_TROUBLE * SECOND), self._enough)
        faults.providers_well(self)
        world.run(end, self._enough)
        self.calm = True
        faults.calm(self)
        world.run(world.now + REST_SECONDS * SECOND, self._enough)
        for _ in range(MOST_RESTS):
            if self._at_rest():
                break
            world.run(world.now + REST_SECONDS * SECOND, self._enough)
        self.watch.late()
        self.watch.frozen()
        for machine in self.machines:
            world.kill(machine.process)
        world.kill(self.web)
        self.plot.end()
        world.run(world.now + SECOND)

    def _at_rest(self) -> bool:
        """Whether nothing has begun to go out just now: a holding notice leaves whenever its time comes, and people are
        slow."""
        begun = "SELECT max(at) FROM timeline WHERE kind IN ('holding_sent', 'notice_released')"
        sent = self.line.execute(begun).fetchone()[0]
        last = last_instant(self.database)
        if sent is None or last is None:
            return True
        return (last - EPOCH).total_seconds() - sent / SECOND > REST_SECONDS / 2

    def _enough(self) -> bool:
        restless = self.world.turns > MOST_TURNS + TURNS_AN_HOUR * self._hours()
        if restless and not self.broken:
            self.broken.append("I21: something is done again and again, and the world does not come to rest")
        return restless or (self.early and bool(self.watch.problems or self.broken))

    def _hours(self) -> float:
        return (self.world.now - self.world.start) / SECOND / HOUR

    def _surroundings(self) -> _Surroundings:
        return _Surroundings(self)

    def _clocks(self) -> Iterator[tuple[int, int]]:
        """(what the clock of a machine shows, since when it could look) for each that is up and well."""
        now = self.world.now
        for machine in self.machines:
            if not machine.process.alive:
                continue
            well = max(
                machine.up_since, machine.jumped_at, machine.process.frozen_until, machine.store.full_until
            )
            if well <= now:
                yield machine.now(), now - well

    def _committed(self, changes: int) -> None:
        self.watch.committed(changes)
        if changes > 2:
            self._ring()

    def _visited(self, changes: int) -> None:
        """A person or the web wrote something; a receipt is one row."""
        self.watch.committed(changes)
        self._ring()

    def _ring(self) -> None:
        """Rows have changed: every loop that rests knows when it has something to do."""
        due = {name: self._ready(name) for name in READY}
        last = last_instant(self.database)
        for machine in self.machines:
            if machine.process.alive:
                if last is not None:
                    machine.catch_up(last)
                for name in machine.idle:
                    if name in READY:
                        self._set(machine, name, due[name])

    def _again(self, machine: Machine, name: str) -> None:
        if name in READY:
            self._set(machine, name, self._ready(name))
        else:
            machine.wake(name, self.world.now + 300 * SECOND)

    def _ready(self, loop: str) -> int | None:
        at: int | None = self.line.execute(READY[loop]).fetchone()[0]
        if loop == "sweep" and self.approved is not None:
            (foreseen,) = self.line.execute(FORESEEN).fetchone()
            at = min((one for one in (at, foreseen) if one is not None), default=None)
        if self.works or self.regimes:
            beside = acts_of_planned.next_look(self, loop)
            at = min((one for one in (at, beside) if one is not None), default=None)
        return at

    def _set(self, machine: Machine, name: str, due: int | None) -> None:
        latest = self.world.now + HOUR * SECOND
        tick = int(self.rng.random() * 0.25 * SECOND)
        if due is None:
            when = latest
        else:
            ahead = due - machine.now()
            if ahead <= 0:
                # It looked and took nothing: the production tick would look again and again; rarer is enough.
                ahead = int(0.25 * SECOND * (2 ** min(machine.empty.get(name, 0), MOST_TICKS) - 1))
            when = min(latest, self.world.now + ahead + tick)
        if name == "sweep" or due is not None:
            machine.wake(name, when)

    def _failed(self, where: str, error: Exception) -> None:
        if getattr(error, "planted", False):
            return
        said = f"I23: {where} broke: {type(error).__name__}: {error}"
        if said not in self.broken:
            self.broken.append(said)
            self.world.note("".join(traceback.format_exception(error)))

    def passed(self, name: str) -> None:
        """A failpoint: here a process may die, and where no transaction is open another has its turn."""
        task = self.world.current
        if task is None:
            return
        count = self.passages[name] = self.passages.get(name, 0) + 1
        if self.deadly.get(name) == count and not self.calm:
            self.world.note(f"dies at {name}")
            faults.dies(self, task.process)
            raise Killed
        if self.world.locked:
            return
        at, seconds = self.slow.get(name, (0, 0.0))
        if at == count and not self.calm:
            self.world.freeze(task.process, seconds)
        self.world.step()

    def _called(self, call: Call) -> None:
        self.watch.called(call.channel, call.attempt, call.notice, call.to)

    def _posted(self, delay: float, receipt: Receipt) -> None:
        """A receipt comes to the web door after `delay` seconds; the provider tries twice."""

        def post(again: bool) -> None:
            try:
                self.visitor.coordinator().system(delivery.store_receipt, receipt)
            except TongbaoError:
                if again:
                    self.world.sleep(15.0)
                    post(again=False)
                return
            self.acknowledged.append(("receipt", (receipt.attempt, receipt.status.value)))

        self.world.spawn("callback", self.web, lambda: post(again=True), delay)

    def _facts(self) -> dict[str, int]:
        count = self.line.execute
        return {
            "incidents": count("SELECT count(*) FROM incidents").fetchone()[0],
            "windows": count("SELECT count(*) FROM windows").fetchone()[0],
            "met": count("SELECT count(*) FROM windows WHERE state = 'met'").fetchone()[0],
            "breached": count("SELECT count(*) FROM windows WHERE state = 'breached'").fetchone()[0],
            "released": count("SELECT count(*) FROM notices WHERE released_at IS NOT NULL").fetchone()[0],
            "calls": len(self.ledger.calls),
            "taken": len(self.ledger.taken),
            "refused acts": self.plot.refused,
            "acts": self.plot.done,
        }

    def _digest(self) -> str:
        """Equal for equal runs: the timelines, the verdicts and the ledger."""
        digest = hashlib.sha256()
        for sql in (
            "SELECT incident_id, sequence, at, kind, hash FROM timeline ORDER BY 1, 2",
            "SELECT id, state, due_at, told_at FROM windows ORDER BY 1",
        ):
            digest.update(repr(self.line.execute(sql).fetchall()).encode())
        digest.update(repr(self.ledger.taken).encode())
        return digest.hexdigest()[:16]


def has_families(seed: int) -> bool:
    """Whether incidents become families in the world of this seed."""
    return Random(f"families {seed}").random() < ONE_IN_THREE


def has_complaints(seed: int) -> bool:
    """Whether customers complain in the world of this seed."""
    return acts_of_complaints.drawn(Random(f"complaints {seed}"))


def kept(what: str, seed: int) -> bool:
    """Whether a world that may have families, or planned work and regimes, has them."""
    return Random(f"{what} kept {seed}").random() < KEPT


def _with_lanes(rules: Any, found: Any) -> Any:
    from dataclasses import replace

    return replace(rules, lanes=found)


BREAKS = "breaks-the-reader"


def _breaks(body: bytes) -> Any:
    error = ZeroDivisionError("a body that nobody thought of")
    error.planted = True  # type: ignore[attr-defined]
    raise error


def _boot(world: World) -> Callable[[], float]:
    return lambda: world.now / SECOND


INSTEAD: tuple[tuple[Any, str, Callable[[World], Any]], ...] = (
    (wiring.clock, "boot_seconds", _boot),
    (worker.deliver, "boot_seconds", _boot),
    (worker.watch, "boot_seconds", _boot),
    (worker.deliver, "wait", lambda world: wait_for),
)


class _Surroundings:
    """What the program asks of its machine, answered by the world: boot time, zone, failpoints."""

    def __init__(self, simulation: Simulation):
        self._simulation = simulation

    def __enter__(self) -> None:
        world = self._simulation.world
        self._before = [(where, name, getattr(where, name)) for where, name, _ in INSTEAD]
        self._zone = os.environ.get("TZ")
        for where, name, made in INSTEAD:
            setattr(where, name, made(world))
        failpoints.on_pass = self._simulation.passed
        intake.FORMATS[BREAKS] = _breaks  # type: ignore[index]
        os.environ["TZ"] = world.rng.choice(ZONES)
        time.tzset()

    def __exit__(self, *_: object) -> None:
        for where, name, was in self._before:
            setattr(where, name, was)
        failpoints.on_pass = None
        del intake.FORMATS[BREAKS]  # type: ignore[attr-defined]
        os.environ.pop("TZ", None)
        if self._zone is not None:
            os.environ["TZ"] = self._zone
        time.tzset()
        self._simulation.world.locked = False
