"""Merged and split incidents: their proofs hold together, and one number's answer names the proof that has the rest."""

from __future__ import annotations

import json

from reports.verifier.packed import Pack
from tests.house import House
from tests.proof_tests.conftest import problems, proof_of


def test_a_duplicate_of_a_duplicate_is_proved(house: House) -> None:
    """R34, M12: whom the first of three had told the last may count; its chain names both, so its proof is whole."""
    house.has_customers(sms=3)
    first = house.alice.opens(level=2)
    house.alice.tells(first)
    second, third = house.alice.opens(level=2), house.alice.opens(level=2)
    house.alice.merges(first, second)
    house.alice.merges(second, third)
    house.works()

    data = proof_of(house, third)
    duplicates = json.loads(Pack(data).parts["windows.json"])["duplicates"]
    assert [second.reference, first.reference] == [one["incident"] for one in duplicates]
    assert [] == problems(data)
    assert [] == [said for one in (first, second) for said in problems(proof_of(house, one))]
