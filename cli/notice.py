"""Commands of the notice: draft, preview, submit, stop, pause, resume, status; approve and pending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli import given
from cli.command import Answer, command
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act
    from coordinator.drafting import Content

LATER_KINDS = ("holding_notice", "apology_compensation")
"""Kinds of the contract that a later version drafts."""
DELIVERIES_SHOWN = 1_000_000
top = click.Group()
group = click.Group("notice", help="Draft, preview, submit and follow notices to customers.")


class Id(click.ParamType[int | str]):
    """What waits for a second person: a notice's number, or template-N."""

    name = "id"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        text = str(value)
        if text.startswith("template-"):
            return text
        if not (text.isascii() and text.isdigit()):
            self.fail(f"{text!r} is neither a notice's number nor template-N", param, ctx)
        return int(text)


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
def draft(session: Session, ref: str, kind: str, channels: str | None, next_update: str | None) -> Answer:
    """Draft a notice of this kind; an existing draft is returned."""
    from coordinator import notices, views
    from incidents.errors import Invalid, not_built
    from incidents.terms import Channel, Kind

    if kind in LATER_KINDS:
        raise not_built(f"a {kind}", "draft a progress_update, or a resolution_notice at the end")
    if kind not in list(Kind):
        raise Invalid("unknown kind {kind}", kind=kind[:40], field="kind", next="kinds: " + ", ".join(Kind))
    wanted = given.codes([channels]) if channels else ()
    unknown = [name for name in wanted if name not in list(Channel)]
    if unknown:
        raise Invalid("unknown channel {name}", name=unknown[0][:40], field="channels", next="web,sms,email")
    chosen = [Channel(name) for name in wanted] or None
    promised = given.when(next_update, "next_update")
    return Answer(session.do(views.notice, notices.draft, ref, Kind(kind), chosen, promised))


@command(group, "preview", permission="read", show="preview", example="tongbao notice preview 3")
@click.argument("notice", type=int)
def preview(session: Session, notice: int) -> Answer:
    """Show every channel and language as it would leave now, with SMS parts and how many people."""
    from coordinator import notices, views
    from incidents.terms import NoticeState

    def seen(act: Act) -> tuple[Document, list[Any]]:
        (found, content, people), _ = notices.preview(act, notice)
        document = {**views.notice(act, found), **_words_of(content), "audience_size": people}
        if found.state == NoticeState.DRAFT:
            document["next"] = f"tongbao notice submit {notice}"
        return document, []

    return Answer(session.act(seen))


def _words_of(content: Content) -> Document:
    texts = [
        {
            "form": form,
            "channel": channel,
            "language": language,
            "subject": text.subject,
            "body": text.body,
            "parts": content.parts.get((form, channel, language), 0),
        }
        for (form, channel, language), text in sorted(content.texts.items())
    ]
    return {"texts": texts}


@command(
    group, "submit", permission="submit", mutating=True, show="notice", example="tongbao notice submit 3"
)
@click.argument("notice", type=int)
def submit(session: Session, notice: int) -> Answer:
    """Freeze text and audience; a second person then approves, at level 3 it goes out at once."""
    from coordinator import notices, views
    from coordinator.failpoints import fp

    document = session.do(views.notice, notices.submit, notice)
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
@click.argument("notice", type=int)
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
@click.argument("notice", type=int)
@click.option("--reason", required=True, help="Why it is held.")
def pause(session: Session, notice: int, reason: str) -> Answer:
    """Hold a notice where it is; nothing new of it starts."""
    from coordinator import sending, views

    return Answer(session.do(views.notice, sending.pause, notice, reason))


@command(group, "resume", permission="stop", mutating=True, show="notice", example="tongbao notice resume 3")
@click.argument("notice", type=int)
def resume(session: Session, notice: int) -> Answer:
    """Let a paused notice go on."""
    from coordinator import sending, views

    return Answer(session.do(views.notice, sending.resume, notice))


@command(
    group, "status", permission="read", show="notice", example="tongbao notice status 3 --deliveries --json"
)
@click.argument("notice", type=int)
@click.option("--deliveries", is_flag=True, help="List every delivery, without addresses.")
def status(session: Session, notice: int, deliveries: bool) -> Answer:
    """Show how far a notice has come: counts by state, channel and language, and its forecast."""
    from coordinator import views

    def seen(act: Act) -> tuple[Document, list[Any]]:
        document = views.notice(act, act.tx.notices.get(notice))
        if deliveries:
            rows = act.tx.deliveries.first(notice, DELIVERIES_SHOWN)
            document["deliveries"] = [views.delivery(row) for row in rows]
        return document, []

    return Answer(session.act(seen))


@command(
    top,
    "approve",
    permission="approve",
    mutating=True,
    show="notice",
    example="tongbao approve 3 --as bob\ntongbao approve template-2 --as bob",
)
@click.argument("id_", metavar="ID", type=Id())
def approve(session: Session, id_: int | str) -> Answer:
    """Approve what another person submitted, as the second person: a notice goes out, a text is in force."""
    from cli import decide
    from coordinator import notices, views
    from coordinator.failpoints import fp

    if isinstance(id_, str):
        return decide.approve(session, id_)

    document = session.do(views.notice, notices.approve, id_)
    fp("notice.after_release")
    return Answer(document)


@command(top, "pending", permission="read", show="pending", example="tongbao pending")
def pending(session: Session) -> Answer:
    """List what waits for a second person."""
    from coordinator import views

    return Answer(session.act(views.pending))


@command(
    top,
    "decline",
    permission="approve",
    mutating=True,
    show="notice",
    example=(
        "tongbao decline 3 --reason 'the figure is 46,000' --as bob\n"
        "tongbao decline template-3 --reason 'the hotline is missing' --as bob"
    ),
)
@click.argument("id_", metavar="ID", type=Id())
@click.option("--reason", required=True, help="What has to change.")
def decline(session: Session, id_: int | str, reason: str) -> Answer:
    """Refuse what another person submitted, and say why: a new draft of the notice waits for its author."""
    from cli import decide
    from coordinator import notices, views

    if isinstance(id_, str):
        return decide.decline(session, id_, reason)

    return Answer(session.do(views.notice, notices.decline, id_, reason))


@command(
    group,
    "correct",
    permission="take_back",
    mutating=True,
    show="notice",
    example="tongbao notice correct 3 --said '滨江区 // Binjiang' --right '高新区 // Gaoxin'",
)
@click.argument("notice", type=int)
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
@click.argument("notice", type=int)
@click.option("--reason", required=True, help="Why it should not have gone out: 中文 // English.")
def withdraw(session: Session, notice: int, reason: str) -> Answer:
    """Draft a withdrawal, owed from now to exactly those whom that notice told."""
    from coordinator import taking_back, views

    return Answer(session.do(views.notice, taking_back.withdraw, notice, given.spoken(reason, "reason")))
