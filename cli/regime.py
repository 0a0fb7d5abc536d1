"""Commands of the regimes: list, enable, disable; and on an incident apply and waive."""

from __future__ import annotations

import click

from cli import given
from cli.command import Answer, command
from cli.session import Document, Session

group = click.Group(
    "regime", help="Regulators' clocks: shipped, and switched off until somebody enables them."
)


def register(root: click.Group) -> None:
    root.add_command(group)


@command(group, "list", permission="read", show="regimes", example="tongbao regime list")
def list_(session: Session) -> Answer:
    """List every regime: enabled, off, or still to come, with its source and how sure it is."""
    from coordinator import regimes

    return Answer(session.act(regimes.listing))


@command(
    group,
    "enable",
    permission="regime",
    mutating=True,
    show="regime",
    example="tongbao regime enable us.fcc.nors --reason 'we serve customers there' --as hq",
)
@click.argument("pack")
@click.option("--reason", required=True, help="Who decided it, and why.")
def enable(session: Session, pack: str, reason: str) -> Answer:
    """Ask about this regime in every incident that opens from now on."""
    from coordinator import regimes

    return Answer(session.do(_same, regimes.enable, pack, reason))


@command(
    group,
    "disable",
    permission="regime",
    mutating=True,
    show="regime",
    example="tongbao regime disable us.fcc.nors --reason 'the licence was given back' --as hq",
)
@click.argument("pack")
@click.option("--reason", required=True, help="Who decided it, and why.")
def disable(session: Session, pack: str, reason: str) -> Answer:
    """Ask about this regime no more; what running incidents owe by it they owe."""
    from coordinator import regimes

    return Answer(session.do(_same, regimes.disable, pack, reason))


@command(
    group,
    "apply",
    permission="apply_regime",
    mutating=True,
    show="incident",
    example="tongbao regime apply INC-2026-0001 eu.nis2 --reason 'severe disruption in two countries'",
)
@click.argument("ref")
@click.argument("pack")
@click.option("--reason", required=True, help="Why it applies.")
@click.option("--at", metavar="TIME", help="When it was classified so; now when left out.")
def apply(session: Session, ref: str, pack: str, reason: str, at: str | None) -> Answer:
    """Say that a regime applies to an incident: what it asks for is owed by its own clocks."""
    from coordinator import regimes, views

    return Answer(session.do(views.incident, regimes.apply, ref, pack, reason, given.when(at, "at")))


@command(
    group,
    "waive",
    permission="apply_regime",
    mutating=True,
    show="incident",
    example="tongbao regime waive INC-2026-0001 eu.nis2 --reason 'nobody outside the test network is hit'",
)
@click.argument("ref")
@click.argument("pack")
@click.option("--reason", required=True, help="Why it does not apply.")
def waive(session: Session, ref: str, pack: str, reason: str) -> Answer:
    """Say that a regime does not apply to an incident: nothing is owed by it."""
    from coordinator import regimes, views

    return Answer(session.do(views.incident, regimes.waive, ref, pack, reason))


def _same(_act: object, document: Document) -> Document:
    return document
