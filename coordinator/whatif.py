"""What an incident like this would owe: its level with reasons, and its windows. Nothing is stored.

A read that asks the verb which opens, so that it never says anything else.
"""

from __future__ import annotations

from typing import Any

from coordinator import incidents, levels
from coordinator.act import Act
from incidents.effects import Effect, Opening
from incidents.terms import ClockStart
from windows.rules import Rule


def whatif(act: Act, opening: Opening) -> tuple[dict[str, Any], list[Effect]]:
    """The level that these facts suggest or that is named, and what each rule of the pack owes at it."""
    incident = incidents.would_be(act, opening)
    graded = {"level": incident.level, "type": incident.type, **levels.document(act, incident)}
    return {
        **graded,
        "level_reasons": list(incident.level_reasons),
        "windows": [_window(rule, act, opening, incident.level) for rule in act.house.pack.rules],
        "at": act.now.isoformat(),
        "next": "tongbao open",
    }, []


def _window(rule: Rule, act: Act, opening: Opening, level: int) -> dict[str, Any]:
    """A duty with its length; its due instant where the clock would run already."""
    aware = opening.aware_at or act.now
    runs = rule.clock_start == ClockStart.AWARE_AT
    target = rule.target.get(level)
    return {
        "kind": rule.kind,
        "audience": rule.audience,
        "rule": rule.id,
        "clock_start": rule.clock_start,
        "length_seconds": int(rule.length[level].total_seconds()),
        "target_seconds": None if target is None else int(target.total_seconds()),
        "due_at": (aware + rule.length[level]).isoformat() if runs else None,
    }
