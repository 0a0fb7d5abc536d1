"""Commands of the windows: explain, fulfil, waive, end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.command import Answer, command
from cli.numbers import NUMBER
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act
    from windows.window import Window

group = click.Group()


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@command(group, "explain", permission="read", show="explained", example="tongbao explain 2")
@click.argument("window", type=NUMBER)
def explain(session: Session, window: int) -> Answer:
    """Say why a window is due when it is, what moved it, and what is still missing."""
    from cli.why import sentences

    def seen(act: Act) -> tuple[Document, list[Any]]:
        from coordinator import beside, views
        from coordinator.proof import rules_of

        found = act.tx.windows.get(window)
        notices = [views.notice(act, n) for n in act.tx.notices.of_incident(found.incident)]
        rule = rules_of(act, [found])[0]
        by_rule = {"rule_source": rule["source"], "fulfilled_by": rule.get("fulfilled_by", [])}
        by_rule |= {"figure": "operator" if rule.get("immediate") else "rule", "after": rule.get("after", "")}
        said = {**views.window_now(act, found), **by_rule, "notices": notices, "at": views.iso(act.now)}
        said["beside"] = beside.document(beside.of_window(act, found))
        incident = act.tx.incidents.by_id(found.incident)
        said["onset_known"] = incident.onset_at is not None
        planned = incident.planned
        reference = said["incident"]
        following = f"tongbao planned show {reference}" if planned else f"tongbao show {reference}"
        if said["reached_nobody"]:
            following = f"tongbao fulfil {window} --how '…' --evidence '…'"
        return {**said, "next": following}, []

    document = session.act(seen)
    own = {"rule_source": document["rule_source"][session.lang], "owed_to": _authority(session, document)}
    document["why"] = sentences({**document, **own}, session.screen_words(), session.when)
    return Answer(document)


def _authority(session: Session, document: Document) -> str:
    """The authority that a report is owed to, as the house calls it; "" where it is owed to nobody outside."""
    from incidents.terms import REGULATOR

    name = str(document["audience"])
    if not name.startswith(REGULATOR):
        return ""
    name = name.removeprefix(REGULATOR)
    return str(session.app.house.renderer.words(session.lang)["authorities"].get(name, name))


@command(
    group,
    "fulfil",
    permission="fulfil",
    mutating=True,
    show="window",
    example="tongbao fulfil 2 --how 'called the three agents' --evidence 'call log 88'",
)
@click.argument("window", type=NUMBER)
@click.option("--how", required=True, help="How they were told.")
@click.option("--evidence", required=True, help="Where that can be checked.")
@click.option("--to", default="", help="Whom: a superior by name, or an authority's desk.")
def fulfil(session: Session, window: int, how: str, evidence: str, to: str) -> Answer:
    """Say how an audience that no channel reaches was told: superiors, regulators, customers without an address."""
    from coordinator import windows

    return Answer(session.do(_seen, windows.fulfil, window, how, evidence, to))


@command(
    group,
    "waive",
    permission="waive",
    mutating=True,
    show="window",
    example="tongbao waive 2 --reason 'over after four minutes, at night'",
)
@click.argument("window", type=NUMBER)
@click.option("--reason", required=True, help="Why nobody has to be told.")
def waive(session: Session, window: int, reason: str) -> Answer:
    """Waive a duty before it is due; at levels 1 and 2 it waits for a second person."""
    from coordinator import waiving

    return Answer(session.do(_seen, waiving.waive, window, reason))


@command(
    group,
    "end",
    permission="end_duty",
    mutating=True,
    show="window",
    example="tongbao end 2 --reason 'the resolution notice has said it all'",
)
@click.argument("window", type=NUMBER)
@click.option("--reason", required=True, help="Why it is no longer owed.")
def end(session: Session, window: int, reason: str) -> Answer:
    """End a duty that was missed and that nobody has to be told of any more; the verdict stays."""
    from coordinator import waiving

    return Answer(session.do(_seen, waiving.end_duty, window, reason))


def _seen(act: Act, found: Window) -> Document:
    from coordinator import asking, views

    reference = act.tx.incidents.by_id(found.incident).reference
    asked = [one for one in act.tx.decisions.waiting(found.incident) if one.window == found.id]
    step = asking.waiting_for(asked[0], act.house.setting.sandbox)[0] if asked else "tongbao next"
    now = act.tx.windows.get(found.id)
    waits = {"pending": bool(asked), "decisions": [asking.document(act, one) for one in asked]}
    return {**views.window(now, reference), **waits, "at": views.iso(act.now), "next": step}
