"""The directory: areas, services and customers as frozen values.

Pure. An area's audience includes everything below it in the tree.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from incidents.errors import Invalid, Sentence

RANKS = ("province", "city", "district")
"""Administrative ranks of areas, from the highest down."""
_GB = re.compile(r"[1-8][0-9]{5}")


def rank_of(code: str) -> str:
    """The rank that a six-digit code of GB/T 2260 says: two digits, four digits, six; "" for other codes."""
    if not _GB.fullmatch(code):
        return ""
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "district"


@dataclass(frozen=True)
class Area:
    code: str
    parent: str | None
    names: dict[str, str]
    """{"zh-CN": ..., "en": ...}"""
    rank: str = ""
    """Its administrative rank: one of RANKS, or "" where none is known."""


@dataclass(frozen=True)
class Service:
    code: str
    names: dict[str, str]


@dataclass(frozen=True)
class Customer:
    """One row of an import that was accepted; `phone` is E.164."""

    account: str
    name: str
    phone: str | None
    email: str | None
    language: str
    area: str
    services: tuple[str, ...]
    segment: str
    marketing_opt_out: bool
    service_opt_out: bool
    channel: str = ""
    """Preferred where one channel suffices: sms, email, both; "" is the SMS if there is a phone."""
    marketing_opt_out_basis: str = ""
    marketing_opt_out_date: str = ""
    """When it was refused, as YYYY-MM-DD; "" when the file does not say. Likewise below."""
    service_opt_out_basis: str = ""
    service_opt_out_date: str = ""


@dataclass(frozen=True)
class HomeOf:
    """Where one customer is, and what they have."""

    area: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """What an import changed; `updated` rows were there before, changed or not."""

    new: int
    updated: int


@dataclass(frozen=True)
class Breakdown:
    """How many customers of an audience can be told, and how.

    Each is counted once in opted_out, none, with_sms or email_only: these four sum to `matched`.
    """

    matched: int = 0
    with_sms: int = 0
    with_email: int = 0
    """With or without a phone."""
    email_only: int = 0
    none: int = 0
    """No address at all: impossible to tell in person."""
    opted_out: int = 0
    """Refused service notices; a refusal of marketing alone does not count."""


class Misplaced(StrEnum):
    """Why an area cannot hang where it says; {found} is its parent."""

    UNKNOWN_PARENT = "the parent {found} is not known"
    LOOP = "the area would be below itself, through {found}"
    BELOW = "the parent {found} was rejected"


def with_descendants(codes: Iterable[str], areas: Mapping[str, Area]) -> tuple[str, ...]:
    """These areas and everything below them, sorted; a loop in the tree ends at its first repeat."""
    children: dict[str | None, list[str]] = {}
    for area in areas.values():
        children.setdefault(area.parent, []).append(area.code)
    found: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting.extend(children.get(code, ()))
    return tuple(sorted(found))


def misplaced(new: Mapping[str, Area], catalogue: Mapping[str, Area]) -> dict[str, Misplaced]:
    """The new areas that cannot be put into the catalogue, with the reason; the others can, together.

    A new area replaces the catalogue's area of the same code.
    """
    merged = {**catalogue, **new}
    verdicts: dict[str, Misplaced | None] = {}
    for code in new:
        _walk_up(code, merged, verdicts)
    return {code: found for code in new if (found := verdicts[code]) is not None}


def _walk_up(code: str, merged: Mapping[str, Area], verdicts: dict[str, Misplaced | None]) -> None:
    """Judge this area and everything above it that has no verdict yet; not recursive, for deep trees."""
    path: dict[str, None] = {}
    here: str | None = code
    while here is not None and here in merged and here not in verdicts and here not in path:
        path[here] = None
        here = merged[here].parent
    order = list(path)
    cycle = order[order.index(here) :] if here in path else []
    verdicts.update(dict.fromkeys(cycle, Misplaced.LOOP))
    for below in reversed(order[: len(order) - len(cycle)]):
        parent = merged[below].parent
        if parent is not None and parent not in merged:
            verdicts[below] = Misplaced.UNKNOWN_PARENT
        else:
            verdicts[below] = Misplaced.BELOW if parent and verdicts[parent] else None


class Named(Protocol):
    """What a catalogue has under a code."""

    @property
    def names(self) -> Mapping[str, str]: ...


def _meant(typed: str, catalogue: Mapping[str, Named], field: str) -> str | Sentence:
    """The code that was probably meant: by a name of it that was typed, or by a slip of the finger."""
    wanted = typed.strip().casefold()
    words = {code.casefold(): code for code in catalogue}
    words |= {name.casefold(): code for code, one in catalogue.items() for name in one.names.values()}
    near = [wanted] if wanted in words else difflib.get_close_matches(wanted, words, 1, CLOSE)
    if not near:
        return _AREAS if field == "area" else _SERVICES
    code = words[near[0]]
    name = ", ".join(dict.fromkeys(catalogue[code].names.values()))
    return "did you mean {code} ({name})?", {"code": code, "name": name}


CLOSE = 0.75
"""How alike two words are that stand for a slip of the finger (difflib's ratio)."""
_AREAS = "tongbao areas list shows the known ones; tongbao areas import FILE adds some"
_SERVICES = "tongbao services list shows the known ones; tongbao services import FILE adds some"


def known(codes: Iterable[str], catalogue: Mapping[str, Named], field: str) -> tuple[str, ...]:
    """The codes, each once, in order; Invalid names the first that the catalogue does not have."""
    unique = tuple(dict.fromkeys(codes))
    for code in unique:
        if code not in catalogue:
            raise Invalid(
                "unknown {what} {code}",
                field=field,
                what=field,
                code=code,
                next=_meant(code, catalogue, field),
            )
    return unique
