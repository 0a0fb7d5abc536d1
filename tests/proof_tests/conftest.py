"""Proofs to take apart: an incident told in time, its archive, and a forger with a key of his own."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from incidents.incident import Incident
from incidents.terms import Kind
from reports.archive import Archive
from reports.signing import public_key, sign
from reports.verifier.command import Outside, said, verify
from reports.verifier.packed import FORMAT, PARTS, Pack, canonical, sha
from sandbox.client import Sandbox
from tests.house import House
from wiring.proofs import keep_checkpoint, write_proof

FORGER = bytes(range(32))
Row = dict[str, Any]


def proof_of(house: House, incident: Incident) -> bytes:
    """The archive of one incident."""
    file = house.folder / "proof.zip"
    write_proof(house.app, house.alice.actor, incident.reference, file)
    return file.read_bytes()


def problems(data: bytes, outside: Outside = Outside()) -> list[str]:
    """What the verifier says, in sentences."""
    return [said(*problem) for problem in verify(data, outside)[0]]


def packed(parts: Mapping[str, bytes]) -> bytes:
    """An archive of these parts in this order, whatever they are."""
    file = io.BytesIO()
    archive = Archive(file)
    for name, content in parts.items():
        archive.add(name, [content])
    archive.close()
    return file.getvalue()


def forged(data: bytes, part: str, edit: Callable[[bytes], bytes]) -> bytes:
    """The archive with one part edited and everything above it made anew, signed with the forger's key."""
    parts = Pack(data).parts
    parts[part] = edit(parts[part])
    manifest = json.loads(parts["manifest.json"])
    for row in manifest["parts"]:
        content = parts[row["name"]]
        row |= {"bytes": len(content), "sha256": sha(content)}
    parts["manifest.json"] = json.dumps(manifest, ensure_ascii=False).encode()
    signature = sign(FORGER, FORMAT.encode() + b"\n" + parts["manifest.json"])
    signed = {"algorithm": "Ed25519", "key": public_key(FORGER), "signature": signature}
    parts["signature.json"] = canonical(signed) + b"\n"
    return packed({name: parts[name] for name in PARTS})


def first_row(**new: Any) -> Callable[[bytes], bytes]:
    """An edit: other values in the first line of a part."""

    def edit(content: bytes) -> bytes:
        first, _, rest = content.partition(b"\n")
        return canonical({**json.loads(first), **new}) + b"\n" + rest

    return edit


def first_of(name: str, **new: Any) -> Callable[[bytes], bytes]:
    """An edit: other values in the first item of a part's list."""

    def edit(content: bytes) -> bytes:
        found = json.loads(content)
        found[name][0] |= new
        return json.dumps(found).encode()

    return edit


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """The proof of a level-1 incident that was told in time and resolved, with a checkpoint behind it."""
    folder = tmp_path_factory.mktemp("proof")
    sandbox = Sandbox(folder)
    sandbox.start()
    house = House(folder, sandbox)
    house.has_customers(both=2, sms=1, email=1, nothing=1)
    incident = house.alice.opens(level=1)
    house.alice.confirms(incident)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    keep_checkpoint(house.app)
    yield proof_of(house, incident)
    house.close()
    sandbox.stop()


def file_of(folder: Path, name: str, data: bytes) -> Path:
    """A file with these bytes."""
    file = folder / name
    file.write_bytes(data)
    return file
