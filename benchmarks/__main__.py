"""`python -m benchmarks [release] [start-up] [--n N] [--pairs P]`: the figures that the README quotes, as ratios.

A figure is never a test: it prints what was measured beside its limit in the same run and always ends with 0.
Ours and the peer take turns; the median of the pairs counts; a spread of more than two says inconclusive.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import home as homes
from benchmarks.sink import Sink, ceiling

RESULTS = Path(__file__).parent / "RESULTS.md"
SINK_SHARE = 0.5
"""A result whose client reaches this share of the sink's own ceiling measures the sink, and is refused."""


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratios` are pair by pair; `better` says which side of the aim is good."""

    name: str
    limit: str
    ours: str
    ratios: list[float]
    aim: float
    better: str
    refused: str = ""

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    def verdict(self) -> str:
        if self.refused:
            return f"refused: {self.refused}"
        if max(self.ratios) > 2 * min(self.ratios):
            return "inconclusive: the pairs differ by more than two"
        met = self.ratio >= self.aim if self.better == "≥" else self.ratio <= self.aim
        return "met" if met else "missed"

    def row(self) -> str:
        spread = f"{min(self.ratios):.2f}–{max(self.ratios):.2f}"
        aim = f"{self.better} {self.aim}"
        return f"| {self.name} | {self.limit} | {self.ours} | {self.ratio:.2f} ({spread}) | {aim} | {self.verdict()} |"


def release(n: int, pairs: int) -> Figure:
    """Release to settled for `n` SMS beside a bare loop over the same client on the same threads."""
    ours, peer = [], []
    for _ in range(pairs):
        ours.append(n / _turn("ours", n))
        peer.append(n / _turn("peer", n))
    with tempfile.TemporaryDirectory() as folder:
        highest = ceiling(Path(folder), b"To=%2B8613800000001&From=%2B15005550006&Body=x", 20_000)
    fastest = max(*ours, *peer)
    refused = f"the sink takes only {highest:,.0f}/s" if fastest > SINK_SHARE * highest else ""
    return Figure(
        f"release to settled, {n:,} SMS",
        f"bare loop {statistics.median(peer):,.0f}/s",
        f"{statistics.median(ours):,.0f}/s",
        [mine / theirs for mine, theirs in zip(ours, peer, strict=True)],
        0.7,
        "≥",
        refused,
    )


def _turn(role: str, n: int) -> float:
    """Seconds of one turn, in a process and a home of its own; every recipient is counted at the sink."""
    with tempfile.TemporaryDirectory() as folder:
        public, home = Path(folder) / "public", Path(folder) / "home"
        public.mkdir()
        with Sink(public) as sink:
            command = [
                sys.executable,
                "-m",
                "benchmarks.release",
                role,
                str(home),
                sink.url,
                str(public),
                str(n),
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            told = sink.ledger()
        wanted = {homes.phone(i) for i in range(1, n + 1)}
        assert wanted == {to for to, _ in told}, "the sink did not hear of everybody"
        assert sum(told.values()) == n, "somebody was told twice"
        return float(json.loads(done.stdout)["seconds"])


def start_up(pairs: int) -> Figure:
    """`tongbao --help` beside an interpreter that imports what it cannot do without."""
    program = str(Path(sys.executable).parent / "tongbao")
    ours, peer = [], []
    for _ in range(pairs + 1):
        ours.append(_seconds([program, "--help"]))
        peer.append(_seconds([sys.executable, "-c", "import click, sqlite3"]))
    ours, peer = ours[1:], peer[1:]
    return Figure(
        "start-up of tongbao --help",
        f"import click, sqlite3 {statistics.median(peer) * 1000:.0f} ms",
        f"{statistics.median(ours) * 1000:.0f} ms",
        [mine / theirs for mine, theirs in zip(ours, peer, strict=True)],
        1.5,
        "≤",
    )


def _seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - begun


def fsync_milliseconds(folder: Path) -> float:
    """What one fsync costs here: durable figures mean little without it."""
    with (folder / "probe").open("wb") as file:
        begun = time.perf_counter()
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        return (time.perf_counter() - begun) / 50 * 1000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="release, start-up; all when left out")
    parser.add_argument("--n", type=int, default=20_000, help="recipients of the release")
    parser.add_argument("--pairs", type=int, default=3, help="turns of each side of the release")
    given = parser.parse_args()
    benches: dict[str, Callable[[], Figure]] = {
        "start-up": lambda: start_up(20),
        "release": lambda: release(given.n, given.pairs),
    }
    lines = list(_table(benches, given.names or list(benches)))
    if not given.names:
        RESULTS.write_text("# What was measured\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _table(benches: dict[str, Callable[[], Figure]], names: list[str]) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        note = f"{os.cpu_count()} processors; one fsync takes {fsync_milliseconds(Path(folder)):.2f} ms."
    head = "| figure | limit or peer | ours | ratio (range) | aim | |"
    for line in (note, "", head, "|---|---|---|---|---|---|"):
        yield _said(line)
    for name in names:
        yield _said(benches[name]().row())


def _said(line: str) -> str:
    print(line, flush=True)
    return line


if __name__ == "__main__":
    sys.exit(main())
