"""The coordinator itself is down: nothing due is forgotten, and the gap is said."""

from __future__ import annotations

from datetime import timedelta

from tests.house import START, House

DUE = START + timedelta(hours=2)


def test_down_over_the_due_instant(house: House):
    """Breached with the true due and coordinator_outage as cause, and pursued at once (I9, §4, M20)."""
    house.has_customers(sms=3)
    incident = house.alice.opens(level=2)
    house.fast_forward(hours=1)
    house.goes_dark(hours=2)
    house.restarts()
    house.works()

    window = house.window(incident, "first_notice")
    assert ("breached", "owed", DUE, "wall_after_gap") == (
        window.state,
        window.duty,
        window.due_at,
        window.basis,
    )
    assert "coordinator_outage" in window.causes
    [breach] = [row for row in house.breaches(incident) if row["window_id"] == window.id]
    assert (DUE, "wall_after_gap") == (breach["due_at"], breach["basis"])

    house.alice.tells(incident)
    assert 3600.0 == house.window(incident, "first_notice").seconds_late


def test_a_person_acts_before_the_first_sweep_after_the_gap(house: House):
    """Whoever looks first after a gap, the verdict names the outage (I9, §4)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=3)
    house.works()
    house.goes_dark(hours=5)
    house.alice.submits(incident)

    window = house.window(incident, "first_notice")
    assert ("breached", "wall_after_gap") == (window.state, window.basis)
    assert "coordinator_outage" in window.causes


def test_what_was_approved_goes_out_when_we_are_back(house: House):
    """A released notice that lay in the database is sent at once, late and only once (I1, I21)."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=2)
    house.bob.approves(house.alice.submits(incident))
    house.goes_dark(hours=3)
    house.restarts()
    house.works()

    window = house.window(incident, "first_notice")
    assert ("breached", "done", 3600.0) == (window.state, window.duty, window.seconds_late)
    assert (3, 3) == (len(house.told("sms")), len(house.told("email")))


def test_a_gap_that_spans_no_due_costs_nothing(house: House):
    """Being down between due instants changes no verdict; passed rungs say why they were skipped (I11)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=1)
    house.works()
    house.goes_dark(minutes=100)
    house.works()

    window = house.window(incident, "first_notice")
    rungs = {rung.name: rung for rung in window.rungs}
    assert ("coordinator_outage", "coordinator_outage") == (rungs["target"].skipped, rungs["50%"].skipped)
    assert START + timedelta(minutes=100) == rungs["75%"].fired_at
    house.alice.tells(incident)
    assert ("met", "clock") == (
        house.window(incident, "first_notice").state,
        house.window(incident, "first_notice").basis,
    )


def test_a_worker_that_died_while_calling_leaves_a_doubt(house: House):
    """A lease that ended while calling is in doubt, looked up, and not sent twice (I4, I6)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    notice = house.bob.approves(house.alice.submits(incident))
    house.writes_raw(
        "UPDATE deliveries SET state = 'calling', attempts = 1, next_at = next_at + 1 WHERE channel = 'sms'"
    )
    house.writes_raw("UPDATE counts SET state = 'calling' WHERE channel = 'sms'")
    house.fast_forward(minutes=1)
    assert {"in_doubt": 1} == house.counts(notice, "sms")
    assert [] == house.told("sms")

    house.writes_raw(
        "INSERT INTO attempts SELECT id, 1, epoch, (SELECT released_at FROM notices) FROM deliveries "
        "WHERE channel = 'sms'"
    )
    house.fast_forward(minutes=10)
    assert 1 == len(house.told("sms"))
    assert "met" == house.window(incident, "first_notice").state
