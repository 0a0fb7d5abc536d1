"""What opens a window. Pure. strict = start + length, always stored; what moves one is in windows/moves.py."""

from __future__ import annotations

from datetime import datetime, timedelta

from incidents.terms import ClockStart
from windows.ladder import rungs_for
from windows.rules import Rule, Terms
from windows.verdict import REGISTERED_LATE
from windows.window import Move, Window
from windows.workdays import after, months_after


def length_of(rule: Rule, level: int, started_at: datetime, aware_at: datetime) -> timedelta:
    """The rule's length at this level; the slow cadence for windows that start long after awareness.

    A duty that the level fell below keeps the length of the next stricter level: it stays owed (§4, downgrade).
    """
    length = _length_at(rule, _owing(rule, level), started_at, aware_at)
    if rule.hard_cap is None:
        return length
    return min(length, aware_at + rule.hard_cap - started_at)


def _owing(rule: Rule, level: int) -> int:
    stricter = [one for one in range(1, level + 1) if one not in rule.none_at]
    return stricter[-1] if stricter else level


def _length_at(rule: Rule, level: int, started_at: datetime, aware_at: datetime) -> timedelta:
    if rule.immediate is not None:
        return rule.immediate
    if level in rule.months:
        return months_after(started_at, rule.months[level], rule.zone) - started_at
    if level not in rule.length:
        length = after(started_at, rule.working_days[level], rule.zone, rule.calendar) - started_at
        return length if rule.cap is None else min(length, rule.cap)
    if rule.slow_after is None or rule.slow_length is None or started_at - aware_at < rule.slow_after:
        return rule.length[level]
    return rule.slow_length


def opened(
    terms: Terms,
    *,
    incident: int,
    level: int,
    started_at: datetime,
    aware_at: datetime,
    now: datetime,
    by: str,
    sequence: int = 1,
    promised_at: datetime | None = None,
    audience_state: str = "",
) -> Window:
    """A window as its rule opens it. An earlier promise moves the due forward; strict stays the rule's."""
    rule = terms.rule
    length = length_of(rule, level, started_at, aware_at)
    strict = started_at + length
    due = strict if promised_at is None else min(strict, promised_at)
    target = rule.target.get(level)
    # What is owed before a planned start has the time since its opening; none when that was too late.
    ahead = rule.clock_start == ClockStart.PLANNED_START_AT
    runs_from = min(now, due) if ahead else started_at
    return Window(
        incident=incident,
        kind=rule.kind,
        audience=rule.audience,
        sequence=sequence,
        rule=rule.id,
        rule_version=terms.version,
        clock_start=rule.clock_start,
        started_at=started_at,
        length_seconds=int(length.total_seconds()),
        due_at=due,
        strict_due_at=strict,
        target_at=started_at + target if target else None,
        told_by=rule.told_by,
        history=(Move(at=now, due_at=due, rule="promise" if due < strict else "opened", by=by),),
        rungs=rungs_for(terms, runs_from, due, started_at + target if target else None),
        audience_state=audience_state,
        causes=(REGISTERED_LATE,) if ahead and due < now else (),
    )
