"""Approvals: who may let a notice go, and what an approval is bound to."""

from __future__ import annotations

import pytest

from incidents.errors import Conflict, Invalid, NotAllowed
from tests.house import START, House


def test_nobody_approves_his_own_notice(house: House):
    """At levels 1 and 2 the author and one other person are needed (AMB-16, I7)."""
    house.has_customers(sms=1)
    for level in (1, 2):
        incident = house.alice.opens(level=level)
        notice = house.carol.submits(incident)

        with pytest.raises(NotAllowed, match="another person"):
            house.carol.approves(notice)

        house.works()
        assert [] == house.told("sms", notice)
        house.bob.approves(notice)
        house.works()
        assert ["carol", "bob"] == [approval.user for approval in house.notice(notice).approvals]
        assert 1 == len(house.told("sms", notice))


def test_level_3_needs_its_author_alone(house: House):
    """At level 3 submitting releases, and there is nothing left to approve (AMB-16)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=3)
    notice = house.alice.submits(incident)

    assert notice.released
    with pytest.raises(Conflict, match="not waiting for approval"):
        house.bob.approves(notice)


def test_a_record_that_changed_takes_its_submission_with_it(house: House):
    """What was approved is what is true: a changed record needs a new draft (I7, R20)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2)
    old = house.alice.submits(incident)
    house.alice.updates(incident, action={"zh-CN": "已更换故障板卡", "en": "The faulty card was replaced"})

    with pytest.raises(Conflict, match="the record has changed"):
        house.bob.approves(old)

    new = house.alice.submits(incident)
    assert ("superseded", "submitted") == (house.notice(old).state, house.notice(new).state)
    house.bob.approves(new)
    house.works()
    assert 2 == len(house.told("sms", new))
    assert [] == house.told("sms", old)


def test_a_submission_that_still_holds_is_not_drafted_over(house: House):
    """Nobody pulls a waiting notice from under its approver without saying so (I7)."""
    incident = house.alice.opens(level=2)
    house.alice.submits(incident)

    with pytest.raises(Conflict, match="waits for approval"):
        house.alice.submits(incident)


def test_a_promise_that_has_passed_cannot_go_out(house: House):
    """A text whose next-update time is over would be false when it arrives (R28)."""
    incident = house.alice.opens(level=1)
    notice = house.alice.submits(incident)
    house.fast_forward(hours=1, minutes=1)

    with pytest.raises(Conflict, match="has passed"):
        house.bob.approves(notice)


@pytest.mark.forged("texts.jsonl: the texts of notice 1 are not those of its text hash")
def test_a_text_that_was_tampered_with_is_refused(house: House):
    """An approval names the text's hash: a changed row cannot be approved (I7)."""
    incident = house.alice.opens(level=2)
    notice = house.alice.submits(incident)
    house.writes_raw("UPDATE texts SET body = body || '!' WHERE notice_id = ? AND channel = 'sms'", notice.id)

    with pytest.raises(Conflict, match="was changed after it was submitted"):
        house.bob.approves(notice)


@pytest.mark.forged("audience.jsonl: the people of notice 1 are not those of its audience hash")
def test_an_audience_that_was_tampered_with_is_refused(house: House):
    """An approval names the audience's hash: an added or changed recipient cannot be approved (I3)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2)
    notice = house.alice.submits(incident)
    house.writes_raw("UPDATE members SET phone = '+8613999999999' WHERE customer_id = 1")

    with pytest.raises(Conflict, match="was changed after it was submitted"):
        house.bob.approves(notice)


def test_customers_imported_after_submitting_are_not_in_the_audience(house: House):
    """The audience is frozen at submit (I3)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2)
    notice = house.alice.submits(incident)
    house.has_customers(sms=3)
    house.bob.approves(notice)
    house.works()

    assert 2 == len(house.told("sms"))
    assert 2 == house.window(incident, "first_notice").coverage.audience


def test_a_stopped_submission_cannot_be_approved(house: House):
    """What was stopped stays stopped; a new draft tells the customers (I8)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    notice = house.alice.submits(incident)
    house.carol.stops(notice)

    with pytest.raises(Conflict):
        house.bob.approves(notice)
    with pytest.raises(Invalid):
        house.carol.stops(notice, " ")
    house.alice.tells(incident)
    assert ("met", 1) == (house.window(incident, "first_notice").state, len(house.told("sms")))


def test_stop_ends_what_has_not_left(house: House):
    """After a stop nothing more is sent, what was sent stays, and the duty stays owed (I8)."""
    house.has_customers(both=4)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=1)
    notice = house.alice.tells(incident)
    house.alice.stops(notice)
    house.sandbox.calm()
    house.fast_forward(minutes=30)

    assert ([], 4) == (house.told("sms"), len(house.told("email")))
    assert {"cancelled": 4} == house.counts(notice, "sms")


def test_stop_holds_for_an_attempt_whose_answer_was_lost(house: House):
    """An attempt in doubt that turns out never to have arrived is not sent after a stop (I8, I4)."""
    house.has_customers(sms=2)
    house.sandbox.dial("twilio", status=503)
    incident = house.alice.opens(level=1)
    notice = house.alice.tells(incident)
    assert {"in_doubt": 2} == house.counts(notice, "sms")
    house.alice.stops(notice)
    house.sandbox.calm()
    house.fast_forward(minutes=10)

    assert [] == house.told("sms")
    assert {"cancelled": 2} == house.counts(notice, "sms")


def test_pause_holds_and_resume_goes_on(house: House):
    """A paused notice starts nothing; resumed, it tells everybody once (I8)."""
    house.has_customers(sms=3)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)
    house.alice.pauses(notice)
    house.sandbox.calm()
    house.fast_forward(minutes=10)
    assert [] == house.told("sms")

    house.alice.resumes(notice)
    house.works()
    assert 3 == len(house.told("sms"))
    window = house.window(incident, "first_notice")
    assert "met" == window.state
    assert window.told_at > START
