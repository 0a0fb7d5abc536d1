"""How the ledger of supervision is shown."""

from __future__ import annotations

from typing import Any

from cli.screen import Screen

Document = dict[str, Any]


def supervision(screen: Screen, shown: Document) -> None:
    """The ledger."""
    if not shown["items"]:
        screen.say("nothing that runs asks for a supervisor")
        return
    rows, colours = [], []
    for one in shown["items"]:
        heard = one["feedback"]
        rows.append(
            (
                one["incident"],
                one["level"],
                one["supervisor"] or screen.t("nobody yet"),
                one["supervisor_unit"] or "–",
                screen.at(one["since"]) if one["since"] else "–",
                len(one["nudges"]),
                heard["count"],
                screen.span(heard["longest_seconds"]),
            )
        )
        colours.append(None if one["supervisor"] else "red")
    heads = (
        "incident",
        "level",
        "supervisor",
        "unit",
        "since",
        "pushed",
        "told customers",
        "longest silence",
    )
    screen.table(heads, rows, colours)
    bare = next((one for one in shown["items"] if not one["supervisor"]), None)
    screen.next(f"tongbao supervise {bare['incident']} PERSON --unit CODE" if bare else None)
