"""What a verb or a playbook may ask for: effects as values. One `match` in coordinator/perform.py does them.

That list is what this program can do; nothing else changes anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from incidents.incident import Bilingual
from incidents.terms import IncidentType, Kind


@dataclass(frozen=True)
class Record:
    """Chain one entry to the incident's timeline. `data` is plain JSON without personal identifiers."""

    incident: int
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenWindow:
    """A duty begins. The audience is looked at when the window opens."""

    incident: int
    kind: Kind
    started_at: datetime
    promised_at: datetime | None = None
    instead_of: int | None = None
    """The window that ended by a slip, whose duty this one goes on with."""
    rule: str = ""
    """The rule by its id, where a kind has several."""


@dataclass(frozen=True)
class GrowAudience:
    """More people are hit than the first notice was written for: what they are owed (windows.md, "audience grows")."""

    incident: int


@dataclass(frozen=True)
class MoveWindows:
    """The level, the awareness, the onset or the planned start is another: windows move by windows/moves.py.

    `cause`: upgrade, downgrade, aware_earlier, aware_later, onset_earlier, onset_later or replanned; `level_before`
    only matters for an upgrade.
    """

    incident: int
    cause: str = "upgrade"
    level_before: int = 0


@dataclass(frozen=True)
class AssignUnit:
    """The level or the areas are new: which unit of the organisation the incident belongs to follows them."""

    incident: int


@dataclass(frozen=True)
class EndReportTasks:
    """A report was approved: the tasks that asked for it are done."""

    incident: int
    kind: Kind


@dataclass(frozen=True)
class AskRegimes:
    """An incident began, or what ended its tasks was taken back: a person is asked which regimes apply.

    `learnt`: facts that became known since; then only the regimes that go by one of them are asked about. `again`: only
    those whose question had not been answered.
    """

    incident: int
    learnt: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class LookAtRegimes:
    """Facts changed by which a regime's threshold may be reached."""

    incident: int


@dataclass(frozen=True)
class BeginReports:
    """It was restored, reopened or withdrawn, or a regime was found to apply to what was: its reports that count from
    there begin."""

    incident: int


@dataclass(frozen=True)
class EndQuestion:
    """A regime's question has its answer: the task that asks is done."""

    incident: int
    step: str
    reason: str


@dataclass(frozen=True)
class EndWindows:
    """Something ends duties by rule: resolved, reopened, false_alarm or rejected. `windows`: these alone (None: all
    that the cause ends)."""

    incident: int
    cause: str
    windows: tuple[int, ...] | None = None


@dataclass(frozen=True)
class MergeWindows:
    """A duplicate was merged: what it owes goes over to the survivor."""

    source: int
    survivor: int
    level_before: int


@dataclass(frozen=True)
class SplitWindows:
    """A part was split off: it has its share of what is running."""

    parent: int
    part: int


@dataclass(frozen=True)
class RenewFirst:
    """A first notice that was waived or lapsed is owed again, if no customer was told."""

    incident: int


@dataclass(frozen=True)
class StopNotices:
    """What is on its way or waits would not be true any more: all of it, what was written `since` and tells of a
    recovery, or what is of one kind; but for the notices of `spare`."""

    incident: int
    reason: str
    since: datetime | None = None
    kind: Kind | None = None
    spare: tuple[int, ...] = ()


@dataclass(frozen=True)
class OweTakingBack:
    """Those who were told by these notices what is not so are owed a correction or a withdrawal, drafted at once.

    `right` is what is so, in both languages; {}: the words of the house for a recovery that was none. `said` is what
    was told wrongly, where there are words for it.
    """

    incident: int
    kind: Kind
    notices: tuple[int, ...]
    right: Bilingual
    said: Bilingual = field(default_factory=dict)
    sequence: int = 0
    """Of the window that is open for that already; 0 opens one."""


@dataclass(frozen=True)
class LowerLevel:
    """A downgrade that everybody who must has agreed to."""

    incident: int
    level: int
    reason: str
    asked_by: str


@dataclass(frozen=True)
class WaiveWindow:
    """A waiver that everybody who must has agreed to."""

    window: int
    reason: str
    asked_by: str


@dataclass(frozen=True)
class EndTasks:
    """There is nothing to handle any more: tasks that are still owed are withdrawn."""

    incident: int


@dataclass(frozen=True)
class AcceptedOnEvidence:
    """Deliveries of a notice turned out to have been accepted at `at`, though we learn it only now."""

    incident: int
    notice: int
    at: datetime
    deliveries: int


@dataclass(frozen=True)
class UndoWindows:
    """An act of `at` was taken back: the windows it `opened` end, what it moved or ended stands as before."""

    incident: int
    act: str
    at: datetime
    opened: tuple[int, ...] = ()


@dataclass(frozen=True)
class DropDrafts:
    """What was written for an act that was taken back will not go out. `sequence`: of the window of a correction
    or withdrawal."""

    incident: int
    act: str
    sequence: int = 0


@dataclass(frozen=True)
class RewindPlaybook:
    """An act was taken back: the playbook is where the events that still stand lead to."""

    incident: int
    events: tuple[str, ...]


@dataclass(frozen=True)
class JudgeWindows:
    """Something that windows depend on has changed: judge what this incident owes now."""

    incident: int


@dataclass(frozen=True)
class PageWentLive:
    """A notice's page entry was fetched from the public address."""

    incident: int
    notice: int


@dataclass(frozen=True)
class AdvancePlaybook:
    """Something happened that the pinned playbook may answer."""

    incident: int
    event: str


@dataclass(frozen=True)
class ActivatePlaybook:
    """Pin the active playbook of the incident's type, in the transaction that opens."""

    incident: int


@dataclass(frozen=True)
class OpenTask:
    incident: int
    step: str
    phase: str
    department: str
    role: str
    title: Bilingual
    limit_seconds: int | None
    track: str = "lead"
    escalates: bool = False


@dataclass(frozen=True)
class DraftNotice:
    """Prepare a draft that a person then submits; harmless when there is one."""

    incident: int
    kind: Kind
    change: str = ""


@dataclass(frozen=True)
class StopUnsent:
    """A newer notice was released: what older ones have not sent would be false by now."""

    incident: int
    newer: int


@dataclass(frozen=True)
class Opening:
    """The facts with which an incident opens. None and () mean unknown; nothing may be absent (R12)."""

    type: IncidentType
    level: int | None
    """None: by classification."""
    title: str
    areas: tuple[str, ...]
    services: tuple[str, ...]
    onset_at: datetime | None
    aware_at: datetime | None
    affected: int | None
    cause: Bilingual
    source: str
    level_reasons: tuple[str, ...] = ()
    confirmed: bool = True
    confidence: str = "estimated"
    whole_area: bool | None = None
    emergency_calls: bool | None = None
    people_data: int | None = None
    complaints_per_hour: int | None = None
    complaint: str | None = None
    users_at_once: int | None = None
    exercise: bool = False
    """A drill: the same clocks and verdicts, and customers never hear of it (R06)."""
    overrun_of: int | None = None
    """The planned work that was not completed in time."""


@dataclass(frozen=True)
class OpenIncident:
    """An alarm opens an incident by a routing rule; its key is tied to the incident in the same transaction."""

    opening: Opening
    source: str
    dedup_key: str
    event: int
    goes_on_from: int = 0
    """The planned work that had expected the alarm; its record says what it became."""


@dataclass(frozen=True)
class PromoteCase:
    """An ordinary complaint opens an incident of the level that its facts ask for, and goes into it (R40)."""

    reference: str
    opening: Opening
    reason: str


@dataclass(frozen=True)
class MergeCase:
    """An ordinary complaint goes into a running incident (R40)."""

    reference: str
    into: str


@dataclass(frozen=True)
class RaiseLevel:
    """A worse alarm of the same outage: the higher level counts until a person says otherwise."""

    incident: int
    level: int
    reason: str


@dataclass(frozen=True)
class Alarm:
    """Something about the program itself that a person must know now. One stands per matter until it is over."""

    about: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PageStaff:
    """People must hear of this, at any hour when `any_hour`: one call-out per `key` until it is over.

    `to` are roles joined by +; `unit` None is the incident's. `about` names the words and how long it stands
    (notifications/paging.py, MATTERS).
    """

    key: str
    about: str
    to: str
    incident: int | None = None
    window: int | None = None
    notice: int | None = None
    unit: str | None = None
    urgent: bool = True
    any_hour: bool = True
    after_seconds: float = 0
    """It is paged only if it still stands then."""
    data: dict[str, Any] = field(default_factory=dict)


Effect = (
    Record
    | Alarm
    | RaiseLevel
    | OpenWindow
    | AskRegimes
    | LookAtRegimes
    | BeginReports
    | EndQuestion
    | MoveWindows
    | GrowAudience
    | AssignUnit
    | EndWindows
    | MergeWindows
    | SplitWindows
    | RenewFirst
    | StopNotices
    | OweTakingBack
    | LowerLevel
    | WaiveWindow
    | EndTasks
    | AcceptedOnEvidence
    | UndoWindows
    | DropDrafts
    | RewindPlaybook
    | JudgeWindows
    | PageWentLive
    | AdvancePlaybook
    | ActivatePlaybook
    | OpenTask
    | EndReportTasks
    | DraftNotice
    | StopUnsent
    | OpenIncident
    | PromoteCase
    | MergeCase
    | PageStaff
)
