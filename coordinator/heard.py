"""Whether anybody has heard what a notice said, or may have: a call whose answer is lost can have told its person."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from coordinator.act import Act
from incidents.terms import TAKING_BACK
from notifications.notice import Notice

UNDER_WAY = ("calling", "in_doubt")
"""States of a delivery that may have told its person."""


def may_have_told(act: Act, notice: Notice) -> bool:
    """It told somebody, or nobody knows yet whether it did."""
    if not notice.released:
        return False
    counts = act.tx.notices.counts(notice.id)
    return notice.told_somebody or any(n and state in UNDER_WAY for (_, _, state), n in counts.items())


def knows_of(wrong: Collection[int], every: Iterable[Notice]) -> tuple[int, ...]:
    """These notices, with what took back nothing but them: who had a correction alone knows what it corrected."""
    back = (n.id for n in every if n.kind in TAKING_BACK and n.released and set(wrong).issuperset(n.wrong))
    return (*wrong, *back)
