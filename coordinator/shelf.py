"""Verbs that read the playbooks: which there are, which are in force, what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coordinator.act import Act
from coordinator.owed import today
from incidents.effects import Effect
from incidents.errors import NotFound
from playbooks.check import Problem
from playbooks.playbook import Step
from playbooks.shelf import OWN, Edition, Source, library

Document = dict[str, Any]


def listing(act: Act, only_overdue: bool) -> tuple[Document, list[Effect]]:
    """Every sound version; those that are not are counted, and `playbook check` has their problems (R02)."""
    shelf, day = act.house.playbooks, today(act)
    items = [_edition(act, one) for one in shelf.editions if one.overdue(day) or not only_overdue]
    wrong = sorted({p.file for p in shelf.problems(day) if not p.warning})
    overdue = [item for item in items if item["overdue"] and item["standing"] == "active"]
    following = "tongbao playbook check" if wrong or overdue else "tongbao playbook show TYPE"
    return {"items": items, "wrong": wrong, "at": act.now.isoformat(), "next": following}, []


def _edition(act: Act, one: Edition) -> Document:
    playbook = one.playbook
    return {
        "id": playbook.id,
        "version": playbook.version,
        "type": playbook.type,
        "standing": act.house.playbooks.standing(one, today(act)),
        "origin": one.source.origin,
        "file": one.source.file,
        "author": playbook.author,
        "approved_by": playbook.approved_by,
        "effective_from": playbook.effective_from.isoformat(),
        "review_due": playbook.review_due.isoformat(),
        "overdue": one.overdue(today(act)),
    }


def shown(act: Act, kind: str) -> tuple[Document, list[Effect]]:
    """The playbook in force for a type, step by step."""
    one = act.house.playbooks.active(kind, today(act))
    if one is None:
        raise NotFound("no playbook for {type}", type=kind, field="type", next="tongbao playbook list")
    playbook = one.playbook
    return {
        **_edition(act, one),
        "departments": {code: title.words() for code, title in playbook.departments.items()},
        "leads": {str(level): department for level, department in playbook.levels.items()},
        "closing": {str(level): list(steps) for level, steps in playbook.closing.items()},
        "steps": [_step(step) for step in playbook.steps],
        "at": act.now.isoformat(),
        "next": f"tongbao open --type {kind} --help",
    }, []


def _step(step: Step) -> Document:
    limits = {str(level): step.limit_at(level) for level in step.levels}
    return {
        "id": step.id,
        "when": step.when,
        "after": list(step.after),
        "levels": list(step.levels),
        "phase": step.phase,
        "track": step.track,
        "department": step.department,
        "role": step.role,
        "title": step.title.words(),
        "limit_seconds": {
            n: None if span is None else int(span.total_seconds()) for n, span in limits.items()
        },
        "escalates": step.escalates,
        "draft": step.draft,
    }


def checked(act: Act, given: Sequence[Source]) -> tuple[tuple[list[str], list[Problem]], list[Effect]]:
    """(files, problems) of what is given, looked at beside what the house has; of all when nothing is given."""
    shelf, day = act.house.playbooks, today(act)
    if not given:
        return (list(shelf.files), shelf.problems(day)), []
    files = [source.file for source in given]
    others = [s for s in shelf.sources if s.origin == OWN and s.file not in files]
    together = library([*others, *given])
    return (files, [p for p in together.problems(day) if p.file in files]), []
