"""The hand-over of a shift: the sheet of what is owed, signed by who leaves and accepted by who comes.

Pure. The hash is over what is owed and nothing that only passes with time, so that both sign the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.chain import canonical

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Handover:
    """A sheet as it was signed. `accepted_by` is "" until somebody else has taken it."""

    id: int
    sheet: dict[str, Any]
    hash: str
    signed_by: str
    signed_at: datetime
    accepted_by: str = ""
    accepted_at: datetime | None = None


def sheet_hash(items: Sequence[Item]) -> str:
    """SHA-256 over the items of a sheet."""
    return hashlib.sha256(canonical(list(items))).hexdigest()


def changes(before: Sequence[Item], after: Sequence[Item]) -> list[dict[str, Any]]:
    """What came, went or moved between two sheets: {"change": new, gone, moved or facts, "item": …}.

    Moved has what it `was`; of an incident that stands as it stood, only the facts may be new.
    """
    old, new = ({_key(item): item for item in items} for items in (before, after))
    found: list[dict[str, Any]] = [
        {"change": "new", "item": item} for key, item in new.items() if key not in old
    ]
    found += [{"change": "gone", "item": item} for key, item in old.items() if key not in new]
    found += [
        {"change": _moved(old[key], item), "item": item, "was": old[key]}
        for key, item in new.items()
        if key in old and _known(old[key], item) != dict(item)
    ]
    return found


def _known(was: Item, item: Item) -> dict[str, Any]:
    """What was signed for; a sheet of before facts were on it says nothing of them."""
    return {**({"facts": item["facts"]} if "facts" in item else {}), **was}


def _moved(was: Item, item: Item) -> str:
    return "facts" if {**was, "facts": ""} == {**item, "facts": ""} else "moved"


def _key(item: Item) -> tuple[str, int]:
    return str(item["what"]), int(item["id"])
