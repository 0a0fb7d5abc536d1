"""False alarms, refusals, and recoveries that were none: who was told is told again, old verdicts stay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidents.errors import Conflict, Invalid
from incidents.incident import Incident
from incidents.terms import REPORTS, Kind
from notifications.notice import Notice
from tests.house import START, House


def at(minutes: int):
    return START + timedelta(minutes=minutes)


def test_a_false_alarm_that_nobody_heard_of_lapses(house: House):
    """Nobody was told: the duty lapses, nothing is sent, and nothing is on the board (§4, M18)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=1)
    house.alice.calls_off(incident, {"en": "a probe was wrong"})

    window = house.window(incident, "first_notice")
    assert ("lapsed", "false_alarm", "false_alarm") == (
        window.state,
        window.ended_by,
        house.incident(incident).status,
    )
    house.fast_forward(hours=3)
    assert [] == house.told("sms")
    assert [] == [task for task in house.tasks(incident) if task.owed]
    assert [] == house.audit()


def test_a_false_alarm_is_withdrawn_before_exactly_those_who_were_told(house: House):
    """By the channels that took it, and on the page; what was in flight stops (§4, R20, M18)."""
    house.has_customers(sms=2, email=3)
    incident = house.alice.opens(level=1)
    house.sandbox.dial("twilio", down=1)
    first = house.alice.tells(incident)
    house.fast_forward(minutes=1)

    house.alice.calls_off(incident)
    house.sandbox.calm()
    house.works()

    assert "stopped" == house.notice(first).state
    window = house.window(incident, "withdrawal_notice")
    assert (at(31), "open") == (window.due_at, window.state)
    withdrawal = house.alice.submits_draft([n for n in house.notices(incident) if n.state == "draft"][-1])
    house.bob.approves(withdrawal)
    house.works()

    assert (0, 3) == (len(house.told("sms")), len(house.told("email", withdrawal)))
    assert "met" == house.window(incident, "withdrawal_notice").state
    assert house.notice(withdrawal).page_live_at is not None
    assert "监测探头误报" in house.told("email", withdrawal)[0]["body"]
    assert {"lapsed"} == {w.state for w in house.windows(incident) if w.kind not in ("withdrawal_notice",)}
    assert [] == house.audit()


def hide_pages(house: House) -> None:
    """No page can be written: something is in the way of the public folder."""
    (house.folder / "public").rename(house.folder / "public.away")
    (house.folder / "public").write_text("in the way")


def lost(house: House) -> tuple[Incident, Notice]:
    """An incident whose first notice is with the provider, and nobody knows: the answers are lost, no page is live."""
    house.has_customers(sms=3)
    incident = house.alice.opens(level=1)
    hide_pages(house)
    house.sandbox.dial("twilio", lose_answer=1, lookup=0)
    first = house.alice.tells(incident)
    house.fast_forward(seconds=12)
    assert 0 == house.notice(first).counters.reached
    return incident, first


def test_a_false_alarm_is_withdrawn_before_those_who_may_have_been_told(house: House):
    """The answers were lost: whoever turns out to have the text is owed the withdrawal (§4, I1, M18)."""
    incident, first = lost(house)
    assert 3 == len(house.told("sms", first))

    house.alice.calls_off(incident)
    house.sandbox.calm()
    house.fast_forward(minutes=10)
    assert 3 == house.notice(first).counters.reached
    assert "open" == house.window(incident, "withdrawal_notice").state

    withdrawal = house.alice.tells(incident, Kind.WITHDRAWAL_NOTICE)
    house.fast_forward(minutes=1)
    assert 3 == len(house.told("sms", withdrawal))
    assert [] == house.audit()


def test_what_reached_nobody_after_all_need_not_be_withdrawn(house: House):
    """Nobody knew whether the calls had arrived; they had not: the withdrawal lapses, and no page takes back what never
    stood there (§4, M18)."""
    house.has_customers(sms=3)
    incident = house.alice.opens(level=1)
    hide_pages(house)
    house.sandbox.dial("twilio", status=503, lookup=0)
    first = house.alice.tells(incident)
    house.fast_forward(seconds=12)
    house.alice.calls_off(incident)
    assert "open" == house.window(incident, "withdrawal_notice").state

    house.sandbox.calm()
    house.fast_forward(minutes=20)
    window = house.window(incident, "withdrawal_notice")
    assert ("lapsed", "nobody_had_it") == (window.state, window.ended_by)
    assert ["stopped", "superseded"] == [notice.state for notice in house.notices(incident)]
    assert [] == house.told("sms", first)
    assert [] == house.audit()


def test_what_reached_nobody_is_owed_no_more_after_its_due_either(house: House):
    """Nobody wrote the withdrawal in time: its verdict says what it lacked, and the duty ends once the calls turn out
    not to have arrived, after the program stood still over its due (§4, M18, W09)."""
    house.has_customers(sms=3)
    incident = house.alice.opens(level=1)
    hide_pages(house)
    house.sandbox.dial("twilio", status=503, lookup=0)
    house.alice.tells(incident)
    house.fast_forward(seconds=12)
    house.alice.calls_off(incident)
    house.clock.set(house.clock.now() + timedelta(minutes=45))
    house.sandbox.calm()
    house.fast_forward(minutes=6)

    window = house.window(incident, "withdrawal_notice")
    assert ("breached", "ended", "nobody_had_it") == (window.state, window.duty, window.ended_by)
    assert "superseded" == house.notices(incident)[-1].state
    assert [] == house.audit()


def test_all_that_was_told_is_withdrawn_at_once(house: House):
    """Whoever had any of the notices has the one withdrawal, which names them all (§4)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.fast_forward(minutes=5)
    house.alice.tells(incident, Kind.PROGRESS_UPDATE)
    house.alice.calls_off(incident)
    withdrawal = house.alice.tells(incident, Kind.WITHDRAWAL_NOTICE)

    assert 2 == len(house.told("sms", withdrawal))
    assert "第1-2号通报" in house.told("sms", withdrawal)[0]["body"]
    assert [] == house.audit()


def test_one_withdrawal_tells_what_a_person_had_withdrawn_before(house: House):
    """A person withdraws the first notice, and it turns out that there was nothing: one text takes it back, and nothing
    is owed that nobody may write any more (found by the simulation, seed 233; §4, M18)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    first = house.alice.tells(incident)
    house.alice.withdraws(first, {"zh-CN": "说明", "en": "a note"})
    house.fast_forward(minutes=5)
    house.alice.calls_off(incident)

    assert 2 == len(house.told("sms", house.alice.tells(incident, Kind.WITHDRAWAL_NOTICE)))
    assert ["met", "met"] == [w.state for w in house.windows(incident) if w.kind == "withdrawal_notice"]
    assert [] == house.audit()


def withdrawn_before(house: House) -> tuple[Incident, Notice]:
    """A person had withdrawn the first notice, and then there was nothing."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    first = house.alice.tells(incident)
    house.alice.withdraws(first, {"zh-CN": "说明", "en": "a note"})
    house.alice.tells(incident, Kind.WITHDRAWAL_NOTICE)
    house.fast_forward(minutes=1)
    house.alice.calls_off(incident)
    return incident, first


def test_a_withdrawal_of_before_does_not_tell_the_next(house: House):
    """What was told before the false alarm does not tell what that owes (§4, M18)."""
    incident, _ = withdrawn_before(house)
    house.fast_forward(minutes=25)

    assert ["met", "open"] == [w.state for w in house.windows(incident) if w.kind == "withdrawal_notice"]
    assert [] == house.audit()


def test_what_is_owed_since_a_withdrawal_is_written_anew(house: House):
    """Its draft was stopped, and a withdrawal of before had told nothing of it: a person writes it again, and no duty
    is left that only a waiver could end (§4, M18; found by the simulation, seed 1018869700185)."""
    incident, first = withdrawn_before(house)
    house.alice.stops(house.notices(incident)[-1])
    draft = house.alice.withdraws(first, {"zh-CN": "误报", "en": "a false alarm"})

    house.bob.approves(house.alice.submits_draft(draft))
    house.works()
    assert 4 == len(house.told("sms", draft)) + len(house.told("email", draft))
    assert ["met", "met"] == [w.state for w in house.windows(incident) if w.kind == "withdrawal_notice"]


def test_customers_are_told_why_in_both_languages(house: House):
    """Who was told reads the reason; half of it is refused, and nothing has changed (R20)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)

    with pytest.raises(Invalid, match="zh-CN"):
        house.alice.calls_off(incident, {"en": "a probe was wrong"})
    assert "open" == house.incident(incident).status


def test_a_reason_with_a_figure_that_is_not_on_the_record_is_refused_at_once(house: House):
    """Customers read the reason: what could not be submitted in the half hour of its withdrawal is said now (R20)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)

    with pytest.raises(Invalid, match="7, which is not on the record"):
        house.alice.calls_off(incident, {"zh-CN": "探头 7 误报", "en": "probe 7 was wrong"})
    assert "open" == house.incident(incident).status


def test_a_missed_first_notice_of_a_false_alarm_is_no_longer_owed(house: House):
    """The breach stays for ever; the duty ends, for there is nothing to tell (§1)."""
    incident = house.alice.opens(level=1)
    house.fast_forward(hours=2, seconds=1)
    house.alice.calls_off(incident)

    window = house.window(incident, "first_notice")
    assert ("breached", "ended", "false_alarm") == (window.state, window.duty, window.ended_by)
    assert [] == house.audit()


def test_a_false_alarm_that_was_none_is_taken_back(house: House):
    """Within five minutes, nobody told of it: the first notice has its old due, the tasks are there again (§4)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    owed = {task.step for task in house.tasks(incident) if task.owed}
    house.fast_forward(minutes=10)
    house.alice.calls_off(incident)
    house.fast_forward(minutes=1)
    house.alice.undoes(incident)

    assert (at(120), "open") == (
        house.window(incident, "first_notice", 2).due_at,
        house.window(incident, "first_notice", 2).state,
    )
    assert "open" == house.incident(incident).status
    assert owed == {task.step for task in house.tasks(incident) if task.owed}
    house.alice.tells(incident)
    assert "met" == house.window(incident, "first_notice", 2).state
    assert [] == house.audit()


def test_a_false_alarm_that_was_none_gives_back_what_had_told_too_few(house: House):
    """Three of four numbers were refused, so the duty was open: after the slip it is open as before, with who was
    reached, and breached at its old due (M07, I9; found by the simulation, seed 517)."""
    house.has_customers(sms=4)
    house.sandbox.dial("twilio", refuse_code=21211, refuse_to=[f"+86138{n:08d}" for n in (1, 2, 3)])
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    before = house.window(incident, "first_notice")
    assert ("open", 1, ("too_few_accepted",)) == (before.state, before.coverage.reached, before.causes)
    house.alice.calls_off(incident)
    house.alice.undoes(incident)
    house.works()

    back = house.window(incident, "first_notice", 2)
    assert ("open", before.due_at, 1) == (back.state, back.due_at, back.coverage.reached)
    house.fast_forward(until=back.due_at + timedelta(seconds=1))
    again = house.window(incident, "first_notice", 2)
    assert ("breached", "owed", ("too_few_accepted",)) == (again.state, again.duty, again.causes)
    assert 1 == len(house.told("sms"))


def test_an_undone_waiver_gives_a_withdrawal_back_what_had_told_too_few(house: House):
    """The withdrawal reached one of four: after the slip it is owed with who was reached, as before, and not without
    any notice of it (M07, I9; found by the simulation, seed 349)."""
    house.has_customers(sms=4)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.alice.calls_off(incident)
    house.sandbox.dial("twilio", refuse_code=21211, refuse_to=[f"+86138{n:08d}" for n in (1, 2, 3)])
    house.alice.tells(incident, Kind.WITHDRAWAL_NOTICE)
    before = house.window(incident, "withdrawal_notice")
    assert ("open", 1, ("too_few_accepted",)) == (before.state, before.coverage.reached, before.causes)
    house.alice.waives(before)
    house.alice.undoes(incident)
    house.works()

    back = house.window(incident, "withdrawal_notice", 2)
    assert ("open", before.due_at, 1) == (back.state, back.due_at, back.coverage.reached)
    assert [] == house.audit()


def test_a_false_alarm_that_was_none_tells_those_whom_it_stopped(house: House):
    """SMS was down when the alarm was called false: who had the e-mail is not told again, the others are (M07, I6)."""
    house.has_customers(email=2, sms=2)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.calls_off(incident)
    house.alice.undoes(incident)
    house.sandbox.calm()
    house.alice.tells(incident)
    house.works()

    assert "met" == house.window(incident, "first_notice", 2).state
    assert (2, 2) == (len(house.told("sms")), len(house.told("email")))


def test_what_waits_for_confirmation_is_refused(house: House):
    """A person refuses to make an incident of it: its clock has run, and lapses (AMB-15, R41, M18)."""
    incident = house.alice.opens(level=2, confirmed=False)
    house.hq.rejects(incident, {"zh-CN": "计划割接"})

    assert ("rejected", "lapsed") == (
        house.incident(incident).status,
        house.window(incident, "first_notice").state,
    )
    with pytest.raises(Conflict):
        house.alice.rejects(house.alice.opens(level=2))
    assert [] == house.audit()


def test_reopened_after_the_recovery_was_told(house: House):
    """Correction owed to those who were told of the end, the cadence resumes, old verdicts stay (§4, M17)."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(minutes=30)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    before = [(w.kind, w.state, w.due_at) for w in house.windows(incident)]
    house.fast_forward(minutes=15)

    house.alice.reopens(incident)

    found = house.incident(incident)
    assert ("responding", None, None) == (found.status, found.restored_at, found.resolved_at)
    assert before == [(w.kind, w.state, w.due_at) for w in house.windows(incident)][: len(before)]
    assert at(75) == house.window(incident, "correction_notice").due_at
    assert at(165) == house.window(incident, "progress_update").due_at
    correction = house.alice.tells(incident, Kind.CORRECTION_NOTICE)
    assert (3, 3) == (len(house.told("sms", correction)), len(house.told("email", correction)))
    assert "met" == house.window(incident, "correction_notice").state
    assert {"lapsed"} == {house.report_window(incident, kind).state for kind in REPORTS}

    house.fast_forward(minutes=30)
    entry = house.alice.tells(incident, Kind.PROGRESS_UPDATE)
    assert entry.page_live_at == house.window(incident, "progress_update").started_at
    house.alice.resolves(incident)
    last = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    assert ("met", 3) == (house.window(incident, "resolution_notice", 2).state, len(house.told("sms", last)))
    assert [] == house.audit()


def test_what_told_the_end_that_was_none_does_not_tell_the_next_end(house: House):
    """After a reopening the end is owed anew, and only a notice that knows of it tells it (found by the simulation,
    seed 557)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.fast_forward(minutes=10)
    house.alice.reopens(incident)
    house.fast_forward(minutes=10)
    house.alice.resolves(incident)

    house.fast_forward(minutes=59)
    assert ("open", None) == (
        house.window(incident, "resolution_notice", 2).state,
        house.window(incident, "resolution_notice", 2).told_at,
    )
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    assert "met" == house.window(incident, "resolution_notice", 2).state


def test_reopened_before_the_recovery_was_told(house: House):
    """The resolution duty lapses, no correction is owed, progress and a material update are (§4, M17)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(minutes=30)
    house.alice.resolves(incident)
    house.fast_forward(minutes=6)
    house.alice.reopens(incident)

    resolution = house.window(incident, "resolution_notice")
    assert ("lapsed", "reopened") == (resolution.state, resolution.ended_by)
    assert {"material_update", "progress_update"} == {w.kind for w in house.windows(incident) if w.owed}
    assert [] == house.audit()


def test_reopened_after_a_waiver_with_customers_untold(house: House):
    """Waived, resolved, reopened: the first notice is owed again, with at least thirty minutes (§4, M07)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.alice.resolves(incident)
    house.alice.waives(house.window(incident, "first_notice"))
    house.fast_forward(minutes=230)

    house.alice.reopens(incident)

    again = house.window(incident, "first_notice", 2)
    assert (at(260), at(240)) == (again.due_at, again.strict_due_at)
    house.alice.tells(incident)
    assert "met" == house.window(incident, "first_notice", 2).state
    assert [] == house.audit()


def test_a_slip_of_reopening_is_taken_back(house: House):
    """Undo: resolved as before, the resolution duty has its old due again (§4)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(minutes=30)
    house.alice.resolves(incident)
    house.fast_forward(minutes=6)
    before = house.incident(incident)
    house.alice.reopens(incident)
    house.fast_forward(minutes=1)
    house.alice.undoes(incident)

    assert before == house.incident(incident)
    assert (at(90), "open") == (
        house.window(incident, "resolution_notice", 2).due_at,
        house.window(incident, "resolution_notice", 2).state,
    )
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    assert [] == house.audit()


def test_a_closed_record_is_reopened(house: House):
    """Closing is not for ever; every report is owed again after the new end (§4, R34)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.alice.does_everything(incident)
    house.alice.reviews(incident)
    house.alice.closes(house.incident(incident))
    house.fast_forward(minutes=10)

    house.alice.reopens(incident)

    assert ("responding", None) == (house.incident(incident).status, house.incident(incident).closed_at)
    assert [] == house.audit()
