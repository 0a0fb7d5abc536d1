"""What people read of the roster and of pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cli.screen import Screen
from notifications.roster import WHOLE_HOUSE

Document = dict[str, Any]


def acknowledged(screen: Screen, shown: Document) -> None:
    about = screen.word("matters", shown["about"])
    screen.say("page {id} is acknowledged ({about})", id=shown["id"], about=about)
    if shown["holds_until"]:
        at = screen.zoned(shown["holds_until"])
        screen.say("it holds until {at}; then people are paged again if it is still owed", at=at)
    screen.next(shown["next"])


def pages(screen: Screen, found: list[Document]) -> None:
    """Who is being paged, and who has answered."""
    if not found:
        return
    rows = [
        (
            one["id"],
            one["incident"] or "–",
            screen.word("matters", one["about"]),
            one["to"],
            screen.t(one["channel"]),
            screen.at(one["at"]),
            screen.at(one["acknowledged_at"]),
        )
        for one in found
    ]
    heads = ("page", "incident", "about", "person", "channel", "time ({zone})", "acknowledged")
    colours = [None if one["acknowledged_at"] else "yellow" for one in found]
    screen.table(heads, rows, colours, zone=screen.zone_name)


def shift(screen: Screen, shown: Document) -> None:
    _shifts(screen, [shown])
    screen.next(shown["next"])


def roster(screen: Screen, shown: Document) -> None:
    _shifts(screen, shown["items"])
    rows = [
        (
            one["name"],
            ", ".join(screen.t(way) for way in one["reached_by"]) or "–",
            one["language"],
            ", ".join(one["substitutes"]) or "–",
        )
        for one in shown["people"]
    ]
    if rows:
        screen.table(("person", "reached by", "language", "substitutes"), rows)
    screen.next(shown["next"])


def on_duty(screen: Screen, shown: Document) -> None:
    screen.say("on duty at {at}", at=screen.zoned(shown["at"]))
    if not shown["items"]:
        screen.say("nobody", "red")
    _shifts(screen, shown["items"])
    screen.next(shown["next"])


def _shifts(screen: Screen, items: list[Document]) -> None:
    rows = [
        (
            one["id"],
            one["person"],
            screen.t(one["role"]),
            one["unit"] or "–",
            screen.at(one["from"]),
            screen.at(one.get("on_until") or one["to"]),
            screen.t("weekly") if one["weekly"] else "–",
        )
        for one in items
    ]
    if rows:
        heads = ("shift", "person", "role", "unit", "from ({zone})", "ends", "repeat")
        screen.table(heads, rows, zone=screen.zone_name)


def reached(screen: Screen, shown: Document) -> None:
    ways = ", ".join(screen.t(way) for way in shown["reached_by"]) or "–"
    screen.say("{person} is reached by: {ways}", person=shown["name"], ways=ways)
    screen.next(shown["next"])


def roster_problems(screen: Screen, shown: Document) -> None:
    for one in shown["items"]:
        screen.line(said_of(one["what"], one["values"], screen.t, screen.zoned), "red")
    if shown["ok"]:
        screen.say("somebody who can be reached is on duty at every hour of the next two weeks")
    screen.next(shown["next"])


def said_of(what: str, values: Mapping[str, str], t: Callable[..., str], when: Callable[[str], str]) -> str:
    """A problem of the roster in words; its instants in the operator's zone."""
    said = {name: when(value) if name in ("from", "to") else value for name, value in values.items()}
    if said.get("unit") == WHOLE_HOUSE:
        said["unit"] = t("the whole house")
    return t(what, **said)
