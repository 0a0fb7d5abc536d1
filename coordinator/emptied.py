"""A first notice that was owed to people who joined, and of whom none is left: the duty ends with its cause."""

from __future__ import annotations

from coordinator.act import Act
from coordinator.joined import first_fits
from coordinator.kept import keep
from coordinator.missed import judged
from coordinator.release import superseded
from coordinator.standing import of_duplicates, untold
from incidents.effects import Effect
from incidents.terms import Kind, NoticeState
from notifications.notice import Notice
from windows import verdict
from windows.moves import of_their_own
from windows.window import Window

NOBODY_LEFT = "nobody_left"
WAITING = (NoticeState.DRAFT, NoticeState.SUBMITTED)


def emptied(act: Act, incident_id: int) -> list[Effect]:
    """End what is owed to nobody any more: its areas went to a part, or are not hit, and nothing is on its way.

    Who is hit again joins anew. A first notice that is for everybody stays: a page entry is owed, and a person's word.
    """
    incident = act.tx.incidents.by_id(incident_id)
    notices = act.tx.notices.of_incident(incident_id)
    left = [
        w for w in act.tx.windows.of_incident(incident_id) if _of_who_joined(w) and not _goes(act, w, notices)
    ]
    if not left or untold(act, incident):
        return []
    effects: list[Effect] = []
    for window in left:
        seen, said = judged(act, window)
        effects += [*said, *keep(act, seen, verdict.ended(seen, act.now, NOBODY_LEFT))]
        waiting = [n for n in _of(window, notices) if n.state in WAITING]
        effects += [effect for notice in waiting for effect in superseded(act, notice)]
    return effects


def _of_who_joined(window: Window) -> bool:
    return window.kind == Kind.FIRST_NOTICE and window.owed and of_their_own(window)


def _goes(act: Act, window: Window, notices: list[Notice]) -> bool:
    """Whether something is on its way that tells it, also of a duplicate."""
    own = any(n.released and n.state != NoticeState.STOPPED for n in _of(window, notices))
    return own or bool(of_duplicates(act, window, []))


def _of(window: Window, notices: list[Notice]) -> list[Notice]:
    return [n for n in notices if n.kind == window.kind and first_fits(window, n)]
