"""The shared words: kinds, levels, audiences, states. One word per thing, everywhere.

Pure values; sources: the operator's handbook, chapter 7, and docs/glossary.md.
"""

from __future__ import annotations

from enum import StrEnum

LEVELS = (1, 2, 3)
"""Response levels; 1 is the highest: headquarters steps in (R13, R14)."""

LANGUAGES = ("zh-CN", "en")
"""Every text that a person outside reads exists in these."""


class IncidentType(StrEnum):
    """R03."""

    NETWORK_FAULT = "network_fault"
    SERVICE_INTERRUPTION = "service_interruption"
    COMPLAINT_ESCALATION = "complaint_escalation"
    DATA_LEAK = "data_leak"


COMPLAINTS = ("urgent", "major", "service_quality", "outage", "data_leak", "ordinary")
"""Classes of complaints (handbook 4.2.2, R44), and the matters that make one major (4.1, R45)."""

SEVERITIES = ("extra_major", "major", "larger", "ordinary")
"""The four statutory grades, the highest first, beside the levels (AMB-02)."""


class Status(StrEnum):
    """Where an incident stands; allowed moves are in incidents/lifecycle.py."""

    PENDING_CONFIRMATION = "pending_confirmation"
    OPEN = "open"
    RESPONDING = "responding"
    PARTIALLY_RESTORED = "partially_restored"
    RESTORED = "restored"
    RESOLVED = "resolved"
    CLOSED = "closed"
    FALSE_ALARM = "false_alarm"
    MERGED = "merged"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    OVERRUN = "overrun"
    """From `scheduled` on: of planned work alone, which is no incident (AMB-24)."""


PLANNED_AHEAD = (Status.SCHEDULED, Status.IN_PROGRESS)
"""Statuses of planned work that is still to come, or under way."""
PLANNED_OVER = (Status.COMPLETED, Status.CANCELLED)
"""Statuses in which nothing more is done about planned work."""
OF_INCIDENTS = tuple(s for s in Status if s not in (*PLANNED_AHEAD, *PLANNED_OVER, Status.OVERRUN))
"""Statuses of incidents."""


class Kind(StrEnum):
    """What a window owes and what a notice tells. The `*_notice` and `*_update` kinds go to customers."""

    FIRST_NOTICE = "first_notice"
    MATERIAL_UPDATE = "material_update"
    PROGRESS_UPDATE = "progress_update"
    RESOLUTION_NOTICE = "resolution_notice"
    CORRECTION_NOTICE = "correction_notice"
    WITHDRAWAL_NOTICE = "withdrawal_notice"
    HOLDING_NOTICE = "holding_notice"
    """No duty of its own: it tells a first notice's window when nothing else will (docs/windows.md)."""
    PLANNED_WORK_NOTICE = "planned_work_notice"
    """Customers hear of planned work before it begins (AMB-24); of planned work alone."""
    HANDLING_REPORT = "handling_report"
    SUMMARY_REPORT = "summary_report"
    ARCHIVE = "archive"
    """The closed file is put away; a person says where."""
    SUPERIOR_REPORT = "superior_report"
    """Upwards, by phone and in writing; a person says how, to whom and with what evidence (AMB-13)."""
    REGULATOR_REPORT = "regulator_report"
    """What a regime asks for, to an authority or to those whom it names; told by a person's word."""


TAKING_BACK = (Kind.CORRECTION_NOTICE, Kind.WITHDRAWAL_NOTICE)
"""Kinds that take back what an earlier notice said, before exactly those who were told it."""
REPORTS = (Kind.HANDLING_REPORT, Kind.SUMMARY_REPORT)
"""Kinds of duties that are told by an approved report (R32, R38)."""
OF_THE_END = (*REPORTS, Kind.ARCHIVE)
"""Kinds of duties that the end of an incident brings, and that a reopening ends."""
UPWARDS = (Kind.SUPERIOR_REPORT, Kind.REGULATOR_REPORT)
"""Kinds of which an incident owes several at once, each by a rule of its own; told by a person's word."""
OF_THE_HOUSE = (*OF_THE_END, *UPWARDS)
"""Kinds of duties that no notice tells."""
OF_A_CASE = (Kind.FIRST_NOTICE, Kind.RESOLUTION_NOTICE, *TAKING_BACK, Kind.ARCHIVE)
"""Kinds of duties that an ordinary complaint brings: what a page tells it has none for, and reports are the complaint
system's (AMB-14, AMB-25)."""
NOTICES = tuple(kind for kind in Kind if kind not in (*OF_THE_HOUSE, Kind.HOLDING_NOTICE))
"""Kinds of notices that people draft."""


def duty_word(kind: str, rule: str) -> str:
    """The code under which the words name a duty: its kind, or its rule where a kind has several."""
    return rule if kind in UPWARDS and rule else kind


class Audience(StrEnum):
    """Who is told; beside these `regulator:<name>`, for the authority of that name."""

    CUSTOMERS = "customers"
    COMPLAINANT = "complainant"
    """The one person of an ordinary complaint: told when that person is reached, by no page (AMB-14)."""
    PUBLIC = "public"
    INTERNAL = "internal"
    OTHER_OPERATORS = "other_operators"


OF_CUSTOMERS = (Audience.CUSTOMERS, Audience.COMPLAINANT)
"""Audiences that notices tell: many, or the one of a complaint."""
REGULATOR = "regulator:"
"""How the audience of an authority begins."""


class ClockStart(StrEnum):
    """The instant from which a window counts."""

    ONSET_AT = "onset_at"
    """When it began; awareness while that is unknown."""
    AWARE_AT = "aware_at"
    CLASSIFIED_AT = "classified_at"
    CHANGED_AT = "changed_at"
    RESTORED_AT = "restored_at"
    RESOLVED_AT = "resolved_at"
    REOPENED_AT = "reopened_at"
    WITHDRAWN_AT = "withdrawn_at"
    """When the whole incident was taken back: a false alarm, or a refusal."""
    CLOSED_AT = "closed_at"
    PREVIOUS_TOLD_AT = "previous_told_at"
    PLANNED_START_AT = "planned_start_at"
    """Of planned work; what counts from it is owed before it."""


BY_A_LATER_ACT = (ClockStart.RESTORED_AT, ClockStart.REOPENED_AT, ClockStart.WITHDRAWN_AT)
"""Clock starts that only what becomes of an incident brings."""
OF_A_REGIME = (ClockStart.ONSET_AT, *BY_A_LATER_ACT)
"""Clock starts that a regulator's report alone has: the house counts its own from what it knows and does."""


class Verdict(StrEnum):
    """A window's state; decided once and for ever."""

    OPEN = "open"
    MET = "met"
    BREACHED = "breached"
    WAIVED = "waived"
    LAPSED = "lapsed"


class Duty(StrEnum):
    """Whether telling is still owed, whatever the verdict."""

    OWED = "owed"
    DONE = "done"
    ENDED = "ended"


class Channel(StrEnum):
    WEB = "web"
    SMS = "sms"
    EMAIL = "email"


DIRECT = (Channel.SMS, Channel.EMAIL)
"""Channels that reach one person; `web` is everybody's page."""


def lane_of(channel: str, exercise: bool) -> str:
    """The line in which a delivery waits to leave: exercises have lines of their own, which delay nobody (S28)."""
    return f"exercise-{channel}" if exercise else str(channel)


EXERCISE_MARKS = {"zh-CN": "【演练】", "en": "EXERCISE"}
"""What every text of an exercise carries, and no other text (R06)."""


class Script(StrEnum):
    """Texts that go with a notice and are never sent by us: people say or post them (R23, R24)."""

    HOTLINE = "hotline"
    SOCIAL = "social"


Outlet = Channel | Script


def outlet(name: str) -> Outlet:
    """The channel or script of this name; ValueError if there is none."""
    return Script(name) if name in list(Script) else Channel(name)


class NoticeState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENDING = "sending"
    PAUSED = "paused"
    TOLD = "told"
    STOPPED = "stopped"
    SUPERSEDED = "superseded"


class Role(StrEnum):
    VIEWER = "viewer"
    TRIGGER = "trigger"
    DUTY_MANAGER = "duty_manager"
    COMMS = "comms"
    APPROVER = "approver"
    LEGAL = "legal"
    COMMANDER = "commander"
    HEADQUARTERS = "headquarters"
    ADMIN = "admin"
