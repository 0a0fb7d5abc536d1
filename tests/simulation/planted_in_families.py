"""Bugs planted in merging, splitting and growth; planted.py has the table."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulation.planted_in_clocks import Spot

IN_FAMILIES: tuple[Callable[[], list[Spot]], ...] = ()
