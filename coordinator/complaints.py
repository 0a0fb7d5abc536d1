"""Verbs of ordinary complaints: put one on the record as a case of its complainant, and promote it.

A case is of level 3 and owes its complainant alone: a word within the first notice's time, and how it ended. It has no
page, no cadence and no reports. Promoted, it is a duplicate of the incident that it belongs to (AMB-14, R40).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from coordinator.act import Act, instant
from coordinator.family import survivor_of
from incidents.effects import (
    AssignUnit,
    DraftNotice,
    Effect,
    MergeCase,
    Opening,
    OpenWindow,
    PromoteCase,
    Record,
)
from incidents.errors import Conflict, Invalid, NotFound
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.placeholder import own_words
from incidents.reasons import sentence
from incidents.terms import IncidentType, Kind, Status
from incidents.values import opening as opening_facts
from notifications.directory import known

Outcome = tuple[Incident, list[Effect]]
LEVEL = 3
"""Of an ordinary complaint (handbook 7.2(2), R15)."""
CONDITIONS = {
    "service_quality": "service_quality",
    "policy_change": "major",
    "several_departments": "major",
}
"""What promotes a complaint (handbook 3.4.2, R40), and the class of complaint that it is from then on (R44, R45)."""
NOTHING_THERE = (Status.FALSE_ALARM, Status.REJECTED)
LONGEST_LINK = 200
COMPLAINT = "complaint"
"""How the operator came to know of it (AMB-05)."""


@dataclass(frozen=True)
class Complaint:
    """Who complains, in a few words of what, by which services, since when; `link`: its number elsewhere."""

    account: str
    summary: str
    services: tuple[str, ...] = ()
    link: str = ""
    at: datetime | None = None


def add(act: Act, complaint: Complaint) -> Outcome:
    """Put an ordinary complaint on the record: its complainant is owed a word from the instant of the complaint."""
    title = " ".join(complaint.summary.split())
    if not 1 <= len(title) <= 200:
        raise Invalid(
            "the summary must have 1 to 200 characters",
            field="summary",
            next="say in a few words what it is about",
        )
    link = _link(act, complaint.link)
    home = act.tx.directory.home_of(complaint.account)
    if home is None:
        raise NotFound(
            "no customer {account} in the directory",
            account=complaint.account,
            field="account",
            next="tongbao customers import FILE puts customers there",
        )
    services = known(complaint.services, act.tx.directory.services(), "service") or home.services
    at = _complained_at(act, complaint.at)
    case = act.tx.incidents.add(
        Incident(
            id=0,
            reference="",
            type=IncidentType.COMPLAINT_ESCALATION,
            level=LEVEL,
            status=Status.OPEN,
            title=title,
            areas=(home.area,),
            services=services,
            aware_at=at,
            aware_source=COMPLAINT,
            opened_at=act.now,
            opened_by=act.actor.name,
            complaint="ordinary",
            level_reasons=(sentence("complaint", value="ordinary"),),
            case=True,
            case_link=link,
        )
    )
    upload = act.tx.uploads.begin(case.id, False, act.actor.name, act.now)
    act.tx.uploads.add(upload.id, [complaint.account])
    act.tx.uploads.finish(upload)
    return case, [
        Record(case.id, "complaint_registered", opening_facts(case)),
        AssignUnit(case.id),
        OpenWindow(case.id, Kind.FIRST_NOTICE, case.aware_at),
        DraftNotice(case.id, Kind.FIRST_NOTICE),
    ]


def _link(act: Act, given: str) -> str:
    """Its number in the complaint system, which is on the record once, unless that was said to be nothing: what goes on
    then may be put there again."""
    link = own_words(given)
    if len(link) > LONGEST_LINK:
        raise Invalid(
            "link has more than {longest} characters",
            longest=LONGEST_LINK,
            field="link",
            next="give the complaint's number",
        )
    there = act.tx.incidents.case_of(link) if link else None
    if there is not None and survivor_of(act, there.id).status not in NOTHING_THERE:
        raise Conflict(
            "complaint {link} is {ref} already",
            link=link,
            ref=there.reference,
            field="link",
            next=f"tongbao show {there.reference}",
        )
    return link


def _complained_at(act: Act, given: datetime | None) -> datetime:
    at = act.now if given is None else instant(act, given, "at")
    if at > act.now:
        raise Invalid("at is in the future", field="at", next="give the instant of the complaint")
    return at


def promote(act: Act, reference: str, because: str, wider: Opening | None, into: str = "") -> Outcome:
    """A complaint meets a condition of R40: it goes into the incident `into`, or into a new one with the facts of
    `wider`. From then on everybody who is hit is told, on the public page too."""
    case = act.tx.incidents.case(reference)
    if because not in CONDITIONS:
        raise Invalid(
            "unknown condition {name}",
            name=because,
            field="because",
            next=("one of: {known}", {"known": tuple(CONDITIONS)}),
        )
    if case.status not in OPEN:
        raise Conflict(
            "{ref} is “{status}”",
            ref=reference,
            status=case.status,
            field="status",
            next="what goes on is a new one: tongbao open",
        )
    said = Record(case.id, "promoted", {"because": because})
    if wider is None:
        return case, [said, MergeCase(reference, into)]
    opening = replace(
        wider,
        type=IncidentType.COMPLAINT_ESCALATION,
        title=wider.title or case.title,
        areas=wider.areas or case.areas,
        services=wider.services or case.services,
        aware_at=case.aware_at,
        source=COMPLAINT,
        complaint=CONDITIONS[because],
    )
    return case, [said, PromoteCase(reference, opening, sentence("complaint", value=opening.complaint))]
