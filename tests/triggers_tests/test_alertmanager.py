"""What Alertmanager sends becomes alarms, or a refusal that names the field."""

import json
from datetime import UTC, datetime

import pytest
from alertmanager_bodies import TWO_SITES, alert, payload
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import Invalid
from triggers import alertmanager
from triggers.alarm import AlarmStatus

SIX_FIFTEEN = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)


def parsed(**changes):
    (alarm,) = alertmanager.parse(payload(alert(**changes)))
    return alarm


def test_a_captured_body_is_read_whole():
    """Both alerts of a real body are read, each with its own status, time and words."""
    down, up = alertmanager.parse(TWO_SITES)

    assert (AlarmStatus.FIRING, AlarmStatus.RESOLVED) == (down.status, up.status)
    assert datetime(2026, 10, 14, 6, 15, 0, 123456, UTC) == down.onset_at
    assert datetime(2026, 10, 14, 6, 1, 30, 500000, UTC) == up.onset_at
    assert "1a30ba71cca2921f/2026-10-14T06:15:00.123456789Z" == down.dedup_key
    assert "9c4e1f02ab77d310/2026-10-14T06:01:30.5Z" == up.dedup_key
    assert "滨江区41个基站退服，手机业务中断" == down.summary
    assert (46_000, 1_200) == (down.affected, up.affected)
    assert 2 == down.truncated
    assert "ZZ0101" == down.labels["area"]


TIMES = {
    "Z": ("2026-10-14T06:15:00Z", SIX_FIFTEEN),
    "small z": ("2026-10-14t06:15:00z", SIX_FIFTEEN),
    "an offset": ("2026-10-14T14:15:00+08:00", SIX_FIFTEEN),
    "a negative offset": ("2026-10-13T23:45:00-06:30", SIX_FIFTEEN),
    "nanoseconds": ("2026-10-14T06:15:00.000000001Z", SIX_FIFTEEN),
    "the zero time": ("0001-01-01T00:00:00Z", None),
    "the last hours of the calendar": ("9999-12-31T23:59:59-08:00", None),
    "the zero time east of Greenwich": ("0001-01-01T00:00:00+08:00", None),
    "empty": ("", None),
    "absent": (None, None),
}


@pytest.mark.parametrize(("text", "instant"), TIMES.values(), ids=TIMES.keys())
def test_every_spelling_of_a_time_is_read(text, instant):
    """An instant is the same however it is spelt; the zero time is no time."""
    assert instant == parsed(startsAt=text).onset_at


def test_one_instant_in_two_zones_is_one_alarm():
    """Two Alertmanagers that write times in two zones report one alarm."""
    assert (
        parsed(startsAt="2026-10-14T06:15:00.50Z").dedup_key
        == parsed(startsAt="2026-10-14T14:15:00.5+08:00").dedup_key
    )


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-10-14",
        "2026-10-14T06:15:00",
        "2026-13-14T06:15:00Z",
        "2026-10-14T25:15:00Z",
        "2026-W42-3T06:15:00Z",
        "２026-10-14T06:15:00Z",
        "2026-10-14T06:15:00Z ",
        "1760422500",
    ],
)
def test_a_time_that_is_none_is_refused_by_its_path(text):
    """A time without a zone, or no time at all, is named with its alert."""
    with pytest.raises(Invalid) as refusal:
        alertmanager.parse(payload(alert(), alert(startsAt=text)))

    assert "alerts[1].startsAt" == refusal.value.field


AFFECTED = {
    "annotation": ({"affected_users": "46000"}, {}, 46_000),
    "short name": ({"affected": "12"}, {}, 12),
    "label": ({}, {"affected_users": "7"}, 7),
    "thousands": ({"affected_users": " 46,000 "}, {}, 46_000),
    "a float of a template": ({"affected_users": "46000.0"}, {}, 46_000),
    "a number": ({"affected_users": 46000}, {}, 46_000),
    "zero": ({"affected_users": "0"}, {}, 0),
    "words, then a number": ({"affected_users": "many", "affected": "9"}, {}, 9),
    "words": ({"affected_users": "many"}, {}, None),
    "negative": ({"affected_users": "-5"}, {}, None),
    "too many": ({"affected_users": "9999999999"}, {}, None),
    "other digits": ({"affected_users": "٤٦"}, {}, None),
    "none": ({}, {}, None),
}


@pytest.mark.parametrize(("annotations", "labels", "count"), AFFECTED.values(), ids=AFFECTED.keys())
def test_the_number_of_affected_services_is_found_or_unknown(annotations, labels, count):
    """What is no number is unknown; an alarm is never refused for it."""
    assert count == parsed(annotations=annotations, labels=labels).affected


def test_numbers_may_come_as_strings_and_the_reverse():
    """Numbers as strings are read, and labels as numbers."""
    (alarm,) = alertmanager.parse(
        payload(
            alert(labels={"level": 1}), version=4, truncatedAlerts="3", commonLabels=None, extra={"a": []}
        )
    )

    assert {"level": "1"} == alarm.labels
    assert 3 == alarm.truncated


def test_a_missing_fingerprint_is_made_from_the_labels():
    """The same labels in another order make the same key, other labels another."""
    one = parsed(fingerprint=None, labels={"a": "1", "b": "2"})
    other_order = parsed(fingerprint=None, labels={"b": "2", "a": "1"})
    other = parsed(fingerprint=None, labels={"a": "1", "b": "3"})

    assert one.dedup_key == other_order.dedup_key
    assert one.dedup_key != other.dedup_key


def test_the_summary_falls_back_to_description_and_name():
    """There are always words for the title when the alarm has any."""
    assert "x" == parsed(annotations={"summary": " ", "description": "x"}).summary
    assert "CellSitesDown" == parsed(annotations={}).summary


BAD = {
    "null": (b"null", "body"),
    "a list": (b"[]", "body"),
    "a text": (b'"firing"', "body"),
    "no version": (b'{"alerts": []}', "version"),
    "version 1 (Grafana)": (payload(alert(), version="1"), "version"),
    "no alerts": (payload(), "alerts"),
    "alerts absent": (b'{"version": "4"}', "alerts"),
    "alerts an object": (b'{"version": "4", "alerts": {}}', "alerts"),
    "an alert that is none": (b'{"version": "4", "alerts": [7]}', "alerts[0]"),
    "no status": (payload(alert(status=None)), "alerts[0].status"),
    "another status": (payload(alert(), alert(status="pending")), "alerts[1].status"),
    "labels a list": (payload(alert(labels=["a"])), "alerts[0].labels"),
    "a label that is a list": (payload(alert(labels={"area": ["x"]})), "alerts[0].labels.area"),
    "annotations a text": (payload(alert(annotations="x")), "alerts[0].annotations"),
    "a long fingerprint": (payload(alert(fingerprint="f" * 129)), "alerts[0].fingerprint"),
    "truncated below zero": (payload(alert(), truncatedAlerts=-1), "truncatedAlerts"),
    "truncated no number": (payload(alert(), truncatedAlerts="many"), "truncatedAlerts"),
    "NaN": (b'{"version": "4", "alerts": [{"status": NaN}]}', "alerts[0].status"),
    "a key twice": (b'{"version": "4", "version": "4", "alerts": []}', "version"),
}


@pytest.mark.parametrize(("body", "field"), BAD.values(), ids=BAD.keys())
def test_a_bad_body_is_refused_by_its_path(body, field):
    """Each bad body names its field."""
    with pytest.raises(Invalid) as refusal:
        alertmanager.parse(body)

    assert field == refusal.value.field
    assert refusal.value.next


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ALERTS = st.fixed_dictionaries(
    {"status": st.sampled_from(["firing", "resolved"]) | JSON},
    optional={
        "labels": st.dictionaries(st.sampled_from(["area", "level", "affected"]), st.text(max_size=9)) | JSON,
        "annotations": st.dictionaries(st.sampled_from(["summary", "affected"]), st.text(max_size=9)) | JSON,
        "startsAt": st.datetimes(timezones=st.timezones()).map(datetime.isoformat)
        | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
        | JSON,
        "fingerprint": JSON,
    },
)


@given(st.lists(ALERTS, max_size=3), JSON)
def test_anything_of_the_right_shape_is_read_or_refused(alerts, truncated):
    """Whatever the fields hold, the answer is alarms or a refusal."""
    body = json.dumps({"version": "4", "alerts": alerts, "truncatedAlerts": truncated}).encode()
    try:
        alarms = alertmanager.parse(body)
    except Invalid:
        return
    assert len(alerts) == len(alarms)


@given(st.integers(0, len(TWO_SITES) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_body_is_read_or_refused(position, damage):
    """A body with some bytes overwritten brings nothing but alarms or a refusal."""
    damaged = TWO_SITES[:position] + damage + TWO_SITES[position + len(damage) :]
    try:
        alarms = alertmanager.parse(damaged)
    except Invalid:
        return
    assert alarms
