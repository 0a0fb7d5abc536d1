"""Verbs of the playbook: pin, advance, tasks and their acknowledgement."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from coordinator.act import Act
from coordinator.failpoints import fp
from coordinator.owed import today, unfilled
from coordinator.regime_rows import STEP
from incidents.effects import AdvancePlaybook, Effect, EndQuestion, OpenTask, Record, RewindPlaybook
from incidents.errors import Conflict, Invalid, NotAllowed, NotFound
from incidents.placeholder import own_words
from incidents.supervision import NAMED_BY
from incidents.terms import Kind
from playbooks.engine import TASK_ENDED, advance, rewound
from playbooks.playbook import parse
from playbooks.shelf import Edition
from playbooks.task import ENDED, OWED, WITHDRAWN, Task

Outcome = tuple[Task, list[Effect]]
ESCALATIONS = 200
"""Tasks escalated in one transaction."""


def in_force(act: Act, kind: str) -> Edition:
    """The one playbook in force for this type; NotFound when no file has one."""
    found = act.house.playbooks.active(kind, today(act))
    if found is None:
        raise NotFound("no playbook for {type}", type=kind, field="type", next="tongbao playbook list")
    return found


def activate(act: Act, incident_id: int) -> list[Effect]:
    """Pin the playbook in force for the incident's type word for word; editing it later changes nothing here
    (R02, R16)."""
    incident = act.tx.incidents.by_id(incident_id)
    fp("playbook.before_pin")
    edition = in_force(act, incident.type)
    playbook, text = edition.playbook, edition.source.text
    digest = hashlib.sha256(text.encode()).hexdigest()
    act.tx.playbooks.pin(incident_id, playbook.id, playbook.version, digest, text, act.now)
    act.tx.incidents.save(replace(incident, playbook=playbook.name))
    data: dict[str, object] = {"playbook": playbook.name, "digest": digest}
    data |= {"leads": playbook.levels[incident.level], "origin": edition.source.origin}  # type: ignore[index]
    if edition.overdue(today(act)):
        data["review_overdue_since"] = playbook.review_due.isoformat()
    return [Record(incident_id, "playbook_activated", data)]


def advance_run(act: Act, incident_id: int, event: str) -> list[Effect]:
    """Let the pinned playbook answer what happened; an ordinary complaint has none."""
    incident = act.tx.incidents.by_id(incident_id)
    if incident.case:
        return []
    text, run = act.tx.playbooks.run(incident_id)
    ended = [task.step for task in act.tx.playbooks.tasks(incident_id, ENDED)]
    further, effects = advance(parse(text), run, event, incident.level, incident_id, ended)
    if further != run:
        act.tx.playbooks.save_run(incident_id, further)
    return effects


def rewind(act: Act, effect: RewindPlaybook) -> list[Effect]:
    """Tasks that an act opened and that nobody took yet are withdrawn; when it happens again they open again."""
    incident = act.tx.incidents.by_id(effect.incident)
    if incident.case:
        return []
    text, run = act.tx.playbooks.run(incident.id)
    tasks = act.tx.playbooks.tasks(incident.id)
    taken = {task.step for task in tasks if task.state != "open"}
    gone = {task.step for task in tasks if task.state == WITHDRAWN}
    run = replace(run, begun=tuple(step for step in run.begun if step not in gone))
    back = rewound(parse(text), run, effect.events, incident.level, taken - gone)
    act.tx.playbooks.save_run(incident.id, back)
    own = [task for task in tasks if not task.step.startswith(STEP)]
    withdrawn = [task for task in own if task.state == "open" and task.step not in back.begun]
    for task in withdrawn:
        act.tx.playbooks.withdraw_task(task.id)
    return [Record(incident.id, "task_withdrawn", {"task": task.id, "step": task.step}) for task in withdrawn]


def withdraw_tasks(act: Act, incident_id: int) -> list[Effect]:
    """There is nothing to handle: every task that is owed is withdrawn."""
    owed = act.tx.playbooks.tasks(incident_id, OWED)
    for task in owed:
        act.tx.playbooks.withdraw_task(task.id)
    return [Record(incident_id, "task_withdrawn", {"task": task.id, "step": task.step}) for task in owed]


def open_task(act: Act, task: OpenTask) -> list[Effect]:
    """Give a department its task; a role that nobody has is said on the timeline, once (R04)."""
    due = None if task.limit_seconds is None else act.now + timedelta(seconds=task.limit_seconds)
    before = unfilled(act, act.tx.playbooks.tasks(task.incident))
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
            "track": task.track,
            "escalates": task.escalates,
        }
    )
    data = {"step": task.step, "department": task.department, "role": task.role}
    lacking = [role for role in unfilled(act, act.tx.playbooks.tasks(task.incident)) if role not in before]
    gaps = [Record(task.incident, "role_unfilled", {"role": role, "step": task.step}) for role in lacking]
    return [Record(task.incident, "task_opened", data), *gaps]


def ack_task(act: Act, task_id: int) -> Outcome:
    """Somebody has seen the task and takes it; said again, the first one stands.

    One that escalates is only acknowledged by somebody of its role: else headquarters would be called there
    without knowing (R14).
    """
    task = _owed(act, task_id)
    if task.state == "acknowledged":
        return task, []
    if task.escalates and task.role not in act.actor.roles:
        raise NotAllowed(
            "task {id} is for somebody with the role {role}",
            id=task_id,
            role=task.role,
            field="user",
            next="tongbao user list",
        )
    act.tx.playbooks.ack_task(task_id, act.actor.name, act.now)
    taken = replace(task, state="acknowledged", acknowledged_at=act.now, acknowledged_by=act.actor.name)
    return taken, [Record(task.incident_id, "task_acknowledged", {"task": task_id, "step": task.step})]


def end_task(act: Act, task_id: int, state: str, reason: str | None) -> Outcome:
    """A task is done, or skipped with a reason; steps that waited for it begin."""
    task = _owed(act, task_id)
    if task.step.startswith(STEP):
        raise _asks(act, task)
    if task.step == NAMED_BY and state == "done":
        raise Conflict(
            "task {id} asks who supervises",
            id=task.id,
            field="task",
            next=f"tongbao supervise {act.tx.incidents.by_id(task.incident_id).reference} PERSON",
        )
    if state == "skipped" and not own_words(reason or ""):
        raise Invalid("a reason is needed to skip a task", field="reason", next="--reason …")
    return _ended(act, task, state, reason)


def _ended(act: Act, task: Task, state: str, reason: str | None) -> Outcome:
    act.tx.playbooks.end_task(task.id, state, act.actor.name, reason, act.now)
    data = {"step": task.step, "reason": reason or ""}
    ended = replace(task, state=state, ended_at=act.now, ended_by=act.actor.name, reason=reason)
    return ended, [
        Record(task.incident_id, f"task_{state}", data),
        AdvancePlaybook(task.incident_id, TASK_ENDED),
    ]


def _asks(act: Act, task: Task) -> Conflict:
    """A question about a regime is ended by its answer alone."""
    answer = (
        f"{act.tx.incidents.by_id(task.incident_id).reference} {task.step.removeprefix(STEP)} --reason '…'"
    )
    return Conflict(
        "task {id} asks whether a regime applies",
        id=task.id,
        field="task",
        next=("tongbao regime apply {answer}, or tongbao regime waive {answer}", {"answer": answer}),
    )


def end_question(act: Act, effect: EndQuestion) -> list[Effect]:
    """The question has its answer: its task, if it is still owed, is done."""
    asked = [t for t in act.tx.playbooks.tasks(effect.incident, OWED) if t.step == effect.step]
    return [done for task in asked for done in _ended(act, task, "done", effect.reason)[1]]


def end_report_tasks(act: Act, incident_id: int, kind: Kind) -> list[Effect]:
    """The report is approved: the owed tasks that ask for it in the pinned playbook are done."""
    text, _ = act.tx.playbooks.run(incident_id)
    asking = {step.id for step in parse(text).steps if step.report == kind}
    asked = [task for task in act.tx.playbooks.tasks(incident_id, OWED) if task.step in asking]
    return [effect for task in asked for effect in end_task(act, task.id, "done", None)[1]]


def _owed(act: Act, task_id: int) -> Task:
    task = act.tx.playbooks.task(task_id)
    if task is None:
        raise NotFound("no task {id}", id=task_id, field="task", next="tongbao task list")
    if not task.owed:
        raise Conflict(
            "task {id} is {state}", id=task_id, state=task.state, field="task", next="tongbao task list --all"
        )
    return task


def escalate(act: Act) -> tuple[int, list[Effect]]:
    """Say on the timeline, once, that nobody of its role acknowledged a task by its limit (R14).

    Returns how many; a full hand means that there may be more.
    """
    late = act.tx.playbooks.to_escalate(act.now, ESCALATIONS)
    effects: list[Effect] = []
    for task in late:
        act.tx.playbooks.mark_escalated(task.id, act.now)
        data = {"task": task.id, "step": task.step, "department": task.department, "role": task.role}
        due = None if task.due_at is None else task.due_at.isoformat()
        effects.append(Record(task.incident_id, "task_escalated", {**data, "due_at": due}))
    return len(late), effects
