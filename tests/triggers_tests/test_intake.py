"""What becomes of a stored event: an incident, a line on the record of one, or a place in quarantine."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alertmanager_bodies import TWO_SITES, alert, labels, payload

from coordinator import intake
from incidents.errors import Conflict, Invalid, NotFound
from incidents.terms import IncidentType, Status
from playbooks.shelf import Shelf, shipped
from triggers.routing import parse_routing


def test_an_alarm_opens_an_unconfirmed_incident(post):
    """An incident opens with what the alarm says, aware at the arrival of the event (R11)."""
    post.gets(TWO_SITES)
    post.clock.set(post.start + timedelta(minutes=3))
    post.reads()

    (incident,) = post.incidents
    assert Status.PENDING_CONFIRMATION == incident.status
    assert (IncidentType.NETWORK_FAULT, 1) == (incident.type, incident.level)
    assert (("ZZ0101",), ("mobile",)) == (incident.areas, incident.services)
    assert post.start == incident.aware_at
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


def test_a_resolved_alarm_closes_nothing(post):
    """The end of an alarm is one line on the record of its incident (M19)."""
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

    assert "stored" == post.coordinator.act("trigger", post.duty, intake.replay, bad).state
    assert 1 == post.reads()
    with pytest.raises(Conflict):
        post.coordinator.act("trigger", post.duty, intake.replay, good)
    with pytest.raises(NotFound):
        post.coordinator.act("trigger", post.duty, intake.replay, 99)


def test_the_reader_can_set_an_event_aside(post):
    """An event over which the reader itself fails is quarantined and the next one is read."""
    event, _ = post.gets(payload(alert()))

    assert event == post.coordinator.system(intake.set_aside, event, "it failed")
    assert [("quarantined", "it failed")] == post.events
    assert post.coordinator.system(intake.set_aside, event, "it failed") is None


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
    assert post.start == incident.aware_at


@pytest.mark.parametrize("starts", ["0002-01-01T00:00:00Z", "1990-01-01T00:00:00Z", "9999-12-31T20:00:00Z"])
def test_a_start_of_another_age_is_unknown(post, starts):
    """A sender's slip of the year is no crash and no refusal: the incident opens with what can be meant (R11)."""
    post.takes(alert(startsAt=starts))

    (incident,) = post.incidents
    assert incident.onset_at is None
    assert "onset" in incident.gaps()


def test_an_alarm_without_a_start_opens_again_after_the_end(post):
    """An alarm that gives no start opens a second incident once its first has ended."""
    post.takes(alert(startsAt=None))
    post.takes(alert(startsAt=None), groupKey="again")
    assert 1 == len(post.incidents)

    post.ends(post.incidents[0])
    post.takes(alert(startsAt=None), groupKey="once more")
    assert 2 == len(post.incidents)


def test_a_type_without_a_playbook_opens_as_a_network_fault(post):
    """A rule may name a type that has no playbook yet; the alarm still opens an incident and says so."""
    routing = parse_routing("rules: [{id: r, type: service_interruption, level: 2}]")
    one = Shelf(source for source in shipped() if source.file == "network_fault.yaml")
    post.coordinator.house = replace(post.coordinator.house, routing=routing, playbooks=one)
    post.takes(alert())

    (incident,) = post.incidents
    assert IncidentType.NETWORK_FAULT == incident.type
    assert "there is no playbook for service_interruption: taken as network_fault" in incident.level_reasons


def test_an_unknown_format_and_a_giant_are_not_stored(post):
    """A format that is not known and a body over 1 MiB are refused."""
    with pytest.raises(NotFound):
        post.coordinator.act("trigger", post.duty, intake.store, "smoke-signal", "s", b"{}")
    with pytest.raises(Invalid):
        post.gets(b"x" * (intake.LARGEST_BODY + 1))

    assert [] == post.events
    assert (1, True) == post.gets(b"x" * intake.LARGEST_BODY)


def test_an_alarm_without_a_level_is_graded_by_its_impact(post):
    """No rule names a level: the alarm's figure does, with its reason (R13, AMB-03)."""
    post.takes(alert(labels=labels(severity="page"), annotations={"affected": "46000"}))

    (incident,) = post.incidents
    assert 2 == incident.level
    assert (
        "severity page is not listed (rule default): graded by its impact",
        "46,000 services affected (estimated), threshold 10,000",
    ) == incident.level_reasons
    assert None is incident.review_at


def test_an_alarm_that_knows_nothing_takes_the_higher_level(post):
    """Neither level nor figure: the higher level, and a review half an hour after the arrival (AMB-04)."""
    post.takes(alert(labels=labels(severity="page"), annotations={}))

    (incident,) = post.incidents
    assert 1 == incident.level
    assert incident.aware_at + timedelta(minutes=30) == incident.review_at


def test_a_joining_alarm_without_a_level_raises_by_its_figure_only(post):
    """An alarm that joins and names no level raises the level by its own figure, never by knowing nothing."""
    post.takes(alert(labels=labels(severity="warning")))

    post.takes(alert(labels=labels(severity="page"), annotations={}, fingerprint="b"), groupKey="b")
    assert [3] == [incident.level for incident in post.incidents]

    more = {"affected": "120000"}
    post.takes(alert(labels=labels(severity="page"), annotations=more, fingerprint="c"), groupKey="c")
    assert [1] == [incident.level for incident in post.incidents]
