"""What the check tells a writer: the fact that is missing, the pair, the cost, the word, each with its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from incidents.errors import Invalid
from incidents.terms import LANGUAGES, Channel
from notifications.samples import Around
from notifications.template import APOLOGY, COMPLAINT, HOLDING, KINDS, Version, digest_of, pair_of, written
from notifications.wording import Remark, Severity, remarks
from rendering.notices import SOCIAL_LONGEST, Notices, every_path
from rendering.proofs import required

from .cast import NAMES, SETTING, facts, known

NOW = datetime(2026, 10, 14, 6, 48, tzinfo=UTC)
AROUND = Around(SETTING, {"330108": NAMES["330108"]}, {"voice": NAMES["voice"]}, NOW)
SMS_EN, SMS_ZH = "notices/first_notice/sms.en.txt", "notices/first_notice/sms.zh-CN.txt"
GOOD_EN = (
    "{{ signature }}: {{ headline|sentence }}{% if onset %} since {{ onset }}{% endif %}. "
    "{% if emergency_numbers %}Emergency: {{ emergency_numbers }}. {% endif %}"
    "Next update by {{ next_update }}: {{ link }}\n"
)


def own(**texts: str) -> Notices:
    """A desk with these texts in front; names are paths."""
    return Notices(
        {path: Version(1, path, text, digest_of(text), "carol", NOW) for path, text in texts.items()}
    )


def found(path: str, text: str) -> list[tuple[Remark, int]]:
    return [(one.remark, one.line) for one in own(**{path: text}).findings(path, AROUND)]


PUBLIC = [kind for kind in KINDS if kind != COMPLAINT]
"""Kinds that everybody may read."""


def test_nothing_is_to_be_said_about_the_shipped_texts():
    """R20: what we ship passes its own check without an error or a warning."""
    desk = Notices()

    assert [] == [str(one) for path in every_path() for one in desk.findings(path, AROUND)]


@pytest.mark.parametrize(("kind", "channel"), [(kind, one) for kind in KINDS for one in written(kind)])
def test_every_required_fact_is_missed_by_name(kind, channel):
    """R21, R22, R24: a text that leaves any required fact out is an error that names it."""
    path = f"notices/{kind}/{channel}.en.txt"
    head = {Channel.EMAIL: "Subject: x\n\n", Channel.WEB: "Title: x\n\n"}.get(channel, "")
    for left_out in required(kind, channel):
        kept = [sorted(facet)[0] for facet in required(kind, channel) if not facet & left_out]
        text = head + "Words. " + " ".join("{{ " + name + " }}" for name in kept)
        missed = [one for one in own(**{path: text}).findings(path) if one.remark is Remark.NAMES_NONE]
        assert any(set(left_out) <= set(str(one.values["facts"]).split(", ")) for one in missed), left_out
        assert all(one.severity is Severity.ERROR for one in missed)


def test_a_long_text_needs_all_facts_of_the_record():
    """R21: page and e-mail name time, place, type, scope, measures, expected end and follow-up effects."""
    for channel in (Channel.WEB, Channel.EMAIL):
        named = set().union(*required("first_notice", channel))
        assert {"onset", "place", "type", "services", "affected", "action", "expected", "effects"} <= named
    assert {"headline", "next_update", "link"} <= set().union(*required(HOLDING, "sms"))
    assert {"credit_who", "credit_what", "credit_when", "credit_automatic"} <= set().union(
        *required(APOLOGY, "email")
    )


def test_a_good_text_is_left_alone():
    """A check that cries wolf is switched off."""
    assert [] == found(SMS_EN, GOOD_EN)


@pytest.mark.parametrize(
    ("added", "remark"),
    [
        ("20% discount! ", Remark.PROMOTION),
        ("Reply STOP to end. ", Remark.REFUSAL),
        ("See https://yg.example/x ", Remark.LINK),
        ("It will be back soon. ", Remark.VAGUE_TIME),
        ("Some customers are hit. ", Remark.NO_NUMBER),
        ("We regret any inconvenience. ", Remark.EMPTY_SORRY),
        ("Thank you for your patience. ", Remark.EMPTY_SORRY),
        ("The OLT is down. ", Remark.DEVICE),
        ("HZ-OLT-03 is down. ", Remark.DEVICE),
        ("It\u2019s bad. ", Remark.FORCES),
        ("Call {{ hotline }}. ", Remark.PAIR),
        ("Call: {{ hotline }}. ", Remark.HOLLOW),
        ("Very long. " * 8, Remark.PARTS),
        ("{{ plaice }}", Remark.REFUSED),
        ("{% if place %}", Remark.REFUSED),
    ],
)
def test_a_remark_has_its_line(added, remark):
    """What is wrong in the second line is said of the second line; the whole text's faults of the first."""
    whole = (Remark.PAIR, Remark.HOLLOW, Remark.PARTS)
    lines = [line for what, line in found(SMS_EN, GOOD_EN + added) if what is remark]

    assert lines
    if remark not in whole and "if place" not in added:
        assert [2] == lines


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("紧急通知：{{ headline }}", Remark.SIGNATURE),
        ("【{{ signature }}】回T退订", Remark.REFUSAL),
        ("【{{ signature }}】新套餐限时优惠", Remark.PROMOTION),
        ("【{{ signature }}】我们尽快恢复", Remark.VAGUE_TIME),
        ("【{{ signature }}】少数用户受影响", Remark.NO_NUMBER),
        ("【{{ signature }}】敬请谅解", Remark.EMPTY_SORRY),
        ("【{{ signature }}】如给您带来不便，非常抱歉", Remark.EMPTY_SORRY),
    ],
)
def test_the_rules_of_the_mainland(text, remark):
    """Signature in front, no refusal, no promotion, a time instead of "soon", a real apology."""
    assert remark in [what for what, _ in found(SMS_ZH, text)]


def test_a_time_beside_a_vague_word_is_a_time():
    """Only a vague word alone is no time."""
    line = "【{{ signature }}】我们尽快恢复，预计{{ expected }}"

    assert [] == [one for one in remarks(SMS_ZH, line, "sms", "zh-CN") if one.remark is Remark.VAGUE_TIME]


def test_each_forcing_character_is_named_with_what_to_write():
    """A curly quotation mark costs a second part; the writer is told which and what instead."""
    said = [one.sentence for one in own(**{SMS_EN: GOOD_EN + "\u2019 \u2014 \u4e2d"}).findings(SMS_EN)]

    assert any("right single quotation mark" in one and "write '" in one for one in said)
    assert any("em dash" in one and "write -" in one for one in said)
    assert any("\u4e2d" in one and "leave it out" in one for one in said)


def test_more_than_500_characters_are_too_many():
    """A mainland SMS has at most 500 characters, signature included."""
    text = "【{{ signature }}】{{ onset }}{{ headline }}{{ next_update }} {{ link }} " + "长" * 460

    assert (Remark.LONG, 1) in found(SMS_ZH, text)


@pytest.mark.parametrize("signature", ["云", "123456", "云港 电信", "云港电信!", "云" * 17])
def test_a_signature_that_platforms_refuse_is_said(signature):
    """2 to 16 letters, digits or Chinese characters, not digits alone."""
    setting = replace(SETTING, signature={"zh-CN": signature, "en": "YG"})
    around = replace(AROUND, setting=setting)

    assert Remark.BAD_SIGNATURE in [one.remark for one in Notices().findings(SMS_ZH, around)]


def test_the_worst_case_has_the_longest_names():
    """Parts are counted with the longest names of the directory too."""
    long = {"L": {"zh-CN": "很长的名字" * 4, "en": "A very long name " * 4}, **AROUND.areas}
    cost = Notices().cost("first_notice", "zh-CN", Around(SETTING, long, AROUND.services, NOW))

    assert (1, 2) == (cost.usual.parts, cost.worst.parts)


@pytest.mark.parametrize("hour", range(24))
def test_a_check_says_the_same_at_every_hour(hour):
    """A sample beside midnight would need its date, and a text checked at noon would fail at night."""
    around = replace(AROUND, now=NOW.replace(hour=hour))

    assert [] == [one for path in every_path() for one in Notices().findings(path, around)]


@pytest.mark.parametrize("path", list(every_path()))
def test_every_text_has_its_pair(path):
    """The other language of a text is a text, and its pair is the first again."""
    assert path == pair_of(pair_of(path))
    assert pair_of(path) in set(every_path()) - {path}


@pytest.mark.parametrize(("kind", "language"), list(product(PUBLIC, LANGUAGES)))
def test_a_post_says_what_the_sms_says_and_fits(kind, language):
    """R23: at most 140 Chinese or 280 English characters, made of the same facts, with the page's address."""
    full = facts(kind, language, known(kind))
    worst = {**full, "headline": "very long " * 40, "workaround": "x" * 400}
    for given in (full, worst):
        post = Notices().text(kind, "social", language, given).body
        assert len(post) <= SOCIAL_LONGEST[language]
        assert str(full["link"]) in post


@pytest.mark.parametrize(("kind", "language"), list(product(PUBLIC, LANGUAGES)))
def test_a_hotline_script_answers_what_callers_ask(kind, language):
    """R24: what, where, since when, what next, and what agents must not say."""
    full = facts(kind, language, known(kind))
    script = Notices().text(kind, "hotline", language, full).body

    for slot in ("place", "onset_dated", "begins"):
        assert str(full[slot]) in script
    assert str(full["next_update"] or full["link"]) in script
    assert {"zh-CN": "请不要说", "en": "Do not say"}[language] in script


def test_a_text_names_the_version_that_it_was_made_from():
    """R20: what was sent can be traced to whose template it was, and to its hash."""
    mine = own(**{SMS_EN: GOOD_EN, "words/en.yaml": "zones: {UTC: Z}"})
    text = mine.text("first_notice", "sms", "en", facts("first_notice", "en"))

    assert f"template-1:{digest_of(GOOD_EN)[:16]}+template-1:" in text.template
    assert (
        Notices()
        .text("first_notice", "sms", "en", facts("first_notice", "en"))
        .template.startswith("shipped:")
    )


@pytest.mark.parametrize(
    "source",
    [
        "{% if expected %}By {{ expected }}, next {{ next_update }}.{% endif %} {{ onset }} {{ headline }} {{ link }}",
        "{% if exercise %}{{ headline }}{{ onset }} {{ next_update }} {{ link }}{% endif %}Nothing",
        "{{ onset }} {{ next_update }} {% if place %}{{ place }} {{ link }}{% endif %}",
    ],
)
def test_a_promise_that_is_only_sometimes_said_is_found(source):
    """R28: naming the next update is not saying it; with nothing known it must stand there all the same."""
    assert {Remark.SILENT, Remark.REFUSED} & {remark for remark, _ in found(SMS_EN, source)}


def test_a_text_that_breaks_its_promise_does_not_leave():
    """R28: the last look is at what the customer would read."""
    source = "{{ onset }} {{ headline }} {% if not affected %}{{ next_update }}{% endif %} {{ link }}"
    with pytest.raises(Invalid, match="does not say when the next notice comes"):
        own(**{SMS_EN: source}).text("first_notice", "sms", "en", facts("first_notice", "en"))


@pytest.mark.parametrize(
    ("words", "remark"),
    [
        ('headlines: {network_fault: "$services down, 50% discount"}', Remark.PROMOTION),
        ('working: {network_fault: "reply STOP to opt out"}', Remark.REFUSAL),
        ('vague: {place: "see https://evil.example/x"}', Remark.LINK_IN_WORDS),
    ],
)
def test_words_say_no_more_than_templates_may(words, remark):
    """Notices, consent, S13: words end up in every text, so the same rules hold for them."""
    assert remark in {one for one, _ in found("words/en.yaml", words)}


@pytest.mark.parametrize(
    "words",
    [
        "headlines: {data_leak: 'data leaked at $palce'}",
        "durations: {hours_minutes: '$hourz h'}",
        "lists: {first_area: '$frist'}",
        "times: {months: [Jan, Feb]}",
        "headlines: {network_fault: 'costs $ 5'}",
        "headlinez: {network_fault: x}",
        "headlines: {network_fault: $plaice}",
        "times: {months: []}",
        'headlines: {network_fault: "a\\nb"}',
        "a: &a [x]\nb: *a",
        "[1]",
        "types: 5",
    ],
)
def test_words_that_cannot_be_told_are_found(words):
    """A wrong phrase is found by the check and not by the first notice."""
    assert [Remark.REFUSED] == [remark for remark, _ in found("words/en.yaml", words)]


@pytest.mark.parametrize(
    "text", ["尽快" * 9_000, "http://" * 2_800, "A-" * 9_000, "，" * 19_000, "(" * 19_000]
)
def test_long_texts_are_looked_through(text):
    """S26: no pattern of the check goes over a text more than once."""
    assert list(remarks(SMS_ZH, text, "sms", "zh-CN"))
