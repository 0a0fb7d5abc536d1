"""Verbs that move and end running windows, each by its row of windows/moves.py: what happened is already on the
record when they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from coordinator import missed, rulebook
from coordinator.act import Act
from coordinator.family import notices_of
from coordinator.kept import held_on, keep, next_sequence, owed_to, summary
from coordinator.standing import audience_at_opening
from coordinator.upwards import became_owed
from incidents.effects import DraftNotice, Effect, EndWindows, MoveWindows, OpenWindow, Record, UndoWindows
from incidents.incident import Incident
from incidents.terms import REPORTS, TAKING_BACK, UPWARDS, ClockStart, Kind, NoticeState, Verdict
from incidents.undoing import OWED, OWES_TAKING_BACK
from notifications.notice import Notice
from windows import moves, verdict
from windows.window import Window

CAUSES: Mapping[str, type[moves.Event]] = {
    "upgrade": moves.LevelRose,
    "downgrade": moves.LevelFell,
    "aware_earlier": moves.AwareEarlier,
    "aware_later": moves.AwareLater,
    "onset_earlier": moves.OnsetEarlier,
    "onset_later": moves.OnsetLater,
    "resolution": moves.Resolved,
    "reopened": moves.Reopened,
    "lost_again": moves.LostAgain,
    "false_alarm": moves.FalseAlarm,
    "rejected": moves.Rejected,
    "exercise_stopped": moves.ExerciseStopped,
    "planned_cancelled": moves.PlannedCancelled,
    "as_told": moves.PlannedAsTold,
    "planned_completed": moves.PlannedCompleted,
    "planned_overran": moves.PlannedOverran,
}
OPENED_BY: dict[str, tuple[Kind, ...]] = {
    "confirmed": (),
    "upgraded": (Kind.MATERIAL_UPDATE, Kind.FIRST_NOTICE, Kind.SUPERIOR_REPORT),
    "partly_restored": (Kind.MATERIAL_UPDATE,),
    "restored": (Kind.MATERIAL_UPDATE,),
    "lost_again": (Kind.MATERIAL_UPDATE,),
    "resolved": (Kind.RESOLUTION_NOTICE, *REPORTS),
    "reopened": (Kind.PROGRESS_UPDATE, Kind.FIRST_NOTICE, Kind.MATERIAL_UPDATE),
    "closed": (Kind.ARCHIVE,),
    **{act: (kind,) for act, kind in OWED.items()},
}
"""What a person's act owes; taking it back ends that. For corrections and withdrawals see OWES_TAKING_BACK."""
BEGUN_BY = {
    **dict.fromkeys(("restored", "resolved"), ClockStart.RESTORED_AT),
    **dict.fromkeys(("reopened", "lost_again"), ClockStart.REOPENED_AT),
    **dict.fromkeys(("false_alarm", "rejected"), ClockStart.WITHDRAWN_AT),
}
"""What a regulator's report counts from that a person's act began; taking it back ends that too."""
ENDED_BY = {
    "resolved": "resolution",
    "reopened": "reopened",
    "lost_again": "lost_again",
    "false_alarm": "false_alarm",
    "rejected": "rejected",
    "waived": "waiver",
    "ended_by_person": "person",
}
"""Act -> what is written on the duties that it ends."""


def event_of(act: Act, incident: Incident, cause: str) -> moves.Event:
    """What happened, as the table takes it."""
    if cause == "replanned" and incident.planned_start_at is not None:
        return moves.PlannedMoved(
            act.now, act.actor.name, incident.level, incident.aware_at, incident.planned_start_at
        )
    return CAUSES[cause](
        at=act.now,
        by=act.actor.name,
        level=incident.level,
        aware_at=incident.aware_at,
        onset_at=incident.onset_at,
    )


def move_windows(act: Act, effect: MoveWindows) -> list[Effect]:
    """Undecided windows move by the table; decided ones get a finding. What the higher level adds is opened."""
    incident = act.tx.incidents.by_id(effect.incident)
    event = event_of(act, incident, effect.cause)
    effects: list[Effect] = []
    for window in act.tx.windows.of_incident(incident.id):
        ruling = moves.decide(window, rulebook.terms_of(act, window), event)
        if ruling.window != window:
            act.tx.windows.save(ruling.window)
            effects.append(_moved(window, ruling.window))
    if effect.cause == "upgrade":
        effects += became_owed(act, incident, event, effect.level_before)
        effects += renew_first(act, incident.id)
    return effects


def _moved(before: Window, after: Window) -> Record:
    said = {**summary(after), "from": before.due_at.isoformat(), "causes": list(after.causes)}
    return Record(after.incident, "window_moved", said)


def _opened(act: Act, incident: Incident, window: Window, instead_of: int | None = None) -> Record:
    state = audience_at_opening(act, incident, rulebook.terms_of(act, window))
    added = act.tx.windows.add(replace(owed_to(incident, window), audience_state=state))
    return Record(incident.id, "window_opened", summary(added, instead_of))


def renew_first(act: Act, incident_id: int, undone: Window | None = None) -> list[Effect]:
    """The first notice is owed again if it was waived or lapsed and no customer was told.

    It is due as the table says. `undone` is the window whose end is taken back: the same clock goes on, with what was
    sent for it, which may have told too few.
    """
    firsts = [w for w in act.tx.windows.of_incident(incident_id) if w.kind == Kind.FIRST_NOTICE]
    gone = [w for w in firsts if w.state in (Verdict.WAIVED, Verdict.LAPSED)]
    incident = act.tx.incidents.by_id(incident_id)
    told = undone is None and any(n.told_somebody for n in notices_of(act, incident) if n.released)
    if not gone or told or any(w.owed and _takes_along(act, w, undone) for w in firsts):
        return []
    event, sequence = event_of(act, incident, "upgrade"), next_sequence(act, incident_id, Kind.FIRST_NOTICE)
    if undone is None:
        window = moves.renewed(rulebook.in_force(act, Kind.FIRST_NOTICE), event, incident_id, sequence)
    else:
        window = moves.resumed(undone, rulebook.terms_of(act, undone), event, sequence)
    _hand_over(act, incident_id, Kind.FIRST_NOTICE, undone.sequence if undone else None, window.sequence)
    stands = undone is not None and _hand_over_sent(act, undone, window.sequence)
    effects: list[Effect] = [_opened(act, incident, window, undone.id if undone else None)]
    heir = act.tx.windows.newest(incident_id, Kind.FIRST_NOTICE)
    if undone is not None and heir is not None:
        effects += held_on(act, undone, heir)
    return effects if stands else [*effects, DraftNotice(incident_id, Kind.FIRST_NOTICE)]


def _takes_along(act: Act, window: Window, undone: Window | None) -> bool:
    """Whether an owed first notice is for those too whom `undone` was owed to. Who joined has one of their own as long
    as something stands that was sent to those before them."""
    if undone is None:
        return True
    if moves.of_their_own(window):
        return False
    return not moves.of_their_own(undone) or not any(
        n.state != NoticeState.STOPPED for n in _sent(act, window)
    )


def _sent(act: Act, window: Window) -> list[Notice]:
    """The notices of this window's kind and number that were released."""
    return [
        n
        for n in act.tx.notices.of_incident(window.incident)
        if n.kind == window.kind and n.released and max(1, n.sequence) == window.sequence
    ]


def end_windows(act: Act, effect: EndWindows) -> list[Effect]:
    """Something ended duties: undecided ones lapse, breached ones keep their verdict and are no longer owed."""
    event = event_of(act, act.tx.incidents.by_id(effect.incident), effect.cause)
    effects: list[Effect] = []
    for window in act.tx.windows.of_incident(effect.incident):
        if effect.windows is not None and window.id not in effect.windows:
            continue
        effects += missed.ended(act, window, event)
    return effects


def undo_windows(act: Act, effect: UndoWindows) -> list[Effect]:
    """What an act opened ends, what it moved goes back, and what it ended is owed again (§4, "undo")."""
    effects: list[Effect] = []
    incident = act.tx.incidents.by_id(effect.incident)
    ended = _ended_then(act, effect)
    for window in act.tx.windows.of_incident(effect.incident):
        if window.owed and (_opened_by(window, effect) or _begun_by(window, effect, incident)):
            effects += keep(act, window, verdict.ended(window, act.now, "undone"))
        elif window.state == Verdict.OPEN:
            effects += _moved_back(act, window, effect)
        elif window.id in ended and _ended_by(window, effect):
            effects += _owed_again(act, window)
    return effects


def _ended_then(act: Act, effect: UndoWindows) -> set[object]:
    """The windows that ended at that instant: another act of its kind may have ended others long before."""
    entries = act.tx.incidents.entries(effect.incident)
    return {one.data.get("window") for one in entries if one.at == effect.at and one.data.get("ended_by")}


def _begun_by(window: Window, effect: UndoWindows, incident: Incident) -> bool:
    """Whether it counts from what the act said, by whichever act it opened: a regime may have been found to apply
    later. That service was back before it was stood down, stands."""
    start = BEGUN_BY.get(effect.act)
    if start is None or window.clock_start != start:
        return False
    return incident.restored_at is None if start == ClockStart.RESTORED_AT else window.started_at == effect.at


def _opened_by(window: Window, effect: UndoWindows) -> bool:
    taken_back = TAKING_BACK if effect.act in OWES_TAKING_BACK else ()
    if window.id not in effect.opened or window.kind not in (*OPENED_BY.get(effect.act, ()), *taken_back):
        return False
    return window.kind != Kind.FIRST_NOTICE or window.history[0].rule == moves.RENEWED


def _ended_by(window: Window, effect: UndoWindows) -> bool:
    if window.ended_by != ENDED_BY.get(effect.act):
        return False
    return window.ended_by != "person" or window.findings[-1].at == effect.at


def _owed_again(act: Act, window: Window) -> list[Effect]:
    """A breached duty is owed as before; one that lapsed or was waived comes back in the next sequence, with its
    old due if that is still ahead."""
    if window.state == Verdict.BREACHED:
        return keep(act, window, verdict.owed_again(window))
    if window.kind == Kind.FIRST_NOTICE:
        return renew_first(act, window.incident, window)
    if window.kind in UPWARDS:
        return [_resumed(act, window)]
    if window.kind in TAKING_BACK:
        after = next_sequence(act, window.incident, window.kind)
        _hand_over(act, window.incident, window.kind, window.sequence, after)
        _hand_over_sent(act, window, after)
    if window.due_at > act.now:
        return [OpenWindow(window.incident, window.kind, window.started_at, window.due_at, window.id)]
    return [OpenWindow(window.incident, window.kind, act.now, instead_of=window.id)]


def _resumed(act: Act, window: Window) -> Record:
    """A report upwards that ended by a slip: the same clock, in the next sequence."""
    incident = act.tx.incidents.by_id(window.incident)
    event, terms = event_of(act, incident, "upgrade"), rulebook.terms_of(act, window)
    sequence = next_sequence(act, incident.id, window.kind, window.rule)
    return _opened(act, incident, moves.resumed(window, terms, event, sequence), window.id)


def _hand_over(act: Act, incident_id: int, kind: Kind, before: int | None, after: int) -> None:
    """What is written for a window that is over (None: for any) belongs to the one that comes after it."""
    for notice in act.tx.notices.of_incident(incident_id):
        mine = notice.kind == kind and before in (None, max(1, notice.sequence))
        if mine and not notice.released:
            act.tx.notices.save(replace(notice, sequence=after))


def _hand_over_sent(act: Act, before: Window, after: int) -> bool:
    """What has gone out for a window that comes back counts for it still; whether any of it stands."""
    sent = _sent(act, before)
    for notice in sent:
        act.tx.notices.save(replace(notice, sequence=after))
    return any(notice.state != NoticeState.STOPPED for notice in sent)


def _moved_back(act: Act, window: Window, effect: UndoWindows) -> list[Effect]:
    kinds = {"upgraded": moves.RiseUndone, "aware_changed": moves.AwarenessUndone}
    if effect.act not in kinds:
        return []
    incident = act.tx.incidents.by_id(window.incident)
    event = kinds[effect.act](act.now, act.actor.name, incident.level, incident.aware_at, effect.at)
    back = moves.decide(window, rulebook.terms_of(act, window), event).window
    if back == window:
        return []
    act.tx.windows.save(back)
    return [Record(window.incident, "window_moved", {**summary(back), "from": window.due_at.isoformat()})]
