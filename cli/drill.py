"""Commands of drills: scripts, check, start, list, score, stop, held, action, done."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import given
from cli.command import Answer, command
from cli.numbers import NUMBER
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act

group = click.Group(
    "drill", help="Exercises: the same engine, clocks and approvals; customers never hear of one."
)


def register(root: click.Group) -> None:
    root.add_command(group)


@command(group, "scripts", permission="read", show="drill_scripts", example="tongbao drill scripts")
def scripts(session: Session) -> Answer:
    """List the scripts that ship with tongbao."""
    from coordinator import drill_views

    return Answer(drill_views.scripts())


@command(group, "check", permission="read", show="drill_checked", example="tongbao drill check ours.yaml")
@click.argument("script")
def check(session: Session, script: str) -> Answer:
    """Read a script (a file, or the name of a shipped one) and name every problem; nothing is started."""
    from coordinator import drills

    found = session.act(drills.checked, _text(script))
    events = [{"at_minutes": event.at, "do": event.do} for event in found.events]
    return Answer(
        {"ok": True, "script": found.script, "events": events, "next": f"tongbao drill start {script}"}
    )


@command(
    group,
    "start",
    permission="drill",
    mutating=True,
    show="drill",
    example="tongbao drill start provider_down\n"
    "tongbao drill start ours.yaml --full --unit ZZ-P --unit ZZ-C01 --area ZZ0102",
)
@click.argument("script")
@click.option("--full", is_flag=True, help="A full-scale exercise: it counts for its units in this year.")
@click.option("--unit", "units", multiple=True, help="A unit that takes part.")
@click.option("--area", "areas", multiple=True, help="Instead of the script's areas.")
@click.option("--service", "services", multiple=True, help="Instead of the script's services.")
def start(
    session: Session,
    script: str,
    full: bool,
    units: tuple[str, ...],
    areas: tuple[str, ...],
    services: tuple[str, ...],
) -> Answer:
    """Open the exercise of a script; its other events come when they are due. Staff are paged for real."""
    from coordinator import drill_views, drills

    text = _text(script)
    session.app.sandbox.start()
    codes = (given.codes(units), given.codes(areas), given.codes(services))
    return Answer(session.do(drill_views.document, drills.start, text, full, *codes))


@command(group, "list", permission="read", show="drill_register", example="tongbao drill list")
def list_(session: Session) -> Answer:
    """Show the register: every exercise, and how each unit stands with its full drill of this year."""
    from coordinator import drill_views

    return Answer(session.act(drill_views.register))


@command(
    group, "score", permission="read", show="drill_score", example="tongbao drill score EXERCISE-2026-0001"
)
@click.argument("ref")
def score(session: Session, ref: str) -> Answer:
    """Show the score sheet of an exercise: how fast, how complete, by whom, and what is to be done better."""
    from coordinator import drill_views

    return Answer(session.act(drill_views.sheet, ref))


@command(
    group,
    "stop",
    permission="drill",
    mutating=True,
    show="drill",
    example="tongbao drill stop EXERCISE-2026-0001 --reason 'a real incident needs everybody'",
)
@click.argument("ref")
@click.option("--reason", required=True, help="Why it ends now.")
def stop(session: Session, ref: str, reason: str) -> Answer:
    """End an exercise now: nothing more is injected, sent or owed. It does not count as held."""
    from coordinator import drill_views, drills

    return Answer(session.do(drill_views.document, drills.stop, ref, reason))


@command(
    group,
    "held",
    permission="drill",
    mutating=True,
    show="drill",
    example="tongbao drill held --unit ZZ-P --on 2026-05-12 --evidence 'minutes no. 17, in the archive'",
)
@click.option("--unit", "units", multiple=True, help="A unit that took part.")
@click.option("--on", "day", required=True, metavar="DAY", help="The day on which it was held.")
@click.option("--evidence", required=True, help="What shows it.")
def held(session: Session, units: tuple[str, ...], day: str, evidence: str) -> Answer:
    """Enter a full drill that was held without tongbao; your name stands beside it."""
    from coordinator import drill_views, drills

    at = given.day(day, "on", session.app.house.setting.zone)
    return Answer(session.do(drill_views.document, drills.held, given.codes(units), at, evidence))


@command(
    group,
    "action",
    permission="drill",
    mutating=True,
    show="drill_score",
    example="tongbao drill action EXERCISE-2026-0001 --what '补充联系方式 // Add the missing numbers' "
    "--owner carol --due 2026-12-31",
)
@click.argument("ref")
@click.option("--what", required=True, metavar="TEXT", help="What is done better: '中文 // English'.")
@click.option("--owner", required=True, metavar="NAME", help="Who does it.")
@click.option("--due", required=True, metavar="DAY", help="Until which day.")
def action(session: Session, ref: str, what: str, owner: str, due: str) -> Answer:
    """Put an action on the record of an exercise: what was found out is done better, by somebody, by a day."""
    from coordinator import drills

    words = given.spoken(what, "what") or {}
    return Answer(session.do(_sheet, drills.improve, ref, words, owner, _day(due)))


@command(
    group,
    "done",
    permission="drill",
    mutating=True,
    show="drill_score",
    example="tongbao drill done EXERCISE-2026-0001 1",
)
@click.argument("ref")
@click.argument("number", type=NUMBER)
def done(session: Session, ref: str, number: int) -> Answer:
    """Say that an action of an exercise is done."""
    from coordinator import drills

    return Answer(session.do(_sheet, drills.done, ref, number))


def _sheet(act: Act, incident: Any) -> Document:
    from coordinator import drill_views

    found: Document = drill_views.sheet(act, incident.reference)[0]
    return found


def _day(text: str) -> date:
    from incidents.errors import Invalid

    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(
            "{option} is no day: {text}",
            option="--due",
            text=text[:40],
            field="due",
            next="write it as 2026-12-31",
        ) from error


def _text(script: str) -> str:
    """The script of this name: a file that is there, else a shipped one. Invalid when it cannot be read."""
    from incidents.drill import of_name
    from incidents.errors import Invalid

    file = Path(script)
    if not file.is_file():
        return of_name(script)
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        strange = isinstance(error, UnicodeDecodeError)
        why = "it is not UTF-8" if strange else str(getattr(error, "strerror", error))
        raise Invalid(
            "{file} cannot be read: {why}", file=file, why=why, field="file", next="save it as UTF-8 text"
        ) from error
