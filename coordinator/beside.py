"""What the record can say beside a verdict: sizes, instants, receipts, drain times, the onset's view. Reads only.

Counts come from the notices' counters and instants from the timeline, so that no delivery is walked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from coordinator import standing
from coordinator.act import Act
from coordinator.views import TAKEN, iso
from incidents.chain import Entry
from incidents.terms import DIRECT, OF_CUSTOMERS, Kind
from notifications.notice import Notice
from notifications.states import State
from windows.beside import ENOUGH_PERCENT, Beside, by_onset
from windows.moves import of_their_own
from windows.window import Window

FINAL_WORDS = (State.DELIVERED, State.UNDELIVERED)
"""What receipts say of a message."""
ANSWERS = (State.ACCEPTED, State.FAILED, State.UNCONFIRMED)
"""Outcomes that answer somebody, where no receipt came before our own answer."""


def of_window(act: Act, window: Window) -> Beside:
    """What stands beside this window's verdict; of the house's own duties and reports only the onset's view."""
    incident = act.tx.incidents.by_id(window.incident)
    onset = by_onset(window, incident.onset_at, act.now)
    if window.audience not in OF_CUSTOMERS:
        return Beside(by_onset=onset)
    notices = _telling(act, window)
    first, last = _instants(_batches(act, notices, window.told_at))
    taken, delivered, undelivered = _receipts(act, notices)
    affected, audience = incident.affected, _audience(act, window)
    return Beside(
        audience=audience,
        affected=affected.count if affected and audience is not None else None,
        first_accepted_at=first,
        all_answered_at=last if window.coverage.audience and not window.coverage.missing else None,
        accepted=sum(n for channel, n in taken.items() if delivered[channel] or undelivered[channel]),
        delivered=sum(delivered.values()),
        undelivered=sum(undelivered.values()),
        drains={c: act.house.lane(c).drain for c, n in taken.items() if n and act.house.lane(c).drain},
        by_onset=onset,
    )


def document(found: Beside) -> dict[str, Any]:
    """The same as JSON; spans are seconds."""
    onset = found.by_onset
    return {
        "audience": found.audience,
        "affected": found.affected,
        "audience_percent": found.audience_percent,
        "needs_reason": found.needs_reason,
        "enough_percent": ENOUGH_PERCENT,
        "first_accepted_at": iso(found.first_accepted_at),
        "all_answered_at": iso(found.all_answered_at),
        "accepted": found.accepted,
        "delivered": found.delivered,
        "undelivered": found.undelivered,
        "delivered_ratio": found.delivered_ratio,
        "drain_seconds": {name: int(span.total_seconds()) for name, span in sorted(found.drains.items())},
        "by_onset": onset
        and {
            "onset_at": iso(onset.onset_at),
            "due_at": iso(onset.due_at),
            "state": onset.state,
            "seconds_late": onset.seconds_late,
        },
    }


def _audience(act: Act, window: Window) -> int | None:
    """How many the first notice is for, with those who joined later; None before a notice has frozen them, and for
    what is owed to a part of them or to those who were told."""
    if (
        window.kind != Kind.FIRST_NOTICE
        or not window.coverage.audience
        or of_their_own(window)
        or window.of_one
    ):
        return None
    joined = (w for w in act.tx.windows.of_incident(window.incident) if w.kind == window.kind)
    return window.coverage.audience + sum(w.coverage.audience for w in joined if of_their_own(w))


def _telling(act: Act, window: Window) -> list[Notice]:
    """The released notices that tell this window, or have told it; what was released after that is another matter."""
    notices = act.tx.notices.of_incident(window.incident)
    fitting = [n for n in notices if standing.fits(act, window, n, notices)]
    every = [*fitting, *standing.of_duplicates(act, window, fitting)]
    until = window.told_at or act.now
    return [n for n in every if n.released_at is not None and n.released_at <= until]


def _batches(act: Act, notices: Sequence[Notice], until: datetime | None) -> Iterator[Entry]:
    """What was settled of these notices, as each timeline has it, oldest first."""
    mine = {notice.id for notice in notices}
    for incident in dict.fromkeys(notice.incident for notice in notices):
        settled = (entry for entry in act.tx.incidents.entries(incident) if entry.kind == "batch_settled")
        yield from (e for e in settled if e.data["notice"] in mine and (until is None or e.at <= until))


def _instants(batches: Iterable[Entry]) -> tuple[datetime | None, datetime | None]:
    """When a provider first took a message, and when the last one was answered.

    A receipt follows its answer, so it answers nobody; only where receipts were all that came do they count.
    """
    taken, answered, said = [], [], []
    for entry in batches:
        states = {State(key.split(":")[1]) for key in entry.data["outcomes"] if key.split(":")[0] in DIRECT}
        taken += [entry.at] if states & set(TAKEN) else []
        answered += [entry.at] if states & set(ANSWERS) else []
        said += [entry.at] if states & set(FINAL_WORDS) else []
    return min(taken, default=None), max(answered or said, default=None)


def _receipts(act: Act, notices: Sequence[Notice]) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """channel -> messages that a provider took, that are known to be delivered, and known not to be."""
    taken, delivered, undelivered = ({channel.value: 0 for channel in DIRECT} for _ in range(3))
    for notice in notices:
        for (channel, _, state), n in act.tx.notices.counts(notice.id).items():
            if channel in DIRECT:
                taken[channel] += n if state in TAKEN else 0
                delivered[channel] += n if state == State.DELIVERED else 0
                undelivered[channel] += n if state == State.UNDELIVERED else 0
    return taken, delivered, undelivered
