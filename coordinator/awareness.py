"""When the operator knew, and when it began: what another instant owes, moves and needs. Reads only;
`incidents.update` stores it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from coordinator.act import Act, instant
from coordinator.permissions import check
from incidents.effects import Effect, JudgeWindows, MoveWindows, Record
from incidents.errors import Invalid
from incidents.incident import Incident
from incidents.placeholder import own_words
from incidents.terms import ClockStart, Verdict
from incidents.values import difference


def moved(act: Act, incident: Incident, at: datetime, reason: str) -> tuple[Incident, list[Effect]]:
    """The incident with this awareness. Evidence may show an earlier one; a later one is an override.

    NotAllowed for who may not override; Invalid without a reason for it (AMB-05).
    """
    aware = instant(act, at, "aware")
    if aware > act.now:
        raise Invalid(
            "aware is in the future", field="aware", next="give the instant at which it became known"
        )
    if incident.onset_at is not None and aware < incident.onset_at:
        raise Invalid(
            "onset {what}", what="is after awareness", field="aware", next="onset ≤ awareness ≤ now"
        )
    if aware == incident.aware_at:
        return incident, []
    later = aware > incident.aware_at
    if later:
        _must_be_authorised(act, reason)
    changed = replace(incident, aware_at=aware)
    said = {"aware_at": aware.isoformat(), "reason": reason.strip(), "facts": difference(incident, changed)}
    return changed, [
        Record(incident.id, "aware_changed", said),
        MoveWindows(incident.id, "aware_later" if later else "aware_earlier"),
        JudgeWindows(incident.id),
    ]


def onset_moved(act: Act, before: Incident, after: Incident, reason: str) -> list[Effect]:
    """What another onset moves, if anything counts from it: a regulator's report. Awareness stands in for an unknown
    one. What it makes earlier needs nobody's word; a later one extends what is open, and is an override as above.
    """
    was, began = before.onset_at or before.aware_at, after.onset_at or after.aware_at
    counting = [w for w in act.tx.windows.of_incident(before.id) if w.clock_start == ClockStart.ONSET_AT]
    if after.onset_at in (None, before.onset_at) or was == began or not counting:
        return []
    later = began > was
    if later and any(window.state == Verdict.OPEN for window in counting):
        _must_be_authorised(act, reason)
    return [
        Record(before.id, "onset_changed", {"onset_at": began.isoformat(), "reason": reason.strip()}),
        MoveWindows(before.id, "onset_later" if later else "onset_earlier"),
        JudgeWindows(before.id),
    ]


def _must_be_authorised(act: Act, reason: str) -> None:
    check("override_awareness", act.actor)
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'what shows that it is later'")
