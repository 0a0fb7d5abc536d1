"""What people read of planned work: one, all of them, and its lines of the board."""

from __future__ import annotations

from typing import Any

from cli import timeline
from cli.screen import Screen

Document = dict[str, Any]


def board(screen: Screen, shown: Document) -> None:
    """What is to come, under way, or still owed."""
    for one in shown["planned"]:
        screen.say(
            "{ref}: {state}, from {start} to {end}: {title}",
            ref=one["reference"],
            state=_state(screen, one),
            start=screen.at(one["planned_start_at"]),
            end=screen.at(one["planned_end_at"]),
            title=one["title"],
        )


def planned_works(screen: Screen, shown: Document) -> None:
    rows = [
        (
            one["reference"],
            _state(screen, one),
            screen.at(one["planned_start_at"]),
            screen.at(one["planned_end_at"]),
            one["incident"] or "–",
            one["title"],
        )
        for one in shown["items"]
    ]
    if rows:
        heads = ("planned work", "state", "from ({zone})", "ends", "became incident", "title")
        screen.table(heads, rows, zone=screen.zone_name)
    else:
        screen.say("no planned work")
    screen.next(shown["next"])


def planned_work(screen: Screen, shown: Document) -> None:
    """One planned work: its times, what it owes and has told, and its timeline."""
    screen.line(f"{shown['reference']}  {_state(screen, shown)}  {shown['title']}", bold=True)
    start, end = screen.at(shown["planned_start_at"]), screen.at(shown["planned_end_at"])
    screen.say("from {start} to {end} ({zone})", start=start, end=end, zone=screen.zone_name)
    screen.say(
        "where: {areas}; what: {services}",
        areas=_names(screen, shown, "area"),
        services=_names(screen, shown, "service"),
    )
    if shown["incident"]:
        screen.say("it was not over in time: {ref}", "red", ref=shown["incident"])
    _windows(screen, shown)
    rows = [
        (e["sequence"], screen.at(e["at"]), e["actor"], timeline.sentence(screen, e, []))
        for e in shown["timeline"]
    ]
    screen.line()
    screen.table(("no", "time ({zone})", "who", "what"), rows, zone=screen.zone_name)
    template, values = shown["next_why"]
    screen.say(template, **{**values, "kind": screen.word("kinds", values.get("kind", ""))})
    screen.next(shown["next"])


def _windows(screen: Screen, shown: Document) -> None:
    rows = [
        (
            one["id"],
            screen.duty(one),
            screen.word("verdicts", one["state"]),
            screen.word("duties", one["duty"]),
            screen.at(one["due_at"]),
            screen.at(one["told_at"]),
        )
        for one in shown["windows"]
    ]
    screen.table(("window", "duty", "state", "told?", "due", "told"), rows)


def _state(screen: Screen, shown: Document) -> str:
    return screen.word("incident_statuses", shown["status"])


def _names(screen: Screen, shown: Document, what: str) -> str:
    found = (shown[f"{what}_names"].get(code, {}).get(screen.language, code) for code in shown[f"{what}s"])
    return screen.t(", ").join(found)
