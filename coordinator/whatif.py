"""What an incident like this would owe: its level with reasons, and its windows. Nothing is stored.

A read that asks the verb which opens, so that it never says anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from coordinator import incidents, levels
from coordinator.act import Act
from coordinator.regime_rows import concerns, reaches_at, shipped, trigger_of
from incidents.effects import Effect, Opening
from incidents.incident import Incident
from incidents.terms import ClockStart
from windows.clocks import length_of
from windows.rules import Pack, Rule

Document = dict[str, Any]


def whatif(act: Act, opening: Opening, regimes: Sequence[str] = ()) -> tuple[Document, list[Effect]]:
    """The level that these facts suggest or that is named, and what each rule of the handbook and of these regimes owes
    at it. NotFound for a regime that is not shipped."""
    incident = incidents.would_be(act, opening)
    packs = [act.house.pack, *(shipped(act, name) for name in dict.fromkeys(regimes))]
    graded = {"level": incident.level, "type": incident.type, **levels.document(act, incident)}
    return {
        **graded,
        "level_reasons": list(incident.level_reasons),
        "windows": [one for pack in packs for one in _owed(act, pack, incident)],
        "regimes": [_regime(act, pack, incident) for pack in packs[1:]],
        "at": act.now.isoformat(),
        "next": "tongbao open",
    }, []


def _regime(act: Act, pack: Pack, incident: Incident) -> Document:
    """When it applies, and what the record can say of that by itself."""
    trigger, concerned = trigger_of(pack), concerns(pack, incident)
    at = reaches_at(act, pack, incident) if concerned else None
    return {
        "pack": pack.pack,
        "name": pack.name,
        "confidence": pack.confidence,
        "source": pack.source,
        "law": trigger.law,
        "question": trigger.question,
        "concerns": concerned,
        "computed": trigger.computed and trigger.computed.model_dump(),
        "reached_at": _iso(at),
    }


def _owed(act: Act, pack: Pack, incident: Incident) -> list[Document]:
    """The duties that this level has, in the order of the pack; those without a figure too, never judged.

    What is owed before planned work is no incident's.
    """
    planned = pack.of_planned_work
    owing = [r for r in pack.rules if r not in planned and (r.no_figure or r.owes(incident.level))]
    return [_window(rule, pack, incident, act.now) for rule in owing]


def _window(rule: Rule, pack: Pack, incident: Incident, now: datetime) -> Document:
    """A duty with its length; its due instant where the clock would run already.

    Working days and calendar months are shown as the seconds that they would last from awareness. A clock that counts
    from the classification counts from now; one that counts from an onset that is unknown, from awareness.
    """
    aware, level = incident.aware_at, incident.level
    onset = ClockStart.AWARE_AT if incident.onset_at is None else ClockStart.ONSET_AT
    from_ = onset if rule.clock_start == ClockStart.ONSET_AT else rule.clock_start
    running = {
        ClockStart.ONSET_AT: incident.onset_at or aware,
        ClockStart.AWARE_AT: aware,
        ClockStart.CLASSIFIED_AT: now,
    }
    start = running.get(from_, aware)
    length = None if rule.no_figure else length_of(rule, level, start, aware)
    runs = from_ in running and length is not None
    target = rule.target.get(level)
    return {
        "kind": rule.kind,
        "audience": rule.audience,
        "pack": pack.pack,
        "rule": rule.id,
        "clock_start": rule.clock_start,
        "counts_from": from_,
        "after": rule.after or None,
        "length_seconds": None if length is None else int(length.total_seconds()),
        "working_days": rule.working_days.get(level),
        "months": rule.months.get(level),
        "target_seconds": None if target is None else int(target.total_seconds()),
        "due_at": _iso(start + length) if runs and length is not None else None,
        "at_the_latest": _iso(None if rule.hard_cap is None else aware + rule.hard_cap),
        "figure": rule.figure,
        "judged": not rule.no_figure,
        "source": rule.source,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
