"""Virtual time and a seeded scheduler: tasks of simulated processes take turns, one at a time.

A task gives way only where the program can be interrupted: between transactions, at provider calls and at
failpoints. The order of what happens at one instant is drawn from the seed.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from typing import Any

import greenlet

SECOND = 1_000_000
"""All instants of a world are microseconds since 1970, true time; no clock of the program shows it."""


class Killed(BaseException):
    """The process died here: nothing after this instant is done, no handler runs, no transaction commits."""


class Task:
    """One thread of one simulated process."""

    def __init__(self, name: str, process: Process, work: Callable[[], None], hub: greenlet.greenlet):
        self.name, self.process, self.life = name, process, process.life
        self.turn = 0
        self.greenlet = greenlet.greenlet(self._run, parent=hub)
        self._work = work

    def _run(self) -> None:
        try:
            self._work()
        except Killed:
            return

    @property
    def dead(self) -> bool:
        return self.life != self.process.life


class Process:
    """One operating-system process: it dies whole, and stands still whole."""

    def __init__(self, name: str):
        self.name = name
        self.life = 0
        self.alive = False
        self.frozen_until = 0
        self.tasks: list[Task] = []


class World:
    """Time, the queue of what happens next, and the tasks."""

    def __init__(self, seed: int, start: int):
        self.rng = random.Random(seed)
        self.start = self.now = start
        self.current: Task | None = None
        self.mishaps: list[tuple[int, int]] = []
        """When a process died, stood still, or could not write."""
        self.turns = 0
        self.locked = False
        """Whether a transaction is open: then nobody else can have a turn."""
        self.trace: list[str] | None = None
        self._queue: list[tuple[int, float, Callable[[], None]]] = []
        self._hub = greenlet.getcurrent()

    def at(self, when: int, what: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (max(when, self.now), self.rng.random(), what))

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        self.at(self.now + int(seconds * SECOND), what)

    def spawn(self, name: str, process: Process, work: Callable[[], None], delay: float = 0.0) -> Task:
        """A new thread of `process`."""
        task = Task(name, process, work, self._hub)
        process.tasks.append(task)
        self.wake(task, delay)
        return task

    def run(self, until: int, enough: Callable[[], bool] = lambda: False) -> None:
        """Let happen what happens until that instant, or until it is enough."""
        while self._queue and self._queue[0][0] <= until and not enough():
            when, _, what = heapq.heappop(self._queue)
            self.now = max(self.now, when)
            self.turns += 1
            what()
        self.now = max(self.now, until)

    def sleep(self, seconds: float) -> None:
        """Give way for so long."""
        self.wake(self._me(), seconds)
        self._hub.switch()

    def park(self) -> None:
        """Give way until somebody wakes this task; who did so before this counts too."""
        self._me()
        self._hub.switch()

    def wake(self, task: Task, delay: float = 0.0) -> None:
        turn = task.turn
        self.after(delay, lambda: self._resume(task, turn))

    def step(self) -> None:
        """A place where another process may have its turn: usually at once, seldom a moment later."""
        if self.current is not None and not self.locked:
            chance = self.rng.random()
            self.sleep(chance * 0.004 if chance < 0.97 else chance * 0.4)

    def kill(self, process: Process) -> None:
        """SIGKILL. Whoever calls this from inside the process must raise Killed afterwards."""
        if not process.alive:
            return
        process.alive = False
        process.life += 1
        self.mishaps.append((self.now, self.now))
        tasks, process.tasks = process.tasks, []
        for task in tasks:
            if task is not self.current:
                self.wake(task)
        self.note(f"{process.name} is killed")

    def freeze(self, process: Process, seconds: float) -> None:
        """SIGSTOP for so long."""
        process.frozen_until = max(process.frozen_until, self.now + int(seconds * SECOND))
        self.mishaps.append((self.now, process.frozen_until))
        self.note(f"{process.name} stands still for {seconds:.0f} s")

    def note(self, text: str) -> None:
        if self.trace is not None:
            self.trace.append(f"{(self.now - self.start) / SECOND:12.3f}  {text}")

    def _me(self) -> Task:
        if self.current is None or self.locked:
            raise RuntimeError("only a task outside a transaction can give way")
        return self.current

    def _resume(self, task: Task, turn: int) -> None:
        if task.greenlet.dead or task.turn != turn:
            return
        if task.process.frozen_until > self.now and not task.dead:
            self.at(task.process.frozen_until, lambda: self._resume(task, turn))
            return
        self.current = task
        task.turn += 1
        try:
            if task.dead and task.greenlet:
                task.greenlet.throw(Killed())
            elif not task.dead:
                task.greenlet.switch()
        finally:
            self.current = None


def chance(rng: random.Random, table: dict[Any, float]) -> Any:
    """A key, by its weight."""
    return rng.choices(list(table), weights=list(table.values()))[0]
