"""Bugs planted in merging, splitting and growth; planted.py has the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from coordinator import directory, judging, merging, pages, release, spared, splitting, windows
from coordinator.act import Act
from incidents.terms import UPWARDS, Duty, Verdict
from tests.simulation.planted_in_clocks import Spot
from windows import moves


def _a_merge_forgets_the_untold() -> list[Spot]:
    return [(merging, "_for_the_untold", lambda act, survivor, theirs, carrier: (False, False))]


def _a_merge_keeps_the_later_due() -> list[Spot]:
    take = moves.taken_over

    def bad(window: Any, terms: Any, event: Any, due: Any) -> Any:
        return take(window, terms, event, max(due, window.due_at))

    return [(moves, "taken_over", bad)]


def _a_merge_drops_the_earlier_awareness() -> list[Spot]:
    return [_joined_but("aware_at")]


def _a_merge_keeps_the_milder_level() -> list[Spot]:
    return [_joined_but("level")]


def _joined_but(name: str) -> Spot:
    join = merging._joined

    def bad(survivor: Any, source: Any) -> Any:
        return replace(join(survivor, source), **{name: getattr(survivor, name)})

    return (merging, "_joined", bad)


def _told_again_after_a_merge() -> list[Spot]:
    return [(release, "notices_of", _own), (spared, "notices_around", _own)]


def _own(act: Act, incident: Any) -> Any:
    return act.tx.notices.of_incident(incident if isinstance(incident, int) else incident.id)


def _a_duplicates_windows_stay_open() -> list[Spot]:
    ends = {event: end for event, end in moves.ENDS.items() if event is not moves.Merged}
    return [(moves, "ENDS", ends)]


def _the_end_for_the_survivors_people_only() -> list[Spot]:
    told = release._told_before

    def bad(act: Any, notice: Any) -> Any:
        return [one for one in told(act, notice) if one.incident == notice.incident]

    return [(release, "_told_before", bad)]


def _the_old_page_stays() -> list[Spot]:
    def moved_of(act: Any, incident: int) -> Any:
        return [], []

    return [(pages, "moved_of", moved_of)]


def _a_split_forgets_an_area() -> list[Spot]:
    def bad(one: Any, **changes: Any) -> Any:
        if "split_from" in changes:
            changes["areas"] = changes["areas"][1:]
        return replace(one, **changes)

    return [(splitting, "replace", bad)]


def _a_split_shares_nothing() -> list[Spot]:
    return [(splitting, "divide", lambda act, effect: [])]


def _a_split_opens_again_what_was_told() -> list[Spot]:
    divide = splitting.divide

    def bad(act: Any, effect: Any) -> Any:
        part = act.tx.incidents.by_id(effect.part)
        event = moves.LevelFell(at=act.now, by=act.actor.name, level=part.level, aware_at=part.aware_at)
        for window in act.tx.windows.of_incident(effect.parent):
            if window.state == Verdict.MET and window.kind not in UPWARDS:
                again = replace(window, state=Verdict.OPEN, duty=Duty.OWED, decided_at=None, told_at=None)
                act.tx.windows.add(moves.share_of(again, event, part.id))
        return divide(act, effect)

    return [(splitting, "divide", bad)]


def _growth_joins_in_silence() -> list[Spot]:
    return [(windows, "_joined", lambda act, incident: [])]


def _an_import_grows_nothing() -> list[Spot]:
    def customers_arrived(act: Any) -> Any:
        return None, []

    return [(directory, "customers_arrived", customers_arrived)]


def _who_joins_under_a_holding_notice_is_forgotten() -> list[Spot]:
    return [(judging, "_joined_meanwhile", lambda window, notices: [])]


UNDER_HOLDING: tuple[Callable[[], list[Spot]], ...] = (_who_joins_under_a_holding_notice_is_forgotten,)
"""Those that need holding notices too."""
IN_FAMILIES: tuple[Callable[[], list[Spot]], ...] = (
    _a_merge_forgets_the_untold,
    _a_merge_keeps_the_later_due,
    _a_merge_drops_the_earlier_awareness,
    _a_merge_keeps_the_milder_level,
    _told_again_after_a_merge,
    _a_duplicates_windows_stay_open,
    _the_end_for_the_survivors_people_only,
    _the_old_page_stays,
    _a_split_forgets_an_area,
    _a_split_shares_nothing,
    _a_split_opens_again_what_was_told,
    _growth_joins_in_silence,
    _an_import_grows_nothing,
    *UNDER_HOLDING,
)
