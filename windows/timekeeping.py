"""When clocks may be trusted: the wall against the boot clock, a process against its database, and gaps.

Pure. Source of the figures: docs/windows.md, "The clock itself".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

RECORDED_OVER = timedelta(seconds=2)
"""A disagreement of wall and boot clock over this is recorded."""
AGREES_WITHIN = timedelta(seconds=1)
"""… and over again below this, so that a jitter around the bound does not fill the log."""
PAGED_OVER = timedelta(minutes=10)
"""A disagreement over this is an alarm; it freezes nothing."""
ACTS_WITHIN = timedelta(seconds=1)
"""How far a process may be from its database server's clock to judge, lease and send."""
NOTED_OVER = timedelta(seconds=10)
"""Nobody looked for longer than this: an outage, kept in the log."""
LONG_GAP = timedelta(hours=24)
"""After a longer gap what goes to customers by itself waits for a person."""
PLAUSIBLE_FROM = datetime(2026, 1, 1, tzinfo=UTC)
"""A wall clock before this is wrong: the program did not exist."""


def may_act(offset: timedelta) -> bool:
    """Whether a process that is this far from its database server's clock may judge, lease and send.

    With SQLite all processes share one machine and its boot clock, so the offset is nothing.
    """
    return abs(offset) <= ACTS_WITHIN


def worth_recording(drift: timedelta, recorded: timedelta | None) -> bool:
    """Whether a disagreement is news: it began, passed the bound of an alarm, or changed by half.

    `recorded` is what stands in the log, None when nothing does.
    """
    if recorded is None:
        return abs(drift) > RECORDED_OVER
    if (abs(drift) > PAGED_OVER) != (abs(recorded) > PAGED_OVER):
        return True
    return abs(drift - recorded) > max(RECORDED_OVER, abs(recorded) / 2)


def is_long(gap: timedelta) -> bool:
    """Whether automatic customer sends wait for a person after it."""
    return gap > LONG_GAP
