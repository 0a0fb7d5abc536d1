"""The incident summary report (突发事件总结报告): cause, effect of handling, improvements.

Pure. Source: handbook 7.5(3) (R38); the short form is for level 3 (AMB-09).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.terms import Kind, Verdict
from incidents.undoing import UNDONE
from notifications.states import State
from reports.handling import HandlingReport
from windows.window import Window

SHORT_FROM = 3
"""From this level on the short form will do."""
ARRIVED = (State.ACCEPTED, State.DELIVERED)


@dataclass(frozen=True)
class Effect:
    """What the handling came to, in figures. A span is None while one of its ends is not known."""

    noticed_after: timedelta | None
    """From onset to awareness."""
    told_after: timedelta | None
    """From awareness to the first notice's being told."""
    restored_after: timedelta | None
    """From onset to restoration; None while the onset is not known."""
    duties: int
    met: int
    late: int
    undone: int
    """Duties that ended with the act that had opened them, which was taken back."""
    lapsed: int
    """Duties that a rule ended before they were due."""
    waived: int
    running: int
    addressed: int
    """People addressed by the first notices."""
    reached: int
    messages: int
    suppressed: int
    """Messages that were left out on purpose: people had just had one."""
    arrived: int
    tasks: int
    done: int
    skipped: int


@dataclass(frozen=True)
class SummaryReport:
    record: HandlingReport
    short: bool
    effect: Effect
    lessons: tuple[Window, ...]
    """The duties to customers that were told late or not at all."""


def summary(record: HandlingReport) -> SummaryReport:
    """Fold the same record into its summary."""
    late = tuple(window for window in record.windows if window.state == Verdict.BREACHED)
    return SummaryReport(record, record.incident.level >= SHORT_FROM, _effect(record), late)


def _effect(record: HandlingReport) -> Effect:
    incident, duties = record.incident, record.to_customers()
    first = [sent.notice for sent in record.sent if sent.notice.kind == Kind.FIRST_NOTICE]
    told = [w.told_at for w in duties if w.kind == Kind.FIRST_NOTICE and w.told_at]
    counted = [(state, n) for sent in record.sent for (_, _, state), n in sent.counts.items()]
    return Effect(
        noticed_after=_between(incident.onset_at, incident.aware_at),
        told_after=min(told) - incident.aware_at if told else None,
        restored_after=_between(incident.onset_at, incident.restored_at),
        duties=len(duties),
        met=sum(w.state == Verdict.MET for w in duties),
        late=sum(w.state == Verdict.BREACHED for w in duties),
        undone=sum(w.state == Verdict.LAPSED and w.ended_by == UNDONE for w in duties),
        lapsed=sum(w.state == Verdict.LAPSED and w.ended_by != UNDONE for w in duties),
        waived=sum(w.state == Verdict.WAIVED for w in duties),
        running=sum(w.state == Verdict.OPEN for w in duties),
        addressed=sum(notice.audience_size for notice in first),
        reached=sum(notice.counters.reached for notice in first),
        messages=sum(n for _, n in counted),
        suppressed=sum(n for state, n in counted if state == State.SUPPRESSED),
        arrived=sum(n for state, n in counted if state in ARRIVED),
        tasks=len(record.tasks),
        done=sum(task.state == "done" for task in record.tasks),
        skipped=sum(task.state == "skipped" for task in record.tasks),
    )


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    return None if start is None or end is None else end - start
