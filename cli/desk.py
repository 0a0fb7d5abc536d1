"""Commands of the desk: ways back and second thoughts."""

from __future__ import annotations

import click

from cli.command import Answer, command
from cli.session import Session

group = click.Group("desk")


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@command(
    group, "undo", permission="undo", mutating=True, show="incident", example="tongbao undo INC-2026-0001"
)
@click.argument("ref")
def undo(session: Session, ref: str) -> Answer:
    """Take back your last lifecycle act, correction or withdrawal within 5 minutes, while nobody was told."""
    from coordinator import undo as desk
    from coordinator import views

    return Answer(session.do(views.incident, desk.undo, ref))
