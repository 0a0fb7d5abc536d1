"""Resolved when a duplicate or the whole had told some: they hear of the end, the others of both (§4; M14, M15)."""

from __future__ import annotations

import pytest

from incidents.incident import Incident
from incidents.terms import Kind, NoticeState
from tests.house import House

HERE, THERE = "ZZ0101", "ZZ0102"


@pytest.fixture
def survivor(house: House) -> Incident:
    """Two people heard of the outage from its duplicate; three have not heard of it, and it is resolved."""
    house.has_customers(sms=2, area=HERE)
    house.has_customers(sms=3, area=THERE)
    source, survivor = house.alice.opens(level=2, area=HERE), house.alice.opens(level=2, area=HERE)
    house.alice.tells(source)
    house.alice.updates(survivor, areas=(HERE, THERE))
    house.alice.merges(source, survivor)
    house.fast_forward(minutes=5)
    return house.alice.resolves(survivor)


def verdicts(house: House, incident: Incident) -> dict[str, str]:
    return {
        w.kind: w.state
        for w in house.windows(incident)
        if w.kind in (Kind.FIRST_NOTICE, Kind.RESOLUTION_NOTICE)
    }


def test_one_notice_tells_the_end_to_some_and_both_to_the_others(house: House, survivor: Incident):
    """The resolution notice answers who was not reached, fulfils it, and ends the first-notice duty (M15)."""
    preview = house.alice.drafts(survivor, Kind.RESOLUTION_NOTICE)
    last = house.alice.tells(survivor, Kind.RESOLUTION_NOTICE)

    assert (preview.id, 5) == (last.id, last.audience_size)
    with house.app.database.transaction() as tx:
        forms = [member.form for member in tx.audience.members(last.id)]
    assert (["own"] * 2, ["combined"] * 3) == (forms[:2], forms[2:])
    assert {"first_notice": "met", "resolution_notice": "met"} == verdicts(house, survivor)


def test_the_others_may_hear_of_both_first(house: House, survivor: Incident):
    """Who has had both in one text needs no resolution notice."""
    first = house.alice.tells(survivor)
    assert (3, "met") == (len(house.told("sms", first)), verdicts(house, survivor)["first_notice"])

    assert 2 == house.alice.tells(survivor, Kind.RESOLUTION_NOTICE).audience_size
    assert {"first_notice": "met", "resolution_notice": "met"} == verdicts(house, survivor)


@pytest.mark.parametrize("told", [True, False], ids=["it told some of the part", "it told none"])
def test_a_part_whose_whole_had_told_some(house: House, told: bool):
    """What counts is whether anybody of the part was reached; else it is one combined notice at the due (M14)."""
    house.has_customers(sms=2, area=HERE)
    house.has_customers(email=1, sms=int(told), area=THERE)
    house.sandbox.dial("smtp", down=1)
    whole = house.alice.opens(level=2, area=HERE)
    house.alice.updates(whole, areas=(HERE, THERE))
    first = house.bob.approves(house.alice.submits(whole))
    house.works()
    house.alice.stops(first)
    house.sandbox.calm()
    part = house.alice.splits(whole, THERE)
    house.fast_forward(minutes=1)
    house.alice.resolves(part)

    kinds = {"first_notice": "open"} | ({"resolution_notice": "open"} if told else {})
    assert kinds == verdicts(house, part)
    last = house.alice.tells(part, Kind.RESOLUTION_NOTICE if told else Kind.FIRST_NOTICE)
    assert 1 + told == last.audience_size
    assert dict.fromkeys(kinds, "met") == verdicts(house, part)


def test_a_duplicates_holding_notice_that_the_end_stops_says_so_on_its_own_chain(house: House):
    """I16: nothing of it was left to send, and its state changed all the same; each incident's chain tells its own."""
    house.has_holding_texts()
    house.writes_raw("UPDATE standing_approvals SET maximum = 1")
    house.has_customers(sms=2)
    duplicate = house.alice.opens(level=2)
    house.fast_forward(minutes=101)
    survivor = house.alice.opens(level=2)
    [held] = [n for n in house.notices(duplicate) if n.holding]
    assert (NoticeState.SENDING, ("sms", "email")) == (held.state, held.held)
    house.alice.merges(duplicate, survivor)
    house.alice.tells(survivor)
    house.alice.resolves(survivor)
    before = len(house.entries(duplicate))
    house.alice.tells(survivor, Kind.RESOLUTION_NOTICE)

    assert NoticeState.STOPPED == house.notice(held).state
    assert ["unsent_cancelled"] == [entry.kind for entry in house.entries(duplicate)[before:]]


def test_the_end_of_a_part_that_took_in_the_whole_goes_to_all_whom_the_whole_told(house: House):
    """M12, M13: the part was for its own areas; since the whole was merged into it, it speaks for everybody."""
    house.has_customers(sms=2, area=HERE)
    house.has_customers(sms=3, area=THERE)
    whole = house.alice.opens(level=2, area=HERE)
    house.alice.updates(whole, areas=(HERE, THERE))
    house.alice.tells(whole)
    part = house.alice.splits(whole, THERE)
    house.alice.merges(whole, part)
    house.alice.resolves(part)

    assert 5 == house.alice.tells(part, Kind.RESOLUTION_NOTICE).audience_size
    assert "met" == house.window(part, Kind.RESOLUTION_NOTICE).state
