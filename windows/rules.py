"""Rule packs: the only owners of clocks, as frozen values read from YAML.

A pack that contradicts itself is refused whole, with every problem named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from incidents import strict_yaml
from incidents.errors import Invalid
from incidents.terms import LEVELS, Audience, ClockStart, Kind


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RungRule(_Frozen):
    """A warning: at a share of the window (0 to 1), or at its target when `at` is absent."""

    name: str
    at: float | None = Field(default=None, gt=0, le=1)
    to: str


class CoverageRule(_Frozen):
    """What told needs: shares of 1, source windows.md §3 as carried into docs/windows.md."""

    reached_share: float = Field(gt=0, le=1)
    unconfirmed_share: float = Field(ge=0, lt=1)


class Rule(_Frozen):
    """One duty: its clock start, its length per level, and what tells it."""

    id: str
    kind: Kind
    audience: Audience = Audience.CUSTOMERS
    clock_start: ClockStart
    length: dict[int, timedelta] = {}
    working_days: dict[int, int] = {}
    """For levels without a length: so many working days in `zone`, at most `cap`."""
    cap: timedelta | None = None
    zone: str = "Asia/Shanghai"
    calendar: Literal["CN"] | None = None
    """Whose days off and exchanged days count; Monday to Friday without one."""
    target: dict[int, timedelta] = {}
    holding_lead: dict[int, timedelta] = {}
    """Level -> how long before due its holding notice leaves at the latest; none without it."""
    slow_after: timedelta | None = None
    slow_length: timedelta | None = None
    told_by: Literal["recipients", "page", "report", "person"]
    fulfilled_by: tuple[Kind, ...]
    """Kinds of notices that tell it; none for what an approved report or a person's word tells."""
    source: str

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        missing = [level for level in LEVELS if level not in {*self.length, *self.working_days}]
        if missing:
            raise ValueError(f"length is missing for level {missing[0]}")
        for level, target in self.target.items():
            if level not in self.length or target >= self.length[level]:
                raise ValueError(f"target of level {level} is not before its due")
        for level, lead in self.holding_lead.items():
            if level not in self.length or not timedelta(0) < lead < self.length[level]:
                raise ValueError(f"holding lead of level {level} is not inside its window")
        if (
            self.holding_lead
            and Kind.HOLDING_NOTICE not in self.fulfilled_by
            and self.kind != Kind.FIRST_NOTICE
        ):
            raise ValueError("only a first notice has a holding notice")
        return self


class Pack(_Frozen):
    """A set of rules with one version; `upgrade_grace` is what an upgrade leaves at least."""

    pack: str
    version: int
    source: str
    upgrade_grace: timedelta
    coverage: CoverageRule
    rungs: tuple[RungRule, ...]
    rules: tuple[Rule, ...]
    text: str = Field(default="", exclude=True, repr=False)
    """The YAML as it was read; a window's pack is kept word for word."""

    @model_validator(mode="after")
    def _no_rule_twice(self) -> Pack:
        kinds = [rule.kind for rule in self.rules]
        if len(set(kinds)) != len(kinds):
            raise ValueError("two rules for one kind")
        if len({rule.id for rule in self.rules}) != len(self.rules):
            raise ValueError("two rules with one id")
        return self

    @property
    def label(self) -> str:
        """Name and version, as windows carry it."""
        return f"{self.pack}@{self.version}"

    def rule(self, kind: Kind) -> Rule:
        """The rule of a kind that this pack has only one of."""
        return next(rule for rule in self.rules if rule.kind == kind)

    def terms(self, kind: Kind) -> Terms:
        """The terms of the one rule of this kind."""
        return self.terms_of(self.rule(kind).id)

    def terms_of(self, rule_id: str) -> Terms:
        """The terms of a rule by its id; KeyError when this pack has none."""
        found = {rule.id: rule for rule in self.rules}
        return Terms(found[rule_id], self.label, self.coverage, self.rungs, self.upgrade_grace)


@dataclass(frozen=True)
class Terms:
    """One rule with what its pack says for all of its rules: everything that one window is judged by."""

    rule: Rule
    version: str
    coverage: CoverageRule
    rungs: tuple[RungRule, ...]
    upgrade_grace: timedelta


def parse_pack(text: str, name: str) -> Pack:
    """The pack in `text`; Invalid names every problem with its path, and nothing is taken over."""
    try:
        return Pack.model_validate(strict_yaml.read(text)).model_copy(update={"text": text})
    except strict_yaml.YAMLError as error:
        raise Invalid(
            "rule pack {name} is not YAML: {error}", name=name, error=error, field="pack"
        ) from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'pack'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise Invalid("rule pack {name}: {problems}", name=name, problems=problems, field="pack") from error


@lru_cache(maxsize=32)
def pinned(text: str) -> Pack:
    """A pack as it stood when a window opened by it."""
    return parse_pack(text, "pinned")


def handbook() -> Pack:
    """The handbook pack that ships with tongbao and is on by default."""
    path = files("windows") / "packs" / "handbook.yaml"
    return parse_pack(path.read_text(encoding="utf-8"), "handbook")
