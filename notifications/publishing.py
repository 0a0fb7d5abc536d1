"""When a publish target that lacks pages is tried again, and when people hear of it. Decisions only.

Pure. The page of an incident goes to every target; the first that shows an entry makes it live, and each of the
others is behind until it shows the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

TRIED_AFTER = timedelta(seconds=15)
"""So long whoever publishes an entry may take for all targets before somebody else catches up with them."""
LONGEST_WAIT = timedelta(seconds=60)
ALARM_AFTER = timedelta(minutes=2)
"""What passes within this time wakes nobody."""


@dataclass(frozen=True)
class Behind:
    """A target lacks the present pages of one incident.

    `version` grows with every change of the pages: who has shown an older one has not caught up.
    """

    target: str
    incident: int
    version: int
    since: datetime
    next_at: datetime
    tries: int = 0
    trouble: str = ""


def tried(behind: Behind, trouble: str, now: datetime) -> Behind:
    """After a try that failed: tried again after 1, 2, 4 … seconds, at most a minute."""
    wait = min(LONGEST_WAIT, timedelta(seconds=2 ** min(behind.tries, 6)))
    return replace(behind, tries=behind.tries + 1, next_at=now + wait, trouble=trouble)


def alarms(behind: Behind, now: datetime) -> bool:
    """Whether it has lasted so long that a person must know of it."""
    return now - behind.since >= ALARM_AFTER
