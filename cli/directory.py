"""Commands of the directory: areas, the organisation, services and customers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from cli.command import Answer, command
from cli.importing import FILE, Sheet, content, file_options, sheet
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act

areas = click.Group("areas", help="The tree of areas.")
org = click.Group("org", help="The units of the organisation.")
services = click.Group("services", help="The catalogue of services.")
customers = click.Group("customers", help="The customers that notices reach.")


def register(root: click.Group) -> None:
    for group in (areas, org, services, customers):
        root.add_command(group)


@command(
    areas,
    "import",
    permission="directory",
    mutating=True,
    show="imported",
    example="tongbao areas import areas.csv\ntongbao areas import --shipped cn",
)
@click.argument("file", type=FILE, required=False)
@click.option("--shipped", metavar="NAME", help="Areas that come with the program: cn (China, to counties).")
@file_options
def areas_import(
    session: Session, file: str | None, shipped: str | None, encoding: str, rejects: str | None
) -> Answer:
    """Put areas into the tree (columns code, parent, name_zh, name_en, rank); - is stdin."""
    from coordinator import directory
    from notifications import imports

    if (file is None) == (shipped is None):
        raise click.UsageError("name a file, or --shipped cn")
    known = session.act(lambda act: (act.tx.directory.areas(), []))
    source = imports.shipped(shipped) if shipped else file or "-"
    with sheet(source, imports.AREA_COLUMNS, 4, encoding, rejects, session.screen_words()) as opened:
        rows = imports.areas(opened.table, known)
        return _import(session, opened, rows, directory.import_areas, "tongbao areas list")


@command(
    org,
    "import",
    permission="directory",
    mutating=True,
    show="imported",
    example="tongbao org import org.csv",
)
@click.argument("file", type=FILE)
@file_options
def org_import(session: Session, file: str, encoding: str, rejects: str | None) -> Answer:
    """Put units into the organisation (columns code, parent, rank, name_zh, name_en, areas); - is stdin.

    Ranks: group, province, city, district. Areas: the codes that the unit looks after, separated by spaces.
    """
    from coordinator import organisation
    from notifications import imports

    known = session.act(lambda act: ((act.tx.directory.areas(), act.tx.organisation.units()), []))
    with sheet(file, imports.ORG_COLUMNS, 5, encoding, rejects, session.screen_words()) as opened:
        rows = imports.units(opened.table, *known)
        return _import(session, opened, rows, organisation.import_units, "tongbao org list")


@command(
    services,
    "import",
    permission="directory",
    mutating=True,
    show="imported",
    example="tongbao services import services.csv",
)
@click.argument("file", type=FILE)
@file_options
def services_import(session: Session, file: str, encoding: str, rejects: str | None) -> Answer:
    """Put services into the catalogue (columns code, name_zh, name_en); - is stdin."""
    from coordinator import directory
    from notifications import imports

    with sheet(file, imports.SERVICE_COLUMNS, 3, encoding, rejects, session.screen_words()) as opened:
        rows = imports.services(opened.table)
        return _import(session, opened, rows, directory.import_services, "tongbao services list")


def _import(
    session: Session, opened: Sheet, rows: Iterable[Any], verb: Callable[..., Any], following: str
) -> Answer:
    """Take a small catalogue in one transaction."""
    sound = [row for row in rows if opened.take(row)]
    tally = opened.tally

    def view(_act: Act, counted: Any) -> Document:
        tally.put(len(sound), counted.new)
        return tally.document(following)

    if tally.rejected and not sound:
        return tally.answer(following, session.screen_words())
    return Answer(session.do(view, verb, sound))


@command(areas, "list", permission="read", show="catalogue", example="tongbao areas list")
def areas_list(session: Session) -> Answer:
    """List the areas with their parents, ranks and names."""
    from coordinator import directory

    found = session.act(directory.list_areas)
    items = [{"code": a.code, "parent": a.parent, "rank": a.rank, "names": dict(a.names)} for a in found]
    return Answer({"items": items, "next": "tongbao areas import FILE"})


@command(org, "list", permission="read", show="organisation", example="tongbao org list")
def org_list(session: Session) -> Answer:
    """List the units with their parents, ranks and the areas that each looks after."""
    from coordinator import organisation

    found = session.act(organisation.list_units)
    items = [
        {"code": u.code, "parent": u.parent, "rank": u.rank, "names": dict(u.names), "areas": list(u.areas)}
        for u in found
    ]
    return Answer({"items": items, "next": "tongbao org import FILE"})


@command(services, "list", permission="read", show="catalogue", example="tongbao services list")
def services_list(session: Session) -> Answer:
    """List the services with their names."""
    from coordinator import directory

    found = session.act(directory.list_services)
    items = [{"code": s.code, "names": dict(s.names)} for s in found]
    return Answer({"items": items, "next": "tongbao services import FILE"})


@command(
    customers,
    "import",
    permission="directory",
    mutating=True,
    show="imported",
    example="tongbao customers import customers.csv --rejects rejected.csv",
)
@click.argument("file", type=FILE)
@file_options
def customers_import(session: Session, file: str, encoding: str, rejects: str | None) -> Answer:
    """Put customers into the directory, in a stream of batches; - is stdin.

    Columns: account, area, services; and, if you have them, name, phone, email, language, segment, channel,
    marketing_opt_out, service_opt_out, and for each of the two _basis and _date. See docs/directory.md.
    """
    from coordinator.directory import customers_arrived
    from notifications.imports import CUSTOMER_COLUMNS
    from worker import beside

    kept = session.look_up_request(content(session, file))
    if kept is not None:
        return Answer(kept)
    try:
        with sheet(file, CUSTOMER_COLUMNS, 3, encoding, rejects, session.screen_words()) as opened:
            _stream(session, opened)
    finally:
        # Also of a file that breaks off: whom its first batches brought is owed what everybody is.
        session.act(customers_arrived)
        beside.grow(session.app)
    following = session.act(_after_customers)
    answer = opened.tally.answer(following, session.screen_words())
    return answer if answer.code else Answer(session.keep_request(opened.tally.document(following)))


def _after_customers(act: Act) -> tuple[str, list[Any]]:
    """Whom the newest running incident meets now; with none running there is only one to open."""
    from coordinator.views import ENDED

    running = [one for one in act.tx.incidents.all() if one.status not in ENDED]
    return (f"tongbao audience preview {running[-1].reference}" if running else "tongbao open --help"), []


def _stream(session: Session, opened: Sheet) -> None:
    from coordinator.directory import BATCH
    from notifications.imports import customers as rows_of

    areas, services = session.act(lambda act: ((act.tx.directory.areas(), act.tx.directory.services()), []))
    batch: list[Any] = []
    for row in rows_of(opened.table, areas, services, session.settings.operator.country):
        if opened.take(row):
            batch.append(row)
        if len(batch) >= BATCH:
            _put(session, opened, batch)
            batch = []
    _put(session, opened, batch)


def _put(session: Session, opened: Sheet, batch: list[Any]) -> None:
    """One batch, one transaction; how far it is goes to stderr."""
    from coordinator import directory

    if not batch:
        return
    tally = opened.tally
    tally.put(len(batch), session.act(directory.put_customers, batch, opened.table.present).new)
    if sys.stderr.isatty():
        click.echo(f"\r{tally.accepted:,} accepted, {tally.rejected:,} rejected ", err=True, nl=False)
