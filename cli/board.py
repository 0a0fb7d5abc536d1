"""Commands that look at everything: board and next."""

from __future__ import annotations

import threading

import click

from cli.command import Answer, command
from cli.session import Session

WATCH_SECONDS = 2.0
group = click.Group()


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@command(group, "board", permission="read", show="board", example="tongbao board --watch")
@click.option("--watch", is_flag=True, help="Keep it on the screen, up to date, until Ctrl-C.")
def board(session: Session, watch: bool) -> Answer:
    """Show everything owed, overdue first, then least time left."""
    from coordinator import views

    document = session.act(views.board)
    if watch and session.screen.live and not session.as_json:
        _watch(session, document)
    return Answer(document)


def _watch(session: Session, document: dict[str, object]) -> None:
    """Show it again every two seconds; Ctrl-C ends it."""
    from coordinator import views

    pause = threading.Event()
    while True:
        click.clear()
        session.screen.begin()
        session.present(document, "board", {})
        pause.wait(WATCH_SECONDS)
        document = session.act(views.board)


@command(group, "next", permission="read", show="next_step", example="tongbao next")
def next_(session: Session) -> Answer:
    """Say the one thing to do now, with the command to type."""
    from coordinator import views

    return Answer(session.act(views.next_step))
