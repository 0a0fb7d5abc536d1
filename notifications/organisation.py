"""The organisation: group, province, city, district; and which unit an incident belongs to (R53, R15).

Pure. A unit looks after its areas and everything below them, except what a unit below it looks after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from notifications.directory import Area


class Rank(StrEnum):
    GROUP = "group"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"


RANKS = tuple(Rank)
"""From the highest down."""
HANDLED_BY: dict[int, tuple[Rank, ...]] = {
    1: (Rank.GROUP,),
    2: (Rank.GROUP, Rank.PROVINCE, Rank.CITY),
    3: RANKS,
}
"""The ranks that may own an incident of each level: headquarters, a province or city, a district centre.
Source: docs/handbook.md, R14, R15; AMB-14."""


@dataclass(frozen=True)
class OrgUnit:
    """One unit, with the areas that it looks after itself; of the group there is one."""

    code: str
    parent: str | None
    rank: Rank
    names: dict[str, str]
    areas: tuple[str, ...] = ()


class Unfit(StrEnum):
    """Why a unit cannot stand where it says, as English templates; {found} is what it names."""

    UNKNOWN_PARENT = "the parent {found} is not known"
    RANK = "the parent {found} does not stand above it"
    TOP = "only the group has no parent, and the group has none"
    SECOND_GROUP = "there is a group already: {found}"
    BELOW = "unit {found} below it would not be lower than it"
    TAKEN = "area {found} is looked after by another unit already"


def unfit(new: Mapping[str, OrgUnit], catalogue: Mapping[str, OrgUnit]) -> dict[str, tuple[Unfit, str]]:
    """The new units that do not fit into the tree, each with why and what it is about; the others fit without them.

    A new unit replaces the catalogue's of the same code. Since a parent always has the higher rank, no
    circle can come about.
    """
    faults: dict[str, tuple[Unfit, str]] = {}
    while True:
        left = {code: unit for code, unit in new.items() if code not in faults}
        found = _misfits(left, {**catalogue, **left})
        if not found:
            return faults
        faults |= found


def _misfits(new: Mapping[str, OrgUnit], merged: Mapping[str, OrgUnit]) -> dict[str, tuple[Unfit, str]]:
    keepers: dict[str, str] = {}
    below: dict[str, list[OrgUnit]] = {}
    standing = [unit for code, unit in merged.items() if code not in new]
    in_order = [*standing, *new.values()]
    for unit in in_order:
        for area in unit.areas:
            keepers.setdefault(area, unit.code)
        if unit.parent is not None:
            below.setdefault(unit.parent, []).append(unit)
    groups = [unit.code for unit in in_order if unit.rank == Rank.GROUP]
    found = {
        code: _unfit(unit, merged, keepers, groups) or _overturned(unit, below.get(code, []), new)
        for code, unit in new.items()
    }
    return {code: why for code, why in found.items() if why is not None}


def _unfit(
    unit: OrgUnit, merged: Mapping[str, OrgUnit], keepers: Mapping[str, str], groups: list[str]
) -> tuple[Unfit, str] | None:
    if (unit.rank == Rank.GROUP) != (unit.parent is None):
        return Unfit.TOP, unit.parent or ""
    if unit.rank == Rank.GROUP and groups[0] != unit.code:
        return Unfit.SECOND_GROUP, groups[0]
    if unit.parent is not None:
        if unit.parent not in merged:
            return Unfit.UNKNOWN_PARENT, unit.parent
        if _above(unit.rank, merged[unit.parent].rank):
            return Unfit.RANK, unit.parent
    taken = [area for area in unit.areas if keepers[area] != unit.code]
    return (Unfit.TAKEN, taken[0]) if taken else None


def _overturned(unit: OrgUnit, below: list[OrgUnit], new: Mapping[str, OrgUnit]) -> tuple[Unfit, str] | None:
    """A unit of the catalogue that its parent's new rank would put out of place; a new one answers for itself."""
    fallen = [child.code for child in below if child.code not in new and _above(child.rank, unit.rank)]
    return (Unfit.BELOW, fallen[0]) if fallen else None


def _above(rank: Rank, parent: Rank) -> bool:
    return RANKS.index(parent) >= RANKS.index(rank)


def supervises(unit: str, of: str, units: Mapping[str, OrgUnit]) -> bool:
    """Whether `unit` stands above `of` in the tree; the group, above which nobody is, watches over itself (R43)."""
    if of not in units or unit not in units:
        return unit in units and not of
    parent = units[of].parent
    if parent is None:
        return unit == of
    while parent is not None:
        if parent == unit:
            return True
        parent = units[parent].parent
    return False


def owner(
    level: int, areas: Iterable[str], units: Mapping[str, OrgUnit], tree: Mapping[str, Area]
) -> str | None:
    """The unit that an incident belongs to: the lowest that looks after all its areas and that the level allows.

    While no area is known, or nobody looks after one, it is the group. None when there is no organisation.
    """
    keepers = {area: unit.code for unit in units.values() for area in unit.areas}
    lines = [line(_keeper(area, keepers, tree), units) for area in areas]
    group = [unit.code for unit in units.values() if unit.rank == Rank.GROUP]
    common = [code for code in (lines[0] if lines else group) if all(code in one for one in lines)]
    allowed = [code for code in common if units[code].rank in HANDLED_BY[level]]
    return next(iter(allowed or group), None)


def _keeper(area: str, keepers: Mapping[str, str], tree: Mapping[str, Area]) -> str | None:
    """The unit that looks after this area, or after the nearest area above it."""
    here: str | None = area
    passed: set[str] = set()
    while here is not None and here not in passed:
        if here in keepers:
            return keepers[here]
        passed.add(here)
        here = tree[here].parent if here in tree else None
    return None


def line(code: str | None, units: Mapping[str, OrgUnit]) -> list[str]:
    """This unit and all above it, upwards."""
    found: list[str] = []
    while code is not None and code in units and code not in found:
        found.append(code)
        code = units[code].parent
    return found
