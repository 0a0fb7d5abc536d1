"""What an incident owes: what `close` refuses for and what nobody is there to do. Reads only."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from coordinator.act import Act
from incidents.incident import Incident
from incidents.terms import NoticeState
from playbooks.engine import missing
from playbooks.playbook import parse
from playbooks.task import ENDED, OWED, Task

GOING = (NoticeState.SUBMITTED, NoticeState.APPROVED, NoticeState.SENDING, NoticeState.PAUSED)
"""Notices that are on their way to customers; a draft is nobody's yet."""


def owed(act: Act, incident: Incident) -> tuple[str, ...]:
    """Everything that must end before the record closes: windows, notices under way, tasks, and the steps that
    its playbook asks for, and how it ended (R10, R19, R35)."""
    windows = [f"window {w.id} {w.kind}" for w in act.tx.windows.of_incident(incident.id) if w.owed]
    notices = [
        f"notice {n.id} {n.state}" for n in act.tx.notices.of_incident(incident.id) if n.state in GOING
    ]
    every = act.tx.playbooks.tasks(incident.id)
    tasks = [f"task {t.id} {t.step}" for t in every if t.state in OWED]
    text, _ = act.tx.playbooks.run(incident.id)
    known = {task.step for task in every}
    ended = {task.step for task in every if task.state in ENDED}
    steps = [f"step {s}" for s in missing(parse(text), incident.level, ended) if s not in known]
    facts = [] if incident.result else ["fact result"]
    asked = [f"decision {one.name} {one.asked}" for one in act.tx.decisions.waiting(incident.id)]
    return (*windows, *notices, *tasks, *steps, *asked, *facts)


def today(act: Act) -> date:
    """The day on the operator's calendar."""
    return act.now.astimezone(ZoneInfo(act.house.setting.zone)).date()


def unfilled(act: Act, tasks: list[Task]) -> list[str]:
    """The roles of these tasks that nobody has (R04), in the order of the tasks."""
    held = {role for _, roles in act.tx.people.all() for role in roles}
    return list(dict.fromkeys(task.role for task in tasks if task.owed and task.role not in held))
