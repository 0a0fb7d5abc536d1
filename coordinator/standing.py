"""How far a window's notices have come, and whom they have reached, at one instant. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from coordinator import rulebook
from coordinator.act import Act
from coordinator.entries import given_way
from coordinator.family import members_of, notices_of
from coordinator.joined import first_fits, material_fits, takes_back, went_over
from coordinator.scope import scope_of
from incidents.incident import Incident
from incidents.terms import DIRECT, TAKING_BACK, Kind, NoticeState
from notifications.notice import Notice
from windows.holding import channels_at
from windows.moves import of_their_own
from windows.rules import Terms
from windows.verdict import Standing
from windows.window import Coverage, Window

STAGES = {
    NoticeState.DRAFT: "draft",
    NoticeState.SUBMITTED: "submitted",
    NoticeState.APPROVED: "submitted",
    NoticeState.SENDING: "released",
    NoticeState.PAUSED: "released",
    NoticeState.TOLD: "released",
}
OWED_TO_ALL = (Kind.FIRST_NOTICE, Kind.PLANNED_WORK_NOTICE)
"""Kinds owed to everybody who is hit, as far as a notice of them is not out."""
TO_THE_TOLD = (Kind.RESOLUTION_NOTICE, *TAKING_BACK)
"""Kinds owed to exactly those who were told."""
FIRST = Kind.FIRST_NOTICE
TELL_OF_IT = (FIRST, Kind.HOLDING_NOTICE, Kind.RESOLUTION_NOTICE)
"""Kinds by which people hear of the outage."""
ORDER = ("", "draft", "submitted", "released")


def look(act: Act, window: Window, notices: Sequence[Notice]) -> tuple[Window, Standing]:
    """The window with what is known of its audience now, and how far what could tell it has come."""
    if window.told_by == "report":
        return window, _standing_of_report(act, window)
    if window.told_by == "person":
        return window, Standing()
    fitting = [n for n in notices if fits(act, window, n, notices)]
    seen = _with_audience(act, window, fitting)
    return seen, _standing(act, seen, [*fitting, *of_duplicates(act, window, fitting)])


def of_duplicates(act: Act, window: Window, own: Sequence[Notice]) -> list[Notice]:
    """First notices of merged duplicates: their people are told, or will be. They tell this window only with a notice
    for all others, or when there are no others. One that took over a duty takes what was to tell that."""
    if window.kind != FIRST:
        return []
    theirs = [
        n
        for one in members_of(act, window.incident)[1:]
        for n in act.tx.notices.of_incident(one)
        if n.kind == FIRST and n.released
        if not of_their_own(window) or went_over(act, window, n)
    ]
    if not theirs or any(n.released and n.state != NoticeState.STOPPED for n in own):
        return theirs
    incident = act.tx.incidents.by_id(window.incident)
    return [] if untold(act, incident) else theirs


def untold(act: Act, incident: Incident) -> int:
    """How many are in the audience of no first notice of the family that stands, nor of one that told them of the end
    with it, and were answered by none that does not."""
    scope = scope_of(act, incident)
    released = [n for n in notices_of(act, incident) if n.released and n.kind in TELL_OF_IT]
    stands = [n.id for n in released if not n.holding and n.state != NoticeState.STOPPED]
    gone = [n.id for n in released if n.id not in stands]
    return act.tx.audience.count_new(scope, stands, gone) if scope.known else 0


def _standing_of_report(act: Act, window: Window) -> Standing:
    """How far the best version of the report has come; its draft can be drawn from the record at any time."""
    versions = act.tx.reports.of_incident(window.incident)
    found = {v.state for v in versions if v.kind == window.kind and v.submitted_at >= window.started_at}
    return Standing(next((state for state in ("approved", "submitted") if state in found), "draft"))


def _with_audience(act: Act, window: Window, notices: list[Notice]) -> Window:
    """Until a notice is released the audience may still become known, or nobody's; what it froze then counts."""
    released = [n for n in notices if n.released]
    if window.kind in OWED_TO_ALL:
        return _by_what_was_frozen(act, window, released)
    if window.kind in TO_THE_TOLD and not window.audience_state and released and not window.of_one:
        # It is owed to exactly those who were told; when that is nobody, its page entry is all there is. A complainant
        # whom no message has reached has no page, and is called.
        empty = not any(n.audience_size for n in released)
        return replace(window, audience_state="nobody_told") if empty else window
    if not window.audience_state or (released and not any(n.audience_size for n in released)):
        return window
    state = "" if released else audience_state(act, act.tx.incidents.by_id(window.incident))
    return replace(window, audience_state=state)


def _by_what_was_frozen(act: Act, window: Window, released: list[Notice]) -> Window:
    """A page entry alone freezes nobody, and what was stopped tells nobody."""
    frozen = [n for n in released if n.state != NoticeState.STOPPED and set(n.channels) & set(DIRECT)]
    if any(n.audience_size for n in frozen) or of_their_own(window):
        return replace(window, audience_state="")
    if frozen and window.audience_state:
        return window
    return replace(window, audience_state=audience_state(act, act.tx.incidents.by_id(window.incident)))


def fits(act: Act, window: Window, notice: Notice, every: Sequence[Notice]) -> bool:
    """Whether a notice can tell this window, by its rule and by what it is about; `every` notice of the incident."""
    kinds = rulebook.terms_of(act, window).rule.fulfilled_by
    return notice.kind in kinds and _fits(act, window, notice, every)


def _fits(act: Act, window: Window, notice: Notice, every: Sequence[Notice]) -> bool:
    """Whether a notice can tell this window: it must know of what the window is about."""
    if window.kind == Kind.PROGRESS_UPDATE:
        return notice.page_live_at is None or notice.page_live_at > window.started_at
    if window.kind in TAKING_BACK:
        return takes_back(window, notice, every)
    if window.kind == Kind.FIRST_NOTICE:
        return first_fits(window, notice)
    if window.kind == Kind.PLANNED_WORK_NOTICE:
        return notice.submitted_at is None or notice.submitted_at >= window.history[-1].at
    if window.kind == Kind.MATERIAL_UPDATE:
        return material_fits(act, window, notice)
    # After a reopening the end is told again: what told the end that was none does not know of it.
    return notice.submitted_at is None or notice.submitted_at >= window.started_at


def _standing(act: Act, window: Window, notices: list[Notice]) -> Standing:
    stages = [STAGES.get(notice.state, "") for notice in notices]
    page_live_at = _page_live_at(act, notices)
    coverage = Coverage(page_live_at=page_live_at)
    released = [n for n in notices if n.released and n.audience_size]
    if window.told_by == "recipients" and released:
        coverage = _coverage(act, released, page_live_at)
    stage = max(stages, key=ORDER.index, default="")
    incident = act.tx.incidents.by_id(window.incident)
    level, trouble = incident.level, bool(act.tx.receipts.lanes(incident.exercise))
    return Standing(stage, coverage, trouble, _page_suffices(level, notices))


def _page_live_at(act: Act, notices: list[Notice]) -> datetime | None:
    """When the first of their entries was live. Where a person's stands, a holding notice puts up none of its own: its
    people read that one."""
    entries = [n for n in notices if n.state != NoticeState.STOPPED]
    entries += [n for holding in entries for n in given_way(act, holding)]
    return min((n.page_live_at for n in entries if n.page_live_at), default=None)


def _page_suffices(level: int, notices: list[Notice]) -> bool:
    """Whether a holding notice is live on the page, and at the level that the incident has now it needs no other
    channel (level 3)."""
    if any(channel in DIRECT for channel in channels_at(level)):
        return False
    return any(n.holding and n.page_live_at and n.state != NoticeState.STOPPED for n in notices)


def _coverage(act: Act, released: list[Notice], page_live_at: datetime | None) -> Coverage:
    """Who is answered. One notice keeps its own counters; several are added up person by person."""
    if len(released) == 1 and released[0].state != NoticeState.STOPPED:
        notice = released[0]
        counters = notice.counters
        return Coverage(
            notice.audience_size,
            notice.with_address,
            counters.reached,
            counters.impossible,
            counters.unconfirmed,
            page_live_at,
        )
    stopped = [notice.id for notice in released if notice.state == NoticeState.STOPPED]
    going = [notice.id for notice in released if notice.id not in stopped]
    tally = act.tx.audience.tally(going, stopped)
    people = sum(tally[name] for name in ("reached", "impossible", "unconfirmed", "pending"))
    return Coverage(
        people,
        tally["with_address"],
        tally["reached"],
        tally["impossible"],
        tally["unconfirmed"],
        page_live_at,
    )


def audience_at_opening(act: Act, incident: Incident, terms: Terms) -> str:
    """What is said of the audience of nobody; what the house owes itself has none."""
    return "" if terms.rule.told_by in ("report", "person") else audience_state(act, incident)


def nobody(act: Act, incident: Incident) -> dict[str, Any] | None:
    """Why a notice of this incident meets nobody now; None when it meets somebody."""
    why = audience_state(act, incident)
    return {"why": why, "areas": list(incident.areas), "services": list(incident.services)} if why else None


def audience_state(act: Act, incident: Incident) -> str:
    """directory_empty, no_match or impact_unknown; "" when the incident meets somebody."""
    scope = scope_of(act, incident)
    if not scope.known:
        return "impact_unknown"
    if act.tx.audience.meets(scope):
        return ""
    return "no_match" if act.tx.audience.directory_size() else "directory_empty"
