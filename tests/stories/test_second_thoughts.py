"""Several corrections at once, slips over slips, errors found late: each way back takes back exactly its own act."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coordinator import search, views
from coordinator.act import SYSTEM, Act
from coordinator.owed import outdated
from incidents.errors import Conflict, Invalid, NotAllowed
from incidents.incident import Incident
from incidents.terms import REPORTS, Channel, IncidentType, Kind
from notifications.notice import Notice
from tests.house import House

SAID = {"zh-CN": "滨江区", "en": "Binjiang"}
RIGHT = {"zh-CN": "高新区", "en": "Gaoxin"}
CORRECTION, WITHDRAWAL = Kind.CORRECTION_NOTICE, Kind.WITHDRAWAL_NOTICE


@pytest.fixture
def told(house: House) -> tuple[Incident, Notice, Notice]:
    """An incident at level 2 with two notices that were told."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    first = house.alice.tells(incident)
    house.fast_forward(minutes=1)
    return incident, first, house.alice.tells(incident, Kind.PROGRESS_UPDATE)


def states(house: House, incident: Incident, kind: Kind) -> list[str]:
    return [n.state.value for n in house.notices(incident) if n.kind == kind]


def duties(house: House, incident: Incident, kind: Kind) -> list[tuple[str, str]]:
    return [(w.state.value, w.duty.value) for w in house.windows(incident) if w.kind == kind]


def to_do(house: House) -> str:
    """The commands that `next` names, the first of them and those after it."""
    document: dict[str, Any] = house.app.coordinator.act("read", house.alice.actor, views.next_step)
    return "; ".join([document["next"], *(other["next"] for other in document["also"])])


# one act, its own way back


def test_taking_one_correction_back_leaves_the_other_waiting(house: House, told: Any):
    """The redraft of another correction, written later, still waits for its approval and meets its window (R20)."""
    incident, first, second = told
    one = house.alice.submits_draft(house.alice.corrects(first, SAID, RIGHT))
    house.fast_forward(minutes=1)
    slip = house.alice.corrects(second, SAID, RIGHT)
    house.fast_forward(minutes=1)
    house.bob.declines(one, "say the street")
    again = house.alice.submits_draft(house.notices(incident)[-1])

    house.alice.undoes(incident)
    assert ("superseded", "submitted") == (house.notice(slip).state, house.notice(again).state)
    assert [("open", "owed"), ("lapsed", "ended")] == duties(house, incident, CORRECTION)
    house.bob.approves(again)
    house.works()
    assert ("met", "done") == duties(house, incident, CORRECTION)[0]
    assert [] == house.audit()


def test_two_acts_of_one_instant_are_two(house: House, told: Any):
    """What is taken back is told by what it opened, not by when it was typed."""
    incident, first, second = told
    house.alice.corrects(first, SAID, RIGHT)
    house.alice.corrects(second, SAID, RIGHT)

    house.alice.undoes(incident)
    assert [("open", "owed"), ("lapsed", "ended")] == duties(house, incident, CORRECTION)
    assert ["draft", "superseded"] == states(house, incident, CORRECTION)


def test_only_who_did_it_takes_it_back(house: House):
    """Headquarters raises to level 1; the duty manager cannot leave it alone and then send alone (AMB-16)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.hq.raises(incident, 1)
    house.fast_forward(minutes=2)

    with pytest.raises(NotAllowed, match="hq did the last act"):
        house.alice.undoes(incident)
    assert 1 == house.incident(incident).level
    assert 3 == house.hq.undoes(incident).level


def test_taking_a_correction_back_leaves_the_tasks_alone(house: House):
    """The playbook has nothing to do with a correction: not one task is opened or withdrawn."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3, type=IncidentType.COMPLAINT_ESCALATION, complaint="ordinary")
    wrong = house.alice.tells(incident)
    house.alice.confirms(incident)
    house.alice.raises(incident, 2)
    house.alice.raises(incident, 1)
    before = {(task.step, task.state) for task in house.tasks(incident)}

    house.alice.corrects(wrong, SAID, RIGHT)
    house.alice.undoes(incident)
    assert before == {(task.step, task.state) for task in house.tasks(incident)}


def test_a_correction_written_again_is_an_act_of_its_own(house: House, told: Any):
    """Taking back the second writing drops its draft and nothing else; "restored" before it stands."""
    incident, first, _ = told
    house.alice.stops(house.alice.corrects(first, SAID, RIGHT))
    house.alice.restores(incident)
    house.fast_forward(minutes=1)
    again = house.alice.corrects(first, RIGHT, SAID)

    house.alice.undoes(incident)
    assert ("restored", "superseded") == (house.incident(incident).status, house.notice(again).state)
    assert [("open", "owed")] == duties(house, incident, CORRECTION)
    assert ["draft"] == states(house, incident, Kind.MATERIAL_UPDATE)
    assert [] == house.audit()


@pytest.mark.parametrize("submitted", [False, True])
def test_what_was_written_for_a_correction_goes_with_it(house: House, told: Any, submitted: bool):
    """Submitted or not, it does not go out once the correction is taken back (R20)."""
    incident, first, _ = told
    draft = house.alice.corrects(first, SAID, RIGHT)
    if submitted:
        house.alice.submits_draft(draft)

    house.alice.undoes(incident)
    assert "superseded" == house.notice(draft).state
    with pytest.raises(Conflict, match="superseded"):
        house.bob.approves(draft)


def test_the_change_that_stands_keeps_its_update(house: House):
    """Two changes share one update; taking the later one back leaves the update to the earlier one."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.alice.confirms(incident)
    house.alice.raises(incident, 2)
    house.fast_forward(minutes=1)
    house.alice.restores(incident)

    house.alice.undoes(incident)
    assert [("draft", "upgraded")] == [
        (n.state.value, n.change) for n in house.notices(incident) if n.kind == Kind.MATERIAL_UPDATE
    ]
    assert "told" == house.alice.tells(incident, Kind.MATERIAL_UPDATE).state
    assert ("met", "done") == duties(house, incident, Kind.MATERIAL_UPDATE)[-1]


def test_the_change_that_stands_gets_its_submission_again(house: House):
    """An update that was submitted for a change taken back is written anew for the one that stands."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.alice.confirms(incident)
    house.alice.raises(incident, 2)
    house.alice.restores(incident)
    house.alice.submits(incident, Kind.MATERIAL_UPDATE)

    house.alice.undoes(incident)
    assert [("superseded", "restored"), ("draft", "upgraded")] == [
        (n.state.value, n.change) for n in house.notices(incident) if n.kind == Kind.MATERIAL_UPDATE
    ]


# told or not


def test_another_notice_does_not_make_a_correction_said(house: House, told: Any):
    """A correction that waits is taken back though another one was told in between."""
    incident, first, second = told
    one = house.alice.submits_draft(house.alice.corrects(first, SAID, RIGHT))
    house.fast_forward(minutes=1)
    house.alice.corrects(second, SAID, RIGHT)
    house.bob.approves(one)
    house.works()

    house.alice.undoes(incident)
    assert [("met", "done"), ("lapsed", "ended")] == duties(house, incident, CORRECTION)


def test_what_was_stopped_before_anybody_had_it_is_unsaid(house: House, told: Any):
    """Released is not told: stopped in time, the slip is taken back; while it goes out it is stopped first."""
    incident, first, _ = told
    one = house.alice.submits_draft(house.alice.corrects(first, SAID, RIGHT))
    house.bob.approves(one)
    with pytest.raises(Conflict, match="still going out") as refused:
        house.alice.undoes(incident)
    assert (
        f"tongbao notice stop {one.id} --reason …, then tongbao undo {incident.reference}"
        == refused.value.next
    )
    house.alice.stops(one)

    house.alice.undoes(incident)
    assert [("lapsed", "ended")] == duties(house, incident, CORRECTION)
    assert [] == house.audit()


def test_a_notice_that_reads_the_same_without_the_act_does_not_hold_it(house: House, told: Any):
    """A withdrawal says nothing of the recovery: a slip to "restored" before it is still taken back."""
    incident, _, second = told
    house.alice.restores(incident)
    house.alice.withdraws(second, RIGHT)
    house.alice.tells(incident, WITHDRAWAL)

    assert "open" == house.alice.undoes(incident).status
    assert [("lapsed", "ended")] == duties(house, incident, Kind.MATERIAL_UPDATE)
    assert [("met", "done")] == duties(house, incident, WITHDRAWAL)
    assert [] == house.audit()


def test_a_correction_whose_page_tells_of_the_recovery_holds_it(house: House, told: Any):
    """The corrected page says that service is back: who read it is owed a correction, not a silence (R20)."""
    incident, first, _ = told
    house.alice.restores(incident)
    house.alice.corrects(first, SAID, RIGHT)
    correction = house.alice.tells(incident, CORRECTION)

    with pytest.raises(Conflict, match=f"notice {correction.id} has told of it already"):
        house.alice.undoes(incident)


def test_an_update_that_says_so_holds_the_act(house: House, told: Any):
    """A progress notice written after "restored" reads otherwise without it, so it was told (R20)."""
    incident, _, _ = told
    house.alice.restores(incident)
    notice = house.alice.tells(incident, Kind.PROGRESS_UPDATE)

    with pytest.raises(Conflict, match=f"notice {notice.id} has told of it already"):
        house.alice.undoes(incident)


def test_a_notice_from_before_the_act_does_not_hold_it(house: House, told: Any):
    """What was submitted before the level rose, and only approved after, tells nothing of it."""
    incident, _, _ = told
    waiting = house.alice.submits(incident, Kind.PROGRESS_UPDATE)
    house.alice.confirms(incident)
    house.bob.approves(waiting)
    house.works()

    assert "open" == house.alice.undoes(incident).status


# what a correction may say


def test_a_correction_says_what_the_record_says(house: House, told: Any):
    """A figure that is not on the record is refused: one text would tell two figures (R20)."""
    _, first, _ = told
    said = {"zh-CN": "约46,000户", "en": "about 46,000"}
    with pytest.raises(Invalid, match="says 99999, which is not on the record") as refused:
        house.alice.corrects(first, said, {"zh-CN": "约99,999户", "en": "about 99,999"})
    assert "tongbao update" in refused.value.next

    wrong = {"zh-CN": "约64,000户", "en": "about 64,000"}
    assert "draft" == house.alice.corrects(first, wrong, said).state


def test_a_correction_that_the_record_has_overtaken_is_not_submitted(house: House, told: Any):
    """The figure moved after the correction was written: it is written anew before it goes out (R20)."""
    incident, first, _ = told
    said = {"zh-CN": "约64,000户", "en": "about 64,000"}
    draft = house.alice.corrects(first, said, {"zh-CN": "约46,000户", "en": "about 46,000"})
    house.alice.updates(incident, affected=47_000)

    with pytest.raises(Invalid, match="says 46000"):
        house.alice.submits_draft(draft)


@pytest.mark.parametrize("kind", [CORRECTION, WITHDRAWAL])
def test_a_correction_is_owed_to_each_by_every_channel(house: House, told: Any, kind: Kind):
    """Nobody narrows it to the page: those who had the wrong text by SMS get the right one by SMS (R20)."""
    incident, first, _ = told
    if kind == CORRECTION:
        house.alice.corrects(first, SAID, RIGHT)
    else:
        house.alice.withdraws(first, RIGHT)

    with pytest.raises(Invalid, match="goes by every channel"):
        house.alice.drafts(incident, kind, channels=(Channel.WEB,))


def test_a_second_error_is_corrected_while_the_first_correction_goes_out(house: House, told: Any):
    """Once released, a correction keeps no other error waiting; the same words are still refused."""
    _, first, _ = told
    one = house.alice.submits_draft(house.alice.corrects(first, SAID, RIGHT))
    house.bob.approves(one)
    house.alice.pauses(one)
    with pytest.raises(Conflict, match="is already being taken back"):
        house.alice.corrects(first, SAID, RIGHT)

    other = house.alice.corrects(first, RIGHT, SAID)
    assert ("draft", 2) == (other.state, other.sequence)


def test_a_correction_is_redrafted_by_its_own_number(house: House, told: Any):
    """Two corrections wait and the record moves: each is written again as itself, never as the other."""
    incident, first, second = told
    one = house.alice.submits_draft(house.alice.corrects(first, SAID, RIGHT))
    two = house.alice.submits_draft(house.alice.corrects(second, RIGHT, SAID))
    house.alice.updates(incident, workaround={"zh-CN": "用固话", "en": "use a landline"})
    with pytest.raises(Conflict, match="the record has changed") as refused:
        house.bob.approves(one)
    assert (
        f"tongbao notice draft {incident.reference} correction_notice --notice {one.id}" == refused.value.next
    )
    with pytest.raises(Conflict, match=f"waits: {one.id}, {two.id}"):
        house.alice.drafts(incident, CORRECTION)

    again = house.alice.drafts(incident, CORRECTION, notice_id=one.id)
    assert (first.id, 1, SAID) == (again.corrects, again.sequence, again.said)
    assert ["superseded", "submitted", "draft"] == states(house, incident, CORRECTION)


# withdrawn as a whole


def test_what_was_withdrawn_is_not_corrected(house: House, told: Any):
    """Nothing is left of it that could be right (R20)."""
    incident, first, _ = told
    withdrawal = house.alice.withdraws(first, RIGHT)
    house.alice.tells(incident, WITHDRAWAL)

    with pytest.raises(Conflict, match=f"is withdrawn by notice {withdrawal.id}"):
        house.alice.corrects(first, SAID, RIGHT)


def test_a_withdrawal_takes_the_place_of_a_correction_that_waits(house: House, told: Any):
    """Customers are told once; the withdrawal answers the correction's window too."""
    incident, first, _ = told
    correction = house.alice.corrects(first, SAID, RIGHT)
    withdrawal = house.alice.withdraws(first, RIGHT)
    assert "superseded" == house.notice(correction).state
    assert f"tongbao notice submit {withdrawal.id}" == to_do(house)

    house.alice.tells(incident, WITHDRAWAL)
    assert [("met", "done")] == duties(house, incident, CORRECTION)
    assert [("met", "done")] == duties(house, incident, WITHDRAWAL)
    assert [] == house.audit()


def test_who_is_not_withdrawn_after_all_is_corrected(house: House, told: Any):
    """Taking the withdrawal back brings back the correction that gave way to it, word for word."""
    incident, first, _ = told
    house.alice.corrects(first, SAID, RIGHT)
    house.alice.withdraws(first, RIGHT)

    house.alice.undoes(incident)
    assert ["superseded", "draft"] == states(house, incident, CORRECTION)
    again = house.notices(incident)[-1]
    assert (first.id, 1, SAID, RIGHT) == (again.corrects, again.sequence, again.said, again.right)
    assert "told" == house.alice.tells(incident, CORRECTION).state
    assert [("met", "done")] == duties(house, incident, CORRECTION)


# after the end


@pytest.fixture
def ended(house: House) -> tuple[Incident, Notice]:
    """An incident at level 3 that is closed, and its first notice."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    first = house.alice.tells(incident)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.alice.does_everything(incident)
    house.alice.wraps_up(incident)
    return incident, first


def test_an_error_found_after_the_end_is_told(house: House, ended: Any):
    """The record stays closed; the correction has its own clock, and `next` and the board show it (R20)."""
    incident, first = ended
    house.fast_forward(days=3)
    draft = house.alice.corrects(first, SAID, RIGHT)
    due = house.clock.now() + timedelta(hours=1)
    assert due == house.window(incident, CORRECTION).due_at
    assert f"tongbao notice submit {draft.id}" == to_do(house)
    board = house.app.coordinator.act("read", house.alice.actor, views.board)
    assert [incident.reference] == [one["reference"] for one in board["incidents"]]

    house.alice.tells(incident, CORRECTION)
    assert [("met", "done")] == duties(house, incident, CORRECTION)
    assert "closed" == house.incident(incident).status
    assert [] == house.audit()


def test_an_error_found_after_the_end_and_not_told_is_breached(house: House, ended: Any):
    """A closed record does not hide a missed correction."""
    incident, first = ended
    house.alice.corrects(first, SAID, RIGHT)
    house.fast_forward(hours=1, seconds=1)

    assert [("breached", "owed")] == duties(house, incident, CORRECTION)


def test_a_report_from_before_the_verdict_does_not_close_the_record(house: House):
    """Approved before the last customers were told, it says less than what happened: a new version is owed
    (R32, R35)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    house.alice.updates(incident, result={"zh-CN": "业务已恢复", "en": "service is back"})
    for kind in REPORTS:
        house.bob.passes(house.alice.reports(incident, kind))
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.alice.does_everything(incident)
    command = f"tongbao report submit {incident.reference} --kind handling_report"
    with pytest.raises(Conflict, match="report handling_report is older than the record"):
        house.alice.closes(incident)
    assert command == to_do(house)

    for kind in REPORTS:
        version = house.alice.reports(incident, kind)
        assert f"tongbao approve R{version.id} --as bob" == to_do(house)
        house.bob.passes(version)
    assert "closed" == house.alice.closes(incident).status


def test_a_lesson_asks_for_a_new_summary_only(house: House):
    """Improvements stand in the summary report alone (R38)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    for kind in REPORTS:
        house.bob.passes(house.alice.reports(incident, kind))
    house.alice.updates(incident, improvement={"zh-CN": "每月演练", "en": "rehearse monthly"})

    with house.app.database.transaction() as tx:
        act = Act(tx, house.clock.now(), SYSTEM, house.app.house)
        assert [Kind.SUMMARY_REPORT] == list(outdated(act, tx.incidents.by_id(incident.id)))


def test_a_review_of_the_level_asks_for_the_figure(house: House):
    """Also after the first notice `next` names the command that says how many are hit (AMB-04)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=1, affected=None)
    house.alice.tells(incident)
    house.alice.confirms(incident)
    house.fast_forward(minutes=31)

    assert to_do(house).endswith(f"; tongbao update {incident.reference} --affected N")
    assert 200_000 == house.alice.updates(incident, affected=200_000).affected.count


def test_who_looked_is_shown_in_bounded_lists(house: House):
    """S3: no limit, however wrong, gives out the whole list of look-ups."""
    for account in ("A1", "A2", "A3"):
        house.alice._act("look_up", search.look_up, account, search.Wanted(), 5)

    assert ["A3"] == [one["account"] for one in house.hq._act("look_up", search.looks, -1)["items"]]


def test_the_public_list_has_the_newest_that_told_anything(house: House):
    """An incident that told nothing is not read for it."""
    house.has_customers(both=1)
    quiet = house.alice.opens(level=3)
    first, second = house.alice.opens(level=3), house.alice.opens(level=3)
    for incident in (first, second):
        house.alice.tells(incident)

    with house.app.database.transaction() as tx:
        assert [second.id, first.id] == [one.id for one in tx.incidents.published(50)]
        assert [second.id] == [one.id for one in tx.incidents.published(1)]
    assert quiet.id not in (first.id, second.id)
