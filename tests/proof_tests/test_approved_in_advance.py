"""A holding notice in a proof: it left on what two people had allowed before anything happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest

from coordinator import templates
from reports.verifier.packed import Pack, sha
from sandbox.client import Sandbox
from tests.house import START, House
from tests.proof_tests.conftest import first_of, forged, problems, proof_of


@pytest.fixture(scope="module")
def automatic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """The proof of a level-1 incident whose first notice nobody wrote."""
    folder = tmp_path_factory.mktemp("holding")
    sandbox = Sandbox(folder)
    sandbox.start()
    house = House(folder, sandbox)
    house.has_holding_texts()
    house.has_customers(both=3)
    incident = house.alice.opens(level=1)
    house.fast_forward(until=START + timedelta(minutes=101))
    yield proof_of(house, incident)
    house.close()
    sandbox.stop()


def advance(data: bytes) -> dict[str, Any]:
    notice = json.loads(Pack(data).parts["notices.json"])["notices"][0]
    found: dict[str, Any] = notice["approved_in_advance"]
    return found


def test_it_verifies_and_says_who_allowed_what(automatic: bytes) -> None:
    """I28, R34, S4: two people, for at most so many, until a day; the chain has the same words."""
    assert [] == problems(automatic)
    said = advance(automatic)
    assert ("alice", "bob", "affected") == (said["author"], said["decided_by"], said["audience_rule"])
    chain = [json.loads(line) for line in Pack(automatic).parts["chain.jsonl"].splitlines()]
    [released] = [entry for entry in chain if entry["kind"] == "notice_released"]
    assert ("system", said) == (released["actor"], released["data"]["approved_in_advance"])


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"maximum": 10**7}, "the approval in advance of notice 2 is not the one of the chain"),
        ({"maximum": 2}, "notice 2 went beyond its approval in advance"),
        ({"expires_at": "2026-10-14T06:16:00+00:00"}, "notice 2 went beyond its approval in advance"),
        ({"levels": [3]}, "notice 2 went beyond its approval in advance"),
        ({"types": ["data_leak"]}, "notice 2 went beyond its approval in advance"),
        ({"decided_by": "alice"}, "notice 2 was not approved in advance by two people"),
        ({"text_hash": "0" * 64}, "alice approved another text or audience of notice 2"),
    ],
)
def test_another_approval_is_found(automatic: bytes, changed: dict[str, Any], wanted: str) -> None:
    """S22: whatever is changed of it is named."""
    other = first_of("notices", approved_in_advance={**advance(automatic), **changed})
    assert f"notices.json: {wanted}" in problems(forged(automatic, "notices.json", other))


def approved_texts(data: bytes) -> list[str]:
    [texts] = json.loads(Pack(data).parts["notices.json"])["approved_texts"].values()
    found: list[str] = texts
    return found


def test_the_approved_texts_are_in_it(automatic: bytes) -> None:
    """S4, S22: a reader has the very texts that two people approved, and their hash is that of the approval."""
    texts = approved_texts(automatic)
    assert advance(automatic)["text_hash"] == sha("".join(texts).encode())
    [sms] = [text for text in texts if text.startswith("notices/holding_notice/sms.en.txt\n")]
    assert (files("templates") / "notices/holding_notice/sms.en.txt").read_text(encoding="utf-8") in sms


@pytest.mark.parametrize("texts", [["all is well"], [], "x", [7], {}], ids=str)
def test_other_texts_are_found(automatic: bytes, texts: Any) -> None:
    """S22: what stands there is what was approved, or nothing stands there."""

    def edit(content: bytes) -> bytes:
        given = advance(automatic)["text_hash"]
        return json.dumps({**json.loads(content), "approved_texts": {given: texts}}).encode()

    found = problems(forged(automatic, "notices.json", edit))
    assert any(
        "the approved texts of notice 2 are not those of the approval" in said or "is not in the form" in said
        for said in found
    )


def test_texts_that_changed_since_are_still_those_that_were_approved(house: House) -> None:
    """I18, S4: a text that was approved later changes no proof; it is made of what was in force then."""
    house.has_holding_texts()
    house.has_customers(both=1)
    incident = house.alice.opens(level=1)
    house.fast_forward(until=START + timedelta(minutes=101))
    before = proof_of(house, incident)
    path = "notices/holding_notice/sms.en.txt"
    text = (files("templates") / path).read_text(encoding="utf-8").replace("We know", "We do know")
    version = house.carol._act("template", templates.submit, path, text)
    house.bob._act("approve_template", templates.approve, version.id)

    after = proof_of(house, incident)
    assert approved_texts(before) == approved_texts(after)
    assert [] == problems(after)


def test_texts_that_are_no_longer_had_are_not_made_up(automatic: bytes) -> None:
    """S22: nothing in their place is no problem of the proof; it proves less, and its README says so."""
    given = advance(automatic)["text_hash"]
    less = forged(
        automatic,
        "notices.json",
        lambda content: json.dumps({**json.loads(content), "approved_texts": {given: None}}).encode(),
    )
    assert [] == problems(less)


def test_nobody_approved_it(automatic: bytes) -> None:
    """S22: an automatic notice without an approval is none."""
    found = problems(forged(automatic, "notices.json", first_of("notices", approved_in_advance=None)))
    assert "notices.json: notice 2 went out by itself and nobody had approved it" in found
