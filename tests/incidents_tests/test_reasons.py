"""Why an incident has its level is told in the reader's language (R13); the record keeps its one sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.classification import Impact, classify
from incidents.levels import WORDS, shipped
from incidents.reasons import AND, SHAPES, read, sentence, told
from incidents.terms import COMPLAINTS, LANGUAGES, IncidentType
from rendering.report_words import Words
from triggers.alarm import Alarm, AlarmStatus
from triggers.routing import BY_IMPACT, Ignored, Routing, Rule, route

LEVELS = shipped()
ALARM = Alarm("alertmanager", "f/2026", AlarmStatus.FIRING, {}, {}, None, "41 cell sites down", None)
VALUES = {
    **dict.fromkeys(("value", "threshold"), "1,200"),
    "confidence": "measured",
    "rule": "core (old)",
    "level": "2",
    "label": "level",
    "given": "high; low",
    "severity": "page",
    "n": "3",
    "code": "ZZ9",
    "kind": "data_leak",
    "taken_as": "network_fault",
}
CHINESE = Words("zh-CN", "Asia/Shanghai")
ENGLISH = Words("en", "Asia/Shanghai")


def has_no_english(text: str) -> bool:
    """Whether nothing is left but Chinese and what somebody named."""
    for name in VALUES.values():
        text = text.replace(str(name), "")
    return not any(one.isascii() and one.isalpha() for one in text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shape_has_its_words(language: str) -> None:
    """R13: whatever the product can write as a reason has its words in both languages."""
    words = Words(language, "Asia/Shanghai")
    assert set() == {shape for shape in SHAPES if words.word("level_reasons", shape) == shape}
    codes = {"estimated", "measured", *IncidentType, *COMPLAINTS, *WORDS["whole_area"]}
    assert set() == {str(one) for one in codes if "_" in words.word("level_words", one)}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_read_back(shape: str) -> None:
    """The sentence of the record is found again, said in Chinese whole, and in English as it is."""
    text = SHAPES[shape].format(**VALUES)
    assert (shape,) == tuple(found for found, _ in read(text) or ())
    assert has_no_english(told(text, CHINESE.word))
    assert text.replace("_", " ") == told(text, ENGLISH.word)


@given(st.lists(st.sampled_from(sorted(SHAPES)), min_size=1, max_size=5))
def test_several_reasons_in_one_are_read_apart(shapes: list[str]) -> None:
    """R13: a worse alarm gives all of its reasons in one, also with a semicolon in a name."""
    text = AND.join(SHAPES[one].format(**VALUES) for one in shapes)
    assert shapes == [shape for shape, _ in read(text) or ()]


RULES = [
    Rule(id="core", type="network_fault", level=1),
    Rule(id="core", type="network_fault", severities={"critical": 1, "info": None}),
    *(Rule(id="core", type="network_fault", otherwise=one) for one in (None, BY_IMPACT, 3)),
]
LABELS = [
    {},
    {"level": "1"},
    {"level": "9"},
    {"severity": "critical"},
    {"severity": "info"},
    {"severity": "x"},
]


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("rule", RULES)
def test_whatever_routing_says_is_one_of_the_shapes(rule: Rule, labels: dict[str, str]) -> None:
    """No reason of an alarm is written beside the table: each is read back (R13)."""
    found = route(replace(ALARM, labels=labels, truncated=2), Routing(rules=(rule,)))
    said = (found.reason,) if isinstance(found, Ignored) else found.reasons
    assert [] == [one for one in said if read(one) is None]


@pytest.mark.parametrize("kind", IncidentType)
def test_whatever_classification_says_is_one_of_the_shapes(kind: IncidentType) -> None:
    """So is every reason that the facts give: known and large, known and small, and unknown (R13)."""
    large = Impact(
        kind,
        affected=10**9,
        whole_areas=("province",),
        emergency_calls=True,
        people_data=10**9,
        complaints_per_hour=10**6,
        complaint="urgent",
        users_at_once=10**9,
        seconds=10**7,
    )
    small = Impact(
        kind, affected=0, people_data=0, complaints_per_hour=0, complaint="ordinary", users_at_once=0
    )
    every = [one for impact in (large, small, Impact(kind)) for one in classify(impact, LEVELS).reasons]
    assert [] == [one.sentence for one in every if read(one.sentence) is None]


@pytest.mark.parametrize(
    "text",
    ["the whole province is hit", "lasted 90 minutes, threshold unclear", "a regulator asked", "", "; "],
)
def test_what_a_person_typed_stays_as_it_is(text: str) -> None:
    """Somebody's own words are quoted, never translated."""
    assert text == told(text, CHINESE.word)
    mixed = AND.join((sentence("complaint", value="urgent"), text))
    assert mixed == told(mixed, CHINESE.word)


def test_a_reason_in_chinese() -> None:
    """A threshold and a class of complaint as a reader of the report has them."""
    reached = sentence("affected", value="46,000", confidence="estimated", threshold="10,000")
    assert "受影响业务46,000个（估计），达到10,000的门槛" == told(reached, CHINESE.word)
    assert "投诉类别：服务质量" == told(sentence("complaint", value="service_quality"), CHINESE.word)
    assert "complaint of class service quality" == told(
        sentence("complaint", value="service_quality"), ENGLISH.word
    )


def test_a_reason_of_any_length_is_read() -> None:
    """An alarm that names two thousand areas raises the level: its reason is on every screen and in the report."""
    many = AND.join(sentence("unknown_area", code=f"area {n}") for n in range(2000))
    assert 2000 == told(many, CHINESE.word).count("未知的地区")
    mine = AND.join([sentence("no_rule")] * 2000 + ["my own words"])
    assert mine == told(mine, CHINESE.word)
