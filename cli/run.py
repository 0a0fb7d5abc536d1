"""Commands that make the house move: run (everything in one process), web, worker, and tick."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.command import NOBODY, Answer, command
from cli.session import Document, Session
from cli.words import LANGUAGES

if TYPE_CHECKING:
    from coordinator.act import Act
    from incidents.effects import Effect
    from web.serve import Server
    from wiring.app import App
    from wiring.settings import Settings

SERVER = "server.json"
OPEN_SECONDS = 60.0
LAST_GOOD = "last-good-settings.json"
LAST_GOOD_ROUTING = "last-good-routing.yaml"
"""The routing rules that worked, beside the settings that name them: their own file may be the bad one."""
LAST_GOOD_LEVELS = "last-good-levels.yaml"
"""The thresholds that worked, for the same reason."""
group = click.Group()


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@command(group, "tick", permission=NOBODY, show="ticked", example="tongbao tick --max-seconds 50")
@click.option(
    "--max-seconds", type=click.FloatRange(min=0), default=50.0, show_default=True, help="At most so long."
)
def tick(session: Session, max_seconds: float) -> Answer:
    """Work until nothing is due: clocks, drafts, deliveries, receipts; for cron.

    With --json, and where its output is no terminal, it prints {"left": n}.
    """
    from wiring.proofs import keep_checkpoint
    from worker.pump import drain

    _compare(session)
    left = drain(session.app, max_seconds)
    keep_checkpoint(session.app)
    if not session.as_json and sys.stdout.isatty():
        return Answer({"left": left, "next": "tongbao tick" if left else "tongbao board"})
    session.as_json = True
    return Answer({"left": left})


@command(group, "run", permission=NOBODY, show="running", example="tongbao run --port 8080")
@click.option("--host", help="Address to listen on; the configuration's when left out.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
def run(session: Session, host: str | None, port: int | None) -> Answer:
    """Run everything in one process: web, clocks, delivery; Ctrl-C or SIGTERM ends it cleanly."""
    from worker.engine import Engine

    _prepare(session)
    ended = _signals()
    server, url = _listening(session, host, port)
    engine = Engine(session.app)
    try:
        engine.start()
        _until(session, ended, _running(session, url), "running")
    finally:
        (session.home / SERVER).unlink(missing_ok=True)
        server.stop()
        engine.stop()
    return Answer(None)


@command(group, "web", permission=NOBODY, show="running", example="tongbao web --port 8080")
@click.option("--host", help="Address to listen on; the configuration's when left out.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
def web(session: Session, host: str | None, port: int | None) -> Answer:
    """Run the web alone: triggers and providers' callbacks are kept, whichever process works them off.

    Beside it run `tongbao clock` and `tongbao worker`.
    """
    _prepare(session)
    ended = _signals()
    server, url = _listening(session, host, port)
    try:
        _until(session, ended, _running(session, url), "running")
    finally:
        (session.home / SERVER).unlink(missing_ok=True)
        server.stop()
    return Answer(None)


@command(group, "worker", permission=NOBODY, show="turning", example="tongbao worker")
def worker(session: Session) -> Answer:
    """Run the delivery alone: pages, SMS, e-mail, receipts; any number of workers share one home."""
    from worker.engine import DELIVERY

    return turn(session, (DELIVERY,))


def turn(session: Session, parts: tuple[str, ...]) -> Answer:
    """Run these parts of the engine until somebody asks for the end."""
    from worker.engine import Engine

    _prepare(session)
    ended = _signals()
    engine = Engine(session.app, parts)
    try:
        engine.start()
        _until(session, ended, {"parts": list(parts), "next": "tongbao board"}, "turning")
    finally:
        engine.stop()
    return Answer(None)


def _listening(session: Session, host: str | None, port: int | None) -> tuple[Server, str]:
    """The server, answering, and its address, which is noted for whoever makes callback addresses."""
    from web.serve import Server

    settings = session.settings
    server = Server(session.app, host or settings.server.host, settings.server.port if port is None else port)
    url = f"http://{_reachable(server.host)}:{server.start()}"
    note = json.dumps({"url": url, "pid": os.getpid()})
    (session.home / SERVER).write_text(note, encoding="utf-8")
    return server, url


def _running(session: Session, url: str) -> Document:
    return {"url": url, "sandbox": session.settings.all_sandbox, "next": "tongbao board"}


def _until(session: Session, ended: threading.Event, said: Document, show: str) -> None:
    """Settings that got so far are good ones: keep them, say that it runs, and wait for the end."""
    _remember(session.settings, session.home / LAST_GOOD)
    session.present(said, show, {})
    sys.stdout.flush()
    # A signal that another thread took wakes nobody who waits without end: its handler runs at the next turn here.
    while not ended.wait(1.0):
        pass


def _compare(session: Session) -> None:
    """A tick looks at the wall clock too."""
    from coordinator import clock

    session.app.coordinator.system(clock.compare, session.app.clock.drift())


def _page_settings(_act: Act, words: dict[str, str]) -> tuple[None, list[Effect]]:
    """People on duty hear that the last good settings are in force."""
    from incidents.effects import PageStaff

    data = {"words": words}
    return None, [PageStaff("settings", "trouble", "duty_manager", data=data)]


def _prepare(session: Session) -> None:
    """Refuse a standing clock; take the last good settings when the file is bad, and page people: the clocks must
    run."""
    wrong = _examine(session)
    _open(session)
    if wrong:
        session.app.coordinator.system(_page_settings, wrong)


def _open(session: Session) -> App:
    """Open the home. A database that others keep busy just now is tried again for a minute: the clocks must run."""
    from incidents.errors import Unavailable

    end = time.monotonic() + OPEN_SECONDS
    while True:
        try:
            return session.app
        except Unavailable as error:
            if error.field != "database" or time.monotonic() >= end:
                raise


def _examine(session: Session) -> dict[str, str]:
    """What is wrong with the settings, by language; empty when nothing is. The last good ones are taken then."""
    from incidents.errors import Invalid

    session.starting = True
    _log_as_json()

    if os.environ.get("TONGBAO_NOW"):
        raise Invalid("TONGBAO_NOW is for one-shot commands", field="TONGBAO_NOW", next="unset TONGBAO_NOW")
    from wiring.app import examined

    try:
        examined(session.settings)
    except Invalid as problem:
        kept = session.home / LAST_GOOD
        if not kept.exists():
            raise
        from cli.words import of_error
        from wiring.settings import Settings

        session.use(Settings.model_validate_json(kept.read_text(encoding="utf-8")))
        said, following = of_error(problem, session.lang)
        session.screen.warn("THE CONFIGURATION IS WRONG: {problem}", problem=said)
        session.screen.warn("the last good settings stay in force; mend the file and start again")
        if following:
            session.screen.warn("→ {command}", command=following)
        return {language: of_error(problem, language)[0] for language in LANGUAGES}
    return {}


def _remember(settings: Settings, file: Path) -> None:
    """Keep settings that worked, secrets and routing rules included, for their owner's eyes only."""
    if settings.routing_file:
        from wiring.app import routing_text

        routing = file.with_name(LAST_GOOD_ROUTING)
        _keep(routing, routing_text(settings))
        settings = settings.model_copy(update={"routing_file": str(routing)})
    if settings.levels.file:
        from wiring.app import levels_text

        levels = file.with_name(LAST_GOOD_LEVELS)
        _keep(levels, levels_text(settings))
        settings = settings.model_copy(
            update={"levels": settings.levels.model_copy(update={"file": str(levels)})}
        )
    _keep(file, json.dumps(_plain(settings.model_dump()), ensure_ascii=False))


def _keep(file: Path, text: str) -> None:
    """Write it whole or not at all."""
    handle = os.open(file.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as kept:
        kept.write(text)
    file.with_suffix(".new").replace(file)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    reveal = getattr(value, "get_secret_value", None)
    return reveal() if reveal else value


def _reachable(host: str) -> str:
    """An address by which this machine reaches a server that listens on `host`."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _signals() -> threading.Event:
    """Set when somebody asks for the end."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return ended


def _log_as_json() -> None:
    """One JSON object per line on stderr: no line can be injected."""
    import logging

    class Line(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            said = {"level": record.levelname, "logger": record.name, "message": record.getMessage()}
            if record.exc_info:
                said["trace"] = self.formatException(record.exc_info)
            return json.dumps(said, ensure_ascii=False)

    handler = logging.StreamHandler()
    handler.setFormatter(Line())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
