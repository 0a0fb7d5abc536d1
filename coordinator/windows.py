"""Verbs of the clocks: open windows, also for people who joined; fulfil."""

from __future__ import annotations

from coordinator import family, rulebook
from coordinator.act import Act
from coordinator.emptied import emptied
from coordinator.joined import first_fits
from coordinator.kept import adopted, keep, next_sequence, owed_to, summary
from coordinator.release import superseded
from coordinator.scope import scope_of
from coordinator.standing import audience_at_opening, fits, look
from incidents.effects import DraftNotice, Effect, EndReportTasks, OpenWindow, Record
from incidents.errors import Conflict, Invalid
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.placeholder import must_be_own
from incidents.terms import OF_A_CASE, Duty, Kind, NoticeState, Verdict
from notifications.notice import Notice
from windows import clocks, moves, verdict
from windows.window import Window

WAITING = (NoticeState.DRAFT, NoticeState.SUBMITTED)
WRITTEN = (NoticeState.SUBMITTED, NoticeState.SENDING, NoticeState.PAUSED, NoticeState.TOLD)


def open_window(act: Act, effect: OpenWindow) -> list[Effect]:
    """Open a window of this kind, unless one of the kind is open that this change joins. What an undo gives back
    joins nothing: it was a window of its own, with a due of its own."""
    incident = act.tx.incidents.by_id(effect.incident)
    if incident.case and effect.kind not in OF_A_CASE:
        return []
    newest = act.tx.windows.newest(incident.id, effect.kind, effect.rule)
    if newest is not None and newest.state == Verdict.OPEN:
        if effect.kind == Kind.PROGRESS_UPDATE:
            return []
        joins = effect.kind == Kind.MATERIAL_UPDATE and not effect.instead_of
        if joins and not _already_written(act, newest):
            return [Record(incident.id, "change_joined", {"window": newest.id})]
    terms = rulebook.in_force(act, effect.kind, effect.rule)
    opened = clocks.opened(
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
    window = act.tx.windows.add(owed_to(incident, opened))
    return [Record(incident.id, "window_opened", summary(window, effect.instead_of))]


def grow_audience(act: Act, incident_id: int) -> list[Effect]:
    """People joined after the first notice was released: a first notice of the next sequence is owed to them,
    unless one that is not written yet takes them along. Before that they are simply in its audience.

    Who was told by a duplicate, or before a part was split off, has had it; what counts from the first notice counts
    there from theirs. Of what is over they hear in one text, unless nobody has to hear of it (M16).
    """
    gone = emptied(act, incident_id)
    return gone or _joined(act, incident_id)


def _joined(act: Act, incident_id: int) -> list[Effect]:
    incident = act.tx.incidents.by_id(incident_id)
    firsts = family.first_windows(act, incident)
    over = incident.status not in OPEN
    if not firsts or (over and not any(w.owed or w.duty == Duty.DONE for w in firsts)):
        return []
    released = _telling(act, incident)
    newest = firsts[-1]
    waits = newest.incident == incident_id and newest.owed and not _first_written(act, newest)
    if not released or (waits and newest.sequence == 1):
        return []
    scope = scope_of(act, incident)
    gone = [n.id for n in released if _went_no_further(act, n)]
    had = [n.id for n in (*released, *_about_to_tell(act, incident_id)) if n.id not in gone]
    people = act.tx.audience.count_new(scope, had, gone) if scope.known else 0
    if not people:
        return []
    if waits:
        return [Record(incident_id, "audience_grew", {"window": newest.id, "people": people})]
    window = act.tx.windows.add(_grown(act, incident, firsts[0]))
    return [
        Record(incident_id, "window_opened", summary(window)),
        Record(incident_id, "audience_grew", {"window": window.id, "people": people}),
        *adopted(act, window),
        DraftNotice(incident_id, Kind.FIRST_NOTICE),
    ]


def _went_no_further(act: Act, notice: Notice) -> bool:
    """Whether it was written to a complainant and stopped: nobody sends it again, for they were called instead."""
    return notice.state == NoticeState.STOPPED and act.tx.incidents.by_id(notice.incident).case


def _telling(act: Act, incident: Incident) -> list[Notice]:
    """The released notices whose people hear of the outage by them: first notices, holding notices that told their
    window, and what told of the end, for it told of the outage whom no first notice had. While that is owed the first
    notice takes along whom the holding notice did not have."""
    return [
        n
        for n in family.notices_of(act, incident)
        if n.released
        and (
            n.kind == Kind.FIRST_NOTICE
            or (n.kind == Kind.RESOLUTION_NOTICE and n.state != NoticeState.STOPPED)
            or (n.holding and not act.tx.windows.get(n.window).owed)
        )
    ]


def _about_to_tell(act: Act, incident_id: int) -> list[Notice]:
    """The first notices that wait for their approval: whoever is in one of them is owed no other, for its window is."""
    owed = [w for w in act.tx.windows.of_incident(incident_id) if w.kind == Kind.FIRST_NOTICE and w.owed]
    return [
        n
        for n in act.tx.notices.of_incident(incident_id)
        if n.kind == Kind.FIRST_NOTICE
        and n.state == NoticeState.SUBMITTED
        and any(first_fits(w, n) for w in owed)
    ]


def _first_written(act: Act, window: Window) -> bool:
    """Whether a notice that tells this first-notice window is past its writing: it takes nobody along any more."""
    return any(
        n.kind in (Kind.FIRST_NOTICE, Kind.RESOLUTION_NOTICE) and n.state in WRITTEN and first_fits(window, n)
        for n in act.tx.notices.of_incident(window.incident)
    )


def _grown(act: Act, incident: Incident, first: Window) -> Window:
    """The window of those who joined now. Their notice is a second one, also of a part that has had no first."""
    terms = rulebook.in_force(act, Kind.FIRST_NOTICE)
    opened = clocks.opened(
        terms,
        incident=incident.id,
        level=incident.level,
        started_at=act.now,
        aware_at=incident.aware_at,
        now=act.now,
        by=act.actor.name,
        sequence=max(2, next_sequence(act, incident.id, Kind.FIRST_NOTICE)),
    )
    update = rulebook.in_force(act, Kind.MATERIAL_UPDATE).rule
    grace = clocks.length_of(update, incident.level, act.now, incident.aware_at)
    return moves.grown(opened, first, terms, grace)


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
    for name, text in (("how", how), ("evidence", evidence), ("to", to)):
        must_be_own(text, name)
    stored = act.tx.windows.get(window_id)
    window, _ = look(act, stored, act.tx.notices.of_incident(stored.incident))
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
    by_word = window.told_by == "person" or window.of_one
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
        *keep(act, stored, told),
        *(_not_needed(act, told) if told.of_one else []),
        *(_following(act, told) if window.told_by == "person" else []),
        *_end_task(act, told),
    ]


def _not_needed(act: Act, told: Window) -> list[Effect]:
    """What waits to tell the complainant who was called says nothing new."""
    every = act.tx.notices.of_incident(told.incident)
    waiting = [n for n in every if n.state in WAITING and fits(act, told, n, every)]
    return [effect for n in waiting for effect in superseded(act, n)]


def _end_task(act: Act, told: Window) -> list[Effect]:
    """Superiors have been told all that was owed to them: the playbook's task is done."""
    if told.kind != Kind.SUPERIOR_REPORT:
        return []
    owed = [w.id for w in act.tx.windows.of_incident(told.incident) if w.kind == told.kind and w.owed]
    return [EndReportTasks(told.incident, told.kind)] if owed == [told.id] or not owed else []


def _following(act: Act, told: Window) -> list[Effect]:
    """The duties whose clocks start with this one's telling, by the pack that it opened by; each begins once, or once
    for each later act that its chain counts from."""
    incident, pack = act.tx.incidents.by_id(told.incident), rulebook.pack_by(act, told)
    effects: list[Effect] = []
    for rule in pack.following(told.rule):
        newest = act.tx.windows.newest(incident.id, rule.kind, rule.id)
        again = newest is not None and pack.comes_again(rule.id) and _is_over(newest, told)
        if not rule.owes(incident.level) or not (newest is None or again):
            continue
        opened = clocks.opened(
            pack.terms_of(rule.id),
            incident=incident.id,
            level=incident.level,
            started_at=act.now,
            aware_at=incident.aware_at,
            now=act.now,
            by=act.actor.name,
            sequence=next_sequence(act, incident.id, rule.kind, rule.id),
        )
        effects.append(Record(incident.id, "window_opened", summary(act.tx.windows.add(opened))))
    return effects


def _is_over(newest: Window, told: Window) -> bool:
    """Whether the last report of a chain belongs to an earlier round than what is told now."""
    return not newest.owed and newest.started_at < told.started_at


def _page_live(act: Act, window: Window) -> bool:
    every = act.tx.notices.of_incident(window.incident)
    return any(n.page_live_at and fits(act, window, n, every) for n in every)
