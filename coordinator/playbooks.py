"""Verbs of the playbook: pin, advance, tasks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from coordinator.act import Act
from incidents.effects import Effect, OpenTask, Record, RewindPlaybook
from incidents.errors import Conflict, Invalid, NotFound
from playbooks.playbook import advance, parse
from playbooks.task import Task


def activate(act: Act, incident_id: int) -> list[Effect]:
    """Pin the playbook of the incident's type word for word; editing it later changes nothing here (R02)."""
    incident = act.tx.incidents.by_id(incident_id)
    text = act.house.playbooks[incident.type.value]
    playbook = parse(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    act.tx.playbooks.pin(incident_id, playbook.id, playbook.version, digest, text, act.now)
    name = f"{playbook.id}@{playbook.version}"
    act.tx.incidents.save(replace(incident, playbook=name))
    leads = playbook.levels[incident.level]
    return [Record(incident_id, "playbook_activated", {"playbook": name, "digest": digest, "leads": leads})]


def advance_run(act: Act, incident_id: int, event: str) -> list[Effect]:
    """Let the pinned playbook answer what happened."""
    incident = act.tx.incidents.by_id(incident_id)
    text, done = act.tx.playbooks.run(incident_id)
    now_done, effects = advance(parse(text), done, event, incident.level, incident_id)
    if now_done != done:
        act.tx.playbooks.save_done(incident_id, now_done)
    return effects


def rewind(act: Act, effect: RewindPlaybook) -> list[Effect]:
    """Forget that the event's drafts were made: they were dropped with the act that was taken back."""
    text, done = act.tx.playbooks.run(effect.incident)
    drafted = {step.id for step in parse(text).steps if step.when == effect.event and step.draft is not None}
    act.tx.playbooks.save_done(effect.incident, tuple(step for step in done if step not in drafted))
    return []


def open_task(act: Act, task: OpenTask) -> list[Effect]:
    due = None if task.limit_seconds is None else act.now + timedelta(seconds=task.limit_seconds)
    act.tx.playbooks.open_task(
        {
            "incident_id": task.incident,
            "step": task.step,
            "phase": task.phase,
            "department": task.department,
            "role": task.role,
            "title": task.title,
            "opened_at": act.now,
            "due_at": due,
        }
    )
    data = {"step": task.step, "department": task.department, "role": task.role}
    return [Record(task.incident, "task_opened", data)]


ACKNOWLEDGED = "task_acknowledged:"
"""With a task's id it is the key under which its acknowledgement is kept; the timeline has it too."""


def acknowledge_task(act: Act, task_id: int) -> tuple[Task, list[Effect]]:
    """Somebody has seen the task and takes it; said again, the first one stands."""
    task = _open_task(act, task_id)
    if acknowledgement(act, task_id) != (None, None):
        return task, []
    act.tx.meta.put(f"{ACKNOWLEDGED}{task_id}", f"{act.actor.name} {act.now.isoformat()}")
    return task, [Record(task.incident_id, "task_acknowledged", {"task": task_id, "step": task.step})]


def acknowledgement(act: Act, task_id: int) -> tuple[str | None, str | None]:
    """(who, when as ISO 8601) of a task's acknowledgement; (None, None) before it."""
    by, _, at = (act.tx.meta.get(f"{ACKNOWLEDGED}{task_id}") or "").rpartition(" ")
    return by or None, at or None


def _open_task(act: Act, task_id: int) -> Task:
    task = act.tx.playbooks.task(task_id)
    if task is None:
        raise NotFound("no task {id}", id=task_id, field="task", next="tongbao task list")
    if task.state != "open":
        raise Conflict(
            "task {id} is {state}", id=task_id, state=task.state, field="task", next="tongbao task list --all"
        )
    return task


def end_task(act: Act, task_id: int, state: str, reason: str | None) -> tuple[Task, list[Effect]]:
    """A task is done, or skipped with a reason."""
    task = _open_task(act, task_id)
    if state == "skipped" and not (reason or "").strip():
        raise Invalid("a reason is needed to skip a task", field="reason", next="--reason …")
    act.tx.playbooks.end_task(task_id, state, act.actor.name, reason, act.now)
    data = {"step": task.step, "reason": reason or ""}
    ended = replace(task, state=state, ended_at=act.now, ended_by=act.actor.name, reason=reason)
    return ended, [Record(task.incident_id, f"task_{state}", data)]
