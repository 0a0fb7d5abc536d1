"""Reports have their own windows, and a second person's approval tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coordinator import incidents, report
from coordinator.verify import verify
from incidents.errors import Conflict, Invalid, NotAllowed, NotFound
from incidents.incident import Incident
from incidents.terms import REPORTS, Kind
from tests.house import START, House

HANDLING, SUMMARY = REPORTS


def resolved(house: House, level: int = 2) -> Incident:
    incident = house.alice.opens(level=level)
    return house.alice.resolves(incident)


def files(house: House, incident: Incident, kind: Kind) -> dict[str, bytes]:
    return house.app.coordinator.act(
        "read", house.alice.actor, report.approved_files, incident.reference, kind
    )


def checks(house: House) -> list[str]:
    return house.app.coordinator.act("read", house.alice.actor, verify)


@pytest.mark.parametrize(
    ("level", "handling", "summary"),
    [
        (1, datetime(2026, 10, 15, 6, 15, tzinfo=UTC), datetime(2026, 10, 21, 6, 15, tzinfo=UTC)),
        (2, datetime(2026, 10, 15, 6, 15, tzinfo=UTC), datetime(2026, 10, 28, 6, 15, tzinfo=UTC)),
        (3, datetime(2026, 10, 19, 6, 15, tzinfo=UTC), datetime(2026, 11, 4, 6, 15, tzinfo=UTC)),
    ],
)
def test_standing_down_owes_both_reports(house: House, level: int, handling: datetime, summary: datetime):
    """R19, R32, R38, AMB-10: 24 hours, or 3 working days at level 3; 5, 10 and 15 working days."""
    incident = resolved(house, level)
    windows = {kind: house.report_window(incident, kind) for kind in REPORTS}

    assert (handling, summary) == (windows[HANDLING].due_at, windows[SUMMARY].due_at)
    assert {("internal", "resolved_at", "report", "")} == {
        (w.audience, w.clock_start, w.told_by, w.audience_state) for w in windows.values()
    }


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_second_persons_approval_tells_the_window(house: House, level: int):
    """R32, AMB-10: told at the approval, at every level by somebody else than who submitted it."""
    incident = resolved(house, level)
    version = house.alice.reports(incident, HANDLING)
    assert "open" == house.report_window(incident, HANDLING).state
    with pytest.raises(NotAllowed):
        house.alice.passes(version)
    house.fast_forward(hours=3)
    house.bob.passes(version)

    window = house.report_window(incident, HANDLING)
    assert ("met", "done", START + timedelta(hours=3)) == (window.state, window.duty, window.told_at)
    assert "open" == house.report_window(incident, SUMMARY).state


def test_an_unapproved_report_is_breached_and_stays_owed(house: House):
    """R32: after 24 hours it is late, says so, and an approval ends the duty without undoing the breach."""
    incident = resolved(house)
    house.alice.reports(incident, HANDLING)
    house.fast_forward(hours=25)
    window = house.report_window(incident, HANDLING)
    assert ("breached", "owed", ("no_approval",)) == (window.state, window.duty, window.causes)

    house.bob.passes(house.alice.reports(incident, HANDLING))
    window = house.report_window(incident, HANDLING)
    assert ("breached", "done", START + timedelta(hours=25)) == (window.state, window.duty, window.told_at)
    assert [] == checks(house)


def test_closing_lists_the_reports_that_are_owed(house: House):
    """R10, R38: nothing is closed without both reports."""
    incident = resolved(house)
    house.bob.passes(house.alice.reports(incident, HANDLING))

    with pytest.raises(Conflict, match="summary_report") as refused:
        house.alice._act("close", incidents.close, incident.reference)
    assert "handling_report" not in refused.value.message


def test_what_was_approved_is_frozen(house: House):
    """R32, R34: the approved bytes stay what they were whatever the record becomes, in every format."""
    incident = resolved(house)
    version = house.alice.reports(incident, SUMMARY)
    house.alice.updates(incident, improvement={"en": "a second route"})
    house.bob.passes(version)
    before = files(house, incident, SUMMARY)
    assert b"a second route" not in before["summary_report.json"]
    assert {f"summary_report.{lang}.{form}" for lang in ("zh-CN", "en") for form in ("md", "html")} < set(
        before
    )

    newer = house.alice.reports(incident, SUMMARY)
    assert before == files(house, incident, SUMMARY)
    house.bob.passes(newer)
    assert b"a second route" in files(house, incident, SUMMARY)["summary_report.json"]
    assert 2 == newer.number


def test_nobody_changes_the_files(house: House):
    """R34, R36: the files can only be added to, and what was changed past that is refused and found."""
    incident = resolved(house)
    version = house.alice.reports(incident, HANDLING)
    with pytest.raises(house.app.database.module.DatabaseError, match="append-only"):
        house.writes_raw("UPDATE report_files SET content = 'x'")

    house.writes_raw("DROP TRIGGER report_files_no_update")
    house.writes_raw("UPDATE report_files SET content = x'78' WHERE name LIKE '%.md'")
    with pytest.raises(Conflict, match="changed"):
        house.bob.passes(version)
    assert any("the files of report R1" in problem for problem in checks(house))


def test_a_declined_report_goes_back_with_its_reason(house: House):
    """R38: who declines says why; the duty stays owed and a new version is approved instead."""
    incident = resolved(house)
    version = house.alice.reports(incident, SUMMARY)
    with pytest.raises(Invalid):
        house.bob._act("approve", report.decline, version.id, " ")
    declined = house.bob._act("approve", report.decline, version.id, "the cause is missing")
    assert ("declined", "bob", "the cause is missing") == (
        declined.state,
        declined.decided_by,
        declined.reason,
    )
    with pytest.raises(Conflict):
        house.hq.passes(version)
    assert "owed" == house.report_window(incident, SUMMARY).duty
    house.bob.passes(house.alice.reports(incident, SUMMARY))
    assert "met" == house.report_window(incident, SUMMARY).state


def test_a_newer_submission_takes_the_place_of_one_that_waits(house: House):
    """Nobody approves what its author has replaced."""
    incident = resolved(house)
    first, second = house.alice.reports(incident, HANDLING), house.carol.reports(incident, HANDLING)
    with pytest.raises(Conflict, match="superseded"):
        house.bob.passes(first)
    assert "approved" == house.alice.passes(second).state


def test_a_report_of_a_running_incident_is_not_submitted(house: House):
    """The draft can be read at any time; what is approved is the whole story."""
    incident = house.alice.opens()
    with pytest.raises(Conflict, match="not resolved"):
        house.alice.reports(incident, HANDLING)
    with pytest.raises(NotFound):
        house.bob._act("approve", report.approve, 77)
    with pytest.raises(Conflict, match="approved"):
        files(house, incident, HANDLING)


def test_the_score_of_every_submission_is_on_the_timeline(house: House):
    """R35: how complete the record was when it was submitted is never hidden."""
    incident = resolved(house)
    house.alice.reports(incident, SUMMARY)
    said = house.entries(incident, "report_submitted")[0].data
    assert (27, True) == (said["asked"], said["given"] < 27)


def test_after_standing_down_facts_are_only_recorded(house: House):
    """R38: a cause confirmed after the end owes customers nothing and is put on the record."""
    incident = house.alice.opens()
    house.alice.submits(incident)
    house.alice.resolves(incident)
    changed = house.alice.updates(incident, cause={"en": "a cut fibre"}, cause_status="confirmed")
    assert "confirmed" == changed.cause_status
