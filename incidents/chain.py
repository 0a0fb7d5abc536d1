"""The audit chain: one per incident, an entry per change, each naming the hash of the one before.

Pure. Canonical JSON (sorted keys, no spaces, UTF-8) under SHA-256, so that any program can check it.
Personal identifiers never enter an entry, so that purging them does not break the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One line of an incident's timeline. `data` is plain JSON."""

    incident: int
    sequence: int
    at: datetime
    actor: str
    kind: str
    data: dict[str, Any]
    previous: str
    hash: str


def canonical(value: object) -> bytes:
    """The one JSON form that is hashed."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def entry_hash(
    reference: str, sequence: int, at: datetime, actor: str, kind: str, data: dict[str, Any], previous: str
) -> str:
    """SHA-256 over everything that the entry says and the hash of the entry before it."""
    content = [reference, sequence, at.isoformat(), actor, kind, data, previous]
    return hashlib.sha256(canonical(content)).hexdigest()


def check(reference: str, entries: Iterable[Entry], head: str, count: int) -> list[str]:
    """Every way in which a chain disagrees with itself or with the head that the incident keeps."""
    problems, previous, expected = followed(reference, entries)
    if previous != head or expected - 1 != count:
        problems.append(f"{reference}: the chain ends at entry {expected - 1}, the incident says {count}")
    return problems


def followed(
    reference: str, entries: Iterable[Entry], previous: str = GENESIS, expected: int = 1
) -> tuple[list[str], str, int]:
    """Every way in which a stretch of a chain disagrees with itself; the hash it ends with, and the next number.

    `previous` and `expected` are those of the stretch before, so that a long chain can be read in slices.
    """
    problems = []
    for entry in entries:
        if entry.sequence != expected:
            problems.append(f"{reference}: entry {expected} is missing")
            expected = entry.sequence
        if entry.previous != previous:
            problems.append(f"{reference}: entry {entry.sequence} does not follow the one before it")
        wanted = entry_hash(
            reference, entry.sequence, entry.at, entry.actor, entry.kind, entry.data, entry.previous
        )
        if wanted != entry.hash:
            problems.append(f"{reference}: entry {entry.sequence} was changed")
        previous, expected = entry.hash, expected + 1
    return problems, previous, expected


def merkle_root(leaves: Iterable[str]) -> str:
    """The Merkle root of hex leaves in order; an odd one is paired with itself. "" has no leaves.

    Holds one hash per level, however many leaves there are.
    """
    waiting: list[bytes | None] = []
    for one in leaves:
        carried, level = bytes.fromhex(one), 0
        while level < len(waiting) and (left := waiting[level]) is not None:
            carried, waiting[level], level = _pair(left, carried), None, level + 1
        if level == len(waiting):
            waiting.append(None)
        waiting[level] = carried
    return _folded(waiting)


def _folded(waiting: Sequence[bytes | None]) -> str:
    """The root above the hashes that still wait for their right neighbour, the lowest level first."""
    last: bytes | None = None
    for level, left in enumerate(waiting):
        alone = last if left is None else left
        if left is not None and last is not None:
            last = _pair(left, last)
        elif alone is not None and level < len(waiting) - 1:
            last = _pair(alone, alone)
        else:
            last = alone
    return "" if last is None else last.hex()


def _pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(left + right).digest()


def merkle_path(leaves: Sequence[str], index: int) -> list[tuple[str, str]]:
    """What leads from the leaf at `index` to the root: (side, hash) of each neighbour, side "left" or "right"."""
    level, path = [bytes.fromhex(leaf) for leaf in leaves], []
    while len(level) > 1:
        if len(level) % 2:
            level.append(level[-1])
        path.append(("right" if index % 2 == 0 else "left", level[index ^ 1].hex()))
        level = [_pair(left, right) for left, right in zip(level[::2], level[1::2], strict=True)]
        index //= 2
    return path


def leaf(*parts: object) -> str:
    """The hash of one settled outcome: SHA-256 over its parts as canonical JSON."""
    return hashlib.sha256(canonical([str(part) for part in parts])).hexdigest()
