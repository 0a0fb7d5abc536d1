"""What ends a duty finds some that were missed while nobody looked: their verdict says first what they lacked."""

from __future__ import annotations

from coordinator import rulebook
from coordinator.act import Act
from coordinator.holds import LAST_LOOK
from coordinator.kept import keep
from coordinator.standing import look
from incidents.effects import Effect
from incidents.terms import Verdict
from windows import moves, verdict
from windows.window import Window


def ended(act: Act, window: Window, event: moves.Event) -> list[Effect]:
    """End the duty if `event` ends it; a window that was past its due undecided is judged before (windows.md §1)."""
    terms = rulebook.terms_of(act, window)
    if moves.decide(window, terms, event).window == window:
        return []
    seen, effects = judged(act, window)
    return [*effects, *keep(act, seen, moves.decide(seen, terms, event).window)]


def judged(act: Act, window: Window) -> tuple[Window, list[Effect]]:
    """The window with its verdict, if its due has passed and it has none yet: nobody has looked since."""
    if window.state != Verdict.OPEN or act.now <= window.due_at:
        return window, []
    seen, found = look(act, window, act.tx.notices.of_incident(window.incident))
    coverage = rulebook.terms_of(act, window).coverage
    missed = verdict.judged(seen, found, coverage, act.now, act.tx.meta.instant(LAST_LOOK))
    return missed, keep(act, window, missed)
