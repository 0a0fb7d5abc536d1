"""What is looked at beside the verdicts: planned work that overran, regimes, drills, their yearly count, new customers.

Each in an act of its own, and nothing of it keeps a verdict from being written (I9). One
that fails stands as an alarm, people are paged, and it is tried again; the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial

from coordinator import (
    alarms,
    arrivals,
    directory,
    drill_years,
    drills,
    matters,
    planned,
    regime_rows,
    regimes,
)
from coordinator.act import Act
from incidents.effects import Alarm, Effect
from incidents.errors import TongbaoError, Unavailable
from incidents.operation import DRILL_YEARS_STUCK, DRILLS_STUCK, GROWTH_STUCK, PLANNED_STUCK, REGIMES_STUCK
from wiring.app import App

log = logging.getLogger("tongbao.beside")
LONGEST_REASON = 300
Verb = Callable[[Act], tuple[int, list[Effect]]]


def _thresholds_due(act: Act) -> bool:
    at = regime_rows.next_look(act)
    return at is not None and at <= act.now


def _years(act: Act) -> tuple[int, list[Effect]]:
    """A drill that has ended is put down first: it may be the one that this year has (R07)."""
    return (0, []) if drills.over(act) else drill_years.sweep(act)


def overran(act: Act) -> bool:
    """Whether planned work was to be over by now."""
    end = act.tx.incidents.next_planned_end()
    return end is not None and end <= act.now


LOOKS: Mapping[str, tuple[Callable[[Act], bool], Verb]] = {
    PLANNED_STUCK: (overran, planned.sweep),
    REGIMES_STUCK: (_thresholds_due, regimes.sweep),
    DRILLS_STUCK: (lambda act: bool(drills.over(act)), drills.watch),
    DRILL_YEARS_STUCK: (drill_years.is_due, _years),
}
"""The alarm of each -> whether it has something to do, and its verb."""


def look_first(app: App) -> int:
    """Planned work that overran opens its incident before anything is judged, so that a verdict still knows since when
    nobody looked; returns how much was looked at."""
    return _looked(app, PLANNED_STUCK) if app.coordinator.glance(partial(_is_due, due=overran)) else 0


def look(app: App) -> int:
    """Look at each that has something to do; returns how much was looked at.

    Unavailable, when the database cannot be used: then no alarm can stand either.
    """
    wanted = app.coordinator.glance(_wanted)
    return sum(grow(app) if about == GROWTH_STUCK else _looked(app, about) for about in wanted)


def grow(app: App) -> int:
    """Look for new customers in each incident that waits for it; one that fails waits on, and stops none of the others.
    Returns how many were looked at."""
    if not app.coordinator.glance(_grows):
        return 0
    looked = 0
    for one in app.coordinator.glance(arrivals.waiting):
        try:
            looked += app.coordinator.system(directory.grow, one)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - it is said aloud, and in the log
            _failed(app, GROWTH_STUCK, error)
    app.coordinator.system(_grown)
    return looked


def _grows(act: Act) -> bool:
    """Whether an incident waits for a look at new customers, or the alarm about it stands."""
    return bool(arrivals.waiting(act) or act.tx.operations.standing(GROWTH_STUCK))


def _grown(act: Act) -> tuple[None, list[Effect]]:
    if not arrivals.waiting(act):
        alarms.over(act, GROWTH_STUCK, "it works again")
    return None, []


def _wanted(act: Act) -> list[str]:
    stuck = {one.about for one in act.tx.operations.standing()}
    growth = [GROWTH_STUCK] if _grows(act) else []
    return growth + [about for about, (due, _) in LOOKS.items() if about in stuck or _is_due(act, due)]


def _is_due(act: Act, due: Callable[[Act], bool]) -> bool:
    try:
        return due(act)
    except Exception:  # noqa: BLE001 - its act fails the same way, and says so
        return True


def _looked(app: App, about: str) -> int:
    try:
        return app.coordinator.system(_freed, about)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - it is said aloud, and in the log
        _failed(app, about, error)
        return 0


def _failed(app: App, about: str, error: Exception) -> None:
    why = error.message if isinstance(error, TongbaoError) else f"{type(error).__name__}: {error}"
    if app.coordinator.system(_stuck, about, why[:LONGEST_REASON]):
        log.exception("%s; it is tried again", about)


def _freed(act: Act, about: str) -> tuple[int, list[Effect]]:
    looked, effects = LOOKS[about][1](act)
    alarms.over(act, about, "it works again")
    return looked, effects


def _stuck(act: Act, about: str, why: str) -> tuple[bool, list[Effect]]:
    """Whether that is new: it comes again four times a second."""
    known = [one.data.get("failed") for one in act.tx.operations.standing(about)]
    return (False, []) if why in known else (True, [Alarm(about, {"failed": why}), matters.stuck(act, about)])
