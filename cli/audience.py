"""Commands of an incident's audience: whom a notice would meet, and lists of accounts for one incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.command import Answer, command
from cli.importing import FILE, Sheet, content, file_options, sheet
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.audiences import Preview

group = click.Group("audience", help="Whom a notice would meet.")
LEFT_OUT = ("no_address", "opted_out")


def register(root: click.Group) -> None:
    root.add_command(group)


@command(
    group, "preview", permission="read", show="audience", example="tongbao audience preview INC-2026-0001"
)
@click.argument("ref")
def preview(session: Session, ref: str) -> Answer:
    """Say whom a notice about this incident would meet now, by which channel, and who is left out and why."""
    from coordinator import audiences

    return Answer(_document(session.act(audiences.preview, ref)))


def _document(seen: Preview) -> Document:
    people = seen.people
    return {
        "incident": seen.incident,
        "level": seen.level,
        "areas": list(seen.scope.areas),
        "services": list(seen.scope.services),
        "uploads": len(seen.scope.uploads),
        "uploads_alone": seen.scope.alone,
        "people": {"matched": people.matched, **people.reach},
        "nobody": seen.nobody,
        "sms": people.by_sms,
        "email": people.by_email,
        "messages": {"sms": seen.sms, "email": seen.email},
        "shared": {"sms": people.by_sms - seen.sms, "email": people.by_email - seen.email},
        "by": {name: people.of(name) for name in ("channel", "language", "area", "segment")},
        "left_out": {**{name: people.channel[name] for name in LEFT_OUT}, "not_affected": seen.not_affected},
        "next": f"tongbao notice preview {seen.draft}"
        if seen.draft
        else f"tongbao notice draft {seen.incident} {seen.kind}",
    }


@command(
    group,
    "import",
    permission="update",
    mutating=True,
    show="imported",
    example="tongbao audience import INC-2026-0001 accounts.csv --replace",
)
@click.argument("ref")
@click.argument("file", type=FILE)
@click.option(
    "--replace", is_flag=True, help="These accounts alone, instead of area and service and earlier lists."
)
@file_options
def import_(
    session: Session, ref: str, file: str, replace: bool, encoding: str, rejects: str | None
) -> Answer:
    """Put a list of accounts (column account; others of customers are passed over) into the audience of REF.

    Numbers and addresses come from the directory. It counts once the whole file is read.
    """
    from coordinator import audiences
    from notifications.imports import CUSTOMER_COLUMNS

    kept = session.look_up_request(content(session, file))
    if kept is not None:
        return Answer(kept)
    following = f"tongbao audience preview {ref}"
    with sheet(file, CUSTOMER_COLUMNS, 1, encoding, rejects, session.screen_words()) as opened:
        upload = session.act(audiences.begin_upload, ref, replace)
        _stream(session, opened, upload.id)
        answer = opened.tally.answer(following, session.screen_words())
        if answer.code:
            return answer
        session.act(audiences.finish_upload, upload.id)
    return Answer(session.keep_request(opened.tally.document(following)))


def _stream(session: Session, opened: Sheet, upload: int) -> None:
    from coordinator.directory import BATCH
    from notifications.imports import accounts

    batch: list[Any] = []
    for row in accounts(opened.table):
        if opened.take(row):
            batch.append(row)
        if len(batch) >= BATCH:
            _put(session, opened, upload, batch)
            batch = []
    _put(session, opened, upload, batch)


def _put(session: Session, opened: Sheet, upload: int, batch: list[Any]) -> None:
    """One batch, one transaction; what the directory does not know is rejected by its line."""
    from coordinator import audiences
    from notifications.rows import Defect, Rejection, Repeated, shown

    if not batch:
        return
    known = session.act(audiences.add_accounts, upload, [one.account for one in batch])
    taken = [one for one in batch if one.account in known]
    for one in batch:
        if one.account not in known:
            opened.reject(Rejection(one.line, "account", Defect.UNKNOWN, shown(one.account), one.row))
        elif one.before is not None:
            opened.take(Repeated(one.line, "account", Defect.REPLACES, str(one.before)))
    opened.tally.put(len(taken), sum(one.before is None for one in taken))
