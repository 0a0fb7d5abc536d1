"""What is owed after the record is closed: the file is put away (R48)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coordinator import steps, windows
from incidents.errors import Conflict, Invalid
from incidents.incident import Incident
from incidents.terms import Kind
from tests.house import START, House


def closed(house: House) -> Incident:
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.alice.does_everything(incident)
    house.alice.reviews(incident)
    return house.alice.closes(incident)


def fulfils(house: House, number: int, how: str = "filed", evidence: str = "archive no. 118") -> None:
    house.app.coordinator.act("fulfil", house.alice.actor, windows.fulfil, number, how, evidence)


def next_step(house: House, incident: Incident) -> str:
    return house.app.coordinator.look("read", house.alice.actor, steps.following, [incident]).command


def test_a_closed_file_is_archived_within_three_working_days(house: House):
    """Three days of China's calendar after closing, met by a person's word with where the file is (R48, AMB-10)."""
    house.has_customers(both=1)
    incident = closed(house)
    window = house.report_window(incident, Kind.ARCHIVE)
    # Wednesday 14 October, 14:15 in Beijing: Monday the 19th.
    assert (START, datetime(2026, 10, 19, 6, 15, tzinfo=UTC)) == (window.started_at, window.due_at)
    assert next_step(house, incident).startswith(f"tongbao fulfil {window.id} ")
    with pytest.raises(Invalid):
        fulfils(house, window.id, evidence=" ")

    fulfils(house, window.id)
    assert ("met", "person") == (
        house.report_window(incident, Kind.ARCHIVE).state,
        house.report_window(incident, Kind.ARCHIVE).basis,
    )
    with pytest.raises(Conflict):
        fulfils(house, window.id)
    assert [] == house.audit()


def test_a_file_that_nobody_archives_is_a_breach(house: House):
    """It stays owed, says why, and is done late (I9, R48)."""
    house.has_customers(both=1)
    incident = closed(house)
    house.fast_forward(days=6)
    window = house.report_window(incident, Kind.ARCHIVE)
    assert ("breached", "owed", ("nobody_said_so",)) == (window.state, window.duty, window.causes)

    fulfils(house, window.id)
    assert "done" == house.report_window(incident, Kind.ARCHIVE).duty


def test_a_record_that_was_closed_by_a_slip_owes_no_archive(house: House):
    """Undo ends what closing opened (§4)."""
    house.has_customers(both=1)
    incident = closed(house)
    house.alice.undoes(incident)
    assert "lapsed" == house.report_window(incident, Kind.ARCHIVE).state
