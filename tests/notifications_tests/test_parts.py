"""SMS parts are counted exactly as networks bill them (docs/delivery.md, SMS parts)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.parts import BASIC, EXTENSION, count

SHORT_FIRST = (
    "【云港电信】今日14:15起，滨江区部分用户通话和上网异常，正在抢修。15:40前再通报，进展见yg.example/s/1042"
)
FULL_FIRST = (
    "【云港电信】10月14日14:15起，滨江区、高新区部分用户手机通话和上网异常。我们已启动应急处置，原因正在排查，"
    "恢复时间暂不能确定，15:40前将再次通报。紧急求助请改用固定电话或其他运营商手机拨打110、119、120。"
    "进展：yg.example/s/1042"
)
ENGLISH_FIRST = (
    "YG Telecom: Since 14:15 some mobile users in Binjiang cannot call or go online. Crews are working."
    " Next update by 15:40: yg.example/s/1042"
)


def naive(text: str) -> tuple[str, int]:
    """Another way to the same answer: build the parts as lists and look at what fits."""
    seven = all(char in BASIC | EXTENSION for char in text)
    single, split = (160, 153) if seven else (70, 67)

    def size(piece: str) -> int:
        if seven:
            return len(piece) + sum(char in EXTENSION for char in piece)
        return len(piece.encode("utf-16-le")) // 2

    if size(text) <= single:
        return ("GSM-7" if seven else "UCS-2", 1)
    pieces = [""]
    for char in text:
        if size(pieces[-1] + char) > split:
            pieces.append("")
        pieces[-1] += char
    return ("GSM-7" if seven else "UCS-2", len(pieces))


@pytest.mark.parametrize(
    ("encoding", "units", "parts", "text"),
    [
        ("GSM-7", 0, 1, ""),
        ("GSM-7", 160, 1, "a" * 160),
        ("GSM-7", 161, 2, "a" * 161),
        ("GSM-7", 306, 2, "a" * 306),
        ("GSM-7", 307, 3, "a" * 307),
        ("GSM-7", 160, 1, "€" * 80),
        ("GSM-7", 162, 2, "€" * 81),
        ("GSM-7", 306, 3, "a" * 152 + "€" + "a" * 152),
        ("GSM-7", 306, 2, "a" * 153 + "€" + "a" * 151),
        ("UCS-2", 70, 1, "字" * 70),
        ("UCS-2", 71, 2, "字" * 71),
        ("UCS-2", 134, 2, "字" * 134),
        ("UCS-2", 140, 3, "字" * 140),
        ("UCS-2", 70, 1, "😀" * 35),
        ("UCS-2", 72, 2, "😀" * 36),
        ("UCS-2", 134, 3, "字" * 66 + "😀" + "字" * 66),
        ("UCS-2", 65, 1, SHORT_FIRST),
        ("UCS-2", 132, 2, FULL_FIRST),
        ("GSM-7", 138, 1, ENGLISH_FIRST),
    ],
)
def test_the_table_of_parts(encoding, units, parts, text):
    """160/153 septets and 70/67 UTF-16 units; what takes two units never straddles two parts."""
    counted = count(text)

    assert (encoding, units, parts) == (counted.encoding, counted.units, counted.parts)


@pytest.mark.parametrize("char", sorted(EXTENSION))
def test_an_extension_character_costs_two_septets(char):
    """3GPP TS 23.038: an escape and a character."""
    assert 2 == count(char).units


@pytest.mark.parametrize("char", ["`", "“", "’", "–", "…", "ç", "ő", "字", "😀", "\u00a0", "\t"])
def test_characters_that_force_ucs_2_are_named(char):
    """The author sees which characters make the text dear, each once, in order."""
    assert (char, "好") == count(f"a{char}b{char}好").forcing
    assert () == count("plain text, 5 [EUR]").forcing


@given(st.text(st.sampled_from("ab€{字😀\n"), max_size=400) | st.text("a€", max_size=400))
def test_counting_agrees_with_a_naive_oracle(text):
    """Any mixture of one-unit and two-unit characters is cut as the oracle cuts it."""
    counted = count(text)

    assert naive(text) == (counted.encoding, counted.parts)


@pytest.mark.parametrize("text", ["a" * 1_000_000, "€" * 500_000, "😀" * 250_000])
def test_a_hostile_megabyte_is_counted(text):
    """S26: one pass, whatever the length."""
    assert count(text).units <= 1_000_000
