"""Verbs by which a named person ends a duty: a waiver before it is due, and the end of one that was missed."""

from __future__ import annotations

from coordinator import asking
from coordinator.act import Act
from coordinator.kept import keep
from incidents.decision import Asked
from incidents.effects import Effect, Record, WaiveWindow
from incidents.errors import Conflict, Invalid
from incidents.placeholder import own_words
from incidents.terms import Verdict
from windows import verdict
from windows.window import Window

Outcome = tuple[Window, list[Effect]]
TWO_PEOPLE = (1, 2)
"""Levels at which a waiver needs a second person."""


def waive(act: Act, window_id: int, reason: str) -> Outcome:
    """A named person ends a duty before it is due; at levels 1 and 2 it waits for a second person's word.

    Conflict when it is decided already, or its due instant has passed.
    """
    window = act.tx.windows.get(window_id)
    _must_have_reason(reason)
    _must_be_ahead(act, window)
    incident = act.tx.incidents.by_id(window.incident)
    if incident.level in TWO_PEOPLE:
        return window, asking.ask(act, incident, Asked.WAIVER, reason.strip(), window=window.id)
    effects = waived(act, WaiveWindow(window.id, reason.strip(), act.actor.name))
    return act.tx.windows.get(window_id), effects


def waived(act: Act, effect: WaiveWindow) -> list[Effect]:
    """Everybody who must has agreed: the duty ends, if it is still before its due instant."""
    window = act.tx.windows.get(effect.window)
    _must_be_ahead(act, window)
    said = {
        "window": window.id,
        "kind": window.kind,
        "sequence": window.sequence,
        "reason": effect.reason,
        "asked_by": effect.asked_by,
    }
    over = verdict.waived(window, act.now, f"{effect.asked_by}: {effect.reason}")
    return [*keep(act, window, over), Record(window.incident, "waived", said)]


def end_duty(act: Act, window_id: int, reason: str) -> Outcome:
    """A named person ends a duty that was missed; the verdict stays. Conflict when nothing is overdue."""
    window = act.tx.windows.get(window_id)
    _must_have_reason(reason)
    if window.state != Verdict.BREACHED or not window.owed:
        raise Conflict(
            "window {id} is {state}; only a missed duty that is still owed is ended so",
            id=window.id,
            state=window.state,
            field="window",
            next=f"tongbao waive {window.id} --reason …" if window.owed else f"tongbao explain {window.id}",
        )
    said = {
        "window": window.id,
        "kind": window.kind,
        "sequence": window.sequence,
        "reason": reason.strip(),
    }
    over = verdict.ended_by_person(window, act.now, f"{act.actor.name}: {reason.strip()}")
    return over, [*keep(act, window, over), Record(window.incident, "ended_by_person", said)]


def _must_have_reason(reason: str) -> None:
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'why nobody has to be told'")


def _must_be_ahead(act: Act, window: Window) -> None:
    if window.state == Verdict.OPEN and act.now <= window.due_at:
        return
    if window.owed:
        raise Conflict(
            "window {id} was missed; a waiver is possible only before it is due",
            id=window.id,
            field="window",
            next=f"tongbao end {window.id} --reason …",
        )
    raise Conflict(
        "window {id} is {state} already",
        id=window.id,
        state=window.state,
        field="window",
        next=f"tongbao explain {window.id}",
    )
