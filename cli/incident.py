"""Commands of the incident: open, confirm, level, update, restored, resolve, close, log, show, list.

The turns that nobody plans are in cli/turns.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from cli import given
from cli.command import Answer, command
from cli.session import Session

TYPES = ("network_fault", "service_interruption", "complaint_escalation", "data_leak")
ACTIONS = ("diagnose", "repair", "workaround", "service_uplift")
FINDING = "finding"
COMPLAINTS = ("urgent", "major", "service_quality", "outage", "data_leak", "ordinary")
group = click.Group()


def impact(body: Callable[..., Answer]) -> Callable[..., Answer]:
    """The options of how big it is, for every command that a level is suggested by."""
    options = [
        click.option("--affected", metavar="N", help="How many services are hit, or unknown."),
        click.option("--confidence", type=click.Choice(["estimated", "measured"]), help="Of that figure."),
        click.option("--users-at-once", metavar="N", help="How many users are hit at the same time."),
        click.option("--whole-area/--part-of-area", default=None, help="Whether all of each area is hit."),
        click.option(
            "--emergency-calls/--no-emergency-calls",
            default=None,
            help="Whether emergency calls fail, with no other network in the area.",
        ),
        click.option("--people-data", metavar="N", help="How many people's data is concerned."),
        click.option("--complaints-per-hour", metavar="N", help="How many complaints come in."),
        click.option("--complaint", type=click.Choice(COMPLAINTS), help="The class of the complaint."),
    ]
    for option in reversed(options):
        body = option(body)
    return body


def impact_given(facts: dict[str, Any]) -> dict[str, Any]:
    """What those options say, as the verbs take it."""
    figures = ("affected", "users_at_once", "people_data", "complaints_per_hour")
    as_said = ("whole_area", "emergency_calls", "complaint")
    return {
        **{name: given.count(facts[name], name) for name in figures},
        **{name: facts[name] for name in as_said},
        "confidence": facts["confidence"] or "estimated",
    }


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@command(
    group,
    "open",
    permission="open",
    mutating=True,
    show="incident",
    example="tongbao open --type network_fault --level 1 --title 'Mobile outage in Binjiang' "
    "--area ZZ0101 --service mobile --onset unknown",
)
@click.option("--type", "kind", type=click.Choice(TYPES), required=True, help="What kind of trouble it is.")
@click.option("--level", type=int, help="1 is the highest; by the facts when left out.")
@click.option("--title", required=True, help="In a few words, what fails.")
@click.option("--area", "areas", multiple=True, required=True, help="Area code, list of codes, or unknown.")
@click.option("--service", "services", multiple=True, required=True, help="Service code, list, or unknown.")
@click.option("--onset", metavar="TIME", help="When it began (2026-10-14T14:15:00+08:00), or unknown.")
@click.option("--aware", metavar="TIME", help="When it became known; now when left out.")
@impact
@click.option("--cause", metavar="TEXT", help="The suspected cause: '中文 // English', or unknown.")
@click.option("--exercise", is_flag=True, help="A drill: customers never hear of it.")
def open_(session: Session, kind: str, level: int | None, exercise: bool, **facts: Any) -> Answer:
    """Open an incident with its playbook and its clocks; `unknown` is an answer to every fact."""
    from coordinator import incidents, views
    from coordinator.failpoints import fp
    from incidents.effects import Opening
    from incidents.terms import IncidentType

    opening = Opening(
        type=IncidentType(kind),
        level=level,
        title=facts["title"],
        areas=given.codes(facts["areas"]),
        services=given.codes(facts["services"]),
        onset_at=given.when(facts["onset"], "onset"),
        aware_at=given.when(facts["aware"], "aware"),
        cause=given.spoken(facts["cause"], "cause") or {},
        source="person",
        exercise=exercise,
        **impact_given(facts),
    )
    document = session.do(views.incident, incidents.open_incident, opening)
    fp("intake.after_open")
    return Answer(document)


@command(
    group,
    "confirm",
    permission="confirm",
    mutating=True,
    show="incident",
    example="tongbao confirm INC-2026-0001",
)
@click.argument("ref")
def confirm(session: Session, ref: str) -> Answer:
    """Say that the incident is real."""
    from coordinator import incidents, views

    return Answer(session.do(views.incident, incidents.confirm, ref))


@command(
    group,
    "level",
    permission="level",
    mutating=True,
    show="incident",
    example="tongbao level INC-2026-0001 1 --reason 'the whole province is hit'",
)
@click.argument("ref")
@click.argument("level", type=int)
@click.option("--reason", required=True, help="What changed.")
def level_(session: Session, ref: str, level: int, reason: str) -> Answer:
    """Give another level. A higher one moves running windows with it; a lower one leaves every due as it is, and
    from level 1 down it waits for a second person. The present level again, when its review is due or the facts
    suggest a higher one, says that it stays."""
    from coordinator import reclassify, views

    return Answer(session.do(views.incident, reclassify.grade, ref, level, reason))


@command(
    group,
    "update",
    permission="update",
    mutating=True,
    show="incident",
    example="tongbao update INC-2026-0001 --affected 120000 --eta 2026-10-14T18:00:00+08:00",
)
@click.argument("ref")
@impact
@click.option("--eta", metavar="TIME", help="When service is expected back.")
@click.option("--onset", metavar="TIME", help="When it began.")
@click.option("--aware", metavar="TIME", help="When it became known; later than said only with --reason.")
@click.option(
    "--reason", metavar="TEXT", default="", help="What shows that it became known, or began, later."
)
@click.option("--cause", metavar="TEXT", help="'中文 // English'.")
@click.option("--cause-status", type=click.Choice(["unknown", "suspected", "confirmed"]))
@click.option(
    "--action", metavar="TEXT", help="What was done: '中文 // English'; added to what was done before."
)
@click.option("--workaround", metavar="TEXT", help="What customers can do meanwhile: '中文 // English'.")
@click.option("--effects", metavar="TEXT", help="What follows from it: '中文 // English'.")
@click.option("--emergency/--no-emergency", default=None, help="The same as --emergency-calls.")
@click.option("--area", "areas", multiple=True, help="The areas, all of them.")
@click.option("--service", "services", multiple=True, help="The services, all of them.")
@click.option("--title", help="In a few words, what fails.")
@click.option("--result", metavar="TEXT", help="How it ended: '中文 // English'.")
@click.option("--department", metavar="TEXT", help="Who answers for it: '中文 // English'.")
@click.option("--improvement", metavar="TEXT", help="What will be done better; added to those before.")
def update(session: Session, ref: str, **facts: Any) -> Answer:
    """Put new facts on the record, any of them on one line; says what they make owed."""
    from coordinator import incidents, views

    return Answer(session.do(views.incident, incidents.update, ref, _changes(facts)))


def _changes(facts: dict[str, Any]) -> Any:
    from coordinator.changes import Changes

    if facts["emergency_calls"] is None:
        facts["emergency_calls"] = facts["emergency"]
    return Changes(
        aware_at=given.when(facts["aware"], "aware"),
        reason=facts["reason"],
        onset_at=given.when(facts["onset"], "onset"),
        expected_at=given.when(facts["eta"], "eta"),
        cause=given.spoken(facts["cause"], "cause"),
        cause_status=facts["cause_status"],
        action=given.spoken(facts["action"], "action"),
        workaround=given.spoken(facts["workaround"], "workaround"),
        effects=given.spoken(facts["effects"], "effects"),
        areas=given.codes(facts["areas"]) if facts["areas"] else None,
        services=given.codes(facts["services"]) if facts["services"] else None,
        title=facts["title"],
        result=given.spoken(facts["result"], "result"),
        responsible_department=given.spoken(facts["department"], "department"),
        improvement=given.spoken(facts["improvement"], "improvement"),
        **{**impact_given(facts), "confidence": facts["confidence"]},
    )


@command(
    group,
    "restored",
    permission="restored",
    mutating=True,
    show="incident",
    example="tongbao restored INC-2026-0001 --at 2026-10-14T17:20:00+08:00",
)
@click.argument("ref")
@click.option("--partial", is_flag=True, help="Only a part is back.")
@click.option("--at", metavar="TIME", help="Since when; now when left out.")
def restored(session: Session, ref: str, partial: bool, at: str | None) -> Answer:
    """Say that service is back and being watched."""
    from coordinator import incidents, views

    when = given.when(at, "at")
    return Answer(session.do(views.incident, incidents.restored, ref, when, partial))


@command(
    group,
    "resolve",
    permission="resolve",
    mutating=True,
    show="incident",
    example="tongbao resolve INC-2026-0001",
)
@click.argument("ref")
def resolve(session: Session, ref: str) -> Answer:
    """Stand down: recovery is confirmed, and customers are owed the resolution notice."""
    from coordinator import incidents, views

    return Answer(session.do(views.incident, incidents.resolve, ref))


@command(
    group, "close", permission="close", mutating=True, show="incident", example="tongbao close INC-2026-0001"
)
@click.argument("ref")
def close(session: Session, ref: str) -> Answer:
    """Close the record; refused with the list of what is still owed."""
    from coordinator import incidents, views

    return Answer(session.do(views.incident, incidents.close, ref))


@command(
    group,
    "log",
    permission="log",
    mutating=True,
    show="incident",
    example="tongbao log INC-2026-0001 'field team on site' --kind diagnose\n"
    "tongbao log INC-2026-0001 '恢复说得过早 // Recovery was announced too early' --kind finding",
)
@click.argument("ref")
@click.argument("text")
@click.option(
    "--kind",
    type=click.Choice((*ACTIONS, FINDING)),
    help="What was done, when the line tells of an action; or a finding for the report: 中文 // English.",
)
def log(session: Session, ref: str, text: str, kind: str | None) -> Answer:
    """Put a line on the timeline; it can be added to, never edited."""
    from coordinator import incidents, views

    if kind == FINDING:
        return Answer(session.do(views.incident, incidents.find, ref, given.spoken(text, FINDING) or {}))
    return Answer(session.do(views.incident, incidents.log, ref, text, kind or ""))


@command(group, "show", permission="read", show="record", example="tongbao show INC-2026-0001")
@click.argument("ref")
def show(session: Session, ref: str) -> Answer:
    """Show the whole record of an incident: facts, windows, notices, timeline."""
    from coordinator import views

    return Answer(session.act(lambda act: (views.incident(act, act.tx.incidents.get(ref)), [])))


@command(group, "list", permission="read", show="incidents", example="tongbao list")
def list_(session: Session) -> Answer:
    """List every incident, the newest first."""
    from coordinator import views

    return Answer(session.act(views.listing))
