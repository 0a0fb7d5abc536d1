"""Told or not, met or breached: the verdict of one window, from what stands at one instant.

Pure. Told at `due_at` exactly is met; one microsecond later is breached. Once now > due_at exactly one of
met, breached, waived, lapsed holds (I9). Source of the thresholds: docs/windows.md, "When is a window told".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from incidents.terms import Duty, Verdict
from windows.rules import CoverageRule
from windows.window import Coverage, Finding, Window

REGISTERED_LATE = "registered_late"
"""Planned work was put on the record, or moved, when what it owes before its start was due already."""
MARKS = ("late_by_classification", "late_by_discovery", REGISTERED_LATE)
"""Causes that a move left on a window; they stay with its verdict."""
PAGE_ALONE = ("impact_unknown", "nobody_told")
"""Audiences of nobody that the page entry alone tells."""


@dataclass(frozen=True)
class Standing:
    """What is known of a window's notices at one instant.

    `stage` is how far the best notice that could fulfil it has come: "", draft, submitted or released; for a
    report: draft, submitted or approved.
    """

    stage: str = ""
    coverage: Coverage = Coverage()
    provider_trouble: bool = False
    """Whether a channel is refusing or unreachable just now."""
    page_suffices: bool = False
    """Whether what is live on the page has no other channel of its own (a holding notice at level 3)."""


def answered(coverage: Coverage, rule: CoverageRule) -> bool:
    """Whether every recipient is answered and enough of them were reached."""
    return coverage.missing == 0 and _enough(coverage, rule)


def _enough(coverage: Coverage, rule: CoverageRule) -> bool:
    doubted = max(1, int(coverage.audience * rule.unconfirmed_share))
    floor = coverage.with_address * rule.reached_share
    return coverage.reached >= 1 and coverage.reached >= floor and coverage.unconfirmed <= doubted


def is_told(window: Window, standing: Standing, rule: CoverageRule) -> bool:
    """Page live, and (for windows told by recipients) the audience answered; a report is told by its approval, and
    what a person tells by `fulfil` alone. What is owed to one complainant is told when that person is reached.

    An audience of nobody because the impact is unknown, or because nobody was ever told, is told by the page
    alone; an empty directory or no match also needs a person's `fulfil`.
    """
    if window.told_by == "report":
        return standing.stage == "approved"
    if window.told_by == "person":
        return False
    if window.of_one:
        return standing.coverage.reached >= 1
    if standing.coverage.page_live_at is None:
        return False
    if window.told_by == "page" or window.audience_state in PAGE_ALONE:
        return True
    if window.audience_state:
        return False
    if standing.page_suffices:
        return True
    return answered(standing.coverage, rule)


def missing(window: Window, standing: Standing, rule: CoverageRule) -> tuple[str, ...]:
    """Why the window is not told yet, in the order in which a person can mend it."""
    causes: list[str] = []
    if window.told_by == "person":
        return ("nobody_said_so",)
    if standing.stage == "":
        return ("no_draft",)
    if standing.stage in ("draft", "submitted"):
        return ("no_approval",)
    coverage = standing.coverage
    if coverage.page_live_at is None and not window.of_one:
        causes.append("page")
    if window.told_by == "recipients":
        causes += _audience_causes(window, standing, rule)
    return tuple(causes)


def _audience_causes(window: Window, standing: Standing, rule: CoverageRule) -> list[str]:
    if window.audience_state in ("directory_empty", "no_match"):
        return [window.audience_state]
    if window.audience_state:
        return []
    if standing.coverage.missing:
        return ["provider" if standing.provider_trouble else "audience_pending"]
    return [] if _enough(standing.coverage, rule) else ["too_few_accepted"]


def judged(
    window: Window, standing: Standing, rule: CoverageRule, now: datetime, alive_at: datetime | None = None
) -> Window:
    """The window as it stands at `now`.

    `alive_at` is the last instant before `now` at which the coordinator is known to have looked; a due
    instant more than a second after it and before `now` was missed by the coordinator itself.
    """
    if not window.owed:
        return window
    seen = replace(window, coverage=standing.coverage)
    if is_told(window, standing, rule):
        return _told(seen, now, "clock")
    short = missing(window, standing, rule)
    if window.state != Verdict.OPEN:
        return seen
    kept = tuple(cause for cause in window.causes if cause in MARKS)
    if now <= window.due_at:
        live = tuple(cause for cause in short if cause == "too_few_accepted")
        return replace(seen, causes=kept + live)
    late = REGISTERED_LATE in window.causes
    gap = (
        not late
        and alive_at is not None
        and alive_at < window.due_at
        and (now - window.due_at).total_seconds() > 1
    )
    return replace(
        seen,
        state=Verdict.BREACHED,
        decided_at=now,
        basis="wall_after_gap" if gap else "clock",
        causes=kept + short + (("coordinator_outage",) if gap else ()),
    )


def _told(window: Window, now: datetime, basis: str) -> Window:
    told = replace(window, told_at=now, duty=Duty.DONE)
    if window.state != Verdict.OPEN:
        return told
    verdict = Verdict.MET if now <= window.due_at else Verdict.BREACHED
    causes = tuple(cause for cause in window.causes if cause in MARKS)
    return replace(told, state=verdict, decided_at=now, basis=basis, causes=causes)


def fulfilled(window: Window, now: datetime) -> Window:
    """A person says how it was told (windows that no channel can tell, and the one person of a complaint)."""
    return _told(window, now, "person")


def waived(window: Window, now: datetime, reason: str) -> Window:
    """A named person ends the duty before its due instant; the reason stands beside the verdict."""
    return replace(
        window,
        state=Verdict.WAIVED,
        duty=Duty.ENDED,
        decided_at=now,
        basis="person",
        ended_by="waiver",
        findings=(*window.findings, Finding(now, "waived", reason)),
    )


def ended_by_person(window: Window, now: datetime, reason: str) -> Window:
    """A breached duty ends by a named person; the verdict stays."""
    found = Finding(now, "ended_by_person", reason)
    return replace(window, duty=Duty.ENDED, ended_by="person", findings=(*window.findings, found))


def owed_again(window: Window) -> Window:
    """What ended a breached duty was taken back; the verdict stays."""
    return replace(window, duty=Duty.OWED, ended_by="")


def ended(window: Window, now: datetime, cause: str) -> Window:
    """The duty ends by rule with its cause; an undecided window lapses, a breached one keeps its verdict.

    A window whose due instant has passed undecided is breached first: lapsing is possible only before due.
    """
    if not window.owed:
        return window
    over = replace(window, duty=Duty.ENDED, ended_by=cause)
    if window.state != Verdict.OPEN:
        return over
    verdict = Verdict.LAPSED if now <= window.due_at else Verdict.BREACHED
    return replace(over, state=verdict, decided_at=now, basis="clock", causes=(*window.causes, cause))
