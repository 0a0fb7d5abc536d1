"""Regimes: packs of regulators' clocks that are shipped and switched off, and the facts of those still to come.

Pure. A pack is read when somebody asks for it, so that a house without regimes pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from incidents import strict_yaml
from windows.rules import Pack, Source, Threshold, parse_pack


class ToCome(BaseModel):
    """A regime of which only facts are known: listed, and never judged by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: dict[str, str]
    law: str
    clock_start: str = ""
    due: dict[str, str]
    audience: tuple[str, ...]
    source: Source
    confidence: Literal["P", "S", "K"]


class Shipped(Mapping[str, Pack]):
    """The packs that come with tongbao, by their names."""

    def __getitem__(self, name: str) -> Pack:
        return _packs()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_packs())

    def __len__(self) -> int:
        return len(_packs())


@lru_cache(maxsize=1)
def _packs() -> dict[str, Pack]:
    folder = files("windows") / "packs" / "regimes"
    texts = sorted((one.name, one.read_text(encoding="utf-8")) for one in folder.iterdir())
    read = [parse_pack(text, name) for name, text in texts if name.endswith(".yaml")]
    return {pack.pack: pack for pack in read}


@lru_cache(maxsize=1)
def to_come() -> tuple[ToCome, ...]:
    """The regimes of which a pack is still to be written."""
    text = (files("windows") / "packs" / "to_come.yaml").read_text(encoding="utf-8")
    rows: list[Any] = strict_yaml.read(text)
    return tuple(ToCome.model_validate(row) for row in rows)


def reached_at(
    threshold: Threshold, users: int | None, began: datetime, until: datetime | None
) -> datetime | None:
    """When an outage of `users` that began then reaches both figures; None when it never does, as far as is known.

    `until` is when service was back; None while it lasts.
    """
    if not users:
        return None
    seconds = -(-threshold.user_minutes * 60 // users)
    at = began + max(timedelta(minutes=threshold.outage_minutes), timedelta(seconds=seconds))
    return at if until is None or at <= until else None
