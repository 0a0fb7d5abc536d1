"""Whom an incident meets: its areas with everything below them, its services, and what was uploaded for it."""

from __future__ import annotations

from coordinator.act import Act
from coordinator.family import members_of
from incidents.incident import Incident
from notifications.audience import Scope


def scope_of(act: Act, incident: Incident) -> Scope:
    """The scope as it is now; nobody is in it while the impact is unknown and nothing was uploaded (AMB-23)."""
    lists = [one for member in members_of(act, incident.id) for one in act.tx.uploads.live(member)]
    return Scope(
        areas=act.tx.directory.within(incident.areas) if incident.impact_known else (),
        services=incident.services if incident.impact_known else (),
        uploads=tuple(one.id for one in lists),
        alone=any(one.alone for one in lists),
    )
