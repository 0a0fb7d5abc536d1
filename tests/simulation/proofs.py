"""At rest every incident is proved, its archive verifies, and what is owed can be written: the product's own promises,
read by its own verifier and verbs."""

from __future__ import annotations

import io
from collections.abc import Iterator

from coordinator import rulebook
from coordinator.act import Act
from coordinator.perform import Coordinator
from coordinator.proof import proof
from coordinator.standing import fits
from coordinator.writable import GONE, may_draft
from incidents.errors import Conflict
from incidents.terms import TAKING_BACK, Kind
from reports.archive import Archive
from reports.signing import public_key, sign
from reports.verifier.command import Outside, said, verify
from reports.verifier.packed import PARTS
from tests.simulation.machines import actor
from windows.window import Window

KEY = bytes(32)
INSIDE = {name: name.encode() for name in PARTS if name.startswith("README") or name == "verify.py"}


class _Signer:
    key = public_key(KEY)

    def sign(self, message: bytes) -> str:
        return sign(KEY, message)


def unproved(coordinator: Coordinator, references: list[str]) -> Iterator[str]:
    """What the verifier says against the archives of these incidents (R34, S22)."""
    for reference in references:
        file = io.BytesIO()
        archive = Archive(file)
        coordinator.look(
            "proof", actor("alice"), proof, reference, archive, _Signer(), INSIDE, lambda _name: b""
        )
        archive.close()
        for problem in verify(file.getvalue(), Outside())[0]:
            yield f"R34: the proof of {reference}: {said(*problem)}"


def unwritable(coordinator: Coordinator) -> list[str]:
    """Duties to customers that no notice may be written for, and for which none is there (I1)."""
    return coordinator.glance(_unwritable)


def _unwritable(act: Act) -> list[str]:
    owed = (w for w in act.tx.windows.owed() if w.told_by in ("recipients", "page"))
    return [found for window in owed if window.kind not in TAKING_BACK for found in _refused(act, window)]


def _refused(act: Act, window: Window) -> list[str]:
    notices = act.tx.notices.of_incident(window.incident)
    if any(n.state not in GONE and fits(act, window, n, notices) for n in notices):
        return []
    kinds = rulebook.terms_of(act, window).rule.fulfilled_by
    why = [_why_not(act, window.incident, kind) for kind in kinds]
    return [] if None in why else [f"I1: window {window.id} ({window.kind}) may not be written: {why[0]}"]


def _why_not(act: Act, incident_id: int, kind: Kind) -> str | None:
    try:
        may_draft(act, act.tx.incidents.by_id(incident_id), kind)
    except Conflict as refused:
        return str(refused)
    return None
