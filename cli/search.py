"""The command that finds incidents."""

from __future__ import annotations

import shlex
from typing import Any

import click

from cli import given
from cli.command import Answer, command
from cli.incident import TYPES
from cli.session import Document, Session

group = click.Group()


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@command(
    group,
    "search",
    permission="read",
    show="found",
    example="tongbao search --type network_fault --area ZZ01 --from 2026-10-01 --to 2026-10-31",
)
@click.option("--type", "type_", type=click.Choice(TYPES), help="What kind of trouble it was.")
@click.option("--area", "areas", multiple=True, help="Area code; the areas below it count too.")
@click.option("--from", "since", metavar="DATE", help="Known since this day (2026-10-01) or instant.")
@click.option(
    "--to", "until", metavar="DATE", help="Known at the latest on this day, or before this instant."
)
@click.option("--status", "statuses", multiple=True, help="Status of the incident, or several.")
@click.option("--customer", metavar="ACCOUNT", help="Whose notices; that you looked is kept.")
@click.option("--limit", type=int, default=20, show_default=True, help="How many at most.")
@click.option("--after", metavar="REF", default="", help="Go on after this incident.")
@click.option("--reads", is_flag=True, help="Who looked for which customer instead.")
def search(session: Session, customer: str | None, reads: bool, **asked: Any) -> Answer:
    """Find incidents by type, area, date, status or customer; the newest first."""
    from coordinator import search as verbs

    act = session.app.coordinator.act
    if reads:
        return Answer(act("people", session.actor, verbs.looks, asked["limit"]), show="reads")
    wanted, page = _wanted(session, asked), (asked["limit"], asked["after"])
    if customer is None:
        document = act("read", session.actor, verbs.search, wanted, *page)
    else:
        document = act("look_up", session.actor, verbs.look_up, customer, wanted, *page)
    return Answer({**document, "next": _next(document, customer, asked)})


def _wanted(session: Session, asked: dict[str, Any]) -> Any:
    from incidents.search import Wanted
    from incidents.terms import IncidentType

    zone = session.settings.operator.zone
    return Wanted(
        type=IncidentType(asked["type_"]) if asked["type_"] else None,
        statuses=given.statuses(asked["statuses"]),
        areas=frozenset(given.codes(asked["areas"])),
        since=given.day(asked["since"], "from", zone),
        until=given.day(asked["until"], "to", zone, end=True),
    )


def _next(document: Document, customer: str | None, asked: dict[str, Any]) -> str:
    """The command for the next page; on the last page, the one to look at a hit."""
    if document["more_after"] is None:
        return "tongbao show REF" if document["items"] else "tongbao list"
    words = ["tongbao", "search"]
    for option, value in (("--type", asked["type_"]), ("--customer", customer)):
        words += [option, value] if value else []
    for option, value in (("--from", asked["since"]), ("--to", asked["until"])):
        words += [option, value] if value else []
    for option, values in (("--area", asked["areas"]), ("--status", asked["statuses"])):
        words += [word for value in values for word in (option, value)]
    return shlex.join([*words, "--limit", str(asked["limit"]), "--after", document["more_after"]])
