"""`python -m benchmarks [NAME…]`: measure, show the table, and write RESULTS.md, which the README quotes.

Figures are no tests: this exits 0 whatever comes out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks import clocks, release, rows, simulation, startup
from benchmarks.figure import Figure
from benchmarks.machine import described

RESULTS = Path(__file__).parent / "RESULTS.md"
HEAD = ("figure", "limit or peer, in the same run", "ours", "ratio (range)", "aim", "met")
PREAMBLE = """# Figures

Written by `make bench`; do not edit. Ours and the peer take turns in processes of their own; medians with
their ranges; the ratio is the median over the pairs. Figures are ratios of one run on one machine: the absolute
numbers show proportions only.
"""

BENCHES: dict[str, Callable[[argparse.Namespace], Figure]] = {
    "release": lambda given: release.figure(given.n, max(given.pairs, 3)),
    "help": lambda given: startup.help_(max(given.pairs, 10)),
    "board": lambda given: startup.board(max(given.pairs, 5)),
    "expand": lambda given: rows.expand(given.rows, max(given.pairs, 3)),
    "sweep": lambda given: clocks.sweep(given.windows, max(given.pairs, 5)),
    "deadlines": lambda given: clocks.jobs(given.windows // 10, max(given.pairs, 3)),
    "due": lambda given: clocks.due(1000, 8, max(given.pairs, 3)),
    "simulation": lambda given: simulation.figure(40, max(given.pairs, 3)),
    "import": lambda given: rows.import_(given.rows, max(given.pairs, 3)),
}


def main() -> int:
    given = _arguments()
    machine = described()
    print(machine, flush=True)
    found = []
    for name in given.names or BENCHES:
        figure = BENCHES[name](given)
        found.append(figure)
        print(" | ".join(figure.cells()), flush=True)
    page = _page(machine, found)
    print(f"\n{page}")
    if not given.names:
        RESULTS.write_text(page, encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*BENCHES, []], help=", ".join(BENCHES))
    parser.add_argument("--n", type=int, default=20_000, help="SMS of the release (default 20000)")
    parser.add_argument(
        "--rows", type=int, default=100_000, help="rows of expand and import (default 100000)"
    )
    parser.add_argument(
        "--windows", type=int, default=1_000_000, help="open windows of the sweep (default 1000000)"
    )
    parser.add_argument("--pairs", type=int, default=0, help="more pairs than the least that a figure needs")
    return parser.parse_args()


def _page(machine: str, figures: list[Figure]) -> str:
    lines = [
        "| " + " | ".join(cells) + " |"
        for cells in (HEAD, ("---",) * len(HEAD), *(f.cells() for f in figures))
    ]
    notes = [f"- {figure.name}: {note}" for figure in figures for note in figure.notes]
    return "\n".join([PREAMBLE, f"Machine: {machine}.", "", *lines, "", *notes]).rstrip() + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
