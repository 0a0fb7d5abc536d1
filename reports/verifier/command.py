"""Everything together, and the command line of the single file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from reports.verifier.approvals import check_approvals
from reports.verifier.clocks import check_windows
from reports.verifier.facts import check_attempts, check_facts, check_reports
from reports.verifier.packed import CHECKPOINT, FORMAT, OPENING, TROUBLE, Broken, Pack, Problem, Row, shown
from reports.verifier.people import check_audience, check_outcomes, check_texts, opened
from reports.verifier.seals import (
    check_chain,
    check_checkpoint,
    check_key,
    check_outside,
    check_parts,
    check_signature,
    public_key_in,
)
from reports.verifier.words import ZH

EXERCISE = "EXERCISE: this is the record of a drill; no customer was told anything"

CHECKS: dict[str, Callable[[Pack], None]] = {
    "manifest.json": check_parts,
    "signature.json": check_signature,
    "chain.jsonl": check_chain,
    "incident.json": check_facts,
    "reports.json": check_reports,
    "outcomes.jsonl": check_outcomes,
    "attempts.jsonl": check_attempts,
    "texts.jsonl": check_texts,
    "audience.jsonl": check_audience,
    "notices.json": check_approvals,
    "windows.json": check_windows,
    "checkpoint.json": check_checkpoint,
}


@dataclass(frozen=True)
class Outside:
    """What a reader has from elsewhere: a public key (64 hexadecimal digits), a checkpoint file, an opening."""

    key: str | None = None
    checkpoint: bytes | None = None
    opening: bytes | None = None
    of_house: bool = False
    """Whether the key is that of the house that reads, and not one that a reader gave."""


class Found(NamedTuple):
    """Every problem of an archive, what became of the number or address of an opening, and whose archive it is."""

    problems: list[Problem]
    told: list[Row]
    exercise: bool
    """Whether it is the record of an exercise; no where that cannot be read."""
    key: str
    """The public key that it is signed with; "" when the signature does not fit."""


def verify(data: bytes, outside: Outside = Outside()) -> Found:
    """Everything that an archive says of itself, made anew."""
    pack = Pack(data)
    told: list[Row] = []
    checks: list[tuple[str, str, Callable[[], None]]] = [
        (part, FORMAT, partial(check, pack)) for part, check in CHECKS.items()
    ]
    if (key := outside.key) is not None:
        checks.append(("signature.json", FORMAT, lambda: check_key(pack, key, outside.of_house)))
    if (checkpoint := outside.checkpoint) is not None:
        checks.append(("--checkpoint", CHECKPOINT, lambda: check_outside(pack, checkpoint)))
    if (opening := outside.opening) is not None:
        checks.append(("--opening", OPENING, lambda: told.extend(opened(pack, opening))))
    for part, wanted, check in checks if pack.parts else ():
        try:
            check()
        except Broken:
            continue
        except TROUBLE as error:
            # Never its repr: that of an error in decoding holds the whole file (I25).
            why = f"{type(error).__name__}: {error}"
            pack.wrong(
                "part {part} is not in the form of {format}: {why}", part=part, format=wanted, why=why[:200]
            )
    problems = list({said(*problem): problem for problem in pack.problems}.values())
    return Found(problems, told, _of_exercise(pack), pack.signer)


def document_of(found: Found, outside: Outside, language: str) -> Row:
    """What was found as one document; `key_fits` is null where there was no key to compare with."""
    compared = None if outside.key is None else "house" if outside.of_house else "given"
    return {
        "ok": not found.problems,
        "problems": [said(*problem, language) for problem in found.problems],
        "told": [{name: _told(value) for name, value in row.items()} for row in found.told],
        "exercise": found.exercise,
        "key": found.key,
        "compared_with": compared,
        "key_fits": None if compared is None else found.key == outside.key,
    }


def _told(value: object) -> str | int | None:
    return value if value is None or isinstance(value, int) else shown(value)


def _of_exercise(pack: Pack) -> bool:
    try:
        return bool(pack.json("incident.json").get("exercise"))
    except (Broken, *TROUBLE):
        return False


def said(template: str, values: Row, language: str = "en") -> str:
    """A problem as a sentence; what comes from the archive is shown so that a terminal does nothing with it."""
    wording = ZH.get(template, template) if language.startswith("zh") else template
    return wording.format(**{name: shown(value) for name, value in values.items()})


def _bytes(name: str | None) -> bytes | None:
    return None if name is None else Path(name).read_bytes()


def _key(text: str) -> str:
    try:
        return public_key_in(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error} 公钥须为64位十六进制数字") from error


def main(words: Sequence[str] | None = None) -> int:
    """The command line: exit 0 when all is whole, 1 when not, 2 when there is nothing to read."""
    parser = argparse.ArgumentParser(
        description="Check a tongbao proof archive offline. 离线校验通报证明包。"
    )
    parser.add_argument("archive", help="the archive, not unpacked")
    parser.add_argument("--lang", choices=("en", "zh-CN"), default="en")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--key", type=_key, help="the operator's public key, as published (hexadecimal)")
    parser.add_argument("--checkpoint", help="a checkpoint file that you got earlier or elsewhere")
    parser.add_argument("--opening", help="the file of `tongbao proof REF --for NUMBER`")
    given = parser.parse_args(words)
    try:
        data = Path(given.archive).read_bytes()
        outside = Outside(given.key, _bytes(given.checkpoint), _bytes(given.opening))
    except OSError as error:
        parser.error(str(error))
    document = document_of(verify(data, outside), outside, given.lang)
    lines = [json.dumps(document, ensure_ascii=False)] if given.json else _lines(document, given.lang)
    sys.stdout.buffer.write(("\n".join(lines) + "\n").encode())
    return 0 if document["ok"] else 1


def _lines(document: Row, language: str) -> list[str]:
    whole = said("whole: every part, hash, signature, verdict and sum is as it should be", {}, language)
    head = [whole] if document["ok"] else document["problems"]
    mark = [said(EXERCISE, {}, language)] if document["exercise"] else []
    return [
        *mark,
        *head,
        *_signer(document, language),
        *(_answer(row, language) for row in document["told"]),
    ]


def _answer(row: Row, language: str) -> str:
    if "incident" in row:
        template = "notice {n} of {ref} was for this one too: see the proof of {ref}"
        return said(template, {"n": row["notice"], "ref": row["incident"]}, language)
    return json.dumps(row, ensure_ascii=False)


def _signer(document: Row, language: str) -> list[str]:
    """Whose key it is: an archive that somebody else made and signed is as whole as any."""
    if not document["key"]:
        return []
    template = "signed with the key {key}"
    if document["key_fits"]:
        template = "signed with the key {key}, the one that you gave"
    elif document["key_fits"] is None:
        template = "signed with the key {key}; not compared with a published key"
    return [said(template, {"key": document["key"]}, language)]


if __name__ == "__main__":
    sys.exit(main())
