"""What every command shares: its common options, its session, its one document, its exit code.

A command's body gets a session and its own options, and returns an answer; everything else happens here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import click

from cli.session import Document, Session
from cli.words import LANGUAGES

NOBODY: Final = ""
"""The permission of a command that needs none: it reads nothing of the record."""
COMMANDS: dict[click.Command, Terms] = {}
"""Every command with its terms; tests walk it."""


@dataclass(frozen=True)
class Answer:
    """What a command found: its document, the name of its presentation, and its exit code."""

    document: Document | None
    """None when the command has shown what there is to show."""
    show: str = ""
    code: int = 0
    options: dict[str, Any] = field(default_factory=dict)


Body = Callable[..., Answer]


@dataclass(frozen=True)
class Terms:
    """On what terms a command runs: who may, and whether it changes anything."""

    permission: str
    mutating: bool


def command(
    group: click.Group,
    name: str,
    *,
    permission: str,
    example: str,
    show: str = "document",
    mutating: bool = False,
    hidden: bool = False,
) -> Callable[[Body], click.Command]:
    """Register a body as a command of `group`; `show` names its presentation in cli.present."""

    def register(body: Body) -> click.Command:
        def invoke(**given: Any) -> int:
            return _invoke(body, permission, show, given)

        invoke.__doc__ = body.__doc__
        invoke.__name__ = body.__name__
        for option in _common(mutating):
            option(invoke)
        own: list[click.Parameter] = getattr(body, "__click_params__", [])
        invoke.__click_params__ += own  # type: ignore[attr-defined]
        epilog = "\b\nExample:\n  " + example.replace("\n", "\n  ")
        made = group.command(name, epilog=epilog, hidden=hidden)(invoke)
        COMMANDS[made] = Terms(permission, mutating)
        return made

    return register


def _common(mutating: bool) -> list[Callable[[Any], Any]]:
    """The options of every command, last one first: click puts them together from the bottom."""
    request = click.option(
        "--request-id", metavar="ID", help="Do it once: the same id and arguments give the same document."
    )
    return [
        click.option("--lang", type=click.Choice(LANGUAGES), help="Language of what is shown."),
        click.option("--as", "as_name", metavar="NAME", help="Act as NAME; only on the sandbox."),
        click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, errors included."),
        *([request] if mutating else []),
    ]


def _invoke(body: Body, permission: str, show: str, given: dict[str, Any]) -> int:
    session = _session(permission, given)
    _must_be_own_words(session.arguments)
    try:
        answer = body(session, **given)
        if answer.document is not None:
            session.present(answer.document, answer.show or show, answer.options)
        return answer.code
    finally:
        session.close()


def _must_be_own_words(given: dict[str, Any]) -> None:
    """A printed command that was run unchanged says nothing; Invalid names the option."""
    texts = [(n, one) for n, v in given.items() for one in (v if isinstance(v, tuple) else (v,))]
    for name, text in texts:
        if isinstance(text, str) and ("…" in text or "..." in text):
            from incidents.placeholder import must_be_own

            must_be_own(text, _as_typed(name))


def _as_typed(name: str) -> str:
    """A parameter as people type it: the longest spelling of its option, without dashes."""
    params = {one.name: one for one in click.get_current_context().command.params}
    return typed(params.get(name)) or name


def typed(param: click.Parameter | None) -> str | None:
    """A parameter as people type it: the longest spelling of its option, without dashes."""
    if param is None:
        return None
    spelt = max(param.opts, key=len, default="").lstrip("-").replace("-", "_")
    return spelt if isinstance(param, click.Option) else param.name


def _session(permission: str, given: dict[str, Any]) -> Session:
    """Take the common options out of what was given; the command's own win over the program's."""
    context = click.get_current_context()
    outer = context.find_root().params
    common = {name: given.pop(name, None) for name in ("lang", "as_name", "as_json", "request_id")}
    session = Session(
        command=context.command_path.partition(" ")[2],
        arguments=dict(given),
        permission=permission,
        config=outer.get("config"),
        language=common["lang"] or outer.get("lang"),
        as_name=common["as_name"] or outer.get("as_name") or "",
        as_json=bool(common["as_json"] or outer.get("as_json")),
        request_id=common["request_id"] or "",
    )
    context.obj = session
    return session
