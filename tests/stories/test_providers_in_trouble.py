"""Providers that are down, refuse, or lose their answers: who is told, by what, and what the verdict says."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from incidents.terms import Kind
from tests.house import START, House


def texts_per_number(house: House) -> Counter[str]:
    return Counter(item["to"] for item in house.told("sms"))


def test_sms_down_all_night_and_everybody_has_email(house: House):
    """With SMS dead everybody is told by e-mail and page inside the window (R23, §10, W08)."""
    house.has_customers(both=12)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=2)

    notice = house.alice.tells(incident)
    house.looks_every(minutes=20, until=START + timedelta(hours=3))

    window = house.window(incident, "first_notice")
    assert ("met", 12, START) == (window.state, window.coverage.reached, window.told_at)
    assert ([], 12) == (house.told("sms"), len(house.told("email", notice)))

    house.sandbox.calm()
    house.looks_every(minutes=10, until=START + timedelta(hours=3, minutes=20))
    assert 12 == len(house.told("sms", notice))
    assert {1} == set(texts_per_number(house).values())


def test_sms_down_all_night_and_some_have_nothing_else(house: House):
    """Breached because of the provider, owed all night, told when it is back, nobody twice (I6, I10, W09)."""
    house.has_customers(both=5, sms=30)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)
    house.looks_every(minutes=15, until=START + timedelta(hours=5))

    window = house.window(incident, "first_notice")
    assert ("breached", "owed", ("provider",)) == (window.state, window.duty, window.causes)
    assert (5, 30) == (window.coverage.reached, window.coverage.missing)

    house.sandbox.calm()
    house.looks_every(minutes=5, until=START + timedelta(hours=5, minutes=15))

    window = house.window(incident, "first_notice")
    assert ("breached", "done", 0) == (window.state, window.duty, window.coverage.missing)
    assert 3 * 3600 < window.seconds_late <= 3.25 * 3600
    assert (35, {1}) == (len(house.told("sms", notice)), set(texts_per_number(house).values()))
    assert 1 == len([row for row in house.breaches(incident) if row["window_id"] == window.id])


def test_every_number_is_refused(house: House):
    """Everybody answered and nobody reached is not told: open with its cause, breached at due (R26, §10, W05)."""
    house.has_customers(sms=10)
    house.sandbox.dial("twilio", refuse_code=21211)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)

    window = house.window(incident, "first_notice")
    assert ("open", ("too_few_accepted",)) == (window.state, window.causes)
    assert (10, 0, 0) == (window.coverage.impossible, window.coverage.reached, window.coverage.missing)

    house.fast_forward(hours=2, seconds=1)
    window = house.window(incident, "first_notice")
    assert ("breached", "owed", ("too_few_accepted",)) == (window.state, window.duty, window.causes)
    assert {"failed": 10} == house.counts(notice, "sms")


@pytest.mark.parametrize(("refused", "verdict"), [(2, "met"), (3, "open")])
def test_nine_in_ten_is_enough(house: House, refused: int, verdict: str):
    """Ninety per cent of those with an address reached is told, one fewer is not (§3)."""
    house.has_customers(sms=20)
    house.sandbox.dial(
        "twilio", refuse_code=21211, refuse_to=[f"+86138{n:08d}" for n in range(1, refused + 1)]
    )
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)

    window = house.window(incident, "first_notice")
    assert (verdict, 20 - refused, refused) == (
        window.state,
        window.coverage.reached,
        window.coverage.impossible,
    )


def test_level_2_one_answer_lost_and_nobody_to_ask(house: House):
    """One of 1,000 unknown since T+100: look-up ends within 15 minutes, it is unconfirmed, never repeated, and does not
    cost the window (I6, I29, W06)."""
    house.has_customers(sms=1000)
    house.sandbox.dial("twilio", lose_answer=1 / 1000, lookup=0)
    incident = house.alice.opens(level=2)
    house.fast_forward(minutes=100)
    notice = house.alice.tells(incident)
    assert {"accepted": 999, "in_doubt": 1} == house.counts(notice, "sms")

    house.fast_forward(minutes=15)

    window = house.window(incident, "first_notice")
    assert ("met", 999, 1) == (window.state, window.coverage.reached, window.coverage.unconfirmed)
    assert (1000, {1}) == (len(house.told("sms")), set(texts_per_number(house).values()))


def test_level_2_two_of_twenty_unconfirmed_are_too_many(house: House):
    """More than max(1, 0.5 %) unconfirmed keeps the window open (§3)."""
    house.has_customers(sms=20)
    house.sandbox.dial("twilio", lose_answer=0.1, lookup=0)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(minutes=15)

    window = house.window(incident, "first_notice")
    assert ("open", 18, 2) == (window.state, window.coverage.reached, window.coverage.unconfirmed)
    assert ("too_few_accepted",) == window.causes


def test_level_3_unconfirmed_by_sms_is_told_by_email(house: House):
    """After doubt the second channel is used where there is one (R23, I29)."""
    house.has_customers(both=4)
    house.sandbox.dial("twilio", lose_answer=0.25, lookup=0)
    incident = house.alice.opens(level=3)
    notice = house.alice.tells(incident)
    house.fast_forward(minutes=15)

    assert {"accepted": 3, "unconfirmed": 1} == house.counts(notice, "sms")
    assert 1 == len(house.told("email", notice))
    window = house.window(incident, "first_notice")
    assert ("met", 4, 0) == (window.state, window.coverage.reached, window.coverage.unconfirmed)


def test_unknown_by_sms_when_the_end_calls_the_email_off(house: House):
    """Nothing more will be asked: the person stays unconfirmed in the first notice, and its proof says so (§3,
    R34; found by the simulation, seed 20309)."""
    house.has_customers(both=1)
    house.sandbox.dial("twilio", lose_answer=1, lookup=0)
    house.sandbox.dial("smtp", down=1)
    incident = house.alice.opens(level=3)
    first = house.alice.tells(incident)
    house.fast_forward(minutes=20)
    assert {"planned": 1} == house.counts(first, "email")
    house.alice.resolves(incident)
    house.sandbox.calm()
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    assert {"cancelled": 1} == house.counts(first, "email")
    assert ("unconfirmed", 1) == ("unconfirmed", house.notice(first).counters.unconfirmed)


def test_level_1_in_doubt_is_sent_exactly_once_more(house: House):
    """At level 1 a duplicate beats a miss: one deliberate re-send, and no second (I6)."""
    house.has_customers(sms=4)
    house.sandbox.dial("twilio", lose_answer=0.25, lookup=0)
    incident = house.alice.opens(level=1)
    notice = house.alice.tells(incident)
    house.fast_forward(minutes=20)

    assert [1, 1, 1, 2] == sorted(texts_per_number(house).values())
    assert [0, 0, 0, 1] == sorted(d.resends for d in house.deliveries(notice, "sms"))
    assert "met" == house.window(incident, "first_notice").state


def test_level_1_in_doubt_for_good_is_resent_once_and_then_unconfirmed(house: House):
    """Even when every answer is lost, nobody gets more than two (I6, I29)."""
    house.has_customers(sms=3)
    house.sandbox.dial("twilio", lose_answer=1.0, lookup=0)
    incident = house.alice.opens(level=1)
    notice = house.alice.tells(incident)
    house.fast_forward(minutes=30)

    assert {2} == set(texts_per_number(house).values())
    assert {"unconfirmed": 3} == house.counts(notice, "sms")
    assert "open" == house.window(incident, "first_notice").state


@pytest.mark.parametrize("level", [1, 2])
def test_found_by_look_up_is_never_sent_again(house: House, level: int):
    """A look-up that answered found means no second SMS, ever (I6)."""
    house.has_customers(sms=4)
    house.sandbox.dial("twilio", lose_answer=1.0)
    incident = house.alice.opens(level=level)
    notice = house.alice.tells(incident)
    assert {"in_doubt": 4} == house.counts(notice, "sms")

    house.fast_forward(minutes=20)

    assert {1} == set(texts_per_number(house).values())
    assert START + timedelta(seconds=30) == house.window(incident, "first_notice").told_at


def test_an_email_server_that_loses_answers(house: House):
    """A lost answer after the final dot is doubt, and the window waits for it no longer than 15 min (I29)."""
    house.has_customers(email=10)
    house.sandbox.dial("smtp", lose_answer=0.1)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)
    house.fast_forward(minutes=15)

    assert 10 == len(house.told("email", notice))
    assert {"accepted": 9, "unconfirmed": 1} == house.counts(notice, "email")
    assert "met" == house.window(incident, "first_notice").state


def test_server_errors_are_doubt_and_not_a_retry(house: House):
    """A 5xx proves nothing: nothing is repeated before three look-ups found nothing (I6)."""
    house.has_customers(sms=2)
    house.sandbox.dial("twilio", status=503)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)
    assert {"in_doubt": 2} == house.counts(notice, "sms")
    house.fast_forward(minutes=4)
    assert [1, 1] == [d.attempts for d in house.deliveries(notice, "sms")]

    house.sandbox.calm()
    house.fast_forward(minutes=6)
    assert {1} == set(texts_per_number(house).values())
    assert "met" == house.window(incident, "first_notice").state


def test_a_refused_account_burns_nobody(house: House):
    """Our own account's trouble keeps everybody in line, and they are told when it is mended (§3)."""
    house.has_customers(sms=3)
    house.sandbox.dial("twilio", refuse_code=20003)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)
    house.fast_forward(minutes=3)

    assert {"planned": 3} == house.counts(notice, "sms")
    window = house.window(incident, "first_notice")
    assert (3, 0) == (window.coverage.missing, window.coverage.impossible)
    house.sandbox.calm()
    house.fast_forward(minutes=6)
    assert "met" == house.window(incident, "first_notice").state


def test_a_refused_text_answers_nobody_and_stops_the_notice(house: House):
    """Refusals for content never count as impossible; twenty of them pause the notice (§3, delivery §3)."""
    house.has_customers(sms=30)
    house.sandbox.dial("twilio", refuse_code=30007)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)

    assert "paused" == notice.state
    assert {"pending": 30} == house.answers(notice)
    house.fast_forward(hours=2, seconds=1)
    assert ("breached", "owed") == (
        house.window(incident, "first_notice").state,
        house.window(incident, "first_notice").duty,
    )


def test_a_page_that_is_down_holds_the_window_open(house: House):
    """Everybody has the SMS, but the window is told only when the page entry is live (R24, §3)."""
    house.has_customers(sms=2)
    house.sandbox.dial("web", down=1)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)
    house.looks_every(seconds=11, until=START + timedelta(seconds=22))

    assert 2 == len(house.told("sms", notice))
    assert "open" == house.window(incident, "first_notice").state
    house.sandbox.calm()
    house.looks_every(minutes=1, until=START + timedelta(minutes=2))
    assert "met" == house.window(incident, "first_notice").state


def test_a_slow_sender_is_paced_and_told_when_the_last_has_left(house: House):
    """We send at the sender's own rate, so that acceptance means leaving (delivery §3)."""
    house.has_customers(sms=12)
    house.settings = house.settings.model_copy(
        update={"sms": house.settings.sms.model_copy(update={"parts_per_second": 2.0})}
    )
    house.restarts()
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)
    house.fast_forward(minutes=2)

    window = house.window(incident, "first_notice")
    assert 12 == len(house.told("sms", notice))
    # Two a second, of which one second's worth may be reserved ahead.
    assert START + timedelta(seconds=4) == window.told_at


def test_one_dead_channel_never_blocks_the_others(house: House):
    """With e-mail dead, SMS and page still tell; the e-mail-only customers keep the window open (R23)."""
    house.has_customers(sms=3, email=2)
    house.sandbox.dial("smtp", down=1)
    incident = house.alice.opens(level=1)
    notice = house.alice.tells(incident)

    assert 3 == len(house.told("sms", notice))
    assert "open" == house.window(incident, "first_notice").state
    assert Kind.FIRST_NOTICE == notice.kind
    house.sandbox.calm()
    house.fast_forward(minutes=6)
    assert "met" == house.window(incident, "first_notice").state
