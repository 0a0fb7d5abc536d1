"""What is looked for among incidents (R47).

Pure, frozen. Instants are UTC; empty means no condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from incidents.terms import IncidentType, Status


@dataclass(frozen=True)
class Wanted:
    """`since` is included, `until` is not; both are about awareness. `before` is the id to go on from."""

    type: IncidentType | None = None
    statuses: tuple[Status, ...] = ()
    areas: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    ids: frozenset[int] | None = None
    """Only these; None means any."""
