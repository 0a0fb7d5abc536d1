"""Commands of ordinary complaints: add, list, promote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli import given
from cli.command import Answer, command
from cli.incident import impact, impact_given
from cli.session import Session

if TYPE_CHECKING:
    from incidents.effects import Opening

CONDITIONS = ("service_quality", "policy_change", "several_departments")

group = click.Group(
    "complaint",
    help="Ordinary complaints: each is its complainant's alone, until it is promoted to an incident.",
)


def register(root: click.Group) -> None:
    root.add_command(group)


@command(
    group,
    "add",
    permission="open",
    mutating=True,
    show="incident",
    example="tongbao complaint add --account A0000017 --summary 'no signal at home since noon' --link WO-20270310-17",
)
@click.option("--account", required=True, help="The complainant's account, as the directory has it.")
@click.option("--summary", required=True, help="In a few words, what it is about; no names.")
@click.option(
    "--service",
    "services",
    multiple=True,
    help="Service code, or list of codes; all of theirs when left out.",
)
@click.option("--link", default="", metavar="TEXT", help="Its number in the complaint system.")
@click.option("--at", metavar="TIME", help="When they complained; now when left out.")
def add(
    session: Session, account: str, summary: str, services: tuple[str, ...], link: str, at: str | None
) -> Answer:
    """Put an ordinary complaint on the record: within 4 hours its complainant is owed a word, by SMS or e-mail and no
    page."""
    from coordinator import complaints, views

    complaint = complaints.Complaint(
        account.strip(), summary, given.codes(services), link, given.when(at, "at")
    )
    return Answer(session.do(views.incident, complaints.add, complaint))


@command(group, "list", permission="read", show="incidents", example="tongbao complaint list")
@click.option("--all", "ended", is_flag=True, help="Also what is over.")
def list_(session: Session, ended: bool) -> Answer:
    """List the ordinary complaints that are not over, oldest first."""
    from coordinator import case_views

    return Answer(session.act(case_views.cases, ended))


@command(
    group,
    "promote",
    permission="open",
    mutating=True,
    show="promoted",
    example="tongbao complaint promote CASE-2027-0003 --because service_quality --area ZZ0101 --affected 1200",
)
@click.argument("ref")
@click.option(
    "--because", type=click.Choice(CONDITIONS), required=True, help="The condition that it meets (3.4.2)."
)
@click.option(
    "--into", default="", metavar="REF", help="The running incident that it belongs to; a new one else."
)
@click.option("--level", type=int, help="Of the new one, 1 is the highest; by the facts when left out.")
@click.option("--title", default="", help="Of the new one; the complaint's summary when left out.")
@click.option(
    "--area", "areas", multiple=True, help="Area code, or list of codes; the complainant's when left out."
)
@click.option("--service", "services", multiple=True, help="Service code, or list of codes.")
@impact
def promote(session: Session, ref: str, because: str, into: str, **facts: Any) -> Answer:
    """Make an incident of a complaint, or join it to one: everybody who is hit is told from then on, on the public page
    too. The clock counts from the complaint: of one that is more than four hours old their first notice is late from
    the beginning, which is said."""
    from coordinator import case_views, complaints

    if into:
        _must_be_alone(facts, into)
    elif facts["complaint"]:
        raise _by_its_condition(because)
    wider = None if into else _wider(facts)
    return Answer(session.do(case_views.survivor, complaints.promote, ref, because, wider, into))


def _must_be_alone(facts: dict[str, Any], into: str) -> None:
    """Invalid for a fact beside --into: it would be dropped without a word."""
    from incidents.errors import Invalid

    for name, value in facts.items():
        if value not in (None, "", ()):
            raise Invalid(
                "{option} is of a new incident, and {ref} is there already",
                option=given.typed(name.rstrip("s") if name in ("areas", "services") else name),
                ref=into,
                field=name,
                next=("leave it out; tongbao update {ref} says what is new of that", {"ref": into}),
            )


def _by_its_condition(because: str) -> Exception:
    """A class of its own would be dropped without a word."""
    from incidents.errors import Invalid

    return Invalid(
        "the class of the complaint follows from --because {because}",
        because=because,
        field="complaint",
        next="leave --complaint out",
    )


def _wider(facts: dict[str, Any]) -> Opening:
    from incidents.effects import Opening
    from incidents.terms import IncidentType

    return Opening(
        type=IncidentType.COMPLAINT_ESCALATION,
        level=facts["level"],
        title=facts["title"],
        areas=given.codes(facts["areas"]),
        services=given.codes(facts["services"]),
        onset_at=None,
        aware_at=None,
        cause={},
        source="person",
        **impact_given(facts),
    )
