"""Versions of reports as JSON documents, and what each waits for. Reads only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from coordinator.act import Act
from incidents.incident import Incident
from incidents.terms import Kind
from reports.version import Version
from windows.window import Window

Advice = tuple[str, tuple[str, dict[str, object]]]
"""A command to type, and why: an English template with its values."""


def document(act: Act, version: Version) -> dict[str, Any]:
    """One version of a report; its files are printed by `tongbao report REF --approved`."""
    version = act.tx.reports.get(version.id)
    return {
        "id": f"R{version.id}",
        "incident": act.tx.incidents.by_id(version.incident).reference,
        "kind": version.kind,
        "number": version.number,
        "state": version.state,
        "author": version.author,
        "submitted_at": _iso(version.submitted_at),
        "pending": version.state == "submitted",
        "decided_by": version.decided_by,
        "decided_at": version.decided_at and _iso(version.decided_at),
        "reason": version.reason,
        "hash": version.hash,
        "at": _iso(act.now),
        "next": decided(version, act.house.setting.sandbox)[0],
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def owed(act: Act, window: Window, incident: Incident) -> Advice:
    """What a report's window waits for: somebody to submit it, or a second person."""
    waiting = [
        v
        for v in act.tx.reports.of_incident(incident.id)
        if v.kind == window.kind and v.state == "submitted" and v.submitted_at >= window.started_at
    ]
    if waiting:
        return decided(waiting[-1], act.house.setting.sandbox)
    command = f"tongbao report submit {incident.reference} --kind {window.kind}"
    return command, ("{ref} owes a {kind}", {"kind": window.kind.value, "ref": incident.reference})


def again(act: Act, kind: Kind, incident: Incident, since: datetime) -> Advice:
    """What an approved report that is older than the record waits for: a version of `since` or later."""
    versions = act.tx.reports.of_incident(incident.id)
    waiting = [v for v in versions if v.kind == kind and v.state == "submitted" and v.submitted_at >= since]
    if waiting:
        return decided(waiting[-1], act.house.setting.sandbox)
    values: dict[str, object] = {"kind": kind.value, "ref": incident.reference}
    command = f"tongbao report submit {incident.reference} --kind {kind}"
    return command, ("the {kind} of {ref} is older than the record", values)


def decided(version: Version, sandbox: bool) -> Advice:
    """Who has to approve it, while it waits."""
    values: dict[str, object] = {"id": version.id, "author": version.author}
    if version.state != "submitted":
        return "tongbao next", ("report R{id} needs nothing more", values)
    other = " --as hq" if version.author == "bob" else " --as bob"
    why = ("report R{id} waits for a person other than {author}", values)
    return f"tongbao approve R{version.id}" + other * sandbox, why
