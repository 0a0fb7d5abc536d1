"""What becomes of a stored event: an incident, a line on the record of one, or a place in quarantine."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alertmanager_bodies import TWO_SITES, alert, payload

from coordinator import incidents, intake
from coordinator.act import Actor, House
from coordinator.perform import Coordinator
from incidents.errors import Conflict, Invalid, NotFound
from incidents.incident import Incident
from incidents.terms import IncidentType, Status
from notifications.directory import Area, Service
from playbooks.playbook import library
from storage.database import Database
from triggers.routing import default, parse_routing
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


def house(routing=None):
    return House(
        pack=handbook(), playbooks=library(), routing=routing or default(), setting=None, renderer=None
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


def labels(**changes: str) -> dict[str, str]:
    usual = {"alertname": "CellSitesDown", "severity": "critical", "area": "ZZ0101", "service": "mobile"}
    return {name: value for name, value in {**usual, **changes}.items() if value}


def test_an_alarm_opens_an_unconfirmed_incident(post):
    """An incident opens with what the alarm says, aware at the arrival of the event."""
    post.gets(TWO_SITES)
    post.clock.set(START + timedelta(minutes=3))
    post.reads()

    (incident,) = post.incidents
    assert Status.PENDING_CONFIRMATION == incident.status
    assert (IncidentType.NETWORK_FAULT, 1) == (incident.type, incident.level)
    assert (("ZZ0101",), ("mobile",)) == (incident.areas, incident.services)
    assert START == incident.aware_at
    assert datetime(2026, 10, 14, 6, 15, 0, 123456, UTC) == incident.onset_at
    assert 46_000 == incident.affected.count
    assert "alertmanager" == incident.aware_source
    assert ("severity critical (rule default)", "the sender left out 2 more alarms") == incident.level_reasons
    assert [("parsed", None)] == post.events


def test_the_same_body_twice_is_one_event(post):
    """A repeated delivery is one row and one incident."""
    assert (1, True) == post.gets(TWO_SITES)
    assert (1, False) == post.gets(TWO_SITES)
    post.reads()

    assert (1, False) == post.gets(TWO_SITES)
    post.reads()
    assert 1 == len(post.incidents)


def test_the_same_alarm_again_opens_and_joins_nothing(post):
    """A known alarm in another body leaves no second incident and no line."""
    post.takes(alert())
    before = post.kinds(post.incidents[0])

    post.takes(alert(annotations={"summary": "42 cell sites down"}), groupKey="again")

    assert before == post.kinds(*post.incidents)
    assert 2 == post.seen("1a30ba71cca2921f")


def test_alarms_of_one_outage_in_one_body_are_one_incident(post):
    """The second alarm joins the incident that the first opens."""
    post.takes(alert(fingerprint="a"), alert(fingerprint="b"), alert(fingerprint="c"))

    (incident,) = post.incidents
    assert 2 == post.kinds(incident).count("alarm_joined")
    assert "b/2026-10-14T06:15:00Z" == post.entry(incident, "alarm_joined")["dedup_key"]
    assert [("parsed", None)] == post.events


def test_two_outages_in_one_body_are_two_incidents(post):
    """Alarms of other areas and services open their own incidents, and all of the body is read."""
    post.takes(
        alert(fingerprint="a"),
        alert(fingerprint="b", labels=labels(service="broadband")),
        alert(fingerprint="c", labels=labels(area="ZZ0102")),
        alert(fingerprint="d", labels=labels(service="broadband")),
    )

    assert [("ZZ0101", "mobile"), ("ZZ0101", "broadband"), ("ZZ0102", "mobile")] == [
        (*incident.areas, *incident.services) for incident in post.incidents
    ]
    assert [1, 1, 1, 1] == [post.seen(key) for key in "abcd"]


def test_a_storm_in_one_body_is_one_incident(post):
    """500 alarms of one outage open one incident in a few short transactions."""
    post.gets(payload(*(alert(fingerprint=str(number)) for number in range(500))))

    steps = post.reads()

    (incident,) = post.incidents
    assert 499 == post.kinds(incident).count("alarm_joined")
    assert 6 == steps


JOINS = {
    "the same place and service": ({}, 59, 1),
    "the area above": ({"area": "ZZ01"}, 59, 1),
    "two above": ({"area": "ZZ"}, 0, 1),
    "one of two services": ({"service": "broadband,mobile"}, 0, 1),
    "an area beside": ({"area": "ZZ0102"}, 0, 2),
    "another service": ({"service": "broadband"}, 0, 2),
    "no area": ({"area": ""}, 0, 2),
    "the area above, too late": ({"area": "ZZ01"}, 61, 2),
    "the very same, late": ({}, 600, 1),
}


@pytest.mark.parametrize(("changes", "minutes", "count"), JOINS.values(), ids=JOINS.keys())
def test_an_alarm_joins_a_related_outage(post, changes, minutes, count):
    """A related area and a shared service join while the incident is young, the very same always."""
    post.takes(alert())
    post.clock.set(START + timedelta(minutes=minutes))

    post.takes(alert(fingerprint="b", labels=labels(**changes)))

    assert count == len(post.incidents)


def test_an_alarm_below_an_open_incident_joins(post):
    """An alarm of a district joins the incident of its city."""
    post.takes(alert(labels=labels(area="ZZ01")))
    post.takes(alert(fingerprint="b"))

    assert 1 == len(post.incidents)


def test_an_ended_incident_is_not_joined(post):
    """Once an incident is resolved, the next alarm opens a new one."""
    post.takes(alert())
    post.coordinator.act("open", DUTY, end, post.incidents[0])

    post.takes(alert(fingerprint="b"))

    assert 2 == len(post.incidents)


def end(act, incident):
    act.tx.incidents.save(replace(incident, status=Status.RESOLVED))
    return None, []


def test_a_resolved_alarm_closes_nothing(post):
    """The end of an alarm is one line on the record of its incident."""
    post.takes(alert())
    (before,) = post.incidents

    post.takes(alert(status="resolved"))
    post.takes(alert(status="resolved"), groupKey="again")

    (incident,) = post.incidents
    assert before.status == incident.status
    assert 1 == post.kinds(incident).count("alarm_resolved")


def test_an_alarm_that_ends_in_the_same_body_is_recorded(post):
    """Firing and resolved of one alarm in one body open the incident and record the end."""
    post.takes(alert(status="resolved"), alert())

    assert 1 == post.kinds(*post.incidents).count("alarm_resolved")


def test_resolved_before_firing_loses_nothing(post):
    """An end that overtakes its beginning opens nothing; the beginning still opens the incident."""
    post.takes(alert(status="resolved"))
    assert [] == post.incidents

    post.takes(alert())
    assert 1 == len(post.incidents)


def test_unknown_codes_open_with_what_is_known(post):
    """An alarm is never lost for a code that the directory lacks; the reasons name it."""
    post.takes(alert(labels=labels(area="ZZ0101,XX9", service="telex")))

    (incident,) = post.incidents
    assert (("ZZ0101",), ()) == (incident.areas, incident.services)
    assert not incident.impact_known
    assert (
        "unknown area XX9",
        "unknown service telex",
        "which service is hit is not known",
    ) == incident.level_reasons[-3:]


def test_a_bad_body_is_quarantined_and_delays_nothing(post):
    """What cannot be read is kept with its problem; what came after it is read."""
    post.gets(b'{"version": "4", "alerts": [7]}')
    post.gets(payload(alert()))
    post.reads()

    assert 1 == len(post.incidents)
    parsed, (state, problem) = post.events
    assert ("parsed", None) == parsed
    assert "quarantined" == state
    assert problem.startswith("alerts[0]: ")


def test_a_quarantined_event_can_be_read_again(post):
    """A replayed event stands in line again; one that was read, or is none, does not."""
    bad, _ = post.gets(b"[]")
    good, _ = post.gets(payload(alert()))
    post.reads()

    assert "stored" == post.coordinator.act("trigger", DUTY, intake.replay, bad).state
    assert 1 == post.reads()
    with pytest.raises(Conflict):
        post.coordinator.act("trigger", DUTY, intake.replay, good)
    with pytest.raises(NotFound):
        post.coordinator.act("trigger", DUTY, intake.replay, 99)


def test_the_reader_can_set_an_event_aside(post):
    """An event over which the reader itself fails is quarantined and the next one is read."""
    event, _ = post.gets(payload(alert()))

    assert event == post.coordinator.system(intake.set_aside, "it failed")
    assert [("quarantined", "it failed")] == post.events
    assert post.coordinator.system(intake.set_aside, "it failed") is None


def test_an_alarm_that_means_no_incident_is_kept(post):
    """Information opens nothing, and its event counts as read."""
    post.takes(alert(labels=labels(severity="info")))
    post.takes(alert(labels=labels(severity="info")), groupKey="again")

    assert [] == post.incidents
    assert {("parsed", None)} == set(post.events)


def test_a_start_after_the_arrival_is_unknown(post):
    """A sender whose clock is ahead does not put the onset after awareness."""
    post.takes(alert(startsAt="2026-10-14T07:00:00Z"))

    (incident,) = post.incidents
    assert incident.onset_at is None
    assert START == incident.aware_at


def test_an_alarm_without_a_start_opens_again_after_the_end(post):
    """An alarm that gives no start opens a second incident once its first has ended."""
    post.takes(alert(startsAt=None))
    post.takes(alert(startsAt=None), groupKey="again")
    assert 1 == len(post.incidents)

    post.coordinator.act("open", DUTY, end, post.incidents[0])
    post.takes(alert(startsAt=None), groupKey="once more")
    assert 2 == len(post.incidents)


def test_a_worse_alarm_raises_what_nobody_has_confirmed(post):
    """Of two alarms of one outage the worse counts, and the due moves with it."""
    post.takes(alert(labels=labels(severity="warning")))
    post.takes(alert(fingerprint="b"))

    (incident,) = post.incidents
    assert 1 == incident.level
    assert {"from": 3, "to": 1, "reason": "severity critical (rule default)"} == post.entry(
        incident, "upgraded"
    )


def test_a_worse_alarm_leaves_a_confirmed_level_to_people(post):
    """Once a person has confirmed, an alarm only adds a line."""
    post.takes(alert(labels=labels(severity="warning")))
    post.coordinator.act("confirm", DUTY, incidents.confirm, post.incidents[0].reference)
    post.takes(alert(fingerprint="b"))

    (incident,) = post.incidents
    assert 3 == incident.level
    assert 1 == post.entry(incident, "alarm_joined")["level"]


def test_a_type_without_a_playbook_opens_as_a_network_fault(post):
    """A rule may name a type that has no playbook yet; the alarm still opens an incident and says so."""
    routing = parse_routing("rules: [{id: r, type: service_interruption, level: 2}]")
    post.coordinator.house = house(routing)
    post.takes(alert())

    (incident,) = post.incidents
    assert IncidentType.NETWORK_FAULT == incident.type
    assert "there is no playbook for service_interruption: taken as network_fault" in incident.level_reasons


def test_an_unknown_format_and_a_giant_are_not_stored(post):
    """A format that is not known and a body over 1 MiB are refused."""
    with pytest.raises(NotFound):
        post.coordinator.act("trigger", DUTY, intake.store, "smoke-signal", "s", b"{}")
    with pytest.raises(Invalid):
        post.gets(b"x" * (intake.LARGEST_BODY + 1))

    assert [] == post.events
    assert (1, True) == post.gets(b"x" * intake.LARGEST_BODY)
