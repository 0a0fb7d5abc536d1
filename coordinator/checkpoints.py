"""Checkpoints: every hour the heads of all chains, signed, to be kept where nobody of this house can change them.

Verbs that read and note; the file itself is written by wiring, with no transaction open. A checkpoint that cannot be
written is said on the board and stops nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from coordinator.act import Act
from incidents.chain import canonical, leaf, merkle_root
from incidents.effects import Effect
from incidents.terms import Status

Document = dict[str, Any]
EVERY = timedelta(hours=1)
LATE = timedelta(hours=2)
TROUBLE = "checkpoint_trouble"
TRIED = "checkpoint_tried_at"
AGAIN = timedelta(minutes=1)
"""How long until it is tried again, by whichever process."""
RUNNING = tuple(set(Status) - {Status.CLOSED, Status.MERGED, Status.REJECTED, Status.FALSE_ALARM})
FORMAT = "tongbao-checkpoint/1"


@dataclass(frozen=True)
class Draft:
    """What is to be signed, and the length of each chain in it (incident id -> entries)."""

    number: int
    at: datetime
    heads: tuple[tuple[str, int, str], ...]
    lengths: Mapping[int, int]
    statement: Document


def due(act: Act) -> tuple[bool, list[Effect]]:
    """Whether the next checkpoint's hour has come; who asks has it for a minute, others wait."""
    last, tried = act.tx.proofs.last_checkpoint(), act.tx.meta.instant(TRIED)
    if last is not None and act.now - last[1] < EVERY:
        return False, []
    if tried is not None and act.now - tried < AGAIN:
        return False, []
    act.tx.meta.put_instant(TRIED, act.now)
    return True, []


def draft(act: Act) -> Draft:
    """The heads of all chains as they stand, and the statement over them."""
    found = act.tx.incidents.heads()
    last = act.tx.proofs.last_checkpoint()
    heads = tuple((reference, length, head) for _, reference, head, length in found)
    number = 1 if last is None else last[0] + 1
    statement = {
        "format": FORMAT,
        "number": number,
        "at": act.now.isoformat(),
        "chains": len(heads),
        "root": merkle_root(leaf(*head) for head in heads),
        "previous": "" if last is None else last[3],
    }
    return Draft(number, act.now, heads, {one: length for one, _, _, length in found}, statement)


def written(act: Act, done: Draft, name: str, digest: str) -> tuple[None, list[Effect]]:
    """Note the checkpoint that stands now, under this name; another process may have been quicker."""
    last = act.tx.proofs.last_checkpoint()
    if last is None or last[0] < done.number:
        act.tx.proofs.add_checkpoint(done.number, done.at, name, digest, done.lengths)
    act.tx.meta.put(TROUBLE, "")
    return None, []


def failed(act: Act, why: str) -> tuple[None, list[Effect]]:
    """Note why none could be written; the board and doctor say so until one is."""
    act.tx.meta.put(TROUBLE, why)
    return None, []


def standing(act: Act) -> tuple[Document, list[Effect]]:
    """The newest checkpoint, what hinders the next, and whether it is late while an incident runs."""
    last = act.tx.proofs.last_checkpoint()
    late = last is not None and act.now - last[1] > LATE and bool(act.tx.incidents.all(RUNNING))
    return {
        "number": None if last is None else last[0],
        "at": None if last is None else last[1].isoformat(),
        "name": None if last is None else last[2],
        "trouble": act.tx.meta.get(TROUBLE) or "",
        "late": late,
    }, []


def content(done: Draft, key: str, signature: str) -> bytes:
    """The bytes of the file."""
    found = {"statement": done.statement, "key": key, "signature": signature, "heads": done.heads}
    return (json.dumps(found, ensure_ascii=False, indent=0) + "\n").encode()


def as_written(data: bytes, digest: str) -> bool:
    """Whether these bytes of a file are those that were written under its name."""
    return hashlib.sha256(data).hexdigest() == digest


def needed(act: Act) -> tuple[list[tuple[str, str]], list[Effect]]:
    """(file name, SHA-256) of every checkpoint that some incident's proof has in it, the oldest first."""
    found = (act.tx.proofs.covering(number) for number, *_ in act.tx.incidents.heads())
    return sorted({one for one in found if one is not None}), []


def message(statement: Document) -> bytes:
    """What is signed."""
    return FORMAT.encode() + b"\n" + canonical(statement)


def against(act: Act, heads: list[tuple[str, int, str]]) -> tuple[list[str], list[Effect]]:
    """Chains of a checkpoint that the present ones do not begin with (I16)."""
    now = {reference: (number, length) for number, reference, _, length in act.tx.incidents.heads()}
    problems = []
    for reference, length, head in heads:
        number, present = now.get(reference, (0, 0))
        hashes = [e.hash for e in act.tx.incidents.entries(number)] if present >= length else []
        if not number:
            problems.append(f"{reference} is in the checkpoint and not in the record")
        elif present < length:
            problems.append(f"{reference}: the checkpoint has {length} entries, the record {present}")
        elif hashes[length - 1] != head:
            problems.append(f"{reference}: entry {length} is not the one of the checkpoint")
    return problems, []
