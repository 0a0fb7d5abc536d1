"""Verbs of the directory: import areas, services and customers, list them, and say whom a notice would meet.

They belong to no incident, so they return no effects; a request's own log says who asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coordinator import arrivals
from coordinator.act import Act
from incidents.effects import Effect, GrowAudience, JudgeWindows
from incidents.errors import Invalid
from incidents.lifecycle import OPEN
from incidents.terms import LEVELS, Status
from notifications.audience import Preference, preference_of
from notifications.directory import (
    Area,
    Breakdown,
    Counted,
    Customer,
    Misplaced,
    Service,
    known,
    misplaced,
    with_descendants,
)

BATCH = 1000
"""Customers per transaction: writing so many takes about 50 ms."""
LARGEST = 2000
"""Of these it is about 100 ms, which leaves room below the 200 ms that no write transaction exceeds."""


@dataclass(frozen=True)
class Preview:
    """Whom a notice would meet now. `sms` and `email`: the people each channel would be used for at first."""

    level: int
    areas: tuple[str, ...]
    """With everything below them."""
    services: tuple[str, ...]
    people: Breakdown
    sms: int
    email: int


def import_areas(act: Act, rows: Iterable[Area]) -> tuple[Counted, list[Effect]]:
    """Put areas into the tree, all or none. Invalid when a parent is unknown or an area is below itself."""
    catalogue = act.tx.directory.areas()
    new = {area.code: area for area in rows}
    _refuse(new, misplaced(new, catalogue))
    act.tx.directory.put_areas(list(new.values()))
    return _counted(new, catalogue), []


def _refuse(new: Mapping[str, Area], faults: Mapping[str, Misplaced]) -> None:
    # An area that is only below a misplaced one is not what has to be mended.
    for code in sorted(faults, key=lambda code: faults[code] is Misplaced.BELOW)[:1]:
        reason = faults[code].format(found=new[code].parent)
        raise Invalid("area {code}: {why}", field="parent", code=code, why=reason, next="mend its parent")


def import_services(act: Act, rows: Iterable[Service]) -> tuple[Counted, list[Effect]]:
    """Put services into the catalogue."""
    catalogue = act.tx.directory.services()
    new = {service.code: service for service in rows}
    act.tx.directory.put_services(list(new.values()))
    return _counted(new, catalogue), []


def put_customers(
    act: Act, batch: Sequence[Customer], columns: Sequence[str] | None = None
) -> tuple[Counted, list[Effect]]:
    """Insert customers, or replace by account what `columns` names (everything when left out): what a file does not
    speak of, such as a refusal, stays as it is. The caller streams batches of BATCH, each in its transaction.

    Their areas and services are known ones: notifications.imports has checked them.
    """
    if len(batch) > LARGEST:
        raise Invalid("at most {limit} customers at once", field="batch", limit=LARGEST, next="send less")
    accounts = len({customer.account for customer in batch})
    new = act.tx.directory.put_customers(batch, columns)
    return Counted(new, accounts - new), []


def customers_arrived(act: Act) -> tuple[None, list[Effect]]:
    """The directory has other customers: who is hit by a running incident and was in no first notice is owed one, and
    what is foreseen counts its people anew.

    Each incident is looked at in an act of its own, `grow`; which of them wait for it is kept until it is done.
    """
    act.tx.outlooks.count_anew(act.now)
    running = [incident.id for incident in act.tx.incidents.all() if incident.status in OPEN]
    # Also of what is over by now: a page that was shown to nobody may have been for them.
    over = {window.incident for window in act.tx.windows.owed() if window.audience_state}
    arrivals.look_at(act, running, over.difference(running))
    return None, []


def grow(act: Act, incident_id: int) -> tuple[int, list[Effect]]:
    """Look at one of those that wait; 1, or 0 when somebody else has. Who arrived while it ran was hit by it, also when
    it was stood down since."""
    ran = arrivals.take(act, incident_id)
    if ran is None:
        return 0, []
    grows = ran and act.tx.incidents.by_id(incident_id).status in (*OPEN, Status.RESOLVED)
    return 1, [*([GrowAudience(incident_id)] if grows else []), JudgeWindows(incident_id)]


def list_areas(act: Act) -> tuple[list[Area], list[Effect]]:
    """Every area, by code."""
    return list(act.tx.directory.areas().values()), []


def list_services(act: Act) -> tuple[list[Service], list[Effect]]:
    """Every service, by code."""
    return list(act.tx.directory.services().values()), []


def preview(
    act: Act, areas: Iterable[str], services: Iterable[str], level: int
) -> tuple[Preview, list[Effect]]:
    """Whom a notice about these areas and services would meet; nobody while either is unknown (AMB-23).

    Invalid for an unknown area, service or level.
    """
    if level not in LEVELS:
        raise Invalid("level {level} does not exist", field="level", level=level, next="1, 2 or 3")
    catalogue = act.tx.directory.areas()
    within = with_descendants(known(areas, catalogue, "area"), catalogue)
    offered = known(services, act.tx.directory.services(), "service")
    people = act.tx.directory.breakdown(within, offered)
    everywhere = preference_of(level) == Preference.ALL
    email = people.with_email if everywhere else people.email_only
    return Preview(level, within, offered, people, sms=people.with_sms, email=email), []


def _counted(new: Mapping[str, object], catalogue: Mapping[str, object]) -> Counted:
    updated = sum(code in catalogue for code in new)
    return Counted(len(new) - updated, updated)
