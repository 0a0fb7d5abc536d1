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


def merkle_root(leaves: Sequence[str]) -> str:
    """The Merkle root of hex leaves in order; an odd one is paired with itself. "" has no leaves."""
    level = [bytes.fromhex(leaf) for leaf in leaves]
    if not level:
        return ""
    while len(level) > 1:
        if len(level) % 2:
            level.append(level[-1])
        level = [
            hashlib.sha256(left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)
        ]
    return level[0].hex()


def leaf(*parts: object) -> str:
    """The hash of one settled outcome: SHA-256 over its parts as canonical JSON."""
    return hashlib.sha256(canonical([str(part) for part in parts])).hexdigest()
