"""Service is back: who is owed what, and who gets which text."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidents.errors import Conflict
from incidents.terms import Kind
from tests.house import START, House


def at(minutes: int):
    return START + timedelta(minutes=minutes)


def kinds(house: House, incident) -> list[str]:
    return [window.kind.value for window in house.windows(incident)]


@pytest.mark.parametrize(("level", "minutes"), [(1, 30), (3, 60)])
def test_restored_owes_a_material_update(house: House, level: int, minutes: int):
    """That service is back is told within 30 minutes, at level 3 within 60 (R28)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=level)
    house.alice.tells(incident)
    house.fast_forward(until=at(10))
    house.alice.restores(incident)

    window = house.window(incident, "material_update")
    assert (at(10), at(10 + minutes)) == (window.started_at, window.due_at)
    update = house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    assert ("restored", "met") == (update.change, house.window(incident, "material_update").state)


def test_a_missed_material_update_is_breached(house: House):
    """Silence after "restored" is a breach of its own (R28)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(until=at(10))
    house.alice.restores(incident)
    house.fast_forward(until=at(41))

    assert ("breached", ("no_approval",)) == (
        house.window(incident, "material_update").state,
        house.window(incident, "material_update").causes,
    )


def test_restored_before_submitting_folds_into_the_first_notice(house: House):
    """Before the first notice is submitted a change is simply part of it (§2)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    house.alice.restores(incident)

    assert ["first_notice"] == kinds(house, incident)
    house.alice.tells(incident)
    assert "met" == house.window(incident, "first_notice").state


def test_a_second_change_joins_the_open_material_window(house: House):
    """Changes within an open material window join it (§2)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(until=at(10))
    house.alice.restores(incident, partial=True)
    house.fast_forward(until=at(20))
    house.alice.restores(incident)

    assert 1 == kinds(house, incident).count("material_update")
    assert at(40) == house.window(incident, "material_update").due_at
    assert 1 == len(house.entries(incident, "change_joined"))


def test_a_material_update_within_two_hours_spares_the_texted(house: House):
    """At most one SMS per customer in two hours; e-mail and page go on, and the notice still ends (§2)."""
    house.has_customers(both=2, sms=1)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.fast_forward(until=at(30))
    house.alice.restores(incident)
    update = house.alice.tells(incident, Kind.MATERIAL_UPDATE)

    assert ([], 2) == (house.told("sms", update), len(house.told("email", update)))
    assert {"suppressed": 3} == house.counts(update, "sms")
    assert "told" == update.state
    assert "met" == house.window(incident, "material_update").state


def test_resolved_is_told_to_exactly_those_who_were_told(house: House):
    """Everybody who heard of the outage hears of its end, nobody else does (R28)."""
    house.has_customers(both=2, sms=1)
    house.has_customers(both=1, opted_out=True)
    incident = house.alice.opens(level=2)
    first = house.alice.tells(incident)
    house.has_customers(sms=2)
    house.fast_forward(until=at(30))
    house.alice.resolves(incident)

    assert at(90) == house.window(incident, "resolution_notice").due_at
    last = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    for channel in ("sms", "email"):
        heard = {item["to"] for item in house.told(channel, first)}
        assert heard == {item["to"] for item in house.told(channel, last)}
        assert len(heard) == len(house.told(channel, last))
    assert not any("未能及时告知" in item["body"] for item in house.told("sms", last))
    assert ("met", "ended") == (
        house.window(incident, "resolution_notice").state,
        house.window(incident, "progress_update").duty,
    )


def test_resolution_ends_progress_by_rule(house: House):
    """Progress that is open when the end comes lapses, with its cause (§1)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(until=at(30))
    house.alice.resolves(incident)

    window = house.window(incident, "progress_update")
    assert ("lapsed", "ended", "resolution") == (window.state, window.duty, window.ended_by)


@pytest.mark.parametrize("submitted", [False, True])
def test_resolved_before_anybody_was_told_owes_one_combined_notice(house: House, submitted: bool):
    """With the first due ahead one combined notice at that due is enough, and no second window (AMB-17, M14)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    old = house.alice.submits(incident) if submitted else None
    house.fast_forward(until=at(40))
    house.alice.resolves(incident)

    assert ["first_notice"] == kinds(house, incident)
    assert at(120) == house.window(incident, "first_notice").due_at
    if old:
        with pytest.raises(Conflict):
            house.bob.approves(old)
    house.alice.tells(incident)

    assert ("met", "done") == (
        house.window(incident, "first_notice").state,
        house.window(incident, "first_notice").duty,
    )
    assert 2 == len(house.told("sms"))
    assert all("未能及时告知" in item["body"] for item in house.told("sms"))
    house.fast_forward(hours=12)
    assert ["first_notice"] == kinds(house, incident)


def test_resolved_after_a_missed_first_notice_tells_both_in_one_text(house: House):
    """The resolution window opens, and its combined text ends the overdue first-notice duty (§4, M15)."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=2)
    house.fast_forward(until=at(150))
    house.alice.resolves(incident)
    assert at(210) == house.window(incident, "resolution_notice").due_at

    last = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    assert ("breached", "done") == (
        house.window(incident, "first_notice").state,
        house.window(incident, "first_notice").duty,
    )
    assert "met" == house.window(incident, "resolution_notice").state
    assert 3 == len(house.told("sms", last)) == len(house.told("sms"))
    assert all("未能及时告知" in item["body"] for item in house.told("sms"))
    house.fast_forward(hours=3)
    assert [] == [w for w in house.windows(incident) if w.owed]


def test_resolved_while_the_first_notice_is_going_out(house: House):
    """Those not reached yet get the combined text, those told the resolution text, nobody gets two (§4, M15)."""
    house.has_customers(sms=3)
    house.has_customers(email=3)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=2)
    first = house.alice.tells(incident)
    assert 3 == len(house.told("email", first))
    house.looks_every(minutes=5, until=at(20))
    house.alice.resolves(incident)
    house.sandbox.calm()

    last = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.fast_forward(minutes=20)

    texts = house.told("sms")
    assert (3, {str(last.id)}) == (len(texts), {item["notice"] for item in texts})
    assert all("未能及时告知" in item["body"] for item in texts)
    mails = house.told("email", last)
    assert 3 == len(mails)
    assert not any("未能及时告知" in item["body"] for item in mails)
    assert {"cancelled": 3} == house.counts(first, "sms")
    assert ("met", "met") == (
        house.window(incident, "first_notice").state,
        house.window(incident, "resolution_notice").state,
    )


def test_an_answer_lost_before_the_end_never_brings_the_old_text_after_it(house: House):
    """An outage text in doubt that never arrived is not sent after the resolution text (I6, delivery §2)."""
    house.has_customers(sms=2)
    house.sandbox.dial("twilio", status=503)
    incident = house.alice.opens(level=1)
    first = house.alice.tells(incident)
    assert {"in_doubt": 2} == house.counts(first, "sms")
    house.sandbox.calm()
    house.alice.resolves(incident)
    last = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.fast_forward(minutes=15)

    assert (2, 0) == (len(house.told("sms", last)), len(house.told("sms", first)))
    assert {"cancelled": 2} == house.counts(first, "sms")


def test_a_first_notice_left_over_cannot_follow_the_resolution(house: House):
    """Once the combined text is out, a forgotten draft of the first notice tells nobody again (I6)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2)
    house.fast_forward(until=at(150))
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    with pytest.raises(Conflict):
        house.alice.submits(incident)
    assert 2 == len(house.told("sms"))


def test_resolved_when_nobody_could_be_reached(house: House):
    """A resolution that is owed to nobody who was told is told by its page entry (§2, §3)."""
    house.has_customers(sms=2)
    house.sandbox.dial("twilio", refuse_code=21211)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(until=at(150))
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    window = house.window(incident, "resolution_notice")
    assert ("met", "nobody_told") == (window.state, window.audience_state)


def test_after_an_upgrade_the_end_goes_by_every_channel(house: House):
    """Texts and channels follow the level as it is now: at level 1 SMS and e-mail to all (§3)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.fast_forward(until=at(5))
    house.alice.raises(incident, 1)
    house.alice.resolves(incident)
    last = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    assert (2, 2) == (len(house.told("sms", last)), len(house.told("email", last)))
