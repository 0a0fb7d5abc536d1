"""How what one person asks for and a second one decides is shown: a level that falls, a duty that is waived."""

from __future__ import annotations

from typing import Any

from cli.screen import Screen

Document = dict[str, Any]


def decisions(screen: Screen, shown: Document) -> None:
    """What one person asked for and a second one decides."""
    if shown.get("decisions"):
        screen.line()
        rows = [
            (
                d["id"],
                d["incident"],
                _asked(screen, d),
                d["author"],
                d["reason"],
            )
            for d in shown["decisions"]
        ]
        screen.table(("decision", "incident", "asked for", "who", "reason"), rows)


def decision(screen: Screen, shown: Document) -> None:
    """One thing that was asked for, and what became of it."""
    screen.say("{id}: {what} of {ref}, {state}", **_values(screen, shown))
    if shown["refusal"]:
        screen.say("reason: {reason}", "yellow", reason=shown["refusal"])
    screen.next(shown["next"])


def _values(screen: Screen, shown: Document) -> Document:
    state = screen.t(shown["state"])
    return {"id": shown["id"], "what": _asked(screen, shown), "ref": shown["incident"], "state": state}


def _asked(screen: Screen, shown: Document) -> str:
    """What a second person is asked to agree to, so that nobody has to look up a number."""
    about = shown["about"]
    if "from" in about:
        return screen.t("level {from} → {to}", **{"from": about["from"], "to": shown["level"]})
    said = {"duty": screen.duty(about), "id": shown["window"], "due": screen.at(about["due_at"], shown["at"])}
    if about["people"] is None:
        return screen.t("waive: {duty} (window {id}, due {due})", **said)
    people = f"{about['people']:,}"
    return screen.t("waive: {duty} (window {id}, due {due}, {n} {n:person|people})", **said, n=people)
