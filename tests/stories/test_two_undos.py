"""Two acts in a row, each taken back."""

from __future__ import annotations

from incidents.terms import Kind
from tests.house import House


def test_a_correction_and_a_false_alarm_are_both_taken_back(house: House):
    """Undo goes from the newest act back; a duty that the second act ended and the first had opened is neither lost
    nor left over (§4)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    told = house.alice.tells(incident)
    before = {w.id: (w.state, w.duty) for w in house.windows(incident)}
    house.fast_forward(minutes=2)

    house.alice.corrects(told, {"zh-CN": "滨江区", "en": "Binjiang"}, {"zh-CN": "西湖区", "en": "Xihu"})
    house.fast_forward(minutes=1)
    corrected = {w.id: (w.state, w.duty) for w in house.windows(incident)}
    house.alice.calls_off(incident)
    house.fast_forward(minutes=1)

    house.alice.undoes(incident)
    owed = {w.kind for w in house.windows(incident) if w.owed}
    assert {Kind.PROGRESS_UPDATE, Kind.CORRECTION_NOTICE} == owed, (corrected, house.windows(incident))
    house.alice.undoes(incident)
    assert {Kind.PROGRESS_UPDATE} == {w.kind for w in house.windows(incident) if w.owed}
    assert before[1] == (house.windows(incident)[0].state, house.windows(incident)[0].duty)
    assert [] == house.audit()


def test_a_draft_that_an_undo_gives_back_is_written_for_the_record_as_it_is(house: House):
    """A first notice drafted at level 3 goes to one channel; raised, dropped to lapse and given back, it goes to both
    (windows.md, "what is sent")."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=3)
    house.alice.raises(incident, 1)
    house.alice.calls_off(incident)
    house.fast_forward(minutes=1)
    house.alice.undoes(incident)

    told = house.alice.tells(incident)
    assert 2 == len(house.deliveries(told, "sms")) == len(house.deliveries(told, "email"))
    house.fast_forward(seconds=1)
    firsts = [w for w in house.windows(incident) if w.kind == Kind.FIRST_NOTICE]
    assert ["lapsed", "met"] == [w.state for w in firsts]
    assert [] == house.audit()
