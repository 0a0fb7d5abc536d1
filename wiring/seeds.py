"""What a fresh home holds: people to play with for every role of our playbooks, the demo areas and the services."""

from __future__ import annotations

import secrets
from datetime import datetime

from coordinator.chat import HOME_ID
from incidents.terms import Role
from storage.database import Database

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


def recipient_secret(database: Database) -> bytes:
    """What the salts of sealed recipients are made from; it lies beside the numbers that it hides."""
    with database.transaction() as tx:
        return bytes.fromhex(tx.meta.get(SALTS) or "")


def plant(database: Database, now: datetime) -> None:
    """Fill a fresh home; a home that has people is left alone."""
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
