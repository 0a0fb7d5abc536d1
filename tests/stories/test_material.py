"""What changes enough to owe an update before the next one is due, and whom it texts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidents.terms import Kind
from tests.house import START, House

HOUR = timedelta(hours=1)
CHANGES: dict[str, dict[str, object]] = {
    "affected": {"affected": 60_000},
    "first_estimate": {"expected_at": START + 5 * HOUR},
    "cause_confirmed": {"cause": {"zh-CN": "光缆被挖断", "en": "a cut cable"}, "cause_status": "confirmed"},
    "emergency": {"emergency_calls": True},
    "grown": {"areas": ("ZZ0101", "ZZ0102")},
    "fewer": {"services": ("mobile",)},
}


def at(minutes: int):
    return START + timedelta(minutes=minutes)


def told(house: House, level: int = 2, **facts):
    house.has_customers(both=3)
    incident = house.alice.opens(level=level, services=("mobile", "internet"), **facts)
    house.alice.tells(incident)
    return incident


def update_of(house: House, incident):
    return [n for n in house.notices(incident) if n.kind == Kind.MATERIAL_UPDATE][-1]


@pytest.mark.parametrize(("change", "facts"), CHANGES.items(), ids=CHANGES)
def test_a_material_change_owes_an_update(house: House, change: str, facts: dict[str, object]):
    """After the first notice each material change opens a window from the change and drafts its words (R28)."""
    incident = told(house)
    house.fast_forward(minutes=10)

    house.alice.updates(incident, **facts)

    window = house.window(incident, "material_update")
    assert (at(10), at(40), "open") == (window.started_at, window.due_at, window.state)
    assert change == update_of(house, incident).change
    update = house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    assert ("told", "met") == (update.state, house.window(incident, "material_update").state)
    assert [] == house.audit()


@pytest.mark.parametrize(
    ("change", "texts"),
    [("affected", 0), ("first_estimate", 0), ("cause_confirmed", 0), ("fewer", 0), ("emergency", 3)],
)
def test_who_is_texted_of_what(house: House, change: str, texts: int):
    """SMS goes out for what people must know at once; the rest is on the page only (§2)."""
    incident = told(house)
    house.fast_forward(hours=2, minutes=1)
    house.alice.updates(incident, **CHANGES[change])

    update = house.alice.tells(incident, Kind.MATERIAL_UPDATE)

    assert texts == len(house.told("sms", update))
    assert update.page_live_at is not None


def test_an_estimate_that_is_an_hour_later(house: House):
    """Later by an hour than what was told is material and goes by SMS; by less it is not, nor in small steps (§2)."""
    incident = told(house)
    house.alice.updates(incident, expected_at=START + 5 * HOUR)
    house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    house.fast_forward(minutes=121)

    house.alice.updates(incident, expected_at=START + 5 * HOUR + timedelta(minutes=40))
    assert 1 == len([w for w in house.windows(incident) if w.kind == Kind.MATERIAL_UPDATE])
    house.alice.updates(incident, expected_at=START + 5 * HOUR + timedelta(minutes=80))
    update = house.alice.tells(incident, Kind.MATERIAL_UPDATE)

    assert ("estimate_later", 3) == (update.change, len(house.told("sms", update)))
    assert [] == house.audit()


def test_a_fifth_is_counted_from_what_was_told_and_not_from_the_record(house: House):
    """Three small steps that together are a fifth of the told figure owe an update (§2)."""
    incident = told(house)
    for affected in (49_000, 52_000, 55_000):
        house.alice.updates(incident, affected=affected)
        assert [] == [w for w in house.windows(incident) if w.kind == Kind.MATERIAL_UPDATE]

    house.alice.updates(incident, affected=55_200)

    assert "affected" == update_of(house, incident).change


def test_what_was_told_since_is_the_new_measure(house: House):
    """After an update of 60,000, a fifth is a fifth of 60,000 (§2)."""
    incident = told(house)
    house.alice.updates(incident, affected=60_000)
    house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    house.fast_forward(minutes=1)

    house.alice.updates(incident, affected=50_000)
    assert 1 == len([w for w in house.windows(incident) if w.kind == Kind.MATERIAL_UPDATE])
    house.alice.updates(incident, affected=48_000)
    assert 2 == len([w for w in house.windows(incident) if w.kind == Kind.MATERIAL_UPDATE])


def test_changes_in_an_open_window_join_it(house: House):
    """One notice tells both; it names the weightier and goes by the channels of both (§2)."""
    incident = told(house)
    house.fast_forward(hours=2, minutes=1)
    house.alice.updates(incident, affected=60_000)
    house.fast_forward(minutes=5)
    house.alice.updates(incident, emergency_calls=True)
    house.fast_forward(minutes=5)
    house.alice.updates(incident, **CHANGES["cause_confirmed"])

    [window] = [w for w in house.windows(incident) if w.kind == Kind.MATERIAL_UPDATE]
    assert at(151) == window.due_at
    update = house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    assert ("emergency", 3) == (update.change, len(house.told("sms", update)))
    assert "met" == house.window(incident, "material_update").state
    assert [] == house.audit()


def test_changes_before_the_first_notice_is_submitted_fold_into_it(house: House):
    """Nothing more is owed than the first notice (§2)."""
    incident = house.alice.opens(level=2, services=("mobile", "internet"))
    for facts in CHANGES.values():
        house.alice.updates(incident, **facts)

    assert ["first_notice"] == [w.kind for w in house.windows(incident)]


def test_nobody_is_texted_twice_in_two_hours_by_updates(house: House):
    """A second weighty change within two hours is on the page and in the mail; the SMS is spared (§2)."""
    incident = told(house)
    house.fast_forward(minutes=121)
    house.alice.updates(incident, emergency_calls=True)
    house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    house.fast_forward(minutes=60)
    house.hq.raises(incident, 1)

    update = house.alice.tells(incident, Kind.MATERIAL_UPDATE)

    assert (0, 3) == (len(house.told("sms", update)), len(house.told("email", update)))
    assert [] == house.audit()


def test_lost_again_is_told_when_the_recovery_was(house: House):
    """Who was told that service is back is owed the correction within half an hour (§4)."""
    incident = told(house)
    house.fast_forward(minutes=121)
    house.alice.restores(incident)
    house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    house.fast_forward(minutes=10)

    house.alice.reopens(incident)

    window = house.window(incident, "correction_notice")
    assert (at(161), "open") == (window.due_at, window.state)
    correction = house.alice.tells(incident, Kind.CORRECTION_NOTICE)
    assert (3, 3) == (len(house.told("sms", correction)), len(house.told("email", correction)))
    assert "尚未恢复" in house.told("sms", correction)[0]["body"]
    assert "met" == house.window(incident, "correction_notice").state
    assert [] == house.audit()


def test_lost_again_before_anybody_heard_of_the_recovery(house: House):
    """Nobody needs a correction; the open update says how it is (§4)."""
    incident = told(house)
    house.fast_forward(minutes=121)
    house.alice.restores(incident)

    house.alice.reopens(incident)

    assert ["lost_again"] == [n.change for n in house.notices(incident) if n.state == "draft"]
    update = house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    assert "尚未恢复" in house.told("sms", update)[0]["body"]
    assert [] == [w for w in house.windows(incident) if w.kind == Kind.CORRECTION_NOTICE]
    assert [] == house.audit()
