"""The second person's word on what another person submitted: approve and decline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from cli.command import Answer, command
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act
    from notifications.template import Version as TextVersion

top = click.Group()
_FORMS = {"notice": "", "report": "[Rr]", "decision": "[Dd]", "template": "template-", "holding": "holding-"}
"""How the ids of each noun begin; a notice's is a number alone."""

Named = tuple[str, int]


def register(root: click.Group) -> None:
    for name, found in top.commands.items():
        root.add_command(found, name)


class Submitted(click.ParamType[Named]):
    """What waits for a second person: 3 is a notice, R2 a report, D1 a downgrade or waiver, template-4 a text,
    holding-1 holding texts."""

    name = "id"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Named:
        if isinstance(value, tuple):
            return value
        for noun, form in _FORMS.items():
            found = re.fullmatch(form + "([0-9]{1,15})", str(value), re.ASCII)
            if found:
                return noun, int(found[1])
        return self.fail(
            f"{str(value)[:40]!r} is neither 3 (a notice), R2 (a report), D1 (a downgrade or waiver), template-4 "
            "nor holding-1",
            param,
            ctx,
        )


def _text(act: Act, version: TextVersion) -> Document:
    from coordinator import versions

    return versions.document(version, act.house.setting.sandbox)


@command(
    top,
    "approve",
    permission="approve",
    mutating=True,
    show="notice",
    example="tongbao approve 3 --as bob\ntongbao approve template-2 --as bob",
)
@click.argument("id_", metavar="ID", type=Submitted())
def approve(session: Session, id_: Named) -> Answer:
    """Approve, as the second person: a notice goes out, a report is final, a level falls, a duty is waived, a text is
    in force.

    ID is a notice's number, R2 for a report, D1 for a downgrade or waiver, template-4 for a text, holding-1 for the
    holding texts in advance.
    """
    from coordinator import (
        asking,
        decisions,
        holding,
        holding_views,
        notices,
        report,
        report_views,
        templates,
        views,
    )
    from coordinator.failpoints import fp

    noun, number = id_
    if noun == "report":
        return Answer(session.do(report_views.document, report.approve, number), show="report")
    if noun == "template":
        session.permission = "approve_template"
        return Answer(session.do(_text, templates.approve, number), show="template")
    if noun == "holding":
        session.permission = "approve_template"
        return Answer(session.do(holding_views.approval, holding.approve, number), show="holding_approval")
    if noun == "decision":
        return Answer(session.do(asking.document, decisions.approve, number), show="decision")
    document = session.do(views.notice, notices.approve, number)
    fp("notice.after_release")
    return Answer(document)


@command(
    top,
    "decline",
    permission="approve",
    mutating=True,
    show="notice",
    example="tongbao decline template-3 --reason 'the hotline is missing' --as bob",
)
@click.argument("id_", metavar="ID", type=Submitted())
@click.option("--reason", required=True, help="What has to be different.")
def decline(session: Session, id_: Named, reason: str) -> Answer:
    """Decline what another person submitted, with a reason for its author; of a notice, a new draft is kept for them.

    ID is a notice's number, R2 for a report, D1 for a downgrade or waiver, template-4 for a text, holding-1 for the
    holding texts in advance.
    """
    from coordinator import (
        asking,
        decisions,
        holding,
        holding_views,
        notices,
        report,
        report_views,
        templates,
        views,
    )

    noun, number = id_
    if noun == "report":
        return Answer(session.do(report_views.document, report.decline, number, reason), show="report")
    if noun == "template":
        session.permission = "approve_template"
        return Answer(session.do(_text, templates.decline, number, reason), show="template")
    if noun == "holding":
        session.permission = "approve_template"
        done = session.do(holding_views.approval, holding.decline, number, reason)
        return Answer(done, show="holding_approval")
    if noun == "decision":
        return Answer(session.do(asking.document, decisions.decline, number, reason), show="decision")
    return Answer(session.do(views.notice, notices.decline, number, reason))
