"""Commands of what arrives from outside: store and read an event, list events, read one again."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.command import Answer, command
from cli.numbers import NUMBER
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act
    from incidents.incident import Incident
    from triggers.alarm import Alarm
    from triggers.event import StoredEvent

ALARMS_SHOWN = 50
"""Of each event in the list; more tell a reader nothing."""
SEND = "FORMAT"
"""The name under which `trigger FORMAT [FILE]` is registered."""


class Formats(click.Group):
    """A group in which every word that is not one of its commands is a format."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return "", self.commands[SEND], args
        return super().resolve_command(ctx, args)


group = Formats("trigger", help="Events from outside: alertmanager.")


def register(root: click.Group) -> None:
    root.add_command(group)


@command(
    group,
    SEND,
    permission="trigger",
    mutating=True,
    show="triggered",
    example="tongbao trigger alertmanager alert.json\ntongbao trigger alertmanager - --dry-run < alert.json",
)
@click.argument("format_", metavar="FORMAT")
@click.argument("file", default="-", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Say what it would do; store nothing.")
def send(session: Session, format_: str, file: str, dry_run: bool) -> Answer:
    """Store an event and act on it: open an incident, join one, or pass it by."""
    body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    if dry_run:
        return Answer(_rehearsed(session, format_, body), show="rehearsed")
    kept = session.look_up_request(body)
    if kept is not None:
        return Answer(kept)
    return Answer(session.keep_request(_taken(session, format_, body), body))


def _taken(session: Session, name: str, body: bytes) -> Document:
    """Store, then read until nothing waits; Invalid when this event could not be read."""
    from coordinator import intake
    from coordinator.failpoints import fp

    number, new = session.act(intake.store, name, session.actor.name, body)
    fp("intake.after_store")
    while session.app.coordinator.system(intake.parse_stored):
        fp("intake.after_open")
    document: Document = session.app.coordinator.system(_outcome, number, new)
    return _sound(document)


def _sound(document: Document) -> Document:
    """The document of an event that could be read; Invalid says why it could not."""
    from incidents.errors import Invalid

    event = document["event"]
    if event["state"] == "quarantined":
        raise Invalid(
            "event {id} is stored but cannot be read: {problem}",
            id=event["id"],
            problem=event["problem"],
            field="body",
            next="tongbao trigger list",
        )
    return document


def _outcome(act: Act, number: int, new: bool) -> tuple[Document, list[Any]]:
    """The event with the incidents that its alarms belong to."""
    from coordinator import intake, row_views, views
    from incidents.errors import Invalid

    event = act.tx.intake.get(number)
    if event is None:
        raise RuntimeError("a stored event is gone")
    found: dict[int, None] = {}
    try:
        alarms = intake.read(event.format, event.body) if event.state == "parsed" else ()
    except Invalid:
        alarms = ()
    for alarm in alarms:
        known, _ = _known(act, event, alarm)
        if known is not None:
            found.setdefault(known)
    records = [act.tx.incidents.by_id(one) for one in found]
    incidents = [views.summary(act, one) for one in records if not one.planned]
    works = [views.planned(act, one) for one in records if one.planned]
    following = f"tongbao planned show {works[0]['reference']}" if works else "tongbao trigger list"
    document = {
        "event": {**row_views.event(event), "new": new},
        "incidents": incidents,
        "planned": works,
        "next": incidents[0]["next"] if incidents else following,
    }
    return document, []


def _rehearsed(session: Session, name: str, body: bytes) -> Document:
    from coordinator import intake
    from triggers.routing import Ignored, route

    session.act(lambda _act: (None, []))
    items: list[Document] = []
    for alarm in intake.read(name, body):
        chosen = route(alarm, session.app.house.routing)
        told: Document = {"source": alarm.source, "dedup_key": alarm.dedup_key, "status": alarm.status.value}
        if isinstance(chosen, Ignored):
            items.append({**told, "would": "ignore", "reasons": [chosen.reason]})
            continue
        would = {"would": "open or join", "type": chosen.type, "level": chosen.level, "title": chosen.title}
        places = {"areas": list(chosen.areas), "services": list(chosen.services)}
        items.append({**told, **would, **places, "rule": chosen.rule_id, "reasons": list(chosen.reasons)})
    return {"dry_run": True, "items": items, "next": "the same without --dry-run does it"}


@command(group, "list", permission="read", show="events", example="tongbao trigger list")
def list_(session: Session) -> Answer:
    """List the newest events: what became of each, why, and what to do about it."""
    from coordinator import intake

    items = session.act(fates, session.act(intake.trigger_list))
    following = next((item["next"] for item in items if item["next"]), "tongbao board")
    return Answer({"items": items, "next": following})


def _alarms(event: StoredEvent) -> Sequence[Alarm]:
    """What was read in an event, up to a bound; nothing in one that could not be read."""
    from coordinator import intake
    from incidents.errors import TongbaoError

    try:
        return intake.read(event.format, event.body)[:ALARMS_SHOWN] if event.state == "parsed" else ()
    except TongbaoError:
        return ()


def fates(act: Act, events: Sequence[StoredEvent]) -> tuple[list[Document], list[Any]]:
    """Each event with what became of it."""
    from coordinator import row_views

    books: dict[int, _Book] = {}
    return [{**row_views.event(one), **_fate(act, one, _alarms(one), books)} for one in events], []


@dataclass(frozen=True)
class _Book:
    """What an incident's timeline says of the alarms that belong to it."""

    incident: Incident
    opened: list[str]
    """The reasons of the alarm that opened it."""
    joined: dict[int, list[str]]
    """Event -> the reasons of what joined."""


JOINED = ("alarm_joined", "alarm_expected")
"""Entries by which an alarm goes to what is on the record already."""


def _book(act: Act, incident_id: int) -> _Book:
    entries = list(act.tx.incidents.entries(incident_id))
    opened: list[str] = next((e.data["reasons"] for e in entries if e.kind == "opened"), [])
    joined = {e.data["event"]: e.data["reasons"] for e in entries if e.kind in JOINED}
    return _Book(act.tx.incidents.by_id(incident_id), opened, joined)


def _fate(act: Act, event: StoredEvent, alarms: Sequence[Alarm], books: dict[int, _Book]) -> Document:
    """What became of an event, the incidents it went to, why, and the next step if one is needed."""
    if event.state != "parsed":
        again = f"tongbao trigger replay {event.id}" if event.state == "quarantined" else "tongbao tick"
        why = [event.problem] if event.problem else []
        return {"became": event.state, "incidents": [], "why": why, "next": again}
    became, following = "ignored", ""
    references: dict[str, None] = {}
    reasons: dict[str, None] = {}
    for alarm in alarms:
        known, by_event = _known(act, event, alarm)
        if known is None:
            reasons.update(dict.fromkeys(_why_ignored(act, alarm)))
            continue
        book = books.setdefault(known, books.get(known) or _book(act, known))
        references.setdefault(book.incident.reference)
        if event.id in book.joined:
            became = "joined" if became != "opened" else became
            reasons.update(dict.fromkeys(book.joined[event.id]))
        elif by_event == event.id and not book.incident.planned:
            became = "opened"
            reasons.update(dict.fromkeys(book.opened))
        elif became == "ignored":
            became = "repeated"
        following = following or _unplaced(book.incident, reasons)
    return {"became": became, "incidents": list(references), "why": list(reasons), "next": following}


def _known(act: Act, event: StoredEvent, alarm: Alarm) -> tuple[int | None, int]:
    """The incident that an alarm of this event belongs to, and the event that brought the alarm there."""
    found = act.tx.intake.alarm(alarm.source, alarm.dedup_key)
    return (None, event.id) if found is None else (found[0], found[2])


def _why_ignored(act: Act, alarm: Alarm) -> list[str]:
    from triggers.routing import Ignored, route

    chosen = route(alarm, act.house.routing)
    if isinstance(chosen, Ignored):
        return [chosen.reason]
    return [] if alarm.firing else ["it ends an alarm that never began here"]


def _unplaced(incident: Incident, why: Iterable[str]) -> str:
    """The command that says where it is, while nobody has said so; "" when it is known."""
    from coordinator.views import ENDED

    if incident.status in ENDED or not any("is not known" in reason for reason in why):
        return ""
    missing = [
        name for name, codes in (("area", incident.areas), ("service", incident.services)) if not codes
    ]
    options = " ".join(f"--{name} CODE" for name in missing)
    return f"tongbao update {incident.reference} {options}" if missing else ""


@command(
    group, "replay", permission="trigger", mutating=True, show="triggered", example="tongbao trigger replay 7"
)
@click.argument("event", type=NUMBER)
def replay(session: Session, event: int) -> Answer:
    """Read an event again that could not be read before."""
    from coordinator import intake

    kept = session.look_up_request()
    if kept is not None:
        return Answer(kept)
    session.act(intake.replay, event)
    while session.app.coordinator.system(intake.parse_stored):
        pass
    document = _sound(session.app.coordinator.system(_outcome, event, False))
    return Answer(session.keep_request(document))
