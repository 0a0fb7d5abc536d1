"""What `next` says is what customers wait for, and what it says can be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coordinator import views
from incidents.errors import Conflict, Invalid
from incidents.terms import Kind
from notifications.notice import Notice
from tests.house import START, House
from tests.stories.test_growth import ELSEWHERE, uploads

SAID = {"zh-CN": "已熔接光缆", "en": "The fibre is spliced"}


def next_step(house: House) -> dict[str, Any]:
    found: dict[str, Any] = house.app.coordinator.act("read", house.alice.actor, views.next_step)
    return found


def shown(house: House, notice: Notice) -> dict[str, Any]:
    """What the screen of this notice says."""
    found: dict[str, Any] = house.app.coordinator.act(
        "read", house.alice.actor, lambda act: (views.notice(act, act.tx.notices.get(notice.id)), [])
    )
    return found


def test_an_overdue_first_notice_comes_before_the_level_review(house: House):
    """Customers who should have been told an hour ago come first; the question about the level stays in sight."""
    incident = house.alice.opens(aware=START - timedelta(hours=3), affected=None, onset=None)

    found = next_step(house)
    assert "tongbao notice submit 1" == found["next"]
    assert [f"tongbao update {incident.reference} --affected N"] == [one["next"] for one in found["also"]]
    assert ["first_notice"] == [window["kind"] for window in found["windows"]]


def test_still_unknown_has_an_answer(house: House):
    """Who is asked how big it is and does not know is told what to type instead."""
    incident = house.alice.opens(aware=START - timedelta(hours=1), onset=None, affected=None)

    with pytest.raises(Invalid) as refused:
        house.alice.updates(incident)
    assert f"tongbao level {incident.reference} 2 --reason '…'" == refused.value.next


def test_known_facts_raise_the_level_before_the_first_notice(house: House):
    """While half of its window is left, the level comes first: it decides by when and how they are told."""
    incident = house.alice.opens(level=None, affected=500)
    house.alice.updates(incident, affected=120_000)
    assert f"tongbao level {incident.reference} 1 --reason '…'" == next_step(house)["next"]

    house.fast_forward(hours=2)
    assert "tongbao notice submit 1" == next_step(house)["next"]


def test_a_submission_that_may_not_go_out_is_drafted_again(house: House):
    """Another notice went out and told part of it: the refusal names that notice, and `next` says draft again."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.updates(incident, action=SAID)
    waiting = house.alice.submits(incident, Kind.PROGRESS_UPDATE)
    house.fast_forward(seconds=1)
    house.alice.restores(incident)
    other = house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    house.alice.raises(incident, 1)

    with pytest.raises(Conflict, match=f"notice {other.id} has gone out since") as refused:
        house.bob.approves(waiting)
    again = f"tongbao notice draft {incident.reference} progress_update"
    assert again == refused.value.next
    assert again == shown(house, waiting)["next"]


def test_a_fact_that_changed_is_named(house: House):
    """An approval that is refused says which facts have moved."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    waiting = house.alice.submits(incident)
    house.alice.updates(incident, workaround=SAID)

    with pytest.raises(Conflict, match=r"has changed since it was submitted \(workaround\)"):
        house.bob.approves(waiting)
    assert f"tongbao notice draft {incident.reference} first_notice" == next_step(house)["next"]


def test_a_first_notice_for_those_who_joined_tells_no_change(house: House):
    """It is for newcomers alone: the material update for everybody else stays owed and is what `next` names."""
    house.has_customers(sms=1)
    house.has_customers(sms=1, area=ELSEWHERE)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(minutes=1)
    house.alice.restores(incident, partial=True)
    uploads(house, incident, "A000002")
    update = next(n for n in house.notices(incident) if n.kind == Kind.MATERIAL_UPDATE)

    found = next_step(house)
    assert (f"tongbao notice submit {update.id}", ["material_update"]) == (
        found["next"],
        [window["kind"] for window in found["windows"]],
    )
    assert [update.id] == [n["id"] for n in found["notices"]]
    house.alice.tells(incident, Kind.FIRST_NOTICE)
    assert "open" == house.window(incident, "material_update").state
    house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    assert "met" == house.window(incident, "material_update").state


def test_what_was_told_cannot_be_stopped(house: House):
    """Nothing of it is left to send: it stays told, and the way on is to correct or to withdraw it (R20)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    told = house.alice.tells(incident)

    with pytest.raises(Conflict, match="corrected or withdrawn, not stopped") as refused:
        house.alice.stops(told)
    assert f"tongbao notice correct {told.id}" in str(refused.value.next)
    assert "told" == house.notice(told).state


def test_an_open_task_is_named_by_its_title(house: House):
    """`next` says what the task is, not only its number."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.alice.confirms(incident)
    house.alice.tells(incident)

    template, values = next_step(house)["next_why"]
    assert "task {id} is open: {title}" == template
    assert house.tasks(incident)[0].title == values["title"]


def test_who_declines_is_shown_the_draft_that_waits_now(house: House):
    """The declined notice is over; its author goes on with the new draft, and reads it first."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    declined = house.bob.declines(house.alice.submits(incident), "name the street")
    draft = house.notices(incident)[-1]

    assert f"tongbao notice preview {draft.id}" == shown(house, declined)["next"]


def test_a_draft_is_submitted_when_it_was_read(house: House):
    """The command of `next` leads on, and its reason says what to read before it."""
    house.has_customers(both=1)
    house.alice.opens(level=2)
    found = next_step(house)

    assert ("tongbao notice submit 1", 1) == (found["next"], found["next_why"][1]["id"])
    assert found["next_why"][0].endswith("submit it when you have read it (tongbao notice preview {id})")


def test_a_draft_cannot_be_approved_and_the_way_on_is_to_submit_it(house: House):
    """Nothing waits for a second person before its author has submitted it."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    draft = house.notices(incident)[0]

    for refuses in (lambda: house.bob.approves(draft), lambda: house.bob.declines(draft, "not yet")):
        with pytest.raises(Conflict, match="not waiting for approval") as refused:
            refuses()
        assert f"tongbao notice submit {draft.id}" == refused.value.next
