"""What stands before a notice in its senders' lines: other notices' messages that leave first. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import inf

from coordinator import holds
from coordinator.act import Act
from coordinator.flow import GOING
from incidents.incident import Incident
from incidents.terms import DIRECT, Channel
from notifications.notice import Notice, overtakes
from notifications.states import State

WAITING = (State.PLANNED, State.CLAIMED)


def ahead(
    act: Act, incident: Incident, notice: Notice | None, holding: bool = False
) -> Mapping[str, timedelta]:
    """Channel -> how long its sender is busy with what leaves before this notice, as the lanes claim: the highest
    level first, then the oldest. One that is not written yet comes last of its level; without a rate there is no line.
    What the release of a person's notice ends is not before it; a `holding` notice ends nothing."""
    paced = [channel for channel in DIRECT if act.house.lane(channel).rate]
    if not paced:
        return {}
    written = notice is not None and notice.submitted_at is not None
    place = (notice.level if notice and written else incident.level, notice.id if notice else inf)
    held = holds.standing(act)
    before = [
        other
        for other in act.tx.notices.busy(incident.exercise)
        if (other.level, other.id) < place
        and other.state in GOING
        and holds.holding(other, held) is None
        and (holding or not _gives_way(other, incident, notice))
    ]
    seconds = dict.fromkeys(paced, 0.0)
    for other in before:
        counts, parts = act.tx.notices.counts(other.id), parts_of(act, other)
        for (channel, _, state), n in counts.items():
            if channel in seconds and state in WAITING:
                each = parts if channel == Channel.SMS else 1
                seconds[Channel(channel)] += n * each / act.house.lane(channel).rate
    return {channel.value: timedelta(seconds=n) for channel, n in seconds.items()}


def _gives_way(other: Notice, incident: Incident, notice: Notice | None) -> bool:
    """Whether a person's notice of this incident ends the other when it is released, or holds it back."""
    if other.incident != incident.id:
        return False
    return other.holding or (notice is not None and overtakes(notice, other))


def parts_of(act: Act, notice: Notice) -> int:
    """SMS parts of its longest text, as its lane counts them."""
    return max(act.tx.notices.parts(notice.id).values(), default=1) or 1
