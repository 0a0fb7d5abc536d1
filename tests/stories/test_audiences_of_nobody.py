"""An audience that becomes nobody, or somebody, after the opening is judged by what is known (§3; M09, M11, M13)."""

from __future__ import annotations

import pytest

from coordinator import directory
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import Kind
from tests.house import House
from windows.window import Window

HERE, THERE, EMPTY = "ZZ0101", "ZZ0102", "ZZ0103"


def first(house: House, incident: Incident) -> Window:
    return house.window(incident, "first_notice")


def called_out(house: House, incident: Incident) -> list[str]:
    """What people are paged for that has nobody to tell."""
    with house.app.database.transaction() as tx:
        return [call.about for call in tx.paging.live_of(incident.id, ("nobody_to_tell",))]


def asks_a_person(house: House, incident: Incident, state: str) -> None:
    """Its page entry is live and does not tell it; a person's word does, and people have been called out."""
    assert (state, "open", ["nobody_to_tell"]) == (
        first(house, incident).audience_state,
        first(house, incident).state,
        called_out(house, incident),
    )
    assert 0 == house.alice.tells(incident).audience_size
    assert "open" == first(house, incident).state
    assert "met" == house.fulfils(first(house, incident), "by radio", "tape 7").state


def test_areas_that_have_nobody_after_all(house: House):
    """Opened for people; corrected to an area without customers before anybody was told."""
    house.has_customers(sms=2, area=HERE)
    incident = house.alice.opens(level=2)
    assert "" == first(house, incident).audience_state
    house.alice.updates(incident, areas=(EMPTY,))
    asks_a_person(house, incident, "no_match")


def test_a_part_without_customers(house: House):
    """The whole had people, the part has none: it does not count as told by its page."""
    house.has_customers(sms=2, area=HERE)
    whole = house.alice.opens(level=2)
    house.alice.updates(whole, areas=(HERE, EMPTY))
    part = house.alice.splits(whole, EMPTY)

    assert "" == first(house, whole).audience_state
    asks_a_person(house, part, "no_match")


@pytest.mark.parametrize("state", ["directory_empty", "no_match"])
def test_an_area_that_is_filled_in_later(house: House, state: str):
    """Opened with nothing known, which the page alone would tell; known by the time its notice is submitted."""
    if state == "no_match":
        house.has_customers(sms=2, area=HERE)
    incident = house.alice.opens(level=2, area="", services=())
    assert "impact_unknown" == first(house, incident).audience_state
    house.alice.updates(incident, areas=(EMPTY,), services=("mobile",))
    asks_a_person(house, incident, state)


def test_an_area_that_is_filled_in_after_the_notice(house: House):
    """The page has told it by then; who is found is growth, and nobody is found."""
    incident = house.alice.opens(level=2, area="", services=())
    house.alice.tells(incident)
    house.alice.updates(incident, areas=(EMPTY,), services=("mobile",))
    assert ["met"] == [w.state for w in house.windows(incident) if w.kind == "first_notice"]


def test_customers_who_arrive_where_there_were_none(house: House):
    """No person's word stands for people whom the directory has by now."""
    incident = house.alice.opens(level=2)
    house.has_customers(sms=2, area=HERE)
    with pytest.raises(Conflict):
        house.fulfils(first(house, incident), "by radio", "tape 7")
    house.app.coordinator.act("directory", house.hq.actor, directory.customers_arrived)
    house.works()

    assert "" == first(house, incident).audience_state
    assert 2 == house.alice.tells(incident).audience_size
    assert "met" == first(house, incident).state


def grown(house: House) -> Incident:
    """Two were told, three have joined and wait for their first notice."""
    house.has_customers(sms=2, area=HERE)
    house.has_customers(sms=3, area=THERE)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.updates(incident, areas=(HERE, THERE))
    return incident


def test_those_who_joined_go_with_their_part(house: House):
    """The whole owes them nothing any more, and its draft for them waits no longer; the part tells them."""
    whole = grown(house)
    part = house.alice.splits(whole, THERE)

    assert ("lapsed", "nobody_left") == (first(house, whole).state, first(house, whole).ended_by)
    assert not [n for n in house.notices(whole) if n.kind == Kind.FIRST_NOTICE and n.state == "draft"]
    assert (3, "met") == (house.alice.tells(part).audience_size, first(house, part).state)


def test_those_who_joined_stay_with_the_whole(house: House):
    """A part of those who were told owes no first notice; the whole still does."""
    whole = grown(house)
    part = house.alice.splits(whole, HERE)

    assert [] == [w for w in house.windows(part) if w.kind == "first_notice"]
    assert (3, "met") == (house.alice.tells(whole).audience_size, first(house, whole).state)


def test_those_who_joined_are_not_hit_after_all(house: House):
    """What was owed to them alone ends; they join again when they are hit again."""
    incident = grown(house)
    house.alice.updates(incident, areas=(HERE,))
    assert ("lapsed", "nobody_left") == (first(house, incident).state, first(house, incident).ended_by)

    house.alice.updates(incident, areas=(HERE, THERE))
    assert (3, "open") == (first(house, incident).sequence, first(house, incident).state)
    assert (3, "met") == (house.alice.tells(incident).audience_size, first(house, incident).state)


def test_customers_who_arrive_after_the_end_were_on_the_page(house: House):
    """Level 3, nobody in the directory: the holding notice stood on the page, which is all that it takes for those who
    are found before the due (§3, §6)."""
    house.has_holding_texts()
    incident = house.alice.opens(level=3)
    house.fast_forward(hours=3, minutes=30)
    house.alice.resolves(incident)
    assert ("open", "directory_empty") == (
        first(house, incident).state,
        first(house, incident).audience_state,
    )

    house.has_customers(sms=2)
    house.app.coordinator.act("directory", house.hq.actor, directory.customers_arrived)
    house.fast_forward(minutes=1)
    assert ("met", True) == (first(house, incident).state, first(house, incident).told_at is not None)
