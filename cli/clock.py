"""Commands of the clock itself: its own process, what stands against it, and a person's word about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.command import Answer, command
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act
    from incidents.operation import Operation

RUN = "run"


class Clock(click.Group):
    """A group that runs the clocks when no other of its commands is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = [RUN, *args]
        return super().parse_args(ctx, args)


group = Clock("clock", help="Run the clocks alone; say what stands against them, and accept them.")
REASON = click.option("--reason", required=True, help="Why; kept on the record.")


def register(root: click.Group) -> None:
    root.add_command(group)


@command(group, RUN, permission="", show="turning", example="tongbao clock")
def run(session: Session) -> Answer:
    """Run the clocks in a process of their own: verdicts, warnings, the in-tray, the self-audit, the sign of life.

    Any number may run beside `tongbao worker` and `tongbao web` on one home.
    """
    from cli.run import turn
    from worker.engine import CLOCKS

    return turn(session, (CLOCKS,))


@command(group, "status", permission="read", show="clock_status", example="tongbao clock status")
def status(session: Session) -> Answer:
    """Say what stands against the clock and the record, and what did of late."""
    return Answer(session.act(_standing))


def _standing(act: Act) -> tuple[Document, list[Any]]:
    from coordinator import clock, views

    found, _ = clock.status(act)
    document: Document = {name: [_document(one) for one in rows] for name, rows in found.items()}
    held = any(one["about"] in CLOSED_BY_ACCEPT for one in document["standing"])
    following = "tongbao clock accept --reason '…'" if held else "tongbao board"
    return {**document, "at": views.iso(act.now), "next": following}, []


CLOSED_BY_ACCEPT = ("restored", "long_gap", "implausible_clock", "record_gone")


def _document(one: Operation) -> Document:
    from coordinator import views

    return views.operation(one)


@command(
    group,
    "accept",
    permission="clock",
    mutating=True,
    show="clock_accepted",
    example="tongbao clock accept --reason 'the clock is right, the outage was the power'",
)
@REASON
def accept(session: Session, reason: str) -> Answer:
    """Say that the clock and the record are right: what was held goes to customers.

    After a gap of over 24 hours, and after a backup was restored.
    """
    from coordinator import clock

    return Answer(session.do(_accepted, clock.accept, reason))


def _accepted(act: Act, found: list[Operation]) -> Document:
    from coordinator import views

    return {"items": [_document(one) for one in found], "at": views.iso(act.now), "next": "tongbao board"}


@command(
    group,
    "hold",
    permission="clock",
    mutating=True,
    show="clock_held",
    example="tongbao clock hold --reason 'the whole home was restored from the backup of Monday'",
)
@REASON
def hold(session: Session, reason: str) -> Answer:
    """Let nothing go to customers until it was asked whether they have it already: as after a restored backup."""
    from coordinator import clock

    return Answer(session.do(_held, clock.hold, reason))


def _held(act: Act, found: Operation) -> Document:
    from coordinator import views

    return {"hold": _document(found), "at": views.iso(act.now), "next": "tongbao clock status"}


@command(group, "audit", permission="read", show="clock_audited", example="tongbao clock audit")
def audit(session: Session) -> Answer:
    """Read the whole record against itself now, as the clocks do every hour; exits 1 when something is wrong."""
    from coordinator import audit as verbs

    session.act(lambda _: (None, []))
    system = session.app.coordinator.system
    system(verbs.begin)
    while system(verbs.step):
        pass
    document = session.act(_result)
    return Answer(document, code=1 if document["problems"] else 0)


def _result(act: Act) -> tuple[Document, list[Any]]:
    from coordinator import audit as verbs

    found = verbs.result(act) or {"at": None, "problems": []}
    following = "tongbao verify --database" if found["problems"] else "tongbao board"
    return {"at": found["at"], "problems": found["problems"], "next": following}, []
