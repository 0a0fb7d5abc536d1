"""Prints every demand with its tests; exit 1 when a claimed one has none, or a test names an unknown one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.coverage.named import DEMANDS, LAW, TESTS, Coverage, coverage


def text(found: Coverage, language: str, brief: bool) -> str:
    """Every demand, then what is bare, broken and strange."""
    lines = [line for code in found.demands for line in _demand(found, code, language, brief)]
    bare = [code for code in found.bare if code not in found.claimed]
    return "\n".join(
        [
            *lines,
            "",
            f"{len(found.demands)} demands, {len(found.demands) - len(found.bare)} with tests",
            f"not claimed, no test: {', '.join(bare) or 'none'}",
            f"CLAIMED, NO TEST: {', '.join(found.broken) or 'none'}",
            f"UNKNOWN, NAMED BY TESTS: {', '.join(found.strange) or 'none'}",
            *(f"  {code}: {test}" for code in found.strange for test in found.tests[code]),
        ]
    )


def _demand(found: Coverage, code: str, language: str, brief: bool) -> list[str]:
    tests = found.tests.get(code, ())
    mark = "claimed" if code in found.claimed else "       "
    head = f"{code}  {mark}  {len(tests):3} tests  {found.demands[code][language]}"
    return [head] if brief else [head, *(f"       {test}" for test in tests)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.coverage", description=__doc__)
    parser.add_argument("--brief", action="store_true", help="one line per demand, without its tests")
    parser.add_argument("--lang", choices=["en", "zh-CN"], default="en")
    parser.add_argument("--tests", type=Path, default=TESTS, help="the folder of tests")
    parser.add_argument(
        "--demands", type=Path, nargs="*", default=[DEMANDS, LAW], help="the files of demands"
    )
    given = parser.parse_args(arguments)
    every = [coverage(given.tests, demands) for demands in given.demands]
    print(*(text(found, given.lang, given.brief) for found in every), sep="\n\n")  # noqa: T201
    return 1 if any(found.broken or found.strange for found in every) else 0


if __name__ == "__main__":
    sys.exit(main())
