"""More people are hit than the first notice was written for (windows.md, "audience grows"; R53)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coordinator import audiences, notices
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import Kind
from tests.house import START, House

ELSEWHERE = "ZZ0201"


def uploads(house: House, incident: Incident, *accounts: str) -> None:
    act, alice = house.app.coordinator.act, house.alice.actor
    upload = act("update", alice, audiences.begin_upload, incident.reference, False)
    act("update", alice, audiences.add_accounts, upload.id, list(accounts))
    act("update", alice, audiences.finish_upload, upload.id)


def numbers(house: House) -> list[str]:
    return sorted(sent["to"] for sent in house.told("sms"))


def at(minutes: int):
    return START + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("level", "after", "due"), [(2, 10, 120), (2, 100, 130), (3, 30, 240), (3, 200, 260), (1, 119, 149)]
)
def test_who_joins_is_owed_a_first_notice_of_their_own(house: House, level: int, after: int, due: int):
    """Due at the first's due, or a material update's length after they joined, whichever is later (M11)."""
    house.has_customers(sms=2)
    house.has_customers(sms=1, area=ELSEWHERE)
    incident = house.alice.opens(level=level)
    house.alice.tells(incident)
    house.fast_forward(minutes=after)
    uploads(house, incident, "A000003")

    assert ["met", "open"] == [w.state for w in house.windows(incident) if w.kind == "first_notice"]
    window = house.window(incident, "first_notice", 2)
    assert (at(after), at(due), at(due)) == (window.started_at, window.due_at, window.strict_due_at)


def test_only_those_who_joined_get_the_second_first_notice(house: House):
    """Nobody is told twice, and both duties are met by their own notice (I9)."""
    house.has_customers(sms=2)
    house.has_customers(sms=2, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    before = numbers(house)
    house.fast_forward(minutes=20)
    house.alice.updates(incident, areas=("ZZ0101", ELSEWHERE))
    again = house.alice.tells(incident)

    assert (2, 2) == (again.audience_size, again.sequence)
    assert 4 == len(numbers(house))
    assert 4 == len(set(numbers(house)))
    assert set(before) < set(numbers(house))
    assert ["met", "met"] == [w.state for w in house.windows(incident) if w.kind == "first_notice"]
    assert [] == house.audit()


def test_the_others_get_the_update(house: House):
    """A wider area is a material change to those who were told before (M11)."""
    house.has_customers(sms=1)
    house.has_customers(sms=1, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.updates(incident, areas=("ZZ0101", ELSEWHERE))

    assert "open" == house.window(incident, "material_update").state
    house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    assert "met" == house.window(incident, "material_update").state


def test_an_impact_that_becomes_known_is_growth(house: House):
    """The page alone told it; the customers found later are owed their notice (§4, AMB-23)."""
    house.has_customers(sms=3)
    incident = house.alice.opens(level=2, area="", services=())
    house.alice.tells(incident)
    assert ("met", []) == (house.window(incident, "first_notice").state, numbers(house))

    house.fast_forward(minutes=5)
    house.alice.updates(incident, areas=("ZZ0101",), services=("mobile",))
    house.alice.tells(incident)
    assert 3 == len(numbers(house))
    assert ["met", "met"] == [w.state for w in house.windows(incident) if w.kind == "first_notice"]


def test_further_people_join_the_notice_that_is_not_submitted_yet(house: House):
    """One window takes along whom it still can; after its submission there is another."""
    house.has_customers(sms=1)
    house.has_customers(sms=3, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    uploads(house, incident, "A000002")
    uploads(house, incident, "A000003")
    assert 2 == len([w for w in house.windows(incident) if w.kind == "first_notice"])
    assert 2 == house.alice.tells(incident).audience_size

    uploads(house, incident, "A000004")
    assert 1 == house.alice.tells(incident).audience_size
    assert ["met"] * 3 == [w.state for w in house.windows(incident) if w.kind == "first_notice"]
    assert 4 == len(set(numbers(house)))
    assert [] == house.audit()


def test_who_joins_while_it_waits_for_approval_is_not_forgotten(house: House):
    """The second person cannot release an audience that has grown; the new draft takes everybody along (M10)."""
    house.has_customers(sms=1)
    house.has_customers(sms=1, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    submitted = house.alice.submits(incident)
    uploads(house, incident, "A000002")

    with pytest.raises(Conflict, match="more people are hit"):
        house.bob.approves(submitted)
    assert 2 == house.alice.tells(incident).audience_size
    assert ["met"] == [w.state for w in house.windows(incident) if w.kind == "first_notice"]


def test_who_joined_and_was_never_told_before_the_end_gets_both_in_one(house: House):
    """Resolved before they were told: their notice says that it was, and that it is over; the others get theirs."""
    house.has_customers(sms=1)
    house.has_customers(sms=1, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    uploads(house, incident, "A000002")
    house.alice.resolves(incident)
    late = house.alice.tells(incident, Kind.FIRST_NOTICE)
    over = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    assert (1, 1) == (late.audience_size, over.audience_size)
    assert "恢复" in house.told("sms", late)[0]["body"]
    assert ["met", "met"] == [w.state for w in house.windows(incident) if w.kind == "first_notice"]
    assert "met" == house.window(incident, "resolution_notice").state
    assert [] == house.audit()


def test_who_joined_and_was_not_told_in_time_is_a_breach(house: House):
    """The duty to them ends like any other: breached with its cause, and owed until it is done."""
    house.has_customers(sms=1)
    house.has_customers(sms=1, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    uploads(house, incident, "A000002")
    house.fast_forward(minutes=121)

    window = house.window(incident, "first_notice", 2)
    assert ("breached", "owed", ("no_approval",)) == (window.state, window.duty, window.causes)
    house.alice.tells(incident)
    assert ("breached", "done") == (lambda w: (w.state, w.duty))(house.window(incident, "first_notice", 2))


def test_a_list_of_people_who_were_told_owes_nothing(house: House):
    """Accounts that the first notice had already are no growth."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    uploads(house, incident, "A000001", "A000002")
    assert 1 == len([w for w in house.windows(incident) if w.kind == "first_notice"])


def test_a_refusal_after_the_first_notice_counts_for_the_next(house: House):
    """Who has refused service notices meanwhile gets no further one; the page tells them (AMB-23)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.writes_raw("UPDATE customers SET service_opt_out = 1 WHERE account = 'A000001'")
    house.alice.resolves(incident)
    over = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    assert ["+8613800000002"] == [sent["to"] for sent in house.told("sms", over)]
    assert {"reached": 1, "impossible": 1} == house.answers(over)
    assert "met" == house.window(incident, "resolution_notice").state


def test_the_preview_counts_whom_the_submission_freezes(house: House):
    """A number to type into --expect is that of the very audience, for every kind (R53)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2)
    for kind in (Kind.FIRST_NOTICE, Kind.PROGRESS_UPDATE, Kind.RESOLUTION_NOTICE):
        if kind == Kind.RESOLUTION_NOTICE:
            house.has_customers(sms=3, area=ELSEWHERE)
            house.alice.resolves(incident)
        draft = house.alice.drafts(incident, kind)
        _, _, seen = house.app.coordinator.act("read", house.alice.actor, notices.preview, draft.id)
        assert seen == house.alice.tells(incident, kind).audience_size


@pytest.mark.parametrize("grown_first", [False, True])
def test_what_was_stopped_is_written_again_beside_the_notice_of_who_joined(house: House, grown_first: bool):
    """Whichever came first, each window can be told by a draft of its own; nobody is forgotten, nobody told twice (I9,
    M11)."""
    house.has_customers(sms=5)
    house.has_customers(sms=7, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    going = house.bob.approves(house.alice.submits(incident))
    if not grown_first:
        house.alice.stops(going)
    house.alice.updates(incident, areas=("ZZ0101", ELSEWHERE))
    if grown_first:
        house.alice.stops(going)

    while any(w.kind == "first_notice" and w.owed for w in house.windows(incident)):
        house.alice.tells(incident)

    assert {"met"} == {w.state for w in house.windows(incident) if w.kind == "first_notice"}
    assert (12, 12) == (len(numbers(house)), len(set(numbers(house))))
    with pytest.raises(Conflict, match="is released already"):
        house.alice.drafts(incident, Kind.FIRST_NOTICE)
    assert [] == house.audit()


def test_each_window_has_its_own_draft_and_its_own_people(house: House):
    """The oldest window is written for first; who joined is in the second notice alone (M11)."""
    house.has_customers(sms=5)
    house.has_customers(sms=7, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    going = house.bob.approves(house.alice.submits(incident))
    house.alice.updates(incident, areas=("ZZ0101", ELSEWHERE))
    house.alice.stops(going)

    told = [house.alice.tells(incident), house.alice.tells(incident)]

    assert [(0, 5), (2, 7)] == [(n.sequence, n.audience_size) for n in told]


def test_who_joined_is_written_to_again_when_their_notice_was_stopped(house: House):
    """What a stopped notice told nobody is told by the next one of the same window (I9, M11)."""
    house.has_customers(sms=2)
    house.has_customers(sms=3, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.updates(incident, areas=("ZZ0101", ELSEWHERE))
    house.alice.stops(house.bob.approves(house.alice.submits(incident)))

    again = house.alice.tells(incident)

    assert (2, 3) == (again.sequence, again.audience_size)
    assert ["met", "met"] == [w.state for w in house.windows(incident) if w.kind == "first_notice"]
    assert 5 == len(set(numbers(house)))


def test_next_never_repeats_a_command_that_is_refused(house: House):
    """While the first notice waits for a second person the draft of who joined goes on (M11, `tongbao next`)."""
    house.has_customers(sms=2)
    house.has_customers(sms=3, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    going = house.bob.approves(house.alice.submits(incident))
    house.alice.updates(incident, areas=("ZZ0101", ELSEWHERE))
    house.alice.stops(going)
    first = house.alice.submits(incident)
    theirs = house.alice.submits(incident)

    assert [0, 2] == [first.sequence, theirs.sequence]
    house.bob.approves(theirs)
    house.bob.approves(first)
    house.works()
    assert ["met", "met"] == [w.state for w in house.windows(incident) if w.kind == "first_notice"]
    assert (5, 5) == (len(numbers(house)), len(set(numbers(house))))


def over_in_one_text_and_back(house: House) -> Incident:
    """Two people heard of outage and end in one text, and the outage comes back."""
    house.has_customers(sms=2)
    house.has_customers(sms=3, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    house.fast_forward(minutes=10)
    house.alice.resolves(incident)
    assert 2 == house.alice.tells(incident, Kind.RESOLUTION_NOTICE).audience_size
    house.alice.reopens(incident)
    return incident


def test_who_joins_what_is_back_after_all_were_told_of_its_end(house: House):
    """No first notice was ever sent: who joins is owed one, and who had both in one text has had it (I9, M11, M16)."""
    incident = over_in_one_text_and_back(house)
    house.alice.updates(incident, areas=("ZZ0101", ELSEWHERE))

    window = house.window(incident, "first_notice", 2)
    assert ("open", "owed") == (window.state, window.duty)
    assert 3 == house.alice.tells(incident).audience_size
    assert ["met", "met"] == [w.state for w in house.windows(incident) if w.kind == "first_notice"]
    assert (5, 5) == (len(numbers(house)), len(set(numbers(house))))


def test_a_list_of_who_had_both_in_one_text_holds_nothing_back(house: House):
    """It comes while the first notice of who joined waits for approval: they know already (M10, M11)."""
    incident = over_in_one_text_and_back(house)
    house.alice.updates(incident, areas=("ZZ0101", ELSEWHERE))
    submitted = house.alice.submits(incident)
    uploads(house, incident, "A000001", "A000002")
    house.bob.approves(submitted)
    house.works()

    assert 3 == house.notice(submitted).audience_size
    assert (5, 5) == (len(numbers(house)), len(set(numbers(house))))


def test_a_duplicate_of_what_is_back_brings_its_own_people_alone(house: House):
    """Who had outage and end in one text is not owed a first notice by a duplicate (I9, M12)."""
    incident = over_in_one_text_and_back(house)
    house.alice.merges(house.alice.opens(level=2, area=ELSEWHERE), incident)
    house.works()

    assert 3 == house.alice.tells(incident).audience_size
    assert (5, 5) == (len(numbers(house)), len(set(numbers(house))))
    assert ["met", "met"] == [w.state for w in house.windows(incident) if w.kind == "first_notice"]


def test_all_hear_of_the_end_of_what_was_back(house: House):
    """Who joined, and who had had outage and end in one text, once each, the latter in the form of who knows (M16)."""
    incident = over_in_one_text_and_back(house)
    assert 2 == house.alice.tells(incident, Kind.CORRECTION_NOTICE).audience_size
    house.alice.updates(incident, areas=("ZZ0101", ELSEWHERE))
    house.alice.tells(incident)
    house.fast_forward(minutes=1)
    house.alice.resolves(incident)
    assert 5 == house.alice.tells(incident, Kind.RESOLUTION_NOTICE).audience_size
    assert [] == house.audit()
