"""What a proof shows, where it can be checked, and what it keeps to itself."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incidents.terms import Channel, Kind
from notifications.directory import Customer
from reports.verifier.command import Outside, verify
from reports.verifier.packed import PARTS, Pack
from reports.verifier.single import single
from tests.house import House
from tests.proof_tests.conftest import file_of, problems, proof_of
from wiring.proofs import keep_checkpoint, write_opening, write_proof

CANARY = Customer(
    account="A-CANARY-77",
    name="卡纳里",
    phone="+8613977770001",
    email="canary.person@canary.example",
    language="zh-CN",
    area="ZZ0101",
    services=("mobile",),
    segment="consumer",
    marketing_opt_out=False,
    service_opt_out=False,
)


def ran(folder: Path, *words: str) -> tuple[int, str, str]:
    """The verifier of a proof in a process that has Python and nothing else, in another folder."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *words],
        cwd=folder,
        env={},
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def bare(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Its one document."""
    code, out, wrong = ran(folder, "--json", *words)
    assert "" == wrong
    return code, json.loads(out)


def test_a_proof_verifies_where_nothing_of_ours_is(told: bytes, tmp_path: Path) -> None:
    """S22, R34, R36: the one file inside the archive checks it in a bare process, and says what is wrong."""
    parts = Pack(told).parts
    assert list(PARTS) == list(parts)
    file_of(tmp_path, "verify.py", parts["verify.py"])
    file_of(tmp_path, "pack.zip", told)

    whole = {"ok": True, "problems": [], "told": [], "exercise": False}
    key = {"key": verify(told).key, "compared_with": None, "key_fits": None}
    assert (0, {**whole, **key}) == bare(tmp_path, "pack.zip")

    file_of(tmp_path, "pack.zip", told + b"x")
    assert (1, ["证明包结尾之后还有1字节"]) == (
        (said := bare(tmp_path, "pack.zip", "--lang", "zh-CN"))[0],
        said[1]["problems"],
    )


def test_whose_key_it_is_is_said(told: bytes, tmp_path: Path) -> None:
    """S22: a proof that somebody else signed is whole too; so the key stands there, and whether it was compared."""
    file_of(tmp_path, "verify.py", Pack(told).parts["verify.py"])
    file_of(tmp_path, "pack.zip", told)
    key = verify(told).key
    assert f"signed with the key {key}; not compared with a published key" in ran(tmp_path, "pack.zip")[1]
    given = ran(tmp_path, "pack.zip", "--key", key.upper(), "--lang", "zh-CN")
    assert (0, True) == (given[0], f"签名公钥 {key}，与你给出的相同" in given[1])
    code, other = bare(tmp_path, "pack.zip", "--key", "ab" * 32)
    assert (1, key, "given", False) == (code, other["key"], other["compared_with"], other["key_fits"])


@pytest.mark.parametrize("words", [("--key", ""), ("--key", "9f3c"), ("--checkpoint", ""), ("--opening", "")])
def test_a_variable_that_is_not_set_is_a_refusal(told: bytes, tmp_path: Path, words: tuple[str, str]) -> None:
    """`--key "$KEY"` with nothing in KEY compares nothing; it must not look as if it had."""
    file_of(tmp_path, "verify.py", Pack(told).parts["verify.py"])
    file_of(tmp_path, "pack.zip", told)
    code, out, wrong = ran(tmp_path, "pack.zip", *words)
    assert (2, "", False) == (code, out, "Traceback" in wrong)


def test_the_single_file_imports_nothing_of_ours() -> None:
    """It is the very code that `tongbao verify` runs, put together, and asks for the standard library alone."""
    lines = [line for line in single().splitlines() if line.startswith(("import ", "from "))]
    assert {line.split()[1].split(".")[0] for line in lines} <= sys.stdlib_module_names
    compile(single(), "verify.py", "exec")


def test_every_sentence_of_the_verifier_is_chinese_too() -> None:
    """A regulator who asks for Chinese gets it for every problem."""
    import ast

    from reports.verifier.words import ZH

    found = set()
    for node in ast.walk(ast.parse(single())):
        texts = (
            node.args[:1] if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "wrong" else []
        )
        texts += [node.value] if isinstance(node, ast.Yield) and node.value else []
        found |= {t.value for t in texts if isinstance(t, ast.Constant) and isinstance(t.value, str)}
    assert 40 < len(found)
    assert set() == found - set(ZH)


def test_the_same_record_gives_the_same_bytes(house: House) -> None:
    """I18: a proof made again, later and by another process, is the same file."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    keep_checkpoint(house.app)
    first = proof_of(house, incident)

    house.clock.set(house.clock.now() + timedelta(hours=1))
    assert keep_checkpoint(house.app)
    house.restarts()

    assert first == proof_of(house, incident)
    assert {} != json.loads(Pack(first).parts["checkpoint.json"])


def test_a_proof_waits_for_no_writer_and_holds_none_up(house: House) -> None:
    """A long reading takes no write lock: a verdict that falls due meanwhile is written in its second (I9)."""
    incident = house.alice.opens(level=3)
    alice, file = house.alice.actor, house.folder / "p.zip"
    with house.app.database.transaction():
        write_proof(house.app, alice, incident.reference, file)
    assert [] == problems(file.read_bytes())
    with house.app.database.snapshot() as reading:
        house.alice.logs(incident, "written while somebody reads")
        seen = len(list(reading.incidents.entries(incident.id)))
        with pytest.raises(house.app.database.module.OperationalError):
            reading.meta.put("a", "b")
    assert seen + 1 == len(house.entries(incident))
    assert house.alice.logs(incident, "and after it")


def test_a_breach_is_in_the_proof_with_all_that_was_learnt(house: House) -> None:
    """I9, I10: the strict due first, the breach row, its causes, the later finding; told late is told late."""
    house.has_customers(sms=3)
    incident = house.alice.opens(level=3)
    house.fast_forward(hours=4, minutes=5)
    house.alice.raises(incident, 1)
    house.alice.tells(incident)
    data = proof_of(house, incident)
    windows = json.loads(Pack(data).parts["windows.json"])["windows"]
    first = windows[0]

    assert [] == problems(data)
    assert ["id", "kind", "strict_due_at"] == list(first)[:3]
    assert ("breached", "done", ["no_approval"]) == (first["state"], first["duty"], first["breach"]["causes"])
    assert ["upgraded_after_verdict"] == [finding["kind"] for finding in first["findings"]]
    assert 300 <= first["seconds_late"]
    assert {"handbook.first_notice"} == {w["rule"] for w in windows if w["kind"] == "first_notice"}


def test_refusals_second_channels_stops_and_reports_are_in_the_proof(house: House) -> None:
    """I4, I20: whatever became of a message, the proof adds up."""
    house.has_customers(both=4, sms=2, nothing=1)
    house.has_customers(sms=1, opted_out=True)
    house.sandbox.dial("twilio", refuse_code=21211)
    incident = house.alice.opens(level=2)
    house.alice.submits(incident)
    stopped = house.bob.approves(house.notices(incident)[0])
    house.alice.stops(stopped)
    house.alice.tells(incident)
    house.fast_forward(minutes=10)
    house.sandbox.calm()
    house.alice.restores(incident)
    house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    house.bob.passes(house.alice.reports(incident, Kind.HANDLING_REPORT))
    data = proof_of(house, incident)
    states = {json.loads(line)["state"] for line in Pack(data).parts["deliveries.jsonl"].splitlines()}

    assert [] == problems(data)
    assert {"accepted", "failed", "cancelled"} <= states


def test_an_undone_upgrade_and_an_unsent_notice_verify(house: House) -> None:
    """The level at which a notice was released is the one that stood then."""
    house.has_customers(email=1)
    incident = house.alice.opens(level=3)
    house.alice.raises(incident, 2)
    house.clock.set(house.clock.now() + timedelta(minutes=1))
    house.alice.undoes(incident)
    house.alice.tells(incident)
    house.alice.drafts(incident, Kind.PROGRESS_UPDATE)

    assert [] == problems(proof_of(house, incident))


def test_nobody_is_named_in_a_proof(house: House) -> None:
    """I25: no number, address, name or account of a customer is anywhere in the archive."""
    with house.app.database.transaction() as tx:
        tx.directory.put_customers([CANARY])
    house.has_customers(both=1)
    house.sandbox.dial("smtp", refuse_code=550)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.fast_forward(minutes=10)
    data = proof_of(house, incident)
    canaries = [
        CANARY.account,
        CANARY.name,
        CANARY.phone,
        CANARY.phone[3:],
        "13977770001",
        CANARY.email,
        "canary.",
    ]

    assert [] == problems(data)
    assert [] == [word for word in canaries if word and word.encode() in data]


def test_one_number_is_answered_and_no_other(house: House, tmp_path: Path) -> None:
    """The opening of one number answers "was this number told?" and shows no other; the look is kept (S3)."""
    house.has_customers(both=2, sms=1)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    data = proof_of(house, incident)
    file = tmp_path / "opening.json"

    assert 1 == write_opening(house.app, house.dan.actor, incident.reference, "+8613800000002", file).found
    opening = file.read_bytes()
    found = verify(data, Outside(opening=opening))

    assert ([], ["sms"], ["accepted"]) == (
        found.problems,
        [row["channel"] for row in found.told],
        [row["state"] for row in found.told],
    )
    assert b"+8613800000001" not in opening
    assert 0o600 == file.stat().st_mode & 0o777
    with house.app.database.transaction() as tx:
        assert ("dan", "A000002") == tuple(tx.reads.newest(1)[0][name] for name in ("user", "account"))

    lied = opening.replace(b"+8613800000002", b"+8613800000001")
    assert ["the opening does not fit person"] == [p[:31] for p in problems(data, Outside(opening=lied))]
    assert 0 == write_opening(house.app, house.dan.actor, incident.reference, "+8613800009999", file).found


def test_a_shared_number_is_answered_for_everybody_who_has_it(house: House, tmp_path: Path) -> None:
    """Who was told through another account's message is answered by that message."""
    with house.app.database.transaction() as tx:
        tx.directory.put_customers(
            [
                Customer(
                    f"S{n}",
                    "x",
                    "+8613900000009",
                    None,
                    "en",
                    "ZZ0101",
                    ("mobile",),
                    "consumer",
                    False,
                    False,
                )
                for n in (1, 2)
            ]
        )
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    file = tmp_path / "opening.json"
    data = proof_of(house, incident)

    assert 2 == write_opening(house.app, house.dan.actor, incident.reference, "+8613900000009", file).found
    found = verify(data, Outside(opening=file.read_bytes()))
    assert ([], ["accepted", "accepted"]) == (found.problems, [row["state"] for row in found.told])
    assert 1 == len(house.told(Channel.SMS))


def test_the_readers_of_a_proof_find_both_languages(told: bytes) -> None:
    """The README inside names every part, in Chinese and in English."""
    parts = Pack(told).parts
    for name in ("README.zh-CN.md", "README.en.md"):
        text = parts[name].decode()
        assert [] == [part for part in PARTS[2:] if part not in text]


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_only_who_may_writes_a_proof(house: House, who: str) -> None:
    """S1: a proof is for the duty manager, comms and legal; an approver asks them."""
    from incidents.errors import NotAllowed

    incident = house.alice.opens(level=3)
    person, file = getattr(house, who), house.folder / "p.zip"
    if who == "bob":
        with pytest.raises(NotAllowed):
            write_proof(house.app, person.actor, incident.reference, file)
        assert [] == list(house.folder.glob("*p.zip*"))
    else:
        assert write_proof(house.app, person.actor, incident.reference, file).entries
