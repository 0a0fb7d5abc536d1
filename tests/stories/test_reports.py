"""An incident from opening to closed: what the reports say at the end, and how it is closed."""

from __future__ import annotations

import json

import pytest

from coordinator import incidents, report
from incidents.errors import Conflict
from incidents.terms import REPORTS, Kind
from rendering.reports import html, markdown
from tests.house import House

HANDLING, SUMMARY = REPORTS


def finished(house: House, level: int):
    """Told, resolved, told of the end; its tasks done."""
    house.has_customers(both=2, sms=1)
    house.has_customers(both=1, language="en")
    incident = house.alice.opens(level=level)
    house.alice.tells(incident)
    house.fast_forward(minutes=20)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.alice.does_everything(incident)
    return incident


@pytest.mark.parametrize("level", [1, 2, 3])
def test_an_incident_is_closed_with_both_reports(house: House, level: int):
    """Nothing is closed before both reports are approved and the result is said (R10, R32, R35, R38)."""
    incident = finished(house, level)
    with pytest.raises(Conflict, match=r"handling_report.*summary_report.*how it ended"):
        house.alice._act("close", incidents.close, incident.reference)

    assert "closed" == house.alice.wraps_up(incident).status
    assert ["met", "met"] == [house.report_window(incident, kind).state for kind in REPORTS]


def test_the_report_tells_the_whole_story(house: House):
    """The handling report has the facts, both notices word for word, every verdict and every outcome (R32)."""
    incident = finished(house, 2)
    found = house.app.coordinator.act("read", house.alice.actor, report.report, incident.reference, HANDLING)
    text = markdown(found, "en", "Asia/Shanghai")

    for sent in house.told("sms"):
        assert any(words in text for words in sent["body"].splitlines() if words)
    assert 2 == text.count("### Notice ")
    assert text == markdown(found, "en", "Asia/Shanghai")
    assert "<svg" in html(found, "zh-CN", "Asia/Shanghai")
    assert "hq" not in found.handlers
    assert ("alice", "bob") == found.handlers


def test_a_report_a_month_later_says_the_same_of_the_incident(house: House):
    """Verdicts come from log times alone: what was drawn at the end is drawn again from a closed record (R32)."""
    house.sandbox.dial("twilio", receipts="off")
    incident = finished(house, 3)
    house.alice.wraps_up(incident)
    house.fast_forward(days=5)
    before = house.app.coordinator.act("read", house.hq.actor, report.report, incident.reference, SUMMARY)
    house.fast_forward(days=30)
    house.restarts()
    after = house.app.coordinator.act("read", house.hq.actor, report.report, incident.reference, SUMMARY)

    assert house.app.house.reporter.files(before) == house.app.house.reporter.files(after)


def test_the_approved_files_hold_the_score_and_no_address(house: House):
    """What is frozen names the completeness, and no customer's number or address (R35, S3)."""
    incident = finished(house, 2)
    house.alice.updates(
        incident,
        result={"en": "all is back", "zh-CN": "全部恢复"},
        improvement={"en": "a spare", "zh-CN": "备件"},
    )
    house.bob.passes(house.alice.reports(incident, SUMMARY))
    files = house.alice._act("read", report.approved_files, incident.reference, SUMMARY)

    document = json.loads(files["summary_report.json"])
    assert 27 == document["completeness"]["asked"]
    assert {"root_cause", "effects"} <= {gap["field"] for gap in document["completeness"]["gaps"]}
    assert not any(secret in content.decode() for content in files.values() for secret in ("+86138", "c1@"))
