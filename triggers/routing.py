"""Routing: which alarm opens an incident of which type and level, and for which areas and services.

Pure. The rules are data (routing.yaml); every decision carries its reasons in sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from incidents import strict_yaml
from incidents.errors import Invalid
from incidents.reasons import sentence
from incidents.terms import LEVELS, IncidentType
from triggers.alarm import Alarm

LONGEST_TITLE = 200
BY_IMPACT: Literal["by_impact"] = "by_impact"
"""No level is named: the incident is graded by what is known of its impact."""
_LONGEST_SHOWN = 40


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Frozen):
    """One line of the table; the field meanings are at the top of routing.yaml."""

    id: str = Field(min_length=1)
    match: dict[str, str | tuple[str, ...]] = {}
    type: IncidentType
    level: int | None = None
    level_label: str = "level"
    severity_label: str = "severity"
    severities: dict[str, int | None] = {}
    otherwise: int | Literal["by_impact"] | None = BY_IMPACT
    area_label: str = "area"
    service_label: str = "service"
    correlate_minutes: int = Field(default=60, ge=0, le=7 * 24 * 60)

    @field_validator("level", "otherwise")
    @classmethod
    def _a_level(cls, value: int | str | None) -> int | str | None:
        if value not in (None, BY_IMPACT, *LEVELS):
            raise ValueError(f"{value} is not a level; levels are 1, 2 and 3")
        return value

    @field_validator("severities")
    @classmethod
    def _levels(cls, value: dict[str, int | None]) -> dict[str, int | None]:
        for name, level in value.items():
            if level is not None and level not in LEVELS:
                raise ValueError(f"{name}: {level} is not a level; levels are 1, 2 and 3")
        return {name.lower(): level for name, level in value.items()}

    def fits(self, labels: dict[str, str]) -> bool:
        """Whether every label of `match` has one of its values."""
        return all(
            labels.get(label) in ((wanted,) if isinstance(wanted, str) else wanted)
            for label, wanted in self.match.items()
        )


class Routing(_Frozen):
    """The rules in the order in which they are tried."""

    version: int = 1
    rules: tuple[Rule, ...] = Field(min_length=1)

    @field_validator("rules")
    @classmethod
    def _each_id_once(cls, value: tuple[Rule, ...]) -> tuple[Rule, ...]:
        ids = [rule.id for rule in value]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError("two rules are called " + ", ".join(twice))
        return value


@dataclass(frozen=True)
class Route:
    """An alarm that means an incident. `areas` and `services` are codes as the labels spell them."""

    rule_id: str
    type: IncidentType
    level: int | None
    """None: no level is named, the impact says it."""
    reasons: tuple[str, ...]
    areas: tuple[str, ...]
    services: tuple[str, ...]
    title: str
    correlate: timedelta


@dataclass(frozen=True)
class Ignored:
    """An alarm that means no incident, and why."""

    reason: str


def route(alarm: Alarm, routing: Routing) -> Route | Ignored:
    """What the first fitting rule says about `alarm`."""
    rule = next((rule for rule in routing.rules if rule.fits(alarm.labels)), None)
    if rule is None:
        return Ignored(sentence("no_rule"))
    level, reasons = _level(rule, alarm.labels)
    if level is None:
        return Ignored(reasons[-1])
    if alarm.truncated:
        reasons = (*reasons, sentence("left_out", n=alarm.truncated))
    return Route(
        rule_id=rule.id,
        type=rule.type,
        level=None if level == BY_IMPACT else level,
        reasons=reasons,
        areas=codes(alarm.labels.get(rule.area_label, "")),
        services=codes(alarm.labels.get(rule.service_label, "")),
        title=_title(alarm),
        correlate=timedelta(minutes=rule.correlate_minutes),
    )


def codes(text: str) -> tuple[str, ...]:
    """The codes of a label, separated by commas, each once and in order."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _level(rule: Rule, labels: dict[str, str]) -> tuple[int | Literal["by_impact"] | None, tuple[str, ...]]:
    """The level and the sentences that led to it; None with the reason when no incident is meant."""
    if rule.level is not None:
        return rule.level, (sentence("rule_says", rule=rule.id, level=rule.level),)
    given = labels.get(rule.level_label, "").strip()
    if given in {str(level) for level in LEVELS}:
        return int(given), (sentence("label", label=rule.level_label, level=given),)
    reasons = (
        (sentence("label_no_level", label=rule.level_label, given=given[:_LONGEST_SHOWN]),) if given else ()
    )
    severity = labels.get(rule.severity_label, "").strip().lower()
    if severity in rule.severities:
        level = rule.severities[severity]
        shape = "severity" if level else "severity_ignored"
        return level, (*reasons, sentence(shape, severity=severity, rule=rule.id))
    shape = "unlisted" if severity else "no_severity"
    values = {"severity": severity[:_LONGEST_SHOWN], "rule": rule.id}
    if rule.otherwise is None:
        return None, (*reasons, sentence(f"{shape}_ignored", **values))
    if rule.otherwise == BY_IMPACT:
        return BY_IMPACT, (*reasons, sentence(f"{shape}_by_impact", **values))
    return rule.otherwise, (*reasons, sentence(f"{shape}_level", **values, level=rule.otherwise))


def _title(alarm: Alarm) -> str:
    shown = "".join(character if character.isprintable() else " " for character in alarm.summary)
    return (
        " ".join(shown.split())[:LONGEST_TITLE].strip() or f"{alarm.source} {alarm.dedup_key}"[:LONGEST_TITLE]
    )


def parse_routing(text: str) -> Routing:
    """The rules in `text`; Invalid names every problem with its path, and nothing is taken over."""
    try:
        return Routing.model_validate(strict_yaml.read(text))
    except strict_yaml.YAMLError as error:
        raise Invalid("routing is not YAML: {error}", error=error, field="routing", next=_NEXT) from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'routing'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise Invalid("routing: {problems}", problems=problems, field="routing", next=_NEXT) from error


_NEXT = "compare with triggers/routing.yaml, which ships with tongbao"


def default() -> Routing:
    """The rules that ship with tongbao."""
    return parse_routing((files("triggers") / "routing.yaml").read_text(encoding="utf-8"))
