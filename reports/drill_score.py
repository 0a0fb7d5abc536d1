"""The score sheet of an exercise: how fast, how complete, by whom; read from its record alone.

Pure. Seconds count from the opening of the exercise unless a name says otherwise; None where it has not happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.chain import Entry
from incidents.drill import Injection
from incidents.incident import Incident
from incidents.rebuild import rebuilt
from incidents.terms import OF_CUSTOMERS, Kind
from notifications.notice import Notice, approvals_needed
from windows.window import Window

FACTS = {
    "onset": "onset_at",
    "area": "areas",
    "service": "services",
    "affected": "affected",
    "cause": "cause",
    "action": "actions",
    "eta": "expected_at",
    "effects": "effects",
}
"""What a notice should tell (handbook 7.3(1), R21), by the name under which `tongbao update` takes it."""


@dataclass(frozen=True)
class Approved:
    """One notice: how long it waited for its second person."""

    notice: int
    kind: str
    by: tuple[str, ...]
    needed: int
    seconds: float | None


@dataclass(frozen=True)
class Action:
    """What is to be done better, by whom, until which day (ISO)."""

    number: int
    words: dict[str, str]
    owner: str
    due_on: str
    done_at: datetime | None


@dataclass(frozen=True)
class Score:
    """The whole sheet. `facts_known` and `facts_missing` are of the first notice as it was submitted."""

    acknowledged_seconds: float | None
    confirmed_seconds: float | None
    resolved_seconds: float | None
    rounds_of_pages: int
    pages_acknowledged: int
    nobody_on_duty: int
    first_notice: Window | None
    windows: dict[str, int]
    facts_known: tuple[str, ...]
    facts_missing: tuple[str, ...]
    approvals: tuple[Approved, ...]
    events: dict[str, int]
    findings: tuple[dict[str, str], ...]
    actions: tuple[Action, ...]


def score(
    incident: Incident,
    entries: Sequence[Entry],
    windows: Sequence[Window],
    notices: Sequence[Notice],
    steps: Sequence[Injection],
) -> Score:
    """Fold the record of one exercise into its sheet."""
    kinds = Counter(entry.kind for entry in entries)
    to_customers = [one for one in windows if one.audience in OF_CUSTOMERS]
    known, missing = _facts(incident, entries, notices)
    return Score(
        acknowledged_seconds=_first(incident, entries, "page_acknowledged"),
        confirmed_seconds=_first(incident, entries, "confirmed"),
        resolved_seconds=_first(incident, entries, "resolved"),
        rounds_of_pages=kinds["staff_paged"],
        pages_acknowledged=kinds["page_acknowledged"],
        nobody_on_duty=kinds["nobody_on_duty"],
        first_notice=next((one for one in to_customers if one.kind == Kind.FIRST_NOTICE), None),
        windows=dict(Counter(one.state.value for one in to_customers)),
        facts_known=known,
        facts_missing=missing,
        approvals=tuple(_approved(one) for one in notices if one.submitted_at and not one.automatic),
        events=dict(Counter(_became(one) for one in steps)),
        findings=tuple(dict(entry.data["words"]) for entry in entries if entry.kind == "finding"),
        actions=_actions(entries),
    )


def _first(incident: Incident, entries: Iterable[Entry], kind: str) -> float | None:
    at = next((entry.at for entry in entries if entry.kind == kind), None)
    return None if at is None else (at - incident.opened_at).total_seconds()


def _facts(
    incident: Incident, entries: Sequence[Entry], notices: Sequence[Notice]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(known, missing) when the first notice was written; all missing where nobody wrote one."""
    first = [n.submitted_at for n in notices if n.kind == Kind.FIRST_NOTICE and n.submitted_at]
    at = min(first, default=None)
    then = None if at is None else rebuilt(incident.reference, [one for one in entries if one.at <= at])
    known = tuple(name for name, field in FACTS.items() if then is not None and getattr(then, field))
    return known, tuple(name for name in FACTS if name not in known)


def _approved(notice: Notice) -> Approved:
    """The author's own submission is the first approval; the wait ends with the last one that was needed."""
    needed = approvals_needed(notice.level)
    others = [one for one in notice.approvals if one.user != notice.author]
    complete = len(notice.approvals) >= needed and notice.submitted_at is not None
    last = max((one.at for one in notice.approvals), default=None)
    seconds = (
        (last - notice.submitted_at).total_seconds() if complete and last and notice.submitted_at else None
    )
    return Approved(notice.id, notice.kind.value, tuple(one.user for one in others), needed, seconds)


def _became(step: Injection) -> str:
    if step.done_at is None:
        return "ahead"
    return step.outcome if step.outcome in ("done", "cancelled") else "refused"


def _actions(entries: Iterable[Entry]) -> tuple[Action, ...]:
    found: dict[int, dict[str, Any]] = {}
    for entry in entries:
        if entry.kind == "drill_action":
            found[entry.data["number"]] = {**entry.data, "done_at": None}
        elif entry.kind == "drill_action_done":
            found[entry.data["number"]]["done_at"] = entry.at
    return tuple(Action(**one) for one in found.values())
