"""Approvals in advance: which one stands, for what, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from incidents.terms import LANGUAGES
from notifications.facts import FAMILIES
from notifications.standing import PATHS, Standing, in_force, standing_of, texts_hash
from notifications.template import VersionState

NOW = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)
ONE = Standing(
    id=1,
    types=("network_fault",),
    levels=(1, 2),
    text_hash="h",
    maximum=100,
    expires_at=NOW + timedelta(days=100),
    author="carol",
    submitted_at=NOW,
    state=VersionState.APPROVED,
    decided_by="bob",
    decided_at=NOW,
)


@pytest.mark.parametrize(
    ("after", "text_hash", "standing"),
    [
        (0, "h", "in_force"),
        (69, "h", "in_force"),
        (70, "h", "expires_soon"),
        (100, "h", "approval_expired"),
        (1, "other", "text_changed"),
    ],
)
def test_it_stands_until_it_ends_or_the_texts_change(after: int, text_hash: str, standing: str):
    """Reminded 30 days before, over at its instant, over with the first changed text (AMB-16)."""
    assert standing == standing_of(ONE, text_hash, NOW + timedelta(days=after))


@pytest.mark.parametrize(
    ("every", "kind", "level", "why"),
    [
        ([], "network_fault", 1, "not_approved"),
        ([ONE], "data_leak", 1, "not_approved"),
        ([ONE], "network_fault", 3, "not_approved"),
        ([replace(ONE, state=VersionState.WAITING)], "network_fault", 1, "not_approved"),
        ([replace(ONE, expires_at=NOW)], "network_fault", 1, "approval_expired"),
        ([replace(ONE, text_hash="older")], "network_fault", 1, "text_changed"),
        ([replace(ONE, text_hash="older"), replace(ONE, id=2)], "network_fault", 1, ""),
    ],
)
def test_only_an_approval_for_this_type_and_level_counts(
    every: list[Standing], kind: str, level: int, why: str
):
    """Else the reason is said; the newest one that stands is taken."""
    found, reason = in_force(every, kind, level, "h", NOW)

    assert (why, why == "") == (reason, found is not None)


def test_the_hash_covers_every_text():
    """One letter in any of them is another hash; a letter moved to its neighbour too (S4)."""
    texts = dict.fromkeys(PATHS, "a")
    words = {language: {family: {"word": "a"} for family in FAMILIES} for language in LANGUAGES}
    hashes = {texts_hash({**texts, path: "b"}, words) for path in PATHS}

    assert len(PATHS) + 1 == len({*hashes, texts_hash(texts, words)})


def test_an_audience_rule_with_its_maximum_is_named_by_its_hash():
    """Another maximum is another approval."""
    assert ONE.audience_hash != replace(ONE, maximum=101).audience_hash
