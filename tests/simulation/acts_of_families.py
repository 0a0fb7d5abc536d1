"""What makes families of incidents: a duplicate is opened and merged, areas are split off, customers are imported.

`FAMILY` is the table to extend; only worlds with families draw from it.
"""

from __future__ import annotations

import random
from datetime import timedelta
from types import SimpleNamespace

from coordinator import directory, incidents, merging, splitting, undo
from coordinator.changes import Changes
from incidents.effects import Opening
from incidents.terms import IncidentType
from tests.simulation.acts import OPEN, Desk, Plot, Table
from tests.simulation.law_of_families import after_merge
from tests.simulation.people import AREAS, customer
from tests.simulation.world import chance
from worker import beside

TYPES = (IncidentType.NETWORK_FAULT, IncidentType.SERVICE_INTERRUPTION)
MOST = 4
"""Incidents that run at once before somebody opens or divides no more: a house has few, and a world is to end."""
BATCH = 2
"""Customers of one transaction of an import; the command takes a thousand."""


def begin(plot: Plot) -> None:
    """Let somebody see to families until the day is over."""
    simulation = plot.simulation
    simulation.world.spawn("families", plot.street, lambda: _life(plot, simulation.kin))


def _life(plot: Plot, rng: random.Random) -> None:
    world = plot.simulation.world
    pace = rng.choice([300.0, 700.0, 1800.0])
    world.sleep(rng.choice([5.0, 60.0, 600.0, 4000.0]))
    for name in ("widen", "open beside"):
        plot._act(name, FAMILY)
        world.sleep(rng.uniform(1, 300))
    while world.now < plot.simulation.busy_until:
        world.sleep(rng.expovariate(1 / pace))
        plot._act(chance(rng, {name: weight for name, (weight, _) in FAMILY.items()}), FAMILY)


def _open_beside(desk: Desk) -> None:
    """The same again, as another desk sees it: mostly the same people, known of earlier or later, at another level."""
    rng = desk.rng
    if _enough(desk):
        return
    found = desk.any(f"SELECT type FROM incidents WHERE status IN {OPEN}")
    aware = desk.now() - timedelta(minutes=rng.choice([0, 5, 30, 100, 200]), milliseconds=1)
    kind = IncidentType(found[0]) if found and rng.random() < 0.85 else rng.choice(TYPES)
    opening = Opening(
        type=kind,
        level=rng.choice([1, 2, 2, 3, 3]),
        title="再次接报",
        areas=tuple(rng.sample(AREAS, rng.choice([1, 2, 2, 3]))) if rng.random() < 0.92 else (),
        services=("mobile",) if rng.random() < 0.95 else ("internet",),
        onset_at=aware - timedelta(minutes=rng.uniform(0, 30)) if rng.random() < 0.8 else None,
        aware_at=aware,
        affected=rng.choice([None, 10, 46_000, 2_000_000]),
        cause={},
        source="person",
    )
    opened = desk.do("alice", "open", incidents.open_incident, opening)
    desk.told("opened", opened.reference)


def _enough(desk: Desk) -> bool:
    (running,) = desk.any(f"SELECT count(*) FROM incidents WHERE status IN {OPEN}")
    return bool(running >= MOST)


def _widen(desk: Desk) -> None:
    """More is hit than was thought, so that there is something to divide."""
    found = desk.any(f"SELECT reference FROM incidents WHERE status IN {OPEN}")
    if found:
        areas = desk.rng.choice([AREAS, AREAS, AREAS[:2], AREAS[1:]])
        desk.do("alice", "update", incidents.update, found[0], Changes(areas=areas))


def _merge(desk: Desk) -> None:
    """Mostly two that run; now and then one into itself, or into what is over, which is refused."""
    source = desk.any(f"SELECT reference, type FROM incidents WHERE status IN {OPEN}")
    if source is None:
        return
    which = f"status IN {OPEN} AND reference != '{source[0]}'" if desk.rng.random() < 0.93 else "1"
    same = f" AND type = '{source[1]}'" if desk.rng.random() < 0.6 else ""
    into = desk.any(f"SELECT reference FROM incidents WHERE {which}{same}")
    if into:
        desk.do("alice", "merge", merging.merge, source[0], into[0])
        said = after_merge(desk.simulation.record(), source[0], into[0])
        desk.simulation.broken += [f"windows.md §4: {one}" for one in said]


def _split(desk: Desk) -> None:
    """Some of its areas; now and then all of them, or of one that has only one, which is refused."""
    few = "" if desk.rng.random() < 0.1 else " AND json_array_length(areas) > 1"
    found = desk.any(f"SELECT reference, areas FROM incidents WHERE status IN {OPEN}{few}")
    if found is None or _enough(desk):
        return
    areas = [code for code in AREAS if f'"{code}"' in found[1]]
    most = len(areas) if desk.rng.random() < 0.05 else max(1, len(areas) - 1)
    part = desk.rng.sample(areas, desk.rng.randint(1, most)) if areas else list(AREAS[:1])
    desk.do("alice", "split", splitting.split, found[0], part)


def _slip(desk: Desk) -> None:
    """Somebody joins or divides, and would take it back: that is refused, and what stands before it too."""
    desk.rng.choice([_merge, _merge, _split])(desk)
    desk.simulation.world.sleep(desk.rng.choice([0.1, 5.0, 100.0]))
    found = desk.any("SELECT reference FROM incidents")
    if found:
        Desk(desk.plot).do("alice", "undo", undo.undo, found[0])


def _import(desk: Desk) -> None:
    """A file of customers, in batches, as the command does it: new ones, and some who moved or changed their mind.

    The command looks for whom it brought itself; where it cannot, the engines do.
    """
    rng, plot = desk.rng, desk.plot
    people = [customer(rng, rng.randint(1, 24)) for _ in range(rng.randint(1, 5))]
    rows = list({one.account: one for one in people}.values())
    columns = rng.choice([None, None, ("account", "area", "services", "phone")])
    try:
        for at in range(0, len(rows), BATCH):
            Desk(plot).do("hq", "directory", directory.put_customers, rows[at : at + BATCH], columns)
    finally:
        plot.arrived()
    if rng.random() < 0.5:
        desk.simulation.world.sleep(0.5)
        beside.grow(SimpleNamespace(coordinator=plot.simulation.visitor.coordinator()))  # type: ignore[arg-type]


FAMILY: Table = {
    "open beside": (1.5, _open_beside),
    "widen": (0.8, _widen),
    "merge": (1.6, _merge),
    "split": (1.2, _split),
    "slip": (0.3, _slip),
    "import": (1.2, _import),
}
"""Name -> (weight, what is done)."""
