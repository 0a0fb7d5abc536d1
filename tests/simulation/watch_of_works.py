"""What is looked at of planned work and of regimes after every commit: the customers of a notice, a planned end, and
what is switched on.

Plain SQL and windows.md, as watch.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

Rows = Callable[..., list[dict[str, Any]]]


def left_out(rows: Rows, notice: dict[str, Any]) -> Iterator[str]:
    """A notice that was submitted just now is for every customer of the services in the areas; whom other notices told
    these very times stays out."""
    (work,) = rows("SELECT areas, services FROM incidents WHERE id = ?", notice["incident"])
    areas, services = json.loads(work["areas"]), json.loads(work["services"])
    found = rows(
        "SELECT DISTINCT c.id FROM customers c JOIN customer_services s ON s.customer_id = c.id"
        f" WHERE c.area IN ({_marks(areas)}) AND s.service IN ({_marks(services)})",
        *areas,
        *services,
    )
    members = {
        row["customer_id"]
        for row in rows("SELECT customer_id FROM members WHERE notice_id = ?", notice["id"])
    }
    left = {row["id"] for row in found} - members
    if left:
        yield f"notice {notice['id']} of planned work forgets {sorted(left)}"
    more = members - {row["id"] for row in found}
    if more:
        yield f"notice {notice['id']} of planned work is for {sorted(more)}, whom it does not meet"


def _marks(values: list[str]) -> str:
    return ", ".join("?" * len(values))


def overdue(rows: Rows, before: int) -> list[int]:
    """Works that were to be over by then, and of which nothing was said."""
    late = "status IN ('scheduled', 'in_progress') AND planned_end_at < ?"
    return [row["id"] for row in rows(f"SELECT id FROM incidents WHERE {late}", before)]


def switched_on(
    rows: Rows, before: dict[int, dict[str, Any]], now: dict[int, dict[str, Any]]
) -> dict[tuple[int, int], tuple[str, ...]]:
    """The regimes that are switched on, for each entry that this commit has added."""
    found = rows("SELECT value FROM meta WHERE key = 'regimes_enabled'")
    packs = tuple(json.loads(found[0]["value"])) if found else ()
    return {
        (number, sequence): packs
        for number, row in now.items()
        for sequence in range(before.get(number, {}).get("chain_length", 0) + 1, row["chain_length"] + 1)
    }
