"""Progress: the clock that starts again with every entry, and what silence costs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidents.errors import Conflict, Invalid
from incidents.terms import Channel, Kind
from tests.house import START, House
from worker.deliver import deliver


def at(**span: float):
    return START + timedelta(**span)


@pytest.mark.parametrize(("level", "hours"), [(1, 1), (2, 2), (3, 4)])
def test_progress_is_owed_at_the_cadence_of_the_level(house: House, level: int, hours: int):
    """The next notice is owed 1, 2 or 4 hours after the page entry was live (R25, AMB-08)."""
    house.has_customers(email=1)
    incident = house.alice.opens(level=level)
    house.fast_forward(minutes=2)
    house.alice.tells(incident)

    window = house.window(incident, "progress_update")
    assert at(minutes=2) == window.started_at
    assert at(minutes=2, hours=hours) == window.strict_due_at
    # The text promises a round five minutes, and a promise earlier than the cadence binds.
    assert at(hours=hours) == window.due_at

    house.fast_forward(until=at(hours=hours))
    house.alice.tells(incident, Kind.PROGRESS_UPDATE)
    assert "met" == house.window(incident, "progress_update", 1).state
    assert at(hours=2 * hours) == house.window(incident, "progress_update", 2).due_at


def test_silence_is_breached_hour_after_hour(house: House):
    """Silence keeps producing duties; one notice ends the overdue ones and fulfils the newest (R25, I10)."""
    house.has_customers(email=1)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.fast_forward(until=at(hours=3, minutes=30))

    progress = [w for w in house.windows(incident) if w.kind == Kind.PROGRESS_UPDATE]
    assert ["breached", "breached", "breached", "open"] == [w.state for w in progress]
    assert [at(hours=n) for n in (1, 2, 3, 4)] == [w.due_at for w in progress]
    assert {"owed"} == {w.duty for w in progress}

    house.alice.tells(incident, Kind.PROGRESS_UPDATE)

    progress = [w for w in house.windows(incident) if w.kind == Kind.PROGRESS_UPDATE]
    assert [("breached", "ended")] * 3 + [("met", "done"), ("open", "owed")] == [
        (w.state, w.duty) for w in progress
    ]
    assert {"newer_progress_notice"} == {w.ended_by for w in progress[:3]}
    assert at(hours=4, minutes=30) == progress[-1].due_at
    assert 3 == len(house.breaches(incident))


def test_progress_starts_even_if_the_first_notice_was_missed(house: House):
    """A missed first notice starts the progress clock at its due instant (known failure 3)."""
    incident = house.alice.opens(level=2)
    house.fast_forward(until=at(hours=4, seconds=1))

    progress = house.window(incident, "progress_update", 1)
    assert (at(hours=2), at(hours=4), "breached") == (progress.started_at, progress.due_at, progress.state)
    assert ("breached", "owed") == (
        house.window(incident, "first_notice").state,
        house.window(incident, "first_notice").duty,
    )


def test_an_earlier_promise_moves_the_due_forward(house: House):
    """A promised next update binds: the due moves forward, strict stays the rule's (R28, M01)."""
    house.has_customers(email=1)
    incident = house.alice.opens(level=2)
    house.bob.approves(house.alice.submits(incident, next_update_at=at(minutes=45)))
    house.works()

    window = house.window(incident, "progress_update")
    assert (at(minutes=45), at(hours=2)) == (window.due_at, window.strict_due_at)
    assert "promise" == window.history[0].rule


def test_a_promise_that_had_passed_when_its_page_went_live_is_followed_by_the_cadence(house: House):
    """Approved in time, and the house was dark: the promise is missed, and the page that broke it tells nothing after
    it: the cadence runs from that page on (R28, I9)."""
    house.has_customers(email=1)
    incident = house.alice.opens(level=2)
    house.bob.approves(house.alice.submits(incident, next_update_at=at(minutes=45)))
    house.goes_dark(minutes=50)
    house.works()

    promised, after = (w for w in house.every_window(incident) if w.kind == "progress_update")
    assert ("breached", at(minutes=45), at(minutes=50)) == (
        promised.state,
        promised.due_at,
        promised.started_at,
    )
    assert ("open", at(minutes=50), at(minutes=170)) == (after.state, after.started_at, after.due_at)
    house.fast_forward(minutes=1)
    assert "open" == house.window(incident, "progress_update", after.sequence).state


def test_a_promise_later_than_the_cadence_or_past_is_refused(house: House):
    """The next update comes within the cadence and in the future, or the notice is refused (R28)."""
    incident = house.alice.opens(level=2)

    for promised in (timedelta(hours=2, minutes=1), timedelta(0), timedelta(minutes=-5)):
        with pytest.raises(Invalid) as refused:
            house.alice.drafts(incident, Kind.FIRST_NOTICE, next_update_at=START + promised)
        assert "next_update" == refused.value.field


def test_a_draft_that_lay_promises_by_the_cadence_again(house: House):
    """What was promised in it has passed: it cannot go out, and drafted again it promises anew (R28; found by the
    simulation, seed 401)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=3)
    draft = house.alice.drafts(incident, Kind.FIRST_NOTICE, next_update_at=at(minutes=30))
    house.fast_forward(minutes=31)

    with pytest.raises(Invalid, match="not ahead"):
        house.alice.submits_draft(draft)
    assert at(hours=4) < (house.alice.tells(incident).next_update_at or START)


def test_every_channel_promises_the_same_instant(house: House):
    """SMS and e-mail name the same next-update time (R24, R28)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.bob.approves(house.alice.submits(incident, next_update_at=at(minutes=45)))
    house.works()

    assert all("15:00" in item["body"] for item in house.told("sms") + house.told("email"))
    assert 2 == len(house.told("sms") + house.told("email"))


def test_after_a_day_the_cadence_is_a_day(house: House):
    """Windows that start 24 hours or more after awareness have 24 hours (R25)."""
    house.has_customers(email=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.fast_forward(until=at(hours=23))
    house.alice.tells(incident, Kind.PROGRESS_UPDATE)
    assert at(hours=27) == house.window(incident, "progress_update").strict_due_at

    house.fast_forward(until=at(hours=24))
    house.alice.tells(incident, Kind.PROGRESS_UPDATE)
    assert at(hours=48) == house.window(incident, "progress_update").strict_due_at


def test_progress_is_told_by_its_page_entry_alone(house: House):
    """Progress goes to the page; nobody is texted every hour (AMB-08)."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.fast_forward(minutes=50)
    update = house.alice.tells(incident, Kind.PROGRESS_UPDATE)

    assert (3, 3, []) == (len(house.told("sms")), len(house.told("email")), house.told("sms", update))
    assert "told" == house.notice(update).state


def test_progress_before_anybody_was_told_is_refused(house: House):
    """The first notice comes first (R28)."""
    incident = house.alice.opens(level=2)

    with pytest.raises(Conflict, match="nobody has been told yet"):
        house.alice.drafts(incident, Kind.PROGRESS_UPDATE)


@pytest.mark.parametrize("dark", [150, 200], ids=["its first update is still ahead", "that was missed too"])
def test_the_cadence_goes_on_where_a_miss_is_found_by_the_entry_that_ends_it(house: House, dark: int):
    """Nobody looked from before the first due until its page entry went live: updates are owed from then on (§2)."""
    house.has_customers(nothing=1)
    incident = house.alice.opens(level=1)
    house.bob.approves(house.alice.submits(incident))
    house.goes_dark(minutes=dark)
    while deliver(house.app, Channel.WEB):
        pass
    house.works()

    newest = house.windows(incident)[-1]
    assert ("progress_update", "open", START + timedelta(minutes=dark)) == (
        newest.kind,
        newest.state,
        newest.started_at,
    )
    assert [] == house.audit()
