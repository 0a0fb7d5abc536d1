"""Superiors hear of it: by phone and in writing, told by a person's word, on every screen, and never instead of
customers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from coordinator import views, waiving
from incidents.errors import Conflict, Invalid
from incidents.terms import IncidentType, Kind, Verdict
from tests.house import START, House
from windows.window import Window

SAID = ("phone", "call log 7", "the head of network")


def phone(house: House, incident) -> Window:
    return house.upwards(incident, "phone")[-1]


def written(house: House, incident) -> Window:
    return house.upwards(incident, "written")[-1]


def minutes(instant: datetime) -> float:
    return (instant - START).total_seconds() / 60


def next_command(house: House) -> str:
    found = house.app.coordinator.act("read", house.alice.actor, views.next_step)
    return str(found["next"])


def test_a_level_1_incident_is_reported_by_phone_and_in_writing(house: House):
    """15 and 30 minutes from awareness; told by a word with how, to whom and evidence, and nothing else (R11, R14)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=1, reports_up=False)
    assert {"phone": 15, "written": 30} == {
        w.rule.rpartition(".")[2]: (w.due_at - START).total_seconds() / 60 for w in house.upwards(incident)
    }
    assert f"tongbao fulfil {phone(house, incident).id} --how phone --to '…' --evidence '…'" == next_command(
        house
    )

    house.fast_forward(minutes=5)
    with pytest.raises(Invalid, match="how and evidence"):
        house.fulfils(phone(house, incident), "phone", "")
    house.fulfils(phone(house, incident), *SAID)
    assert (Verdict.MET, -600.0) == (phone(house, incident).state, phone(house, incident).seconds_late)
    assert "task_done" not in [e.kind for e in house.entries(incident)]
    house.fulfils(written(house, incident), "mail", "message 12")

    whom = [entry.data["whom"] for entry in house.entries(incident, "fulfilled")]
    assert ["the head of network", "internal"] == whom
    assert "done" == house.task(incident, "report-up").state
    with pytest.raises(Conflict, match="nothing is owed"):
        house.fulfils(phone(house, incident), *SAID)
    assert [] == [e for e in house.entries(incident, "warning") if "superior" in e.data["rule"]]
    assert "tongbao notice submit 1" == next_command(house)


@pytest.mark.parametrize(
    ("how", "evidence", "to", "field"),
    [
        ("phone", "…", "the head of network", "evidence"),
        ("...", "call log 7", "the head of network", "how"),
        ("phone", "call log 7", " … ", "to"),
    ],
)
def test_a_pattern_that_was_run_unchanged_tells_nobody(
    house: House, how: str, evidence: str, to: str, field: str
):
    """What `next` prints has … where a person's words go: as evidence it would make the duty met for ever (I9)."""
    incident = house.alice.opens(level=1, reports_up=False)

    with pytest.raises(Invalid, match="your own words") as refused:
        house.fulfils(phone(house, incident), how, evidence, to)

    assert field == refused.value.field
    assert Verdict.OPEN == phone(house, incident).state
    with pytest.raises(Invalid, match="a reason is needed"):
        house.alice._act("waive", waiving.waive, phone(house, incident).id, "…")


def test_a_report_that_was_missed_stays_owed_and_behind_customers(house: House):
    """Breached with its row; superiors themselves are called; `next` goes on with customers; made late it is done."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=1, reports_up=False)
    house.fast_forward(minutes=16)

    missed = phone(house, incident)
    assert (Verdict.BREACHED, ("nobody_said_so",), True) == (missed.state, missed.causes, missed.owed)
    assert ["50%", "75%", "90%", "due"] == [rung.name for rung in missed.rungs if rung.fired_at]
    assert ["duty_manager", "duty_manager", "commander", "headquarters"] == [rung.to for rung in missed.rungs]
    assert (
        f"tongbao fulfil {written(house, incident).id} --how written --to '…' --evidence '…'"
        == next_command(house)
    )
    house.fast_forward(minutes=15)
    assert "tongbao notice submit 1" == next_command(house)

    house.fulfils(phone(house, incident), *SAID)
    late = phone(house, incident)
    assert (Verdict.BREACHED, False, 16 * 60.0) == (late.state, late.owed, late.seconds_late)
    assert "duty_done" in [e.kind for e in house.entries(incident)]
    house.alice.tells(incident)
    assert Verdict.MET == house.window(incident, "first_notice").state
    assert [] == house.audit()


def test_at_level_3_nobody_is_called_until_the_level_rises(house: House):
    """Only the written report; level 2 adds the call, due = max(T+30, now + 30 min), and undo takes it away (M04)."""
    incident = house.alice.opens(level=3, reports_up=False)
    assert ["handbook.superior_report.written"] == [w.rule for w in house.upwards(incident)]

    house.fast_forward(minutes=40)
    house.alice.raises(incident, 2)
    added = phone(house, incident)
    assert START + timedelta(minutes=70) == added.due_at
    assert (START + timedelta(minutes=30), ("late_by_classification",)) == (added.strict_due_at, added.causes)
    assert "became_owed" == added.history[0].rule
    assert START + timedelta(minutes=60) == written(house, incident).due_at

    house.alice.undoes(incident)
    assert (Verdict.LAPSED, "undone") == (phone(house, incident).state, phone(house, incident).ended_by)
    house.alice.raises(incident, 1)
    assert ([1, 2], START + timedelta(minutes=55)) == (
        [w.sequence for w in house.upwards(incident, "phone")],
        phone(house, incident).due_at,
    )


def test_a_higher_level_moves_what_runs_and_asks_nothing_twice(house: House):
    """From level 2 to 1: never later than it was; what was made is not owed again, and the waiver is (AMB-06)."""
    incident = house.alice.opens(level=2, reports_up=False)
    house.fulfils(phone(house, incident), *SAID)
    house.alice.waives(written(house, incident), "headquarters sits beside me")
    house.bob.agrees(incident)
    house.fast_forward(minutes=20)
    house.alice.raises(incident, 1)

    assert [Verdict.MET] == [w.state for w in house.upwards(incident, "phone")]
    assert ["upgraded_after_verdict"] == [found.kind for found in phone(house, incident).findings]
    again = house.upwards(incident, "written")
    assert [Verdict.WAIVED, Verdict.OPEN] == [w.state for w in again]
    assert START + timedelta(minutes=50) == again[-1].due_at


def test_a_false_alarm_ends_what_nobody_was_told_and_undo_owes_it_again(house: House):
    """The call was made and stands; the mail lapses; taken back it is owed with its old due."""
    incident = house.alice.opens(level=1, reports_up=False)
    house.fulfils(phone(house, incident), *SAID)
    due = written(house, incident).due_at
    house.fast_forward(minutes=3)
    house.alice.calls_off(incident)
    assert (Verdict.MET, Verdict.LAPSED) == (phone(house, incident).state, written(house, incident).state)

    house.fast_forward(minutes=1)
    house.alice.undoes(incident)
    back = house.upwards(incident, "written")
    assert [(1, "lapsed", due), (2, "open", due)] == [(w.sequence, w.state, w.due_at) for w in back]
    assert back[0].strict_due_at == back[1].strict_due_at


def test_duplicates_owe_one_report_and_a_part_owes_none(house: House):
    """The survivor takes over the call that only the stricter duplicate owed; a part leaves them with the whole."""
    one = house.alice.opens(level=3, reports_up=False)
    house.fast_forward(minutes=4)
    other = house.alice.opens(level=1, reports_up=False)
    house.alice.merges(other, into=one)

    assert {Verdict.LAPSED} == {w.state for w in house.upwards(other)}
    assert [START + timedelta(minutes=19)] == [w.due_at for w in house.upwards(one, "phone")]
    assert [START + timedelta(minutes=34)] == [w.due_at for w in house.upwards(one, "written")]
    house.alice.updates(one, areas=("ZZ0101", "ZZ0102"))
    part = house.alice.splits(one, "ZZ0102")
    assert [] == house.upwards(part)


def test_a_record_does_not_close_while_superiors_wait(house: House):
    """What is owed upwards is named by `close`, stands on the hand-over and is in the report (R10, R32)."""
    incident = house.alice.opens(level=3, reports_up=False, type=IncidentType.SERVICE_INTERRUPTION)
    house.fast_forward(minutes=2)
    house.alice.resolves(incident)
    with pytest.raises(Conflict, match=f"window {written(house, incident).id}, superior_report"):
        house.alice.closes(incident)
    house.fulfils(written(house, incident), "mail", "message 12")
    version = house.alice.reports(incident, Kind.HANDLING_REPORT)
    with house.app.database.transaction() as tx:
        files = tx.reports.files(version.id)
    assert "Written report to superiors" in files["handling_report.en.md"].decode()
    assert "书面向上级报告" in files["handling_report.zh-CN.md"].decode()


def test_the_parts_of_what_was_nothing_owe_what_it_had_not_told(house: House):
    """Superiors hear of the whole by the parent; when it is called off its part has the same clocks, and 15 minutes for
    the one that was missed (M13, M18)."""
    house.has_customers(both=2)
    house.has_customers(both=2, area="ZZ0102")
    parent = house.alice.opens(level=1, reports_up=False)
    house.alice.updates(parent, areas=("ZZ0101", "ZZ0102"))
    part = house.alice.splits(parent, "ZZ0102")
    assert [] == house.upwards(part)
    house.fast_forward(minutes=16)
    house.alice.calls_off(parent)

    assert [False, False] == [w.owed for w in house.upwards(parent)]
    assert {"breached", "lapsed"} == {w.state for w in house.upwards(parent)}
    assert {"phone": 31, "written": 30} == {
        w.rule.rpartition(".")[2]: (w.due_at - START).total_seconds() / 60 for w in house.upwards(part)
    }
    assert {Verdict.OPEN} == {w.state for w in house.upwards(part)}
    house.alice.reports_up(part)
    assert {Verdict.MET} == {w.state for w in house.upwards(part)}
    assert [] == house.audit()


def test_a_part_owes_what_the_whole_missed_by_its_own_awareness(house: House):
    """The whole had missed its call when a duplicate showed that the operator knew an hour earlier: there that is a
    finding, and the clock that begins in the part counts from it (§1; M13, M18)."""
    house.has_customers(both=2)
    house.has_customers(both=2, area="ZZ0102")
    house.fast_forward(minutes=60)
    whole = house.alice.opens(level=1, reports_up=False)
    house.alice.updates(whole, areas=("ZZ0101", "ZZ0102"))
    house.fast_forward(minutes=20)
    earlier = house.alice.opens(level=1, aware=START)
    house.alice.merges(earlier, whole)
    part = house.alice.splits(whole, "ZZ0102")
    house.alice.calls_off(whole)

    assert (75, 60) == (minutes(phone(house, whole).strict_due_at), minutes(phone(house, whole).started_at))
    call = phone(house, part)
    assert (0, 15, 95) == (minutes(call.started_at), minutes(call.strict_due_at), minutes(call.due_at))
    assert "open" == call.state


def test_a_part_whose_level_rises_owes_what_the_whole_has_not_told(house: House):
    """The parent's written report counts for both; once it is nothing, what it owed runs on in the part and moves with
    its level (M02, M04, M13)."""
    house.has_customers(both=2)
    house.has_customers(both=2, area="ZZ0102")
    parent = house.alice.opens(level=3, affected=50, reports_up=False)
    house.alice.updates(parent, areas=("ZZ0101", "ZZ0102"))
    part = house.alice.splits(parent, "ZZ0102")
    house.alice.raises(part, 2)
    assert ["handbook.superior_report.phone"] == [w.rule for w in house.upwards(part)]

    house.fast_forward(minutes=2)
    house.alice.calls_off(parent)
    house.alice.raises(part, 1)
    assert (["handbook.superior_report.phone", "handbook.superior_report.written"], 32) == (
        sorted(w.rule for w in house.upwards(part)),
        (written(house, part).due_at - START).total_seconds() / 60,
    )
    assert [] == house.audit()


def test_a_merge_that_raises_the_survivor_owes_what_an_upgrade_would(house: House):
    """What was waived at the lower level is owed at the higher one; what the duplicate has made is not (M04, M12)."""
    house.has_customers(both=2)
    told, untold, survivor, second = (
        house.alice.opens(level=3, affected=50, reports_up=False) for _ in range(4)
    )
    for incident in (untold, survivor):
        house.alice.waives(written(house, incident))
    house.fast_forward(minutes=6)
    for incident in (told, untold):
        house.alice.raises(incident, 1)
    for window in house.upwards(untold):
        if window.owed:
            house.alice.waives(window)
            house.bob.agrees(untold)
    house.alice.reports_up(told)

    house.alice.merges(untold, survivor)
    assert {"phone": 21, "written": 36} == {
        w.rule.rpartition(".")[2]: (w.due_at - START).total_seconds() / 60
        for w in house.upwards(survivor)
        if w.owed
    }
    house.alice.merges(told, second)
    assert [] == house.upwards(second, "phone")
    assert [] == house.audit()


def test_what_superiors_did_not_hear_in_time_is_among_what_was_missed(house: House):
    """The summary names every missed duty, whoever it was owed to; its figures count those to customers (R38)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2, reports_up=False)
    house.alice.tells(incident)
    house.fast_forward(minutes=61)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.fulfils(written(house, incident), "mail", "message 12")
    version = house.alice.reports(incident, Kind.SUMMARY_REPORT)
    with house.app.database.transaction() as tx:
        text = tx.reports.files(version.id)["summary_report.en.md"].decode()

    missed = text.partition("### Duties that were missed")[2].partition("###")[0]
    assert "Report to superiors by phone" in missed
    assert "First notice" not in missed
    assert "on time, 0 late" in text.partition("Duties to customers |")[2].partition("\n")[0]
