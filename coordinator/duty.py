"""Who is on duty for what, and by which ways people can be reached just now. Reads only."""

from __future__ import annotations

from collections.abc import Sequence

from coordinator.act import Act
from coordinator.scope import doubted
from incidents.incident import Incident
from notifications.organisation import line
from notifications.paging import Stage, stages
from notifications.roster import Roster

ROSTER_LOOK = "roster_look_at"
"""Durable note of when a shift begins or ends next."""


def order(act: Act, to: str, unit: str, but: Sequence[str] = (), named: str = "") -> list[Stage]:
    """Who is paged first, second, …; people without any address, and those in `but`, are left out. A person who is
    `named` comes before everybody."""
    roster = act.tx.roster.roster()
    units = line(unit or None, act.tx.organisation.units())
    found = stages(roster, act.now, to, units)
    if named:
        found = [((named, to),), *(tuple(one for one in stage if one[0] != named) for stage in found)]
    kept = [
        tuple(one for one in stage if one[0] not in but and _reachable(roster, one[0])) for stage in found
    ]
    return [stage for stage in kept if stage]


def _reachable(roster: Roster, name: str) -> bool:
    return name in roster.people and roster.people[name].reachable


def first(act: Act, to: str, unit: str) -> list[str]:
    """Whom a page to these roles meets first."""
    found = order(act, to, unit)
    return [name for name, _ in found[0]] if found else []


def doubtful(act: Act, incident: Incident | None) -> list[str]:
    """Channels in trouble, and those that depend on a service that this incident has hit (windows.md §7)."""
    hit = doubted(act, incident) if incident else []
    return list(dict.fromkeys([*hit, *act.tx.receipts.lanes()]))
