"""Commands of the sandbox: serve, stop, ledger, dial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.command import NOBODY, Answer, command
from cli.session import Session

if TYPE_CHECKING:
    from sandbox.client import Sandbox

CALM = "calm"
group = click.Group("sandbox", help="The providers to play with; nothing leaves this machine.")


def register(root: click.Group) -> None:
    root.add_command(group)


def _sandbox(session: Session) -> Sandbox:
    from sandbox.client import Sandbox

    return Sandbox(session.home)


@command(group, "serve", permission=NOBODY, show="served", example="tongbao sandbox serve --port 8090")
@click.option("--port", type=int, help="Pages, ledger and dial; as last time when left out.")
@click.option("--twilio-port", type=int, help="The SMS provider; as last time when left out.")
@click.option("--smtp-port", type=int, help="Mail; as last time when left out.")
@click.option("--idle-minutes", type=float, help="Ends itself when unused so long; 60 when left out.")
def serve(session: Session, **ports: float | None) -> Answer:
    """Start the sandbox in the background, as a process of its own; harmless when it runs."""
    options: list[str] = []
    for name, value in ports.items():
        if value is not None:
            options += [f"--{name.replace('_', '-')}", f"{value:g}"]
    address = _sandbox(session).start(10, *options)
    shown = {name: address[name] for name in ("http", "twilio", "smtp_host", "smtp_port", "pid")}
    return Answer({**shown, "next": "tongbao sandbox ledger"})


@command(group, "stop", permission=NOBODY, show="stopped", example="tongbao sandbox stop")
def stop(session: Session) -> Answer:
    """End the sandbox of this home."""
    return Answer({"stopped": _sandbox(session).stop(), "next": "tongbao sandbox serve"})


@command(
    group, "ledger", permission=NOBODY, show="ledger", example="tongbao sandbox ledger --channel sms --json"
)
@click.option("--channel", help="Only this channel: sms, email, chat, voice.")
@click.option("--to", help="Only this recipient.")
@click.option("--limit", type=int, help="At most so many.")
def ledger(session: Session, **filters: Any) -> Answer:
    """List what the providers were given, oldest first."""
    from sandbox.client import SandboxError

    sandbox = _sandbox(session)
    try:
        sandbox.start()
        items = sandbox.ledger(**{name: value for name, value in filters.items() if value is not None})
    except SandboxError as error:
        raise _unavailable(error) from error
    if not session.as_json:
        session.app  # noqa: B018 - its house knows the zone in which people read times
    return Answer({"items": items, "next": _after(items)})


def _after(items: list[dict[str, Any]]) -> str:
    """The notice of the newest message, as our own record has it; what is due when there is none."""
    notices = [str(item["notice"]) for item in items if str(item.get("notice") or "0") != "0"]
    return f"tongbao notice status {notices[-1]}" if notices else "tongbao next"


def _unavailable(error: Exception) -> Exception:
    from incidents.errors import Unavailable

    return Unavailable("{error}", error=error, field="sandbox", next="tongbao sandbox serve")


@command(
    group,
    "dial",
    permission=NOBODY,
    show="dials",
    example="tongbao sandbox dial twilio down=1\ntongbao sandbox dial twilio rate=5 lose_answer=0.2\n"
    "tongbao sandbox dial twilio answers=acknowledges\ntongbao sandbox dial calm",
)
@click.argument("provider", metavar="PROVIDER|calm")
@click.argument("faults", nargs=-1, metavar="FAULT=VALUE…")
def dial(session: Session, provider: str, faults: tuple[str, ...]) -> Answer:
    """Set the faults of a provider (twilio, smtp, slack, web), take them all away (calm), or show them."""
    wanted = {} if provider == CALM else _wanted(provider, faults)
    sandbox = _sandbox(session)
    sandbox.start()
    if provider == CALM or faults == (CALM,):
        sandbox.calm()
    elif wanted:
        sandbox.dial(provider, **wanted)
    return Answer({**sandbox.dials(), "next": "tongbao sandbox dial calm"})


def _wanted(provider: str, faults: tuple[str, ...]) -> dict[str, str]:
    """The faults as given; Invalid names the one that the dial does not know."""
    from incidents.errors import Invalid
    from sandbox.dial import DialError, check

    pairs = [] if faults == (CALM,) else [fault.partition("=") for fault in faults]
    for name, equals, _ in pairs:
        if not equals:
            raise Invalid("{fault} has no value", fault=name[:40], field="fault", next="write it as down=1")
    wanted = {name: value for name, _, value in pairs}
    try:
        check(provider, wanted)
    except DialError as error:
        raise Invalid(
            "{error}", error=error, field=error.field, next="tongbao sandbox dial --help"
        ) from error
    return wanted
