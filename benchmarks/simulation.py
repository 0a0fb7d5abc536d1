"""Simulation: seeds per CPU minute, and how much simulated time they hold, in a process of its own."""

from __future__ import annotations

from benchmarks.figure import Figure, child


def figure(n: int, pairs: int) -> Figure:
    """CPU seconds of `n` seeds, beside one second for each (at least 60 seeds per CPU minute)."""
    found = [
        child("tests.simulation", "--first", 5000 + n * turn, "--seeds", n, "--json") for turn in range(pairs)
    ]
    ours = tuple(float(one["seconds"]) for one in found)
    hours = sum(one["hours"] for one in found) / sum(ours) * 60
    return Figure(
        f"simulation, {n} seeds",
        "one CPU second per seed",
        ours,
        tuple(float(n) for _ in ours),
        amount=n,
        at_least=1.0,
        notes=(f"{hours:,.0f} simulated hours per CPU minute (aim: 1,000)",),
    )
