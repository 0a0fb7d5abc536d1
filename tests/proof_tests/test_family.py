"""Merged and split incidents: their proofs hold together, and one number's answer names the proof that has the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from incidents.incident import Incident
from incidents.terms import Channel
from reports.verifier.command import Outside, main, verify
from reports.verifier.packed import Pack
from tests.house import House
from tests.proof_tests.conftest import file_of, forged, problems, proof_of
from wiring.proofs import write_opening


def answers(house: House, incident: Incident, number: str, file: Path) -> tuple[bytes, list[dict[str, Any]]]:
    """The opening of one number, and what the verifier reads out of it and the proof."""
    write_opening(house.app, house.dan.actor, incident.reference, number, file)
    found = verify(proof_of(house, incident), Outside(opening=file.read_bytes()))
    assert [] == found.problems
    return file.read_bytes(), found.told


def merged_twice(house: House) -> tuple[Incident, Incident, Incident]:
    """The first told three people, was merged into the second, and that into the third."""
    house.has_customers(sms=3)
    first = house.alice.opens(level=2)
    house.alice.tells(first)
    second, third = house.alice.opens(level=2), house.alice.opens(level=2)
    house.alice.merges(first, second)
    house.alice.merges(second, third)
    house.works()
    return first, second, third


def test_a_duplicate_of_a_duplicate_is_proved(house: House) -> None:
    """R34, M12: whom the first of three had told the last may count; its chain names both, so its proof is whole."""
    first, second, third = merged_twice(house)

    data = proof_of(house, third)
    duplicates = json.loads(Pack(data).parts["windows.json"])["duplicates"]
    assert [second.reference, first.reference] == [one["incident"] for one in duplicates]
    assert [] == problems(data)
    assert [] == [said for one in (first, second) for said in problems(proof_of(house, one))]


def test_who_was_told_by_a_duplicate_is_not_left_without_an_answer(
    house: House, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """R34, I25: the survivor counts them as told; its answer names the incident whose proof has the message."""
    first, second, third = merged_twice(house)
    number, *others = [message["to"] for message in house.told(Channel.SMS)]
    file = tmp_path / "opening.json"

    there = {"incident": first.reference, "notice": 1, "channel": "sms", "state": "see_its_proof"}
    for incident in (second, third):
        opening, told = answers(house, incident, number, file)
        assert [there] == told
        assert [] == [other for other in others if other.encode() in opening]
    pack = file_of(tmp_path, "pack.zip", proof_of(house, third))
    assert 0 == main([str(pack), "--opening", str(file)])
    said = f"notice 1 of {first.reference} was for this one too: see the proof of {first.reference}"
    assert said in capfd.readouterr().out.splitlines()
    assert ["accepted"] == [row["state"] for row in answers(house, first, number, file)[1]]
    assert [] == answers(house, third, "+8613800009999", file)[1]
    with house.app.database.transaction() as tx:
        accounts = [row["account"] for row in tx.reads.newest(4)]
    assert 3 == sum(account.startswith("A") for account in accounts)


def test_who_was_told_by_the_whole_or_by_a_part_finds_both(house: House, tmp_path: Path) -> None:
    """R34: before the split the whole had told them; the part's answer names it."""
    house.has_customers(sms=1)
    house.has_customers(sms=1, area="ZZ0102")
    whole = house.alice.opens(level=2)
    house.alice.updates(whole, areas=("ZZ0101", "ZZ0102"))
    house.alice.tells(whole)
    part = house.alice.splits(whole, "ZZ0102")
    house.works()
    number, file = "+8613800000002", tmp_path / "opening.json"

    assert ["accepted"] == [row["state"] for row in answers(house, whole, number, file)[1]]
    [there] = answers(house, part, number, file)[1]
    assert (whole.reference, 1, "see_its_proof") == (there["incident"], there["notice"], there["state"])


def test_the_level_that_a_duplicate_brought_counts_for_approvals(house: House) -> None:
    """R34, M12: the survivor is as strict as its duplicate, so that an approval in advance for that level covers it."""
    house.has_holding_texts()
    house.writes_raw("UPDATE standing_approvals SET levels = '[1, 2]'")
    house.has_customers(both=3)
    duplicate, survivor = house.alice.opens(level=2), house.alice.opens(level=3)
    house.alice.merges(duplicate, survivor)
    house.carol.sends_holding(survivor)
    house.works()

    assert [] == problems(proof_of(house, survivor))


def _by_one_person(content: bytes) -> bytes:
    """An edit: whatever bob approved was approved by its author."""
    return content.replace(b'"bob"', b'"alice"')


@pytest.mark.parametrize("brought", [1, 2, 3])
def test_a_second_person_is_asked_for_by_the_level_that_a_duplicate_brought(
    house: House, brought: int
) -> None:
    """R34, M12: what the survivor released after the merge needs two people where its duplicate was of level 1 or 2,
    and none besides its author where that was of level 3 too."""
    house.has_customers(sms=3)
    duplicate, survivor = house.alice.opens(level=brought), house.alice.opens(level=3)
    house.alice.merges(duplicate, survivor)
    notice = house.alice.tells(survivor)
    data = proof_of(house, survivor)
    assert [] == problems(data)

    one_person = forged(forged(data, "chain.jsonl", _by_one_person), "notices.json", _by_one_person)
    said = f"notices.json: notice {notice.id} of level {brought} was not approved by a second person"
    assert (brought < 3) == (said in problems(one_person))
