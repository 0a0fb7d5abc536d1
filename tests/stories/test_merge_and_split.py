"""Duplicates become one, a part goes its own way: nobody is forgotten, nobody is told twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidents.errors import Conflict, Invalid
from incidents.terms import Kind
from tests.house import START, House


def at(minutes: int):
    return START + timedelta(minutes=minutes)


def page(house: House, incident) -> str:
    return (house.folder / "public" / "incidents" / incident.reference / "index.html").read_text()


def test_duplicates_that_nobody_was_told_of(house: House):
    """Earliest awareness, strictest level, one first notice, due the earlier of both (§4, AMB-26, M12)."""
    house.has_customers(both=2)
    house.has_customers(both=1, area="ZZ0102")
    first = house.alice.opens(level=1, area="ZZ0102")
    house.fast_forward(minutes=20)
    survivor = house.alice.opens(level=3, aware=at(10))
    house.fast_forward(minutes=10)

    house.alice.merges(first, survivor)

    lapsed = house.window(first, "first_notice")
    assert ("lapsed", "merged", "merged") == (lapsed.state, lapsed.ended_by, house.incident(first).status)
    found, window = house.incident(survivor), house.window(survivor, "first_notice")
    assert (1, START, {"ZZ0101", "ZZ0102"}) == (found.level, found.aware_at, set(found.areas))
    assert (at(120), at(120), at(0)) == (window.due_at, window.strict_due_at, window.started_at)
    told = house.alice.tells(survivor)
    assert (3, 3) == (told.audience_size, len(house.told("sms")))
    assert "met" == house.window(survivor, "first_notice").state
    assert [] == house.audit()


def test_a_duplicate_that_has_told_its_people(house: House):
    """They are read as told: the survivor tells the others only, and both at the end (§4, M12)."""
    house.has_customers(both=2)
    house.has_customers(both=3, area="ZZ0102")
    source = house.alice.opens(level=2, area="ZZ0102")
    house.alice.tells(source)
    progress = house.window(source, "progress_update").due_at
    house.fast_forward(minutes=30)
    survivor = house.alice.opens(level=2)
    house.alice.merges(source, survivor)

    assert "met" == house.window(source, "first_notice").state
    assert (progress, "open") == (
        house.window(survivor, "progress_update").due_at,
        house.window(survivor, "progress_update").state,
    )
    first = house.alice.tells(survivor)
    assert 2 == len(house.told("sms", first))
    assert "met" == house.window(survivor, "first_notice").state
    house.fast_forward(minutes=5)
    house.alice.resolves(survivor)
    last = house.alice.tells(survivor, Kind.RESOLUTION_NOTICE)
    assert 5 == len(house.told("sms", last))
    assert [] == house.audit()


def test_the_page_of_a_duplicate_leads_to_the_survivor(house: House):
    """From the survivor's next entry on, every address of the old page says where to go (§4)."""
    house.has_customers(both=1)
    source, survivor = house.alice.opens(level=2), house.alice.opens(level=2)
    house.alice.tells(source)
    house.alice.merges(source, survivor)
    assert survivor.reference not in page(house, source)

    house.alice.tells(survivor, Kind.PROGRESS_UPDATE)

    moved = page(house, source)
    assert f"../../incidents/{survivor.reference}/" in moved
    assert 'http-equiv="refresh"' in moved
    assert "已并入另一事件" in moved
    assert "handled together with another one" in moved
    assert "met" == house.window(survivor, "first_notice").state
    assert [] == house.audit()


def test_a_missed_duty_moves_and_its_verdict_stays(house: House):
    """The source stays breached and owes nothing; the survivor has half an hour (§1, §4, M12)."""
    house.has_customers(both=1)
    source = house.alice.opens(level=1)
    house.fast_forward(minutes=121)
    survivor = house.alice.opens(level=1)
    house.alice.merges(source, survivor)

    old, new = house.window(source, "first_notice"), house.window(survivor, "first_notice")
    assert ("breached", "ended", "merged") == (old.state, old.duty, old.ended_by)
    assert (at(151), "open") == (new.due_at, new.state)
    house.alice.tells(survivor)
    assert "met" == house.window(survivor, "first_notice").state
    assert [] == house.audit()


def test_what_was_missed_while_nobody_looked_says_what_it_lacked(house: House):
    """The coordinator was down over the due instant, and a person's act is the first look: the verdict is that of a
    missed duty, with what was missing, and only then does its end come (§1, §3, §4)."""
    house.has_customers(both=1)
    one, other, over = (house.alice.opens(level=1) for _ in range(3))
    house.alice.tells(over)
    house.works()
    house.goes_dark(minutes=121)
    house.alice.merges(one, other)
    house.alice.resolves(over)

    missed = [house.window(one, "first_notice"), house.window(over, "progress_update")]
    assert [
        ("breached", "ended", "merged", ("no_approval", "coordinator_outage")),
        ("breached", "ended", "resolution", ("no_draft", "coordinator_outage")),
    ] == [(w.state, w.duty, w.ended_by, w.causes) for w in missed]
    assert {"wall_after_gap"} == {w.basis for w in missed}


def test_a_survivor_that_has_told_owes_those_whom_nobody_told(house: House):
    """A first notice of their own, due as the duplicate's was; who was told is not told again (§4)."""
    house.has_customers(both=2)
    house.has_customers(both=3, area="ZZ0102")
    survivor = house.alice.opens(level=2)
    house.alice.tells(survivor)
    house.fast_forward(minutes=10)
    source = house.alice.opens(level=2, area="ZZ0102")
    house.fast_forward(minutes=10)
    house.alice.merges(source, survivor)

    window = house.window(survivor, "first_notice", 2)
    assert (at(130), "open") == (window.due_at, window.state)
    theirs = house.alice.tells(survivor)
    assert (3, "met") == (len(house.told("sms", theirs)), house.window(survivor, "first_notice", 2).state)
    assert [] == house.audit()


def test_what_cannot_be_one_is_not_merged(house: House):
    """Itself, what has ended, and incidents that hit other people by other services are refused."""
    one = house.alice.opens(level=2)
    other = house.alice.opens(level=2, area="ZZ0102", services=("internet",))
    over = house.alice.opens(level=2)
    house.alice.calls_off(over)
    for source in (one, other, over):
        with pytest.raises(Conflict):
            house.alice.merges(source, one)
    assert ["open", "open"] == [house.incident(i).status for i in (one, other)]


def test_a_part_before_anybody_was_told(house: House):
    """Both first notices run with the same due, each for its own people (§4, M13)."""
    house.has_customers(both=2)
    house.has_customers(both=3, area="ZZ0102")
    incident = house.alice.opens(level=2)
    house.alice.updates(incident, areas=("ZZ0101", "ZZ0102"))
    house.fast_forward(minutes=30)

    part = house.alice.splits(incident, "ZZ0102")

    assert (at(120), at(120)) == tuple(house.window(i, "first_notice").due_at for i in (incident, part))
    assert ("ZZ0101",) == house.incident(incident).areas
    assert 2 == len(house.told("sms", house.alice.tells(incident)))
    assert 3 == len(house.told("sms", house.alice.tells(part)))
    assert {"met"} == {house.window(i, "first_notice").state for i in (incident, part)}
    assert [] == house.audit()


def test_a_part_after_everybody_was_told(house: House):
    """The verdict stays with the parent; progress runs in both; each end is told to its own people (§4, M13)."""
    house.has_customers(both=2)
    house.has_customers(both=3, area="ZZ0102")
    incident = house.alice.opens(level=2)
    house.alice.updates(incident, areas=("ZZ0101", "ZZ0102"))
    house.alice.tells(incident)
    house.fast_forward(minutes=30)
    part = house.alice.splits(incident, "ZZ0102")

    assert ["progress_update"] == [w.kind for w in house.windows(part)]
    assert house.window(incident, "progress_update").due_at == house.window(part, "progress_update").due_at
    house.alice.tells(part, Kind.PROGRESS_UPDATE)
    assert "met" == house.window(part, "progress_update", 1).state
    house.alice.resolves(part)
    assert 3 == len(house.told("sms", house.alice.tells(part, Kind.RESOLUTION_NOTICE)))
    house.alice.resolves(incident)
    assert 2 == len(house.told("sms", house.alice.tells(incident, Kind.RESOLUTION_NOTICE)))
    assert {"met"} == {house.window(i, "resolution_notice").state for i in (incident, part)}
    assert [] == house.audit()


def test_what_cannot_be_split(house: House):
    """All of the areas, and areas that it does not have, are refused; nothing has changed."""
    incident = house.alice.opens(level=2)
    for areas in (("ZZ0101",), ("ZZ0102",), ()):
        with pytest.raises(Invalid):
            house.alice.splits(incident, *areas)
    assert ("ZZ0101",) == house.incident(incident).areas


def test_a_merge_is_not_taken_back_nor_what_came_before_it(house: House):
    """Two incidents are bound by it; undo says so and changes nothing in either."""
    source, survivor = house.alice.opens(level=2), house.alice.opens(level=2)
    for one in (source, survivor):
        house.alice.confirms(one)
    house.alice.merges(source, survivor)
    for one in (source, survivor):
        with pytest.raises(Conflict, match="merge or a split"):
            house.alice.undoes(one)
    assert ["merged", "responding"] == [house.incident(i).status for i in (source, survivor)]
    assert [] == house.audit()
