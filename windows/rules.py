"""Rule packs: the only owners of clocks, as frozen values read from YAML.

A pack that contradicts itself is refused whole, with every problem named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from incidents import strict_yaml
from incidents.errors import Invalid
from incidents.terms import (
    BY_A_LATER_ACT,
    LANGUAGES,
    LEVELS,
    OF_A_REGIME,
    OF_THE_HOUSE,
    REGULATOR,
    UPWARDS,
    Audience,
    ClockStart,
    IncidentType,
    Kind,
)
from windows import soundness

BY_LEVEL = ("length", "working_days", "months")
"""Fields that say how long a duty has, by level; one figure alone is every level's."""


def _alike(given: Any) -> Any:
    """A bare text stands for every language: a citation may need no translation."""
    return dict.fromkeys(LANGUAGES, given) if isinstance(given, str) else given


def _complete(words: dict[str, str]) -> dict[str, str]:
    missing = [language for language in LANGUAGES if not words.get(language, "").strip()]
    if missing:
        raise ValueError(f"is not said in {', '.join(missing)}")
    return words


Source = Annotated[dict[str, str], BeforeValidator(_alike), AfterValidator(_complete)]
"""Where a rule comes from, by language."""


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
    audience: str = Audience.CUSTOMERS.value
    clock_start: ClockStart
    after: str = ""
    """The rule whose telling starts this clock (`previous_told_at`); "" for a cadence, which follows itself."""
    length: dict[int, timedelta] = {}
    working_days: dict[int, int] = {}
    """For levels without a length: so many working days in `zone`, at most `cap`."""
    months: dict[int, int] = {}
    """So many calendar months in `zone`; a day that the month has not is its last one."""
    none_at: tuple[int, ...] = ()
    """Levels at which nothing is owed: said, not left out."""
    immediate: timedelta | None = None
    """The operator's figure where the law says "at once"; shown as the operator's."""
    no_figure: bool = False
    """The law names no length and the operator sets none: shown, never judged."""
    hard_cap: timedelta | None = None
    """Due at the latest so long after awareness, whatever the clock start."""
    cap: timedelta | None = None
    zone: str = "Asia/Shanghai"
    calendar: Literal["CN"] | None = None
    """Whose days off and exchanged days count; Monday to Friday without one."""
    target: dict[int, timedelta] = {}
    holding_lead: dict[int, timedelta] = {}
    """Level -> how long before due its holding notice leaves at the latest; none without it."""
    slow_after: timedelta | None = None
    slow_length: timedelta | None = None
    rungs: tuple[RungRule, ...] = ()
    """Its own warnings; those of the pack when it has none."""
    how: str = ""
    """How it is usually told, where a person's word tells it: what `next` puts into the command."""
    told_by: Literal["recipients", "page", "report", "person"]
    fulfilled_by: tuple[Kind, ...] = ()
    """Kinds of notices that tell it; none for what an approved report or a person's word tells."""
    source: Source

    @field_validator("audience")
    @classmethod
    def _known(cls, audience: str) -> str:
        named = audience.removeprefix(REGULATOR)
        if audience not in list(Audience) and (named == audience or not named.strip()):
            raise ValueError(f"audience must be {', '.join(Audience)} or {REGULATOR}<name>")
        return audience

    @model_validator(mode="before")
    @classmethod
    def _every_level(cls, given: Any) -> Any:
        """One figure for all levels stands for each of them."""
        if not isinstance(given, Mapping):
            return given
        alone = {name: given[name] for name in BY_LEVEL if isinstance(given.get(name), str | int)}
        return {**given, **{name: dict.fromkeys(LEVELS, figure) for name, figure in alone.items()}}

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        problems = [
            *(*self._of_length(), *self._of_audience(), *self._of_start()),
            *(*self._of_plan(), *self._of_holding()),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _of_length(self) -> Iterator[str]:
        given = {*self.length, *self.working_days, *self.months}
        whole = self.immediate is not None or self.no_figure
        missing = [level for level in LEVELS if level not in {*given, *self.none_at}]
        if missing and not whole:
            yield f"length is missing for level {missing[0]}; where nothing is owed, none_at says so"
        both = [level for level in self.none_at if level in given]
        if both:
            yield f"level {both[0]} has a length and owes nothing"
        if sum((bool(given), self.immediate is not None, self.no_figure)) > 1:
            yield "only one of a length, immediate and no_figure can be"
        for level, target in self.target.items():
            if level not in self.length or target >= self.length[level]:
                yield f"target of level {level} is not before its due"

    def _of_audience(self) -> Iterator[str]:
        """Notices tell customers, and a page the public; whoever else is owed something is told by a report."""
        if self.audience == Audience.COMPLAINANT:
            yield "the complainant is told by the rules for customers, at level 3"
        told = self.audience == Audience.CUSTOMERS or (self.audience, self.told_by) == (
            Audience.PUBLIC,
            "page",
        )
        if self.kind not in OF_THE_HOUSE and not told:
            yield f"no notice tells {self.audience}"
        if self.audience == Audience.OTHER_OPERATORS and self.kind not in UPWARDS:
            yield "other operators are told by a report"

    def _of_start(self) -> Iterator[str]:
        if self.after and self.clock_start != ClockStart.PREVIOUS_TOLD_AT:
            yield f"it comes after {self.after} and does not count from previous_told_at"
        if self.kind in UPWARDS:
            if self.told_by != "person":
                yield "a report upwards is told by a person's word"
            if self.clock_start not in STARTS_UPWARDS:
                yield "a report upwards counts from " + ", ".join(STARTS_UPWARDS)
            if self.clock_start == ClockStart.PREVIOUS_TOLD_AT and not self.after:
                yield "it counts from previous_told_at and does not say after which rule"

    def _of_plan(self) -> Iterator[str]:
        """Only what counts from the start of planned work is owed before its clock starts, and it always is."""
        planned = self.clock_start == ClockStart.PLANNED_START_AT
        for level, length in self.length.items():
            if length < timedelta(0) and not planned:
                yield f"length of level {level} is negative: only planned_start_at has a duty before its start"
            if length > timedelta(0) and planned:
                yield f"length of level {level} ends after the planned start"
        if planned and (
            set(self.length) != set(LEVELS) or len(set(self.length.values())) != 1 or self.target
        ):
            yield "planned work has no level: one length alone, no target and no other figure"

    def _of_holding(self) -> Iterator[str]:
        for level, lead in self.holding_lead.items():
            if level not in self.length or not timedelta(0) < lead < self.length[level]:
                yield f"holding lead of level {level} is not inside its window"
        if (
            self.holding_lead
            and Kind.HOLDING_NOTICE not in self.fulfilled_by
            and self.kind != Kind.FIRST_NOTICE
        ):
            yield "only a first notice has a holding notice"

    def owes(self, level: int) -> bool:
        """Whether there is anything to judge at this level."""
        return level not in self.none_at and not self.no_figure

    @property
    def figure(self) -> str:
        """Whose the length is: the rule's own, the operator's for "at once", or nobody's."""
        return "none" if self.no_figure else "rule" if self.immediate is None else "operator"


STARTS_UPWARDS = (
    *(ClockStart.AWARE_AT, ClockStart.CLASSIFIED_AT, ClockStart.PREVIOUS_TOLD_AT),
    *(ClockStart.PLANNED_START_AT, *OF_A_REGIME),
)
"""Clock starts that a report to superiors or regulators may have."""


class Threshold(_Frozen):
    """What the record can say by itself: both figures are reached."""

    user_minutes: int = Field(gt=0)
    outage_minutes: int = Field(gt=0)


Fact = Literal["people_data"]
"""Facts of an incident, found at any time, by which a regime may concern it whatever its type."""


class Trigger(_Frozen):
    """When a regime applies to an incident."""

    law: str
    """The regime's own condition, in words."""
    types: tuple[IncidentType, ...] = tuple(IncidentType)
    """Types of incidents that it can concern at all."""
    facts: tuple[Fact, ...] = ()
    """It can concern every incident of which one of these is known and not 0."""
    question: dict[str, str]
    """What a person is asked, in both languages."""
    ask_within: timedelta
    """How soon the answer is wanted."""
    computed: Threshold | None = None
    """Where it applies without being asked."""


class Pack(_Frozen):
    """A set of rules with one version; `upgrade_grace` is what an upgrade leaves at least."""

    pack: str
    version: int
    source: Source
    name: dict[str, str] = {}
    confidence: Literal["P", "S", "K", ""] = ""
    """P: the primary text was read; S: a secondary source; K: general knowledge. A regime must say it."""
    trigger: Trigger | None = None
    """Only a regime has one; the handbook applies to every incident."""
    upgrade_grace: timedelta
    coverage: CoverageRule = CoverageRule(reached_share=1, unconfirmed_share=0)
    rungs: tuple[RungRule, ...]
    rules: tuple[Rule, ...]
    text: str = Field(default="", exclude=True, repr=False)
    """The YAML as it was read; a window's pack is kept word for word."""

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
        found = {rule.id: rule for rule in self.rules}[rule_id]
        return Terms(found, self.label, self.coverage, found.rungs or self.rungs, self.upgrade_grace)

    def upwards(self, level: int) -> tuple[Rule, ...]:
        """The reports upwards that are owed at this level as soon as this pack applies."""
        return tuple(
            r
            for r in self.rules
            if r.kind in UPWARDS
            and r.owes(level)
            and not r.after
            and r.clock_start not in (ClockStart.PLANNED_START_AT, *BY_A_LATER_ACT)
        )

    @property
    def of_later_acts(self) -> tuple[Rule, ...]:
        """The reports whose clocks start with what becomes of an incident: restored, reopened, withdrawn."""
        return tuple(r for r in self.rules if r.clock_start in BY_A_LATER_ACT)

    @property
    def of_planned_work(self) -> tuple[Rule, ...]:
        """What planned work owes before it begins."""
        return tuple(r for r in self.rules if r.clock_start == ClockStart.PLANNED_START_AT)

    def comes_again(self, rule_id: str) -> bool:
        """Whether its chain begins with a later act, so that it may be owed once for each."""
        rule = self.terms_of(rule_id).rule
        while rule.after:
            rule = self.terms_of(rule.after).rule
        return rule.clock_start in BY_A_LATER_ACT

    def following(self, rule_id: str) -> tuple[Rule, ...]:
        """The rules whose clocks start when this one's duty is told."""
        return tuple(rule for rule in self.rules if rule.after == rule_id)


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
    return _parsed(text, name, (soundness.problems, _of_the_whole))


def _parsed(text: str, name: str, checks: Sequence[Callable[[Any], Iterator[str]]]) -> Pack:
    try:
        given = strict_yaml.read(text)
    except strict_yaml.YAMLError as error:
        raise Invalid(
            "rule pack {name} is not YAML: {error}", name=name, error=error, field="pack"
        ) from error
    problems, found = [problem for check in checks for problem in check(given)], None
    try:
        found = Pack.model_validate(given)
    except ValidationError as error:
        problems += [
            f"{'.'.join(str(part) for part in problem['loc']) or 'pack'}: {problem['msg']}"
            for problem in error.errors()
        ]
    if problems or found is None:
        raise Invalid("rule pack {name}: {problems}", name=name, problems="; ".join(problems), field="pack")
    return found.model_copy(update={"text": text})


def _of_the_whole(given: Any) -> Iterator[str]:
    """What is wrong between the rules, whatever is wrong inside them."""
    listed = given.get("rules") if isinstance(given, Mapping) else None
    rules = [rule for rule in listed if isinstance(rule, Mapping)] if isinstance(listed, list) else []
    ids = [str(rule.get("id")) for rule in rules]
    for one in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"two rules with one id: {one}"
    alone = [str(rule.get("kind")) for rule in rules if rule.get("kind") not in list(UPWARDS)]
    for kind in sorted({kind for kind in alone if alone.count(kind) > 1}):
        yield f"two rules for one kind: {kind}"
    after = {str(rule.get("id")): str(rule["after"]) for rule in rules if rule.get("after")}
    for one, before in after.items():
        if before not in ids:
            yield f"{one} comes after {before}, which this pack has not"
    yield from _circles(after)
    if rules and "trigger" in given and not given.get("confidence"):
        yield "a regime must say its confidence: P, S or K"


def _circles(after: Mapping[str, str]) -> Iterator[str]:
    """Chains that come back to where they began, each named once."""
    said: set[str] = set()
    for first in after:
        way = [first]
        while (before := after.get(way[-1])) and before not in way:
            way.append(before)
        if before and before == first and first not in said:
            said |= set(way)
            yield "a circle: " + " after ".join([*way, first])


@lru_cache(maxsize=32)
def pinned(text: str) -> Pack:
    """A pack as it stood when a window opened by it; what is asked of packs since keeps its record readable."""
    return _parsed(text, "pinned", (_of_the_whole,))


def handbook() -> Pack:
    """The handbook pack that ships with tongbao and is on by default."""
    path = files("windows") / "packs" / "handbook.yaml"
    return parse_pack(path.read_text(encoding="utf-8"), "handbook")
