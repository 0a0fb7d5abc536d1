"""Verbs of the incident: open, confirm, update, restore, resolve, close, log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from coordinator import awareness, family, levels, material
from coordinator.act import Act, instant
from coordinator.cases import must_be_wider
from coordinator.changes import (
    MOST_AFFECTED,
    OF_MANY,
    Changes,
    affected_of,
    changed,
    check_figures,
    said,
    widened,
)
from coordinator.heard import may_have_told
from coordinator.owed import owed
from coordinator.regime_rows import learnt
from incidents.effects import (
    ActivatePlaybook,
    AdvancePlaybook,
    AskRegimes,
    AssignUnit,
    BeginReports,
    DraftNotice,
    Effect,
    EndWindows,
    GrowAudience,
    JudgeWindows,
    LookAtRegimes,
    Opening,
    OpenWindow,
    Record,
)
from incidents.errors import Conflict, Invalid, Several
from incidents.incident import Bilingual, Incident
from incidents.lifecycle import OPEN, after
from incidents.placeholder import own_words
from incidents.terms import LANGUAGES, LEVELS, REPORTS, Duty, Kind, NoticeState, Status
from incidents.values import opening as opening_facts
from notifications.directory import known
from notifications.notice import Notice

Outcome = tuple[Incident, list[Effect]]


def open_incident(act: Act, opening: Opening) -> Outcome:
    """Open an incident with its playbook and its first window, all in this transaction (R12, R16)."""
    if opening.type.value not in act.house.playbooks:
        raise Conflict(
            "no playbook for {type}", type=opening.type, field="type", next="tongbao playbook list"
        )
    incident = act.tx.incidents.add(would_be(act, opening))
    facts = {
        **opening_facts(incident),
        "confidence": opening.confidence,
        **levels.suggestion(act, incident),
    }
    return incident, [
        Record(incident.id, "opened", facts),
        AssignUnit(incident.id),
        ActivatePlaybook(incident.id),
        OpenWindow(incident.id, Kind.FIRST_NOTICE, incident.aware_at),
        *(
            OpenWindow(incident.id, rule.kind, incident.aware_at, rule=rule.id)
            for rule in act.house.pack.upwards(incident.level)
        ),
        AdvancePlaybook(incident.id, "opened"),
        AskRegimes(incident.id),
    ]


def would_be(act: Act, opening: Opening) -> Incident:
    """The incident that these facts open, checked and graded, not stored; Invalid names the field."""
    checked = _checked(act, opening)
    return levels.opened(
        act,
        Incident(
            id=0,
            reference="",
            type=checked.type,
            level=0,
            status=Status.OPEN if checked.confirmed else Status.PENDING_CONFIRMATION,
            title=checked.title,
            areas=checked.areas,
            services=checked.services,
            aware_at=checked.aware_at or act.now,
            aware_source=checked.source,
            opened_at=act.now,
            opened_by=act.actor.name,
            onset_at=checked.onset_at,
            affected=affected_of(checked.affected, checked.confidence),
            whole_area=checked.whole_area,
            emergency_calls=checked.emergency_calls,
            people_data=checked.people_data,
            complaints_per_hour=checked.complaints_per_hour,
            complaint=checked.complaint,
            users_at_once=checked.users_at_once,
            cause=checked.cause,
            cause_status="suspected" if checked.cause else "unknown",
            level_reasons=checked.level_reasons,
            exercise=checked.exercise,
            overrun_of=checked.overrun_of,
        ),
        checked.level,
    )


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _checked(act: Act, opening: Opening) -> Opening:
    if opening.level is not None and opening.level not in LEVELS:
        raise Invalid(
            "level must be 1, 2 or 3, not {level}",
            level=opening.level,
            field="level",
            next="1 is the highest",
        )
    title = " ".join(opening.title.split())
    if not 1 <= len(title) <= 200:
        raise Invalid(
            "title must have 1 to 200 characters", field="title", next="say in a few words what fails"
        )
    if opening.affected is not None and not 0 <= opening.affected <= MOST_AFFECTED:
        raise Invalid(
            "affected must be a number of services from 0", field="affected", next="leave it out if unknown"
        )
    check_figures(opening)
    aware = instant(act, opening.aware_at, "aware") if opening.aware_at else act.now
    onset = instant(act, opening.onset_at, "onset") if opening.onset_at else None
    if aware > act.now:
        raise Invalid(
            "aware is in the future", field="aware", next="give the instant at which it became known"
        )
    if onset is not None and onset > aware:
        what = "is in the future" if onset > act.now else "is after awareness"
        raise Invalid("onset {what}", what=what, field="onset", next="onset ≤ awareness ≤ now")
    areas = known(opening.areas, act.tx.directory.areas(), "area")
    services = known(opening.services, act.tx.directory.services(), "service")
    return replace(opening, title=title, aware_at=aware, onset_at=onset, areas=areas, services=services)


def _move(act: Act, reference: str, move: str) -> tuple[Incident, Status]:
    incident = act.tx.incidents.get(reference)
    return incident, after(move, incident.status, reference)


def confirm(act: Act, reference: str) -> Outcome:
    """A person says that it is real."""
    incident, status = _move(act, reference, "confirm")
    changed = replace(incident, status=status, confirmed_at=act.now)
    act.tx.incidents.save(changed)
    record = Record(incident.id, "confirmed", {"from": incident.status})
    return changed, [record, AdvancePlaybook(incident.id, "confirmed")]


def update(act: Act, reference: str, changes: Changes) -> Outcome:
    """Put new facts on the record. Before the first notice is submitted they fold into it; afterwards what is
    material against the last told figures owes an update."""
    incident = act.tx.incidents.get(reference)
    if incident.status in (Status.CLOSED, Status.MERGED, Status.REJECTED, Status.FALSE_ALARM):
        raise Conflict(
            "{ref} is “{status}”",
            ref=reference,
            status=incident.status,
            field="status",
            next="its record is final; tongbao log REF TEXT still works",
        )
    if incident.case and any(getattr(changes, name) is not None for name in OF_MANY):
        must_be_wider(incident, "update")
    known_since: list[Effect] = []
    before = incident
    if changes.aware_at is not None:
        incident, known_since = awareness.moved(act, incident, changes.aware_at, changes.reason)
    fresh = changed(act, incident, changes)
    if fresh == incident and not known_since:
        still = f"tongbao level {reference} {incident.level} --reason '…'"
        following = still if levels.review_due(act, incident) else "name at least one new fact"
        raise Invalid("nothing to change", field="update", next=following)
    graded, moved = levels.looked_at_again(act, incident, fresh)
    act.tx.incidents.save(graded)
    effects = list(known_since)
    if fresh != incident:
        effects.append(Record(incident.id, "updated", said(incident, fresh)))
    effects += awareness.onset_moved(act, before, fresh, changes.reason)
    found = learnt(incident, graded)
    asking = AskRegimes(incident.id, found) if found else LookAtRegimes(incident.id)
    effects += [*moved, AssignUnit(incident.id), asking]
    if widened(incident, fresh):
        effects += [GrowAudience(incident.id), JudgeWindows(incident.id)]
    if incident.status not in OPEN:
        return graded, effects
    return graded, effects + material.owe_all(act, incident, graded)


def restored(act: Act, reference: str, at: datetime | None, partial: bool) -> Outcome:
    """Service is back (or partly) and being watched: a material update is owed."""
    incident, status = _move(act, reference, "restored_partly" if partial else "restored")
    when = _past(act, incident, at)
    changed = replace(incident, status=status, restored_at=incident.restored_at if partial else when)
    act.tx.incidents.save(changed)
    kind = "partly_restored" if partial else "restored"
    effects: list[Effect] = [
        Record(incident.id, kind, {"restored_at": when.isoformat(), **_before(incident)}),
        AdvancePlaybook(incident.id, "restored"),
        BeginReports(incident.id),
    ]
    return changed, effects + material.owe(act, incident, kind)


def _before(incident: Incident) -> dict[str, Any]:
    """What `undo` puts back."""
    return {"from": incident.status, "restored_before": _iso(incident.restored_at)}


def _past(act: Act, incident: Incident, at: datetime | None) -> datetime:
    when = act.now if at is None else instant(act, at, "at")
    if when > act.now:
        raise Invalid("at is in the future", field="at", next="say so when it has happened")
    if incident.onset_at is not None and when < incident.onset_at:
        raise Invalid("at is before the onset", field="at")
    return when


def resolve(act: Act, reference: str) -> Outcome:
    """Confirmed and stood down. Who was told is told of the end; who was not gets both in one text."""
    incident, status = _move(act, reference, "resolve")
    changed = replace(
        incident, status=status, resolved_at=act.now, restored_at=incident.restored_at or act.now
    )
    act.tx.incidents.save(changed)
    effects: list[Effect] = [
        Record(incident.id, "resolved", {"restored_at": _iso(changed.restored_at), **_before(incident)}),
        LookAtRegimes(incident.id),
        EndWindows(incident.id, "resolution"),
        BeginReports(incident.id),
        *(OpenWindow(incident.id, kind, act.now) for kind in REPORTS),
    ]
    if _one_combined_notice(act, incident):
        effects += [
            Record(incident.id, "combined_notice_owed"),
            AdvancePlaybook(incident.id, "resolved"),
            DraftNotice(incident.id, Kind.FIRST_NOTICE),
        ]
        return changed, effects
    if _nobody_heard(act, incident):
        return changed, [*effects, AdvancePlaybook(incident.id, "resolved")]
    effects += [
        OpenWindow(incident.id, Kind.RESOLUTION_NOTICE, act.now),
        AdvancePlaybook(incident.id, "resolved"),
        DraftNotice(incident.id, Kind.RESOLUTION_NOTICE),
    ]
    return changed, effects


def _one_combined_notice(act: Act, incident: Incident) -> bool:
    """Resolved before anybody was reached with the first due still ahead: one combined notice at that due. Who was told
    by a duplicate, or before this part was split off, was reached."""
    if any(
        _going_out(act, n) and _for_its_people(act, incident, n) for n in family.notices_of(act, incident)
    ):
        return False
    windows = act.tx.windows.of_incident(incident.id)
    return any(w.kind == Kind.FIRST_NOTICE and w.owed and act.now <= w.due_at for w in windows)


def _for_its_people(act: Act, incident: Incident, notice: Notice) -> bool:
    """Whether a notice of the family may have told people of this incident: what a part was split off told its own."""
    if notice.incident in family.members_of(act, incident.id):
        return True
    return bool(act.tx.audience.count_told(family.shares_of(act, incident, [notice])))


def _nobody_heard(act: Act, incident: Incident) -> bool:
    """The first notice was waived or lapsed, and nobody was told: nobody has to hear of the end."""
    notices = family.notices_of(act, incident)
    firsts = [w for w in act.tx.windows.of_incident(incident.id) if w.kind == Kind.FIRST_NOTICE]
    unowed = not any(w.owed or w.duty == Duty.DONE for w in firsts)
    return unowed and not any(n.told_somebody or _going_out(act, n) for n in notices)


def _going_out(act: Act, notice: Notice) -> bool:
    """Whether people are being told of the outage, or may have been: also paused, stopped or in doubt."""
    if notice.kind not in (Kind.FIRST_NOTICE, Kind.HOLDING_NOTICE) or not notice.released:
        return False
    return notice.state != NoticeState.STOPPED or may_have_told(act, notice)


def close(act: Act, reference: str) -> Outcome:
    """Close the record; Conflict lists everything that is still owed, the result in words included (R10, R35)."""
    incident, status = _move(act, reference, "close")
    left = owed(act, incident)
    if left:
        raise Conflict(
            "{ref} still owes: {owed}",
            ref=reference,
            owed=Several(left),
            field="status",
            next="tongbao next",
        )
    changed = replace(incident, status=status, closed_at=act.now)
    act.tx.incidents.save(changed)
    return changed, [
        Record(incident.id, "closed", {"from": incident.status}),
        OpenWindow(incident.id, Kind.ARCHIVE, act.now),
    ]


def find(act: Act, reference: str, words: Bilingual) -> Outcome:
    """What went wrong in the handling, in both languages; it stands in the report and changes no verdict."""
    incident = act.tx.incidents.get(reference)
    missing = [language for language in LANGUAGES if not words.get(language, "").strip()]
    if missing:
        raise Invalid(
            "{name} is missing in {languages}",
            name="finding",
            languages=", ".join(missing),
            field="finding",
            next="write it as: 中文 // English",
        )
    return incident, [Record(incident.id, "finding", {"words": words})]


ACTIONS = ("diagnose", "repair", "workaround", "service_uplift")
"""What is done against an incident (R17)."""


def log(act: Act, reference: str, text: str, kind: str = "") -> Outcome:
    """A person's words on the timeline, with the kind of action that they tell of; added to, never edited."""
    incident = act.tx.incidents.record(reference)
    words = own_words(text)
    if not 1 <= len(words) <= 2000:
        raise Invalid(
            "the text must have 1 to 2000 characters",
            field="text",
            next="say it in a few words; more goes into another entry",
        )
    if not kind:
        return incident, [Record(incident.id, "note", {"text": words})]
    if kind not in ACTIONS:
        raise Invalid(
            "unknown kind of action {name}",
            name=kind,
            field="kind",
            next=("one of: {known}", {"known": tuple(ACTIONS)}),
        )
    return incident, [Record(incident.id, "action", {"action": kind, "text": words})]
