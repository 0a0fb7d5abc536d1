"""Verbs of the clocks: open windows, also for people who joined; fulfil."""

from __future__ import annotations

from coordinator import rulebook
from coordinator.act import Act
from coordinator.joined import first_fits
from coordinator.kept import keep, next_sequence, summary
from coordinator.scope import scope_of
from coordinator.standing import audience_at_opening, fits
from incidents.effects import DraftNotice, Effect, EndReportTasks, OpenWindow, Record
from incidents.errors import Conflict, Invalid
from incidents.terms import Kind, NoticeState, Verdict
from windows import clocks, moves, verdict
from windows.window import Window

WRITTEN = (NoticeState.SUBMITTED, NoticeState.SENDING, NoticeState.PAUSED, NoticeState.TOLD)


def open_window(act: Act, effect: OpenWindow) -> list[Effect]:
    """Open a window of this kind, unless one of the kind is open that this change joins."""
    incident = act.tx.incidents.by_id(effect.incident)
    newest = act.tx.windows.newest(incident.id, effect.kind, effect.rule)
    if newest is not None and newest.state == Verdict.OPEN:
        if effect.kind == Kind.PROGRESS_UPDATE:
            return []
        if effect.kind == Kind.MATERIAL_UPDATE and not _already_written(act, newest):
            return [Record(incident.id, "change_joined", {"window": newest.id})]
    terms = rulebook.in_force(act, effect.kind, effect.rule)
    window = act.tx.windows.add(
        clocks.opened(
            terms,
            incident=incident.id,
            level=incident.level,
            started_at=effect.started_at,
            aware_at=incident.aware_at,
            now=act.now,
            by=act.actor.name,
            sequence=next_sequence(act, incident.id, effect.kind, effect.rule),
            promised_at=effect.promised_at,
            audience_state=audience_at_opening(act, incident, terms),
        )
    )
    return [Record(incident.id, "window_opened", summary(window, effect.instead_of))]


def grow_audience(act: Act, incident_id: int) -> list[Effect]:
    """People joined after the first notice was released: a first notice of the next sequence is owed to them,
    unless one that is not submitted yet takes them along. Before that they are simply in its audience."""
    incident = act.tx.incidents.by_id(incident_id)
    firsts = [w for w in act.tx.windows.of_incident(incident_id) if w.kind == Kind.FIRST_NOTICE]
    # A holding notice that told the window stands for the first notice; before that the first takes them along.
    kinds = (Kind.FIRST_NOTICE,) if firsts[0].owed else (Kind.FIRST_NOTICE, Kind.HOLDING_NOTICE)
    released = [n for n in act.tx.notices.of_incident(incident_id) if n.kind in kinds and n.released]
    if not released:
        return []
    scope = scope_of(act, incident)
    people = act.tx.audience.count_new(scope, [n.id for n in released]) if scope.known else 0
    if not people:
        return []
    newest, sequence = firsts[-1], next_sequence(act, incident_id, Kind.FIRST_NOTICE)
    notices = [n for n in act.tx.notices.of_incident(incident_id) if first_fits(newest, n)]
    if newest.owed and newest.sequence > 1 and not any(n.submitted_at for n in notices):
        return [Record(incident_id, "audience_grew", {"window": newest.id, "people": people})]
    terms = rulebook.in_force(act, Kind.FIRST_NOTICE)
    opened = clocks.opened(
        terms,
        incident=incident_id,
        level=incident.level,
        started_at=act.now,
        aware_at=incident.aware_at,
        now=act.now,
        by=act.actor.name,
        sequence=sequence,
    )
    update = rulebook.in_force(act, Kind.MATERIAL_UPDATE).rule
    grace = clocks.length_of(update, incident.level, act.now, incident.aware_at)
    window = act.tx.windows.add(moves.grown(opened, firsts[0], terms, grace))
    return [
        Record(incident_id, "window_opened", summary(window)),
        Record(incident_id, "audience_grew", {"window": window.id, "people": people}),
        DraftNotice(incident_id, Kind.FIRST_NOTICE),
    ]


def _already_written(act: Act, window: Window) -> bool:
    """Whether a notice for this window is past its writing: it cannot tell of a change that joins now."""
    kinds = rulebook.terms_of(act, window).rule.fulfilled_by
    return any(
        n.kind in kinds
        and n.state in WRITTEN
        and n.submitted_at is not None
        and n.submitted_at > window.started_at
        for n in act.tx.notices.of_incident(window.incident)
    )


def fulfil(act: Act, window_id: int, how: str, evidence: str, to: str = "") -> tuple[Window, list[Effect]]:
    """A person says how an audience of nobody was told, whose page entry must be live; or how what no channel tells was
    done, and `to` whom."""
    window = act.tx.windows.get(window_id)
    if not how.strip() or not evidence.strip():
        raise Invalid("how and evidence are needed", field="how", next="--how … --evidence …")
    if not window.owed:
        raise Conflict(
            "window {id} is {state}: nothing is owed any more",
            id=window_id,
            state=window.state,
            field="window",
            next=f"tongbao explain {window_id}",
        )
    by_word = window.told_by == "person"
    nobody = window.told_by == "recipients" and window.audience_state in ("directory_empty", "no_match")
    if not by_word and not nobody:
        raise Conflict(
            "window {id} is told by its channels, not by hand",
            id=window_id,
            field="window",
            next=("tongbao explain {id} says what is missing", {"id": window_id}),
        )
    if not by_word and window.coverage.page_live_at is None and not _page_live(act, window):
        raise Conflict("its page entry is not live yet", field="window", next="release the notice first")
    told = verdict.fulfilled(window, act.now)
    said = {"window": window.id, "how": how.strip(), "evidence": evidence.strip()}
    if by_word:
        said |= {"rule": window.rule, "whom": to.strip() or window.audience}
    return told, [
        Record(window.incident, "fulfilled", said),
        *keep(act, window, told),
        *(_following(act, told) if by_word else []),
        *_end_task(act, told),
    ]


def _end_task(act: Act, told: Window) -> list[Effect]:
    """Superiors have been told all that was owed to them: the playbook's task is done."""
    if told.kind != Kind.SUPERIOR_REPORT:
        return []
    owed = [w.id for w in act.tx.windows.of_incident(told.incident) if w.kind == told.kind and w.owed]
    return [EndReportTasks(told.incident, told.kind)] if owed == [told.id] or not owed else []


def _following(act: Act, told: Window) -> list[Effect]:
    """The duties whose clocks start with this one's telling, by the pack that it opened by; each begins once."""
    incident, pack = act.tx.incidents.by_id(told.incident), rulebook.pack_by(act, told)
    effects: list[Effect] = []
    for rule in pack.following(told.rule):
        if (
            not rule.owes(incident.level)
            or act.tx.windows.newest(incident.id, rule.kind, rule.id) is not None
        ):
            continue
        opened = clocks.opened(
            pack.terms_of(rule.id),
            incident=incident.id,
            level=incident.level,
            started_at=act.now,
            aware_at=incident.aware_at,
            now=act.now,
            by=act.actor.name,
        )
        effects.append(Record(incident.id, "window_opened", summary(act.tx.windows.add(opened))))
    return effects


def _page_live(act: Act, window: Window) -> bool:
    every = act.tx.notices.of_incident(window.incident)
    return any(n.page_live_at and fits(act, window, n, every) for n in every)
