"""What people do about planned work and about regulators, in the worlds that have them.

Planned work is put on the record hours or days ahead, moved, cancelled, begun, completed early, late or not at all; its
notice is written. Regimes are switched on and off, their questions answered, their reports made in time, late
or never. Everything here draws from a sequence of its own, so that every other world stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from coordinator import incidents, intake, notices, planned, regimes, windows
from coordinator.changes import Changes
from incidents.terms import Kind
from tests.simulation.law_of_planned import nobody_forgotten
from tests.simulation.machines import EPOCH
from tests.simulation.people import AREAS
from tests.simulation.world import SECOND, chance

if TYPE_CHECKING:
    from tests.simulation.acts import Desk, Plot
    from tests.simulation.sim import Simulation

Table = dict[str, tuple[float, Callable[["Desk"], None]]]
AHEAD = "('scheduled', 'in_progress')"
WEATHER = {"zh-CN": "天气原因", "en": "because of the weather"}
PACKS = ("us.fcc.nors", "eu.nis2", "eu.dora", "cn.pipl.57")
SLOW = 3600.0
"""Seconds between two acts when the busy hours are over: what has days to be done is done then."""
HALF = 0.5
"""The share of works that somebody looks after who wavers."""
WATCHED = 400
"""So often one looks, 20 times a second, whether a correction has begun to leave."""
NOTHING_ELSE = 0.36
"""The share of worlds that have planned work, regimes, or both."""


def drawn(rng: Random) -> tuple[bool, bool]:
    """Whether a world has planned work, and whether it has regimes."""
    share = rng.random()
    return share < NOTHING_ELSE * 2 / 3, NOTHING_ELSE / 3 <= share < NOTHING_ELSE


def begin(plot: Plot) -> None:
    """Somebody who looks after the works, and somebody who looks after the regulators."""
    simulation = plot.simulation
    if simulation.works:
        simulation.world.spawn("works", plot.street, lambda: _works(plot, simulation.planning))
        wavers = Random(f"wavering {simulation.seed}")
        if wavers.random() < HALF:
            simulation.world.spawn("wavering", plot.street, lambda: _wavering(plot, wavers))
    if simulation.regimes:
        simulation.world.spawn("regimes", plot.street, lambda: _regimes(plot, simulation.planning))


def next_look(simulation: Simulation, loop: str) -> int | None:
    """When a loop has something to do because of planned work or a regime, beside all else."""
    line = simulation.line
    if loop == "sweep":
        ends = f"SELECT min(planned_end_at) FROM incidents WHERE status IN {AHEAD}"
        found = [line.execute(ends).fetchone()[0]]
        for (text,) in line.execute("SELECT value FROM meta WHERE key = 'regimes_look_at' AND value != ''"):
            found.append((datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1))
        return min((at for at in found if at is not None), default=None)
    if loop == "in-tray":
        firing = (
            f"SELECT min(CASE WHEN i.status IN {AHEAD} THEN i.planned_end_at ELSE 0 END) FROM alarms a"
            " JOIN incidents i ON i.id = a.incident_id WHERE a.status = 'firing' AND i.planned_end_at IS NOT NULL"
        )
        at: int | None = line.execute(firing).fetchone()[0]
        return at
    return None


def _works(plot: Plot, rng: Random) -> None:
    for _ in range(rng.choice([1, 1, 2])):
        plot._act("plan", WORKS)
        plot.simulation.world.sleep(rng.uniform(1, 600))
        if rng.random() < 0.7:
            _written(plot, rng)
    _goes_on(plot, rng, WORKS, rng.choice([300.0, 600.0, 1500.0]))


def _written(plot: Plot, rng: Random) -> None:
    """Its notice is submitted, and soon approved."""
    plot._act("announce", WORKS)
    for _ in range(3):
        plot.simulation.world.sleep(rng.uniform(1, 200))
        plot._act("approve")


def _regimes(plot: Plot, rng: Random) -> None:
    if rng.random() < 0.4:
        plot.simulation.world.sleep(rng.uniform(60, 3600))
    for _ in range(rng.choice([1, 2, 3])):
        plot._act("switch on", REGIMES)
    _goes_on(plot, rng, REGIMES, rng.choice([240.0, 600.0, 1500.0]))


def _wavering(plot: Plot, rng: Random) -> None:
    """Somebody who takes a move back while its correction goes out, and says on the stroke that a work is over."""
    world = plot.simulation.world
    while world.now < plot.simulation.ends_at:
        busy = world.now < plot.simulation.busy_until
        world.sleep(rng.expovariate(1 / (900.0 if busy else SLOW)))
        name = rng.choice(["to and fro", "to and fro", "on the stroke"]) if busy else "to and fro"
        act = {"to and fro": _to_and_fro, "on the stroke": _on_the_stroke}[name]
        plot._act(name, {name: (1.0, lambda desk, act=act: act(desk, rng))})  # type: ignore[misc]


def _to_and_fro(desk: Desk, rng: Random) -> None:
    """Moved on, and its correction written and approved; moved once more as soon as that has reached somebody, then
    back to the times that it said."""
    rows = desk.simulation.line.execute(
        "SELECT i.reference, i.planned_start_at, i.planned_end_at, i.id FROM incidents i WHERE i.status = 'scheduled'"
        " AND EXISTS (SELECT 1 FROM notices n WHERE n.incident = i.id AND n.kind = 'planned_work_notice'"
        " AND n.page_live_at IS NOT NULL)"
    ).fetchall()
    if not rows:
        return
    reference, began, ended, number = rng.choice(rows)
    once, again = timedelta(minutes=rng.choice([30, 60])), timedelta(minutes=rng.choice([100, 200]))
    start, end = _at(began), _at(ended)
    _moves(desk, reference, start + once, end + once)
    _correct(desk, number)
    if not _leaves(desk, number):
        return
    _moves(desk, reference, start + again, end + again)
    _moves(desk, reference, start + once, end + once)
    # Looked at now: a later move may tell everybody anew.
    said = [one for one in nobody_forgotten(desk.simulation.record()) if one.startswith(f"work {number} ")]
    desk.simulation.broken += [f"windows.md M28: {one}" for one in said]
    _correct(desk, number)


def _moves(desk: Desk, reference: str, start: datetime, end: datetime) -> None:
    desk.do("alice", "planned", planned.change, reference, start, end, "the spare part is late")


def _correct(desk: Desk, work: int) -> None:
    """Submit the correction of its times that is drafted, and approve it."""
    drafted = "SELECT id FROM notices WHERE incident = ? AND kind = 'correction_notice' AND state = 'draft'"
    for (draft,) in desk.simulation.line.execute(drafted, (work,)).fetchall():
        notice = desk.do("carol", "submit", notices.submit, draft)
        desk.do("bob", "approve", notices.approve, notice.id)


def _leaves(desk: Desk, work: int) -> bool:
    """Wait until a correction of it has reached somebody and still goes out."""
    going = (
        "SELECT count(*) FROM deliveries d JOIN notices n ON n.id = d.notice_id WHERE n.incident = ?"
        " AND n.kind = 'correction_notice' AND n.state = 'sending' AND d.accepted_at IS NOT NULL AND d.channel != 'web'"
    )
    for _ in range(WATCHED):
        if desk.simulation.line.execute(going, (work,)).fetchone()[0]:
            return True
        desk.simulation.world.sleep(0.05)
    return False


def _on_the_stroke(desk: Desk, rng: Random) -> None:
    """A short work, and somebody who says that it is over on the stroke: often just too late, by the clock that they
    read, and before any other has looked."""
    world, begins = desk.simulation.world, desk.now() + timedelta(minutes=rng.uniform(1, 30))
    plan = planned.Plan(
        title="更换一块板卡",
        areas=AREAS[:1],
        services=("mobile",),
        start_at=begins,
        end_at=begins + timedelta(minutes=rng.uniform(1, 10)),
        effects={"zh-CN": "可能短时无法通话", "en": "calls may fail for a while"},
    )
    work = desk.do("alice", "planned", planned.add, plan)
    desk.told("planned", work.reference)
    end = (plan.end_at - EPOCH) // timedelta(microseconds=1)
    world.sleep((end - world.now) / SECOND - 2)
    clocks = [machine.now() for machine in desk.simulation.machines if machine.process.alive]
    world.sleep((end - max([world.now, *clocks])) / SECOND - 0.02)
    type(desk)(desk.plot).do("alice", "planned", planned.complete, work.reference)


def _goes_on(plot: Plot, rng: Random, table: Table, pace: float) -> None:
    simulation = plot.simulation
    while simulation.world.now < simulation.ends_at:
        busy = simulation.world.now < simulation.busy_until
        simulation.world.sleep(rng.expovariate(1 / (pace if busy else SLOW)))
        name = chance(rng, {one: weight for one, (weight, _) in table.items()})
        if name == "announce" and rng.random() < 0.7:
            _written(plot, rng)
        else:
            plot._act(name, table)


def _plan(desk: Desk) -> None:
    """Mostly just in time for its three days, or so near that it is late already and overruns while we look."""
    rng = desk.rng
    hours = rng.choice([rng.uniform(71.8, 75), rng.uniform(72.05, 73), rng.uniform(0.1, 2.5)])
    start = desk.now() + timedelta(hours=hours)
    plan = planned.Plan(
        title="更换核心交换机",
        areas=AREAS[:1] if rng.random() < 0.7 else tuple(rng.sample(AREAS, 2)),
        services=("mobile",),
        start_at=start,
        end_at=start + timedelta(minutes=rng.uniform(5, 100)),
        effects={"zh-CN": "可能短时无法通话", "en": "calls may fail for a while"},
    )
    work = desk.do("alice", "planned", planned.add, plan)
    desk.told("planned", work.reference)


def _ahead(desk: Desk) -> Any:
    return desk.any(
        "SELECT reference, planned_start_at, planned_end_at, status, id FROM incidents"
        f" WHERE planned_end_at IS NOT NULL AND status IN {AHEAD}"
    )


def _move(desk: Desk) -> None:
    """To another time, to another end, or back to what customers may have been told."""
    found, rng = _ahead(desk), desk.rng
    if found is None:
        return
    start, end = _at(found[1]), _at(found[2])
    way = rng.random()
    if way < 0.3:
        start, end = rng.choice(_spans(desk, found[4]))
    elif way < 0.6:
        end += timedelta(minutes=rng.choice([-20, 15, 60]))
    else:
        by = timedelta(minutes=rng.choice([-100, -45, -20, 10, 60, 1440]))
        start, end = start + by, end + by
    begins = None if found[3] == "in_progress" else start
    desk.do("alice", "planned", planned.change, found[0], begins, end, "the spare part is late")


def _at(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def _spans(desk: Desk, work: int) -> list[tuple[datetime, datetime]]:
    """The times that it has had so far."""
    found: list[tuple[datetime, datetime]] = []
    entries = (
        "SELECT data FROM timeline WHERE incident_id = ? AND kind IN ('planned_registered', 'planned_changed')"
        " ORDER BY sequence"
    )
    for (data,) in desk.simulation.line.execute(entries, (work,)).fetchall():
        said = json.loads(data)
        facts = said.get("facts", {})
        times = [
            said[name] if name in said else facts[name]["to"] if name in facts else None
            for name in ("planned_start_at", "planned_end_at")
        ]
        read = [datetime.fromisoformat(one) if one else None for one in times]
        found.append((read[0] or found[-1][0], read[1] or found[-1][1]))
    return found


def _cancel(desk: Desk) -> None:
    found = _ahead(desk)
    if found is not None:
        desk.do("alice", "planned", planned.cancel, found[0], WEATHER)


def _begin(desk: Desk) -> None:
    found = _ahead(desk)
    if found is not None:
        desk.do("alice", "planned", planned.begin, found[0])


def _complete(desk: Desk) -> None:
    """In time, or after it has become an incident."""
    found = desk.any(f"SELECT reference FROM incidents WHERE status IN {AHEAD} OR status = 'overrun'")
    if found is not None:
        desk.do("alice", "planned", planned.complete, found[0])


def _announce(desk: Desk) -> None:
    """Submit what is drafted of a planned work; or draft its notice again, where it is owed and nothing is written."""
    draft = desk.any(
        "SELECT n.id FROM notices n JOIN incidents i ON i.id = n.incident"
        " WHERE n.state = 'draft' AND i.planned_end_at IS NOT NULL"
    )
    if draft is None:
        owed = desk.any(
            "SELECT i.reference FROM windows w JOIN incidents i ON i.id = w.incident"
            " WHERE w.kind = 'planned_work_notice' AND w.duty = 'owed'"
        )
        if owed is None:
            return
        draft = (desk.do("carol", "draft", notices.draft, owed[0], Kind.PLANNED_WORK_NOTICE).id,)
    notice = desk.do(desk.rng.choice(["carol", "alice"]), "submit", notices.submit, draft[0])
    desk.told("submitted", notice.id)


def _administration(desk: Desk) -> None:
    found = desk.any("SELECT id FROM windows WHERE rule = 'handbook.planned_work_report' AND duty = 'owed'")
    if found:
        desk.do("alice", "fulfil", windows.fulfil, found[0], "written", "letter 12", "the administration")


def _alarm_of_work(desk: Desk) -> None:
    """An alarm from where the work is; it fires on, or ends after a while."""
    found = desk.any("SELECT areas, planned_start_at FROM incidents WHERE planned_end_at IS NOT NULL")
    if found is None:
        return
    rng, area = desk.rng, json.loads(found[0])[0]
    one: dict[str, Any] = {
        "status": "firing",
        "labels": {
            "alertname": "LinkDown",
            "severity": rng.choice(["major", "warning", "info"]),
            "area": area,
            "service": "mobile",
        },
        "annotations": {"summary": "a link is down"},
        "startsAt": _at(found[1]).isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": f"w{area}{rng.randint(1, 2)}",
    }
    _post(desk, one)
    if rng.random() < 0.3:
        desk.simulation.world.sleep(rng.uniform(1, 3000))
        _post(desk, {**one, "status": "resolved"})


def _post(desk: Desk, one: dict[str, Any]) -> None:
    said = {
        "version": "4",
        "status": "firing",
        "truncatedAlerts": 0,
        "alerts": [one],
        "again": desk.rng.random(),
    }
    event, _ = desk.do("hq", "trigger", intake.store, "alertmanager", "noc", json.dumps(said).encode())
    desk.told("event", event)


def _switch_on(desk: Desk) -> None:
    desk.do("dan", "regime", regimes.enable, desk.rng.choice(PACKS), "we are a licensee there")


def _switch_off(desk: Desk) -> None:
    desk.do("dan", "regime", regimes.disable, desk.rng.choice(PACKS), "the licence was given back")


def _answer(desk: Desk) -> None:
    """Yes or no to a question that is open; now and then about an incident that was never asked."""
    rng = desk.rng
    asked = desk.any(
        "SELECT i.reference, t.step, i.aware_at FROM tasks t JOIN incidents i ON i.id = t.incident_id"
        " WHERE t.step LIKE 'regime:%' AND t.ended_at IS NULL"
    )
    if asked is None or rng.random() < 0.15:
        found = desk.any("SELECT reference, 'regime:', aware_at FROM incidents WHERE planned_end_at IS NULL")
        if found is None:
            return
        asked = (found[0], f"regime:{rng.choice(PACKS)}", found[2])
    pack = asked[1].removeprefix("regime:")
    if rng.random() < 0.35:
        desk.do("dan", "apply_regime", regimes.waive, asked[0], pack, "too few are hit")
        return
    now = desk.simulation.world.now
    if rng.random() < 0.3 and asked[2] < now - 2 * SECOND:
        at = rng.randint(asked[2], now - SECOND)
        desk.do("dan", "apply_regime", regimes.apply, asked[0], pack, f"classified at {at}", _at(at))
    else:
        desk.do("dan", "apply_regime", regimes.apply, asked[0], pack, "that is what the law means")


def _regulator(desk: Desk) -> None:
    """A report is made, in time or late."""
    found = desk.any(
        "SELECT id FROM windows WHERE kind = 'regulator_report' AND duty = 'owed' AND rule NOT LIKE 'handbook.%'"
    )
    if found:
        desk.do(
            "dan" if desk.rng.random() < 0.1 else "alice", "fulfil", windows.fulfil, found[0], "form", "F 7"
        )


def _leak(desk: Desk) -> None:
    """It turns out that data of people are concerned."""
    found = desk.any("SELECT reference FROM incidents WHERE planned_end_at IS NULL AND status != 'closed'")
    if found:
        changes = Changes(people_data=desk.rng.choice([1, 400]))
        desk.do("alice", "update", incidents.update, found[0], changes)


WORKS: Table = {
    "plan": (0.4, _plan),
    "move": (1.6, _move),
    "cancel": (0.5, _cancel),
    "begin": (0.6, _begin),
    "complete": (0.5, _complete),
    "announce": (3.0, _announce),
    "tell the administration": (0.7, _administration),
    "alarm of the work": (0.6, _alarm_of_work),
}
"""What people do about planned work."""
REGIMES: Table = {
    "switch on": (0.7, _switch_on),
    "switch off": (0.3, _switch_off),
    "answer": (2.0, _answer),
    "tell a regulator": (2.0, _regulator),
    "leak": (0.5, _leak),
}
"""What people do about regimes."""
