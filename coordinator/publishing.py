"""Verbs of the publish targets: which of them lack what, and who hears of it. The row is the truth.

No verb here writes a page: worker/publishing.py does, with no transaction open.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from coordinator import alarms, matters
from coordinator.act import Act
from incidents.effects import Alarm, Effect
from incidents.operation import PUBLISH_BEHIND
from notifications import publishing
from notifications.publishing import Behind

TARGETS = "publish_targets"
"""The targets that this record knows, with where each of them is."""


@dataclass(frozen=True)
class Lack:
    """What one target lacks: how many incidents' pages, since when, and the last trouble."""

    target: str
    pages: int
    since: datetime
    trouble: str


def enrol(act: Act, targets: Mapping[str, str]) -> tuple[int, list[Effect]]:
    """Take notice of the targets in force, name -> where; one that is new, or has moved, lacks every page that there
    is. Returns how many are."""
    before = known(act)
    if before == targets:
        return 0, []
    first = next(iter(targets))
    # A home of before there were several has its pages where the first target is.
    before = {first: targets[first]} if before is None else before
    fresh = [name for name, where in targets.items() if before.get(name) != where]
    for name in fresh:
        act.tx.publishing.want_every(name, act.now)
    for name in before.keys() - targets.keys():
        alarms.over(act, PUBLISH_BEHIND + name, "it is no publish target any more")
    act.tx.publishing.keep_only(targets)
    act.tx.meta.put(TARGETS, json.dumps(dict(targets)))
    return len(fresh), []


def known(act: Act) -> dict[str, str] | None:
    """The targets that this record knows, name -> where; None before it has known any."""
    found = act.tx.meta.get(TARGETS)
    return None if found is None else json.loads(found)


def shown(act: Act, behind: Behind) -> tuple[bool, list[Effect]]:
    """The target shows the present pages; whether nothing newer was wanted meanwhile."""
    gone = act.tx.publishing.shown(behind)
    if not act.tx.publishing.of(behind.target):
        alarms.over(act, PUBLISH_BEHIND + behind.target, "it works again")
    return gone, []


def failed(act: Act, target: str, incident_id: int, trouble: str) -> tuple[None, list[Effect]]:
    """The target does not show them: it is tried again, and people hear of it when that lasts."""
    fresh = Behind(target, incident_id, 1, act.now, act.now)
    behind = publishing.tried(act.tx.publishing.get(target, incident_id) or fresh, trouble, act.now)
    act.tx.publishing.failed(behind)
    if not publishing.alarms(behind, act.now):
        return None, []
    about = PUBLISH_BEHIND + target
    alarm = Alarm(about, {"target": target, "failed": trouble, "since": behind.since.isoformat()})
    new = not act.tx.operations.standing(about)
    return None, [alarm, matters.target_behind(act, about, target)] if new else [alarm]


def lacking(act: Act, targets: Iterable[str]) -> list[Lack]:
    """The targets that were tried in vain, or that nobody has caught up with for long."""
    found = []
    for target in targets:
        rows = [row for row in act.tx.publishing.of(target) if row.tries or publishing.alarms(row, act.now)]
        if rows:
            last = max(rows, key=lambda row: (bool(row.trouble), row.next_at))
            found.append(Lack(target, len(rows), min(row.since for row in rows), last.trouble))
    return found
