"""Asking for a second person's word: what several verbs do inside their own act, and how it is shown."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from coordinator.act import Act
from coordinator.scope import scope_of
from incidents.decision import Asked, Decision, DecisionState
from incidents.effects import Effect, Record
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import LEVELS


def ask(
    act: Act, incident: Incident, asked: Asked, reason: str, level: int = 0, window: int = 0
) -> list[Effect]:
    """Put it before a second person; Conflict when the same is asked already. Nothing has changed until then."""
    for one in act.tx.decisions.waiting(incident.id):
        if (one.asked, one.window) != (asked, window):
            continue
        if one.level != level:
            raise Conflict(
                "{id} asks for level {level} and is undecided; decline it first",
                id=one.name,
                level=one.level,
                field="id",
                next=f"tongbao decline {one.name} --reason '…'",
            )
        raise Conflict(
            "{id} asks for that already and waits for a person other than {author}",
            id=one.name,
            author=one.author,
            field="id",
            next=("tongbao approve {id}, or tongbao decline {id} --reason …", {"id": one.name}),
        )
    new = act.tx.decisions.add(
        Decision(
            id=0,
            incident=incident.id,
            asked=asked,
            author=act.actor.name,
            submitted_at=act.now,
            reason=reason,
            level=level,
            window=window,
        )
    )
    return [Record(incident.id, f"{asked}_asked", said_of(new))]


def said_of(decision: Decision) -> dict[str, Any]:
    """What the timeline keeps of it."""
    about = {"level": decision.level} if decision.level else {"window": decision.window}
    return {"decision": decision.id, "reason": decision.reason, "asked_by": decision.author, **about}


def document(act: Act, decision: Decision) -> dict[str, Any]:
    """What was asked for, by whom, and what became of it."""
    command, why = waiting_for(decision, act.house.setting.sandbox)
    waits = decision.state == DecisionState.WAITING
    return {
        "id": decision.name,
        "incident": act.tx.incidents.by_id(decision.incident).reference,
        "asked": decision.asked,
        "level": decision.level or None,
        "about": _about(act, decision),
        "window": decision.window or None,
        "reason": decision.reason,
        "state": decision.state,
        "pending": waits,
        "author": decision.author,
        "submitted_at": decision.submitted_at.astimezone(UTC).isoformat(),
        "decided_by": decision.decided_by or None,
        "decided_at": decision.decided_at and decision.decided_at.astimezone(UTC).isoformat(),
        "refusal": decision.refusal,
        "at": act.now.astimezone(UTC).isoformat(),
        "next": command if waits else "tongbao next",
        "next_why": list(why) if waits else None,
    }


def _about(act: Act, decision: Decision) -> dict[str, Any]:
    """What the second person decides about: from which level, or which duty, due when, owed to how many people."""
    if not decision.window:
        return {"from": LEVELS[0]}
    window = act.tx.windows.get(decision.window)
    people = None
    if window.told_by == "recipients":
        scope = scope_of(act, act.tx.incidents.by_id(window.incident))
        people = act.tx.audience.count_affected(scope) if scope.known else 0
    return {
        "kind": window.kind,
        "rule": window.rule,
        "due_at": window.due_at.astimezone(UTC).isoformat(),
        "people": people,
    }


def waiting_for(decision: Decision, sandbox: bool) -> tuple[str, tuple[str, dict[str, object]]]:
    """The command that ends the wait, and for whom it waits."""
    other = " --as hq" if decision.author == "bob" else " --as bob"
    values: dict[str, object] = {"id": decision.name, "author": decision.author}
    return f"tongbao approve {decision.name}" + other * sandbox, (
        "{id} waits for a person other than {author}",
        values,
    )
