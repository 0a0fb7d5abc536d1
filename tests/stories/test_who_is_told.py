"""Audiences: who counts, who cannot be told, and what an audience of nobody means."""

from __future__ import annotations

import pytest

from incidents.errors import Conflict, Invalid
from incidents.terms import Kind
from tests.house import House


def test_opted_out_and_addressless_customers_are_impossible(house: House):
    """Who opted out or has no address is counted impossible, outside the ninety per cent (§3)."""
    house.has_customers(sms=10, nothing=15)
    house.has_customers(both=15, opted_out=True)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)

    window = house.window(incident, "first_notice")
    coverage = window.coverage
    assert ("met", 40, 10, 10, 30) == (
        window.state,
        coverage.audience,
        coverage.with_address,
        coverage.reached,
        coverage.impossible,
    )
    assert (10, 0) == (len(house.told("sms", notice)), len(house.told("email", notice)))


def test_nobody_who_may_be_told_is_too_few(house: House):
    """If everybody opted out, nobody was reached: the window stays open and says so (§3)."""
    house.has_customers(both=3, opted_out=True)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)

    window = house.window(incident, "first_notice")
    assert ("open", ("too_few_accepted",)) == (window.state, window.causes)


def test_level_3_uses_the_preferred_one_of_the_two(house: House):
    """At level 3 each customer gets one message: the SMS, or the e-mail if there is no phone (§3)."""
    house.has_customers(both=3, sms=2, email=4)
    incident = house.alice.opens(level=3)
    notice = house.alice.submits(incident)
    house.works()

    assert notice.released
    assert (5, 4) == (len(house.told("sms", notice)), len(house.told("email", notice)))
    assert "met" == house.window(incident, "first_notice").state


def test_level_3_falls_from_a_refused_sms_to_email(house: House):
    """A number that the provider refuses is not the end: the person's e-mail is used (R23, §3)."""
    house.has_customers(both=3, sms=1)
    house.sandbox.dial("twilio", refuse_code=21614, refuse_to=["+8613800000001", "+8613800000002"])
    incident = house.alice.opens(level=3)
    notice = house.alice.tells(incident)

    assert (2, 2) == (len(house.told("sms", notice)), len(house.told("email", notice)))
    window = house.window(incident, "first_notice")
    assert ("met", 4, 0) == (window.state, window.coverage.reached, window.coverage.impossible)


def test_only_the_area_and_what_lies_below_it(house: House):
    """Customers of the affected area and its parts are told, those next door are not (AMB-23)."""
    house.has_customers(sms=2, area="ZZ0101")
    house.has_customers(sms=3, area="ZZ0201")
    incident = house.alice.opens(level=2, area="ZZ01")
    notice = house.alice.tells(incident)

    assert 2 == len(house.told("sms", notice))


def test_unknown_impact_is_told_by_the_page_alone(house: House):
    """Nobody is texted on a guess: with the impact unknown the page entry tells the window (AMB-23)."""
    house.has_customers(both=5)
    incident = house.alice.opens(level=1, area="", affected=None)
    assert "impact_unknown" == house.window(incident, "first_notice").audience_state

    house.alice.tells(incident)

    window = house.window(incident, "first_notice")
    assert ("met", 0) == (window.state, window.coverage.audience)
    assert [] == house.told("sms") + house.told("email")


def test_impact_that_becomes_known_before_submitting_joins_the_audience(house: House):
    """Customers found before the first notice is submitted have to be told, the page is not enough (§4, M09)."""
    house.has_customers(sms=5)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=2, area="", affected=None)
    house.alice.updates(incident, areas=("ZZ0101",))
    notice = house.alice.tells(incident)

    assert 5 == notice.audience_size
    assert "open" == house.window(incident, "first_notice").state
    house.sandbox.calm()
    house.fast_forward(minutes=6)
    assert "met" == house.window(incident, "first_notice").state


@pytest.mark.parametrize("elsewhere", [0, 1])
def test_an_audience_of_nobody_needs_a_person(house: House, elsewhere: int):
    """An empty directory or no match is told by the page and a person's word, with evidence (§3)."""
    house.has_customers(sms=elsewhere, area="ZZ0201")
    incident = house.alice.opens(level=2)
    cause = "no_match" if elsewhere else "directory_empty"
    window = house.window(incident, "first_notice")
    assert cause == window.audience_state
    with pytest.raises(Conflict, match="not live"):
        house.fulfils(window, "hotline", "recording 1")

    house.alice.tells(incident)
    window = house.window(incident, "first_notice")
    assert "open" == window.state
    with pytest.raises(Invalid):
        house.fulfils(window, "hotline", " ")
    house.fulfils(window, "hotline announcement", "recording 2026-10-14/7")

    window = house.window(incident, "first_notice")
    assert ("met", "done", "person") == (window.state, window.duty, window.basis)
    assert 1 == len([e for e in house.entries(incident, "fulfilled") if e.data["window"] == window.id])


def test_an_audience_of_nobody_that_nobody_answers_for_is_breached(house: House):
    """Without a person's word the window of an empty audience is breached, and says why (§3, I9)."""
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(hours=2, seconds=1)

    window = house.window(incident, "first_notice")
    assert ("breached", ("directory_empty",)) == (window.state, window.causes)


def test_a_window_that_its_channels_tell_is_not_told_by_hand(house: House):
    """`fulfil` is no way around sending (I9)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)

    with pytest.raises(Conflict, match="told by its channels"):
        house.fulfils(house.window(incident, "first_notice"), "I called them", "trust me")


def test_a_progress_duty_is_not_told_by_hand(house: House):
    """Its page entry alone tells it, whoever is in the directory; else the cadence would end with a phone call
    (found by the simulation, seed 87)."""
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    progress = house.window(incident, "progress_update")
    assert "directory_empty" == progress.audience_state

    with pytest.raises(Conflict, match="told by its channels"):
        house.fulfils(progress, "by phone", "call 17")


@pytest.mark.parametrize(
    ("left", "answers"), [("nothing", {"reached": 1, "impossible": 1}), ("email", {"reached": 2})]
)
def test_who_has_lost_the_number_since_the_first_notice(house: House, left: str, answers: dict[str, int]):
    """Nobody waits for somebody who has no address any more; what is left to them is used (§3; found by the
    simulation, seed 3 with a planted bug)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    with house.app.database.transaction() as tx:
        tx.directory.put_customers([house._customer(left, "ZZ0101", "zh-CN", opted_out=False)])
    house.alice.resolves(incident)

    end = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    assert answers == house.answers(end)
    assert ("told", "met") == (end.state, house.window(incident, "resolution_notice").state)


def test_everybody_reads_his_own_language(house: House):
    """Each customer gets the text of his language, with the same facts (R24)."""
    house.has_customers(sms=1, language="zh-CN")
    house.has_customers(sms=1, language="en")
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)

    chinese, english = sorted(house.told("sms"), key=lambda item: item["to"])
    assert chinese["body"].startswith("【云港电信】")
    assert english["body"].startswith("YG Telecom:")
