"""The rules of classification as frozen values read from YAML: incidents/rules/levels.yaml or the operator's.

The law: a file with an unknown key, a contradiction or a missing level is refused whole, with one clear error.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from incidents import strict_yaml
from incidents.errors import Invalid
from incidents.terms import COMPLAINTS, LEVELS, SEVERITIES, IncidentType

Counted = Literal[
    "affected", "people_data", "complaints_per_hour", "users_at_once", "user_minutes", "minutes"
]
Asked = Literal["affected", "people_data", "complaints_per_hour", "users_at_once", "complaint"]
Severity = Literal["extra_major", "major", "larger", "ordinary"]
WORDS: dict[str, tuple[str | bool, ...]] = {
    "whole_area": ("country", "province", "city", "district"),
    "emergency_calls": (True,),
    "complaint": COMPLAINTS,
}
"""The facts that are not figures, and what each may say."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class LevelRule(_Frozen):
    """One fact with what it must reach for which level."""

    id: str = Field(min_length=1)
    fact: Counted | Literal["whole_area", "emergency_calls", "complaint"]
    at_least: dict[int, int] = {}
    is_: dict[int, tuple[bool | str, ...]] = Field(default={}, alias="is")
    together_with: dict[Counted, int] = {}
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> LevelRule:
        given = self.is_ if self.fact in WORDS else self.at_least
        needed, other = ("is", self.at_least) if self.fact in WORDS else ("at_least", self.is_)
        if not given or other:
            raise ValueError(
                f"{self.fact} takes {needed} with a line for one level or more, and nothing else"
            )
        _known_levels(given)
        _falling(self.at_least)
        if any(least <= 0 for least in (*self.at_least.values(), *self.together_with.values())):
            raise ValueError("a threshold must be above 0")
        return self

    @field_validator("is_")
    @classmethod
    def _each_word_once(cls, value: dict[int, tuple[bool | str, ...]]) -> dict[int, tuple[bool | str, ...]]:
        words = [word for level in value.values() for word in level]
        twice = sorted({str(word) for word in words if words.count(word) > 1})
        if twice:
            raise ValueError(f"{twice[0]} stands at two levels")
        return value

    @model_validator(mode="after")
    def _words_exist(self) -> LevelRule:
        for word in (word for level in self.is_.values() for word in level):
            if word not in WORDS[self.fact]:
                known = ", ".join(str(one).lower() for one in WORDS[self.fact])
                raise ValueError(f"{self.fact} is never {word}; it is one of: {known}")
        return self


def _known_levels(given: dict[int, Any]) -> None:
    for level in given:
        if level not in LEVELS:
            raise ValueError(f"{level} is not a level; levels are 1, 2 and 3")


def _falling(at_least: dict[int, int]) -> None:
    """A higher level takes more; else the lower one could never be suggested."""
    ordered = sorted(at_least.items())
    for (high, more), (low, less) in pairwise(ordered):
        if more <= less:
            raise ValueError(f"level {high} needs {more}, no more than level {low} ({less})")


class Unknown(_Frozen):
    """Which fact says how big an incident of a type is, and its level while nobody knows it (AMB-04)."""

    asks: Asked
    level: int

    @field_validator("level")
    @classmethod
    def _a_level(cls, value: int) -> int:
        _known_levels({value: None})
        return value


class Statutory(_Frozen):
    """The grade of the law per level; `extra_major` lists what lifts level 1 to the highest grade."""

    levels: dict[int, Severity]
    extra_major: tuple[dict[Counted, int], ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Statutory:
        _known_levels(self.levels)
        missing = [level for level in LEVELS if level not in self.levels]
        if missing:
            raise ValueError(f"level {missing[0]} has no grade")
        order = [SEVERITIES.index(self.levels[level]) for level in LEVELS]
        if order != sorted(order):
            raise ValueError("a lower level has a higher grade than the one above it")
        if any(not line for line in self.extra_major):
            raise ValueError("an empty line of extra_major would always fit")
        if any(figure <= 0 for line in self.extra_major for figure in line.values()):
            raise ValueError("a figure of extra_major must be above 0; it would always fit")
        return self


class Levels(_Frozen):
    """The whole file."""

    version: int = Field(ge=1)
    rules: tuple[LevelRule, ...] = Field(min_length=1)
    otherwise: int
    unknown: dict[IncidentType, Unknown]
    review_after: timedelta
    statutory: Statutory

    @model_validator(mode="after")
    def _whole(self) -> Levels:
        _known_levels({self.otherwise: None})
        _once([rule.id for rule in self.rules], "two rules are called {}")
        plain = [rule.fact for rule in self.rules if not rule.together_with]
        _once(plain, "two rules speak of {}; one of them would never count")
        missing = [kind.value for kind in IncidentType if kind not in self.unknown]
        if missing:
            raise ValueError(f"unknown: {missing[0]} is missing")
        reached = {level for rule in self.rules for level in (*rule.at_least, *rule.is_)} | {self.otherwise}
        never = [level for level in LEVELS if level not in reached]
        if never:
            raise ValueError(f"no rule reaches level {never[0]}")
        if self.otherwise != max(LEVELS):
            raise ValueError(f"otherwise must be {max(LEVELS)}: small incidents could never have it else")
        if not timedelta(minutes=1) <= self.review_after <= timedelta(hours=24):
            raise ValueError("review_after must be from one minute to 24 hours")
        return self

    @model_validator(mode="after")
    def _unknown_is_the_higher(self) -> Levels:
        """Unknown may not suggest less than any figure of the fact that is asked for could (AMB-04)."""
        for kind, ask in self.unknown.items():
            rules = [rule for rule in self.rules if rule.fact == ask.asks]
            best = min((level for rule in rules for level in (*rule.at_least, *rule.is_)), default=ask.level)
            if ask.level > best:
                raise ValueError(
                    f"unknown: {kind} takes level {ask.level}, but {ask.asks} may mean level {best}"
                )
        return self


def _once(names: Sequence[str], problem: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(problem.format(twice[0]))


_NEXT = "compare with incidents/rules/levels.yaml, which ships with tongbao"


def parse_levels(text: str) -> Levels:
    """The rules in `text`; Invalid names the first problem with its path, and nothing is taken over."""
    try:
        return Levels.model_validate(strict_yaml.read(text))
    except strict_yaml.YAMLError as error:
        raise Invalid("levels is not YAML: {error}", error=error, field="levels", next=_NEXT) from error
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"] if part != "is_") or "levels"
        what = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        raise Invalid(
            "levels: {path}: {what}",
            path=path,
            what=what.removeprefix("Value error, "),
            field="levels",
            next=_NEXT,
        ) from error


def shipped() -> Levels:
    """The rules that ship with tongbao."""
    return parse_levels((files("incidents") / "rules" / "levels.yaml").read_text(encoding="utf-8"))
