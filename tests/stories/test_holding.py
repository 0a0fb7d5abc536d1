"""Stories of the holding notice: it goes by itself when nothing else will make it, and never otherwise."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from coordinator import incidents
from coordinator.act import Act
from incidents.effects import Effect, Opening, Record
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import Channel, Duty, IncidentType, Kind, NoticeState, Status, Verdict
from notifications.template import Version, VersionState
from tests.house import START, House
from windows.window import Window
from wiring.app import build
from worker import pump

DUE = START + timedelta(hours=2)
LEAD = START + timedelta(minutes=100)
JUST = timedelta(seconds=1)


@pytest.fixture
def house(house: House) -> House:
    """A house whose holding texts two people have approved."""
    house.has_holding_texts()
    return house


def first(house: House, incident: Incident) -> Window:
    return house.window(incident, Kind.FIRST_NOTICE, 1)


def said(house: House, incident: Incident, kind: str) -> list[dict[str, Any]]:
    return [entry.data for entry in house.entries(incident, kind)]


def rings(house: House, *more: str, level: int = 1) -> Incident:
    """An alarm that no person has confirmed; `more` are the sources of alarms that join it."""
    alarm = Opening(
        type=IncidentType.NETWORK_FAULT,
        level=level,
        title="手机服务异常",
        areas=("ZZ0101",),
        services=("mobile",),
        onset_at=START,
        aware_at=START,
        affected=46_000,
        cause={},
        source="alertmanager",
        confirmed=False,
    )
    opened = house.app.coordinator.system(incidents.open_incident, alarm)

    def joined(act: Act) -> tuple[None, list[Effect]]:
        return None, [Record(opened.id, "alarm_joined", {"source": one, "event": 1}) for one in more]

    house.app.coordinator.system(joined)
    return opened


def sets_maximum(house: House, people: int) -> None:
    house.app.coordinator.house = replace(house.app.house, automatic_maximum=people)


def paces(house: House, rate: float) -> None:
    """The SMS sender takes so many parts a second."""
    lanes = dict(house.app.house.lanes)
    lanes[Channel.SMS] = replace(lanes[Channel.SMS], rate=rate)
    house.app.coordinator.house = replace(house.app.house, lanes=lanes)


def test_nobody_writes_anything_and_customers_are_told_in_time_all_the_same(house: House):
    """With 20 minutes left page, SMS and e-mail leave by themselves, labelled automatic: met (I28)."""
    house.has_customers(both=30, sms=5)
    incident = house.alice.opens(level=1)

    house.fast_forward(until=LEAD - JUST)
    assert house.holding(incident) is None
    house.fast_forward(minutes=1)

    notice = house.holding(incident)
    assert notice is not None
    assert (True, 35, ["alice", "bob"]) == (
        notice.automatic,
        notice.audience_size,
        [one.user for one in notice.approvals],
    )
    assert (Verdict.MET, LEAD) == (first(house, incident).state, first(house, incident).told_at)
    assert (35, 30) == (len(house.told("sms", notice)), len(house.told("email", notice)))
    [sent] = said(house, incident, "holding_sent")
    assert (True, "holding-1") == (sent["automatic"], sent["approval"])


def test_confirmed_approver_asleep_sms_down_and_everybody_has_email(house: House):
    """The headline: told by page and e-mail before 2:00, nobody twice; it gives a next instant (I6, I28)."""
    house.has_customers(both=40)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=1)
    house.alice.submits(incident)

    house.looks_every(minutes=10, until=DUE + timedelta(minutes=10))

    window, notice = first(house, incident), house.holding(incident)
    assert notice is not None
    assert (Verdict.MET, LEAD, 40) == (window.state, window.told_at, window.coverage.reached)
    assert {1} == set(Counter(item["to"] for item in house.told("email")).values())
    assert LEAD < (notice.next_update_at or LEAD)


def test_the_same_when_some_have_no_email(house: House):
    """Breached because of the provider, owed, told late when SMS returns, each of them once (I6, I10)."""
    house.has_customers(both=30, sms=3)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=1)
    house.looks_every(minutes=10, until=DUE + timedelta(minutes=30))

    window = first(house, incident)
    assert (Verdict.BREACHED, Duty.OWED, ("provider",)) == (window.state, window.duty, window.causes)
    assert (30, 3) == (window.coverage.reached, window.coverage.missing)
    house.sandbox.calm()
    house.looks_every(minutes=5, until=DUE + timedelta(minutes=60))

    window = first(house, incident)
    assert (Verdict.BREACHED, Duty.DONE, 0) == (window.state, window.duty, window.coverage.missing)
    assert {1} == set(Counter(item["to"] for item in house.told("sms")).values())


def test_a_person_who_comes_later_stops_the_rest_and_alone_stands_on_the_page(house: House):
    """A human notice that goes holds back what the holding notice has not sent; everybody gets the human text; the page
    shows only that, the record keeps both."""
    house.has_customers(both=8, sms=4)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=1)
    house.fast_forward(until=LEAD)
    notice = house.holding(incident)
    assert notice is not None
    assert 12 == house.counts(notice, "sms")["planned"]
    human = house.bob.approves(house.alice.submits(incident))
    house.sandbox.calm()
    house.looks_every(minutes=1, until=LEAD + timedelta(minutes=5))

    assert {"suppressed": 12} == house.counts(notice, "sms")
    assert (12, 8) == (len(house.told("sms", human)), len(house.told("email", human)))
    page = (house.app.public_dir / "zh" / "incidents" / incident.reference / "index.html").read_text("utf-8")
    assert (False, True) == (f"{notice.id}-{notice.text_hash[:16]}" in page, f"{human.id}-" in page)
    assert 2 == len([n for n in house.notices(incident) if n.page_live_at])
    house.alice.confirms(incident)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.alice.reviews(incident)
    assert Status.CLOSED == house.alice.closes(incident).status


def test_unconfirmed_only_the_page_goes_and_that_alone_does_not_tell_the_window(house: House):
    """Channels withheld count as its own: open until a person confirms, then they leave too (I28)."""
    house.has_customers(both=10)
    incident = rings(house)
    house.fast_forward(until=LEAD)

    notice = house.holding(incident)
    assert notice is not None
    assert (0, 0, True) == (len(house.told("sms")), len(house.told("email")), notice.page_live_at is not None)
    assert [{"sms": "not_confirmed", "email": "not_confirmed"}] == [
        one["channels"] for one in said(house, incident, "holding_withheld")
    ]
    assert Verdict.OPEN == first(house, incident).state
    house.fast_forward(minutes=5)
    house.alice.confirms(incident)
    house.fast_forward(minutes=1)

    window = first(house, incident)
    assert (Verdict.MET, 10) == (window.state, window.coverage.reached)
    assert 1 == len([n for n in house.notices(incident) if n.kind == Kind.HOLDING_NOTICE])


def test_unconfirmed_to_the_end_is_a_breach(house: House):
    """The page alone does not fulfil the window at levels 1 and 2."""
    house.has_customers(both=10)
    incident = rings(house)
    house.fast_forward(until=DUE + JUST)

    assert (Verdict.BREACHED, Duty.OWED) == (first(house, incident).state, first(house, incident).duty)


@pytest.mark.parametrize(
    ("another", "maximum", "texts"),
    [("bank-status:probe", 10, 10), ("bank-status:probe", 9, 0), ("alertmanager:second-site", 10, 0)],
)
def test_two_independent_sources_stand_for_a_person_up_to_the_operators_maximum(
    house: House, another: str, maximum: int, texts: int
):
    """Two trigger families agree: direct up to the automatic maximum, beyond it the page alone; the same monitoring
    twice is one voice (I28)."""
    house.has_customers(both=10)
    sets_maximum(house, maximum)
    incident = rings(house, another)
    house.fast_forward(until=LEAD)

    assert texts == len(house.told("sms"))
    assert (Verdict.MET if texts else Verdict.OPEN) == first(house, incident).state


def test_at_level_3_the_page_is_all_it_has_and_fulfils_the_window(house: House):
    """Level 3: page only, 40 minutes before due, and told by it."""
    house.has_customers(both=5)
    incident = house.alice.opens(level=3)
    lead = START + timedelta(minutes=200)
    house.fast_forward(until=lead - JUST)
    assert house.holding(incident) is None
    house.fast_forward(minutes=1)

    assert (Verdict.MET, lead) == (first(house, incident).state, first(house, incident).told_at)
    assert [] == house.told("sms") + house.told("email")


def test_held_with_a_reason_it_does_not_go_and_the_clock_goes_on(house: House):
    """`holding hold` is on the record and stops nothing but the holding notice; `resume` lets it go at once."""
    house.has_customers(both=5)
    incident, other = house.alice.opens(level=1), house.alice.opens(level=1)
    house.alice.holds(first(house, incident))
    house.alice.holds(first(house, other))
    house.fast_forward(until=LEAD + timedelta(minutes=5))
    assert [] == house.told("sms")
    house.alice.lets_go(first(house, other))
    house.fast_forward(until=DUE + JUST)

    assert (Verdict.BREACHED, Verdict.MET) == (first(house, incident).state, first(house, other).state)
    assert ["the area on record is wrong"] == [d["reason"] for d in said(house, incident, "holding_held")]


def test_one_person_may_send_it_early(house: House):
    """No second person is asked, because two approved it in advance; recorded, with the review within a day (S5)."""
    house.has_customers(both=5)
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=3)
    notice = house.carol.sends_holding(incident)
    house.works()

    [sent] = said(house, incident, "holding_sent")
    assert (False, "carol", START + timedelta(hours=24, minutes=3)) == (
        notice.automatic,
        notice.author,
        datetime.fromisoformat(sent["review_by"]),
    )
    assert (Verdict.MET, 5) == (first(house, incident).state, len(house.told("sms")))
    with pytest.raises(Conflict):
        house.carol.sends_holding(incident)


def test_the_page_first_and_the_rest_by_itself_when_its_time_comes(house: House):
    """ "Page now" is one command; the other channels still leave at their lead, as the same one notice."""
    house.has_customers(both=5)
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=3)
    house.alice.sends_holding(incident, ["web"])
    house.fast_forward(minutes=30)
    assert ([], Verdict.OPEN) == (house.told("sms"), first(house, incident).state)
    house.fast_forward(until=LEAD)

    assert (Verdict.MET, 5) == (first(house, incident).state, len(house.told("sms")))
    assert 1 == len([n for n in house.notices(incident) if n.kind == Kind.HOLDING_NOTICE])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE standing_approvals SET state = 'waiting'", "not_approved"),
        (f"UPDATE standing_approvals SET expires_at = {int(LEAD.timestamp() * 1e6)}", "approval_expired"),
    ],
)
def test_without_an_approval_that_stands_nothing_goes_and_people_hear_of_it(
    house: House, change: str, why: str
):
    """Missing or expired: said loudly when its time comes (AMB-16, S4)."""
    house.has_customers(both=5)
    house.writes_raw(change)
    incident = house.alice.opens(level=1)
    house.fast_forward(until=DUE + JUST)

    assert (None, [why]) == (
        house.holding(incident),
        [d["why"] for d in said(house, incident, "holding_refused")],
    )
    assert ([], Verdict.BREACHED) == (house.told("sms"), first(house, incident).state)


def test_an_audience_beyond_the_approved_maximum_gets_the_page_only(house: House):
    """The approval names how many at most; beyond that the page goes and people must act."""
    house.has_customers(both=5)
    house.writes_raw("UPDATE standing_approvals SET maximum = 4")
    incident = house.alice.opens(level=1)
    house.fast_forward(until=LEAD)

    assert {"beyond_approved_maximum"} == set(
        said(house, incident, "holding_withheld")[0]["channels"].values()
    )
    assert house.holding(incident) is not None
    assert [] == house.told("sms")


def test_what_is_written_goes_to_its_own_people_however_many_join(house: House):
    """Its page went early, for two; more are hit since than the approval allows: the two are told at the lead (S4)."""
    house.has_customers(both=2)
    house.has_customers(both=5, area="ZZ0102")
    house.writes_raw("UPDATE standing_approvals SET maximum = 4")
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=3)
    house.alice.sends_holding(incident, ["web"])
    house.fast_forward(minutes=30)
    house.alice.updates(incident, areas=("ZZ0101", "ZZ0102"))
    house.fast_forward(until=LEAD + timedelta(minutes=1))

    assert 2 == len(house.told("sms", house.holding(incident)))


def test_what_is_over_already_is_not_said_to_go_on(house: House):
    """Service is back before anybody was told: the form "occurred and already restored"."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=50)
    house.alice.confirms(incident)
    house.alice.restores(incident)
    house.fast_forward(until=LEAD)

    notice = house.holding(incident)
    assert notice is not None
    with house.app.database.transaction() as tx:
        templates = {text.template.partition(":")[0] for text in tx.notices.texts(notice.id).values()}
        body = tx.notices.texts(notice.id)[("own", Channel.SMS, "en")].body
    assert "restored at 15:05" in body, templates


def test_it_takes_over_from_a_notice_that_stalls_for_those_not_reached(house: House):
    """SMS is down, so a person's notice has three left: those get the holding notice too, without a second page;
    when SMS is back the person's text reaches them, and the other is not sent after it (I6, I28)."""
    house.has_customers(both=5, sms=3)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.looks_every(minutes=10, until=LEAD + timedelta(minutes=5))

    notice = house.holding(incident)
    assert notice is not None
    assert (False, 8) == (Channel.WEB in notice.channels, notice.audience_size)
    assert 5 == len(house.told("email"))
    house.sandbox.calm()
    house.looks_every(minutes=1, until=LEAD + timedelta(minutes=15))

    assert Verdict.MET == first(house, incident).state
    assert {1} == set(Counter(item["to"] for item in house.told("sms")).values())
    assert {"suppressed": 3} == house.counts(notice, "sms")


def test_down_over_the_lead_it_goes_at_once_when_the_due_is_still_ahead(house: House):
    """Dark from T+1:30 to T+1:50: it leaves at T+1:50."""
    house.has_customers(both=5)
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=90)
    house.goes_dark(minutes=20)
    house.restarts()
    house.works()

    assert (Verdict.MET, START + timedelta(minutes=110)) == (
        first(house, incident).state,
        first(house, incident).told_at,
    )


def test_after_a_gap_of_more_than_a_day_it_waits_for_a_person(house: House):
    """Nobody looked for 25 hours: whatever goes by itself waits, and says so."""
    house.has_customers(both=5)
    house.works()
    house.goes_dark(hours=25)
    incident = house.alice.opens(level=1, onset=None)
    house.fast_forward(minutes=119)

    assert (None, ["clock_not_accepted"]) == (
        house.holding(incident),
        [d["why"] for d in said(house, incident, "holding_refused")],
    )


def test_eight_sweeps_send_once(house: House):
    """Eight processes look in the same second: one notice; a second one for the window is refused by the database."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=1)
    house.fast_forward(until=LEAD - JUST)
    house.clock.set(LEAD)
    apps = [build(house.settings, house.folder, house.clock) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(pump.sweep, apps))
    for app in apps:
        app.close()
    house.works()

    notice = house.holding(incident)
    assert notice is not None
    assert (1, 3) == (len(said(house, incident, "holding_sent")), len(house.told("sms")))
    with pytest.raises(house.app.database.module.IntegrityError), house.app.database.transaction() as tx:
        tx.notices.add(replace(notice, id=0))


def test_a_forecast_that_is_too_late_is_an_alarm_at_once(house: House):
    """I27: 15 minutes of approval before 2:00 are gone at T+1:45; people hear it within the minute. With no text
    approved in advance, and a sender without a limit, no command but writing and approving it would help."""
    house.has_holding_texts(False)
    house.has_customers(both=3)
    incident = house.alice.opens(level=1)
    house.fast_forward(until=DUE - timedelta(minutes=15))
    assert [] == said(house, incident, "forecast_alarm")
    house.fast_forward(minutes=1)

    [entry] = house.entries(incident, "forecast_alarm")
    assert ("too_late", []) == (entry.data["why"], entry.data["options"])
    assert timedelta(0) < entry.at - (DUE - timedelta(minutes=15)) <= timedelta(minutes=1)


def test_a_released_notice_keeps_its_forecast_and_a_slow_sender_is_an_alarm(house: House):
    """I27: at the sender's own rate it cannot be done, so people hear it at once; the release says when."""
    house.has_customers(sms=30)
    paces(house, 0.004)
    incident = house.alice.opens(level=2)
    house.works()
    alarms = house.entries(incident, "forecast_alarm")
    assert [("too_late", START)] == [(one.data["why"], one.at) for one in alarms]
    notice = house.bob.approves(house.alice.submits(incident))

    assert DUE < (notice.forecast_at or START)


def test_a_forecast_beyond_the_cap_is_never_an_automatic_mass_send(house: House):
    """Half of the window is too short to text them: the page goes at its lead, nobody is texted by itself."""
    house.has_customers(sms=30)
    paces(house, 0.01)
    incident = house.alice.opens(level=1)
    house.works()
    assert ["beyond_cap"] == [d["why"] for d in said(house, incident, "forecast_alarm")]
    house.looks_every(minutes=5, until=LEAD + timedelta(minutes=5))

    assert {"sms": "forecast_beyond_cap"} == said(house, incident, "holding_withheld")[-1]["channels"]
    assert house.holding(incident) is not None
    assert ([], Verdict.OPEN) == (house.told("sms"), first(house, incident).state)


def test_a_slow_sender_makes_its_channel_leave_earlier(house: House):
    """Lead per channel: 20 minutes of texts and a margin of 15, so SMS and page leave at T+1:25, e-mail at T+1:40."""
    house.has_customers(both=20)
    paces(house, 2 * 20 / 1200)
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=1)
    leads = house.outlook(first(house, incident)).leads

    assert (leads["web"], LEAD) == (leads["sms"], leads["email"])
    assert START + timedelta(minutes=65) < leads["sms"] < START + timedelta(minutes=96)
    house.fast_forward(until=leads["sms"] + JUST)
    assert (True, []) == (len(house.told("sms")) > 0, house.told("email"))
    house.fast_forward(until=LEAD + JUST)
    assert 20 == len(house.told("email"))


def test_after_it_the_next_notices_go_to_those_it_told(house: House):
    """The first text of a person after it is exempt from the two hours between SMS; the end is owed to its people;
    who joins later is owed a first notice."""
    house.has_customers(both=6)
    house.has_customers(sms=2, area="ZZ0102")
    incident = house.alice.opens(level=1)
    house.fast_forward(until=LEAD + JUST)
    assert Verdict.OPEN == house.window(incident, Kind.PROGRESS_UPDATE).state
    channels = (Channel.WEB, Channel.SMS)
    update = house.bob.approves(house.alice.submits(incident, Kind.PROGRESS_UPDATE, channels=channels))
    house.works()
    assert 6 == len(house.told("sms", update))
    house.alice.updates(incident, areas=("ZZ0101", "ZZ0102"))
    joined = house.window(incident, Kind.FIRST_NOTICE)
    assert (2, Verdict.OPEN) == (joined.sequence, joined.state)
    house.alice.confirms(incident)
    house.alice.resolves(incident)
    end = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    assert (6, NoticeState.TOLD) == (end.audience_size, end.state)
    assert Verdict.MET == house.window(incident, Kind.RESOLUTION_NOTICE).state


@pytest.mark.parametrize(
    ("word", "why"),
    [("roles: {legal: lawyer}", ""), ("headlines: {data_leak: a leak in $place}", "text_changed")],
)
def test_words_of_anything_else_leave_the_approval_in_force(house: House, word: str, why: str):
    """S4: two people approve again when a word changed that a holding notice can say, and for no other word."""
    house.has_customers(both=1)
    words = Version(0, "words/en.yaml", word, "", "carol", START, VersionState.APPROVED, "bob", START)
    with house.app.database.transaction() as tx:
        tx.templates.add(words)
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=101)

    assert [why] * bool(why) == [data["why"] for data in said(house, incident, "holding_refused")]
    assert bool(why) != bool(said(house, incident, "holding_sent"))
