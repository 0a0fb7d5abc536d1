"""People who joined an incident after its first notice: which notice is theirs, and which duty. Reads only."""

from __future__ import annotations

from coordinator.act import Act
from incidents.terms import Kind
from notifications.notice import Notice
from windows.window import Window


def first_fits(window: Window, notice: Notice) -> bool:
    """Whether this notice can tell this first-notice window: those who joined have a first notice of their own."""
    if notice.holding:
        return notice.window == window.id
    if window.sequence > 1:
        return notice.kind == Kind.FIRST_NOTICE and notice.sequence == window.sequence
    return notice.kind != Kind.FIRST_NOTICE or notice.sequence <= 1


def owed_to_those_who_joined(act: Act, incident_id: int) -> int:
    """The sequence of the newest first notice that is owed to people who joined; 0 when there is none."""
    owed = [
        w.sequence
        for w in act.tx.windows.of_incident(incident_id)
        if w.kind == Kind.FIRST_NOTICE and w.owed and w.sequence > 1
    ]
    return max(owed, default=0)
