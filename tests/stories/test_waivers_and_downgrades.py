"""A level that falls, and duties that a person ends: who must agree, and what comes back when it was a mistake."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coordinator import decisions, undo
from incidents.errors import Conflict, Invalid, NotAllowed
from incidents.terms import Kind
from tests.house import START, House


def at(minutes: int):
    return START + timedelta(minutes=minutes)


def test_lowering_from_level_1_waits_for_a_second_person(house: House):
    """Nothing has changed until somebody else agrees; who asked cannot (AMB-06, AMB-16, M08)."""
    incident = house.alice.opens(level=1)
    house.alice.lowers(incident, 3)

    assert 1 == house.incident(incident).level
    with pytest.raises(Conflict, match="asks for that already"):
        house.alice.lowers(incident, 3)
    with pytest.raises(Conflict, match="D1 asks for level 3 and is undecided") as another:
        house.alice.lowers(incident, 2)
    assert "tongbao decline D1 --reason '…'" == another.value.next
    with pytest.raises(NotAllowed):
        house.alice.agrees(incident)
    house.bob.agrees(incident)

    assert 3 == house.incident(incident).level
    assert [] == house.audit()


def test_a_downgrade_that_a_second_person_agreed_to_is_answered_by_raising_again(house: House):
    """Only who did it undoes an act; an approver may not undo, so the way back is the other level."""
    incident = house.alice.opens(level=1)
    house.alice.lowers(incident, 3)
    house.bob.agrees(incident)

    with pytest.raises(NotAllowed, match="bob did the last act") as refused:
        house.alice._act("undo", undo.undo, incident.reference)
    assert f"tongbao level {incident.reference} 1 --reason '…'" == refused.value.next
    with pytest.raises(NotAllowed):
        house.bob._act("undo", undo.undo, incident.reference)
    house.alice.lowers(incident, 1)

    assert 1 == house.incident(incident).level


def test_a_downgrade_leaves_the_due_and_slows_what_comes_next(house: House):
    """Due stays; texts, channels and the cadence after the next notice follow the level now (§4, AMB-06, M08)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    before = house.window(incident, "progress_update")
    house.fast_forward(minutes=30)

    house.alice.lowers(incident, 3)

    assert (before.due_at, before.history) == (
        house.window(incident, "progress_update").due_at,
        house.window(incident, "progress_update").history,
    )
    house.alice.tells(incident, Kind.PROGRESS_UPDATE)
    assert at(270) >= house.window(incident, "progress_update", 2).due_at > at(250)
    assert at(270) == house.window(incident, "progress_update", 2).strict_due_at
    assert [] == house.audit()


def test_what_is_declined_stays_as_it_was(house: House):
    """A refused downgrade is on the record with its reason; it may be asked for again."""
    incident = house.alice.opens(level=1)
    house.alice.lowers(incident, 2)
    house.bob.refuses(incident, "half the province is still down")

    assert 1 == house.incident(incident).level
    [entry] = house.entries(incident, "downgrade_declined")
    assert "half the province is still down" == entry.data["refusal"]
    house.alice.lowers(incident, 2)
    house.bob.agrees(incident)
    assert 2 == house.incident(incident).level


def test_a_downgrade_that_was_overtaken_is_not_carried_out(house: House):
    """Who agrees too late is told so: the incident has ended meanwhile."""
    incident = house.alice.opens(level=1)
    house.alice.lowers(incident, 2)
    house.alice.calls_off(incident)

    with pytest.raises(Conflict):
        house.bob.agrees(incident)
    assert 1 == house.incident(incident).level


def test_a_waiver_whose_duty_is_met_meanwhile_waits_no_more(house: House):
    """Nobody is asked for a word that changes nothing, and the record can be closed (R10)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.waives(house.window(incident, "first_notice"))
    house.alice.tells(incident)
    house.fast_forward(seconds=1)

    assert "met" == house.window(incident, "first_notice").state
    [entry] = house.entries(incident, "waiver_overtaken")
    assert "met" == entry.data["why"]
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.alice.does_everything(incident)
    house.alice.reviews(incident)
    assert "closed" == house.alice.closes(incident).status


def test_a_slip_to_a_lower_level_is_taken_back(house: House):
    """Undo gives the level and the decision behind it back."""
    incident = house.alice.opens(level=2)
    before = house.incident(incident)
    house.alice.lowers(incident, 3)
    house.alice.undoes(incident)

    assert before == house.incident(incident)
    assert [] == house.audit()


def test_level_3_is_waived_by_one_person(house: House):
    """A named person and a reason, before due; the verdict is waived for ever (§1, AMB-17)."""
    incident = house.alice.opens(level=3)
    house.alice.resolves(incident)
    waived = house.alice.waives(
        house.window(incident, "first_notice"), "restored after four minutes, at night"
    )

    assert ("waived", "ended", "person") == (waived.state, waived.duty, waived.basis)
    assert ["waived"] == [finding.kind for finding in waived.findings]
    house.fast_forward(hours=5)
    assert "waived" == house.window(incident, "first_notice").state
    assert [] == house.audit()


@pytest.mark.parametrize("level", [1, 2])
def test_levels_1_and_2_are_waived_by_two(house: House, level: int):
    """Until a second person agrees the window runs; agreed after due, it was missed (§1)."""
    incident = house.alice.opens(level=level)
    house.fast_forward(minutes=100)
    house.alice.waives(house.window(incident, "first_notice"))
    assert "open" == house.window(incident, "first_notice").state
    house.fast_forward(minutes=20, seconds=1)

    [entry] = house.entries(incident, "waiver_overtaken")
    with pytest.raises(Conflict, match="overtaken"):
        house.bob._act("approve", decisions.approve, entry.data["decision"])
    assert "breached" == house.window(incident, "first_notice").state

    material = house.alice.opens(level=level)
    house.alice.waives(house.window(material, "first_notice"))
    house.bob.agrees(material)
    assert "waived" == house.window(material, "first_notice").state
    assert [] == house.audit()


def test_a_waiver_comes_before_due_and_with_a_reason(house: House):
    """Past due it is a breach, which a waiver does not wash off (known failure 12)."""
    incident = house.alice.opens(level=3)
    window = house.window(incident, "first_notice")
    with pytest.raises(Invalid):
        house.alice.waives(window, "  ")
    with pytest.raises(Conflict, match="only a missed duty"):
        house.alice.ends(window)
    house.fast_forward(hours=4, seconds=1)

    with pytest.raises(Conflict, match="missed"):
        house.alice.waives(window)


def test_a_missed_duty_is_ended_by_a_named_person(house: House):
    """The verdict stays breached; it is no longer owed, and the reason stands beside it (§1)."""
    incident = house.alice.opens(level=3)
    house.fast_forward(hours=4, seconds=1)
    ended = house.alice.ends(house.window(incident, "first_notice"))

    assert ("breached", "ended", "person") == (ended.state, ended.duty, ended.ended_by)
    assert "alice" in ended.findings[-1].detail
    house.alice.undoes(incident)
    assert ("breached", "owed") == (
        house.window(incident, "first_notice").state,
        house.window(incident, "first_notice").duty,
    )
    assert [] == house.audit()


def test_an_upgrade_after_a_waiver_owes_the_first_notice_again(house: House):
    """Customers were not told: first_notice of the next sequence, due = max(strict, change + 30 min) (§4, M07)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=3)
    house.fast_forward(minutes=110)
    house.alice.waives(house.window(incident, "first_notice"))
    house.fast_forward(minutes=5)

    house.alice.raises(incident, 1)

    again = house.window(incident, "first_notice", 2)
    assert (at(145), at(120), "open") == (again.due_at, again.strict_due_at, again.state)
    assert "waived" == house.window(incident, "first_notice", 1).state
    house.alice.tells(incident)
    assert ("met", 2) == (house.window(incident, "first_notice", 2).state, len(house.told("sms")))
    assert [] == house.audit()


def test_a_waiver_that_is_taken_back_gives_the_old_due_back(house: House):
    """Undo: the first notice is owed again at its old due, which is still ahead (§4, M07)."""
    incident = house.alice.opens(level=3)
    house.fast_forward(minutes=200)
    house.alice.waives(house.window(incident, "first_notice"))
    house.fast_forward(minutes=2)
    house.alice.undoes(incident)

    again = house.window(incident, "first_notice", 2)
    assert (at(240), "open") == (again.due_at, again.state)
    assert [] == house.audit()


def test_nothing_is_owed_at_the_end_when_nobody_was_told(house: House):
    """A waived first notice that nobody read needs no resolution notice (§2: to exactly those who were told, M16)."""
    incident = house.alice.opens(level=3)
    house.alice.waives(house.window(incident, "first_notice"))
    house.alice.resolves(incident)

    assert ["first_notice"] == [w.kind for w in house.windows(incident)]
    house.alice.does_everything(incident)
    assert "closed" == house.alice.wraps_up(incident).status
