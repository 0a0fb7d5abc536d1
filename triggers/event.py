"""An outside event as it was stored: raw first, parsed after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StoredEvent:
    """`state`: stored, parsed or quarantined; `problem` says in one sentence why it could not be parsed."""

    id: int
    format: str
    source: str
    received_at: datetime
    body: bytes
    state: str
    problem: str | None
    repeats: int
