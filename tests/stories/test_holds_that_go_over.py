"""`holding hold` with a reason stops the notice of the duty, whichever incident goes on with it (§6; M12, M13)."""

from __future__ import annotations

import pytest

from incidents.incident import Incident
from incidents.terms import Kind
from tests.house import House

HERE, THERE = "ZZ0101", "ZZ0102"
WHY = "the wrong service is on the record"


@pytest.fixture
def held(house: House) -> Incident:
    """Level 1, two areas, and its holding notice is held."""
    house.has_holding_texts()
    house.has_customers(sms=2, area=HERE)
    house.has_customers(sms=3, area=THERE)
    incident = house.alice.opens(level=1)
    house.alice.updates(incident, areas=(HERE, THERE))
    house.fast_forward(minutes=1)
    house.alice.holds(house.window(incident, "first_notice"), WHY)
    return incident


def goes_by_itself(house: House, incident: Incident) -> bool:
    """Whether a holding notice has gone by shortly before the due instant."""
    house.fast_forward(until=house.window(incident, "first_notice").due_at.replace(second=0))
    return any(n.kind == Kind.HOLDING_NOTICE for n in house.notices(incident))


def said(house: House, incident: Incident) -> list[str]:
    return [e.data["reason"] for e in house.entries(incident, "holding_held")]


def test_a_part_is_held_as_the_whole_is(house: House, held: Incident):
    """Its entry says so, and it is let go by itself."""
    part = house.alice.splits(held, THERE)
    assert [WHY] == said(house, part) == said(house, held)
    house.alice.lets_go(house.window(part, "first_notice"))

    assert (False, True) == (goes_by_itself(house, held), goes_by_itself(house, part))


@pytest.mark.parametrize("told", [False, True], ids=["its window runs", "a window opens by the merger"])
def test_a_survivor_is_held_as_its_duplicate_was(house: House, held: Incident, told: bool):
    """What was wrong with the text about those people is wrong with the survivor's."""
    survivor = house.alice.opens(level=1)
    if told:
        house.alice.tells(survivor)
    house.alice.merges(held, survivor)

    assert [WHY] == said(house, survivor)
    assert not goes_by_itself(house, survivor)


def test_a_duty_that_an_undo_gives_back_is_held_still(house: House, held: Incident):
    """A false alarm by a slip does not let it go."""
    house.alice.calls_off(held)
    house.alice.undoes(held)

    assert [WHY, WHY] == said(house, held)
    assert not goes_by_itself(house, held)
