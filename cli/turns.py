"""Commands for the turns that nobody plans: reopen, false-alarm, reject, merge, split."""

from __future__ import annotations

import click

from cli import given
from cli.command import Answer, command
from cli.session import Session

group = click.Group()


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@command(
    group,
    "reopen",
    permission="reopen",
    mutating=True,
    show="incident",
    example="tongbao reopen INC-2026-0001 --reason 'calls fail again since 16:40'",
)
@click.argument("ref")
@click.option("--reason", required=True, help="What showed it; for the record.")
def reopen(session: Session, ref: str, reason: str) -> Answer:
    """Say that service is not back, or not any more: from restored, resolved or closed back to responding.

    Who was told of the recovery is owed a correction, else customers are owed an update; the cadence resumes.
    """
    from coordinator import reopening, views

    return Answer(session.do(views.incident, reopening.reopen, ref, reason))


REASON = "Why: '中文 // English'. Who was told of it reads this; nobody told, one language will do."


@command(
    group,
    "false-alarm",
    permission="false_alarm",
    mutating=True,
    show="incident",
    example="tongbao false-alarm INC-2026-0001 --reason '监测探头误报 // a probe raised a false alarm'",
)
@click.argument("ref")
@click.option("--reason", required=True, help=REASON)
def false_alarm(session: Session, ref: str, reason: str) -> Answer:
    """Say that there was nothing: who was told is owed a withdrawal, what is in flight stops."""
    from coordinator import ending, views

    why = given.spoken(reason, "reason") or {}
    return Answer(session.do(views.incident, ending.false_alarm, ref, why))


@command(
    group,
    "reject",
    permission="reject",
    mutating=True,
    show="incident",
    example="tongbao reject INC-2026-0001 --reason '属于计划割接 // this is planned work'",
)
@click.argument("ref")
@click.option("--reason", required=True, help=REASON)
def reject(session: Session, ref: str, reason: str) -> Answer:
    """Refuse to make an incident of what waits for confirmation."""
    from coordinator import ending, views

    why = given.spoken(reason, "reason") or {}
    return Answer(session.do(views.incident, ending.reject, ref, why))


@command(
    group,
    "merge",
    permission="merge",
    mutating=True,
    show="incident",
    example="tongbao merge INC-2026-0002 INC-2026-0001",
)
@click.argument("ref")
@click.argument("into")
def merge(session: Session, ref: str, into: str) -> Answer:
    """Say that REF is a duplicate of INTO, which takes over what it owes, the earliest awareness and the strictest
    level. Nobody is told twice; the page of REF leads to the other."""
    from coordinator import merging, views

    return Answer(session.do(views.incident, merging.merge, ref, into))


@command(
    group,
    "split",
    permission="split",
    mutating=True,
    show="incident",
    example="tongbao split INC-2026-0001 --area ZZ0102",
)
@click.argument("ref")
@click.option("--area", "areas", multiple=True, required=True, help="An area of REF that goes its own way.")
def split(session: Session, ref: str, areas: tuple[str, ...]) -> Answer:
    """Make an incident of its own of some areas of REF, with their share of the running clocks; it is shown."""
    from coordinator import splitting, views

    return Answer(session.do(views.incident, splitting.split, ref, given.codes(areas)))
