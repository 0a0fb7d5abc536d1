"""Simulated processes of the program: the production coordinator, its loops and its clock, over fake surroundings."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from coordinator.act import Actor, House, Lane, StaffPaging
from coordinator.perform import LAST_INSTANT, Coordinator
from incidents.errors import TongbaoError
from incidents.terms import Channel
from notifications.facts import Facts
from notifications.message import Text
from notifications.pages import Page
from playbooks.shelf import library
from rendering.notices import Notices
from tests.simulation.checker import SECRET
from tests.simulation.memory import MemoryDatabase, Store
from tests.simulation.providers import FakeChannel, FakePage
from tests.simulation.world import SECOND, Process, Task, World
from triggers.routing import default
from windows.regimes import Shipped
from windows.rules import handbook
from wiring.app import _setting
from wiring.clock import SystemClock
from wiring.seeds import PEOPLE
from wiring.settings import Settings
from worker import beside, engine, pump

TICK_SECONDS = 0.25
LEFT_OUT = ("drills", "exercises")
"""Loops with nothing to do: no world has an exercise."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Words(Notices):
    """The production phrases; a notice's text only says what it is, so that a checker can read it."""

    def under(self, own: object) -> Words:
        return self

    def text(self, kind: str, channel: str, language: str, facts: Facts) -> Text:
        marks = (kind, channel, language, facts["reference"], facts["number"], facts["next_update"])
        return Text(body="|".join(map(str, marks)), subject=kind if channel != "sms" else "", template="sim")

    def findings(self, path: str, around: object = None) -> list[Any]:
        return []


class Files:
    """A report's file, without its rendering."""

    def files(self, report: Any) -> dict[str, bytes]:
        return {"report.json": repr(report).encode()}


class _Address:
    address: Mapping[str, str] = {"http": "https://notices.example"}


@lru_cache(maxsize=1)
def house() -> House:
    settings = Settings()
    return House(
        pack=handbook(),
        playbooks=library([]),
        routing=default(),
        setting=_setting(settings, _Address()),  # type: ignore[arg-type]
        renderer=Words(),
        reporter=Files(),  # type: ignore[arg-type]
        regimes=Shipped(),
        paging=StaffPaging(channels=()),
        recipient_secret=SECRET,
    )


def lanes(sms_rate: float) -> dict[Channel, Lane]:
    """As wiring builds them, with this many message parts per second."""
    return {
        Channel.WEB: Lane(0, timedelta(seconds=60), 1, can_look_up=False),
        Channel.SMS: Lane(sms_rate, timedelta(seconds=60), 8, can_look_up=True),
        Channel.EMAIL: Lane(0, timedelta(seconds=120), 4, can_look_up=False),
    }


class Clock(SystemClock):
    """The production clock; its wall may be wrong, its boot time is the world's."""

    def __init__(self, world: World, wall_off: float, floor: datetime | None):
        wall = EPOCH + timedelta(microseconds=world.now) + timedelta(seconds=wall_off)
        self._base = (wall if floor is None else max(wall, floor), world.now / SECOND)


class Job:
    """What concurrent.futures calls a future: one call of a provider."""

    def __init__(self, world: World, work: Callable[[], Any]):
        self.world, self._work = world, work
        self.done = False
        self.waiter: Task | None = None
        self._answer: Any = None
        self._error: Exception | None = None

    def carry_out(self) -> None:
        try:
            self._answer = self._work()
        except Exception as error:  # noqa: BLE001 - told to whoever asks for the result
            self._error = error
        self.done = True
        if self.waiter is not None and not self.waiter.dead:
            self.world.wake(self.waiter)

    def result(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._answer


def wait_for(jobs: Sequence[Job], timeout: float | None = None) -> Any:
    """In the place of concurrent.futures.wait: gives way until all are done."""
    for job in jobs:
        job.waiter = job.world.current
    while not all(job.done for job in jobs):
        jobs[0].world.park()
    return SimpleNamespace(not_done=())


class Pool:
    """A few threads of one process that call one provider."""

    def __init__(self, world: World, machine: Machine, threads: int):
        self._world, self._machine, self._threads = world, machine, threads
        self._line: deque[Job] = deque()
        self._busy = 0

    def submit(self, work: Callable[..., Any], *args: Any) -> Job:
        job = Job(self._world, lambda: work(*args))
        self._line.append(job)
        if self._busy < self._threads:
            self._busy += 1
            self._world.spawn(f"call{self._busy}", self._machine.process, self._thread)
        return job

    def _thread(self) -> None:
        while self._line:
            self._line.popleft().carry_out()
        self._busy -= 1

    def map(self, work: Callable[..., Any], *columns: Iterable[Any]) -> list[Any]:
        jobs = [self.submit(work, *row) for row in zip(*columns, strict=True)]
        wait_for(jobs)
        return [job.result() for job in jobs]


class SimApp:
    """What the worker is given: the part of App that it uses."""

    def __init__(
        self, machine: Machine, coordinator: Coordinator, channels: Mapping[str, FakeChannel], page: FakePage
    ):
        self.coordinator, self.house, self.clock = coordinator, coordinator.house, coordinator.clock
        self.strides: dict[str, int] = {}
        self._channels, self._page, self._machine = channels, page, machine

    target_places: Mapping[str, str] = {}
    """Its one publish target is told by the entry's own row: there is nothing to catch up with."""

    def targets(self, *, exercise: bool) -> dict[str, FakePage]:
        return {"first": self._page}

    def channel(self, channel: str, *, exercise: bool) -> FakeChannel:
        return self._channels[str(channel)]

    def pool(self, channel: str) -> Pool:
        return Pool(self._machine.world, self._machine, 3)

    def site_files(
        self,
        own: Mapping[str, Page],
        listed: Sequence[Mapping[str, Page]],
        moved: Sequence[Mapping[str, Page]] = (),
    ) -> dict[str, bytes]:
        """One file per incident: the tokens of its entries; of one that was merged, where it leads."""
        page = own["zh-CN"]
        led = {
            f"incidents/{one['zh-CN'].reference}/": f"-> {one['zh-CN'].moved_to}".encode() for one in moved
        }
        tokens = "\n".join(entry.token for entry in page.entries).encode()
        return {f"incidents/{page.reference}/": tokens, **led}


class Machine:
    """A process that runs the engine: the clocks and every loop, as `worker.engine` names them."""

    def __init__(
        self,
        world: World,
        number: int,
        database: MemoryDatabase,
        channels: Mapping[str, FakeChannel],
        page: FakePage,
        committed: Callable[[int], None],
        failed: Callable[[str, Exception], None],
    ):
        self.world, self.process = world, Process(f"machine{number}")
        self.store = Store(world, database, committed)
        self.wall_off = 0.0
        self.grows = False
        """Whether it looks for whom an import brought, as the engine does beside the clocks."""
        self.rules = house()
        self.app: SimApp
        self.idle: dict[str, Task] = {}
        self.empty: dict[str, int] = {}
        self.timers: dict[str, int] = {}
        self.up_since = self.jumped_at = 0
        self._database, self._channels, self._page, self._failed = database, channels, page, failed

    def start(self) -> None:
        """A new life of this process."""
        if self.process.alive:
            return
        self.process.alive = True
        self.process.frozen_until = 0
        self.store.full_until = 0
        self.up_since = self.world.now
        clock = Clock(self.world, self.wall_off, last_instant(self._database))
        self.app = SimApp(self, Coordinator(self.store, clock, self.rules), self._channels, self._page)
        self.idle, self.empty, self.timers = {}, {}, {}
        works: dict[str, Callable[[], int]] = {
            "sweep": lambda: pump.sweep(self.app),  # type: ignore[arg-type]
            **engine.Engine(self.app)._loops(),  # type: ignore[arg-type]
        }
        for name in LEFT_OUT:
            del works[name]
        if self.grows:
            works["growth"] = lambda: beside.grow(self.app)  # type: ignore[arg-type]
        self.world.note(f"{self.process.name} starts")
        for name, work in works.items():
            self.world.spawn(
                name,
                self.process,
                lambda n=name, w=work: self._loop(n, w),
                self.world.rng.random() * TICK_SECONDS,
            )  # type: ignore[misc]

    def _loop(self, name: str, work: Callable[[], int]) -> None:
        world, life = self.world, self.process.life
        while life == self.process.life:
            try:
                done = work()
            except TongbaoError as refused:
                world.note(f"{self.process.name} {name}: {refused}")
                done = -1
            except Exception as error:  # noqa: BLE001 - whatever a loop does, it is a finding
                self._failed(name, error)
                done = -1
            if done > 0:
                self.empty[name] = 0
                continue
            self.empty[name] = self.empty.get(name, 0) + 1
            task = world.current
            assert task is not None
            self.idle[name] = task
            self.timers.pop(name, None)
            if done < 0:
                # The clocks tick on whatever happens; the other loops wait longer each time.
                world.wake(task, TICK_SECONDS * 2 ** min(self.empty[name], 2 if name == "sweep" else 8))
            self.on_idle(self, name)
            world.park()
            self.idle.pop(name, None)

    on_idle: Callable[[Machine, str], None] = staticmethod(lambda machine, name: None)

    def wake(self, name: str, when: int) -> None:
        """Let a loop that found nothing look again at `when`, unless it will do so before."""
        task = self.idle.get(name)
        if task is None or self.timers.get(name, when + 1) <= when:
            return
        self.timers[name] = when
        self.world.wake(task, max(0, when - self.world.now) / SECOND)

    def catch_up(self, last: datetime) -> None:
        """What the tick of a quarter second does in production: no process stays behind the record."""
        if last - self.app.clock.now() > timedelta(seconds=1):
            self.app.clock.rebase(last)
            self.jumped_at = self.world.now

    def now(self) -> int:
        """What its clock shows, in microseconds."""
        return micros(self.app.clock.now())


def micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def last_instant(database: MemoryDatabase) -> datetime | None:
    row = database.line.execute("SELECT value FROM meta WHERE key = ?", (LAST_INSTANT,)).fetchone()
    return None if row is None else datetime.fromisoformat(row[0])


def actor(name: str) -> Actor:
    return Actor(name, tuple(role.value for role in PEOPLE[name]))


class Visitor:
    """Runs acts of people and of the web in one-shot processes of their own."""

    def __init__(self, world: World, database: MemoryDatabase, committed: Callable[[int], None]):
        self._world, self._database, self._committed = world, database, committed
        self.rules = house()
        self.full_until = 0
        self.machines: list[Machine] = []

    def coordinator(self) -> Coordinator:
        store = Store(self._world, self._database, self._committed)
        store.full_until = self.full_until
        # A command that is typed while others run takes their time; the wall's when nobody runs.
        running = [m for m in self.machines if m.process.alive and m.process.frozen_until <= self._world.now]
        off = self._world.rng.uniform(-0.2, 0.2)
        if running:
            off += (self._world.rng.choice(running).now() - self._world.now) / SECOND
        return Coordinator(store, Clock(self._world, off, last_instant(self._database)), self.rules)
