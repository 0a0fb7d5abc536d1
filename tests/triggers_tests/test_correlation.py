"""Which alarms are one outage, and what a second alarm does to it."""

from datetime import timedelta

import pytest
from alertmanager_bodies import alert, labels, payload

from coordinator import incidents, undo
from incidents.errors import Conflict


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
    assert 11 == steps


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
    post.clock.set(post.start + timedelta(minutes=minutes))

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
    post.ends(post.incidents[0])

    post.takes(alert(fingerprint="b"))

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


def test_what_an_alarm_raised_is_not_a_persons_to_take_back(post):
    """Undo is for a person's slip; the level that a worse alarm gave stands."""
    post.takes(alert(labels=labels(severity="warning")))
    post.takes(alert(fingerprint="b"))

    with pytest.raises(Conflict, match="nothing to take back"):
        post.coordinator.act("undo", post.duty, undo.undo, post.incidents[0].reference)
    assert 1 == post.incidents[0].level


def test_a_worse_alarm_leaves_a_confirmed_level_to_people(post):
    """Once a person has confirmed, an alarm only adds a line."""
    post.takes(alert(labels=labels(severity="warning")))
    post.coordinator.act("confirm", post.duty, incidents.confirm, post.incidents[0].reference)
    post.takes(alert(fingerprint="b"))

    (incident,) = post.incidents
    assert 3 == incident.level
    assert 1 == post.entry(incident, "alarm_joined")["level"]
