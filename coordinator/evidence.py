"""What is learnt after a verdict about when the provider had a message. It changes no verdict."""

from __future__ import annotations

from dataclasses import replace

from coordinator.act import Act
from coordinator.kept import learnt
from coordinator.standing import fits
from incidents.effects import AcceptedOnEvidence, Effect, Record
from incidents.terms import Verdict
from windows.window import Finding, Window

ACCEPTED = "accepted_before_due_on_evidence"


def accepted(act: Act, effect: AcceptedOnEvidence) -> list[Effect]:
    """A missed window whose messages the provider had before its due instant gets a finding, once."""
    notice = act.tx.notices.get(effect.notice)
    every = act.tx.notices.of_incident(effect.incident)
    effects: list[Effect] = []
    for window in act.tx.windows.of_incident(effect.incident):
        if not _missed(window) or effect.at > window.due_at or not fits(act, window, notice, every):
            continue
        detail = f"{effect.deliveries} by {effect.at.isoformat()}"
        found = Finding(act.now, ACCEPTED, detail)
        wiser = replace(window, findings=(*window.findings, found))
        act.tx.windows.save(wiser)
        said = {"window": window.id, "finding": ACCEPTED, **learnt(wiser)}
        effects.append(Record(effect.incident, "finding_added", said))
    return effects


def _missed(window: Window) -> bool:
    known = any(finding.kind == ACCEPTED for finding in window.findings)
    return window.state == Verdict.BREACHED and window.told_by == "recipients" and not known
