"""Windows made by hand, with nothing behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from incidents.terms import Kind
from windows import clocks
from windows.rules import handbook
from windows.verdict import Standing
from windows.window import Coverage, Window

PACK = handbook()
AWARE = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """T+minutes."""
    return AWARE + timedelta(minutes=minutes)


def opened(kind: Kind = Kind.FIRST_NOTICE, level: int = 2, start: float = 0, **options: object) -> Window:
    given = {"incident": 1, "aware_at": AWARE, "now": at(start), "by": "alice", **options}
    return clocks.opened(PACK.terms(kind), level=level, started_at=at(start), **given)  # type: ignore[arg-type]


def standing(
    audience: int,
    reached: int,
    impossible: int = 0,
    unconfirmed: int = 0,
    with_address: int | None = None,
    live: bool = True,
    stage: str = "released",
) -> Standing:
    addressed = audience if with_address is None else with_address
    coverage = Coverage(audience, addressed, reached, impossible, unconfirmed, AWARE if live else None)
    return Standing(stage, coverage)
