"""Which acts move an incident from which status to which, as a table. Pure."""

from __future__ import annotations

from incidents.errors import Conflict, Sentence
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


COMMANDS = {"restored": "restored", "restored_partly": "restored --partial", "false_alarm": "false-alarm"}
"""How an act is typed, where it is not by its own name."""


def after(act: str, status: Status, reference: str) -> Status:
    """The status that `act` leads to from `status`; Conflict when the table has no such move."""
    try:
        return MOVES[act][status]
    except KeyError:
        raise Conflict(
            "{ref} is “{status}”: tongbao {command} is not possible",
            ref=reference,
            command=_typed(act),
            status=status,
            field="status",
            next=_instead(status, reference),
        ) from None


def _typed(act: str) -> str:
    return COMMANDS.get(act, act)


def _instead(status: Status, reference: str) -> Sentence:
    """What can be done now; what ended by a word can be taken back within its time, and later be opened anew."""
    possible = tuple(f"tongbao {_typed(name)}" for name, moves in MOVES.items() if status in moves)
    if possible:
        return "possible now for {ref}: {commands}", {"ref": reference, "commands": possible}
    values: dict[str, object] = {"ref": reference}
    if status in (Status.FALSE_ALARM, Status.REJECTED):
        return "within 5 minutes: tongbao undo {ref}; later open a new one: tongbao open", values
    return "it has ended: tongbao show {ref}", values
