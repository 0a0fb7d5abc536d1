"""Nobody is told twice of one outage: whoever sent the other notice, and whichever incident of the family it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from coordinator import planned
from incidents.incident import Incident
from incidents.terms import Channel, Kind
from tests.house import START, House


def paces(house: House, rate: float) -> None:
    """SMS leave at `rate` per second; 0: at once."""
    before = house.app.coordinator.house
    lanes = dict(before.lanes) | {Channel.SMS: replace(before.lanes[Channel.SMS], rate=rate)}
    house.app.coordinator.house = replace(before, lanes=lanes)


def texts(house: House) -> dict[int, int]:
    """How many people got how many SMS."""
    return dict(Counter(Counter(sent["to"] for sent in house.told("sms")).values()))


def wide(house: House) -> Incident:
    """An incident of 5 people in one area and 7 in another."""
    house.has_customers(sms=5)
    house.has_customers(sms=7, area="ZZ0102")
    incident = house.alice.opens(level=2)
    return house.alice.updates(incident, areas=("ZZ0101", "ZZ0102"))


def test_the_holding_notice_of_a_survivor_spares_whom_the_duplicate_told(house: House):
    """Told people are read across the family (§6, M12): the automatic notice goes to the seven others."""
    house.has_holding_texts()
    source = house.alice.opens(level=2)
    survivor = wide(house)
    house.alice.tells(source)
    house.fast_forward(minutes=5)
    house.alice.merges(source, survivor)
    house.fast_forward(hours=2)

    assert {1: 12} == texts(house)
    assert "met" == house.window(survivor, "first_notice").state
    assert [] == house.audit()


def test_a_duplicates_automatic_notice_is_not_sent_again_by_the_survivor(house: House):
    """One automatic notice is enough (§6, M12)."""
    house.has_holding_texts()
    house.has_customers(sms=5)
    source = house.alice.opens(level=1)
    house.fast_forward(minutes=10)
    survivor = house.alice.opens(level=1)
    house.fast_forward(minutes=95)
    assert {1: 5} == texts(house)

    house.alice.merges(source, survivor)
    house.fast_forward(minutes=40)

    assert {1: 5} == texts(house)
    assert "met" == house.window(survivor, "first_notice").state
    assert [] == house.audit()


def test_a_parts_automatic_notice_spares_whom_the_stopped_notice_of_the_whole_reached(house: House):
    """What was told before a split was told to the part's people too (§6, M13)."""
    house.has_holding_texts()
    incident = wide(house)
    first = house.bob.approves(house.alice.submits(incident))
    paces(house, 0.02)
    house.fast_forward(minutes=5)
    house.alice.stops(first)
    assert {1: 7} == texts(house)
    paces(house, 0)
    part = house.alice.splits(incident, "ZZ0102")
    house.fast_forward(hours=2)

    assert {1: 12} == texts(house)
    assert "met" == house.window(part, "first_notice").state
    assert [] == house.audit()


@pytest.mark.parametrize("both", [False, True])
def test_a_survivors_first_notice_leaves_out_whom_the_duplicates_run_reaches(house: House, both: bool):
    """Two runs for the same people: whichever comes to somebody first tells them, and the other leaves them out, by
    each of their channels (I9, M12)."""
    house.has_customers(**({"both": 60} if both else {"sms": 60}))
    paces(house, 0.1)
    source = house.alice.opens(level=2)
    house.bob.approves(house.alice.submits(source))
    house.fast_forward(minutes=2)
    survivor = house.alice.opens(level=2)
    house.alice.merges(source, survivor)
    house.fast_forward(seconds=10)
    first = house.bob.approves(house.alice.submits(survivor))
    paces(house, 0)
    house.fast_forward(minutes=30)

    assert {1: 60} == texts(house)
    assert both * 60 == len(house.told("email")) == len({sent["to"] for sent in house.told("email")})
    assert {"reached": 60} == house.answers(first)
    assert "met" == house.window(survivor, "first_notice").state
    assert [] == house.audit()


def test_the_end_that_a_survivor_tells_stops_what_a_duplicate_has_not_sent(house: House):
    """Who was not reached hears of the end in one text, and nothing of the outage after it (I8, M12, M15)."""
    house.has_customers(sms=30)
    paces(house, 0.05)
    source = house.alice.opens(level=2)
    first = house.bob.approves(house.alice.submits(source))
    house.fast_forward(minutes=2)
    survivor = house.alice.opens(level=2)
    house.alice.merges(source, survivor)
    house.alice.resolves(survivor)
    last = house.bob.approves(house.alice.submits(survivor, Kind.RESOLUTION_NOTICE))
    reached = len(house.told("sms", first))
    paces(house, 0)
    house.fast_forward(minutes=30)

    assert (reached, 30) == (len(house.told("sms", first)), len(house.told("sms", last)))
    assert {1: 30 - reached, 2: reached} == texts(house)
    assert [] == house.audit()


@pytest.mark.parametrize("at_once", [False, True])
def test_a_moved_notice_leaves_out_whom_the_correction_told(house: House, at_once: bool):
    """Stopped half-way, moved and corrected: those who had the correction know the new times (M28)."""
    house.has_customers(sms=60)
    start = START + timedelta(days=10)
    plan = planned.Plan(
        title="核心网割接",
        areas=("ZZ0101",),
        services=("mobile",),
        start_at=start,
        end_at=start + timedelta(hours=4),
        effects={"zh-CN": "不能上网", "en": "no data"},
    )
    work = house.alice._act("planned", planned.add, plan)
    paces(house, 0.1)
    (draft,) = house.notices(work)
    house.bob.approves(house.alice.submits_draft(draft))
    house.fast_forward(minutes=5)
    reached = len(house.told("sms"))
    later = start + timedelta(days=1)
    house.alice._act("planned", planned.change, work.reference, later, later + timedelta(hours=4), "moved")
    paces(house, 0)
    right = next(n for n in house.notices(work) if n.kind == Kind.CORRECTION_NOTICE)
    house.bob.approves(house.alice.submits_draft(right))
    if not at_once:
        house.works()
    house.bob.approves(house.alice.submits(work, Kind.PLANNED_WORK_NOTICE))
    house.works()
    house.fast_forward(minutes=3)

    assert {1: 60 - reached, 2: reached} == texts(house)
    assert "met" == house.window(work, "planned_work_notice").state
    assert [] == house.audit()
