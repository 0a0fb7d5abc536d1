"""The notices that an incident's people have had. Reads only."""

from __future__ import annotations

from coordinator.act import Act
from incidents.incident import Incident
from notifications.notice import Notice


def notices_of(act: Act, incident: Incident) -> list[Notice]:
    """Every notice of this incident, oldest first."""
    return act.tx.notices.of_incident(incident.id)
