"""The whole coordinator in one process, under a seeded scheduler with virtual time and faults.

`python -m tests.simulation --seed N` runs one; `docs/simulation.md` says what it does.
"""
