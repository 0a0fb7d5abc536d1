"""The house: the whole coordinator over a real database, the real channels and a real sandbox, with a clock
that is moved by hand. Stories are told in its words."""

from __future__ import annotations

import atexit
import contextlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from coordinator import (
    decisions,
    ending,
    holding,
    incidents,
    merging,
    notices,
    playbooks,
    reclassify,
    reopening,
    report,
    sending,
    splitting,
    supervising,
    taking_back,
    undo,
    waiving,
    windows,
)
from coordinator.act import Actor
from coordinator.changes import Changes
from incidents.decision import Decision
from incidents.effects import Opening
from incidents.incident import Bilingual, Incident
from incidents.supervision import NAMED_BY
from incidents.terms import REPORTS, UPWARDS, Audience, Channel, IncidentType, Kind
from notifications.delivery import Delivery
from notifications.directory import Customer
from notifications.notice import Notice
from playbooks.task import Task
from reports.version import Version
from sandbox.client import Sandbox
from tests.books import is_page, problems
from tests.forked import sandbox_in
from windows.outlook import Outlook
from windows.window import Window
from wiring.app import App, build
from wiring.clock import ManualClock
from wiring.settings import Paging, Settings
from worker import pump

NOTHING = {"zh-CN": "监测探头误报，业务一直正常", "en": "a probe was wrong; service worked all the time"}
START = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)
"""14:15 in Beijing."""


TOLD = (Audience.CUSTOMERS, Audience.COMPLAINANT)
"""Who hears of it by notices."""
QUIET = Settings(paging=Paging(channels=()))
"""A house without providers pages nobody."""


@dataclass
class Person:
    """One of the cast: alice is on duty, bob approves, carol writes, dan knows the law, hq commands."""

    house: House
    name: str

    @property
    def actor(self) -> Actor:
        """Who acts, whatever the channels are: stories have no keys."""
        with self.house.app.database.transaction() as tx:
            return Actor(self.name, tx.people.roles(self.name) or ())

    def opens(
        self,
        level: int | None = 2,
        area: str = "ZZ0101",
        services: Sequence[str] = ("mobile",),
        aware: datetime | None = None,
        onset: datetime | None = START,
        affected: int | None = 46_000,
        cause: Bilingual | None = None,
        type: IncidentType = IncidentType.NETWORK_FAULT,  # noqa: A002 - the word that people type
        reports_up: bool = True,
        **facts: Any,
    ) -> Incident:
        """Opens an incident and tells superiors of it at once, unless the story is about that."""
        opening = Opening(
            type=type,
            level=level,
            title="手机服务异常",
            areas=(area,) if area else (),
            services=tuple(services),
            onset_at=onset,
            aware_at=aware,
            affected=affected,
            cause=cause or {},
            source="person",
            **facts,
        )
        opened: Incident = self._act("open", incidents.open_incident, opening)
        if reports_up:
            self.reports_up(opened)
        return opened

    def reports_up(self, incident: Incident) -> None:
        """Calls and writes to superiors, as far as that is owed."""
        for window in self.house.upwards(incident):
            if window.owed and window.kind == Kind.SUPERIOR_REPORT:
                self._act(
                    "fulfil", windows.fulfil, window.id, "by phone", "call log 7", "the head of network"
                )

    def lowers(
        self, incident: Incident, level: int, reason: str = "fewer are hit than first thought"
    ) -> Incident:
        return self._act("level", reclassify.grade, incident.reference, level, reason)

    def agrees(self, incident: Incident) -> Decision:
        """Approves, as the second person, what waits for one."""
        return self._act("approve", decisions.approve, self.house.decision(incident).id)

    def refuses(self, incident: Incident, reason: str = "look again") -> Decision:
        return self._act("approve", decisions.decline, self.house.decision(incident).id, reason)

    def waives(self, window: Window, reason: str = "over after four minutes") -> Window:
        return self._act("waive", waiving.waive, window.id, reason)

    def ends(self, window: Window, reason: str = "what came later has said it") -> Window:
        return self._act("end_duty", waiving.end_duty, window.id, reason)

    def reopens(self, incident: Incident, reason: str = "calls fail again") -> Incident:
        return self._act("reopen", reopening.reopen, incident.reference, reason)

    def calls_off(self, incident: Incident, reason: Bilingual | None = None) -> Incident:
        """Says that it was a false alarm."""
        return self._act("false_alarm", ending.false_alarm, incident.reference, reason or NOTHING)

    def rejects(self, incident: Incident, reason: Bilingual | None = None) -> Incident:
        return self._act("reject", ending.reject, incident.reference, reason or NOTHING)

    def merges(self, source: Incident, into: Incident) -> Incident:
        return self._act("merge", merging.merge, source.reference, into.reference)

    def splits(self, incident: Incident, *areas: str) -> Incident:
        return self._act("split", splitting.split, incident.reference, areas)

    def raises(self, incident: Incident, level: int) -> Incident:
        return self._act(
            "level", reclassify.grade, incident.reference, level, "more users than first thought"
        )

    def drafts(self, incident: Incident, kind: Kind, **options: Any) -> Notice:
        return self._act("draft", notices.draft, incident.reference, kind, **options)

    def submits(self, incident: Incident, kind: Kind = Kind.FIRST_NOTICE, **options: Any) -> Notice:
        return self._act("submit", notices.submit, self.drafts(incident, kind, **options).id)

    def approves(self, notice: Notice) -> Notice:
        return self._act("approve", notices.approve, notice.id)

    def restores(self, incident: Incident, partial: bool = False) -> Incident:
        return self._act("restored", incidents.restored, incident.reference, None, partial)

    def confirms(self, incident: Incident) -> Incident:
        return self._act("confirm", incidents.confirm, incident.reference)

    def logs(self, incident: Incident, words: str, kind: str = "") -> Incident:
        return self._act("log", incidents.log, incident.reference, words, kind)

    def takes(self, task: Task) -> Task:
        return self._act("task", playbooks.ack_task, task.id)

    def does(self, task: Task) -> Task:
        """Ends a task; one that asks who supervises by naming headquarters."""
        if task.step == NAMED_BY and task.owed:
            return self._names_supervisor(task)
        return self._act("task", playbooks.end_task, task.id, "done", None)

    def _names_supervisor(self, task: Task) -> Task:
        with self.house.app.database.transaction() as tx:
            incident = tx.incidents.by_id(task.incident_id)
        self._act("supervise", supervising.supervise, incident.reference, "hq", "ZZ-HQ")
        return self.house.task(incident, task.step)

    def skips(self, task: Task, reason: str = "the site has no staff") -> Task:
        return self._act("task", playbooks.end_task, task.id, "skipped", reason)

    def does_everything(self, incident: Incident) -> list[str]:
        """Does every task that is owed, and those that open meanwhile; the steps in that order."""
        done: list[str] = []
        while owed := [task for task in self.house.tasks(incident) if task.owed]:
            done += [self.does(task).step for task in owed]
        return done

    def resolves(self, incident: Incident) -> Incident:
        return self._act("resolve", incidents.resolve, incident.reference)

    def submits_draft(self, draft: Notice) -> Notice:
        return self._act("submit", notices.submit, draft.id)

    def declines(self, notice: Notice, reason: str) -> Notice:
        return self._act("approve", notices.decline, notice.id, reason)

    def corrects(self, wrong: Notice, said: Bilingual, right: Bilingual) -> Notice:
        return self._act("take_back", taking_back.correct, wrong.id, said, right)

    def withdraws(self, wrong: Notice, reason: Bilingual) -> Notice:
        return self._act("take_back", taking_back.withdraw, wrong.id, reason)

    def undoes(self, incident: Incident) -> Incident:
        return self._act("undo", undo.undo, incident.reference)

    def sends_holding(self, incident: Incident, channels: Sequence[str] | None = None) -> Notice:
        return self._act("submit", holding.send, incident.reference, channels)

    def holds(self, window: Window, reason: str = "the area on record is wrong") -> Window:
        return self._act("stop", holding.hold, window.id, reason)

    def lets_go(self, window: Window) -> Window:
        return self._act("stop", holding.resume, window.id)

    def tells(self, incident: Incident, kind: Kind = Kind.FIRST_NOTICE, by: Person | None = None) -> Notice:
        """Writes it, has it approved where that is needed, and sees it off."""
        notice = self.submits(incident, kind)
        if not notice.released:
            notice = (by or self.house.bob).approves(notice)
        self.house.works()
        return self.house.notice(notice)

    def updates(self, incident: Incident, **changes: Any) -> Incident:
        return self._act("update", incidents.update, incident.reference, Changes(**changes))

    def stops(self, notice: Notice, reason: str = "written for the wrong place") -> Notice:
        return self._act("stop", sending.stop, notice.id, reason)

    def pauses(self, notice: Notice, reason: str = "wait for the figures") -> Notice:
        return self._act("stop", sending.pause, notice.id, reason)

    def resumes(self, notice: Notice) -> Notice:
        return self._act("stop", sending.resume, notice.id)

    def reports(self, incident: Incident, kind: Kind) -> Version:
        """Submits a report of this kind as the record has it now."""
        return self._act("report", report.submit, incident.reference, kind)

    def passes(self, version: Version) -> Version:
        """Approves a report."""
        return self._act("approve", report.approve, version.id)

    def closes(self, incident: Incident) -> Incident:
        return self._act("close", incidents.close, incident.reference)

    def reviews(self, incident: Incident) -> set[str]:
        """Says how it ended, does the tasks of the review and has each report approved by bob; the steps done."""
        self.updates(incident, result={"zh-CN": "业务已恢复", "en": "service is back"})
        before = {task.id for task in self.house.tasks(incident) if not task.owed}
        self.house.bob.passes(self.reports(incident, Kind.HANDLING_REPORT))
        while owed := [t for t in self.house.tasks(incident) if t.owed and t.step != "summary-report"]:
            for task in owed:
                self.does(task)
        self.house.bob.passes(self.reports(incident, Kind.SUMMARY_REPORT))
        return {task.step for task in self.house.tasks(incident) if task.id not in before and not task.owed}

    def wraps_up(self, incident: Incident) -> Incident:
        """Says how it ended, has both reports approved by bob, then closes."""
        if not incident.result:
            self.updates(incident, result={"zh-CN": "业务已恢复", "en": "service is back"})
        self.reports_up(incident)
        for kind in REPORTS:
            self.house.bob.passes(self.reports(incident, kind))
        return self.closes(incident)

    def _act(self, permission: str, verb: Any, *args: Any, **options: Any) -> Any:
        return self.house.app.coordinator.act(permission, self.actor, verb, *args, **options)


@lru_cache(maxsize=32)
def furnished(settings: str) -> Path:
    """A home as its first start makes it, by the real `build`; stories begin with copies of it, a third of the work."""
    folder = Path(tempfile.mkdtemp(prefix="tongbao-home-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with sandbox_in(folder):
        build(Settings.model_validate_json(settings), folder, ManualClock(START)).close()
    return folder


class House:
    """A home in a folder, its sandbox, its cast and its clock."""

    def __init__(self, folder: Path, sandbox: Sandbox, settings: Settings | None = None):
        self.folder = folder
        self.sandbox = sandbox
        self.clock = ManualClock(START)
        self.settings = settings or Settings()
        if not (folder / "tongbao.db").exists():
            found = furnished(self.settings.model_dump_json())
            shutil.copytree(found, folder, ignore=shutil.ignore_patterns("sandbox"), dirs_exist_ok=True)
        self.app: App = build(self.settings, folder, self.clock)
        self.alice, self.bob = Person(self, "alice"), Person(self, "bob")
        self.carol, self.hq = Person(self, "carol"), Person(self, "hq")
        self.dan = Person(self, "dan")
        self.has_holding_texts(False)
        self._accounts = 0

    def has_customers(
        self,
        both: int = 0,
        sms: int = 0,
        email: int = 0,
        nothing: int = 0,
        area: str = "ZZ0101",
        language: str = "zh-CN",
        opted_out: bool = False,
    ) -> None:
        rows = []
        for kind, count in (("both", both), ("sms", sms), ("email", email), ("nothing", nothing)):
            for _ in range(count):
                self._accounts += 1
                rows.append(self._customer(kind, area, language, opted_out))
        with self.app.database.transaction() as tx:
            tx.directory.put_customers(rows)

    def _customer(self, kind: str, area: str, language: str, opted_out: bool) -> Customer:
        n = self._accounts
        return Customer(
            account=f"A{n:06d}",
            name=f"客户{n}",
            phone=f"+86138{n:08d}" if kind in ("both", "sms") else None,
            email=f"c{n}@example.com" if kind in ("both", "email") else None,
            language=language,
            area=area,
            services=("mobile",),
            segment="consumer",
            marketing_opt_out=False,
            service_opt_out=opted_out,
        )

    def has_holding_texts(self, approved: bool = True) -> None:
        """Whether the holding texts are approved in advance, as on a sandbox home; not in a story that says nothing."""
        state = "approved" if approved else "declined"
        self.writes_raw(f"UPDATE standing_approvals SET state = '{state}'")

    def fast_forward(self, *, until: datetime | None = None, **span: float) -> None:
        """Move the clock by `span` (timedelta words) or to `until`, doing at each instant what is due."""
        pump.forward(self.app, self.clock, until or self.clock.now() + timedelta(**span))

    def goes_dark(self, **span: float) -> None:
        """The coordinator is down for `span`: the clock moves, nobody looks."""
        self.clock.set(self.clock.now() + timedelta(**span))

    def looks_every(self, *, until: datetime, **span: float) -> None:
        """Move the clock in steps of `span`, working at each: like fast_forward, with fewer retries."""
        while self.clock.now() < until:
            self.clock.set(min(until, self.clock.now() + timedelta(**span)))
            pump.drain(self.app)

    def works(self) -> None:
        pump.drain(self.app)

    def audit(self) -> list[str]:
        """What does not add up in the books of this house."""
        return problems(self.app, self.sandbox)

    def breaches(self, incident: Incident) -> list[dict[str, Any]]:
        """The breach rows of one incident, as they were written."""
        mine = {window.id for window in self.windows(incident)}
        with self.app.database.transaction() as tx:
            return [row for row in tx.windows.breaches() if row["window_id"] in mine]

    def deliveries(self, notice: Notice, channel: str) -> list[Delivery]:
        with self.app.database.transaction() as tx:
            return [d for d in tx.deliveries.first(notice.id, 10_000) if d.channel == channel]

    def answers(self, notice: Notice) -> dict[str, int]:
        """answer -> people."""
        with self.app.database.transaction() as tx:
            return dict(Counter(member.answer for member in tx.audience.members(notice.id)))

    def writes_raw(self, statement: str, *values: object) -> None:
        """Somebody with the file in an editor: SQL past every verb."""
        with contextlib.closing(self.app.database.module.connect(str(self.app.database.path))) as file:
            file.execute(statement, values)
            file.commit()

    def window(self, incident: Incident, kind: str, sequence: int | None = None) -> Window:
        found = [w for w in self.windows(incident) if w.kind == kind]
        return found[-1] if sequence is None else found[sequence - 1]

    def windows(self, incident: Incident) -> list[Window]:
        """The duties to customers; those of its reports are in `report_window`."""
        return [w for w in self.every_window(incident) if w.audience in TOLD]

    def every_window(self, incident: Incident) -> list[Window]:
        with self.app.database.transaction() as tx:
            return tx.windows.of_incident(incident.id)

    def tasks(self, incident: Incident) -> list[Task]:
        with self.app.database.transaction() as tx:
            return tx.playbooks.tasks(incident.id)

    def decision(self, incident: Incident) -> Decision:
        """What waits for a second person."""
        with self.app.database.transaction() as tx:
            return tx.decisions.waiting(incident.id)[-1]

    def task(self, incident: Incident, step: str) -> Task:
        return next(task for task in self.tasks(incident) if task.step == step)

    def report_window(self, incident: Incident, kind: Kind) -> Window:
        """The newest window of a report or of the archive."""
        return [w for w in self.every_window(incident) if w.kind == kind][-1]

    def upwards(self, incident: Incident, rule: str = "") -> list[Window]:
        """The reports to superiors and regulators; of one rule by the end of its id."""
        return [w for w in self.every_window(incident) if w.kind in UPWARDS and w.rule.endswith(rule)]

    def notices(self, incident: Incident) -> list[Notice]:
        with self.app.database.transaction() as tx:
            return tx.notices.of_incident(incident.id)

    def holding(self, incident: Incident) -> Notice | None:
        """The holding notice of an incident, if one went."""
        return next((n for n in self.notices(incident) if n.kind == Kind.HOLDING_NOTICE), None)

    def outlook(self, window: Window) -> Outlook:
        with self.app.database.transaction() as tx:
            found = tx.outlooks.get(window.id)
        assert found is not None
        return found

    def notice(self, notice: Notice) -> Notice:
        with self.app.database.transaction() as tx:
            return tx.notices.get(notice.id)

    def incident(self, incident: Incident) -> Incident:
        with self.app.database.transaction() as tx:
            return tx.incidents.by_id(incident.id)

    def counts(self, notice: Notice, channel: str) -> dict[str, int]:
        """state -> deliveries of one channel."""
        found: dict[str, int] = {}
        with self.app.database.transaction() as tx:
            for (name, _, state), n in tx.notices.counts(notice.id).items():
                if name == channel:
                    found[state] = found.get(state, 0) + n
        return found

    def told(self, channel: str, notice: Notice | None = None) -> list[dict[str, Any]]:
        """What the sandbox accepted for customers, from its own ledger."""
        filters = {"channel": channel} | ({"notice": str(notice.id)} if notice else {})
        return [item for item in self.sandbox.ledger(**filters) if item["accepted"] and not is_page(item)]

    def paged(self, channel: str | None = None, person: str | None = None) -> list[dict[str, Any]]:
        """What the sandbox accepted for people on duty."""
        found = [item for item in self.sandbox.ledger() if item["accepted"] and is_page(item)]
        with self.app.database.transaction() as tx:
            people = tx.roster.roster().people
        mine = None if person is None else {people[person].phone, people[person].email}
        return [
            item
            for item in found
            if channel in (None, item["channel"]) and (mine is None or item["to"] in mine)
        ]

    def entries(self, incident: Incident, kind: str | None = None) -> list[Any]:
        with self.app.database.transaction() as tx:
            return [e for e in tx.incidents.entries(incident.id) if kind in (None, e.kind)]

    def fulfils(self, window: Window, how: str, evidence: str, to: str = "") -> Window:
        said = (window.id, how, evidence, to)
        return self.app.coordinator.act("fulfil", self.alice.actor, windows.fulfil, *said)

    def restarts(self) -> None:
        """A new process on the same files."""
        self.app.close()
        self.app = build(self.settings, self.folder, self.clock)

    def close(self) -> None:
        self.app.close()


DIRECT = (Channel.SMS, Channel.EMAIL)
