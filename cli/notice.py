"""Commands of the notice: draft, preview, submit, stop, pause, resume, status; pending."""

from __future__ import annotations

from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

import click

from cli import given
from cli.command import Answer, command
from cli.numbers import NUMBER
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act
    from notifications.notice import Notice
    from notifications.wording import Finding

LATER_KINDS = ("apology_compensation",)
"""Kinds of the contract that a later version drafts."""
DELIVERIES_SHOWN = 1_000_000
top = click.Group()
group = click.Group("notice", help="Draft, preview, submit and follow notices to customers.")


def register(root: click.Group) -> None:
    root.add_command(group)
    for name, found in top.commands.items():
        root.add_command(found, name)


@command(
    group,
    "draft",
    permission="draft",
    mutating=True,
    show="notice",
    example="tongbao notice draft INC-2026-0001 progress_update --channels web,sms",
)
@click.argument("ref")
@click.argument("kind")
@click.option("--channels", metavar="LIST", help="web,sms,email; every notice has its page entry (web).")
@click.option("--next-update", metavar="TIME", help="When the next notice is promised for.")
@click.option("--notice", type=NUMBER, metavar="ID", help="Which one, where several of the kind wait.")
def draft(
    session: Session, ref: str, kind: str, channels: str | None, next_update: str | None, notice: int | None
) -> Answer:
    """Draft a notice of this kind; an existing draft is returned."""
    from coordinator import notices, views
    from incidents.errors import Invalid, not_built
    from incidents.terms import NOTICES, Channel, Kind

    if kind in LATER_KINDS:
        raise not_built(kind, "draft a progress_update, or a resolution_notice at the end")
    if kind not in (*NOTICES, Kind.HOLDING_NOTICE):
        raise Invalid(
            "unknown kind {name}",
            name=kind[:40],
            field="kind",
            next=("one of: {known}", {"known": tuple(NOTICES)}),
        )
    wanted = given.codes([channels]) if channels else ()
    unknown = [name for name in wanted if name not in list(Channel)]
    if unknown:
        raise Invalid("unknown channel {name}", name=unknown[0][:40], field="channels", next="web,sms,email")
    chosen = [Channel(name) for name in wanted] or None
    promised = given.when(next_update, "next_update")
    return Answer(session.do(views.notice, notices.draft, ref, Kind(kind), chosen, promised, notice))


@command(group, "preview", permission="read", show="preview", example="tongbao notice preview 3")
@click.argument("notice", type=NUMBER)
def preview(session: Session, notice: int) -> Answer:
    """Show every channel and language as it would leave now, with SMS parts and how many people."""
    from coordinator import previews

    return Answer(session.act(previews.preview, notice))


@command(
    group,
    "edit",
    permission="draft",
    mutating=True,
    show="edited",
    example="tongbao notice edit 3 sms zh-CN --file sms.txt\ntongbao notice edit 3 sms zh-CN --reset",
)
@click.argument("notice", type=NUMBER)
@click.argument("channel")
@click.argument("language")
@click.option("--file", type=click.File(encoding="utf-8"), help="The new words; - reads them here.")
@click.option("--form", default="own", metavar="FORM", help="own, or combined for who was never told before.")
@click.option("--reset", is_flag=True, help="Take your own words back; the template's count again.")
def edit(
    session: Session, notice: int, channel: str, language: str, file: IO[str] | None, form: str, reset: bool
) -> Answer:
    """Give one text of a draft its own words; without --file your editor opens.

    CHANNEL is sms, email, web or hotline, LANGUAGE zh-CN or en. Facts stay slots, as in a template: a number that is
    not on the record is refused. Both languages are changed before it can be submitted.
    """
    from coordinator import editing

    if reset:
        return Answer(session.do(_edited, editing.reset, notice, channel, language, form))
    before = session.act(lambda act: editing.words_at(act, notice, channel, language, form))
    text = _written(file, before)
    return Answer(session.do(_edited, editing.edit, notice, channel, language, text, form))


LONGEST_FILE = 200_000
"""Characters that are read of a file; no text is as long."""


def _written(file: IO[str] | None, before: str) -> str:
    """The new words: from the file, else from the person's editor, which begins with those of now."""
    from incidents.errors import Conflict, Invalid

    if file is not None:
        try:
            return file.read(LONGEST_FILE)
        except UnicodeDecodeError as error:
            raise Invalid("the file is not UTF-8", field="file", next="save it as UTF-8") from error
    try:
        text = click.edit(before, extension=".txt")
    except click.ClickException as error:
        raise Invalid(
            "no editor could be opened: {why}",
            why=error.message,
            field="file",
            next="--file PATH, or set EDITOR",
        ) from error
    if text is None:
        raise Conflict(
            "nothing was changed", field="file", next="save the text in the editor, or --file PATH"
        )
    return text


def _edited(act: Act, done: tuple[Notice, tuple[Finding, ...]]) -> Document:
    """The draft with what was reworded, and what there is to say about it."""
    from coordinator import notices, previews, views

    found, remarks = done
    (seen, content, _), _ = notices.preview(act, found.id)
    own = {
        key: text for key, text in content.texts.items() if text.template.startswith(f"notice-{found.id}:")
    }
    said = [
        {"line": one.line, "severity": one.severity, "remark": one.remark.value, "values": one.values}
        for one in remarks
    ]
    return {
        **views.notice(act, seen),
        "texts": previews.texts(replace(content, texts=own)),
        "remarks": said,
        "next": f"tongbao notice preview {found.id}",
    }


@command(
    group,
    "submit",
    permission="submit",
    mutating=True,
    show="notice",
    example="tongbao notice submit 3 --expect 1200",
)
@click.argument("notice", type=NUMBER)
@click.option("--expect", type=click.IntRange(min=0), metavar="N", help="Refuse unless it goes to N people.")
def submit(session: Session, notice: int, expect: int | None) -> Answer:
    """Freeze text and audience; a second person then approves, at level 3 it goes out at once."""
    from coordinator import notices, views
    from coordinator.failpoints import fp

    document = session.do(views.notice, notices.submit, notice, expect)
    fp("notice.after_submit")
    return Answer(document)


@command(
    group,
    "stop",
    permission="stop",
    mutating=True,
    show="notice",
    example="tongbao notice stop 3 --reason 'the figure is wrong'",
)
@click.argument("notice", type=NUMBER)
@click.option("--reason", required=True, help="Why it must not go on.")
def stop(session: Session, notice: int, reason: str) -> Answer:
    """Stop a notice for good; what was sent stays on the record."""
    from coordinator import sending, views

    return Answer(session.do(views.notice, sending.stop, notice, reason))


@command(
    group,
    "pause",
    permission="stop",
    mutating=True,
    show="notice",
    example="tongbao notice pause 3 --reason 'checking the figure'",
)
@click.argument("notice", type=NUMBER)
@click.option("--reason", required=True, help="Why it is held.")
def pause(session: Session, notice: int, reason: str) -> Answer:
    """Hold a notice where it is; nothing new of it starts."""
    from coordinator import sending, views

    return Answer(session.do(views.notice, sending.pause, notice, reason))


@command(group, "resume", permission="stop", mutating=True, show="notice", example="tongbao notice resume 3")
@click.argument("notice", type=NUMBER)
def resume(session: Session, notice: int) -> Answer:
    """Let a paused notice go on."""
    from coordinator import sending, views

    return Answer(session.do(views.notice, sending.resume, notice))


@command(
    group, "status", permission="read", show="notice", example="tongbao notice status 3 --deliveries --json"
)
@click.argument("notice", type=NUMBER)
@click.option("--deliveries", is_flag=True, help="List every delivery, without addresses.")
def status(session: Session, notice: int, deliveries: bool) -> Answer:
    """Show how far a notice has come: counts by state, channel and language, and its forecast."""
    from coordinator import row_views, views

    def seen(act: Act) -> tuple[Document, list[Any]]:
        document = views.notice(act, act.tx.notices.get(notice))
        if deliveries:
            rows = act.tx.deliveries.first(notice, DELIVERIES_SHOWN)
            document["deliveries"] = [row_views.delivery(row) for row in rows]
        return document, []

    return Answer(session.act(seen))


@command(top, "pending", permission="read", show="pending", example="tongbao pending")
def pending(session: Session) -> Answer:
    """List what waits for a second person."""
    from coordinator import views

    return Answer(session.act(views.pending))


@command(
    group,
    "correct",
    permission="take_back",
    mutating=True,
    show="notice",
    example="tongbao notice correct 3 --said '请重启手机 // Restart your phone' "
    "--right '无需重启手机 // There is no need to restart it'",
)
@click.argument("notice", type=NUMBER)
@click.option("--said", required=True, help="What it said wrongly: 中文 // English.")
@click.option("--right", required=True, help="What is right: 中文 // English.")
def correct(session: Session, notice: int, said: str, right: str) -> Answer:
    """Draft a correction, owed from now to exactly those whom that notice told."""
    from coordinator import taking_back, views

    words = given.spoken(said, "said"), given.spoken(right, "right")
    return Answer(session.do(views.notice, taking_back.correct, notice, *words))


@command(
    group,
    "withdraw",
    permission="take_back",
    mutating=True,
    show="notice",
    example="tongbao notice withdraw 3 --reason '发错了区域 // It went to the wrong district'",
)
@click.argument("notice", type=NUMBER)
@click.option("--reason", required=True, help="Why it should not have gone out: 中文 // English.")
def withdraw(session: Session, notice: int, reason: str) -> Answer:
    """Draft a withdrawal, owed from now to exactly those whom that notice told."""
    from coordinator import taking_back, views

    return Answer(session.do(views.notice, taking_back.withdraw, notice, given.spoken(reason, "reason")))
