"""Seals: the manifest and its signature, the chain, and checkpoints that were signed earlier."""

from __future__ import annotations

import re

from reports.verifier.curve import signed_by
from reports.verifier.packed import CHECKPOINT, FORMAT, PARTS, Pack, canonical, leaf, pair, root, sha, strict


def check_parts(pack: Pack) -> None:
    """Which parts there are, in which order, and that each is the one of the manifest."""
    for name in PARTS:
        if name not in pack.parts:
            pack.wrong("part {part} is missing", part=name)
    for name in pack.order:
        if name not in PARTS:
            pack.wrong("part {part} was added", part=name)
    known = [name for name in dict.fromkeys(pack.order) if name in PARTS]
    wanted = [name for name in PARTS if name in known]
    for name, there in zip(known, wanted, strict=True):
        if name != there:
            pack.wrong("part {part} stands where {there} should be", part=name, there=there)
            break
    listed = pack.json("manifest.json")
    if listed["format"] != FORMAT or [row["name"] for row in listed["parts"]] != list(PARTS[:-2]):
        pack.wrong("part {part} is not the manifest of {format}", part="manifest.json", format=FORMAT)
    for row in listed["parts"]:
        content = pack.parts.get(row["name"])
        if content is not None and (len(content), sha(content)) != (row["bytes"], row["sha256"]):
            template = "part {part} was changed: it has {n} bytes and SHA-256 {found}, the manifest says {m} and {said}"
            values = {"n": len(content), "found": sha(content), "m": row["bytes"], "said": row["sha256"]}
            pack.wrong(template, part=row["name"], **values)


def check_signature(pack: Pack) -> None:
    said = pack.json("signature.json")
    message = FORMAT.encode() + b"\n" + pack.parts["manifest.json"]
    if set(said) != {"algorithm", "key", "signature"} or said["algorithm"] != "Ed25519":
        pack.wrong("part {part} is no Ed25519 signature", part="signature.json")
    elif not signed_by(said["key"], message, said["signature"]):
        pack.wrong("the signature in signature.json does not fit manifest.json: one of the two was changed")
    else:
        pack.signer = said["key"]
    if pack.parts["signature.json"] != canonical(said) + b"\n":
        pack.wrong("part {part} is not written in its one form", part="signature.json")


def check_chain(pack: Pack) -> None:
    """Every entry's hash, its place, and the end that the manifest names."""
    manifest, previous, expected = pack.json("manifest.json"), "0" * 64, 1
    for row in pack.rows("chain.jsonl"):
        if row["sequence"] != expected:
            pack.wrong("chain.jsonl: entry {n} is missing", n=expected)
        if row["previous"] != previous:
            pack.wrong("chain.jsonl: entry {n} does not follow the one before it", n=row["sequence"])
        content = [
            manifest["incident"],
            *(row[name] for name in ("sequence", "at", "actor", "kind", "data", "previous")),
        ]
        if sha(canonical(content)) != row["hash"]:
            pack.wrong("chain.jsonl: entry {n} was changed", n=row["sequence"])
        previous, expected = row["hash"], row["sequence"] + 1
    if {"length": expected - 1, "head": previous} != manifest["chain"]:
        pack.wrong(
            "chain.jsonl ends at entry {n}, the manifest says {m}",
            n=expected - 1,
            m=manifest["chain"]["length"],
        )
    if pack.json("incident.json")["reference"] != manifest["incident"]:
        pack.wrong("incident.json and manifest.json name different incidents")


def check_checkpoint(pack: Pack) -> None:
    """The operator's signed word, given earlier, on how far the chain had come."""
    found = pack.json("checkpoint.json")
    if not found:
        return
    reference, length, head = found["entry"]
    above = leaf(reference, length, head)
    for side, other in found["path"]:
        above = pair(above, other) if side == "right" else pair(other, above)
    message = CHECKPOINT.encode() + b"\n" + canonical(found["statement"])
    if not signed_by(found["key"], message, found["signature"]) or above != found["statement"]["root"]:
        pack.wrong("part {part}: its signature does not fit", part="checkpoint.json")
    if found["key"] != pack.json("signature.json")["key"]:
        pack.wrong("checkpoint.json and signature.json are of different keys")
    check_prefix(pack, "checkpoint.json", reference, length, head)


def check_prefix(pack: Pack, part: str, reference: str, length: int, head: str) -> None:
    hashes = ["0" * 64, *(row["hash"] for row in pack.rows("chain.jsonl"))]
    if reference != pack.json("manifest.json")["incident"] or length >= len(hashes) or hashes[length] != head:
        pack.wrong("{part}: the chain is not the one that was signed up to entry {n}", part=part, n=length)


def check_outside(pack: Pack, data: bytes) -> None:
    """A checkpoint file from elsewhere: signed by the same key, and a beginning of this chain."""
    found, reference = strict(data), pack.json("manifest.json")["incident"]
    entry = next((head for head in found["heads"] if head[0] == reference), None)
    message = CHECKPOINT.encode() + b"\n" + canonical(found["statement"])
    above = root([leaf(*head) for head in found["heads"]])
    if not signed_by(found["key"], message, found["signature"]) or above != found["statement"]["root"]:
        pack.wrong("part {part}: its signature does not fit", part="--checkpoint")
    if found["key"] != pack.json("signature.json")["key"]:
        pack.wrong("the outside checkpoint and signature.json are of different keys")
    if entry is None:
        pack.wrong("the outside checkpoint has no entry of this incident")
    else:
        check_prefix(pack, "--checkpoint", *entry)


def public_key_in(text: str) -> str:
    """A public key as somebody types it; ValueError when it is none, as an unset variable of a shell is."""
    key = text.strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", key):
        raise ValueError("not a public key: it has 64 hexadecimal digits")
    return key


def check_key(pack: Pack, key: str, of_house: bool) -> None:
    """Whether it is signed with the key that the reader has: one that was published, or that of the own house."""
    if pack.json("signature.json")["key"] == key:
        return
    if of_house:
        pack.wrong("signature.json is signed by another key than this house's")
    else:
        pack.wrong("signature.json is of another key than the one that you gave")
