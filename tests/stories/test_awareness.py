"""When the operator knew: evidence may show an earlier instant; a later one is an override."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidents.errors import Invalid, NotAllowed
from tests.house import START, House


def at(minutes: int):
    return START + timedelta(minutes=minutes)


def test_awareness_found_to_be_earlier_moves_the_due(house: House):
    """As an upgrade: thirty minutes at least, marked late_by_discovery, never later (§4, AMB-05, M05)."""
    house.clock.set(at(60))
    incident = house.alice.opens(level=1)
    assert at(180) == house.window(incident, "first_notice").due_at
    house.fast_forward(minutes=50)

    house.alice.updates(incident, aware_at=START)

    window = house.window(incident, "first_notice")
    assert (START, at(120), at(140)) == (window.started_at, window.strict_due_at, window.due_at)
    assert ("late_by_discovery",) == window.causes
    house.fast_forward(until=at(141))
    assert ("breached", True) == (
        house.window(incident, "first_notice").state,
        "late_by_discovery" in house.window(incident, "first_notice").causes,
    )
    assert [] == house.audit()


def test_on_a_decided_window_it_is_a_finding(house: House):
    """The verdict stays; what strict would have been is printed beside it (§1, M05)."""
    house.has_customers(both=1)
    house.clock.set(at(60))
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.alice.updates(incident, aware_at=START)

    window = house.window(incident, "first_notice")
    assert ("met", at(180), ["aware_earlier_after_verdict"]) == (
        window.state,
        window.due_at,
        [finding.kind for finding in window.findings],
    )
    assert [] == house.audit()


def test_a_later_awareness_needs_the_right_and_a_reason(house: House):
    """Only who may override does, and says why; an open window is extended, strict stays (§4, AMB-05, M06)."""
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=30)
    with pytest.raises(NotAllowed):
        house.alice.updates(incident, aware_at=at(20), reason="the alarm was a test")
    with pytest.raises(Invalid, match="reason"):
        house.hq.updates(incident, aware_at=at(20))

    house.hq.updates(incident, aware_at=at(20), reason="the alarm was a test")

    window = house.window(incident, "first_notice")
    assert (at(140), at(120)) == (window.due_at, window.strict_due_at)
    assert [at(120), at(140)] == [move.due_at for move in window.history]
    assert at(20) == house.incident(incident).aware_at
    assert [] == house.audit()


def test_a_false_alarm_that_was_none_washes_no_override_into_strict(house: House):
    """Undo of a false alarm goes on with the old clock: the granted due, the old strict (§4, M06, M07)."""
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=30)
    house.hq.updates(incident, aware_at=at(20), reason="the alarm was a test")
    house.alice.calls_off(incident)
    house.fast_forward(minutes=2)
    house.alice.undoes(incident)

    window = house.window(incident, "first_notice", 2)
    assert (at(0), at(120), at(140)) == (window.started_at, window.strict_due_at, window.due_at)
    assert [] == house.audit()


def test_breached_stays_breached(house: House):
    """No override washes a breach off (§4, M06)."""
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=121)
    house.hq.updates(incident, aware_at=at(60), reason="the alarm was a test")

    window = house.window(incident, "first_notice")
    assert ("breached", at(120), at(120)) == (window.state, window.due_at, window.strict_due_at)
    assert [] == house.audit()


def test_a_slip_of_awareness_is_taken_back(house: House):
    """Undo: the old due, the old awareness (§4)."""
    house.clock.set(at(60))
    incident = house.alice.opens(level=1)
    before = house.incident(incident)
    house.fast_forward(minutes=20)
    house.alice.updates(incident, aware_at=at(5))
    house.alice.undoes(incident)

    assert before == house.incident(incident)
    window = house.window(incident, "first_notice")
    assert (at(180), at(180), at(60), ()) == (
        window.due_at,
        window.strict_due_at,
        window.started_at,
        window.causes,
    )
    assert [] == house.audit()
