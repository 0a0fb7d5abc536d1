"""What is learnt after a verdict: printed beside it, it changes nothing (worked timelines, windows.md §10)."""

from __future__ import annotations

from datetime import timedelta

from tests.house import START, House


def at(minutes: float):
    return START + timedelta(minutes=minutes)


def test_an_answer_lost_just_before_due_and_found_after_it(house: House):
    """Breached at due, for it alone was missing; the finding says that the provider had it before (§10, W07)."""
    house.has_customers(sms=10)
    incident = house.alice.opens(level=1)
    house.fast_forward(until=at(119.9))
    house.sandbox.dial("twilio", lose_answer=0.1)
    house.alice.tells(incident)
    house.fast_forward(until=at(125))

    window = house.window(incident, "first_notice")
    assert ("breached", "done", at(120)) == (window.state, window.duty, window.due_at)
    assert window.told_at is not None
    assert window.told_at > at(120)
    assert ["accepted_before_due_on_evidence"] == [finding.kind for finding in window.findings]
    assert [] == house.audit()


def test_what_was_taken_after_due_is_no_evidence(house: House):
    """An answer lost after the due instant proves nothing."""
    house.has_customers(sms=10)
    incident = house.alice.opens(level=1)
    house.fast_forward(until=at(121))
    house.sandbox.dial("twilio", lose_answer=0.1)
    house.alice.tells(incident)
    house.fast_forward(until=at(125))

    window = house.window(incident, "first_notice")
    assert ("breached", "done", ()) == (window.state, window.duty, window.findings)
    assert [] == house.audit()
