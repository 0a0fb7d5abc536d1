"""What people and outside systems do: `ACTS` is the table to extend; each seed draws from it with its own pace.

Every act is a process of its own. What it was told is done stands in `acknowledged`, for the checker.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from coordinator import (
    decisions,
    directory,
    ending,
    holding,
    incidents,
    intake,
    notices,
    playbooks,
    reclassify,
    reopening,
    report,
    sending,
    taking_back,
    undo,
    waiving,
    windows,
)
from coordinator.changes import Changes
from incidents.effects import Opening
from incidents.errors import TongbaoError, Unavailable
from incidents.terms import IncidentType, Kind
from tests.simulation import acts_of_planned
from tests.simulation.machines import EPOCH, actor
from tests.simulation.people import AREAS, customer
from tests.simulation.world import SECOND, Killed, Process, chance

if TYPE_CHECKING:
    from tests.simulation.sim import Simulation

HOUR = 3600 * SECOND
BOTH = {"zh-CN": "说明", "en": "a note"}
OPEN = "('pending_confirmation', 'open', 'responding', 'partially_restored', 'restored')"
DIRECT_KINDS = "('first_notice', 'material_update', 'progress_update', 'resolution_notice')"


class Desk:
    """Where one act is done: its process, its dice, and what it may look at."""

    def __init__(self, plot: Plot):
        self.plot, self.simulation = plot, plot.simulation
        self.rng: random.Random = plot.simulation.rng
        self.coordinator = plot.simulation.visitor.coordinator()

    def do(self, person: str, permission: str, verb: Any, *args: Any, **options: Any) -> Any:
        world = self.simulation.world
        world.note(f"{person}: {verb.__name__} {args!r:.90} {options or ''}")
        done = self.coordinator.act(permission, actor(person), verb, *args, **options)
        self.plot.done += 1
        return done

    def told(self, what: str, key: Any) -> None:
        """The person saw that it is done."""
        self.simulation.acknowledged.append((what, key))

    def any(self, sql: str) -> Any:
        """One row of a query, drawn; None where there is none."""
        rows = self.simulation.line.execute(sql).fetchall()
        return self.rng.choice(rows) if rows else None

    def now(self) -> datetime:
        return EPOCH + timedelta(microseconds=self.simulation.world.now)


class Plot:
    """Who acts when."""

    def __init__(self, simulation: Simulation):
        self.simulation = simulation
        self.done = self.refused = 0
        self.sleep_until = 0
        """Until then nobody writes or approves anything: what has a holding notice is told by it."""
        self.street = Process("street")
        self.street.alive = True

    def begin(self) -> None:
        world, rng = self.simulation.world, self.simulation.rng
        pace = chance(rng, {240.0: 2, 500.0: 3, 1500.0: 2})
        world.spawn("day", self.street, lambda: self._day(pace))
        if self.simulation.approved is not None:
            if self.simulation.foresight.random() < 0.6:
                self.sleep_until = world.now + int(self.simulation.foresight.uniform(1.5, 4.5) * HOUR)
            world.spawn("foresight", self.street, lambda: self._foresight(self.simulation.foresight))
        acts_of_planned.begin(self)
        if rng.random() < 0.8:
            care = chance(rng, {300.0: 4, 900.0: 3, 2400.0: 1})
            world.spawn("care", self.street, lambda: self._care(care), 60.0)

    def end(self) -> None:
        self.simulation.world.kill(self.street)

    def _day(self, pace: float) -> None:
        """First something happens, then whatever the dice say."""
        world, rng = self.simulation.world, self.simulation.rng
        self._act(rng.choice(["open", "alarm", "open"]))
        while world.now < self.simulation.busy_until:
            world.sleep(rng.expovariate(1 / pace))
            self._act(chance(rng, {name: weight for name, (weight, _) in ACTS.items()}))
        if rng.random() < 0.75:
            for _ in range(3):
                world.sleep(rng.uniform(1, 120))
                self._act("resolve")
            world.sleep(rng.uniform(60, 1200))
            for _ in range(4):
                self._act("serve")
                world.sleep(rng.uniform(10, 900))
                self._act("approve")
                world.sleep(rng.uniform(1, 60))

    def _care(self, pace: float) -> None:
        """Somebody who sees to it that what is owed is written and approved."""
        world, rng = self.simulation.world, self.simulation.rng
        while world.now < self.simulation.busy_until:
            self._act("serve")
            world.sleep(rng.uniform(1, pace))
            self._act("approve")
            world.sleep(rng.expovariate(1 / pace))

    def _foresight(self, rng: random.Random) -> None:
        """Somebody looks at the countdowns now and then, and holds one, lets it run again, or sends it early."""
        world = self.simulation.world
        pace = rng.choice([600.0, 1800.0, 7200.0])
        while world.now < self.simulation.busy_until:
            world.sleep(rng.expovariate(1 / pace))
            self._act(rng.choice(list(FORESIGHT)), FORESIGHT)

    def _act(self, name: str, table: Table | None = None) -> None:
        act = (table or ACTS)[name][1]
        if name in BY_COMMS and self.simulation.world.now < self.sleep_until:
            return
        process = Process(f"act {name}")
        process.alive = True
        self.simulation.world.spawn(name, process, lambda: self._run(act))

    def arrived(self) -> None:
        """In a world with families customers come by the import, which says at its end, whatever becomes of it, that
        they are there. Where the command itself dies, the file is imported again."""
        if not self.simulation.related:
            return
        process = Process("import")
        process.alive = True
        self.simulation.world.spawn("arrived", process, self._say_they_arrived)

    def _say_they_arrived(self) -> None:
        try:
            self.simulation.visitor.coordinator().act("directory", actor("hq"), directory.customers_arrived)
        except (Unavailable, Killed):
            self.simulation.world.after(20.0, self.arrived)

    def _run(self, act: Callable[[Desk], None]) -> None:
        for _ in range(3):
            try:
                act(Desk(self))
                return
            except Unavailable:
                self.simulation.world.sleep(20.0)
            except TongbaoError as refused:
                self.simulation.world.note(f"refused: {refused}")
                self.refused += 1
                return
            except Killed:
                raise
            except Exception as error:  # noqa: BLE001 - whatever an act does, it is a finding
                self.simulation._failed("an act", error)
                return


def _open(desk: Desk) -> None:
    rng = desk.rng
    aware = desk.now() - timedelta(minutes=rng.choice([0, 0, 1, 20, 90, 150]), milliseconds=1)
    known = rng.random() < 0.9
    opening = Opening(
        type=rng.choice([IncidentType.NETWORK_FAULT, IncidentType.SERVICE_INTERRUPTION]),
        level=rng.choice([1, 1, 2, 2, 3, 3, None]),
        title="手机服务异常",
        areas=_hit(rng) if known else (),
        services=("mobile",),
        onset_at=aware - timedelta(minutes=rng.uniform(0, 30)) if rng.random() < 0.8 else None,
        aware_at=aware if rng.random() < 0.7 else None,
        affected=rng.choice([None, 10, 46_000, 2_000_000]),
        cause={},
        source="person",
    )
    opened = desk.do("alice", "open", incidents.open_incident, opening)
    desk.told("opened", opened.reference)


def _hit(rng: random.Random) -> tuple[str, ...]:
    """Mostly where most customers are, so that there is somebody to tell."""
    return AREAS[:1] if rng.random() < 0.7 else tuple(rng.sample(AREAS, rng.choice([1, 2])))


def _alarm(desk: Desk) -> None:
    """The same body several times, the same alarm again in another body, and sometimes its end."""
    rng, now = desk.rng, desk.now()
    begun = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    labels = {
        "alertname": "CellSitesDown",
        "severity": rng.choice(["critical", "major", "warning", "info"]),
        "area": _hit(rng)[0],
        "service": "mobile",
    }
    one = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": "41 cell sites down"},
        "startsAt": begun.isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": f"f{begun.timestamp():.0f}{labels['area']}",
    }
    bodies = [_payload(one)] * rng.choice([1, 2, 3])
    if rng.random() < 0.5:
        bodies.append(_payload(one, again=rng.random()))
    if rng.random() < 0.3:
        bodies.append(_payload({**one, "status": "resolved"}))
    rng.shuffle(bodies)
    for body in bodies:
        event, _ = desk.do("hq", "trigger", intake.store, "alertmanager", "noc", body)
        desk.told("event", event)
        desk.simulation.world.sleep(rng.choice([0.0, 0.01, 1.0, 30.0]))


def _payload(one: dict[str, Any], **more: Any) -> bytes:
    document = {"version": "4", "status": "firing", "truncatedAlerts": 0, "alerts": [one], **more}
    return json.dumps(document, ensure_ascii=False).encode()


def _poison(desk: Desk) -> None:
    """What cannot be read, and what breaks the reader."""
    rng = desk.rng
    body = rng.choice([b"{", b"[" * 900, b'{"version": "4", "alerts": [7]}', b"\xff\x00", b"NaN"])
    shape = rng.choice(["alertmanager", "breaks-the-reader"])
    event, _ = desk.do("hq", "trigger", intake.store, shape, "noc", body + str(rng.random()).encode())
    desk.told("poison", event)


def _confirm(desk: Desk) -> None:
    found = desk.any("SELECT reference FROM incidents WHERE status IN ('pending_confirmation', 'open')")
    if found:
        desk.do("alice", "confirm", incidents.confirm, found[0])


def _level(desk: Desk) -> None:
    found = desk.any(f"SELECT reference, level FROM incidents WHERE status IN {OPEN}")
    if found:
        level = desk.rng.choice([1, max(1, found[1] - 1), found[1], 3])
        desk.do("alice", "level", reclassify.grade, found[0], level, "more users than first thought")


def _update(desk: Desk) -> None:
    found = desk.any(f"SELECT reference FROM incidents WHERE status IN {OPEN}")
    if found:
        rng = desk.rng
        changes = rng.choice(
            [
                Changes(areas=tuple(rng.sample(AREAS, 2))),
                Changes(areas=AREAS),
                Changes(cause=BOTH),
                Changes(action=BOTH),
                Changes(affected=rng.choice([11, 50_000, 3_000_000])),
                Changes(whole_area=True),
                Changes(expected_at=desk.now() + timedelta(minutes=rng.choice([30, 120, 400]))),
                Changes(emergency_calls=rng.random() < 0.5),
            ]
        )
        desk.do("alice", "update", incidents.update, found[0], changes)


def _restored(desk: Desk) -> None:
    found = desk.any(f"SELECT reference FROM incidents WHERE status IN {OPEN}")
    if found:
        desk.do("alice", "restored", incidents.restored, found[0], None, desk.rng.random() < 0.4)


def _resolve(desk: Desk) -> None:
    found = desk.any(f"SELECT reference FROM incidents WHERE status IN {OPEN}")
    if found:
        desk.do("alice", "resolve", incidents.resolve, found[0])
        desk.told("resolved", found[0])


def _undo(desk: Desk) -> None:
    found = desk.any("SELECT reference FROM incidents")
    if found:
        desk.do("alice", "undo", undo.undo, found[0])


def _close(desk: Desk) -> None:
    found = desk.any("SELECT reference FROM incidents WHERE status = 'resolved'")
    if found:
        desk.do("alice", "update", incidents.update, found[0], Changes(result=BOTH))
        desk.do("alice", "close", incidents.close, found[0])


def _serve(desk: Desk) -> None:
    """Write and submit the notice of something that is owed; sometimes with a promise, or at once by nobody."""
    rng = desk.rng
    owed = desk.any(
        "SELECT i.reference, w.kind, w.id FROM windows w JOIN incidents i ON i.id = w.incident"
        f" WHERE w.duty = 'owed' AND w.kind IN {DIRECT_KINDS}"
    )
    taken_back = desk.any(
        "SELECT id FROM notices WHERE state = 'draft' AND kind IN ('correction_notice', 'withdrawal_notice')"
    )
    if taken_back and rng.random() < 0.5:
        desk.told("submitted", desk.do("carol", "submit", notices.submit, taken_back[0]).id)
        return
    if owed is None:
        return
    options: dict[str, Any] = {}
    if rng.random() < 0.25:
        options["next_update_at"] = desk.now() + timedelta(minutes=rng.choice([5, 20, 45, 300]))
    if owed[1] == "material_update" and rng.random() < 0.3:
        options["channels"] = ("web",)
    draft = desk.do("carol", "draft", notices.draft, owed[0], Kind(owed[1]), **options)
    desk.simulation.world.sleep(rng.choice([0.0, 0.1, 5.0]))
    notice = desk.do(rng.choice(["carol", "alice"]), "submit", notices.submit, draft.id)
    desk.told("submitted", notice.id)


def _approve(desk: Desk) -> None:
    found = desk.any("SELECT id, author FROM notices WHERE state = 'submitted'")
    if found is None:
        return
    person = found[1] if desk.rng.random() < 0.2 else desk.rng.choice(["bob", "dan", "hq"])
    desk.do(person, "approve", notices.approve, found[0])
    desk.told("approved", (found[0], person))


def _decide(desk: Desk) -> None:
    """A second person on a lower level or a waiver; now and then who asked tries it."""
    found = desk.any("SELECT id, author FROM decisions WHERE state = 'waiting'")
    if found is None:
        return
    rng = desk.rng
    person = found[1] if rng.random() < 0.2 else rng.choice(["bob", "dan", "hq"])
    if rng.random() < 0.75:
        desk.do(person, "approve", decisions.approve, found[0])
    else:
        desk.do(person, "approve", decisions.decline, found[0], "not on these figures")


def _waive(desk: Desk) -> None:
    found = desk.any("SELECT id FROM windows WHERE state = 'open' AND audience = 'customers'")
    if found:
        desk.do("alice", "waive", waiving.waive, found[0], "nobody noticed it")


def _end_duty(desk: Desk) -> None:
    found = desk.any("SELECT id FROM windows WHERE state = 'breached' AND duty = 'owed'")
    if found:
        desk.do("alice", "end_duty", waiving.end_duty, found[0], "told by phone")


def _aware(desk: Desk) -> None:
    """Found to be earlier, or overridden to be later."""
    found = desk.any(f"SELECT reference, aware_at FROM incidents WHERE status IN {OPEN}")
    if found:
        at = EPOCH + timedelta(microseconds=found[1], minutes=desk.rng.choice([-90, -20, -5, 5, 20]))
        changes = Changes(aware_at=at, reason="the log of the switch shows it")
        desk.do("hq", "update", incidents.update, found[0], changes)


def _reopen(desk: Desk) -> None:
    ended = "('partially_restored', 'restored', 'resolved', 'closed')"
    found = desk.any(f"SELECT reference FROM incidents WHERE status IN {ended}")
    if found:
        desk.do("alice", "reopen", reopening.reopen, found[0], "calls fail again")


def _nothing_there(desk: Desk) -> None:
    found = desk.any(f"SELECT reference, status FROM incidents WHERE status IN {OPEN}")
    if found is None:
        return
    if found[1] == "pending_confirmation" and desk.rng.random() < 0.7:
        desk.do("alice", "reject", ending.reject, found[0], BOTH)
    else:
        desk.do("alice", "false_alarm", ending.false_alarm, found[0], BOTH)


def _slip(desk: Desk) -> None:
    """Something is done and taken back at once."""
    act = desk.rng.choice([_level, _restored, _resolve, _reopen, _aware, _nothing_there, _waive, _end_duty])
    act(desk)
    desk.simulation.world.sleep(desk.rng.choice([0.1, 5.0, 200.0]))
    _undo(Desk(desk.plot))


def _race(desk: Desk) -> None:
    """Two people decide about one notice at the same moment."""
    found = desk.any("SELECT id FROM notices WHERE state IN ('submitted', 'sending')")
    if found is None:
        return
    world = desk.simulation.world
    others = [
        lambda d: d.do("bob", "approve", notices.approve, found[0]),
        lambda d: d.do("dan", "approve", notices.approve, found[0]),
        lambda d: d.do("hq", "approve", notices.decline, found[0], "not yet"),
        lambda d: d.do("carol", "stop", sending.stop, found[0], "written for the wrong place"),
    ]
    for other in desk.rng.sample(others, 2):
        process = Process("rival")
        process.alive = True
        world.spawn("rival", process, lambda act=other: desk.plot._run(act), desk.rng.random() * 0.02)  # type: ignore[misc]


def _stop(desk: Desk) -> None:
    found = desk.any(
        "SELECT id FROM notices WHERE state IN ('draft', 'submitted', 'sending', 'paused', 'told')"
    )
    if found:
        desk.do("carol", "stop", sending.stop, found[0], "written for the wrong place")
        desk.told("stopped", found[0])


def _pause(desk: Desk) -> None:
    found = desk.any("SELECT id FROM notices WHERE state = 'sending'")
    if found is None:
        return
    desk.do("carol", "stop", sending.pause, found[0], "wait for the figures")
    if desk.rng.random() < 0.9:
        desk.simulation.world.sleep(desk.rng.choice([1.0, 30.0, 900.0]))
        Desk(desk.plot).do("carol", "stop", sending.resume, found[0])


def _release_and_stop(desk: Desk) -> None:
    """Somebody approves, sees the mistake at once, and stops it within seconds."""
    found = desk.any("SELECT id FROM notices WHERE state = 'submitted'")
    if found is None:
        return
    desk.do("bob", "approve", notices.approve, found[0])
    desk.simulation.world.sleep(desk.rng.uniform(0.05, 12))
    Desk(desk.plot).do("bob", "stop", sending.stop, found[0], "the wrong place")
    desk.told("stopped", found[0])


def _take_back(desk: Desk) -> None:
    found = desk.any("SELECT id FROM notices WHERE state IN ('told', 'stopped') AND released_at IS NOT NULL")
    if found is None:
        return
    if desk.rng.random() < 0.6:
        desk.do("carol", "take_back", taking_back.correct, found[0], BOTH, {"zh-CN": "更正", "en": "right"})
    else:
        desk.do("carol", "take_back", taking_back.withdraw, found[0], BOTH)


def _fulfil(desk: Desk) -> None:
    """What a person's word tells; now and then somebody tries it for what it does not tell."""
    told = " AND (kind = 'archive' OR audience_state IN ('no_match', 'directory_empty'))"
    found = desk.any(f"SELECT id FROM windows WHERE duty = 'owed'{told if desk.rng.random() < 0.7 else ''}")
    if found:
        desk.do("alice", "fulfil", windows.fulfil, found[0], "by phone", "call 17")


def _report_up(desk: Desk) -> None:
    """Somebody calls or writes to a superior, mostly in time; a missed report is made all the same."""
    found = desk.any("SELECT id, rule FROM windows WHERE duty = 'owed' AND kind = 'superior_report'")
    if found:
        how = str(found[1]).rpartition(".")[2]
        desk.do("alice", "fulfil", windows.fulfil, found[0], how, "call log 17", desk.rng.choice(["", "hq"]))


def _arrivals(desk: Desk) -> None:
    """New customers in the directory, and some who changed their mind."""
    rng = desk.rng
    people = [customer(rng, rng.randint(1, 20)) for _ in range(rng.randint(1, 3))]
    rows = list({one.account: one for one in people}.values())
    try:
        desk.do("hq", "directory", directory.put_customers, rows)
    finally:
        desk.plot.arrived()


def _task(desk: Desk) -> None:
    found = desk.any("SELECT id FROM tasks WHERE ended_at IS NULL")
    if found is None:
        return
    if desk.rng.random() < 0.5:
        desk.do("alice", "task", playbooks.ack_task, found[0])
    else:
        how = desk.rng.choice([("done", None), ("skipped", "no staff")])
        desk.do("alice", "task", playbooks.end_task, found[0], *how)


def _report(desk: Desk) -> None:
    found = desk.any("SELECT reference FROM incidents WHERE status = 'resolved'")
    if found is None:
        return
    kind = desk.rng.choice([Kind.HANDLING_REPORT, Kind.SUMMARY_REPORT])
    version = desk.do("carol", "report", report.submit, found[0], kind)
    desk.do(desk.rng.choice(["bob", "bob", "carol"]), "approve", report.approve, version.id)


def _hold(desk: Desk) -> None:
    found = desk.any("SELECT id FROM windows WHERE kind = 'first_notice' AND state = 'open'")
    if found:
        desk.do("bob", "stop", holding.hold, found[0], "the cause is another")


def _go_on(desk: Desk) -> None:
    found = desk.any('SELECT "window" FROM outlooks WHERE held_at IS NOT NULL')
    if found:
        desk.do("bob", "stop", holding.resume, found[0])


def _send_early(desk: Desk) -> None:
    found = desk.any(f"SELECT reference FROM incidents WHERE status IN {OPEN}")
    if found:
        channels = desk.rng.choice([None, None, ("web",), ("sms",), ("email", "web")])
        desk.do("carol", "submit", holding.send, found[0], channels)


Table = dict[str, tuple[float, Callable[[Desk], None]]]
BY_COMMS = ("serve", "approve", "race", "release and stop")
FORESIGHT: Table = {"hold": (1.0, _hold), "go on": (2.0, _go_on), "send early": (1.0, _send_early)}
"""What people do about a holding notice, in worlds whose texts are approved."""
ACTS: Table = {
    "open": (0.3, _open),
    "alarm": (0.4, _alarm),
    "poison": (0.3, _poison),
    "confirm": (0.6, _confirm),
    "level": (1.2, _level),
    "update": (1.2, _update),
    "restored": (0.8, _restored),
    "resolve": (0.5, _resolve),
    "undo": (0.8, _undo),
    "close": (0.2, _close),
    "serve": (3.0, _serve),
    "approve": (2.5, _approve),
    "race": (0.7, _race),
    "stop": (0.3, _stop),
    "pause": (0.5, _pause),
    "release and stop": (0.5, _release_and_stop),
    "take back": (0.8, _take_back),
    "fulfil": (0.4, _fulfil),
    "report up": (1.5, _report_up),
    "arrivals": (0.9, _arrivals),
    "task": (0.5, _task),
    "decide": (0.8, _decide),
    "waive": (0.3, _waive),
    "end a duty": (0.15, _end_duty),
    "awareness": (0.5, _aware),
    "reopen": (0.5, _reopen),
    "nothing there": (0.1, _nothing_there),
    "slip": (0.6, _slip),
    "report": (0.2, _report),
}
"""Name -> (weight, what is done)."""
