"""The incident record: one superset of facts, of which every notice and report is a view.

Pure, frozen. Times are UTC. `None` means unknown, which is allowed and shown, never absent (R12, R35).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from incidents.terms import IncidentType, Status

Bilingual = dict[str, str]
"""Free words of a person: {"zh-CN": ..., "en": ...}; a language may be missing, never wrong."""


@dataclass(frozen=True)
class Affected:
    """How many services are hit. `confidence`: estimated or measured; the unit is always services."""

    count: int
    unit: str = "services"
    confidence: str = "estimated"


@dataclass(frozen=True)
class Incident:
    id: int
    reference: str
    type: IncidentType
    level: int
    status: Status
    title: str
    areas: tuple[str, ...]
    services: tuple[str, ...]
    """Area and service codes; both empty means the impact is not known."""
    aware_at: datetime
    aware_source: str
    opened_at: datetime
    opened_by: str
    onset_at: datetime | None = None
    affected: Affected | None = None
    cause: Bilingual = field(default_factory=dict)
    cause_status: str = "unknown"
    """unknown, suspected or confirmed; only a confirmed cause is told to customers (AMB-11)."""
    actions: tuple[Bilingual, ...] = ()
    """What has been done, oldest first."""
    workaround: Bilingual = field(default_factory=dict)
    effects: Bilingual = field(default_factory=dict)
    expected_at: datetime | None = None
    """When restoration is expected; None renders as an honest "not yet known"."""
    emergency_calls: bool | None = None
    """Whether emergency numbers cannot be reached, and no other network in the area carries them."""
    whole_area: bool | None = None
    """Whether each of the areas is hit as a whole."""
    people_data: int | None = None
    """How many people's data is concerned."""
    complaints_per_hour: int | None = None
    complaint: str | None = None
    """The class of an escalated complaint: a word of incidents.terms.COMPLAINTS."""
    users_at_once: int | None = None
    level_reasons: tuple[str, ...] = ()
    review_at: datetime | None = None
    """When the level is looked at again; None once it is known how big it is (AMB-04)."""
    review_recorded: bool = False
    """Whether the timeline says that this review fell due."""
    kept_against: int | None = None
    """The suggested level that a person has seen and decided against."""
    confirmed_at: datetime | None = None
    restored_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    exercise: bool = False
    playbook: str = ""
    """Pinned as "id@version"."""
    org_unit: str = ""
    """The unit of the organisation that it belongs to; "" while there is no organisation (R53)."""
    result: Bilingual = field(default_factory=dict)
    """How it ended, in a person's words (R35)."""
    responsible_department: Bilingual = field(default_factory=dict)
    """Who answers for it; empty means whoever leads at this level by the playbook (R35)."""
    improvements: tuple[Bilingual, ...] = ()
    """What will be done better, oldest first (R38)."""
    merged_into: int | None = None
    """The incident that it is a duplicate of and that took over what it owed (AMB-26)."""
    split_from: int | None = None
    """The incident that it was a part of."""
    split_areas: tuple[str, ...] = ()
    """The areas that it took along."""
    planned_start_at: datetime | None = None
    """Of planned work, which is carried by this record and is no incident: when it begins (AMB-24)."""
    planned_end_at: datetime | None = None
    overrun_of: int | None = None
    """The planned work that was not completed by its planned end; each opens one incident at most."""
    case: bool = False
    """Whether it is an ordinary complaint: a level-3 case whose audience is its complainant alone (AMB-14). Who that is
    stands on a list of one account, not here: the record outlives the customer's data."""
    case_link: str = ""
    """The complaint's number or address in the complaint system, which keeps its own clock (AMB-25)."""

    @property
    def planned(self) -> bool:
        """Whether it is planned work: it has windows and notices, and is no incident."""
        return self.planned_start_at is not None

    @property
    def impact_known(self) -> bool:
        return bool(self.areas and self.services)

    def gaps(self) -> tuple[str, ...]:
        """The facts of R12 that are still unknown, in the order of the form."""
        facts = {
            "onset": self.onset_at,
            "area": self.areas,
            "service": self.services,
            "affected": self.affected,
            "cause": self.cause,
        }
        return tuple(name for name, value in facts.items() if not value)


SIZE = ("emergency_calls", "whole_area", "people_data", "complaints_per_hour", "complaint", "users_at_once")
"""Facts beside the affected figure that say how big an incident is."""
