"""`python -m tests.simulation`: one seed, many seeds, or the planted bugs. Every failure prints its own command."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.simulation.many import Sums, can_find, database_of_process, run, sums_of

if TYPE_CHECKING:
    from tests.simulation.memory import MemoryDatabase

WITHIN = 1000
"""A planted bug must be found within so many seeds."""
AGAIN = 60
"""How many seeds are tried when the known one finds its planted bug no more."""
TOLD_SECONDS = 60.0
"""Between two lines that say how far a long run is."""


def main() -> int:
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of a set must not differ between two runs of one seed.
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]])
    given = _arguments()
    if given.seed is None and given.hunt is None and not given.planted:
        return _many(given)
    database = database_of_process()
    if given.hunt is not None:
        return _hunt(database, given.hunt, given.first, min(given.seeds, WITHIN))
    if given.planted:
        return _planted(database, given.planted)
    return _one(database, given.seed, given.plant)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="run this seed and print all that happened")
    parser.add_argument("--seeds", type=int, default=100, help="run so many (default 100)")
    parser.add_argument("--seconds", type=float, help="run for so long instead")
    parser.add_argument(
        "--jobs", type=int, default=1, help="of several seeds: processes side by side (default 1)"
    )
    parser.add_argument("--first", type=int, default=0, help="the first of several seeds")
    parser.add_argument("--fresh", action="store_true", help="begin at a seed that this commit gives")
    parser.add_argument("--json", action="store_true", help="the sums of many seeds as one JSON line")
    parser.add_argument("--plant", help="with this planted bug")
    parser.add_argument(
        "--planted", nargs="*", help="planted bugs (all that have one), each with the seed known to find it"
    )
    parser.add_argument(
        "--hunt", nargs="*", help="look for seeds that find planted bugs (all), and keep them"
    )
    given = parser.parse_args()
    from tests.simulation.planted import PLANTED, known_seeds

    given.hunt = given.hunt and [*given.hunt] if given.hunt != [] else list(PLANTED)
    if given.planted == []:
        given.planted = list(known_seeds())
        for name in sorted(PLANTED.keys() - known_seeds().keys()):
            print(f"{name}: no seed is known yet (python -m tests.simulation --hunt)")
    if given.fresh:
        given.first = _of_this_commit()
    return given


def _of_this_commit() -> int:
    """A seed that each commit gives anew: nobody has run it before, and whoever repeats the run has the same. Outside
    a clone it is any."""
    try:
        git = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return int.from_bytes(os.urandom(5), "big")
    return int(git.stdout[:10], 16)


def _one(database: MemoryDatabase, seed: int, plant: str | None) -> int:
    out = run(database, seed, plant, trace=True)
    print("\n".join(out.trace))
    print(f"seed {seed}: {out.hours:.1f} simulated hours, digest {out.digest}, {out.facts}")
    for problem in out.problems or ["everything holds"]:
        print(f"  {problem}")
    return 1 if out.problems else 0


def _many(given: argparse.Namespace) -> int:
    total, told = Sums(), time.monotonic()
    for sums in sums_of(given):
        total.add(sums)
        for said in sums.failed:
            print(said, flush=True)
        if time.monotonic() - told >= TOLD_SECONDS and not given.json:
            told = time.monotonic()
            print(f"{total.done:,} seeds, {len(total.failed)} failed", flush=True)
    bad = len(total.failed)
    if given.json:
        said = {"seeds": total.done, "failed": bad, "hours": total.hours, "seconds": total.cpu}
        print(json.dumps(said))
        return 1 if bad else 0
    per_minute = 60 / total.cpu
    print(
        f"{total.done} seeds from {given.first}, {bad} failed; {total.hours:,.0f} simulated hours in "
        f"{total.cpu:.0f} CPU seconds"
    )
    print(
        f"{total.done * per_minute:.0f} seeds and {total.hours * per_minute:,.0f} hours per CPU minute; "
        f"{dict(total.facts)}"
    )
    return 1 if bad else 0


def _planted(database: MemoryDatabase, names: list[str]) -> int:
    """Each with its known seed; when the product has changed so much that another seed finds it, that is said."""
    from tests.simulation.planted import known_seeds

    missed, known = [], known_seeds()
    for name in names:
        tried = [known[name]] if name in known else []
        for seed in (*tried, *_worth(name, range(AGAIN))):
            found = run(database, seed, name).problems
            if found:
                stale = "" if seed in tried else " (not the known one: python -m tests.simulation --hunt)"
                print(f"{name}: seed {seed}{stale}: {found[0]}", flush=True)
                break
        else:
            print(f"{name}: NOT FOUND", flush=True)
            missed.append(name)
    print(f"{len(names) - len(missed)} of {len(names)} planted bugs found")
    return 1 if missed else 0


def _worth(name: str, seeds: Iterable[int]) -> list[int]:
    """The seeds whose worlds have what this bug is in."""
    return [seed for seed in seeds if can_find(name, seed)]


def _hunt(database: MemoryDatabase, names: list[str], first: int, within: int) -> int:
    """The first seed for each, that holds without the bug."""
    from tests.simulation.planted import SEEDS, known_seeds

    good: dict[int, bool] = {}
    for name in names:
        known = known_seeds()
        likely = [known[name]] if name in known else []
        seeds = [*likely, *sorted(set(known.values())), *range(first, first + within)]
        for seed in dict.fromkeys(_worth(name, seeds)):
            found = run(database, seed, name).problems
            if not found:
                continue
            if seed not in good:
                good[seed] = not run(database, seed, dense=True).problems
            if good[seed]:
                known[name] = seed
                SEEDS.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
                print(f"{name}: seed {seed}: {found[0]}", flush=True)
                break
        else:
            print(f"{name}: not within {within} seeds", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
