"""Planned work that is moved, taken back or late: nothing that customers hold is forgotten (M28 to M30)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from cli.trigger import fates
from coordinator import doubts, handover, intake, planned, views
from coordinator.act import SYSTEM, Act
from incidents.errors import Conflict, Invalid
from incidents.terms import Kind, Status, Verdict
from tests.house import House
from tests.stories.test_planned import (
    WHY,
    alarms,
    board,
    does,
    incidents_of,
    moved_by,
    owed,
    plans,
    reports,
    tells,
)

SAID = {"zh-CN": "只影响通话", "en": "calls only"}
RIGHT = {"zh-CN": "也影响上网", "en": "data too"}


def sheet(house: House) -> list[dict[str, object]]:
    return house.app.coordinator.act("read", house.alice.actor, handover.sheet)["items"]


def became(house: House) -> list[tuple[str, list[str]]]:
    """What `tongbao trigger list` says of every event, newest first."""
    act = partial(house.app.coordinator.act, "read", house.alice.actor)
    return [(one["became"], one["incidents"]) for one in act(fates, act(intake.trigger_list))]


@pytest.mark.parametrize("hours", [24, -24])
def test_another_correction_is_owed_whatever_the_times_do(house: House, hours: float):
    """A move joins and ends corrections of the times alone: what else was wrong is still told (R20, M28)."""
    house.has_customers(sms=2)
    work = moved_by(house, plans(house), hours=24)
    first = tells(house, work)
    reports(house, work)
    draft = house.alice.corrects(first, SAID, RIGHT)
    other = house.windows(work)[-1]
    moved_by(house, work, hours=hours)

    assert (Kind.CORRECTION_NOTICE, "owed") == (
        other.kind,
        house.window(work, other.kind, other.sequence).duty,
    )
    assert "draft" == house.notice(draft).state
    times = house.windows(work)[-1]
    assert (other.sequence + 1, "owed") == (times.sequence, times.duty)
    moved_by(house, house.incident(work), hours=-hours)
    assert {other.sequence: "owed", times.sequence: "ended"} == {
        one.sequence: one.duty for one in house.windows(work) if one.kind == Kind.CORRECTION_NOTICE
    }
    house.bob.approves(house.alice.submits_draft(house.notice(draft)))
    house.works()
    assert Verdict.MET == house.window(work, other.kind, other.sequence).state
    assert any("也影响上网" in sms["body"] for sms in house.told("sms"))


def test_a_correction_of_something_else_tells_no_times(house: House):
    """A person corrects what else was wrong after the work was moved: its SMS names no times, so that those who were
    told the first ones are owed the right ones, also when it is moved back to where it was then (I1, M28)."""
    house.has_customers(sms=2)
    work = plans(house)
    first = tells(house, work)
    reports(house, work)
    draft = house.alice.corrects(first, SAID, RIGHT)
    moved_by(house, work, hours=24)
    house.bob.approves(house.alice.submits_draft(house.notice(draft)))
    house.works()
    work = moved_by(house, house.incident(work), hours=24)
    work = moved_by(house, work, hours=-24)
    [owed_still] = [w for w in house.windows(work) if w.kind == Kind.CORRECTION_NOTICE and w.owed]
    notice = tells(house, work, Kind.CORRECTION_NOTICE)

    assert 2 == len(house.told("sms", notice))
    assert Verdict.MET == house.window(work, Kind.CORRECTION_NOTICE, owed_still.sequence).state


def test_nobody_is_told_the_same_times_twice(house: House):
    """Moved on and back while a correction has reached some: the next one leaves out whom it told these times, and
    tells the others; whom other times were told in between is told again (M28)."""
    house.has_customers(email=1, sms=1)
    work = plans(house)
    tells(house, work)
    reports(house, work)
    work = moved_by(house, work, hours=24)
    house.sandbox.dial("twilio", down=1)
    tells(house, work, Kind.CORRECTION_NOTICE)
    work = moved_by(house, work, hours=24)
    work = moved_by(house, work, hours=-24)
    house.sandbox.calm()
    rest = tells(house, work, Kind.CORRECTION_NOTICE)
    house.fast_forward(minutes=10)
    work = moved_by(house, work, hours=24)
    on = tells(house, work, Kind.CORRECTION_NOTICE)
    work = moved_by(house, work, hours=-24)
    back = tells(house, work, Kind.CORRECTION_NOTICE)

    def told(notice: Any) -> tuple[int, int]:
        return len(house.told("sms", notice)), len(house.told("email", notice))

    assert [(1, 0), (1, 1), (1, 1)] == [told(rest), told(on), told(back)]
    assert {Verdict.MET} == {w.state for w in house.windows(work) if w.kind == Kind.CORRECTION_NOTICE}


def test_times_that_some_hold_still_are_corrected(house: House):
    """A correction that has not reached everybody leaves the first times standing: moved on, and back to the times of
    that correction, those who hold the first are still owed the right ones (I1, M28)."""
    house.has_customers(sms=5)
    work = plans(house)
    tells(house, work)
    reports(house, work)
    work = moved_by(house, work, hours=24)
    house.sandbox.dial("twilio", down=1)
    tells(house, work, Kind.CORRECTION_NOTICE)
    work = moved_by(house, work, hours=24)
    work = moved_by(house, work, hours=-24)
    [correction] = [w for w in house.windows(work) if w.kind == Kind.CORRECTION_NOTICE and w.owed]
    house.sandbox.calm()
    notice = tells(house, work, Kind.CORRECTION_NOTICE)
    house.fast_forward(minutes=10)

    assert 5 == len(house.told("sms", notice))
    assert Verdict.MET == house.window(work, Kind.CORRECTION_NOTICE, correction.sequence).state


def test_the_name_of_the_clock_is_no_place_that_a_correction_names(house: House):
    """What the house writes of the times warns of nothing; and a figure of a cancelling is refused at once (R20)."""
    house.has_customers(sms=1)
    work = plans(house)
    tells(house, work)
    reports(house, work)
    moved_by(house, work, hours=24)
    [correction] = [n for n in house.notices(work) if n.kind == Kind.CORRECTION_NOTICE]
    with house.app.database.transaction() as tx:
        assert "Beijing" in correction.right["en"]
        assert [] == doubts.of(Act(tx, house.clock.now(), SYSTEM, house.app.house), correction)
    with pytest.raises(Invalid, match="12, which is not on the record") as refused:
        does(house, planned.cancel, work.reference, {"zh-CN": "台风 12", "en": "typhoon 12"})
    assert "say it without the figure" == refused.value.next


def test_what_was_waived_for_the_old_time_is_owed_for_the_new(house: House):
    """Nobody knows of it: the new date is announced like any other, and the waiver stays (AMB-24, M28)."""
    house.has_customers(sms=1)
    work = plans(house)
    first = owed(house, work)
    house.hq.waives(first)
    house.bob.agrees(work)
    assert Verdict.WAIVED == owed(house, work).state
    work = moved_by(house, work, days=30)
    second = house.window(work, Kind.PLANNED_WORK_NOTICE, 2)

    assert work.planned_start_at is not None
    assert (Verdict.OPEN, work.planned_start_at - timedelta(hours=72)) == (second.state, second.due_at)
    tells(house, work)
    assert Verdict.MET == house.window(work, Kind.PLANNED_WORK_NOTICE, 2).state


def test_the_first_word_after_a_dark_night_makes_no_overrun_undone(house: House):
    """M30: completed by a person who comes before the clocks, it is an incident all the same; it is neither moved nor
    cancelled any more."""
    house.has_customers(sms=1)
    work = plans(house, hours=80, lasts=2)
    house.goes_dark(hours=85)
    house.restarts()
    assert work.planned_end_at is not None
    with pytest.raises(Conflict, match="was to be over"):
        does(house, planned.change, work.reference, None, work.planned_end_at + timedelta(hours=10), "late")
    with pytest.raises(Conflict, match="was to be over"):
        does(house, planned.cancel, work.reference, WHY)

    assert Status.COMPLETED == does(house, planned.complete, work.reference).status
    [incident] = incidents_of(house)
    assert (work.planned_end_at, work.id) == (incident.aware_at, incident.overrun_of)
    house.works()
    assert [incident.id] == [one.id for one in incidents_of(house)]


def test_an_alarm_that_goes_on_after_the_work_is_one_incident_and_ends_there(house: House):
    """However often it repeats; a person who refuses the incident is asked once, and its end is that incident's
    evidence (one key never opens two incidents)."""
    house.has_customers(sms=1)
    work = plans(house, hours=1, lasts=2)
    tells(house, work)
    reports(house, work)
    house.fast_forward(minutes=90)
    alarms(house, "inside", area="ZZ0101", service="mobile", level="3")
    does(house, planned.complete, work.reference)
    for _ in range(3):
        alarms(house, "inside", area="ZZ0101", service="mobile", level="3")
    [incident] = incidents_of(house)
    house.alice.rejects(incident, {"en": "it belongs to the work"})
    for _ in range(2):
        alarms(house, "inside", area="ZZ0101", service="mobile", level="3")
    alarms(house, "inside", status="resolved", area="ZZ0101", service="mobile", level="3")

    assert [incident.id] == [one.id for one in incidents_of(house)]
    assert [] == house.entries(incident, "alarm_joined")
    assert ([], 1) == (house.entries(work, "alarm_resolved"), len(house.entries(incident, "alarm_resolved")))
    assert [*["repeated"] * 5, "opened", "repeated"] == [fate for fate, of in became(house) if of]


def test_an_alarm_of_the_work_that_is_read_late_was_expected_all_the_same(house: House):
    """It arrived while the work was under way: its instant counts, not that at which somebody read it. It fires on, so
    it belongs to what the work has become (AMB-24)."""
    house.has_customers(sms=1)
    work = plans(house, hours=1, lasts=2)
    tells(house, work)
    reports(house, work)
    house.fast_forward(minutes=170)
    alarms(house, "inside", read=False, area="ZZ0101", service="mobile", level="3")
    house.goes_dark(minutes=15)
    house.restarts()
    house.works()

    [incident] = incidents_of(house)
    assert 1 == len(house.entries(work, "alarm_expected"))
    assert [incident.reference] == [e.data["incident"] for e in house.entries(work, "alarm_goes_on")]
    assert 1 == len(house.entries(incident, "alarm_joined"))


def test_what_has_ended_and_owes_still_is_handed_over(house: House):
    """A false alarm owes its withdrawal, a closed record its archive: nothing is handed over silently (windows of ended
    records stand on the sheet as they stand on the board)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.alice.calls_off(incident)

    kinds = {item["kind"] for item in sheet(house) if item["what"] == "window"}
    assert Kind.WITHDRAWAL_NOTICE in kinds
    assert kinds == {window["kind"] for window in board(house)["windows"]}


def test_planned_work_shows_no_level(house: House):
    """What customers are told as of level 2 has none: neither on the sheet nor on its notices (decision 18)."""
    work = plans(house)
    with house.app.database.transaction() as tx:
        act = Act(tx, house.clock.now(), SYSTEM, house.app.house)
        shown = [views.notice(act, notice) for notice in tx.notices.of_incident(work.id)]

    assert {None} == {item["level"] for item in sheet(house)}
    assert [None] == [notice["level"] for notice in shown]


def test_what_fires_on_when_the_work_is_over_is_an_outage_at_once(house: House):
    """Its source may never say it again: two alarms of one place are one incident, known since the word that the work
    is over; what has ended meanwhile opens nothing (AMB-24)."""
    house.has_customers(sms=1)
    work = plans(house, hours=1, lasts=2)
    tells(house, work)
    reports(house, work)
    house.fast_forward(minutes=90)
    for name in ("first", "second", "over"):
        alarms(house, name, area="ZZ0101", service="mobile", level="3")
    alarms(house, "over", status="resolved", area="ZZ0101", service="mobile", level="3")
    does(house, planned.complete, work.reference)
    now = house.clock.now()
    house.works()

    [incident] = incidents_of(house)
    assert (now, Status.PENDING_CONFIRMATION) == (incident.aware_at, incident.status)
    assert 2 == len(house.entries(work, "alarm_goes_on"))
    assert 1 == len(house.entries(incident, "alarm_joined"))
    for name in ("first", "second"):
        alarms(house, name, status="resolved", area="ZZ0101", service="mobile", level="3")
    assert (1, 2) == tuple(len(house.entries(one, "alarm_resolved")) for one in (work, incident))


@pytest.mark.parametrize("end", ["cancel", "change"])
def test_an_alarm_of_work_that_does_not_take_place_is_no_longer_expected(house: House, end: str):
    """Nobody began it, and its time had come: cancelled or moved, its alarms are those of an outage."""
    house.has_customers(sms=1)
    work = plans(house, hours=1, lasts=2)
    house.fast_forward(minutes=61)
    alarms(house, "inside", area="ZZ0101", service="mobile", level="3")
    assert [] == incidents_of(house)
    if end == "cancel":
        does(house, planned.cancel, work.reference, WHY)
    else:
        start = house.clock.now() + timedelta(days=4)
        does(house, planned.change, work.reference, start, start + timedelta(hours=1), "the crew is ill")

    house.works()
    [incident] = incidents_of(house)
    assert (house.clock.now(), "system") == (incident.aware_at, house.entries(incident, "opened")[0].actor)
    assert ["alertmanager"] == [e.data["source"] for e in house.entries(work, "alarm_goes_on")]


def test_an_alarm_of_work_that_overran_belongs_to_its_incident(house: House):
    """The end of the alarm is evidence there, not on the record of the work."""
    house.has_customers(sms=1)
    work = plans(house, hours=1, lasts=2)
    tells(house, work)
    reports(house, work)
    house.fast_forward(minutes=90)
    alarms(house, "inside", area="ZZ0101", service="mobile", level="3")
    house.fast_forward(minutes=91)
    alarms(house, "inside", status="resolved", area="ZZ0101", service="mobile", level="3")

    [incident] = incidents_of(house)
    assert work.id == incident.overrun_of
    assert (1, 1) == tuple(len(house.entries(incident, f"alarm_{what}")) for what in ("joined", "resolved"))
    assert [] == house.entries(work, "alarm_resolved")


def test_what_an_alarm_says_last_counts_when_it_fires_on(house: House):
    """It got worse while the work was under way: the incident opens by that, and by the program, so that nobody takes
    its level back as a slip of their own."""
    house.has_customers(sms=1)
    work = plans(house, hours=1, lasts=2)
    house.fast_forward(minutes=90)
    alarms(house, "inside", area="ZZ0101", service="mobile", level="3")
    alarms(house, "inside", area="ZZ0101", service="mobile", level="2")
    does(house, planned.complete, work.reference)
    house.works()

    [incident] = incidents_of(house)
    assert 2 == incident.level
    with pytest.raises(Conflict):
        house.alice.undoes(incident)


def test_an_alarm_whose_overrun_was_refused_is_asked_about_when_the_work_is_over(house: House):
    """Refused because the work was merely late: the alarm that fires on after it is a new question, once."""
    house.has_customers(sms=1)
    work = plans(house, hours=1, lasts=2)
    house.fast_forward(minutes=90)
    alarms(house, "inside", area="ZZ0101", service="mobile", level="3")
    house.fast_forward(minutes=91)
    [overrun] = incidents_of(house)
    house.alice.rejects(overrun, {"en": "the crew is packing up"})
    house.works()
    assert [overrun.id] == [one.id for one in incidents_of(house)]
    does(house, planned.complete, work.reference)
    house.works()

    _, again = incidents_of(house)
    assert house.clock.now() == again.aware_at
    house.alice.rejects(again, {"en": "it is over"})
    alarms(house, "inside", area="ZZ0101", service="mobile", level="3")
    assert 2 == len(incidents_of(house))


def test_a_storm_over_several_works_opens_every_overrun(house: House):
    """I9, I23: hundreds of alarms of works that end together are read by turns; no turn is long, and none is lost."""
    house.has_customers(sms=1)
    works = [plans(house, hours=1, lasts=2) for _ in range(3)]
    house.fast_forward(minutes=90)
    for number in range(120):
        alarms(house, f"a{number}", read=False, area="ZZ0101", service="mobile", level="3")
    house.works()
    house.fast_forward(minutes=91)

    assert {one.id for one in works} == {one.overrun_of for one in incidents_of(house)}
    joined = [len(house.entries(one, "alarm_joined")) for one in incidents_of(house)]
    assert 120 == sum(joined)
    assert 120 == sum(len(house.entries(one, "alarm_goes_on")) for one in works)


def test_next_names_the_authority_in_the_readers_language(house: House):
    """The report before the work is owed to an authority, which has a name in both languages."""
    house.has_customers(sms=1)
    work = plans(house, hours=80, lasts=2)
    tells(house, work)
    _, said = house.app.coordinator.act("read", house.alice.actor, views.next_step)["next_why"]

    assert {"zh-CN": "省级通信管理局", "en": "the provincial communications administration"} == said[
        "audience"
    ]


@pytest.mark.parametrize("late", [False, True])
def test_who_had_the_correction_alone_hears_that_it_is_off(house: House, late: bool):
    """Nobody knew whether the first calls had arrived, so that the moved times went to all; the calls had not, which is
    known before the work is called off or after it. Who knows of it by the correction hears that too (I1, M28, M29)."""
    house.has_customers(sms=3)
    work = plans(house)
    house.sandbox.dial("twilio", status=503, lookup=0)
    first = tells(house, work)
    moved = moved_by(house, work, hours=24)
    house.sandbox.calm()
    house.sandbox.dial("twilio", lookup=0)
    assert 3 == tells(house, work, Kind.CORRECTION_NOTICE).counters.reached
    if late:
        does(house, planned.cancel, moved.reference, WHY)
    house.sandbox.calm()
    house.fast_forward(minutes=20)
    assert (0, 0) == (house.notice(first).counters.reached, house.notice(first).counters.unconfirmed)

    if not late:
        does(house, planned.cancel, moved.reference, WHY)
    assert 3 == tells(house, moved, Kind.WITHDRAWAL_NOTICE).counters.reached
    assert [] == house.audit()
