"""One notice has words of its own: checked like a template, bound to the record, covered by its approval (R20)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator import editing
from coordinator.edited import strange_figures
from incidents.errors import Conflict, Invalid
from incidents.incident import Incident
from incidents.terms import IncidentType, Kind
from notifications.figures import figures
from notifications.notice import Notice
from notifications.template import Version, VersionState
from tests.house import House

ZH = (
    "【{{ signature }}】{{ headline }}{% if onset %}，{{ onset }}起{% endif %}。请先用Wi-Fi通话。"
    "{{ next_update }}前再通报，详见{{ link }}"
)
EN = (
    "{{ signature }}: {{ headline }}{% if onset %} since {{ onset }}{% endif %}. Please use Wi-Fi calling. "
    "Next update by {{ next_update }}: {{ link }}"
)


def edits(house: House, notice: Notice, language: str, text: str, channel: str = "sms", form: str = "own"):
    return house.alice._act("draft", editing.edit, notice.id, channel, language, text, form)


def opened(house: House, **facts: object) -> tuple[Incident, Notice]:
    house.has_customers(both=1)
    house.has_customers(both=1, language="en")
    incident = house.alice.opens(level=2, **facts)
    return incident, house.alice.drafts(incident, Kind.FIRST_NOTICE)


def test_both_languages_are_reworded_and_told(house: House):
    """What customers get are the words that two people have seen, in both languages; other channels stay."""
    incident, draft = opened(house)
    edits(house, draft, "zh-CN", ZH)
    edits(house, draft, "en", EN)
    told = house.alice.tells(incident)

    bodies = sorted(sent["body"] for sent in house.told("sms"))
    assert ["Wi-Fi calling" in bodies[0], "请先用Wi-Fi通话" in bodies[1]] == [True, True]
    assert "told" == told.state
    assert 2 == len(house.entries(incident, "notice_edited"))
    assert [] == house.audit()


def test_one_language_alone_is_not_submitted(house: House):
    """Chinese and English always say the same: the other one is asked for, and nothing is frozen."""
    incident, draft = opened(house)
    edits(house, draft, "zh-CN", ZH)

    with pytest.raises(Invalid, match="in zh-CN only") as refused:
        house.alice.submits(incident)
    assert "language" == refused.value.field
    assert "draft" == house.notice(draft).state


def test_a_number_that_is_not_on_the_record_is_refused(house: House):
    """R20: facts come from the record; what stands on it may be said in words."""
    _, draft = opened(house, affected=46_000)
    with pytest.raises(Invalid, match="says 47000"):
        edits(house, draft, "en", EN.replace("Please", "About 47,000 lines. Please"))

    edits(house, draft, "en", EN.replace("Please", "About 46,000 lines. Please"))


def test_a_number_that_the_record_no_longer_has_holds_the_notice_back(house: House):
    """R20: the record moved on between writing and submitting; the old figure does not go out."""
    incident, draft = opened(house, affected=46_000)
    edits(house, draft, "zh-CN", ZH.replace("请先", "约46,000户。请先"))
    edits(house, draft, "en", EN.replace("Please", "About 46,000 lines. Please"))
    house.alice.updates(incident, affected=52_000)

    with pytest.raises(Invalid, match="46000"):
        house.alice.submits(incident)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ password }}", "password"),
        ("{{ link }}", "names none of"),
        (EN + " Reply STOP to opt out.", "no way to refuse"),
        (EN + " https://evil.example/x", "one link"),
        ("{% for x in link %}x{% endfor %}", "for"),
        (" ", "empty"),
        ("x" * 60_001, "longer than"),
    ],
)
def test_own_words_are_checked_as_a_template_is(house: House, text: str, why: str):
    """S8, R21: a slot that is none, a missing fact, what a service notice may not say: nothing is changed."""
    _, draft = opened(house)
    with pytest.raises(Invalid, match=why):
        edits(house, draft, "en", text)
    assert draft == house.notice(draft)


def test_own_words_are_taken_back(house: House):
    """The way back: the template's words count again, and only once."""
    incident, draft = opened(house)
    edits(house, draft, "zh-CN", ZH)
    house.alice._act("draft", editing.reset, draft.id, "sms", "zh-CN")
    house.alice.tells(incident)

    assert [] == [sent["body"] for sent in house.told("sms") if "Wi-Fi" in sent["body"]]
    with pytest.raises(Conflict, match="only a draft"):
        house.alice._act("draft", editing.reset, draft.id, "sms", "zh-CN")


def test_what_was_submitted_is_edited_no_more(house: House):
    """S4: the second person approves exactly the words that were frozen."""
    incident, draft = opened(house)
    house.alice.submits(incident)
    with pytest.raises(Conflict, match="only a draft"):
        edits(house, draft, "zh-CN", ZH)


def test_a_declined_notice_keeps_its_words_for_the_next_draft(house: House):
    """Declining loses nothing that a person wrote."""
    incident, draft = opened(house)
    edits(house, draft, "zh-CN", ZH)
    edits(house, draft, "en", EN)
    house.bob.declines(house.alice.submits(incident), "say since when")
    house.alice.tells(incident)

    assert 2 == len([sent for sent in house.told("sms") if "Wi-Fi" in sent["body"]])


def test_words_for_one_notice_stay_with_it(house: House):
    """The next notice of the same kind says what the templates say."""
    _, draft = opened(house)
    edits(house, draft, "zh-CN", ZH)
    other = house.alice.opens(level=2, area="ZZ0201")
    second = house.alice.drafts(other, Kind.FIRST_NOTICE)
    source = house.app.coordinator.act(
        "read", house.alice.actor, lambda act: editing.words_at(act, second.id, "sms", "zh-CN")
    )
    assert "Wi-Fi" not in source


@pytest.mark.parametrize(
    ("channel", "language", "form", "field"),
    [("fax", "en", "own", "channel"), ("sms", "fr", "own", "language"), ("sms", "en", "combined", "form")],
)
def test_a_text_that_the_notice_has_not_is_named(
    house: House, channel: str, language: str, form: str, field: str
):
    """The error names the field and what there is."""
    _, draft = opened(house)
    with pytest.raises(Invalid) as refused:
        edits(house, draft, language, EN, channel, form)
    assert field == refused.value.field


@given(count=st.integers(0, 10**9))
def test_a_figure_is_the_same_with_and_without_its_commas(count: int):
    """46,000, 46000 and ４６０００ are one number."""
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in str(count))
    assert {str(count)} == figures(f"{count:,}") == figures(str(count)) == figures(f"约{wide}户")


@given(said=st.integers(1, 10**9), known=st.integers(1, 10**9))
def test_a_number_is_strange_unless_the_record_or_the_template_has_it(said: int, known: int):
    """R20, as a rule: known from a fact or from the words before, or refused."""
    expected = [] if said == known else [str(said)]
    assert expected == strange_figures(f"about {said}", "", {"affected": f"{known:,}"})
    assert expected == strange_figures(f"about {said}", f"or {known}", {})


STRANGE = [
    "约246,000户",
    "约2万户",
    "约4.6万户",
    "2{{ affected }}",
    "{{ affected }},110",
    "{{ affected }}万户",
    "约1万户",
    "约110户",
    "预计2天后恢复",
    "四万七千户",
    "约两小时后恢复",
    "一小时后恢复",
    "½的用户",
    "{{ '\\N{DIGIT FOUR}\\N{DIGIT SEVEN}' }}户",
    "{{ '{%' if exercise else '' }}47,000{{ '%}' if exercise else '' }}",
    "共{{ level }}万户",
    "10000户",
]


@pytest.mark.parametrize("words", STRANGE)
def test_a_figure_cannot_be_smuggled_past_the_record(house: House, words: str):
    """R20: glued to a fact, scaled, spelled out, licensed by a name's digits, or hidden in a choice: refused."""
    _, draft = opened(house, affected=46_000)
    with pytest.raises(Invalid, match=r"not on the record|is not allowed|line 1"):
        edits(house, draft, "zh-CN", ZH.replace("请先", words + "。请先"))


@pytest.mark.parametrize(
    "words", ["forty-seven thousand lines", "two hours", "About 2 million lines", "a dozen"]
)
def test_english_figures_cannot_be_smuggled_either(house: House, words: str):
    """R20: figures in words are figures."""
    _, draft = opened(house, affected=46_000)
    with pytest.raises(Invalid, match="not on the record"):
        edits(house, draft, "en", EN.replace("Please", f"{words}. Please"))


@pytest.mark.parametrize(
    "words",
    [
        "约{{ affected }}户",
        "拨打110、119、120",
        "拨打{{ hotline }}",
        "第{{ number }}号通报",
        "十分抱歉",
    ],
)
def test_what_stands_on_the_record_may_be_said(house: House, words: str):
    """R20: facts, numbers to call, and ordinary words pass."""
    _, draft = opened(house, affected=46_000)
    own = ZH.replace("请先", words + "。请先")
    edits(house, draft, "zh-CN", own)

    with house.app.database.snapshot() as tx:
        assert [own] == [version.text for version in tx.templates.words_for(draft.id).values()]


def test_words_for_another_form_hold_nothing_up(house: House):
    """Resolved meanwhile, the draft says the combined text: words for the old one neither block it nor stay."""
    incident, draft = opened(house, affected=46_000)
    edits(house, draft, "zh-CN", ZH.replace("请先", "约46,000户。请先"))
    edits(house, draft, "en", EN.replace("Please", "About 46,000 lines. Please"))
    house.alice.updates(incident, affected=52_000)
    house.alice.resolves(incident)

    house.alice._act("draft", editing.reset, draft.id, "sms", "en")
    assert "submitted" == house.alice.submits_draft(house.notice(draft)).state


def test_words_for_a_channel_that_is_gone_can_be_taken_back(house: House):
    """The way out that the message names is there."""
    incident, _ = opened(house)
    house.alice.tells(incident)
    progress = house.alice.drafts(incident, Kind.PROGRESS_UPDATE, channels=["web", "sms"])
    words = house.app.coordinator.act(
        "read", house.alice.actor, lambda act: editing.words_at(act, progress.id, "sms", "zh-CN")
    )
    house.alice._act("draft", editing.edit, progress.id, "sms", "zh-CN", words)
    house.alice.drafts(incident, Kind.PROGRESS_UPDATE, channels=["web"])

    house.alice._act("draft", editing.reset, progress.id, "sms", "zh-CN")
    assert "submitted" == house.alice.submits_draft(house.notice(progress)).state


def test_one_phrase_that_cannot_be_said_keeps_no_page_back(house: House):
    """I23: with a broken word in force (past every check), the other incidents' pages still go live."""
    house.has_customers(both=1)
    leak = house.alice.opens(level=2, type=IncidentType.DATA_LEAK)
    house.alice.tells(leak)
    words = Version(0, "words/en.yaml", "headlines: {data_leak: $place}", "", "carol", house.clock.now())
    with house.app.database.transaction() as tx:
        tx.templates.add(replace(words, state=VersionState.APPROVED, decided_at=house.clock.now()))
    house.writes_raw("UPDATE template_versions SET text = replace(text, '$place', '$palce')")
    other = house.alice.opens(level=2, area="ZZ0201")

    notice = house.notice(house.bob.approves(house.alice.submits(other)))
    house.works()
    assert house.notice(notice).page_live_at is not None
