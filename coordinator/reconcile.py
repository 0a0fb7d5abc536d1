"""A restored record against the providers: whatever may have left since the backup is asked for before it is sent.

On top of the verbs: it settles deliveries. Sends nothing; `tongbao clock accept` lets go what never arrived.
"""

from __future__ import annotations

from dataclasses import replace

from coordinator.act import Act
from coordinator.delivery import write
from coordinator.failpoints import fp
from coordinator.release import expand
from incidents.effects import Effect
from incidents.operation import RESTORED, Operation
from notifications.delivery import RESENDS, Delivery, doubted
from notifications.notice import Notice

SLICE = 500
WHY = "the record was restored"


def reconcile(act: Act, limit: int = SLICE) -> tuple[int, list[Effect]]:
    """One slice: unsent deliveries of before the hold go into doubt, and the look-ups do the rest.

    Returns how much was done; 0 when everything has been asked about, or nothing is on hold.
    """
    held = next(iter(act.tx.operations.standing(RESTORED)), None)
    if held is None or held.data.get("asked"):
        return 0, []
    old = [n for n in act.tx.notices.busy() if n.released_at is not None and n.released_at <= held.at]
    for notice in old:
        if not notice.expanded:
            expand(act, notice, limit)
            return 1, []
    for notice in old:
        rows = act.tx.deliveries.unsent_after(notice.id, _cursor(held, notice), limit)
        if rows:
            cursors = {**held.data.get("cursors", {}), str(notice.id): rows[-1].id}
            act.tx.operations.refresh(held, {**held.data, "cursors": cursors})
            effects = write(act, notice, [(row, _asked_first(act, row)) for row in rows])
            fp("reconcile.before_commit")
            return len(rows), effects
    act.tx.operations.refresh(held, {**held.data, "asked": True})
    return 1, []


def _cursor(held: Operation, notice: Notice) -> int:
    return int(held.data.get("cursors", {}).get(str(notice.id), 0))


def _asked_first(act: Act, row: Delivery) -> Delivery:
    """In doubt, with its one re-send spent: it may have been made in the time that the record has lost."""
    can_look_up = act.house.lane(row.channel).can_look_up
    return replace(doubted(row, WHY, can_look_up, act.now), resends=RESENDS, epoch=row.epoch)
