"""Whom an incident meets, and by which channels first: its areas with everything below them, its services, and what was
uploaded for it."""

from __future__ import annotations

from coordinator.act import Act
from coordinator.family import members_of
from incidents.incident import Incident
from notifications.audience import Preference, Scope, preference_of


def scope_of(act: Act, incident: Incident) -> Scope:
    """The scope as it is now; nobody is in it while the impact is unknown and nothing was uploaded (AMB-23). Of an
    ordinary complaint it is its complainant alone (AMB-14)."""
    family = members_of(act, incident.id)
    lists = [
        one for member in family if not _split_off(act, family, member) for one in act.tx.uploads.live(member)
    ]
    if incident.case:
        return Scope(areas=(), services=(), uploads=tuple(one.id for one in lists))
    return Scope(
        areas=act.tx.directory.within(incident.areas) if incident.impact_known else (),
        services=incident.services if incident.impact_known else (),
        uploads=tuple(one.id for one in lists),
        alone=any(one.alone for one in lists),
    )


def _split_off(act: Act, family: tuple[int, ...], member: int) -> bool:
    """Whether the complainant of this complaint went with a part that was split off after the complaint had joined: a
    part has its people by area."""
    parts = [part for one in family for part in act.tx.incidents.parts_of(one) if part.id not in family]
    case = act.tx.incidents.by_id(member)
    if not parts or not case.case:
        return False
    joined = next((entry.at for entry in act.tx.incidents.entries(member) if entry.kind == "merged"), act.now)
    gone = [code for part in parts if part.opened_at >= joined for code in part.split_areas]
    return not set(case.areas).isdisjoint(act.tx.directory.within(gone))


def doubted(act: Act, incident: Incident) -> list[str]:
    """Channels that need a service which this incident has hit: docs/windows.md, "When the network is the incident"."""
    hit = set(incident.services)
    return [name for name, services in act.house.paging.depends.items() if hit & set(services)]


def preference_for(act: Act, incident: Incident) -> Preference:
    """By which channels its people are told at first."""
    return preference_of(incident.level, doubted(act, incident))
