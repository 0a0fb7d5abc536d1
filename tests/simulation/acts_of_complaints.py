"""What people do about ordinary complaints, in the worlds that have them.

Customers of every sort complain, some of what was hours ago; they are written to in time, late or never, or called;
their complaints are settled, called nothing, opened again, corrected, promoted into a new incident or into one that
runs, and closed; now and then somebody takes it back, or tries what is refused. Everything here draws from a sequence
of its own, so that every other world stays as it is. A promoted complaint is a duplicate, and kinship.py judges
duplicates in every world: complaints are beside planned work, regimes and families too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from coordinator import (
    complaints,
    ending,
    incidents,
    merging,
    notices,
    reopening,
    sending,
    taking_back,
    undo,
    waiving,
    windows,
)
from coordinator.changes import Changes
from incidents.effects import Opening
from incidents.terms import IncidentType
from tests.simulation.acts import BOTH, OPEN
from tests.simulation.law_of_complaints import after_promotion
from tests.simulation.people import AREAS
from tests.simulation.world import chance

if TYPE_CHECKING:
    from tests.simulation.acts import Desk, Plot

SHARE = 1 / 8
"""Of the worlds that have complaints."""
SLOW = 3600.0
"""Seconds between two acts when the busy hours are over: what has hours to be done is done then."""
SORTS = (
    "phone IS NOT NULL AND email IS NOT NULL AND service_opt_out = 0",
    "phone IS NOT NULL AND email IS NOT NULL AND service_opt_out = 0",
    "(phone IS NULL) != (email IS NULL) AND service_opt_out = 0",
    "phone IS NULL AND email IS NULL",
    "service_opt_out = 1",
    "1",
    "1",
)
"""Who complains: reached by two channels, by one, by none, or not to be written to."""
ELSEWHERE = 6
"""So many complaints have a number in the complaint system: some come twice."""
MOST = 3
"""Incidents that run at once before a complaint that is promoted joins one of them: a world is to end."""
Act = Callable[["Desk", Random], None]


def drawn(rng: Random) -> bool:
    """Whether a world has complaints."""
    return rng.random() < SHARE


def begin(plot: Plot, rng: Random) -> None:
    """Let people complain, and somebody see to it, until the world ends."""
    plot.simulation.world.spawn("complaints", plot.street, lambda: _life(plot, rng))


def _life(plot: Plot, rng: Random) -> None:
    simulation, world = plot.simulation, plot.simulation.world
    pace = rng.choice([240.0, 600.0, 1500.0])
    weights = {name: weight for name, (weight, _) in COMPLAINTS.items()}
    if rng.random() < 0.3:
        weights["answer"] = 0.2
    for _ in range(rng.choice([1, 1, 2, 3])):
        _acts(plot, rng, "complain")
        world.sleep(rng.uniform(1, 900))
    while world.now < simulation.ends_at:
        busy = world.now < simulation.busy_until
        world.sleep(rng.expovariate(1 / (pace if busy else SLOW)))
        _acts(plot, rng, chance(rng, weights))


def _acts(plot: Plot, rng: Random, name: str) -> None:
    weight, act = COMPLAINTS[name]
    plot._act(name, {name: (weight, partial(_with, act, rng))})


def _with(act: Act, rng: Random, desk: Desk) -> None:
    act(desk, rng)


def _one(desk: Desk, rng: Random, sql: str) -> Any:
    """One row of a query, drawn from the complaints' own sequence; None where there is none."""
    rows = desk.simulation.line.execute(sql).fetchall()
    return rng.choice(rows) if rows else None


def _case(desk: Desk, rng: Random, statuses: str = OPEN) -> Any:
    return _one(desk, rng, f'SELECT reference, id FROM incidents WHERE "case" = 1 AND status IN {statuses}')


def _complain(desk: Desk, rng: Random) -> None:
    """Now, or of what was up to five hours ago: then the word is late already."""
    sort = f"SELECT account FROM customers WHERE {rng.choice(SORTS)} ORDER BY id"
    found = _one(desk, rng, sort) or ("A9999",)
    ago = rng.choice([None, 0, 1, 20, 90, 200, 230, 239, 300])
    at = None if ago is None else desk.now() - timedelta(minutes=ago, milliseconds=400)
    link = f"WO-{rng.randint(1, ELSEWHERE)}" if rng.random() < 0.4 else ""
    complaint = complaints.Complaint(
        found[0], "家中无信号", services=("mobile",) if rng.random() < 0.3 else (), link=link, at=at
    )
    case = desk.do("alice", "open", complaints.add, complaint)
    since = case.aware_at if at is None else at
    desk.told("complained", (case.reference, found[0], since.isoformat()))


def _answer(desk: Desk, rng: Random) -> None:
    """Submit what is drafted of a complaint, or draft it again; one person is enough, and it goes."""
    draft = _one(
        desk,
        rng,
        'SELECT n.id FROM notices n JOIN incidents i ON i.id = n.incident WHERE i."case" = 1'
        " AND n.state = 'draft'",
    )
    if draft is None:
        owed = _one(
            desk,
            rng,
            "SELECT i.reference, w.kind FROM windows w JOIN incidents i ON i.id = w.incident"
            " WHERE i.\"case\" = 1 AND w.duty = 'owed' AND w.kind IN ('first_notice', 'resolution_notice')",
        )
        if owed is None:
            return
        draft = (desk.do("carol", "draft", notices.draft, *owed).id,)
        desk.simulation.world.sleep(rng.choice([0.0, 1.0, 60.0]))
    notice = type(desk)(desk.plot).do(rng.choice(["carol", "alice"]), "submit", notices.submit, draft[0])
    desk.told("submitted", notice.id)


def _settle(desk: Desk, rng: Random) -> None:
    found = _case(desk, rng)
    if found is None:
        return
    if rng.random() < 0.6:
        desk.do("alice", "update", incidents.update, found[0], Changes(action=BOTH))
    if rng.random() < 0.3:
        desk.do("alice", "restored", incidents.restored, found[0], None, rng.random() < 0.2)
    desk.do("alice", "resolve", incidents.resolve, found[0])
    desk.told("resolved", found[0])


def _call(desk: Desk, rng: Random) -> None:
    """Somebody calls the complainant, who was reached by no message, or was not to be kept waiting."""
    found = _one(
        desk,
        rng,
        "SELECT id FROM windows WHERE audience = 'complainant' AND duty = 'owed' AND kind != 'archive'",
    )
    if found is not None:
        desk.do("alice", "fulfil", windows.fulfil, found[0], "phone", "call 4711")


def _promote(desk: Desk, rng: Random) -> None:
    """It meets a condition of the handbook: mostly a new incident, or it joins one that runs; now and then what is
    none, or another complaint, which is refused."""
    found = _case(desk, rng, "('resolved', 'merged')" if rng.random() < 0.05 else OPEN)
    if found is None:
        return
    because = rng.choice([*complaints.CONDITIONS, *complaints.CONDITIONS, "the weather"])
    wider = ' AND "case" = 0' if rng.random() < 0.9 else ""
    running = _one(desk, rng, f"SELECT reference FROM incidents WHERE status IN {OPEN}{wider}")
    (wide,) = _one(desk, rng, f'SELECT count(*) FROM incidents WHERE status IN {OPEN} AND "case" = 0')
    if running is None or (wide < MOST and rng.random() < 0.55):
        desk.do("alice", "open", complaints.promote, found[0], because, _wider(rng))
    else:
        desk.do("alice", "open", complaints.promote, found[0], because, None, running[0])
    desk.told("promoted", found[0])
    said = after_promotion(desk.simulation.record(), found[0])
    desk.simulation.broken += [f"windows.md M32: {one}" for one in said]


def _wider(rng: Random) -> Opening:
    """Where the complainant lives, or more; its level as its class asks for, or as a person says."""
    return Opening(
        type=IncidentType.COMPLAINT_ESCALATION,
        level=rng.choice([None, None, 1, 2, 3]),
        title=rng.choice(["", "多人反映无信号"]),
        areas=rng.choice([(), (), AREAS[:1], AREAS[:2], AREAS]),
        services=rng.choice([(), ("mobile",)]),
        onset_at=None,
        aware_at=None,
        affected=rng.choice([None, 10, 46_000]),
        cause={},
        source="person",
    )


def _join(desk: Desk, rng: Random) -> None:
    """Somebody merges it as any duplicate."""
    found = _case(desk, rng)
    into = _one(desk, rng, f'SELECT reference FROM incidents WHERE status IN {OPEN} AND "case" = 0')
    if found is not None and into is not None:
        desk.do("alice", "merge", merging.merge, found[0], into[0])


def _nothing_in_it(desk: Desk, rng: Random) -> None:
    found = _case(desk, rng, f"{OPEN[:-1]}, 'resolved')")
    if found is None:
        return
    if rng.random() < 0.1:
        desk.do("alice", "reject", ending.reject, found[0], BOTH)
    desk.do("alice", "false_alarm", ending.false_alarm, found[0], BOTH)


def _open_again(desk: Desk, rng: Random) -> None:
    found = _case(desk, rng, "('restored', 'partially_restored', 'resolved', 'closed')")
    if found is not None:
        desk.do("alice", "reopen", reopening.reopen, found[0], "no signal again")


def _put_away(desk: Desk, rng: Random) -> None:
    found = _case(desk, rng, "('resolved')")
    if found is not None:
        desk.do("alice", "update", incidents.update, found[0], Changes(result=BOTH))
        desk.do("alice", "close", incidents.close, found[0])


def _mend(desk: Desk, rng: Random) -> None:
    """What the complainant was told was wrong; also after the complaint was promoted."""
    found = _one(
        desk,
        rng,
        'SELECT n.id FROM notices n JOIN incidents i ON i.id = n.incident WHERE i."case" = 1'
        " AND n.released_at IS NOT NULL",
    )
    if found is None:
        return
    if rng.random() < 0.7:
        desk.do("carol", "take_back", taking_back.correct, found[0], BOTH, {"zh-CN": "更正", "en": "right"})
    else:
        desk.do("carol", "take_back", taking_back.withdraw, found[0], BOTH)


def _stop(desk: Desk, rng: Random) -> None:
    found = _one(
        desk,
        rng,
        'SELECT n.id FROM notices n JOIN incidents i ON i.id = n.incident WHERE i."case" = 1'
        " AND n.state IN ('draft', 'submitted', 'sending', 'paused')",
    )
    if found is not None:
        desk.do("carol", "stop", sending.stop, found[0], "written to the wrong person")
        desk.told("stopped", found[0])


def _let_off(desk: Desk, rng: Random) -> None:
    """The complainant wants no word."""
    found = _one(desk, rng, "SELECT id FROM windows WHERE audience = 'complainant' AND state = 'open'")
    if found is not None:
        desk.do("alice", "waive", waiving.waive, found[0], "they came to the shop")


def _slip(desk: Desk, rng: Random) -> None:
    """Something is done and taken back at once; what joins two incidents is not."""
    rng.choice([_settle, _settle, _nothing_in_it, _open_again, _let_off, _mend, _promote])(desk, rng)
    desk.simulation.world.sleep(rng.choice([0.1, 5.0, 100.0]))
    found = _one(desk, rng, 'SELECT reference FROM incidents WHERE "case" = 1')
    if found is not None:
        type(desk)(desk.plot).do("alice", "undo", undo.undo, found[0])


COMPLAINTS: dict[str, tuple[float, Act]] = {
    "complain": (1.6, _complain),
    "answer": (3.0, _answer),
    "settle": (1.0, _settle),
    "call": (0.5, _call),
    "promote": (0.8, _promote),
    "join": (0.15, _join),
    "nothing in it": (0.25, _nothing_in_it),
    "open again": (0.3, _open_again),
    "put away": (0.3, _put_away),
    "mend": (0.4, _mend),
    "stop a word": (0.25, _stop),
    "let off": (0.2, _let_off),
    "slip of a complaint": (0.4, _slip),
}
"""What people do about complaints: name -> (weight, what is done)."""
