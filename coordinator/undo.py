"""The way back within 5 minutes, while nobody was told of it: the last act of the lifecycle, waiver, correction or
withdrawal.

It is for a person's slip: what a rule did, as a worse alarm does, stands.

The record keeps both: what was done, and that it was taken back. Verdicts that fell stay as they fell.
"""

from __future__ import annotations

from datetime import timedelta

from coordinator import levels
from coordinator.act import SYSTEM, Act
from incidents.chain import Entry
from incidents.effects import (
    AdvancePlaybook,
    AssignUnit,
    DropDrafts,
    Effect,
    JudgeWindows,
    Record,
    RewindPlaybook,
    UndoWindows,
)
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.undoing import OWED, UNDONE, events_left, standing, taken_back
from playbooks.engine import TASK_ENDED

WITHIN = timedelta(minutes=5)
TWO_INCIDENTS = ("merged", "duplicate_joined", "split", "split_off")
GIVES_BACK_TASKS = ("false_alarm", "rejected", "reopened", "lost_again")
"""Acts that withdrew tasks."""


def undo(act: Act, reference: str) -> tuple[Incident, list[Effect]]:
    """Take back the last act; Conflict says why it cannot be, and what to do instead."""
    incident = act.tx.incidents.get(reference)
    acts = standing(act.tx.incidents.entries(incident.id))
    if not acts or acts[-1].actor == SYSTEM.name:
        raise Conflict("there is nothing to take back", field="status", next=f"tongbao show {reference}")
    *left, last = acts
    _must_be_the_last(act, incident, last)
    _must_be_recent(act, last)
    _must_be_untold(act, incident, last)
    before = levels.known(act, taken_back(incident, last))
    act.tx.incidents.save(before)
    return before, [
        Record(incident.id, UNDONE, {"act": last.kind, "sequence": last.sequence}),
        DropDrafts(incident.id, last.kind, last.at),
        UndoWindows(incident.id, last.kind, last.at),
        AssignUnit(incident.id),
        RewindPlaybook(incident.id, events_left(left)),
        *([AdvancePlaybook(incident.id, TASK_ENDED)] if last.kind in GIVES_BACK_TASKS else []),
        JudgeWindows(incident.id),
    ]


def _must_be_the_last(act: Act, incident: Incident, last: Entry) -> None:
    """A merge or a split binds two incidents; neither it nor what was before it is taken back."""
    later = [e for e in act.tx.incidents.entries(incident.id) if e.kind in TWO_INCIDENTS]
    if later and later[-1].sequence > last.sequence:
        raise Conflict(
            "a merge or a split cannot be taken back",
            field="status",
            next="put on the record what is true now: tongbao log REF TEXT, tongbao update REF",
        )


def _must_be_recent(act: Act, entry: Entry) -> None:
    if act.now - entry.at > WITHIN:
        raise Conflict(
            "the last act ({act} at {at}) is more than 5 minutes ago",
            act=entry.kind,
            at=entry.at.isoformat(timespec="seconds"),
            field="status",
            next="put on the record what is true now: tongbao log REF TEXT, tongbao update REF",
        )


def _must_be_untold(act: Act, incident: Incident, entry: Entry) -> None:
    """Who was told of it needs a correction; it cannot be made unsaid."""
    later = (e for e in act.tx.incidents.entries(incident.id) if e.sequence > entry.sequence)
    released = [e.data["notice"] for e in later if e.kind == "notice_released"]
    if entry.kind in OWED:
        released = [one for one in released if act.tx.notices.get(one).kind == OWED[entry.kind]]
    if entry.kind != "confirmed" and released:
        raise Conflict(
            "notice {id} has told of it already",
            id=released[-1],
            field="notice",
            next=f"tongbao notice correct {released[-1]}",
        )
