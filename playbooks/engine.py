"""The engine: which steps an event sets going, and what they ask for.

Pure. Each (incident, step) takes effect exactly once (I13); phases open in order (R05).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from incidents.effects import DraftNotice, Effect, OpenTask
from playbooks.playbook import PHASES, Playbook, Step

COURSE = ("opened", "confirmed", "restored", "resolved")
"""How an incident goes; what comes later has what comes before behind it, also when nobody said so."""
OPENS = {
    "opened": ("report", "respond"),
    "confirmed": ("handle",),
    "restored": ("recover",),
    "resolved": ("review",),
}
"""Event -> the phases that it opens. No phase opens before those before it."""
TASK_ENDED = "task_ended"
"""Not an event of the incident: a task ended that other steps may wait for."""


@dataclass(frozen=True)
class Run:
    """How far one incident's playbook is: what has happened, and which steps have taken effect, in order."""

    events: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()

    def open_phases(self) -> frozenset[str]:
        return frozenset(phase for event in self.events for phase in OPENS.get(event, ()))


def after_event(run: Run, event: str) -> Run:
    """The run with `event` behind it, and what it implies: what is restored was real."""
    passed = COURSE[: COURSE.index(event) + 1] if event in COURSE else (event,)
    new = tuple(one for one in passed if one not in (*run.events, TASK_ENDED))
    return replace(run, events=(*run.events, *new))


def due(playbook: Playbook, run: Run, level: int, ended: Collection[str]) -> tuple[Step, ...]:
    """The steps of this level whose event has happened, whose phase is open and who wait for nothing, in the
    order of their phases.

    A step of another level is not waited for. `ended` are the steps whose task is done or skipped.
    """
    here = playbook.steps_at(level)
    known, phases = {step.id for step in here}, run.open_phases()
    found = [
        step
        for step in here
        if step.id not in run.begun
        and step.when in run.events
        and step.phase in phases
        and all(one in ended for one in step.after if one in known)
    ]
    return tuple(sorted(found, key=lambda step: PHASES.index(step.phase)))


def rewound(playbook: Playbook, run: Run, events: Iterable[str], level: int, taken: Collection[str]) -> Run:
    """The run after an act was taken back: what the events that still stand do not lead to has not begun.

    Steps that somebody has `taken` stay as they are.
    """
    back = after_event(Run(), "opened")
    for event in events:
        back = after_event(back, event)
    phases = back.open_phases()
    due_still = {
        step.id for step in playbook.steps_at(level) if step.when in back.events and step.phase in phases
    }
    return replace(back, begun=tuple(step for step in run.begun if step in due_still or step in taken))


def advance(
    playbook: Playbook, run: Run, event: str, level: int, incident: int, ended: Iterable[str] = ()
) -> tuple[Run, list[Effect]]:
    """What `event` sets going at this level. A draft has ended as soon as it is asked for.

    After an upgrade, the new level's steps of everything that has happened already are caught up.
    """
    run, effects = after_event(run, event), []
    drafts = {step.id for step in playbook.steps if step.draft is not None}
    known = set(ended)
    while steps := due(playbook, run, level, known | (drafts & set(run.begun))):
        run = replace(run, begun=(*run.begun, *(step.id for step in steps)))
        effects += [_asked(step, level, incident) for step in steps]
    return run, effects


def _asked(step: Step, level: int, incident: int) -> Effect:
    if step.draft is not None:
        return DraftNotice(incident, step.draft)
    limit = step.limit_at(level)
    return OpenTask(
        incident=incident,
        step=step.id,
        phase=step.phase,
        department=step.department,
        role=step.role,
        title=step.title.words(),
        limit_seconds=None if limit is None else int(limit.total_seconds()),
        track=step.track,
        escalates=step.escalates,
    )


def missing(playbook: Playbook, level: int, ended: Collection[str]) -> tuple[str, ...]:
    """The steps without which the record does not close at this level and that have not ended (R10)."""
    return tuple(step for step in playbook.closing.get(level, ()) if step not in ended)  # type: ignore[call-overload]
