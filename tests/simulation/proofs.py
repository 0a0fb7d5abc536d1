"""At rest every incident is proved, and its archive verifies: the product's own promise, read by its own verifier."""

from __future__ import annotations

import io
from collections.abc import Iterator

from coordinator.perform import Coordinator
from coordinator.proof import proof
from reports.archive import Archive
from reports.signing import public_key, sign
from reports.verifier.command import Outside, said, verify
from reports.verifier.packed import PARTS
from tests.simulation.machines import actor

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
