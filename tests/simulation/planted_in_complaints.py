"""Bugs planted in ordinary complaints; planted.py has the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from coordinator import complaints, drafting, incidents, perform, release, scope, spared, windows
from coordinator.scope import scope_of
from incidents.effects import MergeCase, OpenWindow, PromoteCase
from incidents.terms import Kind
from tests.simulation.planted_in_clocks import Spot
from windows import verdict


def _a_complaint_has_a_page() -> list[Spot]:
    def bad(incident: Any, kind: Any, change: str = "") -> Any:
        return drafting.channels_of(kind, change)

    return [(drafting, "channels_for", bad)]


def _a_complaint_counts_from_its_registration() -> list[Spot]:
    add = complaints.add

    def bad(act: Any, complaint: Any) -> Any:
        case, effects = add(act, complaint)
        opened = (OpenWindow,)
        return case, [replace(e, started_at=act.now) if isinstance(e, opened) else e for e in effects]

    bad.__name__ = "add"
    return [(complaints, "add", bad)]


def _a_complainant_is_told_when_it_is_sent() -> list[Spot]:
    told = verdict.is_told

    def bad(window: Any, standing: Any, rule: Any) -> bool:
        if window.of_one:
            return bool(standing.stage == "released")
        return told(window, standing, rule)

    return [(verdict, "is_told", bad)]


def _a_promotion_forgets_to_merge() -> list[Spot]:
    promote = perform._promote

    def bad(act: Any, effect: Any) -> Any:
        if isinstance(effect, MergeCase):
            return []
        return [one for one in promote(act, effect) if not isinstance(one, MergeCase)]

    return [(perform, "_promote", bad)]


def _what_was_promoted_counts_from_now() -> list[Spot]:
    promote = perform._promote

    def bad(act: Any, effect: Any) -> Any:
        if isinstance(effect, PromoteCase):
            effect = replace(effect, opening=replace(effect.opening, aware_at=act.now))
        return promote(act, effect)

    return [(perform, "_promote", bad)]


def _how_a_complaint_ended_is_not_told() -> list[Spot]:
    heard = incidents._nobody_heard
    return [(incidents, "_nobody_heard", lambda act, one: one.case or heard(act, one))]


def _the_neighbours_of_a_complainant_hear_too() -> list[Spot]:
    return [(release, "scope_of", lambda act, one: scope_of(act, replace(one, case=False)))]


def _a_complaint_has_a_cadence() -> list[Spot]:
    return [(windows, "OF_A_CASE", tuple(Kind))]


def _a_complaint_is_owed_to_customers() -> list[Spot]:
    return [(windows, "owed_to", lambda incident, window: window)]


def _a_complainant_is_told_twice() -> list[Spot]:
    """Who heard as complainant hears of the outage as anybody."""

    def but_of_cases(read: Callable[..., Any]) -> Callable[..., Any]:
        def bad(act: Any, incident: Any) -> Any:
            number = incident if isinstance(incident, int) else incident.id
            found = read(act, incident)
            mine = [n for n in found if n.incident == number]
            return mine + [n for n in found if n not in mine and not act.tx.incidents.by_id(n.incident).case]

        return bad

    return [
        (release, "notices_of", but_of_cases(release.notices_of)),
        (spared, "notices_around", but_of_cases(spared.notices_around)),
    ]


def _a_complainant_from_elsewhere_is_forgotten() -> list[Spot]:
    """What a complaint went into has its people by area alone."""
    return [(scope, "members_of", lambda act, incident: (incident,))]


IN_COMPLAINTS: tuple[Callable[[], list[Spot]], ...] = (
    _a_complaint_has_a_page,
    _a_complaint_counts_from_its_registration,
    _a_complainant_is_told_when_it_is_sent,
    _a_promotion_forgets_to_merge,
    _what_was_promoted_counts_from_now,
    _how_a_complaint_ended_is_not_told,
    _the_neighbours_of_a_complainant_hear_too,
    _a_complaint_has_a_cadence,
    _a_complaint_is_owed_to_customers,
    _a_complainant_is_told_twice,
    _a_complainant_from_elsewhere_is_forgotten,
)
