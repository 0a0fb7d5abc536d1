"""Who may do what: one table, default deny (S1). A verb without an entry cannot be called."""

from __future__ import annotations

from coordinator.act import Actor
from incidents.errors import NotAllowed
from incidents.terms import Role

_ANY = frozenset(Role)
_DUTY = frozenset({Role.DUTY_MANAGER, Role.COMMANDER, Role.HEADQUARTERS, Role.ADMIN})
_WORDS = _DUTY | {Role.COMMS}
_APPROVE = frozenset(
    {Role.APPROVER, Role.LEGAL, Role.COMMANDER, Role.HEADQUARTERS, Role.COMMS, Role.DUTY_MANAGER}
)
_SYSTEM = frozenset({Role.ADMIN})

PERMISSIONS: dict[str, frozenset[Role]] = {
    "open": _DUTY,
    "confirm": _DUTY,
    "level": _DUTY,
    "update": _DUTY,
    "override_awareness": frozenset({Role.COMMANDER, Role.HEADQUARTERS}),
    "log": _WORDS,
    "restored": _DUTY,
    "resolve": _DUTY,
    "close": _DUTY,
    "reopen": _DUTY,
    "false_alarm": _DUTY,
    "reject": _DUTY,
    "merge": _DUTY,
    "split": _DUTY,
    "waive": _DUTY,
    "end_duty": _DUTY,
    "undo": _DUTY,
    "drill": _DUTY,
    "planned": _DUTY,
    "draft": _WORDS,
    "take_back": _WORDS,
    "submit": _WORDS,
    "approve": _APPROVE,
    "report": _WORDS,
    "proof": _WORDS | {Role.LEGAL},
    "handover": _DUTY,
    "look_up": _WORDS | {Role.LEGAL},
    "template": _WORDS,
    "approve_template": _APPROVE,
    "clock": _DUTY,
    "stop": _WORDS | {Role.APPROVER},
    "fulfil": _DUTY,
    "regime": frozenset({Role.LEGAL, Role.COMMANDER, Role.HEADQUARTERS, Role.ADMIN}),
    "apply_regime": _DUTY | {Role.LEGAL},
    "supervise": _DUTY,
    "nudge": _WORDS | {Role.LEGAL, Role.APPROVER},
    "task": _WORDS | {Role.LEGAL},
    "page": _WORDS | {Role.LEGAL, Role.APPROVER},
    "trigger": _DUTY | {Role.TRIGGER},
    "directory": frozenset({Role.DUTY_MANAGER, Role.ADMIN, Role.HEADQUARTERS}),
    "people": frozenset({Role.ADMIN, Role.HEADQUARTERS}),
    "read": _ANY - {Role.TRIGGER},
    "system": _SYSTEM,
}


def check(act: str, actor: Actor) -> None:
    """Return if `actor` may `act`; NotAllowed says which roles may."""
    allowed = PERMISSIONS[act]
    if not allowed & {Role(role) for role in actor.roles}:
        raise NotAllowed(
            "{name} may not do this ({permission})",
            name=actor.name,
            permission=act,
            field="user",
            next=("roles that may: {roles}", {"roles": tuple(sorted(allowed))}),
        )
