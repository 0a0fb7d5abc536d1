"""Commands of the directory: areas, services, customers, and whom a notice would meet."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from cli.command import Answer, command
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act

REJECTIONS_SHOWN = 1000
WRONG = 6
"""The exit code of a file of which nothing was taken."""
FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
areas = click.Group("areas", help="The tree of areas.")
services = click.Group("services", help="The catalogue of services.")
customers = click.Group("customers", help="The customers that notices reach.")
audience = click.Group("audience", help="Whom a notice would meet.")


def register(root: click.Group) -> None:
    for group in (areas, services, customers, audience):
        root.add_command(group)


@dataclass
class Tally:
    """What became of an import's rows; rejections and warnings are kept up to a bound."""

    accepted: int = 0
    rejected: int = 0
    new: int = 0
    warned: int = 0
    rejections: list[Document] = field(default_factory=list)
    warnings: list[Document] = field(default_factory=list)

    def reject(self, row: Any, t: Any) -> None:
        self.rejected += 1
        if len(self.rejections) < REJECTIONS_SHOWN:
            self.rejections.append(_line(row, t))

    def warn(self, row: Any, t: Any) -> None:
        self.warned += 1
        if len(self.warnings) < REJECTIONS_SHOWN:
            self.warnings.append(_line(row, t))

    def document(self, following: str) -> Document:
        return {**vars(self), "next": following}

    def answer(self, following: str) -> Answer:
        """Done, even if some rows were refused; invalid when nothing at all was taken."""
        document = self.document(following)
        if not self.rejected or self.accepted:
            return Answer(document)
        first = self.rejections[0]
        where = f"line {first['line']}" + f", {first['field']}" * bool(first["field"])
        message = f"no row was accepted; {where}: {first['reason']}"
        error = {"code": "invalid", "message": message, "field": first["field"], "next": "mend the rows"}
        return Answer({"error": error, **document}, show="refused", code=WRONG)


def _line(row: Any, t: Any) -> Document:
    return {"line": row.line, "field": row.field, "reason": _reason(row, t)}


def _reason(row: Any, t: Any) -> str:
    """Why, as a plain sentence."""
    from notifications.rows import Defect

    if row.reason == Defect.FIELDS and row.found.count(":") == 1:
        wanted, given = (part.strip() for part in row.found.split(":"))
        return str(t("the row has {given} fields, but the header has {wanted}", given=given, wanted=wanted))
    if row.reason == Defect.MISSING and row.field:
        return str(t("{field} is empty, but every row needs it", field=row.field))
    return str(t(str(row.reason), found=row.found))


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with Path(file).open("rb") as lines:
        yield lines


@command(
    areas,
    "import",
    permission="directory",
    mutating=True,
    show="imported",
    example="tongbao areas import areas.csv",
)
@click.argument("file", type=FILE)
def areas_import(session: Session, file: str) -> Answer:
    """Put areas into the tree (columns code, parent, name_zh, name_en); - is stdin."""
    from coordinator import directory
    from notifications import imports

    known = session.act(lambda act: (act.tx.directory.areas(), []))
    with _opened(file) as lines:
        return _import(
            session, list(imports.areas(lines, known)), directory.import_areas, "tongbao areas list"
        )


@command(
    services,
    "import",
    permission="directory",
    mutating=True,
    show="imported",
    example="tongbao services import services.csv",
)
@click.argument("file", type=FILE)
def services_import(session: Session, file: str) -> Answer:
    """Put services into the catalogue (columns code, name_zh, name_en); - is stdin."""
    from coordinator import directory
    from notifications import imports

    with _opened(file) as lines:
        return _import(
            session, list(imports.services(lines)), directory.import_services, "tongbao services list"
        )


def _import(session: Session, rows: Iterable[Any], verb: Any, following: str) -> Answer:
    """Take a small catalogue in one transaction."""
    from notifications.rows import Rejection

    tally, sound = Tally(), []
    for row in rows:
        if isinstance(row, Rejection):
            tally.reject(row, session.screen_words())
        else:
            sound.append(row)

    def view(_act: Act, counted: Any) -> Document:
        tally.accepted, tally.new = len(sound), counted.new
        return tally.document(following)

    if tally.rejected and not sound:
        return tally.answer(following)
    return Answer(session.do(view, verb, sound))


@command(areas, "list", permission="read", show="catalogue", example="tongbao areas list")
def areas_list(session: Session) -> Answer:
    """List the areas with their parents and names."""
    from coordinator import directory

    found = session.act(directory.list_areas)
    items = [{"code": a.code, "parent": a.parent, "names": dict(a.names)} for a in found]
    return Answer({"items": items, "next": "tongbao areas import FILE"})


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
    example="tongbao customers import customers.csv --json",
)
@click.argument("file", type=FILE)
def customers_import(session: Session, file: str) -> Answer:
    """Put customers into the directory, in a stream of batches; - is stdin.

    Columns: account, name, phone, email, language, area, services, segment, marketing_opt_out,
    service_opt_out.
    """
    kept = session.look_up_request()
    if kept is not None:
        return Answer(kept)
    tally = Tally()
    with _opened(file) as lines:
        _stream(session, lines, tally)
    following = session.act(_after_customers)
    answer = tally.answer(following)
    return answer if answer.code else Answer(session.keep_request(tally.document(following)))


def _after_customers(act: Act) -> tuple[str, list[Any]]:
    """Whom the newest running incident meets now; with none running there is only one to open."""
    from coordinator.views import ENDED

    running = [one for one in act.tx.incidents.all() if one.status not in ENDED]
    return (f"tongbao audience preview {running[-1].reference}" if running else "tongbao open --help"), []


def _stream(session: Session, lines: IO[bytes], tally: Tally) -> None:
    from coordinator.directory import BATCH
    from notifications.directory import Customer
    from notifications.imports import customers as rows_of
    from notifications.rows import Remark

    areas, services = session.act(lambda act: ((act.tx.directory.areas(), act.tx.directory.services()), []))
    batch: list[Customer] = []
    for row in rows_of(lines, areas, services, session.settings.operator.country):
        if isinstance(row, Customer):
            batch.append(row)
        elif isinstance(row, Remark):
            tally.warn(row, session.screen_words())
        else:
            tally.reject(row, session.screen_words())
        if len(batch) >= BATCH:
            _put(session, batch, tally)
            batch = []
    _put(session, batch, tally)


def _put(session: Session, batch: list[Any], tally: Tally) -> None:
    """One batch, one transaction; how far it is goes to stderr."""
    from coordinator import directory

    if not batch:
        return
    tally.new += session.act(directory.put_customers, batch).new
    tally.accepted += len(batch)
    if sys.stderr.isatty():
        click.echo(f"\r{tally.accepted:,} accepted, {tally.rejected:,} rejected ", err=True, nl=False)


@command(
    audience, "preview", permission="read", show="audience", example="tongbao audience preview INC-2026-0001"
)
@click.argument("ref")
def audience_preview(session: Session, ref: str) -> Answer:
    """Say whom a notice about this incident would meet now, and by which channel."""

    def seen(act: Act) -> tuple[Document, list[Any]]:
        from coordinator import directory

        incident = act.tx.incidents.get(ref)
        found, _ = directory.preview(act, incident.areas, incident.services, incident.level)
        document = {
            "incident": ref,
            "level": found.level,
            "areas": list(found.areas),
            "services": list(found.services),
            "people": {**vars(found.people)},
            "sms": found.sms,
            "email": found.email,
            "next": f"tongbao notice draft {ref} first_notice",
        }
        return document, []

    return Answer(session.act(seen))
