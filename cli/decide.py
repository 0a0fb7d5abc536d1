"""The second person's answer to a submitted text: approve, which is part of `tongbao approve`, and decline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.command import Answer, command
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act
    from notifications.template import Version

top = click.Group()


def register(root: click.Group) -> None:
    for name, found in top.commands.items():
        root.add_command(found, name)


def is_template(name: str) -> bool:
    """Whether an id of `approve` is a template's."""
    return name.startswith("template-")


def _number(name: str) -> int:
    from incidents.errors import NotFound

    digits = name.removeprefix("template-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise NotFound("no template {id}", id=name[:40], field="id", next="tongbao pending")
    return int(digits)


def approve(session: Session, name: str) -> Answer:
    """Put a submitted text in force, as the second person."""
    from coordinator import templates, versions

    session.permission = "approve_template"

    def view(act: Act, version: Version) -> Document:
        return versions.document(version, act.house.setting.sandbox)

    return Answer(session.do(view, templates.approve, _number(name)), show="template")


@command(
    top,
    "decline",
    permission="approve",
    mutating=True,
    show="template",
    example="tongbao decline template-3 --reason 'the hotline is missing' --as bob",
)
@click.argument("id_", metavar="ID")
@click.option("--reason", required=True, help="What has to be different.")
def decline(session: Session, id_: str, reason: str) -> Answer:
    """Decline what another person submitted, with a reason; a text of a template for now."""
    from coordinator import templates, versions
    from incidents.errors import not_built

    if not is_template(id_):
        raise not_built("declining a notice", "tongbao notice stop ID --reason …")
    session.permission = "approve_template"

    def view(act: Act, version: Version) -> Document:
        return versions.document(version, act.house.setting.sandbox)

    return Answer(session.do(view, templates.decline, _number(id_), reason))
