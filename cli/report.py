"""Commands of what is known afterwards: report and verify."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from cli.command import Answer, command
from cli.session import Document, Session

group = click.Group()


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@command(
    group,
    "report",
    permission="read",
    show="reported",
    example="tongbao report INC-2026-0001 --kind handling_report --format md -o report.md",
)
@click.argument("ref")
@click.option("--kind", default="handling_report", type=click.Choice(["handling_report", "summary_report"]))
@click.option("--format", "form", default="md", type=click.Choice(["md", "json", "html", "pdf", "docx"]))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, allow_dash=True), help="Where it goes; - is stdout."
)
def report(session: Session, ref: str, kind: str, form: str, output: str | None) -> Answer:
    """Write an incident's report from its record."""
    from incidents.errors import not_built

    if kind != "handling_report" or form not in ("md", "json"):
        raise not_built(f"a {kind} as {form}", "use --kind handling_report with --format md or json")
    text, document = _written(session, ref, form)
    if output in (None, "-") and not session.as_json:
        click.echo(text, nl=False)
        return Answer(None)
    if output not in (None, "-"):
        Path(str(output)).write_text(text, encoding="utf-8")
    return Answer({"incident": ref, "kind": kind, "format": form, "file": output, "report": document})


def _written(session: Session, ref: str, form: str) -> tuple[str, Document]:
    """The report as text, and as a document."""
    import json

    from coordinator.report import handling_report

    found = session.act(handling_report, ref)
    document: Document = _plain(found)
    if form == "json":
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n", document
    from rendering.reports import markdown

    return markdown(found, session.lang, session.settings.operator.zone), document


def _plain(value: Any) -> Any:
    """A value of the record as JSON; a key of several parts is joined by slashes."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {"/".join(key) if isinstance(key, tuple) else key: _plain(v) for key, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


@command(group, "verify", permission="read", show="verified", example="tongbao verify --database")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--database", is_flag=True, help="The record of this home.")
def verify(session: Session, file: str | None, database: bool) -> Answer:
    """Check the record: chains, seals, counts. Exit 1 when something is wrong."""
    if file or not database:
        from incidents.errors import not_built

        raise not_built(
            "the check of a proof file", "tongbao verify --database checks the record of this home"
        )
    from coordinator.verify import verify as check

    problems = session.act(check)
    return Answer(
        {"ok": not problems, "problems": problems, "next": "tongbao board"}, code=1 if problems else 0
    )
