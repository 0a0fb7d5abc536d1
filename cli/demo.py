"""`tongbao demo`: a real outage from alarm to report on the sandbox, beside what the operator really did."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.replaying import span

if TYPE_CHECKING:
    from coordinator.act import Act, Actor
    from incidents.effects import Effect
    from sandbox.client import Sandbox
    from sandbox.replay import Case, Place
    from windows.window import Window
    from wiring.app import App
    from wiring.clock import ManualClock
    from wiring.settings import Settings

MARK = ".demo"
"""The file that says that a folder is a demo's and may be replaced."""
MOST_CUSTOMERS = 200_000
BATCH = 2000


@click.command("demo", epilog="\b\nExample:\n  tongbao demo optus-2023-11-08 --customers 1000")
@click.argument("case", default="optus-2023-11-08")
@click.option("--customers", type=click.IntRange(1, MOST_CUSTOMERS), default=1000, show_default=True)
@click.option(
    "--speed", type=click.FloatRange(0), default=0.0, help="Virtual seconds per second; 0: at once."
)
@click.option(
    "--lang", type=click.Choice(["zh-CN", "en"]), default="en", help="Language of the report shown."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def demo(case: str, customers: int, speed: float, lang: str, as_json: bool) -> int:
    """Replay a real outage end to end on the sandbox, with a live board.

    CASE is an id, or a file in the same form. Everything stays in $TONGBAO_HOME/demo to look at.
    """
    from incidents.errors import Invalid
    from sandbox.replay import load

    try:
        found = load(case)
    except ValueError as error:
        raise Invalid("{why}", why=error, field="case", next="tongbao demo --help") from error
    stage = Stage.set_up(found, customers, _say(as_json))
    try:
        document = stage.play(speed)
    finally:
        stage.close()
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        stage.show(document, lang)
    return 0


def _say(as_json: bool) -> Any:
    return lambda line: click.echo(line, err=as_json)


@dataclass
class Stage:
    """The house that a case is played in: a fresh home, its sandbox, its server, its customers."""

    case: Case
    place: Place
    home: Path
    app: App
    clock: ManualClock
    sandbox: Sandbox
    echo: Any

    @classmethod
    def set_up(cls, case: Case, customers: int, echo: Any) -> Stage:
        from sandbox.client import Sandbox
        from sandbox.replay import aware
        from wiring.app import build
        from wiring.clock import ManualClock
        from wiring.settings import home_folder

        place = case.place
        home = _fresh(home_folder() / "demo" / case.id)
        sandbox = Sandbox(home)
        sandbox.start()
        known = aware(case)
        clock = ManualClock(known.at - timedelta(minutes=5))
        app = build(_settings(place), home, clock)
        stage = cls(case, place, home, app, clock, sandbox, echo)
        echo("SANDBOX: nothing leaves this machine.")
        echo(f"{case.name}: known to the operator at {stage.local(known.at)}" + " (assumed)" * known.assumed)
        echo(f"{stage.import_customers(customers):,} customers imported")
        return stage

    def local(self, at: datetime, pattern: str = "%H:%M") -> str:
        from zoneinfo import ZoneInfo

        return at.astimezone(ZoneInfo(self.place.zone)).strftime(pattern)

    def import_customers(self, count: int) -> int:
        """Seed customers through the same door as a file: as CSV rows, parsed and checked, then stored."""
        from coordinator import directory
        from notifications.directory import Customer
        from notifications.imports import customers
        from sandbox.seed.customers import customers as made_up

        with self.app.database.transaction() as tx:
            areas, services = tx.directory.areas(), tx.directory.services()
        leaves = sorted(code for code in areas if areas[code].parent and code.startswith(self.place.area))
        rows = made_up(
            count, leaves, self.services(), country=self.place.country, languages=self.place.languages
        )
        found = (row for row in customers(_csv(rows), areas, services, self.place.country))
        accepted = [row for row in found if isinstance(row, Customer)]
        for start in range(0, len(accepted), BATCH):
            batch = accepted[start : start + BATCH]
            self.app.coordinator.act("directory", self._alice(), directory.put_customers, batch)
        return len(accepted)

    def services(self) -> list[str]:
        """The case's services that the catalogue knows, else mobile."""
        with self.app.database.transaction() as tx:
            known = tx.directory.services()
        return [code for code in self.case.services if code in known] or ["mobile"]

    def _alice(self) -> Actor:
        return self.app.actor("", "alice")

    def play(self, speed: float) -> dict[str, Any]:
        """The whole case; returns the demo's document."""
        from cli.replaying import Replay
        from sandbox.replay import aware
        from web.serve import Server

        server = Server(self.app, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.start()}"
        (self.home / "server.json").write_text(json.dumps({"url": url}), encoding="utf-8")
        replay = Replay(
            self.app,
            self.clock,
            self.case,
            aware(self.case).at,
            self.place.area,
            tuple(self.services()),
            self._line,
            speed,
        )
        try:
            reference = replay.play(f"{url}/v1/triggers/alertmanager", self._token())
        finally:
            server.stop()
        return self._document(reference)

    def _line(self, line: str) -> None:
        self.echo(f"{self.local(self.clock.now(), '%H:%M')}  {line}")
        self._board()

    def _board(self) -> None:
        """What is owed now, one line: the duty, and the time left."""
        with self.app.database.transaction() as tx:
            owed = tx.windows.owed()
        now = self.clock.now()
        left = [f"{_duty(w)} due {self.local(w.due_at)} (in {span(w.due_at - now)})" for w in owed]
        self.echo("         owed: " + ("; ".join(left) or "nothing"))

    def _token(self) -> str:
        """A key for the alarm source, as an integrator would make one."""
        from wiring.app import key_digest, new_key

        key = new_key()
        with self.app.database.transaction() as tx:
            tx.people.add("alertmanager", ("trigger",), self.clock.now())
            tx.people.add_key("alertmanager", key_digest(key), self.clock.now())
        return key

    def _document(self, reference: str) -> dict[str, Any]:
        from coordinator.report import handling_report
        from rendering.reports import markdown

        read = self.app.coordinator
        report = read.act("read", self._alice(), handling_report, reference)
        folder = self.home / "reports"
        folder.mkdir(exist_ok=True)
        files = {}
        for language in ("zh-CN", "en"):
            path = folder / f"{reference}.handling_report.{language}.md"
            path.write_text(markdown(report, language, self.place.zone), encoding="utf-8")
            files[language] = str(path)
        incident = read.act("read", self._alice(), _incident, reference)
        counts = {f"{channel}/{language or 'all'}": n for (channel, language), n in report.outcomes().items()}
        return {
            "incident": incident,
            "windows": [w for w in incident["windows"] if w["audience"] == "customers"],
            "counts": counts,
            "pages": self._pages(reference),
            "report": files,
        }

    def _pages(self, reference: str) -> dict[str, str]:
        root = self.sandbox.address["http"]
        return {
            "zh-CN": f"{root}/zh/incidents/{reference}/",
            "en": f"{root}/en/incidents/{reference}/",
            "list": f"{root}/",
            "folder": str(self.home / "public"),
        }

    def show(self, document: dict[str, Any], language: str) -> None:
        """Told-at, due and verdict of every window, the counts, what really happened, and where to look."""
        self.echo("\nEvery window (local time):")
        for window in document["windows"]:
            self.echo("  " + self._window_line(window))
        met = sum(1 for window in document["windows"] if window["state"] == "met")
        missed = sum(1 for window in document["windows"] if window["state"] == "breached")
        lapsed = sum(1 for window in document["windows"] if window["state"] == "lapsed")
        self.echo(
            f"  {met} met, {missed} missed" + f"; {lapsed} ended by its rule before it was due" * bool(lapsed)
        )
        self.echo("\nMessages by channel and language:")
        for lane, counts in document["counts"].items():
            self.echo(f"  {lane:<12}" + ", ".join(f"{state} {n:,}" for state, n in counts.items()))
        self._beside(document)
        self._where(document, language)

    def _window_line(self, window: dict[str, Any]) -> str:
        due, told = datetime.fromisoformat(window["due_at"]), window["told_at"]
        told_at = self.local(datetime.fromisoformat(told), "%H:%M:%S") if told else "-"
        name = f"{window['kind'].replace('_', ' ')} {window['sequence']}"
        ended = f" ({', '.join(window['causes'])})" if window["causes"] and not told else ""
        return f"{name:<22} due {self.local(due, '%H:%M:%S')}   told {told_at:<8}   {window['state']}{ended}"

    def _beside(self, document: dict[str, Any]) -> None:
        """What the operator really did, beside what this house did."""
        from sandbox.replay import aware

        known, case = aware(self.case).at, self.case
        first = case.first("public_first") or case.first("customer_first")
        told = next(w["told_at"] for w in document["windows"] if w["kind"] == "first_notice")
        ours = span(datetime.fromisoformat(told) - known) if told else "never"
        self.echo("\nBeside what really happened:")
        if first is not None:
            theirs = f"{span(first.at - known)} after awareness, {span(first.at - case.onset.at)} after onset"
            self.echo(
                f"  first word to the public   really {theirs}; here {ours} after awareness, to each customer"
            )
        updates = sum(1 for event in case.events if event.kind == "update")
        entries = document["counts"].get("web/all", {}).get("accepted", 0)
        self.echo(
            f"  updates on the record      really {updates} reported; here {entries} numbered page entries"
        )
        for source in case.source[:1]:
            self.echo(f"  source: {source}")

    def _where(self, document: dict[str, Any], language: str) -> None:
        self.echo("\nWhere to look:")
        self.echo(f"  page     {document['pages'][language]}  (also {document['pages']['folder']})")
        self.echo(f"  report   {document['report'][language]}")
        home = f"TONGBAO_HOME={self.home}"
        program = _program()
        then = (self.clock.now() + timedelta(seconds=1)).isoformat(timespec="seconds")
        told_in = f"TONGBAO_OPERATOR__ZONE={self.place.zone} TONGBAO_NOW={then}"
        self.echo(f"  record   {home} {told_in} {program} show {document['incident']['reference']}")
        self.echo(f"  proof    {home} {program} verify --database")
        self.echo(f"  messages {home} {program} sandbox ledger")
        self.echo(
            f"The sandbox goes on serving the page for an hour; stop it with: {home} {program} sandbox stop"
        )

    def close(self) -> None:
        self.app.close()


def _incident(act: Act, reference: str) -> tuple[dict[str, Any], list[Effect]]:
    from coordinator import views

    return views.incident(act, act.tx.incidents.get(reference)), []


def _program() -> str:
    """How this program was called, so that the lines shown can be pasted."""
    called = Path(sys.argv[0])
    return "tongbao" if shutil.which("tongbao") or not called.exists() else str(called)


def _csv(rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """The rows as the lines of a CSV file, header first."""
    from sandbox.seed.customers import COLUMNS

    yield ",".join(COLUMNS) + "\n"
    for row in rows:
        out = io.StringIO()
        csv.DictWriter(out, COLUMNS).writerow(row)
        yield out.getvalue()


def _fresh(home: Path) -> Path:
    """An empty folder for the case; an earlier demo's is replaced, anything else is left alone."""
    from incidents.errors import Conflict
    from sandbox.client import Sandbox

    if home.exists():
        if not (home / MARK).exists():
            raise Conflict("{home} is not a demo's folder", home=home, field="case", next="move it away")
        Sandbox(home).stop()
        shutil.rmtree(home)
    home.mkdir(parents=True)
    (home / MARK).write_text("a replay of tongbao demo; it is replaced by the next one\n", encoding="utf-8")
    return home


def _settings(place: Place) -> Settings:
    from wiring.settings import Operator, Settings

    operator = Operator(zone=place.zone, country=place.country, emergency_numbers=place.emergency)
    return Settings(operator=operator)


def _duty(window: Window) -> str:
    """The kind, and which of its rules where it has several."""
    from incidents.terms import UPWARDS

    which = f" ({window.rule.rpartition('.')[2]})" if window.kind in UPWARDS else ""
    return f"{window.kind.value.replace('_', ' ')}{which}"
