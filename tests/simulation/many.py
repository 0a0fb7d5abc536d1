"""Many seeds: in batches, on one process or on several side by side, with the sums of what they came to."""

from __future__ import annotations

import argparse
import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.memory import MemoryDatabase
    from tests.simulation.sim import Outcome

BATCH = 20
"""Seeds that a process runs before it answers."""


@cache
def database_of_process() -> MemoryDatabase:
    """One for all worlds of a process."""
    from tests.simulation.memory import MemoryDatabase

    return MemoryDatabase()


def run(
    database: MemoryDatabase, seed: int, plant: str | None = None, trace: bool = False, dense: bool = False
) -> Outcome:
    """One seed, with a planted bug or without.

    A bug that is not in the holding notice is looked for in worlds that have none: its seed stays good whatever
    holding notices do. So with planned work and regimes, with families, and with complaints.
    """
    from tests.simulation.planted import FORESEEN, OF_COMPLAINTS, OF_PLANNED, RELATED, planted
    from tests.simulation.sim import Simulation

    bug: AbstractContextManager[None] = planted(plant) if plant else nullcontext()
    with bug:
        foreseen = plant is None or plant in FORESEEN
        with_planned = plant is None or plant in OF_PLANNED
        families = plant is None or plant in RELATED
        complaints = plant is None or plant in OF_COMPLAINTS
        early, dense = bool(plant) and not trace, dense or plant is not None
        what = (foreseen, with_planned, families, complaints)
        return Simulation(seed, database, trace, early, *what, dense).run()


def can_find(plant: str, seed: int) -> bool:
    """Whether this seed's world has what the planted bug is in; a seed that has not need not be run."""
    from tests.simulation.acts_of_planned import drawn
    from tests.simulation.planted import OF_COMPLAINTS, OF_PLANNED, OF_REGIMES, RELATED
    from tests.simulation.sim import has_complaints, has_families

    if plant in RELATED and not has_families(seed):
        return False
    if plant in OF_COMPLAINTS and not has_complaints(seed):
        return False
    works, regimes = drawn(Random(f"planned {seed}"))
    return plant not in OF_PLANNED or (regimes if plant in OF_REGIMES else works)


@dataclass
class Sums:
    """What several seeds came to."""

    done: int = 0
    hours: float = 0.0
    cpu: float = 0.0
    facts: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    """What is said of each seed that does not hold."""

    def add(self, other: Sums) -> None:
        self.done += other.done
        self.hours += other.hours
        self.cpu += other.cpu
        self.facts.update(other.facts)
        self.failed += other.failed


def batch(first: int, count: int, plant: str | None) -> Sums:
    """Run these seeds in this process."""
    begun, sums = time.process_time(), Sums(done=count)
    for seed in range(first, first + count):
        out = run(database_of_process(), seed, plant)
        sums.facts.update(out.facts)
        sums.hours += out.hours
        if out.problems:
            again = f"seed {seed} failed; again: make simulate SEED={seed}"
            sums.failed.append("\n  ".join((again, *out.problems[:6])))
    sums.cpu = time.process_time() - begun
    return sums


def _batches(given: argparse.Namespace) -> Iterator[tuple[int, int]]:
    """First seed and number of each, until all are out or the time is over."""
    begun, first = time.monotonic(), given.first
    if given.seconds is not None:
        while time.monotonic() - begun < given.seconds:
            yield first, BATCH
            first += BATCH
        return
    for first in range(given.first, given.first + given.seeds, BATCH):
        yield first, min(BATCH, given.first + given.seeds - first)


def sums_of(given: argparse.Namespace) -> Iterator[Sums]:
    """The batches' sums in their order; each process has one batch to come."""
    if given.jobs == 1:
        yield from (batch(*one, given.plant) for one in _batches(given))
        return
    with ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn")) as pool:
        running: deque[Future[Sums]] = deque()
        for one in _batches(given):
            running.append(pool.submit(batch, *one, given.plant))
            if len(running) > 2 * given.jobs:
                yield running.popleft().result()
        yield from (one.result() for one in running)
