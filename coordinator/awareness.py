"""When the operator knew: what another instant owes, moves and needs. Reads only; `incidents.update` stores it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from coordinator.act import Act, instant
from coordinator.permissions import check
from incidents.effects import Effect, JudgeWindows, MoveWindows, Record
from incidents.errors import Invalid
from incidents.incident import Incident
from incidents.placeholder import own_words
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
        check("override_awareness", act.actor)
        if not own_words(reason):
            raise Invalid("a reason is needed", field="reason", next="--reason 'what shows that it is later'")
    changed = replace(incident, aware_at=aware)
    said = {"aware_at": aware.isoformat(), "reason": reason.strip(), "facts": difference(incident, changed)}
    return changed, [
        Record(incident.id, "aware_changed", said),
        MoveWindows(incident.id, "aware_later" if later else "aware_earlier"),
        JudgeWindows(incident.id),
    ]
