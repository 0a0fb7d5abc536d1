"""A slip at 2 a.m. has a way back: five minutes, while nobody has been told."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import REPORTS, Kind
from tests.house import START, House


def at(minutes: int):
    return START + timedelta(minutes=minutes)


def kept(house: House, incident):
    """Status, level and recovery, as the record has them now."""
    with house.app.database.transaction() as tx:
        found = tx.incidents.get(incident.reference)
    return found.status.value, found.level, found.restored_at, found.resolved_at


def test_a_wrong_restored_is_taken_back_with_what_it_owed(house: House):
    """The material update that "restored" owed ends, and its draft will not go out."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.confirms(incident)
    before = kept(house, incident)
    house.alice.restores(incident)
    house.fast_forward(minutes=4)

    house.alice.undoes(incident)
    assert before == kept(house, incident)
    update = house.window(incident, "material_update")
    assert ("lapsed", "undone") == (update.state, update.ended_by)
    assert ["superseded"] == [n.state.value for n in house.notices(incident) if n.kind == "material_update"]
    assert [] == house.audit()


def test_a_wrong_stand_down_is_taken_back_and_progress_is_owed_as_before(house: House):
    """The progress duty that the resolution ended is owed again at its old due instant."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    due = house.window(incident, "progress_update").due_at
    house.fast_forward(minutes=20)
    before = kept(house, incident)
    house.alice.resolves(incident)

    house.alice.undoes(incident)
    assert before == kept(house, incident)
    again = house.window(incident, "progress_update", 2)
    assert ("open", due) == (again.state, again.due_at)
    assert "lapsed" == house.window(incident, "resolution_notice").state


def test_what_is_resolved_again_gets_its_draft_again(house: House):
    """Taking back does not eat the playbook's draft of the resolution notice."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    house.alice.undoes(incident)
    house.fast_forward(minutes=10)
    house.alice.resolves(incident)

    told = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    assert ("told", "met") == (told.state, house.window(incident, "resolution_notice", 2).state)
    assert [] == house.audit()


def test_a_wrong_level_is_taken_back_with_its_dues(house: House):
    """A slip to level 1 leaves the level-3 due as it was, and its history says so."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.fast_forward(minutes=10)
    house.alice.raises(incident, 1)
    assert at(120) == house.window(incident, "first_notice").due_at

    house.alice.undoes(incident)
    window = house.window(incident, "first_notice")
    assert (3, at(240), at(240)) == (kept(house, incident)[1], window.due_at, window.strict_due_at)
    assert ["opened", "upgrade", "undo"] == [move.rule for move in window.history]


def test_a_wrong_level_is_taken_back_with_the_decision(house: House):
    """Who took back their word on the level is asked by the same review as before (AMB-04)."""
    incident = house.alice.opens(level=2, affected=None)
    house.fast_forward(minutes=29)
    house.alice.raises(incident, 1)
    assert at(59) == house.incident(incident).review_at

    house.alice.undoes(incident)
    assert at(30) == house.incident(incident).review_at
    house.fast_forward(minutes=1)
    assert [at(30)] == [entry.at for entry in house.entries(incident, "level_review_due")]


def test_a_level_kept_against_the_facts_is_kept_again(house: House):
    """Taking back a raise does not ask again what a person has decided before it (R13)."""
    incident = house.alice.opens(level=3, affected=46_000)
    before = house.incident(incident)
    house.alice.raises(incident, 1)
    house.alice.undoes(incident)

    assert before == house.incident(incident)


def test_after_five_minutes_there_is_no_way_back(house: House):
    """What stood for longer than five minutes is put right by new facts, never unsaid."""
    incident = house.alice.opens(level=2)
    house.alice.confirms(incident)
    house.fast_forward(minutes=5, seconds=1)

    with pytest.raises(Conflict, match="5 minutes"):
        house.alice.undoes(incident)


def test_what_customers_were_told_is_not_taken_back(house: House):
    """Who has read it needs a correction (R20)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.restores(incident)
    told = house.alice.tells(incident, Kind.MATERIAL_UPDATE)

    with pytest.raises(Conflict, match=f"notice {told.id} has told"):
        house.alice.undoes(incident)


def test_there_is_nothing_to_take_back_twice(house: House):
    """One act, one way back."""
    incident = house.alice.opens(level=2)
    house.alice.confirms(incident)
    house.alice.undoes(incident)

    assert "open" == kept(house, incident)[0]
    with pytest.raises(Conflict, match="nothing to take back"):
        house.alice.undoes(incident)


def test_tasks_that_nobody_took_go_with_the_act_and_come_again(house: House):
    """The review tasks and both report duties of a wrong stand-down end; done rightly, they are owed anew."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    before = {(task.step, task.state) for task in house.tasks(incident)}
    house.alice.resolves(incident)
    opened = {task.step for task in house.tasks(incident)} - {step for step, _ in before}
    assert "root-cause" in opened

    house.alice.undoes(incident)
    gone = {task.step for task in house.tasks(incident) if task.state == "withdrawn"}
    assert opened == gone
    assert before == {(t.step, t.state) for t in house.tasks(incident) if t.step not in gone}
    assert {"lapsed"} == {house.report_window(incident, kind).state for kind in REPORTS}

    house.alice.resolves(incident)
    assert opened <= {task.step for task in house.tasks(incident) if task.state == "open"}
    assert {"open"} == {house.report_window(incident, kind).state for kind in REPORTS}
    assert [] == house.audit()


def test_a_task_that_somebody_took_stays(house: House):
    """Work that has begun is not swept away with the act that asked for it."""
    incident = house.alice.opens(level=2)
    house.alice.confirms(incident)
    handle = next(task for task in house.tasks(incident) if task.phase == "handle")
    house.alice.takes(handle)

    house.alice.undoes(incident)
    assert "acknowledged" == house.task(incident, handle.step).state
    house.alice.confirms(incident)
    assert 1 == len([task for task in house.tasks(incident) if task.step == handle.step])


def test_who_joined_is_owed_their_own_first_notice_again(house: House):
    """Two first notices end by a slip, and what was sent for one of them stands: both are owed again, each of its own
    people and by its old due (M11, M18)."""
    house.has_customers(sms=2)
    house.has_customers(sms=1, area="ZZ0201")
    incident = house.alice.opens(level=2)
    house.sandbox.dial("twilio", refuse_code=21211)
    house.alice.tells(incident)
    house.sandbox.calm()
    house.fast_forward(minutes=20)
    house.alice.updates(incident, areas=("ZZ0101", "ZZ0201"))
    dues = [w.due_at for w in house.every_window(incident) if w.kind == Kind.FIRST_NOTICE]
    house.alice.calls_off(incident)

    house.alice.undoes(incident)
    firsts = [w for w in house.every_window(incident) if w.kind == Kind.FIRST_NOTICE]
    assert ["lapsed", "lapsed", "open", "open"] == [w.state for w in firsts]
    assert dues == [w.due_at for w in firsts[2:]]
    assert ["renewed", "grown"] == [w.history[0].rule for w in firsts[2:]]
    assert 1 == house.alice.tells(incident).audience_size
    firsts = [w for w in house.every_window(incident) if w.kind == Kind.FIRST_NOTICE]
    assert ["open", "met"] == [w.state for w in firsts[2:]]
    assert [] == house.audit()


def _grows_while_nothing_leaves(house: House) -> Incident:
    """At level 3, with a first notice that is going out to two people, one more turns out to be hit."""
    house.has_customers(sms=2)
    house.has_customers(sms=1, area="ZZ0201")
    incident = house.alice.opens(level=3)
    house.sandbox.dial("twilio", down=1)
    house.alice.tells(incident)
    house.fast_forward(minutes=20)
    house.alice.updates(incident, areas=("ZZ0101", "ZZ0201"))
    return incident


def test_who_joined_is_taken_along_where_nothing_sent_stands(house: House):
    """The false alarm had stopped the only notice: what is written anew is for everybody, and one draft is enough."""
    incident = _grows_while_nothing_leaves(house)
    house.alice.calls_off(incident)

    house.alice.undoes(incident)
    house.sandbox.calm()
    again = house.alice.tells(incident)
    firsts = [w for w in house.every_window(incident) if w.kind == Kind.FIRST_NOTICE]
    assert ["lapsed", "lapsed", "met"] == [w.state for w in firsts]
    assert 3 == again.audience_size
    assert [1, 1, 1] == sorted(Counter(item["to"] for item in house.told("sms")).values())
    assert [] == house.audit()


def test_a_waiver_that_is_taken_back_is_owed_beside_what_is_owed_to_who_joined(house: House):
    """The first notice was waived while that of people who joined was owed; each comes back by itself (M15)."""
    incident = _grows_while_nothing_leaves(house)
    first, joined = (w for w in house.every_window(incident) if w.kind == Kind.FIRST_NOTICE)
    house.alice.waives(first)

    house.alice.undoes(incident)
    firsts = [w for w in house.every_window(incident) if w.kind == Kind.FIRST_NOTICE]
    assert ["waived", "open", "open"] == [w.state for w in firsts]
    assert (joined.due_at, first.due_at) == (firsts[1].due_at, firsts[2].due_at)


def test_a_page_that_went_live_meanwhile_promises_nothing_when_the_end_stands_again(house: House):
    """Reopened by a slip: the progress duty that a page started until the undo ends with the resolution (M13)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    house.bob.approves(house.alice.submits(incident))
    house.clock.set(at(1))
    house.alice.resolves(incident)
    house.alice.reopens(incident)
    house.clock.set(at(2))
    house.works()
    assert any(w.kind == Kind.PROGRESS_UPDATE and w.owed for w in house.every_window(incident))

    house.alice.undoes(incident)
    assert [] == [w for w in house.every_window(incident) if w.kind == Kind.PROGRESS_UPDATE and w.owed]
    assert [] == house.audit()


def test_two_changes_that_end_by_a_slip_come_back_with_a_due_each(house: House):
    """The one whose due has passed meanwhile does not put off the other: what comes back joins nothing (M18)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(minutes=1)
    house.alice.updates(incident, emergency_calls=True)
    house.fast_forward(minutes=1)
    assert not house.alice.submits(incident, Kind.MATERIAL_UPDATE).released
    house.fast_forward(minutes=20)
    house.alice.updates(incident, expected_at=house.clock.now() + timedelta(hours=5))
    first, second = (w for w in house.windows(incident) if w.kind == Kind.MATERIAL_UPDATE)
    house.fast_forward(until=first.due_at - timedelta(minutes=1))
    house.alice.calls_off(incident)
    house.fast_forward(minutes=2)
    house.alice.undoes(incident)

    again = [w for w in house.windows(incident) if w.kind == Kind.MATERIAL_UPDATE][2:]
    assert [house.clock.now() + timedelta(minutes=30), second.due_at] == [w.due_at for w in again]


def test_a_second_reopening_gives_back_what_it_ended_itself(house: House):
    """The end of the first outage was missed and ended with the first reopening: that stays so (§4, "undo")."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    house.fast_forward(hours=2)
    house.alice.reopens(incident)
    house.fast_forward(minutes=10)
    house.alice.resolves(incident)
    house.fast_forward(hours=2)
    house.alice.reopens(incident)
    house.fast_forward(minutes=1)
    house.alice.undoes(incident)

    ends = [w for w in house.windows(incident) if w.kind == Kind.RESOLUTION_NOTICE]
    assert [("breached", False), ("breached", True)] == [(w.state.value, w.owed) for w in ends]
    assert [] == house.audit()
