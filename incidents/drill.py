"""Drills: a script of injected events, and one drill by it (R06).

Pure. A script is YAML that planners write; it is refused whole, with every problem named. Minutes count from the start
of the drill. The first event opens the exercise; all later ones are about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from incidents import strict_yaml
from incidents.errors import Invalid, NotFound
from incidents.terms import LANGUAGES, IncidentType

LONGEST_SCRIPT = 100_000
"""Characters of one file."""
MOST_EVENTS = 100
LONGEST_MINUTES = 7 * 24 * 60
PROVIDERS = ("twilio", "smtp", "web")
"""Providers of the sandbox whose dial a drill may turn: those that stand for the ways to customers."""


def _in_both(value: dict[str, str]) -> dict[str, str]:
    if missing := [language for language in LANGUAGES if not value.get(language, "").strip()]:
        raise ValueError(f"missing in {missing[0]}")
    return value


Words = Annotated[
    dict[Literal["zh-CN", "en"], Annotated[str, Field(max_length=500)]], AfterValidator(_in_both)
]


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    at: float = Field(ge=0, le=LONGEST_MINUTES)
    """Minutes after the start."""


class Opens(_Event):
    """What the duty desk hears first; None and empty lists mean unknown."""

    do: Literal["open"]
    type: IncidentType
    title: str = Field(min_length=1, max_length=200)
    level: Literal[1, 2, 3] | None = None
    areas: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    affected: int | None = Field(default=None, ge=0)


class Updates(_Event):
    """New facts come in; at least one."""

    do: Literal["update"]
    affected: int | None = Field(default=None, ge=0)
    emergency_calls: bool | None = None
    cause: Words | None = None
    cause_status: Literal["suspected", "confirmed"] | None = None
    workaround: Words | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Updates:
        if not self.model_fields_set - {"at", "do"}:
            raise ValueError("it changes nothing")
        return self


class Dials(_Event):
    """A provider of the sandbox fails, or works again. Real providers are never touched."""

    do: Literal["dial"]
    provider: Literal["twilio", "smtp", "web"]
    down: bool | None = None
    latency_ms: int | None = Field(default=None, ge=0, le=60_000)
    rate: float | None = Field(default=None, ge=0, le=100_000)

    @property
    def faults(self) -> dict[str, float]:
        down = None if self.down is None else int(self.down)
        given = {"down": down, "latency_ms": self.latency_ms, "rate": self.rate}
        return {name: value for name, value in given.items() if value is not None}

    @model_validator(mode="after")
    def _turns_something(self) -> Dials:
        if not self.faults:
            raise ValueError("it turns nothing: down, latency_ms or rate")
        if self.provider == "web" and self.rate is not None:
            raise ValueError("web has no rate")
        return self


class Says(_Event):
    """Words for those who take part: they stand on the timeline, in both languages."""

    do: Literal["say"]
    words: Words


class Turns(_Event):
    """The service comes back, in part or whole; or it is lost again. Standing down stays with people."""

    do: Literal["restored", "partly_restored", "lost_again"]


Event = Annotated[Opens | Updates | Dials | Says | Turns, Field(discriminator="do")]


class Script(BaseModel):
    """One script. `script` is its name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    script: str = Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")
    title: Words
    about: Words
    events: tuple[Event, ...]

    @model_validator(mode="after")
    def _whole(self) -> Script:
        if not 0 < len(self.events) <= MOST_EVENTS:
            raise ValueError(f"events: from 1 to {MOST_EVENTS}")
        opening = [event for event in self.events if isinstance(event, Opens)]
        if not isinstance(self.events[0], Opens) or self.events[0].at or len(opening) > 1:
            raise ValueError("the first event opens the exercise, at 0, and no other one does")
        if any(later.at < earlier.at for earlier, later in pairwise(self.events)):
            raise ValueError("events stand in the order of their times")
        return self

    @property
    def opening(self) -> Opens:
        first = self.events[0]
        assert isinstance(first, Opens)  # noqa: S101 - checked when it was read
        return first


_NEXT = "compare with a shipped one: tongbao drill scripts"


def parse(text: str) -> Script:
    """The script in `text`; Invalid names every problem, each with its place."""
    problems = [] if len(text) <= LONGEST_SCRIPT else [f"longer than {LONGEST_SCRIPT:,} characters"]
    try:
        if not problems and strict_yaml.has_aliases(text):
            problems = ["it refers to something by *, which nobody can read"]
        if not problems:
            return Script.model_validate(strict_yaml.read(text))
    except (strict_yaml.YAMLError, RecursionError) as error:
        problems = [f"it is not YAML: {' '.join(str(error).split())[:300]}"]
    except ValidationError as error:
        problems = [_said(one) for one in error.errors()]
    raise Invalid(
        "the script cannot be taken: {problems}", problems="; ".join(problems), field="script", next=_NEXT
    )


def _said(problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"]) or "script"
    what = "unknown key" if problem["type"] == "extra_forbidden" else problem["msg"]
    return f"{place}: {what.removeprefix('Value error, ')}"


def shipped() -> dict[str, str]:
    """The scripts that ship with tongbao: name -> text."""
    found = sorted((files("incidents") / "drills").iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".yaml"): file.read_text(encoding="utf-8")
        for file in found
        if file.name.endswith(".yaml")
    }


def of_name(name: str) -> str:
    """The text of a shipped script; NotFound names those there are."""
    known = shipped()
    if name not in known:
        raise NotFound(
            "no script {name}",
            name=name[:100],
            field="script",
            next=("one of: {known}", {"known": tuple(known)}),
        )
    return known[name]


class DrillState(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    """Nothing was to come any more, and people stood the response down: only this can count as held (R07)."""
    STOPPED = "stopped"
    """A person ended it before that."""


@dataclass(frozen=True)
class Drill:
    """One exercise that a script was started for. `text` is the script as it was; `units` took part."""

    id: int
    incident: int | None
    """None for one that was held without tongbao and entered by a person."""
    script: str
    text: str
    full: bool
    units: tuple[str, ...]
    started_at: datetime
    started_by: str
    state: DrillState = DrillState.RUNNING
    ended_at: datetime | None = None
    ended_by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Injection:
    """One event of one drill: what of its script (`number`, from 0), when, and what became of it."""

    drill: int
    number: int
    due_at: datetime
    done_at: datetime | None = None
    outcome: str = ""
    """ "": it has not come yet; else DONE, CANCELLED, or why it was refused."""


DONE, CANCELLED = "done", "cancelled"


def not_come(steps: Iterable[Injection]) -> int:
    """How many events of a drill did not come: refused, because people were faster, or cancelled. A full drill of which
    one did not come counts for no year (R07)."""
    return sum(one.outcome not in ("", DONE) for one in steps)


def planned(drill: Drill, steps: Sequence[Injection]) -> int:
    """How many events were to come after the opening: without the one that puts back the dial at the end."""
    return max(0, len(steps) - (drill.state != DrillState.RUNNING))


def injections(drill: Drill, script: Script) -> tuple[Injection, ...]:
    """Every event with its instant; the opening has come with the start."""
    return tuple(
        Injection(drill.id, number, drill.started_at + timedelta(minutes=event.at))
        for number, event in enumerate(script.events)
        if number
    )


def completed_at(steps: Sequence[Injection], resolved_at: datetime | None) -> datetime | None:
    """When a drill came to its end: nothing was left to come and the response was stood down, whenever that is seen.
    None while something is to come."""
    come = [one.done_at for one in steps if one.done_at is not None]
    if resolved_at is None or len(come) < len(steps):
        return None
    return max([resolved_at, *come])
