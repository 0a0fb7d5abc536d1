"""A holding text's approval in advance: two people, for exactly this text, this audience rule, at most so many.

Pure. Source: docs/windows.md, "The holding notice"; S4, AMB-16.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.terms import LANGUAGES
from notifications.template import HOLDING, HOLDING_RESTORED, WRITTEN, VersionState

AFFECTED = "affected"
"""The audience rule: customers of the incident's services in its areas, and those uploaded for it."""
REMIND_BEFORE = timedelta(days=30)
LONGEST = timedelta(days=366)
"""No approval stands for longer."""
MOST_PEOPLE = 100_000_000
PATHS = (
    *(
        f"notices/{kind}/{w}.{lang}.txt"
        for kind in (HOLDING, HOLDING_RESTORED)
        for w in WRITTEN
        for lang in LANGUAGES
    ),
    *(f"words/{lang}.yaml" for lang in LANGUAGES),
)
"""Every text that a holding notice is made of."""


@dataclass(frozen=True)
class Standing:
    id: int
    types: tuple[str, ...]
    levels: tuple[int, ...]
    text_hash: str
    maximum: int
    """People at most whom it may be sent to."""
    expires_at: datetime
    author: str
    submitted_at: datetime
    audience_rule: str = AFFECTED
    state: VersionState = VersionState.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """What people type to approve it."""
        return f"holding-{self.id}"

    @property
    def audience_hash(self) -> str:
        """What an approval names in place of a frozen audience: the rule and the maximum."""
        return hashlib.sha256(f"{self.audience_rule} <= {self.maximum}".encode()).hexdigest()

    def covers(self, kind: str, level: int) -> bool:
        return kind in self.types and level in self.levels


def said_of(one: Standing) -> dict[str, object]:
    """What the chain and a proof keep of an approval in advance: all that it allows, who gave it and when."""
    return {
        "id": one.name,
        "text_hash": one.text_hash,
        "audience_rule": one.audience_rule,
        "maximum": one.maximum,
        "types": list(one.types),
        "levels": list(one.levels),
        "expires_at": one.expires_at.isoformat(),
        "author": one.author,
        "submitted_at": one.submitted_at.isoformat(),
        "decided_by": one.decided_by,
        "decided_at": one.decided_at and one.decided_at.isoformat(),
    }


def texts_of(sources: Mapping[str, str]) -> tuple[str, ...]:
    """What an approval in advance is for, word for word: every text under its name and length."""
    return tuple(f"{path}\n{len(sources[path])}\n{sources[path]}\n" for path in PATHS)


def texts_hash(sources: Mapping[str, str]) -> str:
    """SHA-256 over every text that a holding notice is made of."""
    return hash_of(texts_of(sources))


def hash_of(texts: Iterable[str]) -> str:
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def standing_of(one: Standing, text_hash: str, now: datetime) -> str:
    """How an approval stands now: in_force, expires_soon, approval_expired, text_changed, waiting, declined …"""
    if one.state is not VersionState.APPROVED:
        return one.state.value
    if now >= one.expires_at:
        return "approval_expired"
    if one.text_hash != text_hash:
        return "text_changed"
    return "expires_soon" if now >= one.expires_at - REMIND_BEFORE else "in_force"


def in_force(
    every: Iterable[Standing], kind: str, level: int, text_hash: str, now: datetime
) -> tuple[Standing | None, str]:
    """The approval that covers this type and level now, or why there is none."""
    why = "not_approved"
    for one in sorted(every, key=lambda one: one.id, reverse=True):
        if not one.covers(kind, level) or one.state is not VersionState.APPROVED:
            continue
        found = standing_of(one, text_hash, now)
        if found in ("in_force", "expires_soon"):
            return one, ""
        if why == "not_approved":
            why = found
    return None, why
