"""The intake over a real database."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from alertmanager_bodies import payload

from coordinator import intake
from coordinator.act import Actor, House
from coordinator.perform import Coordinator
from incidents.incident import Incident
from incidents.terms import Status
from notifications.directory import Area, Service
from playbooks.shelf import library
from storage.database import Database
from triggers.routing import default
from windows.rules import handbook
from wiring.clock import ManualClock

START = datetime(2026, 10, 14, 6, 16, tzinfo=UTC)
DUTY = Actor("alice", ("duty_manager",))
TREE = {"ZZ": None, "ZZ01": "ZZ", "ZZ0101": "ZZ01", "ZZ0102": "ZZ01"}


@dataclass
class Post:
    """The intake over a real database, with a clock that is moved by hand."""

    coordinator: Coordinator
    clock: ManualClock
    start = START
    duty = DUTY

    def gets(self, body: bytes, source: str = "am-1") -> tuple[int, bool]:
        return self.coordinator.act("trigger", DUTY, intake.store, "alertmanager", source, body)

    def reads(self) -> int:
        """Read until nothing is left; how many steps it took."""
        steps = 0
        while self.coordinator.system(intake.parse_stored):
            steps += 1
        return steps

    def takes(self, *alerts: dict[str, Any], **changes: Any) -> None:
        self.gets(payload(*alerts, **changes))
        self.reads()

    def ends(self, incident: Incident) -> None:
        """Resolved, without what that owes."""
        with self.coordinator.store.transaction() as tx:
            tx.incidents.save(replace(incident, status=Status.RESOLVED))

    @property
    def incidents(self) -> list[Incident]:
        with self.coordinator.store.transaction() as tx:
            return tx.incidents.all()

    def kinds(self, incident: Incident) -> list[str]:
        with self.coordinator.store.transaction() as tx:
            return [entry.kind for entry in tx.incidents.entries(incident.id)]

    def seen(self, key: str) -> int:
        """How often an alarm was read."""
        with self.coordinator.store.engine.connect() as connection:
            query = "SELECT seen FROM alarms WHERE dedup_key LIKE ?"
            return connection.exec_driver_sql(query, (f"{key}%",)).scalar()

    def entry(self, incident: Incident, kind: str) -> dict[str, Any]:
        with self.coordinator.store.transaction() as tx:
            return next(entry.data for entry in tx.incidents.entries(incident.id) if entry.kind == kind)

    @property
    def events(self) -> list[tuple[str, str | None]]:
        """State and problem of each event, newest first."""
        found = self.coordinator.act("read", DUTY, intake.trigger_list)
        return [(event.state, event.problem) for event in found]


def house():
    setting = SimpleNamespace(zone="Asia/Shanghai")
    return House(
        pack=handbook(), playbooks=library(), routing=default(), setting=setting, renderer=None, reporter=None
    )


@pytest.fixture
def post(tmp_path):
    database = Database(tmp_path / "tongbao.db")
    database.create()
    with database.transaction() as tx:
        tx.directory.put_areas([Area(code, parent, {"en": code}) for code, parent in TREE.items()])
        tx.directory.put_services([Service(code, {"en": code}) for code in ("mobile", "broadband")])
    clock = ManualClock(START)
    yield Post(Coordinator(database, clock, house()), clock)
    database.close()
