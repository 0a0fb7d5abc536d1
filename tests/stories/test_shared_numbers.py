"""People who share a number or an address: told once, answered together, counted as people."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from incidents.terms import Kind
from notifications.directory import Customer
from tests.house import House

ONE, TWO = "+8613800000001", "+8613800000002"
ANN = Customer("A1", "安", ONE, None, "zh-CN", "ZZ0101", ("mobile",), "", False, False)
FAMILY = [ANN, replace(ANN, account="A2"), replace(ANN, account="A3", language="en")]


def _live_here(house: House, people: list[Customer]) -> None:
    with house.app.database.transaction() as tx:
        tx.directory.put_customers(people)


def _told(house: House, channel: str) -> Counter[str]:
    return Counter(item["to"] for item in house.told(channel))


@pytest.mark.parametrize("level", [1, 2, 3])
def test_two_accounts_with_one_number_get_one_sms(house: House, level: int):
    """Three accounts with one number get one SMS of a notice, and all three count as reached (R53, AMB-23)."""
    _live_here(house, [*FAMILY, replace(ANN, account="B1", phone=TWO)])
    incident = house.alice.opens(level=level)
    notice = house.alice.tells(incident)

    assert {ONE: 1, TWO: 1} == _told(house, "sms")
    assert (4, 2, {"reached": 4}) == (notice.audience_size, notice.shared, house.answers(notice))
    assert {"accepted": 2} == {state: n for state, n in house.counts(notice, "sms").items() if n}
    assert ("met", 4, 4) == _verdict(house, incident)
    assert [] == house.audit()


def _verdict(house: House, incident):
    window = house.window(incident, "first_notice")
    return window.state, window.coverage.audience, window.coverage.reached


def test_one_number_and_two_mailboxes(house: House):
    """One number, two mailboxes: one SMS and two e-mails; each mailbox is told (R53)."""
    _live_here(
        house,
        [replace(ANN, email="a@example.com"), replace(ANN, account="A2", email="b@example.com")],
    )
    house.alice.tells(house.alice.opens(level=1))

    assert {ONE: 1} == _told(house, "sms")
    assert {"a@example.com": 1, "b@example.com": 1} == _told(house, "email")
    assert [] == house.audit()


def test_a_shared_number_that_is_refused_sends_each_to_its_own_mailbox(house: House):
    """At level 3 a dead number that two share sends each of them an e-mail; one mailbox that both have gets one
    (R53, R23)."""
    house.sandbox.dial("twilio", refuse_code=21614, refuse_to=[ONE])
    mailed = replace(ANN, email="a@example.com")
    _live_here(
        house, [mailed, replace(mailed, account="A2"), replace(mailed, account="A3", email="c@example.com")]
    )
    notice = house.alice.tells(house.alice.opens(level=3))

    assert {"a@example.com": 1, "c@example.com": 1} == _told(house, "email")
    assert {"reached": 3} == house.answers(notice)
    assert [] == house.audit()


def test_a_shared_number_that_is_refused_is_impossible_for_all(house: House):
    """Who has nothing but a dead number is impossible to tell, and so is everybody who shares it (R53)."""
    house.sandbox.dial("twilio", refuse_code=21614, refuse_to=[ONE])
    _live_here(house, FAMILY)
    notice = house.alice.tells(house.alice.opens(level=2))

    assert {"impossible": 3} == house.answers(notice)
    assert [] == house.audit()


def test_a_refusal_of_service_notices_is_the_accounts_own(house: House):
    """One of two accounts with a number refused notices: it is impossible, the other is told (R53)."""
    _live_here(house, [replace(ANN, service_opt_out=True), replace(ANN, account="A2")])
    notice = house.alice.tells(house.alice.opens(level=2))

    assert ({ONE: 1}, {"impossible": 1, "reached": 1}) == (_told(house, "sms"), house.answers(notice))
    assert [] == house.audit()


def test_a_later_notice_to_the_same_people_is_shared_too(house: House):
    """The resolution notice goes once to a number that two share, like the first notice (R53)."""
    _live_here(house, FAMILY)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    notice = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    assert 1 == len(house.told("sms", notice))
    assert {"reached": 3} == house.answers(notice)
    assert [] == house.audit()


@pytest.mark.parametrize(
    ("channel", "sms", "email"), [("", 1, 0), ("sms", 1, 0), ("email", 0, 1), ("both", 1, 1)]
)
def test_the_preferred_channel_counts_where_one_suffices(house: House, channel: str, sms: int, email: int):
    """At level 3 each customer is told by the channel that they prefer (AMB-23)."""
    _live_here(house, [replace(ANN, email="a@example.com", channel=channel)])
    house.alice.tells(house.alice.opens(level=3))

    assert (sms, email) == (len(house.told("sms")), len(house.told("email")))


def test_every_channel_is_used_above_level_3(house: House):
    """At level 2 who prefers e-mail gets the SMS as well (AMB-23)."""
    _live_here(house, [replace(ANN, email="a@example.com", channel="email")])
    house.alice.tells(house.alice.opens(level=2))

    assert (1, 1) == (len(house.told("sms")), len(house.told("email")))


def test_different_wishes_at_one_number(house: House):
    """Of two who share number and mailbox one wants SMS and one e-mail: each is sent once (R53)."""
    both = replace(ANN, email="a@example.com")
    _live_here(house, [replace(both, channel="email"), replace(both, account="A2", channel="sms")])
    notice = house.alice.tells(house.alice.opens(level=3))

    assert ({ONE: 1}, {"a@example.com": 1}) == (_told(house, "sms"), _told(house, "email"))
    assert {"reached": 2} == house.answers(notice)
    assert [] == house.audit()


def test_a_spared_number_is_spared_for_all_who_share_it(house: House):
    """A number that had an SMS a short while ago gets none of the progress notice, whoever asks (R53)."""
    _live_here(house, [replace(one, email=f"{one.account}@example.com") for one in FAMILY])
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    notice = house.alice.tells(incident, Kind.PROGRESS_UPDATE)

    assert 0 == len(house.told("sms", notice))
    assert [] == house.audit()


def test_who_is_spared_the_sms_hears_by_the_mail_that_they_share(house: House):
    """Spared is who is told by nothing at all; a mail in another's name that is stopped leaves them waiting (I20)."""
    shared = "c@example.com"
    _live_here(house, [replace(ANN, email=shared), replace(ANN, account="A2", phone=None, email=shared)])
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.fast_forward(minutes=5)
    house.alice.updates(incident, emergency_calls=True)
    update = house.alice.submits(incident, Kind.MATERIAL_UPDATE)
    house.alice.stops(update)
    house.works()

    assert {"pending": 2} == house.answers(house.notice(update))
    assert [] == house.audit()


def test_who_share_all_and_are_spared_the_sms_are_spared_together(house: House):
    """At level 3 neither gets a mail: nothing is pending (I20)."""
    both = replace(ANN, email="c@example.com")
    _live_here(house, [both, replace(both, account="A2")])
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.fast_forward(minutes=5)
    house.alice.updates(incident, emergency_calls=True)
    update = house.alice.tells(incident, Kind.MATERIAL_UPDATE)

    assert {"spared": 2} == house.answers(update)
    assert [] == house.audit()
