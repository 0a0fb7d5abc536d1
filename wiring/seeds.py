"""What a fresh home holds: people to play with for every role of our playbooks, the demo areas and the services."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from coordinator.act import SYSTEM, Act, House
from coordinator.chat import HOME_ID
from coordinator.foresight import texts_now
from incidents.terms import LEVELS, IncidentType, Role
from notifications.roster import DUTIES, WEEK, Person, Shift
from notifications.standing import LONGEST, Standing
from notifications.template import VersionState
from storage.database import Database
from storage.transaction import Transaction

SALTS = "recipient_salts"
PEOPLE = {
    "alice": (Role.DUTY_MANAGER,),
    "bob": (Role.APPROVER,),
    "carol": (Role.COMMS,),
    "dan": (Role.LEGAL,),
    "hq": (Role.COMMANDER, Role.HEADQUARTERS, Role.ADMIN),
}
DEFAULT_PERSON = "alice"
"""Who acts on a sandbox home when nobody is named."""


EVER = datetime(2024, 1, 1, tzinfo=UTC)
"""A Monday: the seeded shifts are whole weeks from here on, so that somebody is always on duty."""


def recipient_secret(database: Database) -> bytes:
    """What the salts of sealed recipients are made from; it lies beside the numbers that it hides."""
    with database.transaction() as tx:
        return bytes.fromhex(tx.meta.get(SALTS) or "")


def plant(database: Database, now: datetime, sandbox: bool) -> None:
    """Fill a fresh home; a home that has people is left alone. Only a sandbox has somebody on duty from the start."""
    with database.transaction() as tx:
        if tx.people.all():
            return
        for name, roles in PEOPLE.items():
            tx.people.add(name, tuple(role.value for role in roles), now)
        tx.meta.put(HOME_ID, secrets.token_hex(6))
        tx.meta.put(SALTS, secrets.token_hex(32))
        from notifications.imports import load_seed, load_units

        areas, services = load_seed()
        tx.directory.put_areas(areas)
        tx.directory.put_services(services)
        tx.organisation.put_units(load_units({area.code for area in areas}))
        if sandbox:
            _put_on_duty(tx)


def _put_on_duty(tx: Transaction) -> None:
    """Everybody on duty at every hour, with made-up numbers and addresses that only the sandbox knows."""
    for number, (name, roles) in enumerate(PEOPLE.items(), 1):
        phone, email = f"+861390000{number:04}", f"{name}@duty.example"
        tx.roster.put_person(Person(name, phone, email))
        for role in roles:
            if role in DUTIES:
                tx.roster.add_shift(Shift(name, role.value, "", EVER, EVER + WEEK, weekly=True))


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
