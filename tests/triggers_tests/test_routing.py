"""Which alarm opens what, and why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incidents.errors import Invalid
from incidents.terms import IncidentType
from triggers.alarm import Alarm, AlarmStatus
from triggers.routing import LONGEST_TITLE, Ignored, Route, default, parse_routing, route

ALARM = Alarm("alertmanager", "f/2026", AlarmStatus.FIRING, {}, {}, None, "41 cell sites down", None)


def routed(routing=None, **labels):
    return route(replace(ALARM, labels=labels), routing or default())


LEVELS = {
    "label 1": ({"level": "1"}, 1, "label level=1"),
    "label 3 before severity": ({"level": "3", "severity": "critical"}, 3, "label level=3"),
    "critical": ({"severity": "critical"}, 1, "severity critical (rule default)"),
    "error": ({"severity": "error"}, 2, "severity error (rule default)"),
    "high": ({"severity": "high"}, 2, "severity high (rule default)"),
    "major": ({"severity": "Major"}, 2, "severity major (rule default)"),
    "warning": ({"severity": "warning"}, 3, "severity warning (rule default)"),
    "minor": ({"severity": "minor"}, 3, "severity minor (rule default)"),
    "unlisted": (
        {"severity": "page"},
        None,
        "severity page is not listed (rule default): graded by its impact",
    ),
    "absent": ({}, None, "no severity (rule default): graded by its impact"),
    "no such level": ({"level": "4", "severity": "minor"}, 3, "severity minor (rule default)"),
}


@pytest.mark.parametrize(("labels", "level", "reason"), LEVELS.values(), ids=LEVELS.keys())
def test_the_level_comes_with_its_reason(labels, level, reason):
    """A level label wins over the severity; an alarm that names none is graded by its impact."""
    found = routed(**labels)

    assert level == found.level
    assert reason == found.reasons[-1]


def test_a_level_label_that_is_none_is_said():
    """A wrong level label is told before the severity that decided instead."""
    assert ("label level=4 is no level", "severity minor (rule default)") == routed(
        level="4", severity="minor"
    ).reasons


@pytest.mark.parametrize("severity", ["info", "none"])
def test_information_opens_nothing_unless_a_rule_says_so(severity):
    """Severities info and none mean no incident by default, and a rule may say otherwise."""
    own = parse_routing("rules: [{id: probe, type: service_interruption, level: 3, match: {job: probe}}]")

    assert Ignored(f"severity {severity} (rule default) means no incident") == routed(severity=severity)
    assert 3 == routed(own, severity=severity, job="probe").level


def test_places_and_services_are_lists_of_codes():
    """Codes are separated by commas, each taken once."""
    found = routed(area="ZZ0101, ZZ0102,,ZZ0101", service="mobile")

    assert ("ZZ0101", "ZZ0102") == found.areas
    assert ("mobile",) == found.services
    assert timedelta(minutes=60) == found.correlate
    assert IncidentType.NETWORK_FAULT == found.type


def test_the_first_rule_that_fits_decides():
    """Rules are tried in order; a match is a value or one of a list, and all labels must fit."""
    routing = parse_routing(
        """
        rules:
          - {id: core, type: network_fault, level: 1, match: {team: core, kind: [router, switch]}}
          - {id: billing, type: service_interruption, level: 3, match: {team: billing}, correlate_minutes: 5}
        """
    )

    assert "core" == routed(routing, team="core", kind="switch").rule_id
    assert ("rule core says level 1",) == routed(routing, team="core", kind="router").reasons
    assert "billing" == routed(routing, team="billing").rule_id
    assert Ignored("no rule fits its labels") == routed(routing, team="core", kind="fan")
    assert Ignored("no rule fits its labels") == routed(routing)


def test_a_rule_names_its_own_labels():
    """An operator whose labels are called otherwise says so in the rule."""
    routing = parse_routing(
        "rules: [{id: r, type: data_leak, level_label: grade, severity_label: prio, severities: {P1: 1},"
        " area_label: district, service_label: product, otherwise: null}]"
    )
    found = routed(routing, prio="p1", district="ZZ01", product="fixed", area="x")

    assert (
        Route(
            "r",
            IncidentType.DATA_LEAK,
            1,
            ("severity p1 (rule r)",),
            ("ZZ01",),
            ("fixed",),
            "41 cell sites down",
            timedelta(hours=1),
        )
        == found
    )
    assert isinstance(routed(routing, prio="p9"), Ignored)


TITLES = {
    "as it is": ("滨江区41个基站退服", "滨江区41个基站退服"),
    "lines and controls": ("a\r\nb\tc\x1b[31m\u202ed", "a b c [31m d"),
    "none": (" ", "alertmanager f/2026"),
    "too long": ("x" * 300, "x" * LONGEST_TITLE),
}


@pytest.mark.parametrize(("summary", "title"), TITLES.values(), ids=TITLES.keys())
def test_a_title_is_one_printable_line(summary, title):
    """A title has 1 to 200 printable characters in one line."""
    assert title == route(replace(ALARM, summary=summary), default()).title


def test_left_out_alarms_are_a_reason():
    """Who grades sees that there is more than the message shows."""
    assert "the sender left out 2 more alarms" == route(replace(ALARM, truncated=2), default()).reasons[-1]


BAD = {
    "no YAML": ("rules: [", "not YAML"),
    "a Python object": ("!!python/object/apply:os.system ['true']", "not YAML"),
    "a key twice": ("rules: []\nrules: []", "comes twice"),
    "empty": ("", "routing:"),
    "a list": ("[]", "routing:"),
    "no rules": ("rules: []", "rules: "),
    "an unknown key": ("rules: [{id: a, type: network_fault, levle: 1}]", "rules.0.levle"),
    "an unknown type": ("rules: [{id: a, type: fire}]", "rules.0.type"),
    "a level that is none": ("rules: [{id: a, type: data_leak, level: 4}]", "rules.0.level"),
    "a severity's level": ("rules: [{id: a, type: data_leak, severities: {bad: 0}}]", "rules.0.severities"),
    "one name twice": ("rules: [{id: a, type: data_leak}, {id: a, type: data_leak}]", "called a"),
    "a time below zero": ("rules: [{id: a, type: data_leak, correlate_minutes: -1}]", "correlate_minutes"),
}


@pytest.mark.parametrize(("text", "problem"), BAD.values(), ids=BAD.keys())
def test_a_wrong_rule_is_named(text, problem):
    """Rules that contradict themselves are refused whole, with the place."""
    with pytest.raises(Invalid) as refusal:
        parse_routing(text)

    assert problem in refusal.value.message


def test_every_problem_is_named_at_once():
    """Two mistakes in two rules are told together."""
    with pytest.raises(Invalid) as refusal:
        parse_routing("rules: [{id: a, type: fire}, {id: b, type: data_leak, level: 9}]")

    assert "rules.0.type" in refusal.value.message
    assert "rules.1.level" in refusal.value.message
