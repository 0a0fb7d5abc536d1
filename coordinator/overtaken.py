"""Whether a second person's word can still change anything. Reads only."""

from __future__ import annotations

from coordinator.act import Act
from incidents.decision import Decision, DecisionState
from incidents.lifecycle import OPEN
from incidents.terms import Verdict


def why_over(act: Act, decision: Decision) -> str:
    """Why nobody can agree any more: the verdict, the status or the level that came first; "" while it waits."""
    if decision.state != DecisionState.WAITING:
        return decision.refusal or decision.state.value
    if decision.window:
        window = act.tx.windows.get(decision.window)
        return "" if window.state == Verdict.OPEN and act.now <= window.due_at else window.state.value
    incident = act.tx.incidents.by_id(decision.incident)
    if incident.status not in OPEN:
        return incident.status.value
    return "" if decision.level > incident.level else "level_changed"
