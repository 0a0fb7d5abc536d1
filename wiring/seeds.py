"""What a fresh home holds: people to play with for every role of our playbooks, the demo areas and the services."""

from __future__ import annotations

import secrets
from datetime import datetime

from coordinator.act import SYSTEM, Act, House
from coordinator.chat import HOME_ID
from coordinator.foresight import texts_now
from incidents.terms import LEVELS, IncidentType, Role
from notifications.standing import LONGEST, Standing
from notifications.template import VersionState
from storage.database import Database

PEOPLE = {
    "alice": (Role.DUTY_MANAGER,),
    "bob": (Role.APPROVER,),
    "carol": (Role.COMMS,),
    "dan": (Role.LEGAL,),
    "hq": (Role.COMMANDER, Role.HEADQUARTERS, Role.ADMIN),
}
DEFAULT_PERSON = "alice"
"""Who acts on a sandbox home when nobody is named."""


def plant(database: Database, now: datetime) -> None:
    """Fill a fresh home; a home that has people is left alone."""
    with database.transaction() as tx:
        if tx.people.all():
            return
        for name, roles in PEOPLE.items():
            tx.people.add(name, tuple(role.value for role in roles), now)
        tx.meta.put(HOME_ID, secrets.token_hex(6))
        from notifications.imports import load_seed, load_units

        areas, services = load_seed()
        tx.directory.put_areas(areas)
        tx.directory.put_services(services)
        tx.organisation.put_units(load_units({area.code for area in areas}))


SEEDED_MAXIMUM = 1_000_000


def approve_holding(database: Database, now: datetime, house: House) -> None:
    """On the sandbox the people to play with have approved the shipped holding texts; elsewhere nobody has."""
    with database.transaction() as tx:
        if tx.approvals.all():
            return
        tx.approvals.add(
            Standing(
                id=0,
                types=tuple(sorted(kind.value for kind in IncidentType)),
                levels=LEVELS,
                text_hash=texts_now(Act(tx, now, SYSTEM, house)),
                maximum=SEEDED_MAXIMUM,
                expires_at=now + LONGEST,
                author="alice",
                submitted_at=now,
                state=VersionState.APPROVED,
                decided_by="bob",
                decided_at=now,
            )
        )
