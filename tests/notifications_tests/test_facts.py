"""Facts are taken from the record, in one language, and nothing is guessed (R20, R21, R22)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import Invalid
from incidents.incident import Affected, Incident
from incidents.terms import LANGUAGES, IncidentType, Status
from notifications.facts import SLOTS, Occasion, Setting, bilingual, facts_of, headline, public_status
from notifications.phrases import forbidden
from rendering.words import words

NOW = datetime(2026, 10, 14, 6, 48, tzinfo=UTC)
ONSET = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)
NAMES = {
    "330108": {"zh-CN": "滨江区", "en": "Binjiang"},
    "330102": {"zh-CN": "上城区", "en": "Shangcheng"},
    "330105": {"zh-CN": "拱墅区", "en": "Gongshu"},
    "330199": {"zh-CN": "新城"},
    "voice": {"zh-CN": "手机通话", "en": "mobile calls"},
    "data": {"zh-CN": "上网", "en": "mobile data"},
    "sms": {"zh-CN": "短信", "en": "text messages"},
}
SETTING = Setting(
    operator={"zh-CN": "云港电信", "en": "YG Telecom"},
    signature={"zh-CN": "云港电信", "en": "YG Telecom"},
    zone="Asia/Shanghai",
    hotline="10000",
    emergency_numbers=("110", "119", "120"),
    public_url="https://yg.example/",
    sandbox=False,
)


def incident(**known: Any) -> Incident:
    """An incident of which only what must be known is known."""
    return replace(
        Incident(
            id=1,
            reference="INC-20261014-0001",
            type=IncidentType.NETWORK_FAULT,
            level=1,
            status=Status.RESPONDING,
            title="internal title",
            areas=(),
            services=(),
            aware_at=ONSET,
            aware_source="alarm",
            opened_at=ONSET,
            opened_by="alice",
        ),
        **known,
    )


def occasion(**more: Any) -> Occasion:
    return replace(
        Occasion(number=1, at=NOW, next_update_at=NOW + timedelta(hours=1), short_number=7), **more
    )


def facts(
    language: str = "en", setting: Setting = SETTING, told: Occasion | None = None, **known: Any
) -> Any:
    return facts_of(incident(**known), told or occasion(), language, setting, words(language), NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_is_filled_with_plain_values(language):
    """S8: the context is exactly the slots, plain strings and whole numbers."""
    found = facts(language)

    assert set(SLOTS) == set(found)
    assert {str, int} == {type(value) for value in found.values()}


def test_what_is_not_known_is_empty():
    """R21: an unknown fact is "", and the template says so honestly."""
    found = facts()

    for name in (
        "onset",
        "place",
        "services",
        "affected",
        "cause",
        "action",
        "effects",
        "expected",
        "duration",
    ):
        assert "" == found[name], name


@pytest.mark.parametrize(("told", "status"), [("", "unknown"), ("", "suspected"), ("it broke", "confirmed")])
def test_only_a_confirmed_cause_is_told(told, status):
    """AMB-11: what is merely suspected never reaches a customer."""
    assert told == facts(cause={"en": "it broke."}, cause_status=status)["cause"]


@pytest.mark.parametrize("field", ["cause", "workaround", "effects"])
def test_a_missing_language_is_empty_and_never_the_other_one(field):
    """A text that exists only in Chinese is not shown to an English reader."""
    assert "" == facts("en", cause_status="confirmed", **{field: {"zh-CN": "中文"}})[field]


def test_news_are_the_newest_untold_actions():
    """R28: `news` holds what happened since the last entry, `action` the newest thing done."""
    done = ({"en": "a."}, {"en": "b."}, {"en": "c."})

    found = facts(actions=done, told=occasion(new_actions=2))

    assert ("c", "b; c", "1") == (found["action"], found["news"], found["has_news"])


def test_untranslated_news_are_not_reported_as_no_news():
    """R20: progress that has no words in this language is still progress."""
    found = facts(actions=({"zh-CN": "已切换"},), told=occasion(new_actions=1))

    assert ("", "1") == (found["news"], found["has_news"])


@pytest.mark.parametrize(
    ("language", "expected", "at"),
    [
        ("en", "14:15", ONSET),
        ("zh-CN", "14:15", ONSET),
        ("en", "14:15 on 13 Oct", ONSET - timedelta(days=1)),
        ("zh-CN", "10月13日14:15", ONSET - timedelta(days=1)),
        ("en", "00:05 on 15 Oct", datetime(2026, 10, 14, 16, 5, tzinfo=UTC)),
        ("en", "14:15 on 14 Oct 2025", datetime(2025, 10, 14, 6, 15, tzinfo=UTC)),
        ("zh-CN", "2025年10月14日14:15", datetime(2025, 10, 14, 6, 15, tzinfo=UTC)),
    ],
)
def test_a_date_is_said_unless_it_is_todays(language, expected, at):
    """R21: a time of day alone means today, by the customer's calendar."""
    assert expected == facts(language, onset_at=at)["onset"]


@pytest.mark.parametrize(
    ("expected", "zone", "language"),
    [
        ("Beijing time", "Asia/Shanghai", "en"),
        ("北京时间", "Asia/Shanghai", "zh-CN"),
        ("悉尼时间", "Australia/Sydney", "zh-CN"),
        ("UTC", "UTC", "en"),
        ("UTC+09:00", "Asia/Tokyo", "en"),
        ("UTC-02:30", "America/St_Johns", "zh-CN"),
        ("UTC+05:45", "Asia/Kathmandu", "en"),
    ],
)
def test_the_zone_is_named_or_computed(expected, zone, language):
    """Local times stand with their zone; one without a name is its distance from UTC at that instant."""
    assert expected == facts(language, replace(SETTING, zone=zone))["zone"]


def test_local_time_follows_daylight_saving():
    """windows.md §4: local time exists only in texts, and there it is what clocks show."""
    sydney = replace(SETTING, zone="Australia/Sydney")
    winter = facts(setting=sydney, onset_at=datetime(2026, 7, 1, 2, 0, tzinfo=UTC))
    summer = facts(setting=sydney, onset_at=datetime(2026, 1, 1, 2, 0, tzinfo=UTC))

    assert ("12:00 on 1 Jul", "13:00 on 1 Jan") == (winter["onset"], summer["onset"])


@pytest.mark.parametrize(
    ("expected", "duration"),
    [
        ("less than a minute", timedelta(seconds=59)),
        ("57 min", timedelta(minutes=57, seconds=59)),
        ("3 h", timedelta(hours=3)),
        ("3 h 57 min", timedelta(hours=3, minutes=57)),
        ("2 d", timedelta(days=2)),
        ("2 d 5 min", timedelta(days=2, minutes=5)),
        ("2 d 1 h", timedelta(days=2, hours=1)),
        ("2 d 1 h 1 min", timedelta(days=2, hours=1, minutes=1)),
        ("", timedelta(seconds=-1)),
    ],
)
def test_duration_is_from_onset_to_restoration(expected, duration):
    """R12: whole minutes, never rounded up; nothing when the ends are reversed."""
    assert expected == facts(onset_at=ONSET, restored_at=ONSET + duration)["duration"]


@pytest.mark.parametrize(
    ("expected", "passed", "minutes", "status"),
    [
        ("15:48", "", 60, Status.RESPONDING),
        ("", "1", 0, Status.RESPONDING),
        ("", "1", -5, Status.PARTIALLY_RESTORED),
        ("", "", -5, Status.RESTORED),
    ],
)
def test_an_estimate_that_has_gone_by_is_not_repeated(expected, passed, minutes, status):
    """AMB-12: a customer is never told to expect service at a time already past."""
    found = facts(expected_at=NOW + timedelta(minutes=minutes), status=status)

    assert (expected, passed) == (found["expected"], found["estimate_passed"])


@pytest.mark.parametrize(
    ("whole", "short", "language", "areas"),
    [
        ("", "", "en", ()),
        ("Binjiang", "Binjiang", "en", ("330108",)),
        ("Binjiang and Shangcheng", "Binjiang and Shangcheng", "en", ("330108", "330102")),
        (
            "Binjiang, Shangcheng and Gongshu",
            "Binjiang and 2 more",
            "en",
            ("330108", "330102", "330105"),
        ),
        ("滨江区、上城区和拱墅区", "滨江区等3地", "zh-CN", ("330108", "330102", "330105")),
        ("Binjiang and 1 more", "Binjiang and 1 more", "en", ("330108", "330199")),
        ("", "", "en", ("330199",)),
        ("", "", "en", ("unheard-of",)),
    ],
)
def test_places_are_named_and_none_is_hidden(whole, short, language, areas):
    """R21: an area without a name in this language is still counted, and never shown as a code."""
    found = facts(language, areas=areas)

    assert (whole, short) == (found["place"], found["place_short"])


@pytest.mark.parametrize("kind", list(IncidentType))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_headline_says_something_even_when_nothing_is_known(kind, language):
    """R21: the neutral words name no place that is not known, and no internal title."""
    vague = words(language)["vague"]

    said = headline(incident(type=kind), language, words(language), NAMES)

    assert vague["place"] in said
    assert "internal" not in said


@pytest.mark.parametrize(
    ("expected", "status", "cause_status"),
    [
        ("investigating", Status.PENDING_CONFIRMATION, "unknown"),
        ("investigating", Status.RESPONDING, "suspected"),
        ("identified", Status.RESPONDING, "confirmed"),
        ("partial", Status.PARTIALLY_RESTORED, "confirmed"),
        ("monitoring", Status.RESTORED, "unknown"),
        ("resolved", Status.RESOLVED, "unknown"),
        ("resolved", Status.CLOSED, "confirmed"),
    ],
)
def test_the_public_status(expected, status, cause_status):
    """Notices, status words: restored but watched is not resolved."""
    assert expected == public_status(incident(status=status, cause_status=cause_status))


def test_the_count_is_the_records_count():
    """R20: the figure is the record's, and says whether it is an estimate."""
    estimated = facts(affected=Affected(46_000))
    measured = facts(affected=Affected(46_000, confidence="measured"))

    assert ("46,000", "1") == (estimated["affected"], estimated["estimated"])
    assert "" == measured["estimated"]


def test_addresses_come_from_the_configured_address():
    """S13: the short link has no scheme; the page is the reader's own language."""
    found = facts("zh-CN")

    assert "yg.example/s/7" == found["link"]
    assert "https://yg.example/zh/incidents/INC-20261014-0001/" == found["page"]


@given(st.text())
def test_free_text_comes_out_as_one_clean_line(text):
    """S10: no control character, line separator or direction mark of a person's text survives."""
    found = facts(
        workaround={"en": text}, effects={"en": text}, actions=({"en": text},), told=occasion(new_actions=1)
    )

    for name in ("workaround", "effects", "action", "news"):
        assert not [char for char in found[name] if forbidden(char)]
        assert 1 >= len(found[name].splitlines())
        found[name].encode()


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ({}, ""),
        ({}, "   "),
        ({"en": "cable cut"}, "cable cut"),
        ({"zh-CN": "光缆中断"}, "光缆中断"),
        ({"zh-CN": "OLT 故障"}, "OLT 故障"),
        ({"zh-CN": "光缆中断", "en": "cable cut"}, "光缆中断 // cable cut"),
        ({"zh-CN": "光缆中断", "en": "cable cut"}, "cable cut // 光缆中断"),
        ({"zh-CN": "光缆中断"}, "光缆中断 //"),
        ({"en": "cable cut"}, "// cable cut"),
        ({"en": "see https://a.example/x"}, "see https://a.example/x"),
        ({"en": "'–'"}, "'–'"),
        ({"zh-CN": "46000", "en": "46000"}, "46000"),
        ({"zh-CN": "46,000", "en": "46000"}, "46,000 // 46000"),
        ({"zh-CN": "14:15", "en": "14:15"}, "14:15 // 14:15"),
        ({"zh-CN": "约46000户", "en": "46000"}, "约46000户 // 46000"),
        ({"zh-CN": "46000", "en": "about 46,000"}, "46000 // about 46,000"),
    ],
)
def test_a_text_goes_to_the_language_it_is_in(expected, text):
    """A person writes one or both languages in one line; a figure reads the same in both."""
    assert expected == bilingual(text, "cause")


@pytest.mark.parametrize(
    "text",
    [
        "…",
        "'…' // ...",
        "a\nb",
        "a\x00",
        "a\u2028b",
        "a\u202eb",
        "\x1b[31m",
        "x" * 501,
        "字" * 501 + " // x",
        "中文 // 也是中文",
        "one // two",
        "中 // b // c",
    ],
)
def test_a_text_that_cannot_be_told_is_refused_by_name(text):
    """S10 at the door: the refusal names the field and what to do next."""
    with pytest.raises(Invalid) as refusal:
        bilingual(text, "workaround")

    assert "workaround" == refusal.value.field
    assert "workaround" in refusal.value.message
    assert refusal.value.next


def test_five_hundred_characters_a_language_are_fine():
    """The limit counts each language by itself."""
    assert {"zh-CN": "字" * 500, "en": "x" * 500} == bilingual("字" * 500 + " // " + "x" * 500, "cause")
