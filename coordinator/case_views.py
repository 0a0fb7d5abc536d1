"""Ordinary complaints as documents."""

from __future__ import annotations

from coordinator.act import Act
from coordinator.views import ENDED, Document, incident, iso, summary
from incidents.effects import Effect
from incidents.incident import Incident


def cases(act: Act, ended: bool = False) -> tuple[Document, list[Effect]]:
    """Ordinary complaints that are not over, oldest first; with `ended` all of them."""
    owing = {w.incident for w in act.tx.windows.owed()}
    every = act.tx.incidents.cases()
    items = [summary(act, one) for one in every if ended or one.status not in ENDED or one.id in owing]
    return {"items": items, "at": iso(act.now)}, []


def survivor(act: Act, gone: Incident) -> Document:
    """The whole record of the incident that took this one over."""
    into = act.tx.incidents.by_id(gone.id).merged_into
    return incident(act, gone if into is None else act.tx.incidents.by_id(into))
