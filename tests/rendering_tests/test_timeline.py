"""The picture of windows and notices: readable for a short outage and for a hundred hours."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.terms import LANGUAGES, Kind, Verdict
from rendering.report_words import Words
from rendering.timeline import GUTTER, LABEL, MARGIN, MOST_TICKS, WIDTH, Scale, drawn
from reports.handling import HandlingReport

from .cast import at
from .report_cast import SENT, WINDOWS, bare, record

SVG = "{http://www.w3.org/2000/svg}"


def words(language: str = "en") -> Words:
    return Words(language, "Asia/Shanghai")


def long_one(windows: int = 40, hours: int = 100) -> HandlingReport:
    """An outage of so many hours, with a window and a notice every few of them."""
    gap = timedelta(hours=hours) / windows
    many = tuple(
        replace(
            WINDOWS[1],
            id=n,
            sequence=n,
            started_at=at("00:00") + gap * n,
            due_at=at("00:00") + gap * (n + 1),
            told_at=at("00:00") + gap * n + gap * 3 / 4,
            state=Verdict.MET,
        )
        for n in range(windows)
    )
    sent = tuple(
        replace(SENT[0], notice=replace(SENT[0].notice, number=n + 1, released_at=one.told_at))
        for n, one in enumerate(many)
    )
    return replace(record(), windows=many, sent=sent)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_window_has_its_row_and_its_words(language: str):
    """A bar for every duty to customers with its due, told and verdict in words; reports have no bar (R32)."""
    root = ElementTree.fromstring(drawn(record(), words(language)))
    rows = root.findall(f"{SVG}g")
    assert 3 == len(rows) == len(root.findall(f"{SVG}g/{SVG}title"))
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None
    assert "14:20:00+08:00" in str(root.findtext(f"{SVG}desc"))
    assert words(language).word("verdicts", "breached") in str(rows[1].findtext(f"{SVG}title"))


def test_a_missed_due_is_crossed_and_the_rest_is_not():
    """Only the breached row has the cross; shapes carry it, and every colour is a grey."""
    root = ElementTree.fromstring(drawn(record(), words()))
    crosses = [len(row.findall(f"{SVG}path[@stroke-width='2.5']")) for row in root.findall(f"{SVG}g")]
    assert [0, 1, 0] == crosses
    colours = set(re.findall(r'(?:fill|stroke)="(#\w+)"', drawn(record(), words())))
    assert all(len(set(colour[1:])) == 1 for colour in colours)


def test_nothing_to_draw_is_no_picture():
    """An incident without windows has no empty frame."""
    assert "" == drawn(bare(), words())


def test_a_hundred_hours_and_forty_windows_stay_readable():
    """Numbers and times never stand on one another, and nothing leaves the frame."""
    root = ElementTree.fromstring(drawn(long_one(), words()))
    assert 40 == len(root.findall(f"{SVG}g"))
    numbers = [float(t.attrib["x"]) for t in root.findall(f"{SVG}text[@font-size='10']")]
    assert 1 < len(numbers)
    assert all(b - a >= LABEL for a, b in itertools.pairwise(numbers))
    ticks = [t for t in root.findall(f"{SVG}text[@text-anchor='middle']") if ":" in str(t.text)]
    assert 3 <= len(ticks) <= MOST_TICKS + 1
    for one in root.iter(f"{SVG}rect"):
        assert 0 <= float(one.attrib.get("x", 0)) <= WIDTH
        assert float(one.attrib.get("x", 0)) + float(one.attrib["width"]) <= WIDTH


@settings(max_examples=80, deadline=None)
@given(minutes=st.integers(1, 60 * 24 * 400), share=st.floats(0, 1))
def test_the_scale_keeps_order_and_frame(minutes: int, share: float):
    """Any length from a minute to a year has few enough ticks, and every instant of it is in the frame."""
    scale = Scale(at("08:00"), at("08:00") + timedelta(minutes=minutes))
    x = scale.x(scale.start + (scale.end - scale.start) * share)
    assert GUTTER <= x <= WIDTH - MARGIN
    assert (scale.end - scale.start) / scale.step <= MOST_TICKS


def test_the_picture_does_not_change_what_is_told():
    """The same record gives the same picture (I18); other people's words are escaped (S9)."""
    wild = replace(record(), windows=(replace(WINDOWS[0], kind=Kind.FIRST_NOTICE),))
    named = replace(wild, incident=replace(wild.incident, reference="<script>"))
    assert drawn(named, words()) == drawn(named, words())
    assert "<script>" not in drawn(named, words())
