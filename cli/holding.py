"""Commands of the holding notice: list, submit for approval, hold, resume, send early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli import given
from cli.command import Answer, command
from cli.incident import TYPES
from cli.numbers import NUMBER
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act
    from windows.window import Window

group = click.Group(
    "holding", help="The holding notice, which goes by itself when nothing else will make it."
)


def register(root: click.Group) -> None:
    root.add_command(group)


@command(group, "list", permission="read", show="holding_list", example="tongbao holding list")
def list_(session: Session) -> Answer:
    """Show every countdown that runs, and which texts are approved in advance until when."""
    from coordinator import holding_views

    return Answer(session.act(holding_views.listing))


@command(
    group,
    "submit",
    permission="template",
    mutating=True,
    show="holding_approval",
    example="tongbao holding submit --level 1 --level 2 --maximum 500000 --expires 2027-03-31 --as carol",
)
@click.option(
    "--type", "types", multiple=True, type=click.Choice(TYPES), help="For these types; all when left out."
)
@click.option(
    "--level", "levels", multiple=True, type=click.IntRange(1, 3), required=True, help="For these levels."
)
@click.option(
    "--maximum", type=int, required=True, metavar="N", help="People at most whom it may be sent to."
)
@click.option("--expires", required=True, metavar="DAY", help="Until when; a year ahead at most.")
def submit(
    session: Session, types: tuple[str, ...], levels: tuple[int, ...], maximum: int, expires: str
) -> Answer:
    """Ask a second person to approve the holding texts, as they are in force, in advance."""
    from coordinator import holding, holding_views
    from incidents.errors import Invalid
    from incidents.terms import IncidentType

    ends = given.day(expires, "expires", session.settings.operator.zone, end=True)
    if ends is None:
        raise Invalid("an approval in advance ends within a year from now", field="expires")
    kinds = [IncidentType(name) for name in types or TYPES]
    return Answer(session.do(holding_views.approval, holding.submit, kinds, levels, maximum, ends))


@command(
    group,
    "hold",
    permission="stop",
    mutating=True,
    show="window",
    example="tongbao holding hold 2 --reason 'the area on record is wrong'",
)
@click.argument("window", type=NUMBER)
@click.option("--reason", required=True, help="What would be wrong with it.")
def hold(session: Session, window: int, reason: str) -> Answer:
    """Stop the countdown of a window's holding notice; the window's own clock goes on."""
    from coordinator import holding

    return Answer(session.do(_seen, holding.hold, window, reason))


@command(group, "resume", permission="stop", mutating=True, show="window", example="tongbao holding resume 2")
@click.argument("window", type=NUMBER)
def resume(session: Session, window: int) -> Answer:
    """Let the countdown run again; what is due by then goes at once."""
    from coordinator import holding

    return Answer(session.do(_seen, holding.resume, window))


@command(
    group,
    "send",
    permission="submit",
    mutating=True,
    show="notice",
    example="tongbao holding send INC-2026-0001\ntongbao holding send INC-2026-0001 --channels web",
)
@click.argument("ref")
@click.option("--channels", metavar="LIST", help="web,sms,email; all of its own when left out.")
def send(session: Session, ref: str, channels: str | None) -> Answer:
    """Send the holding notice early, alone: its text was approved in advance. Recorded, and reviewed within 24 h."""
    from coordinator import holding, views
    from incidents.errors import Invalid
    from incidents.terms import Channel

    wanted = given.codes([channels]) if channels else ()
    unknown = [name for name in wanted if name not in list(Channel)]
    if unknown:
        raise Invalid("unknown channel {name}", name=unknown[0][:40], field="channels", next="web,sms,email")
    return Answer(session.do(views.notice, holding.send, ref, wanted or None))


def _seen(act: Act, found: Window) -> Document:
    from coordinator import views

    return {**views.window_now(act, found), "at": views.iso(act.now), "next": "tongbao holding list"}
