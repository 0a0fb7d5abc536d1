"""Commands of the shift's end: the sheet, its signature, and its acceptance."""

from __future__ import annotations

import click

from cli.command import Answer, command
from cli.session import Document, Session

SHOWN = "show"


class Sheets(click.Group):
    """A group that shows the sheet when no command of it is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] != "--help"):
            args = [SHOWN, *args]
        return super().parse_args(ctx, args)


group = Sheets("handover", help="The sheet of everything owed, signed by who leaves and who comes.")


def register(root: click.Group) -> None:
    root.add_command(group)


@command(group, SHOWN, permission="read", show="sheet", example="tongbao handover")
def show(session: Session) -> Answer:
    """Show everything owed, overdue first, and the last signature."""
    from coordinator import handover

    return _answer(session, session.act(handover.sheet))


@command(group, "sign", permission="handover", mutating=True, show="sheet", example="tongbao handover sign")
def sign(session: Session) -> Answer:
    """Sign the sheet as it stands, as the one who leaves; the clocks run on."""
    from coordinator import handover

    return _answer(session, session.do(_same, handover.sign))


@command(
    group,
    "accept",
    permission="handover",
    mutating=True,
    show="sheet",
    example="tongbao handover accept --as hq",
)
def accept(session: Session) -> Answer:
    """Accept what another person signed; what has changed since is said."""
    from coordinator import handover

    return _answer(session, session.do(_same, handover.accept))


def _same(_act: object, document: Document) -> Document:
    return document


def _answer(session: Session, document: Document) -> Answer:
    from rendering.handover import sheet

    text = "" if session.as_json else sheet(document, session.lang, session.settings.operator.zone)
    return Answer(document, options={"text": text})
