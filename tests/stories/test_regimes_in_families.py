"""Regulators' clocks where incidents are joined and divided: what was asked, applied, waived or owed goes over to what
goes on, once, and nothing else does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidents.incident import Incident
from tests.house import START, House
from tests.stories.test_regimes import DORA, NIS2, NORS, applies, enables, minute, owed, shown, waives


def stands(house: House, incident: Incident) -> dict[str, str]:
    return {one["pack"]: one["state"] for one in shown(house, incident)["regimes"]}


def has_two_areas(house: House) -> Incident:
    house.has_customers(both=2)
    house.has_customers(both=2, area="ZZ0102")
    incident = house.alice.opens(level=2, affected=100, reports_up=False)
    return house.alice.updates(incident, areas=("ZZ0101", "ZZ0102"))


def test_a_no_that_nobody_asked_for_counts_no_more_at_the_survivor(house: House):
    """It comes over as what it was: the record applies nothing by it, and a person still may (M12, R11)."""
    one, other = house.alice.opens(level=2), house.alice.opens(level=2, affected=46_000)
    enables(house, NORS)
    waives(house, other, NORS)
    house.alice.merges(other, into=one)
    house.fast_forward(minutes=40)

    assert {NORS: "waived"} == stands(house, one)
    assert {} == owed(house, one, NORS)
    applies(house, one, NORS)
    assert 3 == len(owed(house, one, NORS))


@pytest.mark.parametrize("answered", [False, True])
def test_a_no_that_nobody_asked_for_answers_no_question_of_a_duplicate(house: House, answered: bool):
    """The duplicate was asked: its open question is put to the survivor, and what the record computes it computes
    there, also where the question was answered with no (M12, R11)."""
    one = house.alice.opens(level=2)
    enables(house, NORS)
    other = house.alice.opens(level=2, affected=46_000)
    waives(house, one, NORS)
    if answered:
        waives(house, other, NORS)
    house.alice.merges(other, into=one)

    assert {NORS: "waived" if answered else "asked"} == stands(house, one)
    house.fast_forward(minutes=30)
    assert 3 == len(owed(house, one, NORS))
    assert [] == house.audit()


def test_a_survivor_that_answered_the_question_is_not_asked_again(house: House):
    """It was asked itself, and said no."""
    enables(house, NORS)
    one, other = house.alice.opens(level=2), house.alice.opens(level=2, affected=100)
    waives(house, one, NORS)
    house.alice.merges(other, into=one)

    assert {NORS: "waived"} == stands(house, one)
    assert "done" == house.task(one, f"regime:{NORS}").state


def test_who_decided_is_named_through_every_merge(house: House):
    """Two merges later the regime still applies by the word of who gave it, not of who merged."""
    enables(house, NIS2)
    first, second, third = (house.alice.opens(level=2) for _ in range(3))
    applies(house, first, NIS2)
    house.hq.merges(first, into=second)
    house.hq.merges(second, into=third)

    assert ["alice"] == [one["by"] for one in shown(house, third)["regimes"]]


def test_a_part_whose_false_alarm_was_none_is_asked_nothing_new(house: House):
    """The whole was asked for all of it, and what opened before a regime was switched on was never asked (M13)."""
    enables(house, NIS2)
    whole = has_two_areas(house)
    part, early = house.alice.splits(whole, "ZZ0102"), house.alice.opens(level=2, area="ZZ0201")
    enables(house, DORA)
    for one in (part, early):
        house.alice.calls_off(one)
        house.alice.undoes(one)

    assert ({}, {NIS2: "asked"}) == (stands(house, part), stands(house, early))


def test_a_part_of_a_duplicate_owes_what_the_survivor_did(house: House):
    """The duplicate brought its report to the survivor, which turns out to be nothing: what was split off goes on, and
    owes it with the same due, to superiors as well (M13, M18)."""
    enables(house, NIS2)
    whole = has_two_areas(house)
    other = house.alice.opens(level=2, reports_up=False)
    part = house.alice.splits(whole, "ZZ0102")
    applies(house, whole, NIS2)
    house.alice.merges(whole, into=other)
    house.alice.calls_off(other)

    assert {NIS2: "applied"} == stands(house, part)
    assert {"early_warning": 24 * 60, "incident_notification": 72 * 60} == {
        rule: minute(window.due_at) for rule, window in owed(house, part, NIS2).items()
    }
    assert 2 == sum(w.kind == "superior_report" and w.owed for w in house.upwards(part))
    assert [] == house.audit()


def test_what_was_classified_after_its_cap_leaves_a_part_half_an_hour(house: House):
    """DORA has 24 hours from awareness, and was classified after 30: what the whole missed is owed by the part in half
    an hour, not before it was ever its own (M18)."""
    enables(house, DORA)
    whole = has_two_areas(house)
    part = house.alice.splits(whole, "ZZ0102")
    house.fast_forward(minutes=30 * 60)
    applies(house, whole, DORA)
    house.fast_forward(minutes=60)
    assert "breached" == owed(house, whole, DORA)["initial_notification"].state
    house.alice.calls_off(whole)

    assert house.clock.now() + timedelta(minutes=30) == owed(house, part, DORA)["initial_notification"].due_at
    assert START < owed(house, part, DORA)["initial_notification"].started_at
