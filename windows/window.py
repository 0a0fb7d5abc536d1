"""A window: one duty to tell one audience one kind of thing by one instant.

Frozen. It copies its rule's id, version and length when it opens, so editing a rule never changes a
running or closed incident. Times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.terms import Audience, ClockStart, Duty, Kind, Verdict

JUST_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True)
class Move:
    """One value that the due instant has had; the first is the opening. `rule` says what moved it."""

    at: datetime
    due_at: datetime
    rule: str
    by: str
    strict_before: datetime | None = None
    started_before: datetime | None = None
    """Strict and start as they stood before a move, for the undo of it; None for an opening."""


@dataclass(frozen=True)
class Rung:
    """One warning. `at` is where it stands now; exactly one of `fired_at` and `skipped` is ever set."""

    name: str
    at: datetime
    to: str
    share: float | None = None
    fired_at: datetime | None = None
    skipped: str = ""

    @property
    def ahead(self) -> bool:
        return self.fired_at is None and not self.skipped


@dataclass(frozen=True)
class Coverage:
    """Who of the audience is answered. `missing` = neither reached, impossible nor unconfirmed."""

    audience: int = 0
    with_address: int = 0
    reached: int = 0
    impossible: int = 0
    unconfirmed: int = 0
    page_live_at: datetime | None = None

    @property
    def missing(self) -> int:
        return self.audience - self.reached - self.impossible - self.unconfirmed


@dataclass(frozen=True)
class Finding:
    """What was learnt after the verdict; printed beside it, it changes nothing."""

    at: datetime
    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Window:
    incident: int
    kind: Kind
    audience: str
    """A word of incidents.terms.Audience, or regulator:<name>."""
    sequence: int
    rule: str
    rule_version: str
    clock_start: ClockStart
    started_at: datetime
    length_seconds: int
    due_at: datetime
    strict_due_at: datetime
    target_at: datetime | None
    told_by: str
    id: int = 0
    state: Verdict = Verdict.OPEN
    duty: Duty = Duty.OWED
    decided_at: datetime | None = None
    basis: str = ""
    """How the instant of the verdict is known: clock, wall_after_gap, or person."""
    told_at: datetime | None = None
    ended_by: str = ""
    coverage: Coverage = Coverage()
    causes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    history: tuple[Move, ...] = ()
    rungs: tuple[Rung, ...] = ()
    audience_state: str = ""
    """"" for a real audience, else impact_unknown, nobody_told, directory_empty or no_match."""

    @property
    def owed(self) -> bool:
        return self.duty == Duty.OWED

    @property
    def of_one(self) -> bool:
        """Whether it is owed to one complainant: it has no page."""
        return self.audience == Audience.COMPLAINANT

    @property
    def runs_from(self) -> datetime:
        """Where the time that there is for it begins: what is owed before a planned start runs from its opening."""
        if self.clock_start != ClockStart.PLANNED_START_AT or not self.history:
            return self.started_at
        return min(self.history[0].at, self.due_at)

    @property
    def seconds_late(self) -> float | None:
        """told_at − due_at in seconds, negative when early, None if untold."""
        return None if self.told_at is None else (self.told_at - self.due_at).total_seconds()

    @property
    def next_look_at(self) -> datetime | None:
        """When the sweep must look at this window again; None once it is decided.

        The verdict falls just after the due instant: told at due exactly is still met.
        """
        if self.state != Verdict.OPEN:
            return None
        return min([rung.at for rung in self.rungs if rung.ahead] + [self.due_at + JUST_AFTER])
