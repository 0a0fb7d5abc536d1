"""People who joined an incident after its first notice: which notice is theirs, and which duty. Reads only."""

from __future__ import annotations

from coordinator.act import Act
from incidents.terms import Kind
from notifications.notice import Notice
from windows.moves import GROWN, MERGED
from windows.window import Window

OF_THEIR_OWN = (GROWN, MERGED)
"""How a first notice opens that is for people who are in no earlier one."""


def first_fits(window: Window, notice: Notice) -> bool:
    """Whether this notice can tell this first-notice window: those who joined have a first notice of their own."""
    if window.history[0].rule in OF_THEIR_OWN:
        return notice.kind == Kind.FIRST_NOTICE and notice.sequence == window.sequence
    return notice.kind != Kind.FIRST_NOTICE or max(1, notice.sequence) == window.sequence


def is_for_those_who_joined(act: Act, notice: Notice) -> bool:
    """Whether a first notice is for people who joined, and for nobody else."""
    return notice.sequence > 1 and any(
        w.kind == Kind.FIRST_NOTICE and w.sequence == notice.sequence and w.history[0].rule in OF_THEIR_OWN
        for w in act.tx.windows.of_incident(notice.incident)
    )


def owed_to_those_who_joined(act: Act, incident_id: int) -> int:
    """The sequence of the newest first notice that is owed to people who joined, or once more; 0 when there is none."""
    owed = [
        w.sequence
        for w in act.tx.windows.of_incident(incident_id)
        if w.kind == Kind.FIRST_NOTICE and w.owed and w.sequence > 1
    ]
    return max(owed, default=0)
