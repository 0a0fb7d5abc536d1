"""Stories of the holding notice: it goes by itself when nothing else will make it, and never otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidents.terms import Kind, Verdict
from notifications.notice import Notice
from tests.house import START, House

LEAD = timedelta(minutes=20)


@pytest.fixture
def house(house: House) -> House:
    """A house whose holding texts two people have approved."""
    house.has_holding_texts()
    return house


def holding(house: House) -> list[Notice]:
    with house.app.database.transaction() as tx:
        every = [n for i in tx.incidents.all() for n in tx.notices.of_incident(i.id)]
    return [n for n in every if n.kind == Kind.HOLDING_NOTICE]


def test_nobody_writes_anything_and_customers_are_told_in_time_all_the_same(house: House) -> None:
    """I28: with 20 minutes left page, SMS and e-mail leave by themselves, labelled automatic, and the window is met."""
    house.has_customers(both=30, sms=5)
    incident = house.alice.opens(level=1)

    house.fast_forward(until=START + timedelta(minutes=100) - timedelta(seconds=1))
    assert [] == holding(house)
    house.fast_forward(minutes=1)

    [notice] = holding(house)
    window = house.window(incident, Kind.FIRST_NOTICE, 1)
    assert (True, 35) == (notice.automatic, notice.audience_size)
    assert ["alice", "bob"] == [one.user for one in notice.approvals]
    assert (Verdict.MET, START + timedelta(minutes=100)) == (window.state, window.told_at)
    assert 35 == len({item["to"] for item in house.told("sms", notice)})
    house.fast_forward(hours=3)
    assert 1 == len(holding(house))
