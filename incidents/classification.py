"""Classification: the level that facts suggest, with its reasons, and the statutory grade beside it (R13).

Pure. The thresholds are data (incidents/levels.py); a level is suggested here and given by people and rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from incidents.levels import Counted, LevelRule, Levels
from incidents.terms import LEVELS, IncidentType

SENTENCES = {
    "affected": "{value} services affected ({confidence}), threshold {threshold}",
    "whole_area": "a whole {value} is hit",
    "emergency_calls": "emergency calls are impossible",
    "people_data": "data of {value} people, threshold {threshold}",
    "complaints_per_hour": "{value} complaints per hour, threshold {threshold}",
    "user_minutes": "{value} user-minutes, threshold {threshold}",
    "complaint": "complaint of class {value}",
    "users_at_once": "{value} users at once, threshold {threshold}",
    "minutes": "{value} minutes, threshold {threshold}",
}
"""What each fact says when it reaches a threshold."""
UNKNOWN = {
    "affected": "how many services are affected is not known: the higher level is taken",
    "people_data": "how many people's data is concerned is not known: the higher level is taken",
    "complaint": "the class of the complaint is not known: the higher level is taken",
    "complaints_per_hour": "how many complaints come per hour is not known: the higher level is taken",
    "users_at_once": "how many users are hit at once is not known: the higher level is taken",
}
OTHERWISE = "no threshold of a higher level is reached"


@dataclass(frozen=True)
class Impact:
    """What is known of how big it is. None means unknown; `whole_areas` are divisions hit as a whole."""

    type: IncidentType
    affected: int | None = None
    confidence: str = "estimated"
    whole_areas: tuple[str, ...] = ()
    emergency_calls: bool | None = None
    people_data: int | None = None
    complaints_per_hour: int | None = None
    complaint: str | None = None
    users_at_once: int | None = None
    seconds: int = 0
    """How long it has lasted: from the onset, or from awareness while that is unknown."""

    @property
    def user_minutes(self) -> int | None:
        """Affected services × minutes, whole ones; users at once stand in while the services are unknown."""
        users = self.users_at_once if self.affected is None else self.affected
        return None if users is None else users * self.seconds // 60

    @property
    def minutes(self) -> int:
        """Minutes begun: one second over an hour is the 61st."""
        return -(-self.seconds // 60)


@dataclass(frozen=True)
class Reason:
    """One rule that is reached: the fact, its value, the threshold, the level it reaches."""

    rule: str
    fact: str
    value: int | str | bool | None
    threshold: int | str | bool | None
    level: int
    why: tuple[str, dict[str, str]]
    """An English template and its values, for the reader's language."""

    @property
    def sentence(self) -> str:
        template, values = self.why
        return template.format(**values)


@dataclass(frozen=True)
class Candidate:
    """The suggested level with its reasons, the deciding ones first."""

    level: int
    known_level: int
    """What the known facts alone reach."""
    reasons: tuple[Reason, ...]
    unknown: str
    """The fact that nobody knows yet and that says how big it is; "" when it is known."""
    statutory: str
    user_minutes: int | None


def classify(impact: Impact, levels: Levels) -> Candidate:
    """The level these facts suggest. Unknown impact takes the higher candidate (AMB-04)."""
    reached = [reason for rule in levels.rules if (reason := _reached(rule, impact)) is not None]
    known = min((reason.level for reason in reached), default=levels.otherwise)
    ask = levels.unknown[impact.type]
    unknown = ask.asks if getattr(impact, ask.asks) is None else ""
    if unknown:
        reached.append(Reason("unknown", unknown, None, None, ask.level, (UNKNOWN[unknown], {})))
    if not reached:
        reached.append(Reason("otherwise", "", None, None, levels.otherwise, (OTHERWISE, {})))
    level = min(reason.level for reason in reached)
    return Candidate(
        level=level,
        known_level=known,
        reasons=tuple(sorted(reached, key=lambda reason: reason.level)),
        unknown=unknown,
        statutory=statutory(level, impact, levels),
        user_minutes=impact.user_minutes,
    )


def statutory(level: int, impact: Impact, levels: Levels) -> str:
    """The grade of the law that goes with `level`; extra major needs figures of its own (AMB-02)."""
    if level == LEVELS[0] and any(_all_reached(line, impact) for line in levels.statutory.extra_major):
        return "extra_major"
    return levels.statutory.levels[level]


def _reached(rule: LevelRule, impact: Impact) -> Reason | None:
    """The highest level that the rule reaches; None when it reaches none."""
    if not _all_reached(rule.together_with, impact):
        return None
    if rule.is_:
        return _is_one_of(rule, impact)
    value = getattr(impact, rule.fact)
    if value is None:
        return None
    for level, threshold in sorted(rule.at_least.items()):
        if value >= threshold:
            return _reason(rule, value, threshold, level, impact)
    return None


def _is_one_of(rule: LevelRule, impact: Impact) -> Reason | None:
    values = impact.whole_areas if rule.fact == "whole_area" else (getattr(impact, rule.fact),)
    for level, words in sorted(rule.is_.items()):
        for value in values:
            if value is not None and value in words:
                return _reason(rule, value, value, level, impact)
    return None


def _all_reached(minimums: Mapping[Counted, int], impact: Impact) -> bool:
    return all((getattr(impact, fact) or 0) >= least for fact, least in minimums.items())


def _reason(rule: LevelRule, value: Any, threshold: Any, level: int, impact: Impact) -> Reason:
    values = {"value": _shown(value), "threshold": _shown(threshold), "confidence": impact.confidence}
    return Reason(rule.id, rule.fact, value, threshold, level, (SENTENCES[rule.fact], values))


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
