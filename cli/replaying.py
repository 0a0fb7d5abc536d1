"""A real outage played through the whole house in virtual time: alarm over HTTP, people, clocks, providers.

The clock stands still while deliveries are in flight, so what is shown is what the law demands, not how fast
this machine is.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from coordinator.act import Actor
    from incidents.terms import Kind
    from notifications.notice import Notice
    from sandbox.replay import Case, Event
    from wiring.app import App
    from wiring.clock import ManualClock

Say = Callable[[str], None]
WRITE, READ = timedelta(minutes=4), timedelta(minutes=3)
"""How long a person takes to write a notice, and another to read and approve it."""
BEFORE_DUE = timedelta(minutes=12)
"""How long before a progress notice is due somebody starts on it."""
WATCHED = timedelta(minutes=60)
"""How long the recovery is watched before the response is stood down."""
RECEIPT_PAUSE_SECONDS = 0.2
RECEIPT_SECONDS = 15.0
"""How long the replay waits for a notice's receipts, in this machine's own time."""


@dataclass
class Replay:
    """One case on one house. `play` leaves database, pages, mails and messages to look at."""

    app: App
    clock: ManualClock
    case: Case
    aware_at: datetime
    area: str
    services: tuple[str, ...]
    say: Say
    speed: float = 0.0
    reference: str = ""
    people: dict[str, Actor] = field(default_factory=dict)

    def play(self, url: str, token: str) -> str:
        """From the alarm to the resolution notice; returns the incident's reference."""
        for name in ("alice", "bob"):
            self.people[name] = self.app.actor("", name)
        self._opened(url, token)
        self._first_notice()
        self._found_later(lambda at: at <= self.aware_at)
        end = self._end()
        for event in self.case.events:
            at = event.at.astimezone(UTC)
            if self.aware_at < at < end:
                self._updates_until(at)
                self._happens(event)
        self._updates_until(end)
        self._restored()
        self._found_later(lambda at: at >= end)
        self._resolved()
        return self.reference

    def _end(self) -> datetime:
        found = self.case.first("restored") or self.case.first("claim_restored")
        return found.at.astimezone(UTC) if found else self.clock.now() + timedelta(hours=2)

    def _opened(self, url: str, token: str) -> None:
        """An alarm opens it; where the alarms were not heeded, a person does, and the clock counts from the sign."""
        from coordinator import incidents
        from sandbox.replay import missed

        self._wait_until(self.aware_at)
        sign = missed(self.case)
        if sign is None:
            self._alarm(url, token)
        else:
            self._by_hand(sign)
        self._wait(timedelta(minutes=2))
        self._act("alice", "confirm", incidents.confirm, self.reference)
        self.say("alice confirms it")
        self._report_up()

    def _report_up(self) -> None:
        """alice calls her superior and sends the written report."""
        from coordinator import windows
        from incidents.terms import Kind

        with self.app.database.transaction() as tx:
            owed = [w for w in tx.windows.of_incident(tx.incidents.get(self.reference).id) if w.owed]
        for window in owed:
            if window.kind == Kind.SUPERIOR_REPORT:
                how = window.rule.rpartition(".")[2]
                said = (window.id, how, "sandbox call log", "head of network operations")
                self._act("alice", "fulfil", windows.fulfil, *said)
        self.say("alice has called her superior and sent the written report")

    def _by_hand(self, sign: Event) -> None:
        from coordinator import incidents
        from incidents.effects import Opening
        from incidents.terms import IncidentType

        opening = Opening(
            type=IncidentType.NETWORK_FAULT,
            level=1,
            title=self.case.name,
            areas=(self.area,),
            services=self.services,
            onset_at=self.case.onset.at.astimezone(UTC),
            aware_at=sign.at.astimezone(UTC),
            affected=None,
            cause={},
            source="person",
        )
        opened = self._act("alice", "open", incidents.open_incident, opening)
        self.reference = opened.reference
        self._work()
        late = self.clock.now() - opened.aware_at
        self.say(
            f"no alarm was heeded: alice opens {self.reference} at level 1, {span(late)} after the first sign"
        )
        self._finds(sign)

    def _alarm(self, url: str, token: str) -> None:
        status = post(url, json.dumps(self._payload()).encode(), token)
        self._work()
        with self.app.database.transaction() as tx:
            self.reference = tx.incidents.all()[-1].reference
        self.say(f"alarm over HTTP: {status}; {self.reference} opened at level 1 by its routing rule")

    def _payload(self) -> dict[str, Any]:
        """What Alertmanager would send for this outage (webhook version 4)."""
        services = ",".join(self.services)
        labels = {"alertname": "CoreDown", "severity": "critical", "level": "1", "area": self.area}
        alert = {
            "status": "firing",
            "labels": {**labels, "service": services},
            "annotations": {"summary": self.case.name},
            "startsAt": self.case.onset.at.isoformat(),
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": hashlib.sha256(self.case.id.encode()).hexdigest()[:16],
        }
        return {"version": "4", "status": "firing", "receiver": "tongbao", "alerts": [alert]}

    def _first_notice(self) -> None:
        from incidents.terms import Kind

        self._tell(Kind.FIRST_NOTICE)

    def _tell(self, kind: Kind) -> Notice:
        """alice writes and submits; bob reads and approves, which releases; deliveries run."""
        from coordinator import notices

        self._wait(WRITE)
        drafted = self._act("alice", "draft", notices.draft, self.reference, kind)
        submitted = self._act("alice", "submit", notices.submit, drafted.id)
        self._wait(READ)
        released: Notice = self._act("bob", "approve", notices.approve, submitted.id)
        self._work()
        self._receipts(released)
        with self.app.database.transaction() as tx:
            told = tx.notices.get(released.id)
        people = f", {told.counters.reached:,} of {told.audience_size:,} people" if told.audience_size else ""
        words = kind.value.replace("_", " ")
        self.say(f"notice {told.number} ({words}): alice wrote, bob approved, page live{people}")
        return told

    def _updates_until(self, at: datetime) -> None:
        """Every progress notice that falls due before `at`, each a few minutes early."""
        from incidents.terms import Kind

        while (due := self._progress_due()) is not None and due - BEFORE_DUE < at:
            self._wait_until(due - BEFORE_DUE)
            self._tell(Kind.PROGRESS_UPDATE)
        self._wait_until(at)

    def _progress_due(self) -> datetime | None:
        from incidents.terms import Kind, Verdict

        with self.app.database.transaction() as tx:
            windows = tx.windows.of_incident(tx.incidents.get(self.reference).id)
        due = [w.due_at for w in windows if w.kind == Kind.PROGRESS_UPDATE and w.state == Verdict.OPEN]
        return min(due, default=None)

    def _happens(self, event: Event) -> None:
        """What really happened goes on the record; what customers may be told becomes a fact."""
        from coordinator import incidents
        from coordinator.changes import Changes

        note = f"{event.kind}: {event.note}" if event.note else event.kind
        self._act("alice", "log", incidents.log, self.reference, f"[as reported] {note}")
        self._finds(event)
        if event.correct:
            self._corrects(event)
        if event.tell:
            changes = Changes(action=dict(event.tell))
            self._act("alice", "update", incidents.update, self.reference, changes)
        if event.kind == "partial_restore":
            self._recovers(partial=True)

    def _finds(self, event: Event) -> None:
        """What went wrong goes on the record as a finding, and into the report."""
        from coordinator import incidents

        if event.finding:
            self._act("alice", "log", incidents.find, self.reference, dict(event.finding))

    def _found_later(self, when: Callable[[datetime], bool]) -> None:
        """What went wrong while nobody here knew of it, or after service was back."""
        from sandbox.replay import missed

        for event in self.case.events:
            if when(event.at.astimezone(UTC)) and event != missed(self.case):
                self._finds(event)

    def _corrects(self, event: Event) -> None:
        """The last notice was wrong: those who were told are told so."""
        from coordinator import taking_back
        from incidents.terms import Kind

        with self.app.database.transaction() as tx:
            told = [n for n in tx.notices.of_incident(tx.incidents.get(self.reference).id) if n.told_somebody]
        said, right = dict(event.correct["said"]), dict(event.correct["right"])
        self._act("alice", "take_back", taking_back.correct, told[-1].id, said, right)
        self.say(f"notice {told[-1].number} was wrong: a correction is owed to those who were told")
        self._tell(Kind.CORRECTION_NOTICE)

    def _recovers(self, partial: bool) -> None:
        from coordinator import incidents
        from incidents.terms import Kind

        self._act("alice", "restored", incidents.restored, self.reference, None, partial)
        self.say("service partly restored" if partial else "service restored, recovery is being watched")
        self._tell(Kind.MATERIAL_UPDATE)

    def _restored(self) -> None:
        self._recovers(partial=False)
        self._updates_until(self.clock.now() + WATCHED)

    def _resolved(self) -> None:
        from coordinator import incidents
        from incidents.terms import Kind

        self._act("alice", "resolve", incidents.resolve, self.reference)
        self.say("response stood down")
        self._tell(Kind.RESOLUTION_NOTICE)
        self._wait(timedelta(hours=1, minutes=5))

    def _act(self, name: str, permission: str, verb: Callable[..., Any], *args: Any) -> Any:
        return self.app.coordinator.act(permission, self.people[name], verb, *args)

    def _work(self) -> None:
        from worker.pump import drain

        drain(self.app)

    def _wait(self, span: timedelta) -> None:
        self._wait_until(self.clock.now() + span)

    def _wait_until(self, at: datetime) -> None:
        from worker.pump import forward

        if self.speed:
            time.sleep(max(0.0, (at - self.clock.now()).total_seconds() / self.speed))
        forward(self.app, self.clock, at)

    def _receipts(self, notice: Notice) -> None:
        """Let the provider's delivery receipts come in while the clock stands still."""
        from coordinator.delivery import merge_receipts

        end = time.monotonic() + RECEIPT_SECONDS
        while time.monotonic() < end:
            self.app.coordinator.system(merge_receipts)
            with self.app.database.transaction() as tx:
                counts = tx.notices.counts(notice.id)
            if not any(
                n for (channel, _, state), n in counts.items() if (channel, state) == ("sms", "accepted")
            ):
                return
            time.sleep(RECEIPT_PAUSE_SECONDS)


def span(length: timedelta) -> str:
    """A length of time in hours and minutes."""
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def post(url: str, body: bytes, token: str) -> int:
    """POST JSON as Alertmanager does, with a bearer token; returns the status."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        connection.request("POST", parts.path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
