"""A comms person's day: change a wording, see what it costs, be told what is wrong, have it approved, see it used."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator import templates
from incidents.errors import Invalid, NotAllowed
from incidents.terms import LANGUAGES, Channel
from notifications.template import Version
from notifications.wording import Remark
from rendering.checks import Cost
from rendering.folder import read_folder
from rendering.notices import Notices
from tests.house import House, Person

SMS = {language: f"notices/first_notice/sms.{language}.txt" for language in LANGUAGES}
ASK = {"zh-CN": "请先用Wi-Fi通话。", "en": "Please use Wi-Fi calling. "}
BEFORE = {"zh-CN": "{{ next_update }}前", "en": "Next update"}


class Writer:
    """Carol at her desk: a folder, and the commands' own look at it."""

    def __init__(self, house: House, folder: Path):
        self.house, self.folder = house, folder

    def opens(self, language: str) -> str:
        return Notices().source(SMS[language])

    def saves(self, language: str, text: str) -> None:
        file = self.folder / SMS[language]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def _desk(self) -> Notices:
        return Notices(read_folder(self.folder).own())

    def is_told(self, language: str) -> set[Remark]:
        """What the check says about her text."""
        around, _, _ = self._around()
        return {one.remark for one in self._desk().findings(SMS[language], around)}

    def costs(self, language: str) -> Cost:
        around, _, _ = self._around()
        return self._desk().cost("first_notice", language, around)

    def _around(self):
        in_force, waiting, around = self.house.carol._act("read", templates.in_force)
        return around, in_force, waiting

    def submits(self, language: str) -> Version:
        text = read_folder(self.folder).texts[SMS[language]]
        return self.house.carol._act("template", templates.submit, SMS[language], text)


def approves(who: Person, version: Version) -> Version:
    return who._act("approve_template", templates.approve, version.id)


def test_a_comms_persons_day(house: House, tmp_path: Path):
    """A wording reaches customers when it is checked, paid for knowingly, and approved by a second person (R20)."""
    house.has_customers(sms=2)
    house.has_customers(sms=1, language="en")
    carol = Writer(house, tmp_path / "templates")

    # She adds a sentence to the first notice, in both languages, and sees what it costs.
    for language in LANGUAGES:
        text = carol.opens(language)
        carol.saves(language, text.replace(BEFORE[language], ASK[language] + BEFORE[language]))
        assert carol.is_told(language) <= {Remark.PARTS}
    assert "UCS-2" == carol.costs("zh-CN").usual.encoding
    assert "GSM-7" == carol.costs("en").usual.encoding

    # She breaks a fact, and is told; what is broken cannot be submitted.
    whole = carol.folder.joinpath(SMS["en"]).read_text("utf-8")
    carol.saves("en", whole.replace("{% if onset %} since {{ onset }}{% endif %}", ""))
    assert Remark.NAMES_NONE in carol.is_told("en")
    with pytest.raises(Invalid, match="names none of onset"):
        carol.submits("en")

    # She mends it and submits the pair. Nobody reads it yet.
    carol.saves("en", whole)
    waiting = [carol.submits(language) for language in LANGUAGES]
    early = house.alice.tells(house.alice.opens(level=2, area="ZZ0101"))
    assert not any(ask in item["body"] for item in house.told("sms", early) for ask in ASK.values())

    # Her own approval is not enough; bob's is.
    with pytest.raises(NotAllowed, match="another person"):
        approves(house.carol, waiting[0])
    for version in waiting:
        approves(house.bob, version)

    # The next incident says it, to everybody in their language, and remembers whose words they were.
    notice = house.alice.tells(house.alice.opens(level=2, area="ZZ0101"))
    told = house.told("sms", notice)
    assert 2 == sum(ASK["zh-CN"] in item["body"] for item in told)
    assert 1 == sum(ASK["en"].strip() in item["body"] for item in told)
    with house.app.database.transaction() as tx:
        texts = tx.notices.texts(notice.id)
    made = {key[2]: text.template.partition(":")[0] for key, text in texts.items() if key[1] == Channel.SMS}
    assert {"zh-CN": waiting[0].name, "en": waiting[1].name} == made


def test_the_hotline_knows_before_the_first_message_leaves(house: House):
    """R24: the agents' script and the post are there, frozen, when the notice is submitted."""
    house.has_customers(sms=1)
    notice = house.alice.submits(house.alice.opens(level=2))

    with house.app.database.transaction() as tx:
        texts = tx.notices.texts(notice.id)
    scripts = {(key[1], key[2]) for key in texts if key[1] in ("hotline", "social")}
    assert {(channel, language) for channel in ("hotline", "social") for language in LANGUAGES} == scripts
    assert [] == house.told("sms", notice)

    house.bob.approves(notice)
    house.works()
    assert 1 == len(house.told("sms", notice))
