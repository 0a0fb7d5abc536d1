"""Every hour the heads of all chains are signed and kept elsewhere; what is changed afterwards contradicts them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from coordinator import checkpoints, views
from coordinator.verify import verify as verify_record
from reports.signing import public_key, sign
from reports.verifier.command import Outside
from reports.verifier.curve import signed_by
from reports.verifier.packed import Pack
from tests.house import House
from tests.proof_tests.conftest import FORGER, problems, proof_of
from wiring.proofs import (
    HomeKey,
    checkpoint_folder,
    checkpoint_problems,
    keep_checkpoint,
    lost_checkpoints,
    write_proof,
)
from wiring.settings import Proof, Settings

VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595b"
            "be24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb430"
            "2aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716e"
            "d28dc027beceea1ec40a"
        ),
    ),
]
"""RFC 8032, section 7.1: secret, public key, message, signature."""


@pytest.mark.parametrize(("secret", "key", "message", "signature"), VECTORS)
def test_signatures_are_those_of_the_rfc(secret: str, key: str, message: str, signature: str) -> None:
    """Our Ed25519 gives the signatures of RFC 8032, and accepts no other."""
    said = bytes.fromhex(message)
    assert (key, signature) == (public_key(bytes.fromhex(secret)), sign(bytes.fromhex(secret), said))
    assert signed_by(key, said, signature)
    assert not signed_by(key, said + b"x", signature)
    assert not signed_by(key, said, f"{int(signature[:2], 16) ^ 1:02x}" + signature[2:])
    assert not signed_by(key[:-2] + "00", said, signature)


@pytest.mark.parametrize("bad", ["", "zz", "00" * 64, "ff" * 64, "00" * 63])
def test_what_is_no_signature_is_none(bad: str) -> None:
    """Nothing that a file can hold in a signature's place raises or passes."""
    assert not signed_by(VECTORS[0][1], b"", bad)
    assert not signed_by(bad, b"", VECTORS[0][3])


def names(house: House) -> list[str]:
    return sorted(path.name for path in checkpoint_folder(house.app).iterdir())


def troubles(house: House) -> list[str]:
    return checkpoint_problems(house.app, house.alice.actor)


def test_a_checkpoint_is_written_every_hour_and_never_touched(house: House) -> None:
    """S22: one file an hour, under a name that is used once; each names the one before."""
    house.alice.opens(level=3)
    assert keep_checkpoint(house.app)
    assert not keep_checkpoint(house.app)
    assert not house.alice._act("read", checkpoints.standing)["late"]
    before = {name: (checkpoint_folder(house.app) / name).read_bytes() for name in names(house)}
    house.clock.set(house.clock.now() + timedelta(hours=1))
    assert keep_checkpoint(house.app)

    assert ["checkpoint-000001-20261014T061500Z.json", "checkpoint-000002-20261014T071500Z.json"] == names(
        house
    )
    assert before == {name: (checkpoint_folder(house.app) / name).read_bytes() for name in before}
    assert [] == troubles(house)
    assert 0o600 == (house.folder / "proof.key").stat().st_mode & 0o777


def test_a_record_that_was_rewritten_contradicts_its_checkpoint(house: House) -> None:
    """I16: the last outside checkpoint is a prefix of the present chains; else the incident and entry are named."""
    incident = house.alice.opens(level=3)
    keep_checkpoint(house.app)
    length = len(house.entries(incident))
    house.alice.logs(incident, "the crew is on its way")
    assert [] == troubles(house)

    house.writes_raw("DROP TRIGGER timeline_no_update")
    house.writes_raw("UPDATE timeline SET hash = ? WHERE sequence = ?", "0" * 64, length)
    assert [f": {incident.reference}: entry {length} is not the one of the checkpoint"] == [
        said.partition(".json")[2] for said in troubles(house)
    ]


def test_an_old_backup_contradicts_its_checkpoint(house: House) -> None:
    """I16: a database that knows less than was signed is found, with how much it knows."""
    incident = house.alice.opens(level=3)
    short = len(house.entries(incident))
    house.alice.logs(incident, "more")
    keep_checkpoint(house.app)
    house.writes_raw("DROP TRIGGER timeline_no_delete")
    house.writes_raw("DELETE FROM timeline WHERE sequence > ?", short)
    house.writes_raw("UPDATE incidents SET chain_length = ?", short)

    assert any(
        f"the checkpoint has {short + 1} entries, the record {short}" in said for said in troubles(house)
    )


def test_checkpoints_that_were_changed_or_taken_away_are_found(house: House) -> None:
    """A file that is gone, cut, edited or signed by somebody else is named."""
    house.alice.opens(level=3)
    keep_checkpoint(house.app)
    file = checkpoint_folder(house.app) / names(house)[0]
    whole = file.read_bytes()

    file.write_bytes(whole.replace(b'"chains": 1', b'"chains": 2'))
    assert [f"checkpoint {file.name} was changed: its signature does not fit"] == troubles(house)
    file.write_bytes(whole[:-20])
    assert [f"checkpoint {file.name} cannot be read"] == [said.partition(":")[0] for said in troubles(house)]
    file.unlink()
    assert [f"checkpoint {file.name} is no longer in {file.parent}"] == troubles(house)

    file.write_bytes(whole)
    (house.folder / "proof.key").write_text(FORGER.hex(), encoding="ascii")
    assert [f"checkpoint {file.name} was signed by another key than this home's"] == troubles(house)


@pytest.mark.parametrize(
    "damage", [lambda _: b"{]", lambda _: b"[1]", lambda whole: whole[:-20], lambda _: b""]
)
def test_a_damaged_checkpoint_is_in_no_proof_and_the_proof_is_made(
    house: House, damage: Callable[[bytes], bytes]
) -> None:
    """S22, I16: whatever stands where a checkpoint was; the file is named, and what is left is whole."""
    incident = house.alice.opens(level=3)
    keep_checkpoint(house.app)
    file = checkpoint_folder(house.app) / names(house)[0]
    whole = file.read_bytes()
    file.write_bytes(damage(whole))

    to = house.folder / "proof.zip"
    done = write_proof(house.app, house.alice.actor, incident.reference, to)
    assert (False, file.name) == (done.checkpoint, done.lost_checkpoint)
    assert ([], b"{}\n") == (problems(to.read_bytes()), Pack(to.read_bytes()).parts["checkpoint.json"])
    assert [file.name] == lost_checkpoints(house.app, house.alice.actor)

    file.write_bytes(whole)
    done = write_proof(house.app, house.alice.actor, incident.reference, to)
    assert (True, "") == (done.checkpoint, done.lost_checkpoint)
    assert [] == lost_checkpoints(house.app, house.alice.actor)


def test_several_schedulers_write_one_checkpoint(house: House) -> None:
    """Whoever asks first has the hour; the others find nothing to do, and no trouble is made of it."""
    house.alice.opens(level=3)
    first = house.app.coordinator.system(checkpoints.due)
    assert [True, False] == [first, house.app.coordinator.system(checkpoints.due)]
    assert not keep_checkpoint(house.app)
    house.clock.set(house.clock.now() + timedelta(hours=3))

    assert keep_checkpoint(house.app)
    assert "" == house.alice._act("read", checkpoints.standing)["trouble"]


def test_a_late_checkpoint_is_said_while_an_incident_runs(house: House) -> None:
    """Two hours without one are worth a word, but not on a home where nothing happens."""
    keep_checkpoint(house.app)
    house.clock.set(house.clock.now() + timedelta(hours=3))
    assert not house.alice._act("read", checkpoints.standing)["late"]
    house.alice.opens(level=3)
    assert house.alice._act("read", checkpoints.standing)["late"]


def test_a_folder_that_cannot_be_written_stops_nothing_and_is_said(tmp_path: Path, house: House) -> None:
    """The trouble is on the board until a checkpoint stands; clocks and notices go on meanwhile."""
    house.has_customers(sms=1)
    (tmp_path / "elsewhere").write_text("a file, no folder", encoding="utf-8")
    house.settings = Settings(proof=Proof(checkpoint_folder=str(tmp_path / "elsewhere")))
    house.restarts()
    incident = house.alice.opens(level=3)

    assert not keep_checkpoint(house.app)
    house.alice.tells(incident)
    board = house.alice._act("read", views.board)
    assert "File exists" == board["checkpoint"]["trouble"]
    assert "met" == house.window(incident, "first_notice").state

    (tmp_path / "elsewhere").unlink()
    assert not keep_checkpoint(house.app)
    house.clock.set(house.clock.now() + timedelta(minutes=1))
    assert keep_checkpoint(house.app)
    assert "" == house.alice._act("read", checkpoints.standing)["trouble"]


def test_a_key_that_cannot_be_read_stops_nothing(house: House) -> None:
    """A spoilt key is never replaced unseen: no checkpoint, and a reason."""
    (house.folder / "proof.key").write_text("not a key", encoding="ascii")

    assert not keep_checkpoint(house.app)
    assert "proof.key cannot be read" in house.alice._act("read", checkpoints.standing)["trouble"]
    assert "not a key" == (house.folder / "proof.key").read_text("ascii")


def test_the_first_key_counts(tmp_path: Path) -> None:
    """Two processes that start at once sign with one key."""
    first, second = HomeKey(tmp_path), HomeKey(tmp_path)

    assert first.key == second.key
    assert ["proof.key"] == [path.name for path in tmp_path.iterdir()]


def test_a_regulator_with_a_checkpoint_of_his_own_compares(house: House) -> None:
    """Whoever was sent a checkpoint can hold the archive against it."""
    incident = house.alice.opens(level=3)
    keep_checkpoint(house.app)
    outside = (checkpoint_folder(house.app) / names(house)[0]).read_bytes()
    house.alice.logs(incident, "later")
    data = proof_of(house, incident)
    other = house.alice.opens(level=3, area="ZZ0201")

    assert [] == problems(data, Outside(checkpoint=outside))
    assert "the outside checkpoint has no entry of this incident" in problems(
        proof_of(house, other), Outside(checkpoint=outside)
    )
    assert [] == verify_record_of(house)
    lied = json.loads(outside)
    lied["heads"][0][1] += 1
    assert "part --checkpoint: its signature does not fit" in problems(
        data, Outside(checkpoint=json.dumps(lied).encode())
    )


def verify_record_of(house: House) -> list[str]:
    return house.alice._act("read", verify_record)
