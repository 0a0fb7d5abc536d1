"""Which times of planned work each of its notices told. Reads only."""

from __future__ import annotations

from datetime import datetime

from coordinator.act import Act
from coordinator.heard import may_have_told
from incidents.incident import Incident
from incidents.terms import Kind
from incidents.undoing import FACTS
from incidents.values import instant as read
from notifications.notice import Notice

Times = tuple[datetime, datetime]
NAMES = ("planned_start_at", "planned_end_at")


def span_of(work: Incident) -> Times:
    if work.planned_start_at is None or work.planned_end_at is None:
        raise ValueError(f"{work.reference} is no planned work")
    return work.planned_start_at, work.planned_end_at


def of_times(correction: Notice) -> bool:
    """Whether a correction is of the times, owed by the move itself; what a person corrects names one notice."""
    return bool(correction.takes_back)


def tell_these(act: Act, work: Incident) -> list[Notice]:
    """The released notices that tell the times as they are now: whom one of them reaches knows all of it."""
    released = {n.id: n for n in act.tx.notices.of_incident(work.id) if n.released}
    found = [released[n] for n, times in submitted(act, work) if n in released and times == span_of(work)]
    return [n for n in found if n.kind == Kind.PLANNED_WORK_NOTICE or of_times(n)]


def left_standing(act: Act, work: Incident) -> list[Notice]:
    """Those of them after which nobody can have been told other times: a correction tells them to nobody again."""
    released = {n.id: n for n in act.tx.notices.of_incident(work.id) if n.released}
    same = {n.id for n in tell_these(act, work)}
    found: list[Notice] = []
    for number, times in submitted(act, work):
        if number in same:
            found.append(released[number])
        elif times != span_of(work) and number in released and may_have_told(act, released[number]):
            found.clear()
    return found


def submitted(act: Act, work: Incident) -> list[tuple[int, Times | None]]:
    """The notices in the order of their submission, each with the times that stood on the record then; None where they
    were not fixed."""
    stood: dict[str, datetime | None] = {}
    found: list[tuple[int, Times | None]] = []
    for entry in act.tx.incidents.entries(work.id):
        if entry.kind == "planned_registered":
            stood = {name: read(entry.data[name]) for name in NAMES}
        elif entry.kind == "planned_changed":
            changed = entry.data[FACTS]
            stood |= {name: read(changed[name]["to"]) for name in NAMES if name in changed}
        elif entry.kind == "notice_submitted":
            start, end = (stood[name] for name in NAMES)
            found.append((entry.data["notice"], (start, end) if start and end else None))
    return found
