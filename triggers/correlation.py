"""Correlation: whether an alarm is a sign of an outage that is known already.

Pure. Joining hides an alarm in another incident's timeline, so it takes a related area and a shared service.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.terms import IncidentType
from triggers.routing import Route

OUTAGES = frozenset({IncidentType.NETWORK_FAULT, IncidentType.SERVICE_INTERRUPTION})
"""Two views of one thing; a leak or a wave of complaints in the same area is another matter."""


def known_outage(
    route: Route, related: Collection[str], incidents: Iterable[Incident], now: datetime
) -> Incident | None:
    """The oldest open incident that `route` belongs to; `related` are its areas, all above and below."""
    fitting = (incident for incident in incidents if _belongs(route, frozenset(related), incident, now))
    return min(fitting, key=lambda incident: (incident.opened_at, incident.id), default=None)


def _belongs(route: Route, related: frozenset[str], incident: Incident, now: datetime) -> bool:
    if incident.status not in OPEN or incident.exercise or not _same_matter(route, incident):
        return False
    areas, services = frozenset(incident.areas), frozenset(incident.services)
    exactly = bool(route.areas and route.services) and (
        (areas, services) == (frozenset(route.areas), frozenset(route.services))
    )
    young = now - incident.opened_at <= route.correlate
    return exactly or (young and _share(related, areas) and _share(frozenset(route.services), services))


def _same_matter(route: Route, incident: Incident) -> bool:
    return route.type == incident.type or {route.type, incident.type} <= OUTAGES


def _share(left: frozenset[str], right: frozenset[str]) -> bool:
    """Whether they have something in common; two unknowns have, so that unlabelled alarms gather."""
    return bool(left & right) or not (left or right)
