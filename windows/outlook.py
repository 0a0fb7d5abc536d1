"""What is foreseen for one open window: its forecast, and when its holding notice would leave.

Frozen. One row per window that is told by its recipients or its page; looked at when `next_look_at` has come.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

FORESEEN = ("recipients", "page")
"""What tells the windows that are foreseen: reports and a person's word have no sender."""


@dataclass(frozen=True)
class Outlook:
    window: int
    incident: int
    next_look_at: datetime | None = None
    act_at: datetime | None = None
    """The next instant at which something would be decided; looks in between only see what has changed."""
    forecast_at: datetime | None = None
    """When everybody could be told as things stand."""
    alarm: str = ""
    """too_late when the forecast is after due, beyond_cap when half of the window is too short; else empty."""
    alarmed_at: datetime | None = None
    people: dict[str, int] = field(default_factory=dict)
    """The audience in figures: people, and messages by channel; counted now and then, not at every look."""
    counted_for: str = ""
    counted_at: datetime | None = None
    leads: dict[str, datetime] = field(default_factory=dict)
    """Channel -> when the holding notice would leave by it."""
    why: str = ""
    """Why nothing goes: not_yet, human_in_time, held, not_approved …; empty when it went or has no holding notice."""
    withheld: dict[str, str] = field(default_factory=dict)
    """Channel whose time has come -> why it may not go by itself."""
    notice: int = 0
    """The one holding notice of this window; 0 before."""
    held_by: str = ""
    held_at: datetime | None = None
    held_reason: str = ""
