"""Which acts move an incident from which status to which, as a table. Pure."""

from __future__ import annotations

from incidents.errors import Conflict
from incidents.terms import Status

OPEN = (
    Status.PENDING_CONFIRMATION,
    Status.OPEN,
    Status.RESPONDING,
    Status.PARTIALLY_RESTORED,
    Status.RESTORED,
)
"""Statuses in which customers are still waiting for the end."""

MOVES: dict[str, dict[Status, Status]] = {
    "confirm": {Status.PENDING_CONFIRMATION: Status.RESPONDING, Status.OPEN: Status.RESPONDING},
    "restored_partly": {
        Status.PENDING_CONFIRMATION: Status.PARTIALLY_RESTORED,
        Status.OPEN: Status.PARTIALLY_RESTORED,
        Status.RESPONDING: Status.PARTIALLY_RESTORED,
    },
    "restored": {
        Status.PENDING_CONFIRMATION: Status.RESTORED,
        Status.OPEN: Status.RESTORED,
        Status.RESPONDING: Status.RESTORED,
        Status.PARTIALLY_RESTORED: Status.RESTORED,
    },
    "resolve": dict.fromkeys(OPEN, Status.RESOLVED),
    "close": {Status.RESOLVED: Status.CLOSED},
    "reopen": dict.fromkeys(
        (Status.PARTIALLY_RESTORED, Status.RESTORED, Status.RESOLVED, Status.CLOSED), Status.RESPONDING
    ),
    "merge": dict.fromkeys(OPEN, Status.MERGED),
    "reject": {Status.PENDING_CONFIRMATION: Status.REJECTED},
    "false_alarm": dict.fromkeys((*OPEN, Status.RESOLVED), Status.FALSE_ALARM),
}


WORDS = {"restored": "restore", "restored_partly": "partly restore", "false_alarm": "call a false alarm of"}
"""How an act is called in a sentence, where its name will not do."""


def after(act: str, status: Status) -> Status:
    """The status that `act` leads to from `status`; Conflict when the table has no such move."""
    try:
        return MOVES[act][status]
    except KeyError:
        possible = [name for name, moves in MOVES.items() if status in moves]
        raise Conflict(
            "cannot {act} an incident that is {status}",
            act=WORDS.get(act, act),
            status=status,
            field="status",
            next="possible now: " + (", ".join(possible) or "nothing, it has ended"),
        ) from None
