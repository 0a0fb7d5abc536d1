"""A window goes by the rule that it opened by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from incidents.errors import Conflict
from tests.house import START, House
from windows.rules import Pack, parse_pack


def _edited(house: House, version: int) -> Pack:
    """The handbook with five hours for everything that had four, and level 1 in one."""
    text = house.app.house.pack.text
    text = text.replace("version: 6", f"version: {version}")
    return parse_pack(
        text.replace("length: {1: PT2H, 2: PT2H, 3: PT4H}", "length: {1: PT1H, 2: PT2H, 3: PT5H}"), "x"
    )


def _puts_in_force(house: House, pack: Pack) -> None:
    house.app.coordinator.house = replace(house.app.coordinator.house, pack=pack)


def test_an_edited_rule_changes_no_running_incident(house: House):
    """An upgrade after the edit still counts by the two hours that stood when the window opened (R02, I12)."""
    incident = house.alice.opens(level=3)
    _puts_in_force(house, _edited(house, 7))
    newer = house.alice.opens(level=3)
    house.fast_forward(minutes=60)
    house.alice.raises(incident, 1)

    window = house.window(incident, "first_notice")
    assert ("handbook@6", START + timedelta(hours=2)) == (window.rule_version, window.due_at)
    assert START + timedelta(hours=5) == house.window(newer, "first_notice").due_at


@pytest.mark.forged("windows.json: window 1 opened with another length than its rule has")
def test_other_words_under_the_same_version_are_refused(house: House):
    """Whoever edits a rule raises the version; else nobody could say by which words a window was judged (R02)."""
    house.alice.opens(level=3)
    _puts_in_force(house, _edited(house, 6))

    with pytest.raises(Conflict, match="handbook@6 were changed and their version was not"):
        house.alice.opens(level=3)
