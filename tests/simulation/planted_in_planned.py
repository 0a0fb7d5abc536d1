"""Bugs planted in planned work and in regimes; planted.py has the table."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulation.planted_in_clocks import Spot

IN_PLANNED: tuple[Callable[[], list[Spot]], ...] = ()
