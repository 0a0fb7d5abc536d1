"""Who is not relieved does not leave: the sheet of what is owed, signed and taken, while every clock runs on."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from coordinator import handover
from incidents.errors import Conflict, NotAllowed
from incidents.terms import LANGUAGES, Kind
from rendering.handover import sheet as in_words
from reports.handover import changes
from tests.house import House, Person

ZONE = "Asia/Shanghai"


def sheet(who: Person) -> dict:
    return who._act("read", handover.sheet)


def signs(who: Person) -> dict:
    return who._act("handover", handover.sign)


def accepts(who: Person) -> dict:
    return who._act("handover", handover.accept)


def test_the_sheet_has_everything_owed_in_the_order_of_time(house: House) -> None:
    """Overdue windows come first, then what is due next, of every incident; then what has no instant."""
    late = house.alice.opens(level=3, area="ZZ0201")
    house.goes_dark(hours=5)
    house.works()
    incident = house.alice.opens(level=1)
    house.alice.submits(incident)
    shown = sheet(house.alice)
    dated = [item["due_at"] for item in shown["items"] if item["due_at"]]
    what = {(item["what"], item["incident"]) for item in shown["items"]}

    assert sorted(dated) == dated
    assert (late.reference, "breached") == next(
        (item["incident"], item["state"]) for item in shown["items"] if item["what"] == "window"
    )
    assert {
        ("window", late.reference),
        ("window", incident.reference),
        ("notice", incident.reference),
    } <= what
    assert {("task", incident.reference), ("incident", late.reference)} <= what
    owed = {window.id for one in (late, incident) for window in house.every_window(one) if window.owed}
    assert owed == {item["id"] for item in shown["items"] if item["what"] == "window"}


def test_two_people_sign_and_no_clock_stops(house: House) -> None:
    """R04: who leaves signs, another takes it; both stand on the timeline with the sheet's hash, nothing else moves."""
    incident = house.alice.opens(level=2)
    before = house.every_window(incident)
    signed = signs(house.alice)
    with pytest.raises(NotAllowed):
        accepts(house.alice)
    taken = accepts(house.hq)

    assert before == house.every_window(incident)
    assert ("alice", "hq", []) == tuple(taken["signed"][name] for name in ("by", "accepted_by", "changes"))
    entries = [(e.kind, e.actor, e.data["hash"]) for e in house.entries(incident)[-2:]]
    assert [
        ("handover_signed", "alice", signed["hash"]),
        ("handover_accepted", "hq", signed["hash"]),
    ] == entries
    assert [] == house.audit()
    with pytest.raises(Conflict):
        accepts(house.hq)


def test_what_changes_between_signing_and_taking_is_said(house: House) -> None:
    """Nothing is handed over silently: what came, went or moved since the signature is on the sheet and the record."""
    incident = house.alice.opens(level=3)
    signs(house.alice)
    house.alice.raises(incident, 1)
    house.clock.set(house.clock.now() + timedelta(minutes=30))
    new = house.alice.opens(level=3, area="ZZ0201")
    shown = accepts(house.hq)
    found = {
        (one["change"], one["item"]["what"], one["item"]["incident"]) for one in shown["signed"]["changes"]
    }

    assert ("moved", "window", incident.reference) in found
    assert ("new", "window", new.reference) in found
    for one in (incident, new):
        accepted = house.entries(one, "handover_accepted")
        assert [len(shown["signed"]["changes"])] == [entry.data["moved"] for entry in accepted]


def test_new_facts_are_a_change(house: House) -> None:
    """Who comes must not take over facts that nobody signed for: an estimate that moved is said, by itself."""
    incident = house.alice.opens(level=2)
    signs(house.alice)
    house.alice.updates(incident, expected_at=house.clock.now() + timedelta(hours=3))
    shown = accepts(house.hq)
    found = [
        (one["item"]["what"], one["item"]["incident"])
        for one in shown["signed"]["changes"]
        if one["change"] == "facts"
    ]

    assert [("incident", incident.reference)] == found
    for language, said in (("en", "new facts"), ("zh-CN", "有新事实")):
        assert said in in_words(shown, language, ZONE)


def test_a_sheet_from_before_facts_were_on_it_says_nothing_of_them(house: House) -> None:
    """Signed before the upgrade and taken after it: what was not signed for is no change."""
    house.alice.opens(level=3)
    items = sheet(house.alice)["items"]
    before = [{name: value for name, value in item.items() if name != "facts"} for item in items]

    assert [] == changes(before, items)


def test_time_alone_changes_no_sheet(house: House) -> None:
    """Who signs an hour later signs the same, as long as nothing has happened."""
    house.alice.opens(level=3)
    first = sheet(house.alice)["hash"]
    house.clock.set(house.clock.now() + timedelta(minutes=30))

    assert first == sheet(house.alice)["hash"]


def test_a_sheet_of_nothing_can_be_signed(house: House) -> None:
    """A quiet shift is handed over too."""
    assert [] == signs(house.alice)["items"]
    assert "hq" == accepts(house.hq)["signed"]["accepted_by"]


def test_only_who_has_the_duty_signs(house: House) -> None:
    """S1: comms and approvers read the sheet; the duty is not theirs to hand over."""
    assert [] == sheet(house.carol)["items"]
    with pytest.raises(NotAllowed):
        signs(house.carol)


def test_the_sheet_reads_in_both_languages(house: House) -> None:
    """What is owed, by when, who signed and what changed: the same in Chinese and in English, without codes."""
    house.has_customers(sms=1)
    late = house.alice.opens(level=3, area="ZZ0201")
    house.goes_dark(hours=5)
    house.works()
    house.alice.opens(level=1)
    signs(house.alice)
    house.alice.tells(late, Kind.FIRST_NOTICE)
    shown = accepts(house.hq)
    english, chinese = (in_words(shown, language, ZONE) for language in ("en", "zh-CN"))

    for text in (english, chinese):
        assert shown["hash"][:16] in text
        assert {"alice", "hq"} <= set(re.findall(r"[a-z]+", text))
        assert not re.search(r"\b[a-z]+_[a-z_]+\b", text), text
        assert sum(1 for line in text.splitlines() if line.startswith("- ")) == len(shown["items"]) + len(
            shown["signed"]["changes"]
        )
    assert "OVERDUE" in english or not any(i["state"] == "breached" for i in shown["items"])
    assert "Changed since it was signed" in english
    assert "签字之后的变化" in chinese
    assert set(LANGUAGES) == {"zh-CN", "en"}
