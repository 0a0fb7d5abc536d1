"""Commands of planned work: add, list, show, change, begin, complete, cancel."""

from __future__ import annotations

import click

from cli import given
from cli.command import Answer, command
from cli.session import Session

group = click.Group(
    "planned", help="Planned work: customers are told before it begins; it is no incident unless it overruns."
)


def register(root: click.Group) -> None:
    root.add_command(group)


@command(
    group,
    "add",
    permission="planned",
    mutating=True,
    show="planned_work",
    example="tongbao planned add --title 'Core switch replaced' --area ZZ0101 --service mobile "
    "--start 2027-03-10T01:00:00+08:00 --end 2027-03-10T05:00:00+08:00 "
    "--effects '可能短时无法通话 // calls may fail for a while'",
)
@click.option("--title", required=True, help="In a few words, what is done.")
@click.option("--area", "areas", multiple=True, required=True, help="Area code, or list of codes.")
@click.option("--service", "services", multiple=True, required=True, help="Service code, or list of codes.")
@click.option("--start", required=True, metavar="TIME", help="When it begins.")
@click.option("--end", required=True, metavar="TIME", help="When it is over at the latest.")
@click.option("--effects", metavar="TEXT", help="What customers may notice: '中文 // English'.")
def add(
    session: Session,
    title: str,
    areas: tuple[str, ...],
    services: tuple[str, ...],
    start: str,
    end: str,
    effects: str | None,
) -> Answer:
    """Put planned work on the record: customers are owed their notice 72 hours before it begins."""
    from coordinator import planned, planned_views

    plan = planned.Plan(
        title,
        given.codes(areas),
        given.codes(services),
        given.ahead(start, "start"),
        given.ahead(end, "end"),
        given.spoken(effects, "effects") or {},
    )
    return Answer(session.do(planned_views.document, planned.add, plan))


@command(group, "list", permission="read", show="planned_works", example="tongbao planned list")
def list_(session: Session) -> Answer:
    """List planned work: what is to come by its start, then what is over."""
    from coordinator import planned_views

    return Answer(session.act(planned_views.listing))


@command(group, "show", permission="read", show="planned_work", example="tongbao planned show PLAN-2027-0001")
@click.argument("ref")
def show(session: Session, ref: str) -> Answer:
    """Show the whole record of one planned work."""
    from coordinator import planned_views

    return Answer(session.act(planned_views.show, ref))


@command(
    group,
    "change",
    permission="planned",
    mutating=True,
    show="planned_work",
    example="tongbao planned change PLAN-2027-0001 --start 2027-03-12T01:00:00+08:00 "
    "--end 2027-03-12T05:00:00+08:00 --reason 'the spare part is late'",
)
@click.argument("ref")
@click.option("--start", metavar="TIME", help="When it begins now.")
@click.option("--end", metavar="TIME", help="When it is over now, at the latest.")
@click.option("--reason", required=True, help="Why it is moved.")
def change(session: Session, ref: str, start: str | None, end: str | None, reason: str) -> Answer:
    """Move planned work: its clock moves with it, and who was told other times is owed a correction."""
    from coordinator import planned, planned_views

    times = (
        None if start is None else given.ahead(start, "start"),
        None if end is None else given.ahead(end, "end"),
    )
    return Answer(session.do(planned_views.document, planned.change, ref, *times, reason))


@command(
    group,
    "begin",
    permission="planned",
    mutating=True,
    show="planned_work",
    example="tongbao planned begin PLAN-2027-0001",
)
@click.argument("ref")
def begin(session: Session, ref: str) -> Answer:
    """Say that planned work has begun."""
    from coordinator import planned, planned_views

    return Answer(session.do(planned_views.document, planned.begin, ref))


@command(
    group,
    "complete",
    permission="planned",
    mutating=True,
    show="planned_work",
    example="tongbao planned complete PLAN-2027-0001",
)
@click.argument("ref")
def complete(session: Session, ref: str) -> Answer:
    """Say that planned work is over; without that word it becomes an incident at its planned end."""
    from coordinator import planned, planned_views

    return Answer(session.do(planned_views.document, planned.complete, ref))


@command(
    group,
    "cancel",
    permission="planned",
    mutating=True,
    show="planned_work",
    example="tongbao planned cancel PLAN-2027-0001 --reason '天气原因 // because of the weather'",
)
@click.argument("ref")
@click.option("--reason", required=True, metavar="TEXT", help="Why: '中文 // English'; customers read it.")
def cancel(session: Session, ref: str, reason: str) -> Answer:
    """Say that planned work does not take place: who was told of it is owed a withdrawal."""
    from coordinator import planned, planned_views

    words = given.spoken(reason, "reason") or {}
    return Answer(session.do(planned_views.document, planned.cancel, ref, words))
