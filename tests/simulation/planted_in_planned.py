"""Bugs planted in planned work and in regimes; planted.py has the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from coordinator import planned, regimes, spared, windows
from coordinator.regime_rows import standing
from incidents.effects import OweTakingBack
from incidents.terms import PLANNED_AHEAD, Kind, Status, Verdict
from tests.simulation.planted_in_clocks import Spot
from windows import clocks, moves, verdict
from worker import beside


def _moved_work_owes_no_correction() -> list[Spot]:
    return [(planned, "_corrected", lambda act, work: [])]


def _who_has_the_last_times_speaks_for_all() -> list[Spot]:
    """A correction that has not reached everybody leaves what was told before it standing; here it does not."""
    told = planned._told_times
    return [(planned, "_told_times", lambda act, work: told(act, work)[-1:])]


def _a_move_leaves_the_clock() -> list[Spot]:
    return [(moves, "_replanned", lambda window, terms, event: moves.Ruling(window, moves.DUE_STAYS))]


def _cancelled_work_withdraws_from_nobody() -> list[Spot]:
    cancel = planned.cancel

    def bad(act: Any, reference: str, reason: Any) -> Any:
        gone, effects = cancel(act, reference, reason)
        return gone, [one for one in effects if not isinstance(one, OweTakingBack)]

    bad.__name__ = "cancel"
    return [(planned, "cancel", bad)]


def _what_is_over_is_announced_still() -> list[Spot]:
    return [(planned, "_announced_no_more", lambda work, cause: [])]


def _an_overrun_opens_no_incident() -> list[Spot]:
    def bad(act: Any, work: Any) -> Any:
        over, turned = planned._turned(act, work, Status.OVERRUN, "planned_overran", incident="?")
        return over, [*turned, *planned._announced_no_more(work, "planned_overran")]

    return [(planned, "_overrun", bad)]


def _an_overrun_is_known_since_now() -> list[Spot]:
    opening = planned._opening
    return [(planned, "_opening", lambda act, work: replace(opening(act, work), aware_at=act.now))]


def _completed_late_is_completed() -> list[Spot]:
    """Who completes it before the clocks have looked makes its overrun undone."""
    complete = planned.complete

    def bad(act: Any, reference: str) -> Any:
        work = act.tx.incidents.work(reference)
        if work.status not in PLANNED_AHEAD or planned.span_of(work)[1] >= act.now:
            return complete(act, reference)
        done, effects = planned._turned(act, work, Status.COMPLETED, "planned_completed")
        return done, [*effects, *planned._announced_no_more(work, "planned_completed")]

    bad.__name__ = "complete"
    return [(planned, "complete", bad)]


def _the_clocks_forget_an_overrun() -> list[Spot]:
    looks: Mapping[str, Any] = {
        name: (due, (lambda act: (0, [])) if verb is planned.sweep else verb)
        for name, (due, verb) in beside.LOOKS.items()
    }
    return [(beside, "LOOKS", looks), (beside, "look_first", lambda app: 0)]


def _three_days_after_the_start() -> list[Spot]:
    """The negative offset of what is owed before a planned start is read as a positive one."""
    length = clocks.length_of
    return [(where, "length_of", lambda *given: abs(length(*given))) for where in (clocks, moves)]


def _the_new_times_are_told_twice() -> list[Spot]:
    return [(spared, "tell_these", lambda act, work: [])]


def _moved_back_is_told_again() -> list[Spot]:
    return [(spared, "left_standing", lambda act, work: [])]


def _a_chain_counts_from_the_due() -> list[Spot]:
    following = windows._following
    return [
        (windows, "_following", lambda act, told: following(replace(act, now=told.due_at), told)),
    ]


def _a_chain_ends_when_it_is_late() -> list[Spot]:
    following = windows._following

    def bad(act: Any, told: Any) -> Any:
        return [] if told.state == Verdict.BREACHED else following(act, told)

    return [(windows, "_following", bad)]


def _no_is_taken_for_yes() -> list[Spot]:
    """A regime that a person has said does not apply is applied at the next look."""
    reaches = regimes.reaches_at

    def bad(act: Any, pack: Any, incident: Any) -> Any:
        stand = standing(act.tx.incidents.entries(incident.id)).get(pack.pack)
        return act.now if stand is not None and stand.state == "waived" else reaches(act, pack, incident)

    return [(regimes, "reaches_at", bad)]


def _a_threshold_is_not_looked_at() -> list[Spot]:
    return [(regimes, "look", lambda act, incident: [])]


def _a_late_report_is_met() -> list[Spot]:
    fulfilled = verdict.fulfilled

    def bad(window: Any, now: Any) -> Any:
        return replace(fulfilled(window, now), state=Verdict.MET)

    return [(verdict, "fulfilled", bad)]


def _no_hard_cap() -> list[Spot]:
    length = clocks.length_of

    def bad(rule: Any, *given: Any) -> Any:
        return length(rule.model_copy(update={"hard_cap": None}), *given)

    return [(clocks, "length_of", bad), (moves, "length_of", bad)]


def _a_month_is_thirty_days() -> list[Spot]:
    def bad(at: Any, months: int, zone: str) -> Any:
        return at + timedelta(days=30 * months)

    return [(clocks, "months_after", bad)]


def _a_regime_counts_from_its_answer() -> list[Spot]:
    return [(regimes, "_start", lambda rule, event, classified: classified)]


def _what_is_found_late_has_its_whole_length() -> list[Spot]:
    due = moves.became_due

    def bad(window: Any, terms: Any, event: Any) -> Any:
        length = window.strict_due_at - window.started_at
        found = due(window, terms, event)
        if window.kind != Kind.REGULATOR_REPORT:
            return found
        return moves._opening(found, terms, max(found.due_at, event.at + length), moves.BECAME_OWED)

    return [(moves, "became_due", bad)]


def _regulators_wait_for_awareness() -> list[Spot]:
    """An awareness that is found to be earlier moves nothing that regulators are owed."""
    counts = moves._since_the_beginning

    def bad(window: Any) -> bool:
        return window.kind != Kind.REGULATOR_REPORT and counts(window)

    return [(moves, "_since_the_beginning", bad)]


def _what_was_switched_off_is_asked() -> list[Spot]:
    return [(regimes, "in_force", lambda act: list(act.house.regimes.values()))]


IN_WORKS: tuple[Callable[[], list[Spot]], ...] = (
    _moved_work_owes_no_correction,
    _who_has_the_last_times_speaks_for_all,
    _a_move_leaves_the_clock,
    _cancelled_work_withdraws_from_nobody,
    _what_is_over_is_announced_still,
    _an_overrun_opens_no_incident,
    _an_overrun_is_known_since_now,
    _completed_late_is_completed,
    _the_clocks_forget_an_overrun,
    _three_days_after_the_start,
    _the_new_times_are_told_twice,
    _moved_back_is_told_again,
)
IN_REGIMES: tuple[Callable[[], list[Spot]], ...] = (
    _a_chain_counts_from_the_due,
    _a_chain_ends_when_it_is_late,
    _no_is_taken_for_yes,
    _a_threshold_is_not_looked_at,
    _a_late_report_is_met,
    _no_hard_cap,
    _a_month_is_thirty_days,
    _a_regime_counts_from_its_answer,
    _what_is_found_late_has_its_whole_length,
    _regulators_wait_for_awareness,
    _what_was_switched_off_is_asked,
)
IN_PLANNED = (*IN_WORKS, *IN_REGIMES)
