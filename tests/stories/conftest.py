"""A story ends with its books open: what does not add up fails it, whatever it was about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reports.verifier.command import Outside, said, verify
from tests.house import House
from wiring.proofs import write_proof


@pytest.fixture
def house(house: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """The house of tests/conftest.py; after the story it is audited, and every incident proved (R34).

    A story marked `forged(what)` has itself changed something behind the program's back: the proof says what.
    """
    yield house
    house.works()
    assert [] == house.audit()
    forged = request.node.get_closest_marker("forged")
    assert (list(forged.args) if forged else []) == unproved(house)


def unproved(house: House) -> list[str]:
    """What the verifier says against the proofs of all incidents."""
    with house.app.database.snapshot() as tx:
        references = [
            one.reference for one in (*tx.incidents.all(), *tx.incidents.cases(), *tx.incidents.works())
        ]
    found: list[str] = []
    for reference in references:
        file = house.folder / "proof.zip"
        file.unlink(missing_ok=True)
        write_proof(house.app, house.alice.actor, reference, file)
        found += [said(*problem) for problem in verify(file.read_bytes(), Outside())[0]]
    return found
