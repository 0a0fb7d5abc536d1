"""Commands of the people on duty: the roster, and the acknowledgement of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.command import Answer, command
from cli.importing import FILE, content, file_options, sheet
from cli.numbers import NUMBER
from cli.session import Document, Session
from cli.words import LANGUAGES, words

if TYPE_CHECKING:
    from datetime import datetime

    from coordinator.act import Act

ROLES = ("duty_manager", "comms", "approver", "legal", "commander", "headquarters")
group = click.Group("roster", help="Who is on duty: shifts, people, substitutes.")
top = click.Group()


def register(root: click.Group) -> None:
    root.add_command(group)
    for name, found in top.commands.items():
        root.add_command(found, name)


@command(top, "ack", permission="page", mutating=True, show="acknowledged", example="tongbao ack 12")
@click.argument("page", type=NUMBER)
def ack(session: Session, page: int) -> Answer:
    """Say that a page was heard: nobody is paged for it again until that runs out; who said it first stands."""
    from coordinator import page_views, paging

    return Answer(session.do(page_views.acknowledged, paging.acknowledge, page))


@command(
    group,
    "import",
    permission="directory",
    mutating=True,
    show="imported",
    example="tongbao roster import roster.csv",
)
@click.argument("file", type=FILE)
@file_options
def import_(session: Session, file: str, encoding: str, rejects: str | None) -> Answer:
    """Put shifts on the roster, one row each; - is stdin.

    Columns: person, role, from, to; and, if you have them, unit, repeat (weekly), until, phone, email, language,
    substitutes. Times without an offset are in the operator's zone. A row that is there already changes nothing.
    """
    from coordinator import roster
    from incidents.errors import Invalid
    from notifications.roster_rows import COLUMNS, REQUIRED, Around, entries

    kept = session.look_up_request(content(session, file))
    if kept is not None:
        return Answer(kept)
    operator = session.settings.operator

    def known(act: Act) -> tuple[Around, list[Any]]:
        roles, units = dict(act.tx.people.all()), act.tx.organisation.units()
        called = {said.lower(): code for t in map(words, LANGUAGES) for code in ROLES for said in (t(code),)}
        now, zone = act.now, operator.zone
        return Around(roles, units, act.tx.roster.roster(), operator.country, zone, now, called), []

    with sheet(file, COLUMNS, REQUIRED, encoding, rejects, session.screen_words()) as opened:
        rows = [row for row in entries(opened.table, session.act(known)) if opened.take(row)]
        if not rows and not opened.tally.rejected:
            raise Invalid("the roster names nobody", field="file", next="one row for each shift")
        if not rows:
            return opened.tally.answer("tongbao roster check", session.screen_words())
        opened.tally.put(len(rows), session.act(roster.take, rows).new)
    return Answer(session.keep_request(opened.tally.document("tongbao roster check")))


def _times(body: Any) -> Any:
    """The options that a shift is made of."""
    for option in (
        click.option("--until", metavar="TIME", help="When a weekly shift ends for good."),
        click.option("--weekly/--once", default=None, help="Whether it comes again every week."),
        click.option("--unit", metavar="CODE", help="Of which unit; the whole house when left out."),
    ):
        body = option(body)
    return body


@command(
    group,
    "add",
    permission="directory",
    mutating=True,
    show="shift",
    example="tongbao roster add alice --role duty_manager --from '2026-10-14 08:00' --to '2026-10-14 20:00' --weekly",
)
@click.argument("person")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the person does in this shift.")
@click.option(
    "--from", "begins", required=True, metavar="TIME", help="When it begins, in the operator's zone."
)
@click.option("--to", "ends", required=True, metavar="TIME", help="When it ends.")
@_times
def add(
    session: Session,
    person: str,
    role: str,
    begins: str,
    ends: str,
    unit: str | None,
    weekly: bool | None,
    until: str | None,
) -> Answer:
    """Put one shift of a person on the roster."""
    from coordinator import roster
    from notifications.roster import Shift

    zone = session.settings.operator.zone
    shift = Shift(
        person,
        role,
        unit or "",
        _instant(begins, "from", zone),
        _instant(ends, "to", zone),
        bool(weekly),
        zone,
        _instant(until, "until", zone) if until else None,
    )
    return Answer(session.do(_shift, roster.add, shift))


def _instant(text: str, field: str, zone: str) -> datetime:
    """An instant; a local time of the operator's zone where none is named."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from incidents.errors import Invalid
    from incidents.instants import in_utc

    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            "--{field} is not a time: {text}",
            text=text[:40],
            field=field,
            next="write it as '2026-10-14 08:00', or with its offset",
        ) from None
    return in_utc(at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone)), field)


def _shift(act: Act, found: Any) -> Document:
    from coordinator import page_views

    return {**page_views.shift(found), "at": page_views.iso(act.now), "next": "tongbao roster check"}


@command(
    group,
    "edit",
    permission="directory",
    mutating=True,
    show="shift",
    example="tongbao roster edit 4 --person bob",
)
@click.argument("shift", type=NUMBER)
@click.option("--person", help="Somebody else takes it.")
@click.option("--role", type=click.Choice(ROLES), help="Another role.")
@click.option("--from", "begins", metavar="TIME", help="Another beginning.")
@click.option("--to", "ends", metavar="TIME", help="Another end.")
@_times
def edit(
    session: Session,
    shift: int,
    person: str | None,
    role: str | None,
    begins: str | None,
    ends: str | None,
    unit: str | None,
    weekly: bool | None,
    until: str | None,
) -> Answer:
    """Change a shift; what is left out stays as it is."""
    from coordinator import roster

    zone = session.settings.operator.zone
    given: dict[str, Any] = {"person": person, "role": role, "unit": unit, "weekly": weekly}
    for name, option, text in (
        ("starts_at", "from", begins),
        ("ends_at", "to", ends),
        ("until", "until", until),
    ):
        given[name] = _instant(text, option, zone) if text else None
    changes = {name: value for name, value in given.items() if value is not None}
    return Answer(session.do(_shift, roster.edit, shift, changes))


@command(
    group,
    "remove",
    permission="directory",
    mutating=True,
    show="shift",
    example="tongbao roster remove 4",
)
@click.argument("shift", type=NUMBER)
def remove(session: Session, shift: int) -> Answer:
    """Take a shift off the roster."""
    from coordinator import roster

    return Answer(session.do(_shift, roster.remove, shift))


@command(
    group,
    "contact",
    permission="directory",
    mutating=True,
    show="reached",
    example="tongbao roster contact bob --phone 13900000002 --email bob@yg.example --substitute dora",
)
@click.argument("person")
@click.option("--phone", help="A mobile number; - for none.")
@click.option("--email", help="An e-mail address; - for none.")
@click.option("--language", type=click.Choice(("zh-CN", "en")), help="In which language pages are written.")
@click.option("--substitute", "substitutes", multiple=True, help="Who is paged next; may be repeated.")
def contact(
    session: Session,
    person: str,
    phone: str | None,
    email: str | None,
    language: str | None,
    substitutes: tuple[str, ...],
) -> Answer:
    """Say how a person is reached, and who stands in; what is left out stays as it is."""
    from coordinator import page_views, roster

    changes: dict[str, Any] = {}
    if phone is not None:
        changes["phone"] = None if phone == "-" else _phone(phone, session.settings.operator.country)
    if email is not None:
        changes["email"] = None if email == "-" else _email(email)
    if language:
        changes["language"] = language
    if substitutes:
        changes["substitutes"] = tuple(dict.fromkeys(substitutes))

    def view(_act: Act, found: Any) -> Document:
        return {**page_views.person(found), "next": "tongbao roster check"}

    return Answer(session.do(view, roster.contact, person, changes))


def _phone(text: str, country: str) -> str:
    from incidents.errors import Invalid
    from notifications.contacts import Phones, mask

    number, _why = Phones(country).read(text)
    if number is None:
        raise Invalid(
            "{found} is no number that can be called and texted",
            found=mask(text),
            field="phone",
            next="give a mobile number, such as +8613900000002",
        )
    return number


def _email(text: str) -> str:
    from incidents.errors import Invalid
    from notifications import contacts

    address = contacts.email(text)
    if address is None:
        raise Invalid("the address is not valid", field="email", next="write it as name@host.example")
    return address


@command(group, "list", permission="read", show="roster", example="tongbao roster list")
def list_(session: Session) -> Answer:
    """List every shift, and how each person is reached."""
    from coordinator import page_views, roster

    return Answer({**page_views.roster(session.act(roster.listed)), "next": "tongbao roster on"})


@command(
    group,
    "on",
    permission="read",
    show="on_duty",
    example="tongbao roster on --at '2026-10-14 03:00'",
)
@click.option("--at", "text", metavar="TIME", help="At another instant; in the operator's zone.")
def on(session: Session, text: str | None) -> Answer:
    """Say who is on duty, now or at another instant."""
    from coordinator import page_views, roster

    at = _instant(text, "at", session.settings.operator.zone) if text else None
    when, found = session.act(roster.on, at)
    items = [page_views.shift(shift, end) for shift, end in found]
    return Answer({"items": items, "at": page_views.iso(when), "next": "tongbao roster check"})


@command(group, "check", permission="read", show="roster_problems", example="tongbao roster check")
def check(session: Session) -> Answer:
    """Look whether somebody who can be reached is on duty at every hour of the next two weeks."""
    from cli.duty_screens import said_of
    from coordinator import roster

    problems = session.act(roster.check)
    t = session.screen_words()
    items = [
        {
            "message": said_of(one.what, one.values, t, session.when),
            "what": one.what,
            "values": dict(one.values),
        }
        for one in problems
    ]
    following = "tongbao roster add --help" if problems else "tongbao roster on"
    return Answer({"ok": not problems, "items": items, "next": following}, code=int(bool(problems)))
