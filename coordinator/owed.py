"""What an incident owes: what `close` refuses for and what nobody is there to do. Reads only."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from coordinator.act import Act
from coordinator.overtaken import why_over
from incidents.chain import Entry
from incidents.errors import Sentence
from incidents.incident import Incident
from incidents.terms import NOTICES, REPORTS, Kind, NoticeState, Verdict
from incidents.undoing import FACTS
from playbooks.engine import missing
from playbooks.playbook import parse
from playbooks.task import ENDED, OWED, Task

GOING = (NoticeState.SUBMITTED, NoticeState.APPROVED, NoticeState.SENDING, NoticeState.PAUSED)
"""Notices that are on their way to customers; a draft is nobody's yet."""

DECIDED = (
    *(f"window_{verdict}" for verdict in Verdict if verdict != Verdict.OPEN),
    "duty_done",
    "duty_ended",
)
"""Timeline entries by which a duty is decided or ends."""


def owed(act: Act, incident: Incident) -> tuple[Sentence, ...]:
    """Everything that must end before the record closes: windows, notices under way, tasks, and the steps that
    its playbook asks for, how it ended, and reports that say what is so (R10, R19, R32, R35)."""
    ref = incident.reference
    found: list[Sentence] = [
        ("window {id}, {kind}", {"id": w.id, "kind": w.kind})
        for w in act.tx.windows.of_incident(incident.id)
        if w.owed
    ]
    found += [
        ("notice {id}, {state}", {"id": n.id, "state": n.state})
        for n in act.tx.notices.of_incident(incident.id)
        if n.state in GOING
    ]
    found += _work(act, incident)
    found += [
        ("decision {id}, {asked}", {"id": one.name, "asked": one.asked})
        for one in act.tx.decisions.waiting(incident.id)
        if not why_over(act, one)
    ]
    if not incident.result:
        found.append(("how it ended ({command})", {"command": f"tongbao update {ref} --result '…'"}))
    found += [
        (
            "report {kind} is older than the record ({command})",
            {"kind": kind, "command": f"tongbao report submit {ref} --kind {kind}"},
        )
        for kind in outdated(act, incident)
    ]
    return tuple(found)


def _work(act: Act, incident: Incident) -> list[Sentence]:
    """Tasks that nobody has ended, and steps of the playbook whose task has not even begun."""
    if not incident.playbook:
        return []
    every = act.tx.playbooks.tasks(incident.id)
    text, _ = act.tx.playbooks.run(incident.id)
    playbook = parse(text)
    known = {task.step for task in every}
    ended = {task.step for task in every if task.state in ENDED}
    titles = {step.id: step.title.words() for step in playbook.steps}
    found: list[Sentence] = [
        ("task {id}, {title}", {"id": t.id, "title": t.title}) for t in every if t.state in OWED
    ]
    found += [
        ("the step “{title}”", {"title": titles[step]})
        for step in missing(playbook, incident.level, ended)
        if step not in known
    ]
    return found


def outdated(act: Act, incident: Incident) -> dict[Kind, datetime]:
    """The reports whose approved version was submitted before what it should tell: a verdict on a duty to
    customers, or a new fact; each with the instant of the newest of these. Improvements are the summary's alone."""
    submitted: dict[int, int] = {}
    approved: dict[Kind, int] = {}
    newest: dict[Kind, tuple[int, datetime]] = {}
    for entry in act.tx.incidents.entries(incident.id):
        if entry.kind == "report_submitted":
            submitted[entry.data["report"]] = entry.sequence
        elif entry.kind == "report_approved":
            approved[Kind(entry.data["kind"])] = submitted[entry.data["report"]]
        elif entry.kind == "updated" and set(entry.data) == {"improvements"}:
            newest[Kind.SUMMARY_REPORT] = (entry.sequence, entry.at)
        elif _is_news(entry):
            newest |= dict.fromkeys(REPORTS, (entry.sequence, entry.at))
    return {
        kind: newest[kind][1]
        for kind, sequence in approved.items()
        if kind in newest and newest[kind][0] > sequence
    }


def _is_news(entry: Entry) -> bool:
    """Whether both reports would read otherwise after it."""
    if entry.kind in DECIDED:
        return entry.data["kind"] in NOTICES
    return entry.kind == "updated" or FACTS in entry.data


def today(act: Act) -> date:
    """The day on the operator's calendar."""
    return act.now.astimezone(ZoneInfo(act.house.setting.zone)).date()


def unfilled(act: Act, tasks: list[Task]) -> list[str]:
    """The roles of these tasks that nobody has (R04), in the order of the tasks."""
    held = {role for _, roles in act.tx.people.all() for role in roles}
    return list(dict.fromkeys(task.role for task in tasks if task.owed and task.role not in held))
