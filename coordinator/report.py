"""Verbs that read a record and fold it into a report."""

from __future__ import annotations

from coordinator.act import Act
from incidents.effects import Effect
from reports.handling import HandlingReport, Sent, handling


def handling_report(act: Act, reference: str) -> tuple[HandlingReport, list[Effect]]:
    """The handling report of one incident, drafted from the record as it stands (R32)."""
    incident = act.tx.incidents.get(reference)
    names = {code: area.names for code, area in act.tx.directory.areas().items()}
    names |= {code: service.names for code, service in act.tx.directory.services().items()}
    wanted = {*incident.areas, *incident.services}
    sent = [
        Sent(
            notice,
            act.tx.notices.texts(notice.id),
            act.tx.notices.parts(notice.id),
            act.tx.notices.counts(notice.id),
            frozenset(act.tx.audience.forms(notice.id)),
        )
        for notice in act.tx.notices.of_incident(incident.id)
        if notice.released
    ]
    report = handling(
        incident,
        act.tx.windows.of_incident(incident.id),
        sent,
        list(act.tx.incidents.entries(incident.id)),
        act.tx.playbooks.tasks(incident.id),
        {code: found for code, found in names.items() if code in wanted},
    )
    return report, []
