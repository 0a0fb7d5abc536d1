"""Everything together, and the command line of the single file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from reports.verifier.approvals import check_approvals
from reports.verifier.clocks import check_windows
from reports.verifier.facts import check_attempts, check_facts, check_reports
from reports.verifier.packed import FORMAT, TROUBLE, Broken, Pack, Problem, Row
from reports.verifier.people import check_audience, check_outcomes, check_texts, opened
from reports.verifier.seals import (
    check_chain,
    check_checkpoint,
    check_key,
    check_outside,
    check_parts,
    check_signature,
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
    """What a reader has from elsewhere: a public key, a checkpoint file, an opening."""

    key: str = ""
    checkpoint: bytes = b""
    opening: bytes = b""


def verify(data: bytes, outside: Outside = Outside()) -> tuple[list[Problem], list[Row]]:
    """Every problem of an archive, and what became of the number or address of an opening."""
    pack = Pack(data)
    told: list[Row] = []
    checks: list[tuple[str, Callable[[], None]]] = [
        (part, partial(check, pack)) for part, check in CHECKS.items()
    ]
    if outside.key:
        checks.append(("signature.json", lambda: check_key(pack, outside.key)))
    if outside.checkpoint:
        checks.append(("--checkpoint", lambda: check_outside(pack, outside.checkpoint)))
    if outside.opening:
        checks.append(("--opening", lambda: told.extend(opened(pack, outside.opening))))
    for part, check in checks if pack.parts else ():
        try:
            check()
        except Broken:
            continue
        except TROUBLE as error:
            pack.wrong(
                "part {part} is not in the form of {format}: {why}", part=part, format=FORMAT, why=repr(error)
            )
    return list({said(*problem): problem for problem in pack.problems}.values()), told


def of_exercise(data: bytes) -> bool:
    """Whether it is the record of an exercise; no where that cannot be read."""
    pack = Pack(data)
    try:
        return bool(pack.json("incident.json").get("exercise"))
    except (Broken, *TROUBLE):
        return False


def said(template: str, values: Row, language: str = "en") -> str:
    """A problem as a sentence."""
    return (ZH.get(template, template) if language.startswith("zh") else template).format(**values)


def _bytes(name: str | None) -> bytes:
    return Path(name).read_bytes() if name else b""


def main(words: Sequence[str] | None = None) -> int:
    """The command line: exit 0 when all is whole, 1 when not, 2 when there is nothing to read."""
    parser = argparse.ArgumentParser(
        description="Check a tongbao proof archive offline. 离线校验通报证明包。"
    )
    parser.add_argument("archive", help="the archive, not unpacked")
    parser.add_argument("--lang", choices=("en", "zh-CN"), default="en")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--key", default="", help="the operator's public key, as published (hexadecimal)")
    parser.add_argument("--checkpoint", help="a checkpoint file that you got earlier or elsewhere")
    parser.add_argument("--opening", help="the file of `tongbao proof REF --for NUMBER`")
    given = parser.parse_args(words)
    try:
        data, outside = (
            _bytes(given.archive),
            Outside(given.key, _bytes(given.checkpoint), _bytes(given.opening)),
        )
    except OSError as error:
        parser.error(str(error))
    found, told = verify(data, outside)
    problems = [said(*problem, given.lang) for problem in found]
    document = {"ok": not problems, "problems": problems, "told": told, "exercise": of_exercise(data)}
    lines = [json.dumps(document, ensure_ascii=False)] if given.json else _lines(document, given.lang)
    sys.stdout.buffer.write(("\n".join(lines) + "\n").encode())
    return 1 if problems else 0


def _lines(document: Row, language: str) -> list[str]:
    whole = said("whole: every part, hash, signature, verdict and sum is as it should be", {}, language)
    head = [whole] if document["ok"] else document["problems"]
    mark = [said(EXERCISE, {}, language)] if document["exercise"] else []
    return [*mark, *head, *(json.dumps(row, ensure_ascii=False) for row in document["told"])]


if __name__ == "__main__":
    sys.exit(main())
