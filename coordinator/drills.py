"""Verbs of drills: start one by its script, inject what is due, end it; what was learnt, and who does what about it.

On top of the verbs: an injected event goes through the same verb as a person's word. One event, one transaction, with
the row that says that it has come: a death in between leaves neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from coordinator import drill_years, incidents, reopening
from coordinator.act import Act, Actor, instant
from coordinator.changes import Changes
from coordinator.failpoints import fp
from incidents.drill import (
    CANCELLED,
    DONE,
    Dials,
    Drill,
    DrillState,
    Injection,
    Says,
    Script,
    Turns,
    Updates,
    completed_at,
    injections,
    parse,
)
from incidents.effects import Effect, EndTasks, EndWindows, Opening, Record, StopNotices
from incidents.errors import Conflict, Invalid, NotFound, Sentence, Several
from incidents.incident import Bilingual, Incident
from incidents.lifecycle import MOVES, after
from incidents.placeholder import own_words
from incidents.terms import LANGUAGES
from incidents.values import difference

DRILL = Actor("drill", ("admin",))
"""Who speaks when a script does."""
LOST = "the script says that service is lost again"
MOST_ACTIONS = 100
LONGEST_CODE = 40
"""Characters of a code that is said back."""
Outcome = tuple[Drill, list[Effect]]


def checked(act: Act, text: str) -> tuple[Script, list[Effect]]:
    """The script in `text`; Invalid names every problem, and every area and service that the directory has not."""
    script = parse(text)
    first = script.opening
    looked_up = (
        ("there is no area {found}", first.areas, act.tx.directory.areas()),
        ("there is no service {found}", first.services, act.tx.directory.services()),
    )
    strange: list[Sentence] = [
        (said, {"found": code[:LONGEST_CODE]})
        for said, codes, known in looked_up
        for code in codes
        if code not in known
    ]
    if strange:
        raise Invalid(
            "the script cannot be taken: {problems}",
            problems=Several(tuple(strange)),
            field="script",
            next="name others when it starts: tongbao drill start SCRIPT --area CODE --service CODE",
        )
    return script, []


def start(
    act: Act, text: str, full: bool, units: Sequence[str], areas: Sequence[str], services: Sequence[str]
) -> Outcome:
    """Open the exercise of a script and plan what is to come. `areas` and `services` stand for the script's own.

    Conflict while another drill runs: they would share the sandbox's dial. Invalid names what is wrong.
    """
    script = parse(text)
    for other in act.tx.drills.running():
        raise Conflict(
            "the drill {ref} is running",
            ref=_reference(act, other),
            field="script",
            next="tongbao drill list",
        )
    chosen = _units(act, units, full)
    incident, effects = incidents.open_incident(act, _opening(script, areas, services))
    drill = act.tx.drills.add(
        Drill(
            id=0,
            incident=incident.id,
            script=script.script,
            text=text,
            full=full,
            units=chosen,
            started_at=act.now,
            started_by=act.actor.name,
        )
    )
    act.tx.drills.plan(injections(drill, script))
    said = {"script": script.script, "full": full, "units": list(chosen), "events": len(script.events)}
    first, *others = effects
    return drill, [first, Record(incident.id, "drill_started", said), *others]


def _units(act: Act, units: Sequence[str], full: bool) -> tuple[str, ...]:
    known = act.tx.organisation.units()
    strange = [code for code in units if code not in known]
    if strange:
        raise Invalid("there is no unit {found}", found=strange[0], field="unit", next="tongbao org list")
    if full and known and not units:
        raise Invalid(
            "a full drill is held by a unit", field="unit", next="name each one that takes part: --unit CODE"
        )
    return tuple(dict.fromkeys(units)) or (() if known else ("",))


def _opening(script: Script, areas: Sequence[str], services: Sequence[str]) -> Opening:
    first = script.opening
    return Opening(
        type=first.type,
        level=first.level,
        title=first.title,
        areas=tuple(areas) or first.areas,
        services=tuple(services) or first.services,
        onset_at=None,
        aware_at=None,
        affected=first.affected,
        cause={},
        source="person",
        exercise=True,
    )


def due(act: Act) -> tuple[Drill, Injection, Dials | None, bool] | None:
    """The event whose turn it is: its drill, its row, the dial it turns (None: it is a word to the record), and whether
    it puts the dial back."""
    step = act.tx.drills.due(act.now)
    if step is None:
        return None
    [drill] = [one for one in act.tx.drills.all() if one.id == step.drill]
    events = parse(drill.text).events
    if step.number >= len(events):
        return drill, step, None, True
    event = events[step.number]
    return drill, step, event if isinstance(event, Dials) else None, False


def inject(act: Act, drill: Drill, step: Injection) -> tuple[bool, list[Effect]]:
    """Let one event come, by the verb that a person would use. False when it has come already.

    Whatever the verb refuses with is the caller's to record: nothing of it is left behind.
    """
    if not act.tx.drills.settle(replace(step, done_at=act.now, outcome=DONE)):
        return False, []
    event = parse(drill.text).events[step.number]
    record = Record(_incident(drill), "drill_injected", _said(step, event.do))
    effects = _event(act, drill, event)
    fp("drill.before_commit")
    return True, [record, *effects]


def _event(act: Act, drill: Drill, event: Any) -> list[Effect]:
    reference = _reference(act, drill)
    match event:
        case Updates():
            given = {name: getattr(event, name) for name in event.model_fields_set - {"at", "do"}}
            return incidents.update(act, reference, Changes(**given))[1]
        case Says(words=words):
            return [Record(_incident(drill), "drill_said", {"words": dict(words)})]
        case Turns(do="lost_again"):
            return reopening.reopen(act, reference, LOST)[1]
        case Turns(do=turn):
            return incidents.restored(act, reference, None, turn == "partly_restored")[1]
    raise Invalid("{what} is no event of the record", what=event.do, field="script")


def dialled(act: Act, drill: Drill, step: Injection, said: dict[str, Any]) -> tuple[bool, list[Effect]]:
    """The dial has been turned, or put back; once on the record however often it was turned."""
    if not act.tx.drills.settle(replace(step, done_at=act.now, outcome=DONE)):
        return False, []
    if not any(said.values()):
        return True, []
    return True, [Record(_incident(drill), "drill_injected", {**_said(step, "dial"), **said})]


def refused(act: Act, drill: Drill, step: Injection, why: str) -> tuple[bool, list[Effect]]:
    """An event that cannot come any more: people were faster than the script. The next ones still come."""
    if not act.tx.drills.settle(replace(step, done_at=act.now, outcome=why[:500])):
        return False, []
    do = parse(drill.text).events[step.number].do if step.number < len(parse(drill.text).events) else "calm"
    return True, [Record(_incident(drill), "drill_refused", {**_said(step, do), "why": why[:500]})]


def _said(step: Injection, do: str) -> dict[str, Any]:
    return {"number": step.number, "do": do, "due_at": step.due_at.isoformat()}


def watch(act: Act) -> tuple[int, list[Effect]]:
    """End the drills whose end has come."""
    effects: list[Effect] = []
    for drill, state, reason, at in over(act):
        effects += _ended(act, drill, state, reason, at)
    return len(effects), effects


def over(act: Act) -> list[tuple[Drill, DrillState, str, datetime]]:
    """Drills whose end has come: everything was injected and people stood down, or the exercise has ended otherwise.

    Each with how it ended, why, and when: a drill belongs to the year in which it ended, whenever that is seen (R07).
    """
    found: list[tuple[Drill, DrillState, str, datetime]] = []
    for drill in act.tx.drills.running():
        incident = act.tx.incidents.by_id(_incident(drill))
        at = completed_at(act.tx.drills.steps(drill.id), incident.resolved_at)
        if at is not None:
            found.append((drill, DrillState.COMPLETED, "", at))
        elif "resolve" not in _moves(incident) and incident.resolved_at is None:
            found.append((drill, DrillState.STOPPED, incident.status, act.now))
    return found


def _moves(incident: Incident) -> list[str]:
    return [name for name, moves in MOVES.items() if incident.status in moves]


def _ended(act: Act, drill: Drill, state: DrillState, reason: str, at: datetime) -> list[Effect]:
    """The row of its end; what was to come is cancelled, and one last event puts back the dial."""
    ended = replace(drill, state=state, ended_at=at, ended_by=act.actor.name, reason=reason)
    act.tx.drills.save(ended)
    steps = act.tx.drills.steps(drill.id)
    for step in steps:
        if step.done_at is None:
            act.tx.drills.settle(replace(step, done_at=act.now, outcome=CANCELLED))
    # Its script is not read here: the clocks' sweep must not depend on it.
    act.tx.drills.plan([Injection(drill.id, 1 + max((step.number for step in steps), default=0), act.now)])
    return [Record(_incident(drill), f"drill_{state}", {"reason": reason, "full": drill.full})]


def stop(act: Act, reference: str, reason: str) -> Outcome:
    """End an exercise before its end, with what was split off from it, for a reason: nothing more is injected, sent or
    owed. It does not count as held.

    One that no script runs ends the same way. Conflict for a real incident, or one that has ended.
    """
    incident = _exercise(act, reference)
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'a real incident needs everybody'")
    drill = act.tx.drills.of_incident(incident.id)
    effects = _stopped(act, incident, reason.strip())
    for part in _parts(act, incident):
        if "false_alarm" in _moves(part):
            effects += _stopped(act, part, reason.strip())
    if drill is None:
        return Drill(0, incident.id, "", "", False, (), incident.opened_at, incident.opened_by), effects
    if drill.state == DrillState.RUNNING:
        effects += _ended(act, drill, DrillState.STOPPED, reason.strip(), act.now)
    found = act.tx.drills.of_incident(incident.id)
    return found or drill, effects


def _stopped(act: Act, incident: Incident, reason: str) -> list[Effect]:
    ended = replace(incident, status=after("false_alarm", incident.status, incident.reference))
    act.tx.incidents.save(ended)
    return [
        Record(incident.id, "exercise_stopped", {"reason": reason, "facts": difference(incident, ended)}),
        StopNotices(incident.id, "exercise_stopped"),
        EndWindows(incident.id, "exercise_stopped"),
        EndTasks(incident.id),
    ]


def _parts(act: Act, incident: Incident) -> list[Incident]:
    """Everything that was split off from it, and from those parts."""
    found: list[Incident] = []
    for part in act.tx.incidents.parts_of(incident.id):
        found += [part, *_parts(act, part)]
    return found


def held(act: Act, units: Sequence[str], at: datetime, evidence: str) -> Outcome:
    """Enter a full drill that was held without tongbao, with what shows it; who entered it stands beside it."""
    if not own_words(evidence):
        raise Invalid(
            "evidence is needed", field="evidence", next="--evidence 'minutes no. 17, in the archive'"
        )
    if instant(act, at, "on") > act.now:
        raise Invalid("on is in the future", field="on", next="enter it when it has been held")
    drill = Drill(
        id=0,
        incident=None,
        script="",
        text="",
        full=True,
        units=_units(act, units, full=True),
        started_at=at,
        started_by=act.actor.name,
        state=DrillState.COMPLETED,
        ended_at=at,
        ended_by=act.actor.name,
        reason=evidence.strip()[:500],
    )
    added = act.tx.drills.add(drill)
    drill_years.look_again(act)
    return added, []


def improve(
    act: Act, reference: str, words: Bilingual, owner: str, due_on: date
) -> tuple[Incident, list[Effect]]:
    """What is to be done better after an exercise: by whom, until which day. On the exercise's own record."""
    incident = _exercise(act, reference)
    missing = [language for language in LANGUAGES if not words.get(language, "").strip()]
    if missing:
        raise Invalid(
            "{name} is missing in {languages}",
            name="what",
            languages=", ".join(missing),
            field="what",
            next="write it as: 中文 // English",
        )
    if act.tx.people.roles(owner) is None:
        raise NotFound("no user {name}", name=owner, field="owner", next="tongbao user list")
    number = 1 + sum(entry.kind == "drill_action" for entry in act.tx.incidents.entries(incident.id))
    if number > MOST_ACTIONS:
        raise Invalid("an exercise has at most {most} actions", most=MOST_ACTIONS, field="what")
    said = {"number": number, "words": dict(words), "owner": owner, "due_on": due_on.isoformat()}
    return incident, [Record(incident.id, "drill_action", said)]


def done(act: Act, reference: str, number: int) -> tuple[Incident, list[Effect]]:
    """An action is done; NotFound when there is none, Conflict when somebody said so already."""
    incident = _exercise(act, reference)
    mine = [e for e in act.tx.incidents.entries(incident.id) if e.data.get("number") == number]
    if not any(entry.kind == "drill_action" for entry in mine):
        raise NotFound(
            "{ref} has no action {n}",
            ref=reference,
            n=number,
            field="action",
            next=f"tongbao drill score {reference}",
        )
    if any(entry.kind == "drill_action_done" for entry in mine):
        raise Conflict("action {n} is done already", n=number, field="action")
    return incident, [Record(incident.id, "drill_action_done", {"number": number})]


def _exercise(act: Act, reference: str) -> Incident:
    incident = act.tx.incidents.get(reference)
    if not incident.exercise:
        raise Conflict(
            "{ref} is a real incident, no exercise", ref=reference, field="ref", next="tongbao drill list"
        )
    return incident


def _incident(drill: Drill) -> int:
    """The exercise of a drill that a script runs; those that were only entered have none."""
    if drill.incident is None:
        raise Conflict(
            "this drill was entered by hand and has no record", field="ref", next="tongbao drill list"
        )
    return drill.incident


def _reference(act: Act, drill: Drill) -> str:
    return act.tx.incidents.by_id(_incident(drill)).reference
