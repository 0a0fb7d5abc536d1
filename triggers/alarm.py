"""An alarm: what every monitoring format says, in one form.

Pure value. Its severity is only a hint: the level of an incident comes from rules and people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlarmStatus(StrEnum):
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Alarm:
    """`source` and `dedup_key` name one alarm for ever: the same pair never opens a second incident.

    `onset_at` is the sender's own time in UTC, None when it gave none. `affected` is a number of services.
    `truncated` is how many alarms the sender left out of the same message.
    """

    source: str
    dedup_key: str
    status: AlarmStatus
    labels: dict[str, str]
    annotations: dict[str, str]
    onset_at: datetime | None
    summary: str
    affected: int | None
    truncated: int = 0

    @property
    def firing(self) -> bool:
        return self.status is AlarmStatus.FIRING
