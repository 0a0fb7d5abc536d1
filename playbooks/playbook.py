"""A playbook as its YAML says it: steps with owners, levels, phases and tracks (R01, R04, R05, R18).

Pure. The shape only; what the steps must be to each other is in playbooks/check.py.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from incidents import strict_yaml
from incidents.errors import Invalid
from incidents.terms import LEVELS, IncidentType, Kind

PHASES = ("report", "respond", "handle", "recover", "review")
"""In order; what opens each is in playbooks/engine.py."""
DEPARTMENTS = (
    "customer_service",
    "technical_support",
    "contact_centre",
    "legal",
    "headquarters",
    "provincial_company",
    "district_centre",
)
"""Those that every operator has; a playbook may name more of its own. Their names: templates/words."""
SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def _by_level(of: dict[str, Any]) -> WithJsonSchema:
    """One value for each level: YAML's keys are numbers, those of JSON are strings."""
    keys = [str(level) for level in LEVELS]
    shape = {"type": "object", "properties": dict.fromkeys(keys, of), "additionalProperties": False}
    return WithJsonSchema({**shape, "required": keys})


Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Day = Annotated[date, WithJsonSchema({"type": "string", "format": "date"})]
Span = Annotated[timedelta, Field(gt=timedelta(), le=timedelta(days=366))]
_DURATION = {"type": "string", "format": "duration", "examples": ["PT15M", "P5D"]}
Spans = Annotated[
    dict[Literal[1, 2, 3], Span],
    WithJsonSchema(
        {
            "type": "object",
            "properties": dict.fromkeys(map(str, LEVELS), _DURATION),
            "additionalProperties": False,
        }
    ),
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(_Part):
    """What it is called, in both languages."""

    zh: str = Field(alias="zh-CN", min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=200)

    def words(self) -> dict[str, str]:
        return {"zh-CN": self.zh, "en": self.en}


class Step(_Part):
    """One thing that its owner does, once, when `when` has happened, its phase is open and `after` has ended."""

    id: Code
    when: Literal["opened", "confirmed", "upgraded", "restored", "resolved"]
    after: tuple[Code, ...] = Field(default=(), description="steps that must have ended first")
    levels: tuple[Literal[1, 2, 3], ...] = Field(default=(1, 2, 3), min_length=1)
    phase: Literal["report", "respond", "handle", "recover", "review"]
    track: Literal["repair", "service", "lead"] = Field(
        description="repair and service never wait for each other; lead is command, law and review"
    )
    department: Code
    role: Literal["duty_manager", "comms", "legal", "commander", "headquarters", "admin"]
    title: Title
    limit: Span | Spans | None = Field(
        default=None, description="the department's own target, one or by level; never a customer clock"
    )
    escalates: bool = Field(
        default=False, description="not acknowledged by its role at its limit, it shows red and is recorded"
    )
    draft: Literal[Kind.FIRST_NOTICE] | None = Field(
        default=None, description="prepares this draft instead of a task"
    )
    report: Literal[Kind.HANDLING_REPORT, Kind.SUMMARY_REPORT, Kind.SUPERIOR_REPORT] | None = Field(
        default=None, description="done by itself when this report is approved, or superiors have been told"
    )

    def limit_at(self, level: int) -> timedelta | None:
        """The limit at this level; None when there is none."""
        return self.limit.get(level) if isinstance(self.limit, dict) else self.limit  # type: ignore[call-overload]


class Playbook(_Part):
    """One type of incident at all three levels; `levels` says which department leads (R13, R14, R15)."""

    id: Code
    version: int = Field(ge=1)
    type: IncidentType
    author: str = Field(min_length=1)
    approved_by: str = Field(default="", description="somebody other than the author; nothing until approved")
    effective_from: Day
    review_due: Day
    departments: dict[Code, Title] = Field(default={}, description="departments beyond the usual ones")
    levels: Annotated[dict[Literal[1, 2, 3], Code], _by_level({"type": "string"})]
    closing: Annotated[
        dict[Literal[1, 2, 3], Annotated[tuple[Code, ...], Field(min_length=1)]],
        _by_level({"type": "array", "items": {"type": "string"}, "minItems": 1}),
    ] = Field(description="the steps that must be done, or skipped with a reason, before the record closes")
    steps: tuple[Step, ...] = Field(min_length=1)

    @property
    def name(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def approved(self) -> bool:
        """Whether somebody other than the author approved it."""
        return bool(self.approved_by.strip()) and same(self.approved_by) != same(self.author)

    def steps_at(self, level: int) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if level in step.levels)


def same(name: str) -> str:
    """A person's name as it is compared: case and blanks make no other person."""
    return " ".join(name.split()).casefold()


@lru_cache(maxsize=64)
def parse(text: str) -> Playbook:
    """The playbook in `text`; Invalid names every problem of its shape with its path."""
    try:
        return Playbook.model_validate(strict_yaml.read(text))
    except (strict_yaml.YAMLError, ValueError) as error:
        if isinstance(error, ValidationError):
            problems = "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors())
            raise Invalid("playbook: {problems}", problems=problems, field="playbook") from error
        raise Invalid("the playbook is not YAML: {error}", error=error, field="playbook") from error


def schema() -> dict[str, Any]:
    """JSON Schema of a playbook, for editors."""
    return {"$schema": SCHEMA, **Playbook.model_json_schema(by_alias=True)}
