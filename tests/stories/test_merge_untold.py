"""Duplicates become one while a first notice goes out, or after one told nobody: who is untold is owed (§4; M12)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import Kind
from tests.house import START, House
from tests.stories.test_growth import uploads
from windows.window import Window

HERE, THERE = "ZZ0101", "ZZ0102"


@pytest.fixture
def pair(house: House) -> tuple[Incident, Incident]:
    """A duplicate that hits three people there, and its survivor with two here."""
    house.has_customers(sms=2, area=HERE)
    house.has_customers(sms=3, area=THERE)
    survivor = house.alice.opens(level=2, area=HERE)
    return house.alice.opens(level=2, area=THERE), survivor


def first(house: House, incident: Incident) -> Window:
    return house.window(incident, "first_notice")


def messages(house: House) -> dict[int, int]:
    """SMS per person -> people."""
    return dict(Counter(Counter(sent["to"] for sent in house.told("sms")).values()))


def test_while_the_first_notice_of_the_survivor_is_going_out(house: House, pair: tuple[Incident, Incident]):
    """Its audience was frozen without the duplicate's people: they have a window of their own."""
    source, survivor = pair
    house.bob.approves(house.alice.submits(survivor))
    house.alice.merges(source, survivor)
    house.works()

    window = first(house, survivor)
    assert (2, "open", START + timedelta(minutes=120)) == (window.sequence, window.state, window.due_at)
    assert 3 == house.alice.tells(survivor).audience_size
    assert {"met"} == {w.state for w in house.windows(survivor) if w.kind == "first_notice"}
    assert {1: 5} == messages(house)


def test_while_that_of_a_survivor_that_missed_its_due_is_going_out(
    house: House, pair: tuple[Incident, Incident]
):
    """What is overdue takes nobody along either once its notice is out."""
    source, survivor = pair
    house.fast_forward(minutes=121)
    house.sandbox.dial("twilio", down=1)
    house.bob.approves(house.alice.submits(survivor))
    house.works()
    assert ("breached", "owed") == (first(house, survivor).state, first(house, survivor).duty)
    house.alice.merges(source, survivor)
    house.sandbox.calm()
    house.fast_forward(minutes=5)

    assert ("open", "merged") == (first(house, survivor).state, first(house, survivor).history[0].rule)
    house.alice.tells(survivor)
    assert (("breached", "done"), ("met", "done")) == tuple(
        (w.state, w.duty) for w in house.windows(survivor) if w.kind == "first_notice"
    )
    assert {1: 5} == messages(house)


def test_when_the_first_notice_of_the_survivor_was_stopped(house: House, pair: tuple[Incident, Incident]):
    """What was stopped tells nobody any more: the duplicate's notice does not tell the survivor's people with it."""
    source, survivor = pair
    house.alice.tells(source)
    house.alice.stops(house.bob.approves(house.alice.submits(survivor)))
    house.alice.merges(source, survivor)
    house.works()

    assert ("open", "owed") == (first(house, survivor).state, first(house, survivor).duty)
    house.alice.tells(survivor)
    assert "met" == first(house, survivor).state
    assert {1: 5} == messages(house)


def test_when_the_first_notice_of_the_duplicate_was_stopped(house: House, pair: tuple[Incident, Incident]):
    """It was released and told nobody: nobody of it is told."""
    source, survivor = pair
    house.alice.tells(survivor)
    house.alice.stops(house.bob.approves(house.alice.submits(source)))
    house.alice.merges(source, survivor)
    house.works()

    assert (2, "open") == (first(house, survivor).sequence, first(house, survivor).state)
    assert 3 == house.alice.tells(survivor).audience_size
    assert "met" == first(house, survivor).state
    assert {1: 5} == messages(house)


@pytest.mark.parametrize("told", [True, False], ids=["the survivor has told", "is going out"])
def test_while_that_of_the_duplicate_is_going_out(house: House, pair: tuple[Incident, Incident], told: bool):
    """It goes on; the survivor keeps a window that it fulfils, and nobody has to write to its people again."""
    source, survivor = pair
    own = house.bob.approves(house.alice.submits(survivor))
    if told:
        house.works()
    house.sandbox.dial("twilio", down=1)
    theirs = house.bob.approves(house.alice.submits(source))
    house.works()
    house.alice.merges(source, survivor)
    house.works()
    assert ("open", told) == (
        first(house, survivor).state,
        own.id < theirs.id and first(house, survivor).sequence == 2,
    )
    assert [] == [n for n in house.notices(survivor) if n.kind == Kind.FIRST_NOTICE and not n.released]

    house.sandbox.calm()
    house.fast_forward(minutes=10)
    assert {"met"} == {w.state for w in house.windows(survivor) if w.kind == "first_notice"}
    assert {1: 5} == messages(house)


def test_when_that_of_the_duplicate_is_stopped_after_the_merge(house: House, pair: tuple[Incident, Incident]):
    """Nobody else will tell its people: the survivor writes to them."""
    source, survivor = pair
    house.alice.tells(survivor)
    house.sandbox.dial("twilio", down=1)
    theirs = house.bob.approves(house.alice.submits(source))
    house.works()
    house.alice.merges(source, survivor)
    house.alice.stops(house.notice(theirs))
    house.sandbox.calm()
    house.works()

    assert "open" == first(house, survivor).state
    assert 3 == house.alice.tells(survivor).audience_size
    assert "met" == first(house, survivor).state
    assert {1: 5} == messages(house)


def test_when_that_of_the_duplicate_reached_nobody(house: House, pair: tuple[Incident, Incident]):
    """Every number is refused: all are answered and nobody is told, before the merge as after it (W05)."""
    source, survivor = pair
    house.alice.tells(survivor)
    house.sandbox.dial("twilio", refuse_code=21211)
    house.alice.tells(source)
    assert (("too_few_accepted",), "open") == (first(house, source).causes, first(house, source).state)
    house.alice.merges(source, survivor)
    house.works()

    assert (("too_few_accepted",), "open", 2) == (
        first(house, survivor).causes,
        first(house, survivor).state,
        first(house, survivor).sequence,
    )


@pytest.mark.parametrize("reached", [0, 1])
@pytest.mark.parametrize("minutes", [0, 20], ids=["at once", "later"])
def test_what_reached_too_few_counts_through_a_chain_of_merges(
    house: House, pair: tuple[Incident, Incident], minutes: int, reached: int
):
    """Merged into one that is merged in its turn, its notice counts there as it did on the way: nobody is forgotten,
    and who was reached is told (W05, M12)."""
    source, survivor = pair
    house.alice.tells(survivor)
    between = house.alice.opens(level=2, area=THERE)
    untold = [f"+861380000000{n}" for n in (3, 4, 5)[reached:]]
    house.sandbox.dial("twilio", refuse_code=21211, refuse_to=untold)
    house.alice.tells(source)
    house.fast_forward(minutes=minutes)
    house.alice.merges(source, between)
    house.works()
    house.fast_forward(minutes=minutes)
    on_the_way = first(house, between)
    house.alice.merges(between, survivor)
    house.works()

    heir = first(house, survivor)
    assert (("too_few_accepted",), "open", 2) == (heir.causes, heir.state, heir.sequence)
    assert (3, reached, 3 - reached) == (
        heir.coverage.audience,
        heir.coverage.reached,
        heir.coverage.impossible,
    )
    assert (on_the_way.coverage, on_the_way.due_at) == (heir.coverage, heir.due_at)


def test_a_list_of_the_duplicate_joins_what_waits_for_approval(house: House):
    """What the survivor has submitted does not go out without those whom the duplicate brings (M10)."""
    house.has_customers(sms=2, area=HERE)
    house.has_customers(sms=1, area="ZZ0201")
    survivor, source = house.alice.opens(level=2), house.alice.opens(level=2)
    uploads(house, source, "A000003")
    waiting = house.alice.submits(survivor)
    house.alice.merges(source, survivor)

    with pytest.raises(Conflict, match="more people are hit"):
        house.bob.approves(waiting)
    assert 3 == house.alice.tells(survivor).audience_size
    assert "met" == first(house, survivor).state
