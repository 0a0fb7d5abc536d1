"""Which notice tells which duty: of who joined later, of a change, of a notice that is taken back. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from coordinator.act import Act
from incidents.terms import Kind, NoticeState, Verdict
from notifications.notice import Notice
from windows.moves import BY_MERGE, MERGED, of_their_own
from windows.window import Window


def first_fits(window: Window, notice: Notice) -> bool:
    """Whether this notice can tell this first-notice window: those who joined have a first notice of their own."""
    if notice.holding:
        return notice.window == window.id
    if of_their_own(window):
        return notice.kind == Kind.FIRST_NOTICE and notice.sequence == window.sequence
    return notice.kind != Kind.FIRST_NOTICE or max(1, notice.sequence) == window.sequence


def is_for_those_who_joined(act: Act, notice: Notice) -> bool:
    """Whether a first notice is for people who joined, and for nobody else."""
    return notice.sequence > 1 and any(
        w.kind == Kind.FIRST_NOTICE and w.sequence == notice.sequence and of_their_own(w)
        for w in act.tx.windows.of_incident(notice.incident)
    )


def went_over(act: Act, window: Window, notice: Notice) -> bool:
    """Whether this first notice of a duplicate was to tell a duty that went over to this window with the merge, at once
    or by way of what the duplicate was merged into before."""
    merged = _merged_at(window)
    if not merged or notice.kind != Kind.FIRST_NOTICE or not notice.released:
        return False
    goes_on = notice.told_at is None or notice.told_at >= merged[0]
    return notice.state != NoticeState.STOPPED and any(
        goes_on or w.state == Verdict.BREACHED or _went_to(act, w, window)
        for w in _ended_by_merge(act, notice.incident)
        if first_fits(w, notice)
    )


def _went_to(act: Act, ended: Window, heir: Window) -> bool:
    """Whether the duty of a window that a merge ended is that of `heir` now."""
    if ended.decided_at in _merged_at(heir):
        return True
    into = act.tx.incidents.by_id(ended.incident).merged_into
    return into is not None and any(
        _went_to(act, one, heir)
        for one in _ended_by_merge(act, into)
        if not of_their_own(one) or ended.decided_at in _merged_at(one)
    )


def _ended_by_merge(act: Act, incident_id: int) -> list[Window]:
    windows = act.tx.windows.of_incident(incident_id)
    return [w for w in windows if w.kind == Kind.FIRST_NOTICE and w.ended_by == BY_MERGE]


def _merged_at(window: Window) -> list[datetime]:
    """When duties of duplicates went over to it."""
    return [move.at for move in window.history if move.rule == MERGED]


def material_fits(act: Act, window: Window, notice: Notice) -> bool:
    """Whether this notice can tell a change: written after it, and not for those alone who joined."""
    if notice.kind == Kind.FIRST_NOTICE and is_for_those_who_joined(act, notice):
        return False
    return notice.submitted_at is None or notice.submitted_at >= window.started_at


def firsts_owed(act: Act, incident_id: int, but: Collection[NoticeState]) -> list[Window]:
    """The first-notice windows that are owed, oldest first, for which a person's first notice exists in none but these
    states: what was stopped tells nobody any more."""
    windows, every = act.tx.windows.of_incident(incident_id), act.tx.notices.of_incident(incident_id)
    there = [n for n in every if n.kind == Kind.FIRST_NOTICE and n.state not in but]
    owed = [w for w in windows if w.kind == Kind.FIRST_NOTICE and w.owed]
    return [w for w in owed if not any(first_fits(w, n) for n in there)]


def joined_since(act: Act, notice: Notice) -> bool:
    """Whether people joined after what was sent for this first notice's window, and are owed one of their own."""
    return any(
        w.kind == Kind.FIRST_NOTICE and w.owed and w.sequence > max(1, notice.sequence) and of_their_own(w)
        for w in act.tx.windows.of_incident(notice.incident)
    )


def takes_back(window: Window, notice: Notice, every: Iterable[Notice]) -> bool:
    """Whether this notice can tell this correction or withdrawal window: it is written for it, or it withdraws since
    then the very notices that are to be taken back."""
    if (notice.kind, notice.sequence) == (window.kind, window.sequence):
        return True
    since = notice.submitted_at is None or notice.submitted_at >= window.started_at
    return (
        notice.kind == Kind.WITHDRAWAL_NOTICE
        and since
        and any(
            set(notice.wrong).issuperset(n.wrong)
            for n in every
            if n.kind == window.kind and n.sequence == window.sequence
        )
    )
