"""More people are hit by a part, a survivor, or what is over: each is owed a first notice (§4; M11, M12, M13)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coordinator import directory
from incidents.incident import Incident
from incidents.terms import Kind
from tests.house import START, House

HERE, THERE, ELSEWHERE = "ZZ0101", "ZZ0102", "ZZ0103"


def at(minutes: int):
    return START + timedelta(minutes=minutes)


def numbers(house: House) -> list[str]:
    return sorted(sent["to"] for sent in house.told("sms"))


def split_when_told(house: House) -> tuple[Incident, Incident]:
    whole = house.alice.opens(level=2, area=HERE)
    house.alice.updates(whole, areas=(HERE, THERE))
    house.alice.tells(whole)
    house.fast_forward(minutes=5)
    return whole, house.alice.splits(whole, THERE)


def arrive(house: House) -> None:
    """The end of an import."""
    house.app.coordinator.act("directory", house.hq.actor, directory.customers_arrived)


def test_who_joins_a_part_is_owed_a_first_notice(house: House):
    """A part that was split off after the first notice has had none of its own; its due counts from the whole's."""
    for people, area in ((1, HERE), (2, THERE), (3, ELSEWHERE)):
        house.has_customers(sms=people, area=area)
    _, part = split_when_told(house)
    house.alice.updates(part, areas=(THERE, ELSEWHERE))

    assert (at(120), "open") == (
        house.window(part, "first_notice").due_at,
        house.window(part, "first_notice").state,
    )
    assert 3 == house.alice.tells(part).audience_size
    assert "met" == house.window(part, "first_notice").state
    assert 6 == len(set(numbers(house))) == len(numbers(house))


def test_who_joins_a_survivor_whose_duplicate_had_told_its_people(house: House):
    """Who was told by the duplicate is told; who joins is owed a first notice, written with the draft that waits."""
    house.has_customers(sms=2, area=HERE)
    house.has_customers(sms=3, area=THERE)
    source, survivor = house.alice.opens(level=2), house.alice.opens(level=2)
    house.alice.tells(source)
    house.alice.merges(source, survivor)
    assert "met" == house.window(survivor, "first_notice").state
    house.fast_forward(minutes=5)
    house.alice.updates(survivor, areas=(HERE, THERE))

    window = house.window(survivor, "first_notice")
    assert (2, at(120), "open") == (window.sequence, window.due_at, window.state)
    assert 3 == house.alice.tells(survivor).audience_size
    assert "met" == house.window(survivor, "first_notice").state
    assert 5 == len(set(numbers(house))) == len(numbers(house))


@pytest.mark.parametrize("ended", [False, True], ids=["before the end is told", "after it"])
def test_who_is_found_when_it_is_over_hears_of_it_in_one_text(house: House, ended: bool):
    """M11, M15: wider areas of what is resolved owe those people a first notice, which says that it is over."""
    house.has_customers(sms=1, area=HERE)
    house.has_customers(sms=2, area=THERE)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    if ended:
        house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.alice.updates(incident, areas=(HERE, THERE))

    assert "open" == house.window(incident, "first_notice", 2).state
    late = house.alice.tells(incident)
    assert 2 == late.audience_size
    assert "恢复" in house.told("sms", late)[0]["body"]
    if not ended:
        assert 1 == house.alice.tells(incident, Kind.RESOLUTION_NOTICE).audience_size
    assert {"met"} == {
        w.state for w in house.windows(incident) if w.kind in ("first_notice", "resolution_notice")
    }


def test_a_part_with_those_who_joined_and_a_first_notice_that_was_missed(house: House):
    """Whoever joined while the missed first notice waited for approval goes over with the number of their window; what
    was missed is owed to the part beside it (M11, M13)."""
    for people, area in ((1, HERE), (2, THERE), (3, ELSEWHERE)):
        house.has_customers(sms=people, area=area)
    told, whole = house.alice.opens(level=2), house.alice.opens(level=2, area=THERE)
    house.alice.tells(told)
    house.alice.merges(told, whole)
    house.fast_forward(minutes=121)
    house.carol.submits(whole)
    house.alice.updates(whole, areas=(HERE, THERE, ELSEWHERE))
    part = house.alice.splits(whole, ELSEWHERE)

    firsts = [w for w in house.windows(part) if w.kind == "first_notice"]
    assert [(2, "open", at(151)), (3, "open", at(151))] == [(w.sequence, w.state, w.due_at) for w in firsts]
    house.alice.tells(part)
    house.alice.tells(part)
    assert ["met", "met"] == [w.state for w in house.windows(part) if w.kind == "first_notice"]
    assert 4 == len(set(numbers(house))) == len(numbers(house))


def test_nobody_is_owed_more_when_nobody_had_to_hear_of_it(house: House):
    """M16: the first notice was waived and nobody was told; a wider area changes nothing of that."""
    house.has_customers(sms=1, area=HERE)
    house.has_customers(sms=2, area=THERE)
    incident = house.alice.opens(level=3)
    house.alice.waives(house.window(incident, "first_notice"))
    house.alice.resolves(incident)
    house.alice.updates(incident, areas=(HERE, THERE))

    assert ["waived"] == [w.state for w in house.windows(incident)]


def test_an_import_grows_each_running_incident_by_itself(house: House):
    """One incident that cannot be looked at stops none of the others: it stands as an alarm and is tried again; what
    was not looked at when the program died waits still."""
    house.has_customers(sms=1, area=HERE)
    house.has_customers(sms=1, area=ELSEWHERE)
    broken, other = house.alice.opens(level=2), house.alice.opens(level=2, area=ELSEWHERE)
    for incident in (broken, other):
        house.alice.tells(incident)
    house.has_customers(sms=2, area=HERE)
    house.has_customers(sms=2, area=ELSEWHERE)
    of_broken = "WHERE kind = 'first_notice' AND incident = ?"
    house.writes_raw(f"UPDATE windows SET history = 'x' || history {of_broken}", broken.id)

    arrive(house)
    house.works()
    assert ["met", "open"] == [w.state for w in house.windows(other) if w.kind == "first_notice"]
    assert ["growth_stuck"] == stuck(house)

    house.writes_raw(f"UPDATE windows SET history = substr(history, 2) {of_broken}", broken.id)
    house.clock.set(house.clock.now() + timedelta(seconds=1))
    house.works()
    assert ["met", "open"] == [w.state for w in house.windows(broken) if w.kind == "first_notice"]
    assert [] == stuck(house)
    assert {2} == {house.alice.tells(incident).audience_size for incident in (broken, other)}


def test_an_import_reaches_the_parts_and_the_others(house: House):
    """A part without a first notice of its own stops no growth elsewhere, and grows itself."""
    for area in (HERE, THERE, ELSEWHERE):
        house.has_customers(sms=1, area=area)
    _, part = split_when_told(house)
    other = house.alice.opens(level=2, area=ELSEWHERE)
    house.alice.tells(other)
    house.has_customers(sms=2, area=THERE)
    house.has_customers(sms=3, area=ELSEWHERE)
    arrive(house)
    house.works()

    assert {2: part.id, 3: other.id} == {
        house.alice.tells(one).audience_size: one.id for one in (part, other)
    }


def stuck(house: House) -> list[str]:
    with house.app.database.transaction() as tx:
        return [one.about for one in tx.operations.standing()]


def test_who_joins_while_a_holding_notice_goes_is_not_forgotten_when_that_tells_its_window(house: House):
    """While its window is owed the first notice takes them along; once the holding notice has told it, nobody owes
    that, so that a first notice is owed to them (M11, I28)."""
    house.has_holding_texts()
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2)
    house.sandbox.dial("twilio", down=1)
    house.carol.sends_holding(incident)
    house.works()
    house.has_customers(sms=1)
    arrive(house)
    house.works()
    assert ["open"] == [w.state for w in house.windows(incident) if w.kind == Kind.FIRST_NOTICE]
    house.sandbox.calm()
    house.fast_forward(minutes=10)

    first, theirs = (w for w in house.windows(incident) if w.kind == Kind.FIRST_NOTICE)
    assert ("met", "open", at(120)) == (first.state, theirs.state, theirs.due_at)
    assert 2 == len(numbers(house))
    house.alice.tells(incident)
    assert "+8613800000003" in numbers(house)


def test_who_arrives_while_the_first_notice_waits_for_approval_is_not_forgotten(house: House):
    """An import holds no approval back; who came in between is in no audience, and is owed a first notice (M11)."""
    house.has_customers(sms=1, area=HERE)
    incident = house.alice.opens(level=2, area=HERE)
    notice = house.alice.submits(incident)
    house.has_customers(sms=2, area=HERE)
    arrive(house)
    house.fast_forward(minutes=1)
    assert [1] == [w.sequence for w in house.windows(incident) if w.kind == "first_notice"]

    house.bob.approves(notice)
    house.fast_forward(minutes=1)
    second = house.window(incident, "first_notice", 2)
    assert ("open", "owed") == (second.state, second.duty)
    again = house.alice.tells(incident)
    assert 2 == again.audience_size
    assert "met" == house.window(incident, "first_notice", 2).state


@pytest.mark.parametrize("end", ["resolved", "called off"])
def test_the_people_of_a_duplicate_hear_of_the_end_from_the_part_that_it_went_into(house: House, end: str):
    """What was split off is for its areas; a duplicate brings it all its own people (§4; M12, M13)."""
    for area in (HERE, THERE, ELSEWHERE):
        house.has_customers(sms=1, area=area)
    other = house.alice.opens(level=3, area=ELSEWHERE)
    house.alice.tells(other)
    _, part = split_when_told(house)
    house.alice.merges(other, part)
    house.fast_forward(minutes=5)

    kind = Kind.RESOLUTION_NOTICE if end == "resolved" else Kind.WITHDRAWAL_NOTICE
    house.alice.resolves(part) if end == "resolved" else house.alice.calls_off(part)
    notice = house.alice.tells(part, kind)
    assert ["+8613800000002", "+8613800000003"] == sorted(sms["to"] for sms in house.told("sms", notice))


def test_a_holding_notice_that_has_begun_goes_on_to_whom_it_was_frozen_for(house: House):
    """Sent early to the page alone; then its people go to a part: whoever comes first tells them, each once (I28)."""
    house.has_holding_texts()
    house.has_customers(sms=3, area=THERE)
    whole = house.alice.opens(level=2, area=HERE)
    house.alice.updates(whole, areas=(HERE, THERE))
    house.alice.sends_holding(whole, ["web"])
    house.fast_forward(minutes=5)
    part = house.alice.splits(whole, THERE)
    house.fast_forward(until=at(121))

    firsts = [house.window(one, "first_notice").state for one in (whole, part)]
    assert ([*["met"] * 2], 3) == ([str(state) for state in firsts], len(numbers(house)))
    assert 3 == len(set(numbers(house)))


def test_who_arrived_for_the_whole_is_looked_for_in_a_part_that_was_split_off_meanwhile(house: House):
    """The import is over and nobody has looked yet: the part owes one to those of its areas (M11, M13)."""
    for area in (HERE, THERE):
        house.has_customers(sms=1, area=area)
    whole = house.alice.opens(level=2, area=HERE)
    house.alice.updates(whole, areas=(HERE, THERE))
    house.alice.tells(whole)
    house.has_customers(sms=2, area=THERE)
    arrive(house)
    part = house.alice.splits(whole, THERE)
    house.fast_forward(minutes=1)

    assert "open" == house.window(part, "first_notice").state
    assert 2 == house.alice.tells(part).audience_size
    assert 4 == len(set(numbers(house))) == len(numbers(house))


def test_who_arrived_while_it_ran_is_not_forgotten_when_it_is_stood_down_before_the_look(house: House):
    """The notice that waited goes out, and the incident ends at once: who arrived meanwhile was hit (M11)."""
    house.has_customers(sms=1, area=HERE)
    incident = house.alice.opens(level=2, area=HERE)
    notice = house.alice.submits(incident)
    house.has_customers(sms=2, area=HERE)
    arrive(house)
    house.fast_forward(minutes=1)
    house.bob.approves(notice)
    house.alice.resolves(incident)
    house.fast_forward(minutes=1)

    assert "open" == house.window(incident, "first_notice", 2).state
    assert 2 == house.alice.tells(incident).audience_size
    assert "met" == house.window(incident, "first_notice", 2).state


def ended_when_they_arrived(house: House, end: str) -> Incident:
    """Two people were told, it ended, and three more are imported."""
    house.has_customers(sms=2, area=HERE)
    incident = house.alice.opens(level=2, area=HERE)
    house.alice.tells(incident)
    getattr(house.alice, end)(incident)
    house.has_customers(sms=3, area=HERE)
    arrive(house)
    house.works()
    return incident


def test_who_arrived_while_it_was_over_is_told_when_it_is_back(house: House):
    """An import looks at what runs alone; what comes back hits whoever is there now (M11, M17; found by the
    simulation, seed 374)."""
    incident = ended_when_they_arrived(house, "resolves")
    house.fast_forward(minutes=10)
    house.alice.reopens(incident)

    joined = house.window(incident, "first_notice", 2)
    assert (at(120), "open") == (joined.due_at, joined.state)
    assert 3 == house.alice.tells(incident).audience_size
    assert "met" == house.window(incident, "first_notice", 2).state
    assert [] == house.audit()


@pytest.mark.parametrize("end", ["resolves", "calls_off"])
def test_who_arrived_before_a_slip_is_taken_back_is_told(house: House, end: str):
    """It ran all the time, as far as they are concerned (M11, M17, M18)."""
    incident = ended_when_they_arrived(house, end)
    house.alice.undoes(incident)

    joined = house.window(incident, "first_notice", 2)
    assert (at(120), "open") == (joined.due_at, joined.state)
    assert 3 == house.alice.tells(incident).audience_size
    assert [] == house.audit()


def test_who_is_in_a_notice_that_waits_is_owed_no_other(house: House):
    """Customers of elsewhere arrive while the notice for those who joined waits: no window opens for its own people;
    who does join meanwhile has one, and its notice leaves nobody over (M11)."""
    house.has_customers(sms=1, area=HERE)
    incident = house.alice.opens(level=2, area=HERE)
    house.alice.tells(incident)
    house.has_customers(sms=2, area=HERE)
    arrive(house)
    house.fast_forward(minutes=1)
    second = house.alice.submits(incident)
    house.has_customers(sms=3, area=ELSEWHERE)
    arrive(house)
    house.fast_forward(minutes=1)
    assert [1, 2] == [w.sequence for w in house.windows(incident) if w.kind == "first_notice"]

    house.has_customers(sms=4, area=HERE)
    arrive(house)
    house.fast_forward(minutes=1)
    third = house.alice.submits(incident)
    house.bob.approves(second)
    house.fast_forward(minutes=1)
    house.bob.approves(third)
    house.fast_forward(minutes=5)
    firsts = [w for w in house.windows(incident) if w.kind == "first_notice"]
    assert [(1, "met"), (2, "met"), (3, "met")] == [(w.sequence, w.state) for w in firsts]
    assert 7 == len(set(numbers(house))) == len(numbers(house))


def heard_the_end(house: House, incident: Incident) -> list[str]:
    house.alice.resolves(incident)
    notice = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    return sorted(sent["to"] for sent in house.told("sms", notice))


def test_the_people_of_a_duplicate_that_joined_after_a_split_hear_of_the_end(house: House):
    """Where a part had gone before: told before the split, but by the duplicate, they had not gone with it (§4; M12,
    M13)."""
    for area in (HERE, THERE):
        house.has_customers(sms=1, area=area)
    other = house.alice.opens(level=2, area=THERE)
    house.alice.tells(other)
    house.fast_forward(minutes=1)
    whole, _ = split_when_told(house)
    house.fast_forward(minutes=1)
    house.alice.merges(other, whole)
    house.fast_forward(minutes=5)
    assert ["+8613800000001", "+8613800000002"] == heard_the_end(house, whole)


def test_whom_the_whole_told_after_a_split_hears_of_the_end_from_it(house: House):
    """It is wide again, and has told people where a part had gone before (§4; M11, M13)."""
    house.has_customers(sms=1, area=HERE)
    whole, _ = split_when_told(house)
    house.fast_forward(minutes=1)
    house.has_customers(sms=1, area=THERE)
    house.alice.updates(whole, areas=(HERE, THERE))
    house.alice.tells(whole)
    house.fast_forward(minutes=5)
    assert ["+8613800000001", "+8613800000002"] == heard_the_end(house, whole)
