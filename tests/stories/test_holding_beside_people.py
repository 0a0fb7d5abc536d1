"""Stories of the holding notice beside a person's: it waits, goes on when that stalls, and leaves it the page."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import Kind, Verdict
from notifications.notice import Notice
from tests.house import START, House
from tests.stories.test_holding import JUST, LEAD, first, paces, rings, said


@pytest.fixture
def house(house: House) -> House:
    """A house whose holding texts two people have approved."""
    house.has_holding_texts()
    return house


def test_an_update_on_the_page_leaves_the_rest_of_it_going(house: House):
    """A progress entry tells nobody of the outage: who has not had the holding notice gets it still (I28)."""
    house.has_customers(both=8, sms=4)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=1)
    house.fast_forward(until=LEAD + timedelta(minutes=1))
    house.alice.tells(incident, Kind.PROGRESS_UPDATE)
    house.sandbox.calm()
    house.looks_every(minutes=1, until=LEAD + timedelta(minutes=8))

    notice = house.holding(incident)
    assert notice is not None
    assert 12 == len(house.told("sms", notice))
    assert Verdict.MET == first(house, incident).state


def test_it_goes_on_when_the_notice_it_gave_way_to_is_paused(house: House):
    """Whom the person's notice had reached has no holding notice after it; the others have it in time (I28)."""
    house.has_customers(sms=20)
    paces(house, rate=0.1)
    incident = house.alice.opens(level=1)
    house.fast_forward(until=LEAD + timedelta(minutes=1))
    notice = house.holding(incident)
    assert notice is not None
    human = house.bob.approves(house.alice.submits(incident))
    house.fast_forward(minutes=1)
    before = len(house.told("sms", notice))
    house.fast_forward(minutes=1)
    assert before == len(house.told("sms", notice))
    house.alice.pauses(house.notice(human))
    paces(house, rate=10)
    house.fast_forward(minutes=10)

    assert Verdict.MET == first(house, incident).state
    assert 20 == len({item["to"] for item in house.told("sms")})
    again = Counter(item["to"] for item in house.told("sms", human))
    assert set() == {item["to"] for item in house.told("sms", notice)[before:]} & set(again)
    assert [] == house.audit()


def test_the_page_alone_does_not_suffice_at_the_level_that_it_has_risen_to(house: House):
    """Its entry left at level 3 and goes live at level 1: nobody was reached, and people hear that a person must tell
    them (§6)."""
    house.has_customers(both=9)
    house.sandbox.dial("web", down=1)
    incident = house.alice.opens(level=3)
    house.fast_forward(minutes=205)
    house.alice.raises(incident, 1)
    house.sandbox.calm()
    house.fast_forward(minutes=10)

    window = first(house, incident)
    assert (Verdict.OPEN, None) == (window.state, window.told_at)
    assert {"sms": "written_for_the_page", "email": "written_for_the_page"} in [
        data["channels"] for data in said(house, incident, "holding_withheld")
    ]
    house.fast_forward(until=window.due_at + JUST)
    assert Verdict.BREACHED == first(house, incident).state


def test_the_page_suffices_at_the_level_that_it_has_come_down_to(house: House):
    """Unconfirmed at level 1 its entry went, and no more; at level 3 that tells the window (§6)."""
    house.has_customers(both=9)
    incident = rings(house)
    house.fast_forward(until=LEAD + timedelta(minutes=1))
    assert Verdict.OPEN == first(house, incident).state
    house.alice.lowers(incident, 3)
    house.bob.agrees(incident)
    house.fast_forward(minutes=1)

    assert Verdict.MET == first(house, incident).state


def test_its_entry_leaves_the_page_where_a_persons_stands_by_then(house: House):
    """Sent early while the person's notice was paused and the page down: an entry that will never be shown is not
    published again and again (I21)."""
    house.has_customers(both=2)
    house.sandbox.dial("web", down=1)
    incident = house.alice.opens(level=1)
    human = house.bob.approves(house.alice.submits(incident))
    house.alice.pauses(house.notice(human))
    notice = house.alice.sends_holding(incident, ["web"])
    house.alice.resumes(house.notice(human))
    house.sandbox.calm()
    house.fast_forward(minutes=10)

    assert {"expired": 1} == house.counts(notice, "web")
    assert Verdict.MET == first(house, incident).state
    assert [] == house.audit()


def test_it_goes_by_the_channel_that_is_well_when_the_other_notice_stalls(house: House):
    """Released at level 3 for SMS alone, which is down; at level 1 the mail of the other does not wait (I28)."""
    house.has_customers(both=3)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.fast_forward(minutes=5)
    house.alice.raises(incident, 1)
    house.looks_every(minutes=5, until=LEAD + timedelta(minutes=10))

    notice = house.holding(incident)
    assert notice is not None
    assert 3 == len(house.told("email", notice))
    assert Verdict.MET == first(house, incident).state


def grown(house: House) -> tuple[Incident, Notice]:
    """An incident whose first notice is on its way when more people turn out to be hit: two first notices are owed."""
    house.has_customers(both=2)
    house.has_customers(both=3, area="ZZ0102")
    incident = house.alice.opens(level=1)
    going = house.bob.approves(house.alice.submits(incident))
    house.clock.set(house.clock.now() + timedelta(minutes=95))
    house.alice.updates(incident, areas=("ZZ0101", "ZZ0102"))
    return incident, going


def test_the_first_notice_that_is_due_first_is_sent_first(house: House):
    """Two first notices are owed and nobody writes either: by hand the holding notice of the earlier due goes, then
    that of the later one (S5, M11)."""
    incident, going = grown(house)
    house.alice.stops(going)
    one, two = [w for w in house.windows(incident) if w.kind == Kind.FIRST_NOTICE]
    assert one.due_at < two.due_at

    assert one.id == house.alice.sends_holding(incident).window
    assert two.id == house.alice.sends_holding(incident).window


def test_where_a_persons_notice_makes_the_first_the_next_is_sent(house: House):
    """A notice that will make the first due is left alone, and who joined later has the holding notice (S5, M11)."""
    incident, _ = grown(house)
    one, two = [w for w in house.windows(incident) if w.kind == Kind.FIRST_NOTICE]
    assert (Verdict.OPEN, two.id) == (one.state, house.alice.sends_holding(incident).window)


def test_it_goes_to_who_was_never_in_a_notice_that_has_nothing_left_to_send(house: House):
    """Mail is down, so the first notice stalls for one; its last message is cancelled by the resolution notice. Who
    came into the directory since has the holding notice, and it waits for neither (I28)."""
    house.has_customers(sms=3, email=1)
    house.sandbox.dial("smtp", down=1)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.has_customers(sms=1)
    house.fast_forward(minutes=60)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.looks_every(minutes=5, until=LEAD + timedelta(minutes=30))

    notice = house.holding(incident)
    assert notice is not None
    assert ["+8613800000005"] == [item["to"] for item in house.told("sms", notice)]


def test_a_hold_is_not_passed_by(house: House):
    """Two first notices are owed, and the holding notice of the earlier one is held: none is sent by hand (S5)."""
    incident, going = grown(house)
    house.alice.stops(going)
    one = next(w for w in house.windows(incident) if w.kind == Kind.FIRST_NOTICE)
    house.alice.holds(one)
    with pytest.raises(Conflict):
        house.alice.sends_holding(incident)
    assert house.holding(incident) is None


def test_who_joined_reads_the_entry_that_stands(house: House):
    """A person's entry is live, so that the holding notice of those who joined puts up none beside it: they are told by
    their messages and by that entry (M11)."""
    incident, going = grown(house)
    house.looks_every(minutes=1, until=START + timedelta(hours=3))

    one, two = [w for w in house.windows(incident) if w.kind == Kind.FIRST_NOTICE]
    assert (Verdict.MET, Verdict.MET) == (one.state, two.state)
    entry = next(n for n in house.notices(incident) if n.id == going.id)
    holding = next(n for n in house.notices(incident) if n.window == two.id)
    assert (entry.page_live_at, None) == (two.coverage.page_live_at, holding.page_live_at)
    assert [] == house.audit()
