"""Commands of the playbooks: list, show, check, schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.command import Answer, command
from cli.session import Document, Session

if TYPE_CHECKING:
    from playbooks.check import Problem

TYPES = ("network_fault", "service_interruption", "complaint_escalation", "data_leak")
group = click.Group("playbook", help="The playbooks: what each department does, by type and level.")


def register(root: click.Group) -> None:
    root.add_command(group)


@command(group, "list", permission="read", show="playbooks", example="tongbao playbook list --overdue")
@click.option("--overdue", is_flag=True, help="Only those whose review was due.")
def list_(session: Session, overdue: bool) -> Answer:
    """List every version of every playbook, and which is in force."""
    from coordinator import shelf

    return Answer(session.act(shelf.listing, overdue))


@command(group, "show", permission="read", show="playbook", example="tongbao playbook show data_leak")
@click.argument("type", type=click.Choice(TYPES))
def show(session: Session, type: str) -> Answer:  # noqa: A002 - the word that people type
    """Show the playbook in force for a type: who does what, at which level, by when."""
    from coordinator import shelf

    return Answer(session.act(shelf.shown, type))


@command(
    group, "check", permission="read", show="playbook_problems", example="tongbao playbook check mine.yaml"
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def check(session: Session, files: tuple[Path, ...]) -> Answer:
    """Say every problem of playbooks with its line: of FILES beside those of the house, or of all; exit 1 for any."""
    from coordinator import shelf
    from playbooks.shelf import OWN, Source

    given = [Source(OWN, str(file), _text(file)) for file in files]
    found: list[Problem]
    checked, found = session.act(shelf.checked, given)
    t = session.screen_words()
    items = [
        {
            "file": one.file,
            "line": one.line,
            "severity": "warning" if one.warning else "error",
            "message": t(one.said.value, **one.params) if one.params else t(one.said.value),
        }
        for one in found
    ]
    ok = all(one.warning for one in found)
    document: Document = {"ok": ok, "files": checked, "items": items}
    document["next"] = "tongbao playbook list" if ok else "tongbao playbook schema"
    return Answer(document, code=0 if ok else 1)


def _text(file: Path) -> str:
    """What is in the file; Invalid when it cannot be read."""
    from incidents.errors import Invalid

    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        strange = isinstance(error, UnicodeDecodeError)
        why = "it is not UTF-8" if strange else str(getattr(error, "strerror", error))
        following = "save it as UTF-8 text" if strange else "tongbao playbook list says which there are"
        raise Invalid(
            "{file} cannot be read: {why}", file=file, why=why, field="file", next=following
        ) from error


@command(
    group,
    "schema",
    permission="read",
    show="schema",
    example="tongbao playbook schema > playbook.schema.json",
)
def schema(session: Session) -> Answer:
    """Print the JSON Schema of a playbook, for editors."""
    from playbooks.playbook import schema as written

    return Answer(written())
