"""First notices against their window: told just before it closes, as it closes, just after."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.house import START, House

SECOND = timedelta(seconds=1)


def test_level_1_tells_every_affected_customer_within_two_hours(house: House):
    """A level-1 incident reaches every reachable customer by every channel inside its window (R26)."""
    house.has_customers(both=10, sms=10, email=10)

    incident = house.alice.opens(level=1)
    notice = house.bob.approves(house.alice.submits(incident))
    house.fast_forward(minutes=20)

    assert 20 == len(house.told("sms", notice))
    assert 20 == len(house.told("email", notice))
    window = house.window(incident, "first_notice")
    assert ("met", "done", START) == (window.state, window.duty, window.told_at)
    assert 30 == window.coverage.reached
    assert "told" == house.notice(notice).state


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize(
    ("after", "verdict", "late"),
    [
        (timedelta(hours=2) - SECOND, "met", -1.0),
        (timedelta(hours=2), "met", 0.0),
        (timedelta(hours=2) + SECOND, "breached", 1.0),
    ],
)
def test_major_incidents_have_two_hours(
    house: House, level: int, after: timedelta, verdict: str, late: float
):
    """At levels 1 and 2 told 2:00:00 after awareness is met, one second later is breached (R26, AMB-01)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=level)
    house.fast_forward(until=START + after)

    house.alice.tells(incident)

    window = house.window(incident, "first_notice")
    assert START + timedelta(hours=2) == window.due_at == window.strict_due_at
    assert (verdict, "done", late) == (window.state, window.duty, window.seconds_late)


@pytest.mark.parametrize(
    ("after", "verdict", "late"),
    [
        (timedelta(hours=4) - SECOND, "met", -1.0),
        (timedelta(hours=4), "met", 0.0),
        (timedelta(hours=4) + SECOND, "breached", 1.0),
    ],
)
def test_ordinary_incidents_have_four_hours(house: House, after: timedelta, verdict: str, late: float):
    """At level 3 told at 4:00:00 after awareness is met, one second later is breached (R27)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=3)
    house.fast_forward(until=START + after)

    house.alice.tells(incident)

    window = house.window(incident, "first_notice")
    assert START + timedelta(hours=4) == window.due_at
    assert (verdict, "done", late) == (window.state, window.duty, window.seconds_late)


def test_the_edge_is_one_microsecond_wide(house: House):
    """Told one microsecond after the due instant is breached (R26, I9)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    house.fast_forward(hours=1)
    notice = house.alice.submits(incident)
    house.fast_forward(until=START + timedelta(hours=2, microseconds=1))

    house.bob.approves(notice)
    house.works()

    assert "breached" == house.window(incident, "first_notice").state


def test_the_clock_starts_at_awareness_not_at_opening(house: House):
    """Awareness an hour before opening leaves one hour of two (AMB-05)."""
    incident = house.alice.opens(level=2, aware=START - timedelta(hours=1), onset=START - timedelta(hours=2))

    assert START + timedelta(hours=1) == house.window(incident, "first_notice").due_at


def test_an_incident_known_for_too_long_is_breached_at_once_and_still_owed(house: House):
    """What became known five hours ago is breached when it is opened, with its true due instant (R26, I9)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2, aware=START - timedelta(hours=5), onset=None)
    house.works()

    window = house.window(incident, "first_notice")
    assert ("breached", "owed", START - timedelta(hours=3)) == (window.state, window.duty, window.due_at)

    house.alice.tells(incident)
    window = house.window(incident, "first_notice")
    assert ("breached", "done", 3 * 3600.0) == (window.state, window.duty, window.seconds_late)


def test_an_approver_who_sleeps_costs_the_window_and_not_the_duty(house: House):
    """Submitted, never approved: breached for want of approval, still owed, told late (R26, I10)."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=1)
    house.fast_forward(hours=1, minutes=30)
    notice = house.alice.submits(incident)
    house.fast_forward(until=START + timedelta(hours=2, minutes=5))

    window = house.window(incident, "first_notice")
    assert ("breached", "owed", ("no_approval",)) == (window.state, window.duty, window.causes)
    [breach] = [row for row in house.breaches(incident) if row["window_id"] == window.id]
    assert ["no_approval"] == breach["causes"]
    assert breach["recorded_at"] - breach["due_at"] <= SECOND
    assert [] == house.told("sms")

    house.bob.approves(notice)
    house.works()

    window = house.window(incident, "first_notice")
    assert ("breached", "done", 300.0) == (window.state, window.duty, window.seconds_late)
    assert [breach] == [row for row in house.breaches(incident) if row["window_id"] == window.id]
    assert 3 == len(house.told("sms"))


def test_every_rung_fires_once_and_upwards_until_the_verdict(house: House):
    """Warnings come at the target, 50, 75 and 90 % and at due, each once, in order, up the ladder (I11)."""
    incident = house.alice.opens(level=1)
    house.fast_forward(hours=5)

    warned = [e.data for e in house.entries(incident, "warning") if e.data["kind"] == "first_notice"]
    assert ["target", "50%", "75%", "90%", "due"] == [one["rung"] for one in warned]
    assert "headquarters" == warned[-1]["to"]
    at = {rung.name: rung.fired_at for rung in house.window(incident, "first_notice").rungs}
    assert START + timedelta(minutes=30) == at["target"]
    assert START + timedelta(minutes=90) == at["75%"]
    assert START + timedelta(minutes=108) == at["90%"]
    assert START + timedelta(hours=2) == at["due"]


def test_two_rungs_at_one_instant_warn_once(house: House):
    """At level 2 the target is the middle of the window: the higher rung fires, the other says why (I11)."""
    incident = house.alice.opens(level=2)
    house.fast_forward(hours=1)

    target, middle = house.window(incident, "first_notice").rungs[:2]
    assert (None, "together_with_50%") == (target.fired_at, target.skipped)
    assert START + timedelta(hours=1) == middle.fired_at


def test_a_met_window_warns_nobody_any_more(house: House):
    """After the verdict met no rung fires (I11)."""
    house.has_customers(email=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(hours=2)

    window = house.window(incident, "first_notice")
    assert [] == [rung for rung in window.rungs if rung.fired_at]
    assert [] == [e for e in house.entries(incident, "warning") if e.data["window"] == window.id]
