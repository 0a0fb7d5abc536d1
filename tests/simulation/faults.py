"""What goes wrong: each seed draws a few of these kinds, with their instants. `FAULTS` is the table to extend."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from coordinator.failpoints import POINTS
from tests.simulation.machines import Machine
from tests.simulation.world import SECOND, Process, chance

if TYPE_CHECKING:
    from tests.simulation.sim import Simulation

HOUR = 3600
SHARE = 0.18
"""How likely a seed has each kind of fault."""
LONGEST_TROUBLE = 3 * HOUR
"""So long after the last act a provider is well again; for days it would only be asked again and again."""
SPANS = {3: 3, 6: 4, 12: 3, 20: 2, 40: 2, 90: 1}
"""Simulated hours of a seed, with their weights."""


def arrange(simulation: Simulation) -> int:
    """Draw this world's faults; the instant at which they and the acts end."""
    rng, world = simulation.rng, simulation.world
    hours = chance(rng, SPANS)
    end = world.now + int(hours * HOUR * SECOND)
    simulation.busy_until = world.now + int(min(hours, rng.uniform(1.0, 3.5)) * HOUR * SECOND)
    for name, fault in FAULTS.items():
        if rng.random() < SHARE:
            world.note(f"fault: {name}")
            fault(simulation, simulation.busy_until)
    return end


def providers_well(simulation: Simulation) -> None:
    """The trouble of the providers ends."""
    for channel in simulation.channels.values():
        channel.trouble.calm()


def calm(simulation: Simulation) -> None:
    """Faults stop: everything is up, the providers are well."""
    providers_well(simulation)
    simulation.page.down = []
    simulation.visitor.full_until = 0
    for machine in simulation.machines:
        machine.store.full_until = 0
        machine.process.frozen_until = 0
        machine.start()


def dies(simulation: Simulation, process: Process) -> None:
    """A process of ours is killed, and started again after a while."""
    machine = next((m for m in simulation.machines if m.process is process), None)
    simulation.world.kill(process)
    if machine is None:
        # A one-shot process: the next one is another process of the same name.
        process.alive = True
    else:
        _restart(simulation, machine)


def _restart(simulation: Simulation, machine: Machine) -> None:
    rng = simulation.rng
    down = chance(rng, {rng.uniform(0.1, 3): 5, rng.uniform(3, 120): 4, rng.uniform(300, 3 * HOUR): 3})
    simulation.world.after(down, machine.start)


def _instant(rng: random.Random, begin: int, end: int) -> int:
    """Anywhere, and more often in the first half hour, when most happens."""
    last = end if rng.random() < 0.6 else min(end, begin + HOUR * SECOND // 2)
    return rng.randint(begin, max(begin, last))


def _spans(simulation: Simulation, end: int, longest: float) -> list[tuple[int, int]]:
    rng, now = simulation.rng, simulation.world.now
    found = []
    for _ in range(rng.randint(1, 3)):
        begin = _instant(rng, now, end)
        found.append((begin, begin + int(rng.uniform(1, longest) * SECOND)))
    return found


def _crashes(simulation: Simulation, end: int) -> None:
    rng, world = simulation.rng, simulation.world
    for _ in range(rng.randint(1, 4)):
        machine = rng.choice(simulation.machines)

        def die(m: Machine = machine) -> None:
            if m.process.alive and not simulation.calm:
                dies(simulation, m.process)

        world.at(_instant(rng, world.now, end), die)


def _failpoints(simulation: Simulation, end: int) -> None:
    rng = simulation.rng
    for _ in range(rng.randint(1, 3)):
        simulation.deadly[rng.choice(list(POINTS))] = rng.choice([1, 1, 1, 2, 3, 5])


def _stalls(simulation: Simulation, end: int) -> None:
    """A process stands still at a failpoint, longer than its leases last."""
    rng = simulation.rng
    for _ in range(rng.randint(1, 3)):
        point, count = rng.choice(list(POINTS)), rng.choice([1, 1, 2, 3, 5])
        simulation.slow[point] = (count, rng.choice([90.0, 200.0, 700.0]))


def _power_cut(simulation: Simulation, end: int) -> None:
    """Everybody dies at once; what was committed is there afterwards."""
    rng, world = simulation.rng, simulation.world

    def cut() -> None:
        for machine in simulation.machines:
            if machine.process.alive and not simulation.calm:
                dies(simulation, machine.process)
        world.kill(simulation.web)
        simulation.web.alive = True

    world.at(_instant(rng, world.now, end), cut)


def _pauses(simulation: Simulation, end: int) -> None:
    rng, world = simulation.rng, simulation.world
    for _ in range(rng.randint(1, 5)):
        machine, seconds = rng.choice(simulation.machines), rng.choice([1.5, 4.0, 30.0, 50.0, 130.0, 600.0])

        def stop(m: Machine = machine, s: float = seconds) -> None:
            if not simulation.calm:
                world.freeze(m.process, s)

        world.at(_instant(rng, world.now, end), stop)


def _wall(simulation: Simulation, end: int) -> None:
    """The wall clock steps; a running process does not see it, the next start does."""
    rng, world = simulation.rng, simulation.world
    for machine in simulation.machines:
        off = rng.choice([-HOUR, HOUR, -30.0, 30.0, -10 * 365 * 24 * HOUR])

        def step(m: Machine = machine, seconds: float = off) -> None:
            m.wall_off = seconds
            if m.process.alive and not simulation.calm:
                dies(simulation, m.process)

        world.at(_instant(rng, world.now, end), step)


def _disk_full(simulation: Simulation, end: int) -> None:
    rng, world = simulation.rng, simulation.world
    for begin, until in _spans(simulation, end, rng.choice([90.0, 900.0])):
        machines = simulation.machines if rng.random() < 0.5 else [rng.choice(simulation.machines)]

        def fill(chosen: list[Machine] = machines, t: int = until) -> None:
            if not simulation.calm:
                simulation.world.mishaps.append((simulation.world.now, t))
                for machine in chosen:
                    machine.store.full_until = t
                simulation.visitor.full_until = t if len(chosen) > 1 or rng.random() < 0.5 else 0

        world.at(begin, fill)


def _page(simulation: Simulation, end: int) -> None:
    """Short: the program tries again every second. Often enough to meet a release."""
    rng = simulation.rng
    simulation.page.down = [
        span
        for _ in range(rng.choice([1, 3, 6]))
        for span in _spans(simulation, end, rng.choice([20.0, 60.0, 180.0]))
    ]


def _of(name: str, **drawn: Callable[[random.Random], object]) -> Callable[[Simulation, int], None]:
    """Trouble of one provider, each part drawn."""

    def fault(simulation: Simulation, end: int) -> None:
        for part, draw in drawn.items():
            setattr(simulation.channels[name].trouble, part, draw(simulation.rng))

    return fault


def _outage(name: str, part: str, longest: float) -> Callable[[Simulation, int], None]:
    def fault(simulation: Simulation, end: int) -> None:
        trouble = simulation.channels[name].trouble
        setattr(trouble, part, _spans(simulation, end, longest))
        trouble.hanging = simulation.rng.choice([0.0, 0.5, 1.0])

    return fault


def _nobody_there(simulation: Simulation, end: int) -> None:
    """Some numbers, or all of them, do not exist; some people have said no to the provider."""
    rng = simulation.rng
    numbers = [f"+86138{n:08d}" for n in range(1, 25)]
    share = rng.choice([0.1, 0.3, 1.0])
    simulation.channels["sms"].trouble.dead = frozenset(n for n in numbers if rng.random() < share)
    simulation.channels["sms"].trouble.unwilling = frozenset(n for n in numbers if rng.random() < 0.1)
    boxes = [f"c{n}@example.com" for n in range(1, 25)]
    simulation.channels["email"].trouble.dead = frozenset(n for n in boxes if rng.random() < share / 2)


FAULTS: dict[str, Callable[[Simulation, int], None]] = {
    "a process dies at some instant": _crashes,
    "a process dies at a failpoint": _failpoints,
    "a process stands still at a failpoint": _stalls,
    "the power is cut": _power_cut,
    "a process stands still": _pauses,
    "the wall clock steps": _wall,
    "the disk is full": _disk_full,
    "the page is down": _page,
    "SMS cannot be reached": _outage("sms", "down", 3 * HOUR),
    "mail cannot be reached": _outage("email", "down", 3 * HOUR),
    "the SMS provider answers nothing about the past": _outage("sms", "blind", 4 * HOUR),
    "answers are lost": _of("sms", lost=lambda rng: rng.choice([0.1, 0.5, 1.0])),
    "answers of mail are lost": _of("email", lost=lambda rng: rng.choice([0.1, 0.5])),
    "answers are late": _of("sms", late=lambda rng: rng.choice([0.1, 0.6])),
    "429": _of("sms", throttled=lambda rng: rng.choice([0.1, 0.5, 0.9])),
    "5xx": _of("sms", broken=lambda rng: rng.choice([0.05, 0.5, 1.0])),
    "mail 4yz": _of(
        "email", throttled=lambda rng: rng.choice([0.1, 0.6]), broken=lambda rng: rng.choice([0.0, 0.3])
    ),
    "receipts come twice, early and disordered": _of(
        "sms", receipts_again=lambda rng: 0.6, receipts_early=lambda rng: 0.5
    ),
    "receipts are lost": _of("sms", receipts_lost=lambda rng: rng.choice([0.3, 1.0])),
    "the account is refused": _of("sms", account=lambda rng: rng.choice([0.2, 0.8])),
    "the text is refused": _outage("sms", "content", 1200.0),
    "numbers do not exist": _nobody_there,
}
