"""Verbs of the yearly full drill: warn from the fourth quarter on, record a year without one when it is over (R07)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from coordinator.act import Act
from incidents.drill import DrillState, not_come
from incidents.drill_years import (
    Held,
    Standing,
    UnitYear,
    begins,
    next_look,
    of_year,
    warning_due,
    year_of,
    years_over,
)
from incidents.effects import Effect, PageStaff
from incidents.terms import LANGUAGES, Role
from notifications.phrases import listed

SEEN = "drill_years_seen_at"
"""Up to when warnings and years have been looked at; it begins with the record."""
LOOK = "drill_years_look_at"
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
NAMED = 3
"""Units that a page names; the number of the others follows."""


def is_due(act: Act) -> bool:
    """Whether a warning or the end of a year may have come since it was looked at."""
    at = act.tx.meta.instant(LOOK)
    return at is None or at <= act.now


def sweep(act: Act) -> tuple[int, list[Effect]]:
    """Warn when it is time, and record the years that ended meanwhile; 1 when it was looked at."""
    if not is_due(act):
        return 0, []
    zone = act.house.setting.zone
    since = min(act.tx.meta.instant(SEEN) or act.now, act.now)
    effects: list[Effect] = []
    for year in years_over(since, act.now, zone):
        effects += _missed(act, year)
    rung = warning_due(since, act.now, zone)
    owed = [one.unit for one in standing(act) if one.standing == Standing.OWED]
    if rung and owed:
        effects.append(_page(act, "drill_owed", f"drill:{year_of(act.now, zone)}:{rung}", owed))
    act.tx.meta.put_instant(SEEN, act.now)
    act.tx.meta.put_instant(LOOK, next_look(act.now, zone))
    return 1, effects


def _missed(act: Act, year: int) -> list[Effect]:
    """A year is over: one row for each unit without a full drill in it, and one page about all of them."""
    zone = act.house.setting.zone
    over = begins(year + 1, zone).astimezone(UTC)
    every = of_year(units(act), _held(act), year, act.now, zone)
    missed = [one.unit for one in every if one.standing == Standing.MISSED]
    new = [unit for unit in missed if act.tx.drills.miss(unit, year, over)]
    return [_page(act, "drill_missed", f"drill_missed:{year}", new, year)] if new else []


def _page(act: Act, about: str, key: str, units_: list[str], year: int | None = None) -> PageStaff:
    """One page to the person whom the settings name, else to headquarters; in working hours."""
    known = act.tx.organisation.units()
    names = {
        language: listed(
            [_name(known, unit, language) for unit in units_[:NAMED]], act.house.renderer.words(language)
        )
        for language in LANGUAGES
    }
    data: dict[str, Any] = {
        "unit": names,
        "count": len(units_),
        "rung": str(year or year_of(act.now, act.house.setting.zone)),
    }
    if act.house.drill_person:
        data["named"] = act.house.drill_person
    return PageStaff(key, about, Role.HEADQUARTERS.value, unit="", urgent=False, any_hour=False, data=data)


def _name(known: Any, unit: str, language: str) -> str:
    return str(known[unit].names.get(language, unit)) if unit in known else unit or "–"


def standing(act: Act) -> tuple[UnitYear, ...]:
    """Every unit in the calendar year that it is now."""
    zone = act.house.setting.zone
    return of_year(units(act), _held(act), year_of(act.now, zone), act.now, zone)


def on_the_board(act: Act) -> dict[str, Any]:
    """What the board says of drills: which one runs, and how many units owe theirs (from the fourth quarter)."""
    running = [act.tx.incidents.by_id(d.incident).reference for d in act.tx.drills.running() if d.incident]
    years = standing(act)
    owed = [one.unit for one in years if one.standing == Standing.OWED]
    return {"running": running, "owed": owed, "year": years[0].year, "missed": len(act.tx.drills.misses())}


def units(act: Act) -> list[str]:
    """The units that owe a full drill; a house without an organisation is one itself."""
    return list(act.tx.organisation.units()) or [""]


def _held(act: Act) -> list[Held]:
    full = [one for one in act.tx.drills.all() if one.full and one.state == DrillState.COMPLETED]
    counted = [one for one in full if not not_come(act.tx.drills.steps(one.id))]
    return [Held(unit, one.ended_at) for one in counted if one.ended_at for unit in one.units]


def look_again(act: Act) -> None:
    act.tx.meta.put_instant(LOOK, AT_ONCE)
