"""A playbook: steps with owners, levels and phases, read from YAML; a step without an owner is refused (R01).

The engine is pure: each (incident, step) takes effect exactly once (I13).
"""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from incidents import strict_yaml
from incidents.effects import DraftNotice, Effect, OpenTask
from incidents.errors import Invalid
from incidents.terms import LEVELS, IncidentType, Kind

PHASES = ("report", "respond", "handle", "recover", "review")


class Step(BaseModel):
    """One thing to do when `when` happens at one of `levels`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    when: str = Field(pattern="^(opened|confirmed|upgraded|restored|resolved)$")
    levels: tuple[int, ...] = LEVELS
    phase: str = Field(pattern="^(report|respond|handle|recover|review)$")
    department: str = Field(min_length=1)
    role: str = Field(min_length=1)
    title: dict[str, str]
    limit: timedelta | None = None
    draft: Kind | None = None


class Playbook(BaseModel):
    """`levels` names what each level means for who leads (R13, R14)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: int
    type: IncidentType
    author: str
    approved_by: str
    effective_from: str
    review_due: str
    levels: dict[int, str]
    steps: tuple[Step, ...]


def parse(text: str) -> Playbook:
    """The playbook in `text`; Invalid names every problem with its path."""
    try:
        return Playbook.model_validate(strict_yaml.read(text))
    except strict_yaml.YAMLError as error:
        raise Invalid("the playbook is not YAML: {error}", error=error, field="playbook") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors())
        raise Invalid("playbook: {problems}", problems=problems, field="playbook") from error


def library() -> dict[str, str]:
    """Incident type -> the text of the playbook that ships for it."""
    folder = files("playbooks") / "library"
    texts = [path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".yaml")]
    return {parse(text).type.value: text for text in texts}


def advance(
    playbook: Playbook, done: tuple[str, ...], event: str, level: int, incident: int
) -> tuple[tuple[str, ...], list[Effect]]:
    """The steps that `event` sets going at this level, and what they ask for.

    After an upgrade, the new level's steps of everything that has happened already are caught up.
    """
    happened = {step.when for step in playbook.steps if step.id in done} | {event}
    due = [s for s in playbook.steps if s.id not in done and level in s.levels and s.when in happened]
    effects: list[Effect] = []
    for step in due:
        if step.draft is not None:
            effects.append(DraftNotice(incident, step.draft))
        else:
            limit = None if step.limit is None else int(step.limit.total_seconds())
            effects.append(
                OpenTask(incident, step.id, step.phase, step.department, step.role, step.title, limit)
            )
    return (*done, *(step.id for step in due)), effects
