"""What opens a window, and the only rules that move one.

Pure. strict = start + length, always stored; `due` only ever moves by these functions, and every value stays
in the history.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from incidents.terms import Verdict
from windows.ladder import rungs_for
from windows.rules import Rule, Terms
from windows.window import Finding, Move, Window
from windows.workdays import after


def length_of(rule: Rule, level: int, started_at: datetime, aware_at: datetime) -> timedelta:
    """The rule's length at this level; the slow cadence for windows that start long after awareness."""
    if level not in rule.length:
        length = after(started_at, rule.working_days[level], rule.zone) - started_at
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
        rungs=rungs_for(terms, started_at, due, started_at + target if target else None),
        audience_state=audience_state,
    )


def grown(window: Window, first: Window, terms: Terms, grace: timedelta) -> Window:
    """The first-notice window of people who joined when `window` opened: due = max(the first's due, joining +
    `grace`, a material update's length). Source: docs/windows.md, "What may move a clock"."""
    due = max(first.due_at, window.started_at + grace)
    opened_by = window.history[0]
    return replace(
        window,
        length_seconds=int((due - window.started_at).total_seconds()),
        due_at=due,
        strict_due_at=due,
        target_at=None,
        history=(replace(opened_by, due_at=due, rule="grown"),),
        rungs=rungs_for(terms, window.started_at, due, None),
    )


def upgraded(window: Window, terms: Terms, level: int, aware_at: datetime, now: datetime, by: str) -> Window:
    """The window after the level rose at `now`.

    due = min(old due, max(strict, now + grace)), marked late_by_classification when that is after strict.
    A decided window keeps its verdict and gets a finding. Source: docs/windows.md, "What may move a clock".
    """
    rule = terms.rule
    strict = window.started_at + length_of(rule, level, window.started_at, aware_at)
    if window.state != Verdict.OPEN:
        detail = f"strict due at level {level}: {strict.isoformat()}"
        return replace(window, findings=(*window.findings, Finding(now, "upgraded_after_verdict", detail)))
    due = min(window.due_at, max(strict, now + terms.upgrade_grace))
    target = rule.target.get(level)
    target_at = window.started_at + target if target else None
    causes = window.causes
    if due > strict and "late_by_classification" not in causes:
        causes = (*causes, "late_by_classification")
    return replace(
        window,
        length_seconds=int((strict - window.started_at).total_seconds()),
        strict_due_at=strict,
        due_at=due,
        target_at=target_at,
        causes=causes,
        history=(*window.history, Move(at=now, due_at=due, rule="upgrade", by=by)),
        rungs=rungs_for(terms, window.started_at, due, target_at, before=window.rungs),
    )


def undone(
    window: Window,
    terms: Terms,
    level: int,
    aware_at: datetime,
    upgraded_at: datetime,
    now: datetime,
    by: str,
) -> Window:
    """The window after the upgrade of `upgraded_at` was taken back: the old due, if it is still ahead.

    A window that this upgrade did not move stays as it is.
    """
    if (
        len(window.history) < 2
        or window.history[-1].rule != "upgrade"
        or window.history[-1].at != upgraded_at
    ):
        return window
    rule = terms.rule
    length = length_of(rule, level, window.started_at, aware_at)
    old = window.history[-2].due_at
    due = old if old > now else window.due_at
    target = rule.target.get(level)
    target_at = window.started_at + target if target else None
    return replace(
        window,
        length_seconds=int(length.total_seconds()),
        strict_due_at=window.started_at + length,
        due_at=due,
        target_at=target_at,
        causes=tuple(cause for cause in window.causes if cause != "late_by_classification"),
        history=(*window.history, Move(at=now, due_at=due, rule="undo", by=by)),
        rungs=rungs_for(terms, window.started_at, due, target_at, before=window.rungs),
    )
