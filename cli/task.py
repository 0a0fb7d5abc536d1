"""Commands of the tasks that playbooks open: list, ack, done, skip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.command import Answer, command
from cli.numbers import NUMBER
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act

group = click.Group("task", help="The tasks that playbooks opened for departments.")


def register(root: click.Group) -> None:
    root.add_command(group)


@command(group, "list", permission="read", show="tasks", example="tongbao task list")
@click.option("--all", "every", is_flag=True, help="Ended ones too.")
def list_(session: Session, every: bool) -> Answer:
    """List the open tasks."""

    def seen(act: Act) -> tuple[Document, list[Any]]:
        from coordinator import task_views, views
        from playbooks.task import OWED

        found = act.tx.playbooks.tasks(None, None if every else OWED)
        items = [task_views.task(act, t) for t in found]
        return {"items": items, "at": views.iso(act.now)}, []

    return Answer(session.act(seen))


@command(group, "ack", permission="task", mutating=True, show="task", example="tongbao task ack 4")
@click.argument("task", type=NUMBER)
def ack(session: Session, task: int) -> Answer:
    """Say that a task was seen and is being done; who said it first stands."""
    from coordinator import playbooks

    def seen(act: Act, found: Any) -> Document:
        return {**_view(act, found), "next": f"tongbao task done {task}"}

    return Answer(session.do(seen, playbooks.ack_task, task))


@command(group, "done", permission="task", mutating=True, show="task", example="tongbao task done 4")
@click.argument("task", type=NUMBER)
def done(session: Session, task: int) -> Answer:
    """Say that a task is done."""
    from coordinator import playbooks

    return Answer(session.do(_view, playbooks.end_task, task, "done", None))


@command(
    group,
    "skip",
    permission="task",
    mutating=True,
    show="task",
    example="tongbao task skip 4 --reason 'the site has no staff'",
)
@click.argument("task", type=NUMBER)
@click.option("--reason", required=True, help="Why it is not done.")
def skip(session: Session, task: int, reason: str) -> Answer:
    """Leave a task undone, with a reason."""
    from coordinator import playbooks

    return Answer(session.do(_view, playbooks.end_task, task, "skipped", reason))


def _view(act: Act, task: Any) -> Document:
    from coordinator import task_views, views

    return {**task_views.task(act, task), "at": views.iso(act.now), "next": "tongbao next"}
