"""What duplicates know together: a person confirmed it, several alarms agree, the larger figure (§4, §6; M12, M13)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coordinator import incidents, regimes
from incidents.effects import Opening
from incidents.incident import Incident
from incidents.terms import IncidentType
from tests.house import START, House

HERE, THERE = "ZZ0101", "ZZ0102"


@pytest.fixture(autouse=True)
def holding_texts(house: House) -> None:
    house.has_holding_texts()
    house.has_customers(sms=2, area=HERE)
    house.has_customers(sms=3, area=THERE)


def rings(house: House, source: str, *areas: str) -> Incident:
    """An alarm opens an incident that nobody has confirmed."""
    said = Opening(
        type=IncidentType.NETWORK_FAULT,
        level=1,
        title="cells are down",
        areas=areas or (HERE,),
        services=("mobile",),
        onset_at=START,
        aware_at=START,
        affected=46000,
        cause={},
        source=source,
        confirmed=False,
    )
    return house.app.coordinator.system(incidents.open_incident, said)


def held_back(house: House, incident: Incident) -> dict[str, str]:
    outlook = house.outlook(house.window(incident, "first_notice"))
    return outlook.withheld


@pytest.mark.parametrize("confirmed", [True, False], ids=["confirmed", "opened by a person"])
def test_a_survivor_is_as_confirmed_as_its_duplicate(house: House, confirmed: bool):
    """A person has said that it is real: the holding notice goes by all its channels (§6)."""
    source = house.alice.opens(level=1)
    if confirmed:
        house.alice.confirms(source)
    survivor = rings(house, "probe:web")
    house.fast_forward(minutes=5)
    house.alice.merges(source, survivor)

    found = house.incident(survivor)
    assert ("responding" if confirmed else "open", confirmed) == (
        found.status,
        found.confirmed_at is not None,
    )
    house.fast_forward(hours=2)
    assert ("met", {}, 2) == (
        house.window(survivor, "first_notice").state,
        held_back(house, survivor),
        len(house.told("sms")),
    )


def test_what_a_survivor_knows_is_not_lost(house: House):
    """A duplicate that nobody confirmed makes it no less confirmed, and its restoration is its own."""
    survivor, source = house.alice.opens(level=1), rings(house, "probe:web")
    house.alice.confirms(survivor)
    house.alice.restores(survivor)
    house.alice.merges(source, survivor)
    assert "restored" == house.incident(survivor).status


def test_two_alarms_that_were_merged_agree(house: House):
    """Independent trigger families of duplicates speak of one incident (§6)."""
    source, survivor = rings(house, "alertmanager"), rings(house, "probe:web")
    house.fast_forward(minutes=5)
    house.alice.merges(source, survivor)
    house.fast_forward(hours=2)

    assert ("met", {}, 2) == (
        house.window(survivor, "first_notice").state,
        held_back(house, survivor),
        len(house.told("sms")),
    )


def test_a_part_is_spoken_of_as_the_whole_was(house: House):
    """What spoke before the split spoke of the part too; what rings of the other afterwards does not."""
    source, whole = rings(house, "alertmanager", HERE, THERE), rings(house, "probe:web", HERE, THERE)
    alone = rings(house, "probe:web", HERE, THERE)
    house.alice.merges(source, whole)
    house.fast_forward(minutes=5)
    agreed, not_agreed = house.alice.splits(whole, THERE), house.alice.splits(alone, THERE)
    house.fast_forward(minutes=1)
    late = rings(house, "alertmanager")
    house.alice.merges(late, alone)
    house.fast_forward(hours=2)

    assert ({}, {"sms": "not_confirmed", "email": "not_confirmed"}) == (
        held_back(house, agreed),
        held_back(house, not_agreed),
    )


def test_a_part_is_as_confirmed_as_the_whole(house: House):
    """Its playbook goes on where the whole's was, also where a duplicate was confirmed."""
    source, whole = house.alice.opens(level=1), rings(house, "probe:web", HERE, THERE)
    house.alice.confirms(source)
    house.alice.merges(source, whole)
    part = house.alice.splits(whole, THERE)

    assert "responding" == house.incident(part).status
    assert {t.step for t in house.tasks(whole)} == {t.step for t in house.tasks(part)}


@pytest.mark.parametrize("mine", [None, 1000, 60000])
def test_the_larger_figure_counts(house: House, mine: int | None):
    """Whichever of the two says it; a regime's threshold is reached by it (us.fcc.nors: 900,000 user minutes)."""
    house.app.coordinator.act("regime", house.dan.actor, regimes.enable, "us.fcc.nors", "we serve the US")
    source, survivor = house.alice.opens(level=1, affected=50000), house.alice.opens(level=1, affected=mine)
    house.fast_forward(minutes=10)
    house.alice.merges(source, survivor)

    found = house.incident(survivor).affected
    assert max(50000, mine or 0) == (found and found.count)
    house.fast_forward(until=START + timedelta(hours=1))
    assert ["us.fcc.nors"] == [e.data["pack"] for e in house.entries(survivor) if e.kind == "regime_applied"]


def test_an_onset_after_awareness_is_none(house: House):
    """What rang first began before the duplicate's onset: when, nobody knows (handbook: onset ≤ awareness)."""
    survivor = house.alice.opens(onset=None, aware=START)
    house.fast_forward(minutes=30)
    source = house.alice.opens(onset=START + timedelta(minutes=20))
    house.alice.merges(source, survivor)

    found = house.incident(survivor)
    assert (START, None) == (found.aware_at, found.onset_at)


def test_the_earliest_onset_that_can_be_counts(house: House):
    """Of two onsets before the awareness of both the earlier one counts (M12)."""
    survivor, source = house.alice.opens(onset=START), house.alice.opens(onset=START - timedelta(hours=1))
    house.alice.merges(source, survivor)
    assert START - timedelta(hours=1) == house.incident(survivor).onset_at
