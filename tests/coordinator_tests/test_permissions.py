"""Who may do what: every role against every permission, default deny (S1)."""

from __future__ import annotations

import pytest

from coordinator.act import Actor
from coordinator.permissions import PERMISSIONS, check
from incidents.errors import NotAllowed
from incidents.terms import Role

COLUMNS = [
    "viewer",
    "trigger",
    "duty_manager",
    "comms",
    "approver",
    "legal",
    "commander",
    "headquarters",
    "admin",
]
TABLE = {
    #             v t d c a l m h A
    "open": "     . . x . . . x x x",
    "drill": "    . . x . . . x x x",
    "planned": "  . . x . . . x x x",
    "confirm": "  . . x . . . x x x",
    "level": "    . . x . . . x x x",
    "update": "   . . x . . . x x x",
    "log": "      . . x x . . x x x",
    "restored": " . . x . . . x x x",
    "resolve": "  . . x . . . x x x",
    "close": "    . . x . . . x x x",
    "reopen": "   . . x . . . x x x",
    "false_alarm": " . . x . . . x x x",
    "reject": "   . . x . . . x x x",
    "merge": "    . . x . . . x x x",
    "split": "    . . x . . . x x x",
    "waive": "    . . x . . . x x x",
    "end_duty": " . . x . . . x x x",
    "override_awareness": " . . . . . . x x .",
    "draft": "    . . x x . . x x x",
    "submit": "   . . x x . . x x x",
    "take_back": ". . x x . . x x x",
    "undo": "     . . x . . . x x x",
    "approve": "  . . x x x x x x .",
    "report": "   . . x x . . x x x",
    "proof": "    . . x x . x x x x",
    "handover": " . . x . . . x x x",
    "look_up": "  . . x x . x x x x",
    "template": "  . . x x . . x x x",
    "approve_template": " . . x x x x x x .",
    "clock": "    . . x . . . x x x",
    "stop": "     . . x x x . x x x",
    "fulfil": "   . . x . . . x x x",
    "regime": "   . . . . . x x x x",
    "apply_regime": " . . x . . x x x x",
    "supervise": "  . . x . . . x x x",
    "nudge": "    . . x x x x x x x",
    "task": "     . . x x . x x x x",
    "page": "     . . x x x x x x x",
    "trigger": "  . x x . . . x x x",
    "directory": ". . x . . . . x x",
    "people": "   . . . . . . . x x",
    "read": "     x . x x x x x x x",
    "system": "   . . . . . . . . x",
}
"""Copied by hand from the law; a new permission or role has to be decided here too."""


@pytest.mark.parametrize("permission", TABLE)
@pytest.mark.parametrize("role", COLUMNS)
def test_every_role_against_every_permission(role: str, permission: str):
    """The table says who may; everybody else is NotAllowed and told who may (S1)."""
    actor = Actor("somebody", (role,))
    if TABLE[permission].split()[COLUMNS.index(role)] == "x":
        check(permission, actor)
    else:
        with pytest.raises(NotAllowed, match="somebody may not"):
            check(permission, actor)


def test_the_table_is_whole():
    """No permission and no role is left undecided."""
    assert set(TABLE) == set(PERMISSIONS)
    assert COLUMNS == [role.value for role in Role]


@pytest.mark.parametrize("permission", TABLE)
def test_nobody_without_a_role_may_anything(permission: str):
    """Default deny (S1)."""
    with pytest.raises(NotAllowed):
        check(permission, Actor("nobody"))


def test_an_unknown_permission_cannot_be_asked_for():
    """A verb without an entry cannot be called, not even by admin (S1)."""
    with pytest.raises(KeyError):
        check("abolish", Actor("root", ("admin",)))


def test_roles_add_up():
    """Who has two roles may what either may."""
    assert check("approve", Actor("both", ("viewer", "legal"))) is None
    with pytest.raises(NotAllowed):
        check("approve", Actor("one", ("viewer",)))
