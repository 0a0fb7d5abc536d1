"""The level rises while the clock runs: worked timelines of the windows law, §10."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidents.terms import Kind
from tests.house import START, House


def at(minutes: int):
    return START + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("upgraded", "due", "late"),
    [(60, 120, False), (118, 148, True), (121, 151, True), (230, 240, True)],
)
def test_an_untold_level_3_that_becomes_level_1(house: House, upgraded: int, due: int, late: bool):
    """An upgrade leaves thirty minutes, never more than was left; strict and history stay (AMB-06, I12, M02, W01,
    W02, W03, W04)."""
    incident = house.alice.opens(level=3)
    house.fast_forward(until=at(upgraded))

    house.alice.raises(incident, 1)

    window = house.window(incident, "first_notice")
    assert (at(due), at(120)) == (window.due_at, window.strict_due_at)
    assert late == ("late_by_classification" in window.causes)
    assert [("opened", at(240)), ("upgrade", at(due))] == [(m.rule, m.due_at) for m in window.history]

    house.fast_forward(until=at(due))
    assert "open" == house.window(incident, "first_notice").state
    house.fast_forward(seconds=1)
    window = house.window(incident, "first_notice")
    assert "breached" == window.state
    assert late == ("late_by_classification" in window.causes)
    assert "no_draft" in window.causes or "no_approval" in window.causes


def test_an_upgraded_window_that_is_told_in_its_new_time_is_met(house: House):
    """Told within the thirty minutes that the upgrade leaves is met, marked late by classification (I12, M02)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=3)
    house.fast_forward(until=at(121))
    house.alice.raises(incident, 1)
    house.fast_forward(until=at(151))

    house.alice.tells(incident)

    window = house.window(incident, "first_notice")
    assert ("met", ("late_by_classification",)) == (window.state, window.causes)
    assert 2 == len(house.told("sms"))
    assert 2 == len(house.told("email"))


def test_after_telling_an_upgrade_owes_a_material_update_and_quickens_progress(house: House):
    """The verdict stays, progress moves by the formula, a material update is owed in 30 min (R28, I12, M03)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=3)
    house.fast_forward(until=at(10))
    house.alice.tells(incident)
    first, before = house.window(incident, "first_notice"), house.window(incident, "progress_update")
    house.fast_forward(until=at(20))

    house.alice.raises(incident, 1)

    assert "met" == first.state == house.window(incident, "first_notice").state
    assert first.due_at == house.window(incident, "first_notice").due_at
    progress = house.window(incident, "progress_update")
    assert at(70) == progress.due_at == progress.strict_due_at
    assert before.due_at == progress.history[0].due_at
    material = house.window(incident, "material_update")
    assert (at(50), "open") == (material.due_at, material.state)

    house.fast_forward(until=at(50))
    update = house.alice.tells(incident, Kind.MATERIAL_UPDATE)

    assert "upgraded" == update.change
    assert "met" == house.window(incident, "material_update").state
    # The entry is also the progress notice, so that the next hour starts here.
    assert "met" == house.window(incident, "progress_update", 1).state
    assert at(110) == house.window(incident, "progress_update", 2).strict_due_at


def test_a_decided_window_keeps_its_verdict_and_gets_a_finding(house: House):
    """An upgrade after the verdict is noted beside it and changes nothing (I10, I12, M03)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=3)
    house.fast_forward(until=at(180))
    house.alice.tells(incident)

    house.alice.raises(incident, 2)

    window = house.window(incident, "first_notice")
    assert ("met", at(240), at(240)) == (window.state, window.due_at, window.strict_due_at)
    assert ["upgraded_after_verdict"] == [finding.kind for finding in window.findings]


def test_an_open_material_window_moves_with_the_level(house: House):
    """A change that joins an open material window never waits longer than the new level allows (I12)."""
    house.has_customers(email=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.alice.restores(incident, partial=True)
    assert at(60) == house.window(incident, "material_update").due_at
    house.fast_forward(until=at(5))

    house.alice.raises(incident, 1)

    [material] = [w for w in house.windows(incident) if w.kind == Kind.MATERIAL_UPDATE]
    assert at(35) == material.due_at


def test_a_change_after_a_missed_material_update_has_its_own_clock(house: House):
    """A breached material window is not open, so that the next change opens a new one (known failure 3)."""
    house.has_customers(email=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.fast_forward(until=at(1))
    house.alice.raises(incident, 2)
    house.fast_forward(until=at(45))
    assert "breached" == house.window(incident, "material_update").state

    house.alice.raises(incident, 1)

    assert (at(75), "open") == (
        house.window(incident, "material_update").due_at,
        house.window(incident, "material_update").state,
    )
    house.fast_forward(until=at(50))
    house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    material = [w for w in house.windows(incident) if w.kind == Kind.MATERIAL_UPDATE]
    assert [("breached", "done"), ("met", "done")] == [(w.state, w.duty) for w in material]
