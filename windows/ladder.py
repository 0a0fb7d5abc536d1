"""The warning ladder of one window: where its rungs stand, and which fires now.

Pure. Each rung fires once, in order, never after the verdict; a rung that a changed due or a silent
coordinator has passed is skipped with its cause, and the highest fires.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from incidents.terms import Verdict
from windows.rules import Terms
from windows.window import Rung, Window


def rungs_for(
    terms: Terms,
    runs_from: datetime,
    due_at: datetime,
    target_at: datetime | None,
    before: Iterable[Rung] = (),
) -> tuple[Rung, ...]:
    """The rungs of [runs_from, due_at] in time order; those of `before` that fired or were skipped stay."""
    gone = {rung.name: rung for rung in before if not rung.ahead}
    rungs = []
    for rule in terms.rungs:
        at = target_at if rule.at is None else runs_from + (due_at - runs_from) * rule.at
        if rule.name in gone:
            rungs.append(gone[rule.name])
        elif at is not None and at <= due_at:
            rungs.append(Rung(rule.name, at, rule.to, rule.at))
    return tuple(sorted(rungs, key=lambda rung: rung.at))


def climbed(window: Window, now: datetime, cause: str = "due_moved") -> tuple[Window, Rung | None]:
    """The window after its rungs that are due at `now`, and the one rung that fired (None if none did).

    The rung "due" fires at the due instant itself; the verdict follows a moment later.
    """
    if window.state not in (Verdict.OPEN, Verdict.BREACHED):
        return window, None
    passed = [rung for rung in window.rungs if rung.ahead and rung.at <= now]
    if not passed:
        return window, None
    fired = replace(passed[-1], fired_at=now)
    skipped = {rung.name: replace(rung, skipped=_why(rung, fired, window, cause)) for rung in passed[:-1]}
    changed = {**skipped, fired.name: fired}
    return replace(window, rungs=tuple(changed.get(rung.name, rung) for rung in window.rungs)), fired


def _why(rung: Rung, fired: Rung, window: Window, cause: str) -> str:
    """Why a passed rung is skipped: a higher one stands at its instant, or the window opened after it."""
    if rung.at == fired.at:
        return f"together_with_{fired.name}"
    if window.history and rung.at < window.history[0].at:
        return "opened_late"
    return cause
