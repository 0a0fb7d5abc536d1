"""The files of proof: the signing key, the archive, and the checkpoints in the operator's folder.

Files are written whole or not at all, with no transaction open while they are.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from datetime import UTC
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from coordinator import checkpoints
from coordinator.act import SYSTEM, Actor
from coordinator.proof import Proved, keep_look, opening, proof
from incidents.errors import Unavailable
from incidents.terms import LANGUAGES
from reports.archive import Archive
from reports.signing import SEED_BYTES, public_key, sign
from reports.verifier.curve import signed_by
from reports.verifier.packed import leaf, root
from reports.verifier.single import single
from wiring.app import App

KEY_FILE = "proof.key"
NAME = "checkpoint-{number:06d}-{at:%Y%m%dT%H%M%SZ}.json"


class HomeKey:
    """The home's signing key: made at first use, readable by its owner alone."""

    def __init__(self, home: Path):
        self._file = home / KEY_FILE
        self._seed = self._read() or self._make()

    @classmethod
    def standing(cls, home: Path) -> HomeKey | None:
        """The key that this home has; none is made. Unavailable when it cannot be read."""
        return cls(home) if (home / KEY_FILE).exists() else None

    def _read(self) -> bytes | None:
        try:
            seed = bytes.fromhex(self._file.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise self._unreadable() from error
        if len(seed) != SEED_BYTES:
            raise self._unreadable()
        return seed

    def _unreadable(self) -> Unavailable:
        return Unavailable(
            "the signing key {file} cannot be read",
            file=self._file,
            field="proof.key",
            next="put it back from your backup, and see who may read it",
        )

    def _make(self) -> bytes:
        """A new key; when another process makes one at the same moment, the first one counts."""
        fresh = self._file.with_name(f"{KEY_FILE}.{secrets.token_hex(6)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_bytes(SEED_BYTES).hex())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, self._file)
        fresh.unlink()
        found = self._read()
        if found is None:
            raise self._unreadable()
        return found

    @property
    def key(self) -> str:
        return public_key(self._seed)

    def sign(self, message: bytes) -> str:
        return sign(self._seed, message)


def write_proof(app: App, actor: Actor, reference: str, to: Path) -> Proved:
    """Write an incident's proof archive; a file of that name is replaced only by a whole one."""
    inside = {"verify.py": single().encode()}
    for language in LANGUAGES:
        name = f"README.{language}.md"
        inside[name] = (files("templates") / "proof" / name).read_bytes()
    signer, loaded = HomeKey(app.home), partial(_checkpoint, app)
    with _whole(to) as file:
        archive = Archive(file)
        done = app.coordinator.look("proof", actor, proof, reference, archive, signer, inside, loaded)
        archive.close()
    return done


class Opened(NamedTuple):
    """How often a number or address was found, and the other incidents of the family that had it too."""

    found: int
    elsewhere: list[str]


def write_opening(app: App, actor: Actor, reference: str, address: str, to: Path) -> Opened:
    """Write the file that answers for one number or address. For its owner's eyes."""
    document, accounts = app.coordinator.look("look_up", actor, opening, reference, address)
    app.coordinator.act("look_up", actor, keep_look, accounts)
    with _whole(to) as file:
        file.write((json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    elsewhere = sorted({one["incident"] for one in document["elsewhere"]})
    return Opened(len(document["found"]), elsewhere)


@contextlib.contextmanager
def _whole(to: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only when everything is in it."""
    beside = to.with_name(f".{to.name}.{secrets.token_hex(6)}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(to)
    except OSError as error:
        raise Unavailable(
            "{file} cannot be written: {why}",
            file=to,
            why=error.strerror or error,
            field="output",
            next="check the path and who may write there",
        ) from error
    finally:
        beside.unlink(missing_ok=True)


def checkpoint_folder(app: App) -> Path:
    """Where checkpoints go: the operator's folder, else one in the home, which is not elsewhere."""
    folder = app.settings.proof.checkpoint_folder
    return Path(folder) if folder else app.home / "checkpoints"


def _checkpoint(app: App, name: str) -> bytes:
    try:
        return (checkpoint_folder(app) / name).read_bytes()
    except OSError:
        return b""


def lost_checkpoints(app: App, actor: Actor) -> list[str]:
    """The files of checkpoints that a proof should have in it, and that are gone or not as they were written."""
    needed, _ = app.coordinator.look("read", actor, checkpoints.needed)
    return [name for name, digest in needed if not checkpoints.as_written(_checkpoint(app, name), digest)]


def keep_checkpoint(app: App) -> bool:
    """Write the hour's checkpoint if it is due; whether one was written. A failure is noted and stops nothing."""
    if not app.coordinator.system(checkpoints.due):
        return False
    draft = app.coordinator.look("system", SYSTEM, checkpoints.draft)
    try:
        signer = HomeKey(app.home)
        data = checkpoints.content(draft, signer.key, signer.sign(checkpoints.message(draft.statement)))
        name = NAME.format(number=draft.number, at=draft.at.astimezone(UTC))
        _add(checkpoint_folder(app), name, data)
    except (OSError, Unavailable) as error:
        why = error.message if isinstance(error, Unavailable) else f"{error.strerror or error}"
        app.coordinator.system(checkpoints.failed, why)
        return False
    app.coordinator.system(checkpoints.written, draft, name, hashlib.sha256(data).hexdigest())
    return True


def _add(folder: Path, name: str, data: bytes) -> None:
    """Add a file under a name that was never used; what stands there already is never touched."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{name}.{secrets.token_hex(6)}"
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, folder / name)
    finally:
        beside.unlink(missing_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checkpoint_problems(app: App, actor: Actor) -> list[str]:
    """Whether the newest checkpoint in the folder is a beginning of the present chains (I16)."""
    folder = checkpoint_folder(app)
    standing, _ = app.coordinator.look("read", actor, checkpoints.standing)
    try:
        names = sorted(path.name for path in folder.glob("checkpoint-*.json"))
    except OSError as error:
        return [f"the checkpoints in {folder} cannot be read: {error.strerror}"]
    if not names:
        return [] if standing["name"] is None else [f"checkpoint {standing['name']} is no longer in {folder}"]
    problems = []
    if standing["name"] is not None and standing["name"] not in names:
        problems.append(f"checkpoint {standing['name']} is no longer in {folder}")
    try:
        found = json.loads((folder / names[-1]).read_bytes())
        heads = [(str(ref), int(length), str(head)) for ref, length, head in found["heads"]]
        problems += _unsigned(app, names[-1], found, heads)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [*problems, f"checkpoint {names[-1]} cannot be read: {error}"]
    differing, _ = app.coordinator.look("read", actor, checkpoints.against, heads)
    return problems + [f"checkpoint {names[-1]}: {said}" for said in differing]


def _unsigned(app: App, name: str, found: dict[str, Any], heads: list[tuple[str, int, str]]) -> list[str]:
    problems = []
    whole = root([leaf(*head) for head in heads]) == found["statement"]["root"]
    if not whole or not signed_by(found["key"], checkpoints.message(found["statement"]), found["signature"]):
        problems.append(f"checkpoint {name} was changed: its signature does not fit")
    if found["key"] != HomeKey(app.home).key:
        problems.append(f"checkpoint {name} was signed by another key than this home's")
    return problems
