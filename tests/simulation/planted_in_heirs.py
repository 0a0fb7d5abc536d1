"""Bugs planted in what goes over with regimes and reports when incidents are joined and divided; planted.py has the
table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from coordinator import family, regimes, upwards
from coordinator.regime_rows import ASKED, WAIVED
from tests.simulation.planted_in_clocks import Spot
from windows import moves


def _a_duplicates_regime_is_lost() -> list[Spot]:
    return [(upwards, "regimes_of", lambda act, source, heir: [])]


def _no_without_a_question_is_an_answer() -> list[Spot]:
    def bad(entries: Any) -> set[str]:
        came_over = (e for e in entries if e.kind == ASKED or (e.kind == WAIVED and "decided_by" in e.data))
        return {entry.data["pack"] for entry in came_over}

    return [(regimes, "were_asked", bad)]


def _what_was_nothing_owes_no_part_its_reports() -> list[Spot]:
    return [(upwards, "_shared", lambda act, window, part, event: [])]


def _parts_of_duplicates_go_on_for_nothing() -> list[Spot]:
    going = family.parts_going_on

    def bad(act: Any, incident_id: int) -> Any:
        return [part for part in going(act, incident_id) if part.split_from == incident_id]

    return [(family, "parts_going_on", bad)]


def _a_report_that_goes_over_begins_anew() -> list[Spot]:
    opened = moves.opened_by_merger

    def bad(terms: Any, event: Any, incident: int, sequence: int, due: Any, started_at: Any = None) -> Any:
        return opened(terms, event, incident, sequence, due)

    return [(moves, "opened_by_merger", bad)]


OF_PARTS: tuple[Callable[[], list[Spot]], ...] = (
    _what_was_nothing_owes_no_part_its_reports,
    _parts_of_duplicates_go_on_for_nothing,
)
"""Those that need families alone: superiors hear of the whole as regulators do."""
IN_HEIRS: tuple[Callable[[], list[Spot]], ...] = (
    _a_duplicates_regime_is_lost,
    _no_without_a_question_is_an_answer,
    _a_report_that_goes_over_begins_anew,
)
"""Those that need both families and regimes."""
