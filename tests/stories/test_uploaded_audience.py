"""A list of accounts for one incident: instead of its areas and services, or beside them."""

from __future__ import annotations

import pytest

from coordinator import audiences, notices
from incidents.errors import Invalid, NotFound
from incidents.incident import Incident
from incidents.terms import Kind
from tests.house import House


def _uploads(house: House, incident: Incident, *given: str, alone: bool = False) -> int:
    act, alice = house.app.coordinator.act, house.alice.actor
    upload = act("update", alice, audiences.begin_upload, incident.reference, alone)
    act("update", alice, audiences.add_accounts, upload.id, list(given))
    people: int = act("update", alice, audiences.finish_upload, upload.id)
    return people


def test_an_uploaded_list_joins_those_of_area_and_service(house: House):
    """Accounts from elsewhere that an operator uploads are told with the others, each once (R53, AMB-23)."""
    house.has_customers(sms=2)
    house.has_customers(sms=3, area="ZZ0201")
    incident = house.alice.opens(level=2)

    assert 3 == _uploads(house, incident, "A000001", "A000003", "A000004", "NOBODY")
    notice = house.alice.tells(incident)

    assert (4, 4) == (notice.audience_size, len(house.told("sms", notice)))
    assert "met" == house.window(incident, "first_notice").state
    assert [{"upload": 1, "people": 3, "instead": False}] == [
        entry.data for entry in house.entries(incident, "audience_imported")
    ]


def test_a_list_alone_takes_the_place_of_area_and_service_and_of_earlier_lists(house: House):
    """With --replace only the newest list counts (R53)."""
    house.has_customers(sms=4)
    incident = house.alice.opens(level=2)
    _uploads(house, incident, "A000001", "A000002")
    _uploads(house, incident, "A000003", alone=True)

    notice = house.alice.tells(incident)

    assert ["+8613800000003"] == [item["to"] for item in house.told("sms", notice)]


def test_a_list_makes_an_unknown_impact_known(house: House):
    """While area and service are unknown nobody is texted, except who was uploaded (AMB-23)."""
    house.has_customers(sms=3)
    incident = house.alice.opens(level=2, area="", services=())
    assert "impact_unknown" == house.window(incident, "first_notice").audience_state

    _uploads(house, incident, "A000002")
    notice = house.alice.tells(incident)

    assert (1, ["+8613800000002"]) == (
        notice.audience_size,
        [item["to"] for item in house.told("sms", notice)],
    )
    assert "met" == house.window(incident, "first_notice").state


def test_a_list_that_is_not_finished_counts_for_nobody(house: House):
    """An upload that breaks off leaves the audience as it was (R53)."""
    house.has_customers(sms=2)
    house.has_customers(sms=1, area="ZZ0201")
    incident = house.alice.opens(level=2)
    act, alice = house.app.coordinator.act, house.alice.actor
    upload = act("update", alice, audiences.begin_upload, incident.reference, True)
    act("update", alice, audiences.add_accounts, upload.id, ["A000003"])

    assert 2 == house.alice.tells(incident).audience_size
    act("update", alice, audiences.finish_upload, upload.id)
    assert 1 == house.alice.tells(incident).audience_size


def test_a_finished_list_takes_no_more(house: House):
    """A list in force is closed: another is another upload (R53)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2)
    _uploads(house, incident, "A000001")

    with pytest.raises(NotFound):
        house.app.coordinator.act("update", house.alice.actor, audiences.add_accounts, 1, ["A000002"])


def test_before_it_is_submitted_an_audience_grows(house: House):
    """Who comes to the directory or onto a list before submit is told by the first notice (§4, M09)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    house.alice.drafts(incident, Kind.FIRST_NOTICE)
    house.has_customers(sms=2)
    house.has_customers(sms=1, area="ZZ0201")
    _uploads(house, incident, "A000004")

    assert 4 == house.alice.tells(incident).audience_size


def test_an_audience_of_another_size_than_expected_is_not_submitted(house: House):
    """The typed count guards against a wrong audience: nothing is frozen, and both numbers are said (R53)."""
    house.has_customers(sms=3)
    incident = house.alice.opens(level=3)
    draft = house.alice.drafts(incident, Kind.FIRST_NOTICE)
    act, alice = house.app.coordinator.act, house.alice.actor

    with pytest.raises(Invalid) as refused:
        act("submit", alice, notices.submit, draft.id, 1200)
    assert {"id": draft.id, "found": 3, "expected": 1200} == refused.value.params
    assert ("draft", {}) == (house.notice(draft).state, house.answers(draft))

    assert act("submit", alice, notices.submit, draft.id, 3).released
    house.works()
    assert 3 == len(house.told("sms"))


def test_an_incident_lands_with_the_centre_of_its_district(house: House):
    """What happens in one district at level 3 is the district centre's; a rise moves it up (R53, R15, R14)."""
    incident = house.alice.opens(level=3, area="ZZ0102")
    assert "ZZ-D0102" == house.incident(incident).org_unit

    house.alice.raises(incident, 2)
    assert "ZZ-C01" == house.incident(incident).org_unit

    house.alice.raises(incident, 1)
    assert "ZZ-HQ" == house.incident(incident).org_unit
    assert ["ZZ-D0102", "ZZ-C01", "ZZ-HQ"] == [e.data["unit"] for e in house.entries(incident, "assigned")]


def test_another_area_gives_the_incident_to_another_unit(house: House):
    """When the area becomes known, or becomes two, the owning unit follows (R53)."""
    incident = house.alice.opens(level=3, area="", services=("mobile",))
    assert "ZZ-HQ" == house.incident(incident).org_unit

    house.alice.updates(incident, areas=("ZZ0101",))
    assert "ZZ-D0101" == house.incident(incident).org_unit

    house.alice.updates(incident, areas=("ZZ0101", "ZZ0103"))
    assert "ZZ-C01" == house.incident(incident).org_unit
