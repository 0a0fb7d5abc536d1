"""Whether anybody has heard what a notice said, or may have: a call whose answer is lost can have told its person."""

from __future__ import annotations

from coordinator.act import Act
from notifications.notice import Notice

UNDER_WAY = ("calling", "in_doubt")
"""States of a delivery that may have told its person."""


def may_have_told(act: Act, notice: Notice) -> bool:
    """It told somebody, or nobody knows yet whether it did."""
    if not notice.released:
        return False
    counts = act.tx.notices.counts(notice.id)
    return notice.told_somebody or any(n and state in UNDER_WAY for (_, _, state), n in counts.items())
