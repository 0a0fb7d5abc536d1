"""Commands of the people: users, their roles, their keys.

Setting up is the home's owner's: without a key or --as these commands act as the house itself while
the home is a sandbox (where anybody may be anybody) or has no key yet (so that there can be a first one).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from cli.command import Answer, command
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act

ROLES = (
    "viewer",
    "trigger",
    "duty_manager",
    "comms",
    "approver",
    "legal",
    "commander",
    "headquarters",
    "admin",
)
users = click.Group("user", help="The people who may act, and their roles.")
keys = click.Group("key", help="The keys that people and programs act with.")


def register(root: click.Group) -> None:
    root.add_command(users)
    root.add_command(keys)


def _set_up(session: Session) -> None:
    """Let the home's owner set it up before anybody has an identity."""
    from coordinator.act import SYSTEM

    if os.environ.get("TONGBAO_KEY") or session.as_name:
        return
    with session.app.database.transaction() as tx:
        first = tx.meta.get(KEYED) is None
    if session.settings.all_sandbox or first:
        session.act_as(SYSTEM)


KEYED = "has_keys"
"""Durable note that a key was made in this home once."""


@command(
    users,
    "add",
    permission="people",
    mutating=True,
    show="user",
    example="tongbao user add dora --role approver --role legal",
)
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be repeated."
)
def user_add(session: Session, name: str, roles: tuple[str, ...]) -> Answer:
    """Add a person with the roles that say what they may do."""
    _set_up(session)
    return Answer(session.do(_user, _add, name, tuple(dict.fromkeys(roles))))


def _add(act: Act, name: str, roles: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], list[Any]]:
    from incidents.errors import Conflict, Invalid

    if not (name.isprintable() and name == name.strip() and 1 <= len(name) <= 64):
        raise Invalid("a name has 1 to 64 visible characters", field="name", next="tongbao user add NAME")
    if name == "system" or act.tx.people.roles(name) is not None:
        raise Conflict("there is a user {name} already", name=name, field="name", next="tongbao user list")
    act.tx.people.add(name, roles, act.now)
    return (name, roles), []


def _user(_act: Act, found: tuple[str, tuple[str, ...]]) -> Document:
    name, roles = found
    return {"name": name, "roles": list(roles), "next": f"tongbao key create --user {name}"}


@command(users, "list", permission="read", show="users", example="tongbao user list")
def user_list(session: Session) -> Answer:
    """List the people and their roles."""
    found = session.act(lambda act: (act.tx.people.all(), []))
    items = [{"name": name, "roles": list(roles)} for name, roles in found]
    return Answer({"items": items, "next": "tongbao user add NAME --role ROLE"})


@command(
    keys, "create", permission="people", mutating=True, show="key", example="tongbao key create --user dora"
)
@click.option("--user", "name", required=True, help="Whose key it is.")
def key_create(session: Session, name: str) -> Answer:
    """Make a key and show it, this once; only its hash is stored."""
    from incidents.errors import Conflict
    from wiring.app import new_key

    _set_up(session)
    key = new_key()
    following = "keep it now, it is not shown again: export TONGBAO_KEY=…, or the key file of your program"
    document = session.do(lambda _act, user: {"user": user, "next": following}, _give, name, key)
    if not session.done_now:
        raise Conflict(
            "the key of request {id} was shown once and is not stored",
            id=session.request_id,
            field="request_id",
            next="tongbao key revoke --user NAME, then tongbao key create --user NAME",
        )
    return Answer({**document, "key": key})


def _give(act: Act, name: str, key: str) -> tuple[str, list[Any]]:
    from wiring.app import key_digest

    _must_exist(act, name)
    act.tx.people.add_key(name, key_digest(key), act.now)
    act.tx.meta.put(KEYED, "1")
    return name, []


def _must_exist(act: Act, name: str) -> None:
    from incidents.errors import NotFound

    if act.tx.people.roles(name) is None:
        raise NotFound("no user {name}", name=name, field="user", next="tongbao user list")


@command(
    keys,
    "revoke",
    permission="people",
    mutating=True,
    show="revoked",
    example="tongbao key revoke --user dora",
)
@click.option("--user", "name", required=True, help="Whose keys end.")
def key_revoke(session: Session, name: str) -> Answer:
    """End every key of a person at once."""
    _set_up(session)

    def verb(act: Act) -> tuple[int, list[Any]]:
        _must_exist(act, name)
        return act.tx.people.revoke(name, act.now), []

    following = f"tongbao key create --user {name}"
    return Answer(session.do(lambda _act, n: {"user": name, "revoked": n, "next": following}, verb))
