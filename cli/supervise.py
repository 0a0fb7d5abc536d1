"""Commands of supervision: name the supervisor, push, read the ledger."""

from __future__ import annotations

from typing import Any

import click

from cli.command import Answer, command
from cli.session import Document, Session

group = click.Group()


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@command(
    group,
    "supervise",
    permission="supervise",
    mutating=True,
    show="supervision",
    example="tongbao supervise INC-2026-0001 hq --unit ZZ-HQ",
)
@click.argument("ref", required=False)
@click.argument("person", required=False)
@click.option(
    "--unit", default="", metavar="CODE", help="The supervisor's unit; that of the roster when left out."
)
def supervise(session: Session, ref: str | None, person: str | None, unit: str) -> Answer:
    """Name who of a superior unit watches over an incident; without arguments: the ledger of all."""
    from coordinator import supervising

    if ref is None:
        return Answer(session.act(_ledger))
    if person is None:
        raise click.UsageError("name the person: tongbao supervise REF PERSON")
    return Answer(session.do(_all, supervising.supervise, ref, person, unit))


@command(
    group,
    "nudge",
    permission="nudge",
    mutating=True,
    show="supervision",
    example="tongbao nudge INC-2026-0001 'two hours without an update' --as hq",
)
@click.argument("ref")
@click.argument("text")
def nudge(session: Session, ref: str, text: str) -> Answer:
    """Push, as the supervisor, for an incident: whoever is on duty is paged, and the ledger keeps it."""
    from coordinator import supervising

    return Answer(session.do(_all, supervising.nudge, ref, text))


def _ledger(act: Any) -> tuple[Document, list[Any]]:
    return _all(act, None), []


def _all(act: Any, _done: object) -> Document:
    from coordinator import supervising

    return {"items": supervising.ledger(act)[0]}
