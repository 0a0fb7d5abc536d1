"""The second person's answer to a submitted text of a template: parts of `tongbao approve` and `tongbao decline`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.command import Answer
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act
    from notifications.template import Version


def _number(name: str) -> int:
    from incidents.errors import NotFound

    digits = name.removeprefix("template-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise NotFound("no template {id}", id=name[:40], field="id", next="tongbao pending")
    return int(digits)


def approve(session: Session, name: str) -> Answer:
    """Put a submitted text in force, as the second person."""
    from coordinator import templates

    session.permission = "approve_template"
    return Answer(session.do(_document, templates.approve, _number(name)), show="template")


def decline(session: Session, name: str, reason: str) -> Answer:
    """Send a submitted text back to its author, with a reason."""
    from coordinator import templates

    session.permission = "approve_template"
    return Answer(session.do(_document, templates.decline, _number(name), reason), show="template")


def _document(act: Act, version: Version) -> Document:
    from coordinator import versions

    return versions.document(version, act.house.setting.sandbox)
