"""What was wrong is corrected or withdrawn before exactly those who were told it, within its own window."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coordinator import notices, views
from incidents.errors import Conflict, Invalid
from incidents.terms import Kind
from tests.house import START, House

SAID = {"zh-CN": "滨江区", "en": "Binjiang"}
RIGHT = {"zh-CN": "高新区", "en": "Gaoxin"}


def at(minutes: int):
    return START + timedelta(minutes=minutes)


@pytest.mark.parametrize(("level", "minutes"), [(1, 30), (2, 30), (3, 60)])
def test_a_correction_is_owed_from_the_discovery(house: House, level: int, minutes: int):
    """30 minutes at levels 1 and 2, 60 at level 3; telling it in time meets the window (R20)."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=level)
    wrong = house.alice.tells(incident)
    house.fast_forward(minutes=10)
    house.alice.corrects(wrong, SAID, RIGHT)

    assert at(10 + minutes) == house.window(incident, "correction_notice").due_at
    told = house.alice.tells(incident, Kind.CORRECTION_NOTICE)
    assert ("told", wrong.id) == (told.state, told.corrects)
    assert "met" == house.window(incident, "correction_notice").state
    assert [] == house.audit()


def test_a_correction_reaches_exactly_those_who_were_told(house: House):
    """Who was never reached by the wrong notice hears nothing of its correction (R20)."""
    house.has_customers(both=2, sms=1, nothing=1)
    house.has_customers(both=2, area="ZZ0201")
    incident = house.alice.opens(level=2)
    wrong = house.alice.tells(incident)
    house.alice.corrects(wrong, SAID, RIGHT)
    told = house.alice.tells(incident, Kind.CORRECTION_NOTICE)

    assert {"reached": 3} == house.answers(told)
    assert (3, 2) == (len(house.deliveries(told, "sms")), len(house.deliveries(told, "email")))


def test_the_correction_names_what_it_corrects(house: House):
    """Every text says which notice is corrected, what it said and what is right, in its own language (R20)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    wrong = house.alice.tells(incident)
    house.alice.corrects(wrong, SAID, RIGHT)
    told = house.alice.tells(incident, Kind.CORRECTION_NOTICE)

    with house.app.database.transaction() as tx:
        texts = tx.notices.texts(told.id)
    page = {language: texts[("own", "web", language)].body for language in ("zh-CN", "en")}
    assert all(SAID[language] in body and RIGHT[language] in body for language, body in page.items())


def test_a_withdrawal_promises_nothing_more_and_progress_goes_on(house: House):
    """A withdrawn notice is withdrawn before those told; other duties of the incident run on."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    wrong = house.alice.tells(incident)
    house.alice.withdraws(wrong, {"zh-CN": "发错了区域", "en": "It went to the wrong district"})
    told = house.alice.tells(incident, Kind.WITHDRAWAL_NOTICE)

    assert ("told", None) == (told.state, told.next_update_at)
    assert "met" == house.window(incident, "withdrawal_notice").state
    assert "open" == house.window(incident, "progress_update").state
    assert [] == house.audit()


def test_a_missed_correction_is_breached_and_still_owed(house: House):
    """Knowing of the error and saying nothing is a breach of its own."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    wrong = house.alice.tells(incident)
    house.alice.corrects(wrong, SAID, RIGHT)
    house.fast_forward(minutes=31)

    window = house.window(incident, "correction_notice")
    assert ("breached", "owed", ("no_approval",)) == (window.state, window.duty, window.causes)


def test_two_corrections_are_two_duties(house: House):
    """Telling one correction does not tell the other."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    wrong = house.alice.tells(incident)
    house.alice.corrects(wrong, SAID, RIGHT)
    house.alice.tells(incident, Kind.CORRECTION_NOTICE)
    house.alice.corrects(wrong, RIGHT, SAID)

    assert ["met", "open"] == [w.state for w in house.windows(incident) if w.kind == "correction_notice"]


@pytest.mark.parametrize("kind", ["correction", "withdrawal"])
def test_what_was_stopped_before_it_told_is_written_again(house: House, kind: str):
    """A stopped correction stays owed in its own window; `next` says how, and the new one fulfils it."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    wrong = house.alice.tells(incident)

    def takes_back():
        return (
            house.alice.corrects(wrong, SAID, RIGHT)
            if kind == "correction"
            else house.alice.withdraws(wrong, RIGHT)
        )

    house.alice.stops(house.alice.submits_draft(takes_back()))
    todo = house.app.coordinator.act("read", house.alice.actor, views.next_step)
    verb = "correct" if kind == "correction" else "withdraw"
    assert todo["next"].startswith(f"tongbao notice {verb} {wrong.id} ")

    takes_back()
    told = house.alice.tells(incident, Kind(f"{kind}_notice"))
    assert ["met"] == [w.state for w in house.windows(incident) if w.kind == f"{kind}_notice"]
    assert "told" == told.state
    assert [] == house.audit()


def test_next_names_the_correction_that_waits(house: House):
    """Of two corrections the one that is owed is named, not the one that was told."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    wrong = house.alice.tells(incident)
    house.alice.corrects(wrong, SAID, RIGHT)
    house.alice.tells(incident, Kind.CORRECTION_NOTICE)
    second = house.alice.corrects(wrong, RIGHT, SAID)

    todo = house.app.coordinator.act("read", house.alice.actor, views.next_step)
    assert f"tongbao notice submit {second.id}" == todo["next"]


def test_what_is_still_going_out_is_stopped_before_it_is_taken_back(house: House):
    """Else it would go on telling people what is known to be wrong."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    wrong = house.alice.submits(incident)

    with pytest.raises(Conflict, match="told nobody"):
        house.alice.corrects(wrong, SAID, RIGHT)


def test_a_correction_speaks_both_languages(house: House):
    """One language missing is refused by name: nobody is corrected in words they cannot read."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    wrong = house.alice.tells(incident)

    with pytest.raises(Invalid, match="right is missing in en"):
        house.alice.corrects(wrong, SAID, {"zh-CN": "高新区"})


def test_a_submission_can_be_declined_with_a_reason(house: House):
    """The author gets a new draft with the reason; nothing goes out, and the clock runs on (R20)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    submitted = house.alice.submits(incident)
    due = house.window(incident, "first_notice").due_at
    declined = house.bob.declines(submitted, "the figure is 46,000")

    assert ("stopped", "declined: the figure is 46,000") == (declined.state, declined.stopped_reason)
    assert ["stopped", "draft"] == [n.state.value for n in house.notices(incident)]
    assert due == house.window(incident, "first_notice").due_at
    told = house.alice.tells(incident)
    assert ("told", "met") == (told.state, house.window(incident, "first_notice").state)
    assert [] == house.audit()


def test_a_declined_correction_keeps_what_it_corrects(house: House):
    """Declining loses nothing that a person decided."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    wrong = house.alice.tells(incident)
    draft = house.alice.corrects(wrong, SAID, RIGHT)
    house.bob.declines(house.alice.submits_draft(draft), "say the street")

    again = house.notices(incident)[-1]
    assert (wrong.id, SAID, RIGHT, 1) == (again.corrects, again.said, again.right, again.sequence)


def test_a_withdrawal_typed_by_mistake_is_taken_back(house: House):
    """While nobody was told of it, the slip ends with its duty and its draft; the notice stands (R20)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    right = house.alice.tells(incident)
    slip = house.alice.withdraws(right, RIGHT)
    house.fast_forward(minutes=4)

    house.alice.undoes(incident)
    window = house.window(incident, "withdrawal_notice")
    assert ("lapsed", "undone") == (window.state, window.ended_by)
    assert ("superseded", "told") == (house.notice(slip).state, house.notice(right).state)
    assert [] == house.audit()


def test_who_was_told_of_a_correction_cannot_be_untold(house: House):
    """Undo refuses once the correction has gone out; the way on is a correction of it."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    wrong = house.alice.tells(incident)
    house.alice.corrects(wrong, SAID, RIGHT)
    told = house.alice.tells(incident, Kind.CORRECTION_NOTICE)

    with pytest.raises(Conflict, match=f"notice {told.id} has told of it already"):
        house.alice.undoes(incident)


def test_a_correction_typed_twice_is_told_once(house: House):
    """The second is refused with the number of the first, while it waits and when it has told the same."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    wrong = house.alice.tells(incident)
    house.alice.corrects(wrong, SAID, RIGHT)
    with pytest.raises(Conflict, match="is already being taken back by notice 2"):
        house.alice.corrects(wrong, RIGHT, SAID)
    house.alice.tells(incident, Kind.CORRECTION_NOTICE)

    with pytest.raises(Conflict, match="notice 2 has told this of notice 1 already"):
        house.alice.corrects(wrong, SAID, RIGHT)
    assert 3 == house.alice.corrects(wrong, RIGHT, SAID).id


def test_a_correction_reaches_those_who_were_split_off_too(house: House):
    """The wrong text went to all of them, so what is right goes to all of them, once (R20, §4 "split by area")."""
    house.has_customers(sms=5)
    house.has_customers(sms=7, area="ZZ0102")
    incident = house.alice.opens(level=2)
    house.alice.updates(incident, areas=("ZZ0101", "ZZ0102"))
    wrong = house.alice.tells(incident)
    house.fast_forward(minutes=5)
    part = house.alice.splits(incident, "ZZ0102")
    draft = house.alice.corrects(wrong, SAID, RIGHT)
    _, _, seen = house.app.coordinator.act("read", house.alice.actor, notices.preview, draft.id)
    told = house.alice.tells(incident, Kind.CORRECTION_NOTICE)

    assert (12, 12) == (seen, told.audience_size)
    assert 12 == len({sent["to"] for sent in house.told("sms", told)})
    assert "met" == house.window(incident, "correction_notice").state
    assert [] == [w for w in house.windows(part) if w.kind == "correction_notice"]
    assert [] == house.audit()


def test_a_remainder_that_was_nothing_is_withdrawn_before_its_own_people(house: House):
    """The part goes on: its people had no false alarm (M13, M18)."""
    house.has_customers(sms=5)
    house.has_customers(sms=7, area="ZZ0102")
    incident = house.alice.opens(level=2)
    house.alice.updates(incident, areas=("ZZ0101", "ZZ0102"))
    house.alice.tells(incident)
    house.fast_forward(minutes=5)
    house.alice.splits(incident, "ZZ0102")
    house.alice.calls_off(incident)

    assert 5 == house.alice.tells(incident, Kind.WITHDRAWAL_NOTICE).audience_size
    assert [] == house.audit()


@pytest.mark.parametrize("kind", ["correction_notice", "withdrawal_notice"])
def test_what_a_duplicate_said_is_taken_back_by_its_survivor(house: House, kind: str):
    """By the same command: the duty is the survivor's, the text says whose notice is meant (R20, M12)."""
    house.has_customers(both=5)
    source = house.alice.opens(level=2)
    wrong = house.alice.tells(source)
    survivor = house.alice.opens(level=2)
    house.alice.merges(source, survivor)
    with pytest.raises(Conflict, match="merged") as refused:
        house.alice.drafts(source, Kind(kind))
    assert f"tongbao notice {'correct' if kind[0] == 'c' else 'withdraw'} NOTICE" == refused.value.next

    house.fast_forward(minutes=3)
    correct = kind == "correction_notice"
    draft = house.alice.corrects(wrong, SAID, RIGHT) if correct else house.alice.withdraws(wrong, RIGHT)

    assert (survivor.id, at(33)) == (draft.incident, house.window(survivor, kind).due_at)
    with pytest.raises(Conflict, match="already being taken back"):
        _ = house.alice.corrects(wrong, SAID, RIGHT) if correct else house.alice.withdraws(wrong, RIGHT)
    told = house.alice.tells(survivor, Kind(kind))
    assert (5, "met") == (len(house.told("sms", told)), house.window(survivor, kind).state)
    assert f"1 ({source.reference})" in house.told("sms", told)[0]["body"]
    assert [] == house.audit()
