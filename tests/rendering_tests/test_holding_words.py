"""Which words an approval in advance covers: every one that can change a holding notice, and no other (S4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from incidents.incident import Incident
from incidents.terms import LANGUAGES, IncidentType, Outlet, Script, Status
from notifications.facts import FAMILIES, Facts, Occasion, facts_of
from notifications.standing import PATHS, renewal, texts_hash
from notifications.template import HOLDING, HOLDING_RESTORED, WRITTEN, Version
from rendering.notices import Notices
from rendering.words import words
from tests.rendering_tests.cast import KNOWN, NAMES, SETTING, UNKNOWN, at

DESK = Notices()
OUTLETS: tuple[Outlet, ...] = (*WRITTEN, Script.SOCIAL)
Place = tuple[Any, ...]


def places(found: object, *above: Any) -> Iterator[Place]:
    """Where each single word of a table stands."""
    pairs = (
        found.items() if isinstance(found, Mapping) else enumerate(found) if isinstance(found, list) else None
    )
    if pairs is None:
        yield above
        return
    for key, value in pairs:
        yield from places(value, *above, key)


def changed(language: str, place: Place) -> dict[str, Any]:
    """The words of a language with one of them changed; what it fills in stays."""
    found: Any = deepcopy(dict(words(language)))
    table = found
    for key in place[:-1]:
        table = table[key]
    table[place[-1]] += " otherwise"
    return dict(found)


def incidents() -> Iterator[Incident]:
    """Every type, level and status that customers see, with everything known and with nothing."""
    far = datetime(2027, 1, 1, 3, tzinfo=UTC)
    for known in (KNOWN, UNKNOWN, replace(KNOWN, areas=("330108", "ZZ")), replace(KNOWN, expected_at=far)):
        for kind in IncidentType:
            for n, status in enumerate((Status.RESPONDING, Status.PARTIALLY_RESTORED, Status.RESTORED)):
                back = at("14:41") if status is Status.RESTORED else None
                cause = "confirmed" if n else "unknown"
                yield replace(
                    known, type=kind, level=n + 1, status=status, restored_at=back, cause_status=cause
                )


CAST = tuple(incidents())


def facts_with(one: Incident, language: str, table: Mapping[str, Any]) -> Facts:
    occasion = Occasion(number=1, at=at("14:48"), next_update_at=at("15:40"), short_number=1042)
    return facts_of(one, occasion, language, SETTING, table, NAMES)


@cache
def shipped_facts(language: str) -> tuple[Facts, ...]:
    return tuple(facts_with(one, language, words(language)) for one in CAST)


def texts(language: str, facts: Facts, one: Incident) -> list[object]:
    kind = HOLDING_RESTORED if one.status is Status.RESTORED else HOLDING
    return [DESK.text(kind, channel, language, facts) for channel in OUTLETS]


def hash_with(language: str, table: Mapping[str, Any]) -> str:
    sources = {path: DESK.source(path) for path in PATHS}
    return texts_hash(sources, {**{one: words(one) for one in LANGUAGES}, language: table})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_that_changes_a_holding_text_changes_the_hash(language: str):
    """For every word of the file: when the facts of any incident read otherwise, the approval is for other texts."""
    shipped, heard, silent = hash_with(language, words(language)), set(), set()
    for place in places(words(language)):
        table = changed(language, place)
        if hash_with(language, table) != shipped:
            heard.add(place)
            continue
        silent.add(place)
        for one, before in zip(CAST, shipped_facts(language), strict=True):
            assert before == facts_with(one, language, table), place

    assert set(FAMILIES) == {place[0] for place in heard}
    assert {"answers", "roles", "report", "entries"} <= {place[0] for place in silent}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_trial_does_see_words_in_the_texts(language: str):
    """Else the trial above would hold of nothing: a changed headline is read in the texts of its type."""
    seen = set()
    for family in ("headlines", "vague", "times", "zones", "lists"):
        for place in places(words(language)[family], family):
            table = changed(language, place)
            for one, before in zip(CAST, shipped_facts(language), strict=True):
                after = facts_with(one, language, table)
                if before != after and texts(language, before, one) != texts(language, after, one):
                    seen.add(family)

    assert {"headlines", "vague", "times"} <= seen


def test_facts_have_no_other_words():
    """The families are all that facts are given: a fact with any other word could not be made."""
    for language in LANGUAGES:
        alone = {family: words(language)[family] for family in FAMILIES}
        assert shipped_facts(language) == tuple(facts_with(one, language, alone) for one in CAST)


MONTHS = "[1, .nan, 3, 4, 5, 6, 7, 8, 9, 10, 11, 2026-01-01]"


@pytest.mark.parametrize("own", ["levels: {1: One}", f"times: {{months: {MONTHS}}}"])
def test_whatever_an_operators_file_holds_has_a_hash(own: str):
    """What YAML reads as a number or a day is hashed too: the clocks that ask for it never stumble."""
    version = Version(1, "words/en.yaml", own, "", "carol", at("14:00"))
    table = Notices({"words/en.yaml": version}).words("en")

    assert hash_with("en", words("en")) != hash_with("en", table)


def test_the_first_approval_asks_for_all_there_is():
    """Without one that ended: every type, every level."""
    asked = "tongbao holding submit --level 1 --level 2 --level 3 --maximum 100000 --expires 2027-10-13"
    assert asked == renewal(None, datetime(2027, 10, 13, tzinfo=UTC).date())
