"""Who watches over the worst: named from a superior unit, pushing on the record, with a ledger (R42, R43)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coordinator import playbooks, supervising
from incidents.errors import Conflict, Invalid, NotAllowed, NotFound, TongbaoError
from incidents.incident import Incident
from incidents.supervision import NAMED_BY
from incidents.terms import IncidentType, Kind
from notifications.organisation import supervises
from notifications.roster import Person as Listed
from storage.database import Database
from tests.house import House, Person
from wiring.settings import Settings


@pytest.fixture
def settings() -> Settings:
    """Staff are paged as they are by default."""
    return Settings()


def names(person: Person, incident: Incident, who: str, unit: str = "") -> Incident:
    return person.house.app.coordinator.act(
        "supervise", person.actor, supervising.supervise, incident.reference, who, unit
    )


def pushes(person: Person, incident: Incident, text: str) -> Incident:
    return person.house.app.coordinator.act(
        "nudge", person.actor, supervising.nudge, incident.reference, text
    )


def ledger(house: House) -> list[dict[str, Any]]:
    return house.app.coordinator.look("read", house.alice.actor, supervising.ledger)[0]


def test_a_level_1_incident_stands_in_the_ledger_until_somebody_is_named(house: House):
    """No supervised item without a name: it shows who is missing, and naming one ends the playbook's task (R42)."""
    incident = house.alice.opens(level=1, type=IncidentType.COMPLAINT_ESCALATION)
    house.alice.opens(level=3)
    [line] = ledger(house)
    assert (incident.reference, None) == (line["incident"], line["supervisor"])
    asked = [task.step for task in house.tasks(incident) if task.owed]
    assert "name-supervisor" in asked

    names(house.alice, incident, "hq", "ZZ-HQ")

    [line] = ledger(house)
    assert ("hq", "ZZ-HQ", []) == (line["supervisor"], line["supervisor_unit"], line["nudges"])
    assert "name-supervisor" not in [task.step for task in house.tasks(incident) if task.owed]


@pytest.mark.parametrize("kind", IncidentType)
def test_every_type_asks_for_a_supervisor_at_level_1_and_when_its_level_rises_to_it(
    house: House, kind: IncidentType
):
    """The playbook of each type has the task, red after half an hour; below level 1 nobody asks (R42)."""
    incident = house.alice.opens(level=2, type=kind)
    house.fast_forward(minutes=5)
    assert NAMED_BY not in [task.step for task in house.tasks(incident)]
    house.alice.raises(incident, 1)
    [asked] = [task for task in house.tasks(incident) if task.step == NAMED_BY]
    assert ("headquarters", timedelta(minutes=30)) == (asked.role, asked.due_at - asked.opened_at)

    house.fast_forward(minutes=31)
    assert house.task(incident, NAMED_BY).red
    names(house.alice, incident, "hq", "ZZ-HQ")
    assert not house.task(incident, NAMED_BY).owed


def test_a_push_is_on_the_record_and_pages_who_is_on_duty(house: House):
    """Each push counts, and the duty manager hears it at once, in words that name who asks (R42)."""
    incident = house.alice.opens(level=1)
    names(house.alice, incident, "hq", "ZZ-HQ")
    house.works()
    pushes(house.hq, incident, "一小时没有新的通报")
    house.fast_forward(minutes=1)

    heard = [page["body"] for page in house.paged("sms", "alice") if "催办" in page["body"]]
    assert 1 == len(heard)
    assert "督办人 hq 催办：一小时没有新的通报" in heard[0]
    pushes(house.hq, incident, "请先通报")
    [line] = ledger(house)
    assert 2 == len(line["nudges"])
    assert ["nudged", "nudged"] == [e.kind for e in house.entries(incident, "nudged")]


def test_how_often_customers_heard_is_measured(house: House):
    """The ledger counts what was told and the longest time without a word, from awareness on (R42)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=20)
    house.alice.tells(incident)
    house.fast_forward(minutes=50)
    house.alice.tells(incident, Kind.PROGRESS_UPDATE)
    house.fast_forward(minutes=10)

    [line] = ledger(house)
    heard = line["feedback"]
    assert (2, 50) == (heard["count"], timedelta(seconds=heard["longest_seconds"]) // timedelta(minutes=1))


@pytest.mark.parametrize(
    ("act", "wrong", "field"),
    [
        (lambda h, i: names(h.alice, i, "bob", "ZZ-D0101"), Invalid, "unit"),
        (lambda h, i: names(h.alice, i, "bob", "ZZ-D0102"), Invalid, "unit"),
        (lambda h, i: names(h.alice, i, "bob", "ZZ-NOWHERE"), NotFound, "unit"),
        (lambda h, i: names(h.alice, i, "bob"), Invalid, "unit"),
        (lambda h, i: (is_of(h, "bob", "ZZ-D0101"), names(h.alice, i, "bob", "ZZ-HQ")), Invalid, "unit"),
        (lambda h, i: names(h.alice, i, "nobody", "ZZ-HQ"), NotFound, "person"),
        (lambda h, i: pushes(h.hq, i, "why so long"), Conflict, "ref"),
        (lambda h, i: (names(h.alice, i, "hq", "ZZ-HQ"), pushes(h.carol, i, "me too")), NotAllowed, "user"),
        (lambda h, i: (names(h.alice, i, "hq", "ZZ-HQ"), pushes(h.hq, i, " ")), Invalid, "text"),
        (lambda h, i: (names(h.alice, i, "hq", "ZZ-HQ"), pushes(h.hq, i, "x" * 201)), Invalid, "text"),
    ],
    ids=[
        "own unit",
        "beside",
        "no unit",
        "unit not known",
        "another on the roster",
        "no person",
        "nobody named",
        "not theirs",
        "empty",
        "too long",
    ],
)
def test_who_may_not(
    house: House, act: Callable[[House, Incident], object], wrong: type[TongbaoError], field: str
):
    """The same unit, one beside it, an unknown one; a push by somebody else, or about nothing (R43)."""
    incident = house.alice.opens(level=3)
    with pytest.raises(wrong) as refused:
        act(house, incident)
    assert field == refused.value.field


def test_no_task_is_done_that_names_nobody(house: House):
    """R42: whoever is asked for a supervisor names one; the task ends by that alone."""
    incident = house.alice.opens(level=1, type=IncidentType.COMPLAINT_ESCALATION)
    [task] = [one for one in house.tasks(incident) if one.step == NAMED_BY and one.owed]
    with pytest.raises(Conflict, match="asks who supervises"):
        house.app.coordinator.act("task", house.alice.actor, playbooks.end_task, task.id, "done", None)
    names(house.alice, incident, "hq", "ZZ-HQ")

    assert ["done"] == [one.state for one in house.tasks(incident) if one.step == NAMED_BY]


def is_of(house: House, person: str, unit: str) -> None:
    """What the roster says of this person."""
    with house.app.database.transaction() as tx:
        known = tx.roster.roster().people.get(person) or Listed(person)
        tx.roster.put_person(replace(known, unit=unit))


def test_a_superior_unit_is_one_above(house: House):
    """Every ancestor is, nobody else; the group watches over itself, for nobody is above it (R43)."""
    database: Database = house.app.database
    with database.snapshot() as tx:
        units = tx.organisation.units()
    above = {unit for unit in units if supervises(unit, "ZZ-D0101", units)}
    chain, at = [], units["ZZ-D0101"].parent
    while at is not None:
        chain.append(at)
        at = units[at].parent
    assert set(chain) == above
    assert {chain[-1]} == {unit for unit in units if supervises(unit, chain[-1], units)}
