"""The command whatif: the level and the windows of an incident that nobody has opened."""

from __future__ import annotations

from typing import Any

import click

from cli import given
from cli.command import Answer, command
from cli.incident import TYPES, impact, impact_given
from cli.session import Session

group = click.Group()


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@command(
    group,
    "whatif",
    permission="read",
    show="whatif",
    example="tongbao whatif --type network_fault --affected 120000\n"
    "tongbao whatif --type network_fault --level 1 --regime us.fcc.nors --regime eu.nis2",
)
@click.option("--type", "kind", type=click.Choice(TYPES), required=True, help="What kind of trouble it is.")
@click.option("--level", type=int, help="The level; by the facts when left out.")
@click.option("--area", "areas", multiple=True, help="Area code, list of codes, or unknown.")
@click.option("--service", "services", multiple=True, help="Service code, list, or unknown.")
@click.option("--onset", metavar="TIME", help="When it began.")
@click.option("--aware", metavar="TIME", help="When it became known; now when left out.")
@click.option(
    "--regime", "regimes", multiple=True, metavar="PACK", help="Also under this regime; may be repeated."
)
@impact
def whatif(session: Session, kind: str, level: int | None, regimes: tuple[str, ...], **facts: Any) -> Answer:
    """Say which level these facts suggest, why, and what would be owed by when. Nothing is opened."""
    from coordinator.whatif import whatif as verb
    from incidents.effects import Opening
    from incidents.terms import IncidentType

    opening = Opening(
        type=IncidentType(kind),
        level=level,
        title="what if",
        areas=given.codes(facts["areas"]),
        services=given.codes(facts["services"]),
        onset_at=given.when(facts["onset"], "onset"),
        aware_at=given.when(facts["aware"], "aware"),
        cause={},
        source="person",
        **impact_given(facts),
    )
    return Answer(session.act(verb, opening, regimes))
