"""What an ordinary complaint, which is its complainant's alone, does not have."""

from __future__ import annotations

from incidents.errors import Conflict
from incidents.incident import Incident


def must_be_wider(incident: Incident, field: str) -> None:
    """Conflict for an ordinary complaint: what concerns more than one person is asked of an incident (AMB-14)."""
    if incident.case:
        raise Conflict(
            "{ref} is an ordinary complaint of one person",
            ref=incident.reference,
            field=field,
            next=f"tongbao complaint promote {incident.reference} --because service_quality",
        )
