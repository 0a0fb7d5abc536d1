"""Replies to pages: read when word and code stand alone, and on any doubt not at all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.replies import LONGEST, Reading, read

LETTERS = st.sampled_from("YyＹA同意批准确认0123456789０１２３ .。，,:：\n\u200b\u202e?？-—NO不Sent from")
TEXTS = st.text(st.characters() | LETTERS, max_size=40)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("A 4711", Reading(False, "4711")),
        ("ok4711", Reading(False, "4711")),
        ("确认：4711", Reading(False, "4711")),
        ("Y\n636247", Reading(True, "636247")),
        ("Ｙｅｓ\u3000６３６２４７", Reading(True, "636247")),
        ("Y 636247\n-- \nBob 13900000001", Reading(True, "636247")),
        ("Y 636247\nno", None),
        ("Y 636247 471108", None),
        ("Y 636", None),
        ("636247", None),
        ("Liked “Reply Y 636247 to approve”", None),
        ("Reply Y 636247 to approve", None),
        ("Y\u0336 636247", None),
        ("≠Y 636247", None),
        ("Y ٦٣٦٢٤٧", None),
        ("Sent from my iPhone\nY 636247", None),
        ("Y 636247" + " " * LONGEST, None),
    ],
)
def test_word_and_code_alone_are_an_answer(text: str, reading: Reading | None):
    """S4: what is not certainly meant is not taken."""
    assert reading == read(text)


@given(TEXTS)
def test_what_is_read_has_that_code_and_no_other_digit(text: str):
    """S4: before a program's signature, the text's digits are the code, in this order, and nothing is made up."""
    reading = read(text)
    if reading is not None:
        digits = "".join(char for char in unicodedata.normalize("NFKC", text) if char in "0123456789")
        assert digits.startswith(reading.code)


@given(TEXTS, st.from_regex(r"\A[0-9]{6}\Z"))
def test_a_text_without_the_code_never_reads_as_the_code(text: str, code: str):
    """S4: no text approves a page whose code it does not carry."""
    digits = "".join(char for char in unicodedata.normalize("NFKC", text) if char in "0123456789")
    assert code in digits or Reading(True, code) != read(text)
