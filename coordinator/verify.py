"""Proof that the database says what it said: chains, batch roots, breach rows, texts, counters."""

from __future__ import annotations

from coordinator.act import Act
from incidents.chain import Entry, check, leaf, merkle_root
from incidents.effects import Effect
from incidents.rebuild import differing
from incidents.terms import Verdict
from notifications.notice import text_hash
from reports.version import files_hash


def verify(act: Act) -> tuple[list[str], list[Effect]]:
    """Every problem found, in plain sentences; empty when all is as it was written (I10, I16)."""
    problems: list[str] = []
    for incident_id, reference, head, length in act.tx.incidents.heads():
        entries = list(act.tx.incidents.entries(incident_id))
        problems += check(reference, entries, head, length)
        problems += _batches(act, incident_id, reference, entries)
        problems += _texts(act, incident_id, reference, entries)
        problems += _verdicts(act, incident_id, reference, entries)
        problems += _state(act, incident_id, reference, entries)
        problems += _reports(act, incident_id, reference, entries)
    return problems + _breaches(act), []


def _batches(act: Act, incident_id: int, reference: str, entries: list[Entry]) -> list[str]:
    problems = []
    for entry in entries:
        if entry.kind == "batch_settled":
            rows = act.tx.deliveries.batch(incident_id, entry.sequence)
            root = merkle_root([leaf(*row) for row in rows])
            if root != entry.data["root"]:
                problems.append(f"{reference}: the outcomes under entry {entry.sequence} were changed")
    return problems


def _texts(act: Act, incident_id: int, reference: str, entries: list[Entry]) -> list[str]:
    """The texts as stored are the ones that were released."""
    problems = []
    for entry in entries:
        if entry.kind == "notice_released":
            notice = int(entry.data["notice"])
            if text_hash(act.tx.notices.texts(notice)) != entry.data["text_hash"]:
                problems.append(f"{reference}: the text of notice {notice} was changed after release")
    return problems


def _verdicts(act: Act, incident_id: int, reference: str, entries: list[Entry]) -> list[str]:
    """Each window's verdict is the one that its chain entry recorded."""
    said = {
        int(entry.data["window"]): entry.kind.removeprefix("window_")
        for entry in entries
        if entry.kind.removeprefix("window_") in set(Verdict) and entry.kind.startswith("window_")
    }
    return [
        f"{reference}: window {w.id} says {w.state}, the record says {said.get(w.id, 'open')}"
        for w in act.tx.windows.of_incident(incident_id)
        if w.state.value != said.get(w.id, "open")
    ]


def _state(act: Act, incident_id: int, reference: str, entries: list[Entry]) -> list[str]:
    """The incident as stored is the one that its timeline tells (R34)."""
    wrong = differing(act.tx.incidents.by_id(incident_id), entries)
    return [f"{reference}: {', '.join(wrong)} differs from what the timeline tells"] if wrong else []


def _reports(act: Act, incident_id: int, reference: str, entries: list[Entry]) -> list[str]:
    """The files of every report are those that were submitted."""
    problems = []
    for entry in entries:
        if entry.kind == "report_submitted":
            number = int(entry.data["report"])
            if files_hash(act.tx.reports.files(number)) != entry.data["hash"]:
                problems.append(f"{reference}: the files of report R{number} were changed after submission")
    return problems


def _breaches(act: Act) -> list[str]:
    """One breach row per missed window, and none without."""
    problems = []
    rows = {row["window_id"]: row for row in act.tx.windows.breaches()}
    for incident_id, reference, _, _ in act.tx.incidents.heads():
        for window in act.tx.windows.of_incident(incident_id):
            missed = window.state == Verdict.BREACHED
            if missed != (window.id in rows):
                problems.append(f"{reference}: window {window.id} and the breach rows disagree")
    return problems
