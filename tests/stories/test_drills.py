"""Drills by their scripts: injected at the pace of the clocks, ended by people, scored, and counted by the year."""

from __future__ import annotations

from typing import Any

import pytest

from coordinator import drill_views, drills
from incidents.drill import Drill, shipped
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import EXERCISE_MARKS, Kind
from tests.house import House
from wiring.settings import Chat, Paging, Settings

ALL_UNITS = ("ZZ-HQ", "ZZ-P", "ZZ-C01", "ZZ-C02", "ZZ-D0101", "ZZ-D0102", "ZZ-D0103", "ZZ-D0201", "ZZ-D0202")


@pytest.fixture
def settings() -> Settings:
    """Staff are paged, and have a chat."""
    return Settings(paging=Paging(), chat=Chat(provider="sandbox", language="en"))


def starts(
    house: House, script: str, full: bool = False, units: tuple[str, ...] = ()
) -> tuple[Drill, Incident]:
    actor, text = house.alice.actor, shipped()[script]
    drill = house.app.coordinator.act("drill", actor, drills.start, text, full, units, (), ())
    with house.app.database.transaction() as tx:
        return drill, tx.incidents.by_id(drill.incident)


def looks(house: House, verb: Any, *args: Any) -> dict[str, Any]:
    return house.app.coordinator.act("read", house.alice.actor, verb, *args)


def injected(house: House, incident: Incident) -> list[tuple[float, str]]:
    """(minute, event) of everything that the script did, by the record."""
    entries = house.entries(incident, "drill_injected")
    return [((e.at - incident.opened_at).total_seconds() / 60, e.data["do"]) for e in entries]


def test_a_drill_from_its_first_event_to_its_score(house: House):
    """R06: events come when they are due, by the clocks; the provider that fails is the sandbox's, and works again;
    staff are paged for real, and whatever reaches anybody says EXERCISE in its language; the sheet says how it went."""
    house.has_customers(both=2, sms=2)
    _, incident = starts(house, "provider_down")
    house.works()
    house.fast_forward(minutes=30)
    house.alice.confirms(incident)
    house.alice.tells(incident)
    house.fast_forward(minutes=15)

    assert 1 == house.sandbox.dials()["twilio"]["down"]
    assert (True, 46_000) == (incident.exercise, house.incident(incident).affected.count)
    with pytest.raises(Conflict, match="is running"):
        starts(house, "too_early")

    house.fast_forward(minutes=60)
    assert 0 == house.sandbox.dials()["twilio"]["down"]
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    expected = [
        (5, "say"),
        (10, "update"),
        (40, "dial"),
        (55, "say"),
        (60, "dial"),
        (75, "update"),
        (90, "restored"),
    ]
    assert expected == injected(house, incident)[:7]
    assert 1 == len(house.entries(incident, "drill_completed"))
    everything = [item for item in house.sandbox.ledger() if item["accepted"]]
    assert (
        {"sms", "email", "chat", "voice"}
        >= {item["channel"] for item in everything}
        >= {"sms", "email", "chat"}
    )
    unmarked = [item for item in everything if not any(m in _words(item) for m in EXERCISE_MARKS.values())]
    assert [] == unmarked
    assert house.paged(), "nobody was paged"

    sheet = looks(house, drill_views.sheet, incident.reference)
    assert "met" == sheet["first_notice"]["state"]
    assert {"done": 7} == sheet["events"]
    assert ["area", "service", "affected"] == sheet["facts"]["known"]
    assert ["bob", "bob"] == [name for one in sheet["approvals"] for name in one["by"]]
    assert 30 * 60 == sheet["confirmed_seconds"]
    assert "completed" == looks(house, drill_views.register)["items"][0]["state"]


def _words(item: dict[str, Any]) -> str:
    return f"{item['subject']} {item['body']}"
