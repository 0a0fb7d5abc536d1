"""An ordinary complaint is its complainant's alone, until it is promoted (windows.md §1-3; AMB-14, R15, R40)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from coordinator import complaints, holding, incidents, steps
from coordinator.changes import Changes
from coordinator.complaints import CONDITIONS, Complaint
from incidents.effects import Opening
from incidents.errors import Conflict, Invalid, NotFound, TongbaoError
from incidents.incident import Incident
from incidents.terms import IncidentType, Kind, Status
from tests.house import START, House, Person
from windows.window import Window

HOURS_4 = START + timedelta(hours=4)
COMPLAINANT = "A000001"
DONE = {"zh-CN": "已更换光猫", "en": "the modem was replaced"}


@pytest.fixture(autouse=True)
def customers(house: House) -> None:
    """The first one complains; the others know nothing of it."""
    house.has_customers(both=1)
    house.has_customers(sms=4)


def complains(house: House, at: datetime | None = None, **facts: Any) -> Incident:
    complaint = Complaint(facts.pop("account", COMPLAINANT), "no signal at home", at=at, **facts)
    return house.alice._act("open", complaints.add, complaint)


def tells(house: House, case: Incident, kind: Kind = Kind.FIRST_NOTICE) -> None:
    house.alice.submits(case, kind)
    house.fast_forward(minutes=1)


def promotes(who: Person, case: Incident, into: str = "", **facts: Any) -> Incident:
    """Promoted; the incident that it went into."""
    values = {"title": "", "level": 2, "areas": (), "services": (), "affected": 46_000, **facts}
    wider = Opening(
        type=IncidentType.COMPLAINT_ESCALATION,
        onset_at=None,
        aware_at=None,
        cause={},
        source="person",
        **values,
    )
    asked = ("service_quality", None if into else wider, into)
    gone = who._act("open", complaints.promote, case.reference, *asked)
    with who.house.app.database.transaction() as tx:
        return tx.incidents.by_id(tx.incidents.by_id(gone.id).merged_into or 0)


def first(house: House, incident: Incident) -> Window:
    return house.window(incident, Kind.FIRST_NOTICE)


def test_one_person_is_owed_a_word_within_four_hours_and_no_page(house: House):
    """4 h from the complaint, told when that person is reached; nobody else hears, no page shows it (M31)."""
    case = complains(house, at=START - timedelta(minutes=30))

    window = first(house, case)
    assert ("complainant", 3, HOURS_4 - timedelta(minutes=30)) == (window.audience, case.level, window.due_at)
    tells(house, case)

    window = first(house, case)
    assert ("met", "done", 1, None) == (
        window.state,
        window.duty,
        window.coverage.reached,
        window.coverage.page_live_at,
    )
    [sms] = house.told("sms")
    assert ("+8613800000001", True, []) == (sms["to"], "您关于" in sms["body"], house.told("email"))
    assert [] == [item for item in house.sandbox.ledger() if item["channel"] == "web"]


def test_it_owes_how_it_ended_and_its_file_and_nothing_else(house: House):
    """Its end is owed in 2 h to the complainant; no cadence, no report, no playbook (§2, AMB-14, AMB-25)."""
    case = complains(house)
    tells(house, case)
    house.alice.updates(case, action=DONE)
    house.alice.restores(case)
    house.alice.resolves(case)

    assert ["first_notice", "resolution_notice"] == [w.kind for w in house.every_window(case)]
    end = house.window(case, Kind.RESOLUTION_NOTICE)
    assert timedelta(hours=2) == end.due_at - end.started_at
    tells(house, case, Kind.RESOLUTION_NOTICE)
    house.alice.updates(case, result=DONE)
    assert ("met", Status.CLOSED) == (
        house.window(case, Kind.RESOLUTION_NOTICE).state,
        house.alice.closes(case).status,
    )
    assert [True, True] == ["您关于" in item["body"] for item in house.told("sms")]
    assert "已更换光猫" in house.told("sms")[-1]["body"]
    assert ["archive"] == [w.kind for w in house.every_window(case) if w.owed]


def test_resolved_before_anybody_wrote_it_is_told_in_one_word(house: House):
    """One notice tells both, at the due of the first (M16)."""
    case = complains(house)
    house.alice.resolves(case)
    house.alice.submits(case)
    house.fast_forward(minutes=1)

    assert ["met"] == [w.state for w in house.windows(case)]
    assert 1 == len(house.told("sms"))
    assert "已处理完毕" in house.told("sms")[0]["body"]


def test_silence_is_a_breach_and_stays_owed(house: House):
    """Nobody writes: breached at four hours, owed until told; no progress duty follows (§1, §2)."""
    case = complains(house)
    house.fast_forward(hours=5)
    assert [("first_notice", "breached", "owed")] == [(w.kind, w.state, w.duty) for w in house.windows(case)]
    tells(house, case)
    assert ("breached", "done") == (first(house, case).state, first(house, case).duty)


def test_whom_no_channel_reaches_is_called(house: House):
    """All numbers refused: open with its cause; a person calls and says so (§3)."""
    house.has_customers(nothing=1)
    case = complains(house, account="A000006")
    tells(house, case)
    window = first(house, case)
    assert ("open", "owed", 1) == (window.state, window.duty, window.coverage.impossible)

    told = house.fulfils(window, "phone", "call 4711")
    assert ("met", "done", "person") == (told.state, told.duty, told.basis)


def test_a_call_needs_no_word_beside_it(house: House):
    """Who was called before anybody wrote: the draft that waited is nobody's any more (R10)."""
    case = complains(house)
    house.fulfils(first(house, case), "phone", "call 4711")
    assert ["superseded"] == [n.state for n in house.notices(case)]


def test_a_wrong_word_is_corrected_to_that_person(house: House):
    """A correction goes to who was told, with no page (§2)."""
    case = complains(house)
    tells(house, case)
    [notice] = house.notices(case)
    wrong = {"zh-CN": "已更换光猫", "en": "replaced"}
    house.alice.submits_draft(
        house.alice.corrects(notice, wrong, {"zh-CN": "尚未更换", "en": "not replaced yet"})
    )
    house.fast_forward(minutes=1)
    assert ("met", 2) == (house.window(case, Kind.CORRECTION_NOTICE).state, len(house.told("sms")))
    assert "更正" in house.told("sms")[-1]["body"]


@pytest.mark.parametrize("because", CONDITIONS)
def test_each_condition_promotes_it(house: House, because: str):
    """R40: quality of service, a change of policy, several departments; R44 and R45 give the class."""
    case = complains(house)
    wider = Opening(
        type=IncidentType.COMPLAINT_ESCALATION,
        level=None,
        title="",
        areas=(),
        services=(),
        onset_at=None,
        aware_at=None,
        cause={},
        source="person",
        affected=None,
    )
    house.alice._act("open", complaints.promote, case.reference, because, wider)
    with house.app.database.transaction() as tx:
        [opened] = tx.incidents.all()
    assert (2, "complaint_escalation", CONDITIONS[because]) == (opened.level, opened.type, opened.complaint)
    assert Status.MERGED == house.incident(case).status


def test_promoted_everybody_is_told_and_the_complainant_with_them(house: House):
    """The duty goes over: lapsed as merged, and one window of the incident from the complaint's instant (M32, R40)."""
    case = complains(house)
    house.fast_forward(minutes=20)
    opened = promotes(house.alice, case)

    assert ("lapsed", "merged") == (first(house, case).state, first(house, case).ended_by)
    window = first(house, opened)
    assert ("customers", START, START + timedelta(hours=2)) == (
        window.audience,
        window.started_at,
        window.due_at,
    )
    house.alice.tells(opened)
    assert ("met", 5) == (first(house, opened).state, first(house, opened).coverage.reached)
    assert 5 == len(house.told("sms"))


def test_who_was_told_as_complainant_is_not_told_the_same_again(house: House):
    """Told people are read across the family (M13): four others, and the end goes to all five."""
    case = complains(house)
    tells(house, case)
    opened = promotes(house.alice, case)
    notice = house.alice.tells(opened)
    assert (4, "met") == (len(house.told("sms", notice)), first(house, opened).state)

    house.fast_forward(minutes=1)
    house.alice.resolves(opened)
    end = house.bob.approves(house.alice.submits(opened, Kind.RESOLUTION_NOTICE))
    house.fast_forward(minutes=1)
    assert 5 == len(house.told("sms", end))


def test_promoted_late_the_new_duty_leaves_half_an_hour(house: House):
    """M32, owed because the level rose: due = max(start + length, change + 30 min), no more (§2, §4)."""
    case = complains(house)
    house.fast_forward(hours=3)
    opened = promotes(house.alice, case)
    assert START + timedelta(hours=3, minutes=30) == first(house, opened).due_at


def test_it_joins_the_incident_that_is_running(house: House):
    """Attached to an open one for the same trouble: that takes the earlier awareness (R40, AMB-05)."""
    case = complains(house)
    house.fast_forward(minutes=10)
    running = house.alice.opens(level=2)
    assert running.reference == promotes(house.alice, case, into=running.reference).reference
    assert (START, ("ZZ0101",)) == (house.incident(running).aware_at, house.incident(running).areas)


def test_the_same_complaint_is_put_on_the_record_once(house: House):
    """Its number elsewhere is its key; a case that is not there names the next step."""
    case = complains(house, link="WO-17")
    with pytest.raises(Conflict, match=f"WO-17 is {case.reference} already"):
        complains(house, link="WO-17")
    with pytest.raises(NotFound, match="no customer B1 in the directory"):
        complains(house, account="B1")
    with pytest.raises(Invalid, match="in the future"):
        complains(house, at=START + timedelta(minutes=1))
    assert 1 == len(cases(house))
    house.alice.calls_off(case)
    assert case.id != complains(house, link="WO-17").id


def cases(house: House) -> list[Incident]:
    with house.app.database.transaction() as tx:
        return tx.incidents.cases()


@pytest.mark.parametrize(
    "act",
    [
        lambda house, case: house.alice.raises(case, 1),
        lambda house, case: house.alice.updates(case, areas=("ZZ0102",)),
        lambda house, case: house.alice.updates(case, affected=9_000),
        lambda house, case: house.alice.splits(case, "ZZ0101"),
        lambda house, case: house.alice.merges(house.alice.opens(), case),
        lambda house, case: house.alice.drafts(case, Kind.PROGRESS_UPDATE),
        lambda house, case: house.bob._act(
            "stop", holding.hold, first(house, case).id, "the cause is another"
        ),
    ],
)
def test_what_concerns_more_than_one_person_is_asked_of_an_incident(house: House, act: Any):
    """Nothing widens a case but promoting it, and every refusal says how."""
    case = complains(house)
    tells(house, case)
    with pytest.raises(TongbaoError) as refused:
        act(house, case)
    assert (True, {case.areas}) == ("ordinary complaint" in str(refused.value), {house.incident(case).areas})


def test_its_district_has_it_and_no_list_of_incidents_shows_it(house: House):
    """It lands with the complainant's district (R15); what lists incidents is not flooded (AMB-14)."""
    case = complains(house)
    assert "ZZ-D0101" == house.incident(case).org_unit
    with house.app.database.transaction() as tx:
        assert ([], [case.reference], []) == (
            tx.incidents.all(),
            [one.reference for one in tx.incidents.cases()],
            tx.incidents.published(10),
        )


def test_facts_of_the_one_complaint_are_put_on_its_record(house: House):
    """Cause, measures and words may change; nothing is owed for it (§2)."""
    case = complains(house)
    tells(house, case)
    changes = Changes(cause=DONE, cause_status="confirmed", action=DONE)
    house.alice._act("update", incidents.update, case.reference, changes)
    assert ["first_notice"] == [w.kind for w in house.every_window(case)]


def test_whom_no_word_can_reach_is_what_to_do_next(house: House):
    """Opted out or without an address: the notice is through, and `next` says to call, of the first word and of the
    end (§3, §8)."""
    house.has_customers(opted_out=True, sms=1)
    case = complains(house, account="A000006")
    for kind in (Kind.FIRST_NOTICE, Kind.RESOLUTION_NOTICE):
        tells(house, case, kind)
        window = house.window(case, kind)
        assert ("told", f"tongbao fulfil {window.id} --how phone --evidence '…'") == (
            house.notices(case)[-1].state,
            comes_next(house, case),
        )
        house.fulfils(window, "phone", "call 4711")
        house.alice.resolves(case) if kind == Kind.FIRST_NOTICE else None


def comes_next(house: House, case: Incident) -> str:
    now = house.incident(case)
    return house.alice._act("read", lambda act: (steps.following(act, [now]).command, []))


def on_public_pages(house: House, words: str) -> list[str]:
    files = [path for path in (house.folder / "public").rglob("*") if path.is_file()]
    return [path.name for path in files if words in f"{path} {path.read_text(errors='replace')}"]


def test_a_word_that_was_stopped_leaves_no_page_when_it_is_promoted(house: House):
    """Its reference and its short address are on no public page, not even as what leads to the incident (AMB-14)."""
    case = complains(house)
    house.alice.stops(house.alice.submits(case))
    house.alice.tells(promotes(house.alice, case))
    assert [] == on_public_pages(house, case.reference)
    assert [] == [
        path.name for path in (house.folder / "public" / "s").iterdir() if path.name == str(case.id)
    ]


def test_a_wrong_word_is_corrected_to_that_person_after_it_is_promoted_too(house: House):
    """What one person was told of their own trouble is corrected by the complaint itself, on no page (AMB-14)."""
    case = complains(house)
    tells(house, case)
    opened = promotes(house.alice, case)
    house.alice.tells(opened)
    [notice, *_] = house.notices(case)
    right = {"zh-CN": "尚未更换", "en": "not replaced yet"}
    house.alice.submits_draft(house.alice.corrects(notice, DONE, right))
    house.fast_forward(minutes=1)

    window = house.window(case, Kind.CORRECTION_NOTICE)
    assert ("complainant", "met", 1) == (window.audience, window.state, window.coverage.reached)
    assert ("+8613800000001", True) == (
        house.told("sms")[-1]["to"],
        "尚未更换" in house.told("sms")[-1]["body"],
    )
    assert ([], []) == (on_public_pages(house, "尚未更换"), on_public_pages(house, case.reference))


def test_the_withdrawal_of_what_it_went_into_names_no_complaint(house: House):
    """The incident was none: the complainant hears so, and neither text nor page has the complaint's reference."""
    case = complains(house)
    tells(house, case)
    opened = promotes(house.alice, case)
    house.alice.calls_off(opened)
    end = house.bob.approves(house.alice.submits(opened, Kind.WITHDRAWAL_NOTICE))
    house.fast_forward(minutes=1)
    [sms] = house.told("sms", end)
    assert (False, []) == ("CASE" in sms["body"], on_public_pages(house, case.reference))


@pytest.mark.parametrize("told", [True, False])
def test_an_incident_that_a_complaint_went_into_is_split_by_area(house: House, told: bool):
    """The complainant goes with the part where they live: told once of the outage, or not at all when they were told as
    the complainant, and of its end by their part alone (§4)."""
    house.has_customers(sms=1, area="ZZ0102")
    case = complains(house, account="A000006")
    if told:
        tells(house, case)
    running = promotes(house.alice, case, areas=("ZZ0101", "ZZ0102"))
    part = house.alice.splits(running, "ZZ0102")
    notices = [house.alice.tells(one) for one in (running, part)]
    house.fast_forward(minutes=1)
    assert [5, 0 if told else 1] == [len(house.told("sms", one)) for one in notices]
    assert ["met", "met"] == [first(house, one).state for one in (running, part)]
    house.alice.resolves(part)
    house.bob.approves(house.alice.submits(part, Kind.RESOLUTION_NOTICE))
    house.fast_forward(minutes=1)
    words = [sms["body"] for sms in house.told("sms") if sms["to"] == "+8613800000006"]
    assert 2 == len(words)
    assert told == ("您关于" in words[0])


def test_who_complains_from_elsewhere_stays_with_what_they_complained_of(house: House):
    """A list is of use where no area finds the complainant: there it is not divided, elsewhere it stays (§4)."""
    house.has_customers(sms=1, area="ZZ0201")
    case = complains(house, account="A000006")
    running = house.alice.opens(level=2)
    running = house.alice.updates(running, areas=("ZZ0101", "ZZ0102"))
    promotes(house.alice, case, into=running.reference)
    house.alice.splits(running, "ZZ0102")
    notice = house.alice.tells(running)
    assert "+8613800000006" in [sms["to"] for sms in house.told("sms", notice)]


def test_a_false_alarm_leaves_what_a_complaint_corrects_of_its_own(house: House):
    """The incident was none, and the complaint still owes its own correction: its draft waits, and tells it."""
    case = complains(house)
    tells(house, case)
    opened = promotes(house.alice, case)
    [notice, *_] = house.notices(case)
    draft = house.alice.corrects(notice, DONE, {"zh-CN": "尚未更换", "en": "not replaced yet"})
    house.alice.calls_off(opened)
    assert ("draft", "owed") == (house.notice(draft).state, house.window(case, Kind.CORRECTION_NOTICE).duty)
    house.alice.submits_draft(draft)
    house.fast_forward(minutes=1)
    assert ("met", "done") == (
        house.window(case, Kind.CORRECTION_NOTICE).state,
        house.window(case, Kind.CORRECTION_NOTICE).duty,
    )


def test_what_was_waived_and_is_owed_again_is_owed_to_the_complainant_alone(house: House):
    """Reopened after a waiver, untold: the next sequence is the complainant's too, and needs no page (§4, M31)."""
    case = complains(house)
    house.alice.waives(first(house, case))
    house.fast_forward(minutes=1)
    house.alice.resolves(case)
    house.fast_forward(minutes=1)
    house.alice.reopens(case)
    again = first(house, case)
    assert ("complainant", "owed", 2) == (again.audience, again.duty, again.sequence)
    tells(house, case)
    assert "met" == first(house, case).state


def test_a_missed_end_that_nobody_could_be_written_says_what_was_missing(house: House):
    """Called, since no number works, and nobody called about the end: its breach has a cause (§1, §3, I10)."""
    house.has_customers(nothing=1)
    case = complains(house, account="A000006")
    tells(house, case)
    house.fulfils(first(house, case), "phone", "call 4711")
    house.alice.resolves(case)
    tells(house, case, Kind.RESOLUTION_NOTICE)
    house.fast_forward(hours=2)

    end = house.window(case, Kind.RESOLUTION_NOTICE)
    assert ("breached", "owed", ("too_few_accepted",)) == (end.state, end.duty, end.causes)


@pytest.mark.parametrize("stopped", [False, True])
def test_who_was_only_called_is_told_of_the_outage_that_it_was(house: House, stopped: bool):
    """Told by a call, also where a word was written and stopped, promoted into an incident whose first notice is out:
    who lives elsewhere joins it, and is in its audience for the end (M11, M32; found by the simulation, seed 20303)."""
    house.has_customers(sms=1, area="ZZ0201")
    running = house.alice.opens(level=2)
    house.alice.tells(running)
    case = complains(house, account="A000006")
    if stopped:
        house.alice.stops(house.alice.submits(case))
    house.fulfils(first(house, case), "phone", "call 4711")
    promotes(house.alice, case, into=running.reference)

    window = first(house, running)
    assert (2, "owed") == (window.sequence, window.duty)
    notice = house.alice.tells(running)
    assert ["+8613800000006"] == [sms["to"] for sms in house.told("sms", notice)]


def test_who_was_called_and_lives_there_was_told_with_everybody(house: House):
    """Their area was told already: nothing more is owed (M32)."""
    running = house.alice.opens(level=2)
    house.alice.tells(running)
    case = complains(house)
    house.fulfils(first(house, case), "phone", "call 4711")
    promotes(house.alice, case, into=running.reference)
    assert [1] == [w.sequence for w in house.every_window(running) if w.kind == Kind.FIRST_NOTICE]


def test_a_word_that_reached_nobody_is_no_notice_in_time(house: House):
    """Its notice had no page entry and told nobody: after the promotion people are alarmed, and the holding notice
    makes the page (I27, I28; windows.md §6)."""
    house.has_holding_texts()
    house.has_customers(nothing=1)
    case = complains(house, account="A000006", at=START - timedelta(hours=5))
    tells(house, case)
    running = house.alice.opens(level=2)
    house.alice.tells(running)
    promotes(house.alice, case, into=running.reference)
    window = first(house, running)
    house.fast_forward(hours=1)

    held = [n for n in house.notices(running) if n.holding]
    alarmed = [e.data["window"] for e in house.entries(running) if e.kind == "forecast_alarm"]
    assert (2, [window.id], True) == (window.sequence, [n.window for n in held], window.id in alarmed)
