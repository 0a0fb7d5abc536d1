"""What a person is shown before a notice goes out: for how many it is, whose words, and what contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest

from coordinator import previews
from incidents.incident import Bilingual
from incidents.terms import Kind
from notifications.notice import Notice
from tests.house import House

WRONG, RIGHT = {"zh-CN": "滨江区", "en": "Binjiang"}, {"zh-CN": "高新区", "en": "Gaoxin"}
OLD, NEW = {"zh-CN": "请重启手机", "en": "Restart your phone"}, {"zh-CN": "请等待", "en": "Please wait"}


def preview(house: House, notice: Notice) -> dict[str, Any]:
    found: dict[str, Any] = house.app.coordinator.act("read", house.alice.actor, previews.preview, notice.id)
    return found


def warnings(house: House, said: Bilingual, right: Bilingual) -> list[str]:
    """What is said of a correction of a told first notice."""
    incident = house.alice.opens(level=2)
    house.alice.updates(incident, workaround=OLD)
    wrong = house.alice.tells(incident)
    found = preview(house, house.alice.corrects(wrong, said, right))["warnings"]
    return [template.format(**values) for template, values in found]


@pytest.mark.parametrize(
    ("said", "right", "words"),
    [
        (WRONG, RIGHT, "the record still says 滨江区"),
        (OLD, NEW, "the record still says 请重启手机"),
        (NEW, RIGHT, "what is right names 高新区, which is not on the record"),
        (RIGHT, WRONG, ""),
        (RIGHT, {"zh-CN": "云港市滨江区", "en": "Binjiang in Yungang City"}, ""),
        (NEW, {"zh-CN": "不需要", "en": "There is no need to"}, ""),
    ],
)
def test_a_correction_that_contradicts_the_record_is_warned_of(
    house: House, said: Bilingual, right: Bilingual, words: str
):
    """Its texts print the record too: what that still says wrongly is put right there first (R20)."""
    house.has_customers(both=1)
    found = warnings(house, said, right)
    assert bool(words) == bool(found)
    assert all(one.startswith(words) and "first tongbao update INC-2026-0001" in one for one in found)


def test_no_more_people_are_spared_than_the_notice_is_for(house: House):
    """A page-only progress update spares nobody; a material one at most those whom it is for (R53)."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.alice.restores(incident, partial=True)
    house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    house.fast_forward(minutes=1)
    house.alice.restores(incident)
    draft = house.notices(incident)[-1]

    shown = preview(house, draft)
    assert (2, 2) == (shown["audience_size"], shown["spares"]["at_most"])


def test_who_cannot_be_reached_is_said_before_submitting(house: House):
    """Who refused service notices or has no address counts in the audience, and the preview says how many."""
    house.has_customers(both=3, nothing=1)
    house.has_customers(sms=2, opted_out=True)
    house.alice.opens(level=2)
    incident = house.alice.opens(level=2)
    draft = house.notices(incident)[0]

    assert (6, 3) == ((shown := preview(house, draft))["audience_size"], shown["out_of_reach"])
    submitted = house.alice.submits(incident)
    assert (6, 3) == ((shown := preview(house, submitted))["audience_size"], shown["out_of_reach"])


def test_a_preview_says_whose_words_each_text_has(house: House):
    """The shipped wording is not called a person's own."""
    incident = house.alice.opens(level=2)
    draft = house.notices(incident)[0]

    assert {"shipped"} == {one["source"] for one in preview(house, draft)["texts"]}


def test_a_withdrawal_advises_nothing(house: House):
    """Its post does not tell people to do what belongs to an outage that is withdrawn."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.updates(incident, workaround=OLD)
    wrong = house.alice.tells(incident)
    draft = house.alice.withdraws(wrong, {"zh-CN": "发错了区域", "en": "It went to the wrong district"})

    posts = [one["body"] for one in preview(house, draft)["texts"] if one["channel"] == "social"]
    assert 2 == len(posts)
    assert not [
        body for body in posts if "重启" in body or "Restart" in body or "112" in body or "110" in body
    ]
