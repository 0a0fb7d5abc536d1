"""One figure: ours and its peer in turns, their ratio, the aim, and whether the numbers prove anything."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_SPREAD = 2.0
"""Of runs of the same thing the slowest may take this many times the fastest; else nothing is concluded."""


@dataclass(frozen=True)
class Figure:
    """`ours` and `peer` are seconds, one of each per pair, for `amount` things (0: the seconds are the figure).

    `at_least` and `at_most` bound the ratio; without either the figure is information.
    """

    name: str
    against: str
    ours: tuple[float, ...]
    peer: tuple[float, ...]
    amount: int = 0
    at_least: float | None = None
    at_most: float | None = None
    refused: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def ratios(self) -> list[float]:
        """Ours ÷ peer, pair by pair, in what counts: things per second, or seconds."""
        pairs = zip(self.ours, self.peer, strict=True)
        return [peer / ours if self.amount else ours / peer for ours, peer in pairs]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def aim(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least}"
        return f"≤ {self.at_most}" if self.at_most is not None else "–"

    @property
    def met(self) -> str:
        """In a word: yes, no, or why neither can be said."""
        if self.refused:
            return f"refused: {self.refused}"
        if max(_spread(self.ours), _spread(self.peer)) > MOST_SPREAD:
            return "inconclusive: runs differ more than 2 ×"
        if self.at_least is not None:
            return "yes" if self.ratio >= self.at_least else "no"
        if self.at_most is not None:
            return "yes" if self.ratio <= self.at_most else "no"
        return "–"

    def cells(self) -> list[str]:
        """The row of the table."""
        low, high = min(self.ratios), max(self.ratios)
        return [
            self.name,
            f"{self.against}: {self._shown(self.peer)}",
            self._shown(self.ours),
            f"{self.ratio:.2f} ({low:.2f}–{high:.2f})",
            self.aim,
            self.met,
        ]

    def _shown(self, seconds: Sequence[float]) -> str:
        """Median and range, as a rate or as milliseconds."""
        if self.amount:
            rates = sorted(self.amount / one for one in seconds)
            return f"{statistics.median(rates):,.0f}/s ({rates[0]:,.0f}–{rates[-1]:,.0f})"
        times = sorted(one * 1000 for one in seconds)
        return f"{statistics.median(times):,.0f} ms ({times[0]:,.0f}–{times[-1]:,.0f})"


def _spread(seconds: Sequence[float]) -> float:
    return max(seconds) / min(seconds)


def in_turns(
    pairs: int, ours: Callable[[], float], peer: Callable[[], float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Seconds of both, A B A B …, so that a busy minute of the machine hits both alike."""
    found = [(ours(), peer()) for _ in range(pairs)]
    return tuple(pair[0] for pair in found), tuple(pair[1] for pair in found)


def child(module: str, *arguments: object) -> dict[str, Any]:
    """What a fresh process of `python -m module` says of itself: one JSON document on its last line."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment())
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def environment(**more: str) -> dict[str, str]:
    """Ours without any TONGBAO_* of the person who measures."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("TONGBAO_")}
    return {**own, **more}
