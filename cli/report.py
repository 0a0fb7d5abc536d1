"""Commands of what is known afterwards: the reports."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.command import Answer, command
from cli.session import Document, Session

if TYPE_CHECKING:
    from reports.document import Report

KINDS = ("handling_report", "summary_report")
FORMS = ("md", "html", "json", "pdf", "docx")
DRAWN = "REF"
"""The name under which `report REF` is registered."""
_ID = re.compile(r"[Rr]?([0-9]{1,15})")


class ReportId(click.ParamType[int]):
    """A report's number, with or without its letter."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = _ID.fullmatch(str(value))
        return (
            int(found[1]) if found else self.fail(f"{value!r} is not a report's id, such as R2", param, ctx)
        )


class Reports(click.Group):
    """A group in which every word that is not one of its commands is an incident."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # An option may stand before the incident: the command of that name takes them all.
        if args and args[0] not in self.commands and args[0] != "--help":
            args = [DRAWN, *args]
        return super().parse_args(ctx, args)


group = Reports("report", help="Draw, submit and approve an incident's reports.")
KIND = click.option("--kind", default=KINDS[0], show_default=True, type=click.Choice(KINDS))


def register(root: click.Group) -> None:
    root.add_command(group)


@command(
    group,
    DRAWN,
    permission="read",
    show="reported",
    example="tongbao report INC-2026-0001 --kind handling_report --format html -o report.html",
)
@click.argument("ref")
@KIND
@click.option("--format", "form", default="md", show_default=True, type=click.Choice(FORMS))
@click.option("--approved", is_flag=True, help="The newest approved version, byte for byte.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, allow_dash=True), help="Where it goes; - is stdout."
)
def drawn(session: Session, ref: str, kind: str, form: str, approved: bool, output: str | None) -> Answer:
    """Write an incident's report from its record as it is now, and say what it still lacks."""
    from incidents.errors import not_built

    if form not in ("md", "html", "json"):
        raise not_built("a report in this format", "use --format md, html or json")
    if approved:
        content, document = _approved_file(session, ref, kind, form)
    else:
        content, document = _drawn(session, ref, kind, form)
    answer = {
        "incident": ref,
        "kind": kind,
        "format": form,
        "file": output,
        "report": document,
        "next": _next(document),
    }
    if output in (None, "-") and not session.as_json:
        click.echo(content, nl=False)
        session.aside(answer, "report_gaps")
        return Answer(None)
    if output not in (None, "-"):
        Path(str(output)).write_bytes(content)
    return Answer(answer)


def _next(document: Document) -> str:
    """Fill the first gap, else have it approved, else show the record."""
    gaps = document["completeness"]["gaps"]
    if gaps:
        return str(gaps[0]["fill"])
    reference, incident = document["incident"]["reference"], document["incident"]
    if incident["resolved_at"] and not incident["closed_at"]:
        return f"tongbao report submit {reference} --kind {document['kind']}"
    return f"tongbao show {reference}"


def _drawn(session: Session, ref: str, kind: str, form: str) -> tuple[bytes, Document]:
    """The report as the bytes of one format, and as a document."""
    from coordinator import report
    from incidents.terms import Kind
    from reports.document import document

    found = session.act(report.report, ref, Kind(kind))
    return _content(session, found, form).encode(), document(found)


def _content(session: Session, found: Report, form: str) -> str:
    from reports.document import text

    if form == "json":
        return text(found)
    from rendering import reports

    write = reports.html if form == "html" else reports.markdown
    return write(found, session.lang, session.settings.operator.zone)


def _approved_file(session: Session, ref: str, kind: str, form: str) -> tuple[bytes, Document]:
    import json

    from coordinator.report import approved_files
    from incidents.terms import Kind

    files = session.act(approved_files, ref, Kind(kind))
    name = f"{kind}.json" if form == "json" else f"{kind}.{session.lang}.{form}"
    return files[name], json.loads(files[f"{kind}.json"])


@command(
    group,
    "submit",
    permission="report",
    mutating=True,
    show="report",
    example="tongbao report submit INC-2026-0001 --kind summary_report",
)
@click.argument("ref")
@KIND
def submit(session: Session, ref: str, kind: str) -> Answer:
    """Freeze the report in both languages and every format; a second person then approves it."""
    from coordinator import report, report_views
    from incidents.terms import Kind

    return Answer(session.do(report_views.document, report.submit, ref, Kind(kind)))


@command(
    group,
    "approve",
    permission="approve",
    mutating=True,
    show="report",
    example="tongbao report approve R1 --as bob",
)
@click.argument("id_", metavar="ID", type=ReportId())
def approve(session: Session, id_: int) -> Answer:
    """Approve a report that another person submitted; its window is then told."""
    from coordinator import report, report_views

    return Answer(session.do(report_views.document, report.approve, id_), show="report")


@command(
    group,
    "decline",
    permission="approve",
    mutating=True,
    show="report",
    example="tongbao report decline R1 --reason 'the cause is missing' --as bob",
)
@click.argument("id_", metavar="ID", type=ReportId())
@click.option("--reason", required=True, help="What has to be mended.")
def decline(session: Session, id_: int, reason: str) -> Answer:
    """Send a report back to its author; the duty stays owed."""
    from coordinator import report, report_views

    return Answer(session.do(report_views.document, report.decline, id_, reason))
