"""Verbs of the reports: draw one from the record, submit it frozen, approve or decline it."""

from __future__ import annotations

from dataclasses import replace

from coordinator import beside
from coordinator.act import Act
from coordinator.cases import must_be_wider
from incidents.effects import Effect, EndReportTasks, JudgeWindows, Record
from incidents.errors import Conflict, Invalid, NotAllowed
from incidents.placeholder import own_words
from incidents.terms import Kind
from reports.document import Report, coverage_of
from reports.handling import HandlingReport, Sent, handling
from reports.summary import SummaryReport, summary
from reports.version import Version, files_hash
from windows.beside import Beside
from windows.window import Window

Outcome = tuple[Version, list[Effect]]


def summary_report(act: Act, reference: str) -> tuple[SummaryReport, list[Effect]]:
    """The summary report of one incident, from the same record (R38)."""
    record, _ = handling_report(act, reference)
    return summary(record), []


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
    windows = act.tx.windows.of_incident(incident.id)
    # What becomes of the file is not told in the file.
    archive = {window.id for window in windows if window.kind == Kind.ARCHIVE}
    report = handling(
        incident,
        [window for window in windows if window.id not in archive],
        sent,
        [one for one in act.tx.incidents.entries(incident.id) if one.data.get("window") not in archive],
        act.tx.playbooks.tasks(incident.id),
        {code: found for code, found in names.items() if code in wanted},
        {window.id: _beside(act, window) for window in windows if _told_first(window)},
    )
    return report, []


def _told_first(window: Window) -> bool:
    return window.kind == Kind.FIRST_NOTICE and window.told_at is not None


def _beside(act: Act, window: Window) -> Beside:
    """What the record says beside a verdict; drain times are the settings' of the day, and no part of the record."""
    return replace(beside.of_window(act, window), drains={})


def report(act: Act, reference: str, kind: Kind) -> tuple[Report, list[Effect]]:
    """The report of this kind as the record has it now."""
    return (summary_report if kind == Kind.SUMMARY_REPORT else handling_report)(act, reference)


def submit(act: Act, reference: str, kind: Kind) -> Outcome:
    """Freeze the report in every language and format; a second person then approves exactly these bytes.

    An earlier version that still waits is superseded.
    """
    incident = act.tx.incidents.get(reference)
    must_be_wider(incident, "reference")
    if incident.resolved_at is None:
        raise Conflict(
            "{ref} is not resolved; its {kind} would not be whole",
            ref=reference,
            kind=kind,
            field="status",
            next="tongbao resolve REF",
        )
    found, _ = report(act, reference, kind)
    files = act.house.reporter.files(found)
    earlier = [v for v in act.tx.reports.of_incident(incident.id) if v.kind == kind]
    for waiting in earlier:
        if waiting.state == "submitted":
            act.tx.reports.save(replace(waiting, state="superseded"))
    version = act.tx.reports.add(
        Version(
            id=0,
            incident=incident.id,
            kind=kind,
            number=len(earlier) + 1,
            state="submitted",
            author=act.actor.name,
            submitted_at=act.now,
            hash=files_hash(files),
        ),
        files,
    )
    score = coverage_of(found)
    said = {**_seal(version), "given": score.given, "asked": score.total}
    return version, [Record(incident.id, "report_submitted", said)]


def _seal(version: Version) -> dict[str, object]:
    return {"report": version.id, "kind": version.kind, "number": version.number, "hash": version.hash}


def approve(act: Act, report_id: int) -> Outcome:
    """A second person approves the report; that is what its window waits for."""
    version = _waiting(act, report_id)
    if act.actor.name == version.author:
        raise NotAllowed(
            "{name} submitted report R{id}; another person must approve it",
            name=act.actor.name,
            id=version.id,
            field="user",
            next="ask someone else: tongbao pending",
        )
    if files_hash(act.tx.reports.files(version.id)) != version.hash:
        raise Conflict(
            "the files of report R{id} were changed after it was submitted",
            id=version.id,
            field="report",
            next="submit it anew: tongbao report submit REF",
        )
    approved = replace(version, state="approved", decided_by=act.actor.name, decided_at=act.now)
    act.tx.reports.save(approved)
    return approved, [
        Record(version.incident, "report_approved", _seal(version)),
        JudgeWindows(version.incident),
        EndReportTasks(version.incident, version.kind),
    ]


def decline(act: Act, report_id: int, reason: str) -> Outcome:
    """Send a report back with a reason; the duty stays owed."""
    version = _waiting(act, report_id)
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'what is missing'")
    declined = replace(
        version,
        state="declined",
        decided_by=act.actor.name,
        decided_at=act.now,
        reason=reason.strip(),
    )
    act.tx.reports.save(declined)
    said = {**_seal(version), "reason": declined.reason}
    return declined, [Record(version.incident, "report_declined", said)]


def _waiting(act: Act, report_id: int) -> Version:
    version = act.tx.reports.get(report_id)
    if version.state != "submitted":
        raise Conflict(
            "report R{id} is {state}, not waiting for approval",
            id=version.id,
            state=version.state,
            field="report",
            next="tongbao pending",
        )
    return version


def approved_files(act: Act, reference: str, kind: Kind) -> tuple[dict[str, bytes], list[Effect]]:
    """The files of the newest approved version; Conflict while there is none."""
    incident = act.tx.incidents.get(reference)
    found = [v for v in act.tx.reports.of_incident(incident.id) if v.kind == kind and v.state == "approved"]
    if not found:
        raise Conflict(
            "no {kind} of {ref} has been approved",
            kind=kind,
            ref=reference,
            field="report",
            next="tongbao report submit REF",
        )
    return act.tx.reports.files(found[-1].id), []
