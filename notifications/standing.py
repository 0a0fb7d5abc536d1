"""A holding text's approval in advance: two people, for exactly this text, this audience rule, at most so many.

Pure. Source: docs/windows.md, "The holding notice"; S4, AMB-16.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from incidents.terms import LANGUAGES, IncidentType
from notifications.facts import phrases_of
from notifications.phrases import Words
from notifications.template import HOLDING, HOLDING_RESTORED, WRITTEN, VersionState

AFFECTED = "affected"
"""The audience rule: customers of the incident's services in its areas, and those uploaded for it."""
REMIND_BEFORE = timedelta(days=30)
LONGEST = timedelta(days=366)
"""No approval stands for longer."""
PROPOSED = timedelta(days=364)
"""How long an approval that is asked for anew is proposed to stand: the end of that day is within LONGEST."""
MOST_PEOPLE = 100_000_000
MAXIMUM_PROPOSED = 100_000
WHY_NOT = {
    "not_approved": "no holding text is approved for this type and level",
    "approval_expired": "the approval of the holding text has expired",
    "text_changed": "the holding texts have changed since they were approved",
}
"""Why none is in force, as a sentence."""
PATHS = tuple(
    f"notices/{kind}/{w}.{lang}.txt"
    for kind in (HOLDING, HOLDING_RESTORED)
    for w in WRITTEN
    for lang in LANGUAGES
)
"""Every template that a holding notice is made of; its facts are put into words of facts.FAMILIES."""


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


def renewal(one: Standing | None, day: date) -> str:
    """The command that asks for the same approval again, until the end of `day`; without one, for all there is."""
    types = one.types if one is not None and set(one.types) < set(IncidentType) else ()
    levels = one.levels if one is not None else (1, 2, 3)
    words = [*(f"--type {kind}" for kind in types), *(f"--level {level}" for level in levels)]
    most = one.maximum if one is not None else MAXIMUM_PROPOSED
    return f"tongbao holding submit {' '.join(words)} --maximum {most} --expires {day.isoformat()}"


def texts_of(sources: Mapping[str, str], words: Mapping[str, Words]) -> tuple[str, ...]:
    """What an approval in advance is for, word for word: every template under its name and length, and per language the
    words of its facts.

    Words of anything else (reports, pages to staff, roles) are not in it: they cannot change what customers read here.
    """
    templates = (f"{path}\n{len(sources[path])}\n{sources[path]}\n" for path in PATHS)
    said = (
        f"{language}\n{chr(10).join(sorted(_leaves(phrases_of(words[language]))))}\n"
        for language in LANGUAGES
    )
    return (*templates, *said)


def texts_hash(sources: Mapping[str, str], words: Mapping[str, Words]) -> str:
    """SHA-256 over all that a holding notice is made of."""
    return hash_of(texts_of(sources, words))


def hash_of(texts: Iterable[str]) -> str:
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def _leaves(found: object, *above: object) -> Iterator[str]:
    """Each single word with its place, on one line. An operator's YAML may hold more than JSON can say."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield from _leaves(value, *above, key)
    elif isinstance(found, list):
        for place, value in enumerate(found):
            yield from _leaves(value, *above, place)
    else:
        yield f"{above!r} {found!r}"


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
