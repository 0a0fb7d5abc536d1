"""Finding incidents, and who looked for which customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coordinator import search
from incidents.errors import Invalid, NotAllowed, NotFound
from incidents.search import Wanted
from incidents.terms import IncidentType, Status
from tests.house import START, House, Person


def finds(house: House, limit: int = 20, after: str = "", **wanted: Any) -> list[str]:
    found = house.app.coordinator.act(
        "read", house.alice.actor, search.search, Wanted(**wanted), limit, after
    )
    return [item["reference"] for item in found["items"]]


def looks_up(person: Person, account: str) -> dict[str, Any]:
    return person._act("look_up", search.look_up, account, Wanted(), 20)


def test_incidents_are_found_by_what_they_are(house: House):
    """R47: by type, area with everything below it, date of awareness and status; the newest first."""
    first = house.alice.opens(area="ZZ0101")
    house.clock.set(START + timedelta(days=1))
    second = house.alice.opens(area="ZZ0201", onset=None)
    house.alice.resolves(second)

    assert [second.reference, first.reference] == finds(house, areas=frozenset({"ZZ"}))
    assert [first.reference] == finds(house, areas=frozenset({"ZZ01"}))
    assert [second.reference] == finds(house, since=START + timedelta(seconds=1))
    assert [first.reference] == finds(house, until=START + timedelta(days=1))
    assert [second.reference] == finds(house, statuses=(Status.RESOLVED,))
    assert [] == finds(house, type=IncidentType.DATA_LEAK)
    assert 2 == len(finds(house, type=IncidentType.NETWORK_FAULT))


def test_results_are_bounded_and_go_on(house: House):
    """R47: a page has at most its limit, the next one goes on where it ended, and none is shown twice."""
    made = [house.alice.opens().reference for _ in range(5)]
    seen, after = [], ""
    while True:
        found = house.app.coordinator.act("read", house.alice.actor, search.search, Wanted(), 2, after)
        seen += [item["reference"] for item in found["items"]]
        assert len(found["items"]) <= 2
        if found["more_after"] is None:
            break
        after = found["more_after"]
    assert made[::-1] == seen


def test_strange_questions_are_refused_by_name(house: House):
    """One clear error that names the field."""
    with pytest.raises(Invalid, match="limit"):
        finds(house, limit=0)
    with pytest.raises(Invalid):
        finds(house, areas=frozenset({"XX"}))
    with pytest.raises(NotFound):
        finds(house, after="INC-1999-0001")


def test_a_customer_is_found_in_what_he_was_told(house: House):
    """R47: the incidents whose audience had this account, with each delivery and no address."""
    house.has_customers(both=2)
    mine = house.alice.opens(level=3)
    notice = house.alice.submits(mine)
    house.alice.opens(area="ZZ0201")
    found = looks_up(house.alice, "A000001")

    assert [mine.reference] == [item["reference"] for item in found["items"]]
    told = found["items"][0]["notices"]
    assert [(notice.id, "first_notice")] == [(one["notice"], one["kind"]) for one in told]
    assert {"sms"} == {row["channel"] for row in told[0]["deliveries"]}
    assert not any(secret in str(found) for secret in ("+86138", "@example.com", "客户1"))


def test_every_look_at_a_customer_is_kept(house: House):
    """R47, R49: who looked, when and for which account, also when nothing was found; nobody can undo it."""
    assert [] == looks_up(house.carol, "nobody")["items"]
    house.clock.set(START + timedelta(minutes=1))
    looks_up(house.hq, "A1")
    kept = house.hq._act("people", search.looks, 10)["items"]

    assert [("hq", "A1", 0), ("carol", "nobody", 0)] == [(r["user"], r["account"], r["found"]) for r in kept]
    assert START.isoformat() == kept[1]["at"]
    with pytest.raises(house.app.database.module.DatabaseError, match="append-only"):
        house.writes_raw("DELETE FROM reads")


def test_who_may_not_look_at_customers_does_not(house: House):
    """R49, S1: an approver reads incidents, not customers; only who administers people sees who looked."""
    with pytest.raises(NotAllowed):
        looks_up(house.bob, "A1")
    with pytest.raises(NotAllowed):
        house.alice._act("people", search.looks, 10)
