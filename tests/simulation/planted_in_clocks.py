"""Bugs planted in what moves a clock and in what people decide about duties; planted.py has the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from coordinator import (
    decisions,
    delivery,
    kept,
    moving,
    reclassify,
    standing,
    taking_back,
    waiving,
    windows,
)
from incidents.effects import Record
from incidents.terms import Kind, Verdict
from windows import moves, verdict

Spot = tuple[Any, str, Any]
"""(where, name, what stands there instead)."""


def _moves_without_history() -> list[Spot]:
    moved = moves._moved

    def bad(window: Any, *rest: Any, **named: Any) -> Any:
        after = moved(window, *rest, **named)
        return replace(after, history=(*after.history[:-2], after.history[-1]))

    return [(moves, "_moved", bad)]


def _upgrade_gives_more_time() -> list[Spot]:
    moved = moves._moved

    def bad(window: Any, terms: Any, event: Any, due: Any, rule: str, *rest: Any, **named: Any) -> Any:
        if rule == "upgrade":
            due = max(named["strict"], event.at + terms.upgrade_grace)
        return moved(window, terms, event, due, rule, *rest, **named)

    return [(moves, "_moved", bad)]


def _progress_never_ends() -> list[Spot]:
    return [_ends_nothing_by("resolution")]


def _ends_nothing_by(what: str) -> Spot:
    end = moving.end_windows

    def bad(act: Any, effect: Any) -> Any:
        return [] if effect.cause == what else end(act, effect)

    return (moving, "end_windows", bad)


def _one_person_leaves_level_1() -> list[Spot]:
    return [(reclassify, "TWO_PEOPLE", 0)]


def _one_person_waives() -> list[Spot]:
    return [(waiving, "TWO_PEOPLE", ())]


def _who_asked_agrees() -> list[Spot]:
    waiting = decisions._waiting

    def bad(act: Any, number: int) -> Any:
        found = waiting(act, number)
        return replace(found, author="somebody") if found.author == act.actor.name else found

    return [(decisions, "_waiting", bad)]


def _waives_what_was_missed() -> list[Spot]:
    return [(waiving, "_must_be_ahead", lambda act, window: None)]


def _awareness_moves_who_joined() -> list[Spot]:
    counts = moves._since_the_beginning
    return [(moves, "_since_the_beginning", lambda w: counts(w) or w.kind == Kind.FIRST_NOTICE)]


def _progress_is_told_by_phone() -> list[Spot]:
    def bad(act: Any, window_id: int, how: str, evidence: str, to: str = "") -> Any:
        window = act.tx.windows.get(window_id)
        told = verdict.fulfilled(window, act.now)
        data = {"window": window.id, "how": how, "evidence": evidence, "whom": to or "hq"}
        said = Record(window.incident, "fulfilled", data)
        return told, [said, *kept.keep(act, window, told)]

    bad.__name__ = "fulfil"
    return [(windows, "fulfil", bad)]


def _nobody_is_called_after_a_rise() -> list[Spot]:
    return [(moving, "became_owed", lambda act, incident, event, level_before: [])]


def _a_report_upwards_needs_no_evidence() -> list[Spot]:
    record = windows.Record

    def bad(incident: int, kind: str, data: Any = None) -> Any:
        return record(incident, kind, {**data, "evidence": ""} if kind == "fulfilled" else data or {})

    return [(windows, "Record", bad)]


def _reopening_leaves_the_end() -> list[Spot]:
    return [_ends_nothing_by("reopened")]


def _a_false_alarm_leaves_duties() -> list[Spot]:
    return [_ends_nothing_by("false_alarm")]


def _a_false_alarm_is_not_withdrawn() -> list[Spot]:
    owe = taking_back.owe

    def bad(act: Any, effect: Any) -> Any:
        return [] if effect.kind == Kind.WITHDRAWAL_NOTICE else owe(act, effect)

    return [(taking_back, "owe", bad)]


def _an_undo_gives_nothing_back() -> list[Spot]:
    return [(moving, "_owed_again", lambda act, window: [])]


def _a_lower_level_gives_more_time() -> list[Spot]:
    decide = moves.decide

    def bad(window: Any, terms: Any, event: Any) -> Any:
        if isinstance(event, moves.LevelFell) and window.state == Verdict.OPEN:
            event = moves.AwareLater(event.at, event.by, event.level, window.started_at)
        return decide(window, terms, event)

    return [(moves, "decide", bad)]


def _an_earlier_awareness_moves_nothing_forward() -> list[Spot]:
    moved = moves._moved

    def bad(window: Any, terms: Any, event: Any, due: Any, rule: str, *rest: Any, **named: Any) -> Any:
        if rule == "aware_earlier":
            due = window.due_at
        return moved(window, terms, event, due, rule, *rest, **named)

    return [(moves, "_moved", bad)]


def _seals_another_number() -> list[Spot]:
    found = delivery._sealed

    def bad(act: Any, notice: Any, after: Any) -> Any:
        pairs = found(act, notice, after)
        return [(d, pairs[-1][1] and pairs[0][1]) for d, _ in pairs]

    return [(delivery, "_sealed", bad)]


def _believes_a_stale_page() -> list[Spot]:
    """The page of an older notice counts for a newer change."""
    return [(standing, "material_fits", lambda act, window, notice: True)]


BY_PEOPLE: tuple[Callable[[], list[Spot]], ...] = (
    _moves_without_history,
    _upgrade_gives_more_time,
    _progress_never_ends,
    _one_person_leaves_level_1,
    _one_person_waives,
    _who_asked_agrees,
    _waives_what_was_missed,
    _awareness_moves_who_joined,
    _progress_is_told_by_phone,
    _nobody_is_called_after_a_rise,
    _a_report_upwards_needs_no_evidence,
    _reopening_leaves_the_end,
    _a_false_alarm_leaves_duties,
    _a_false_alarm_is_not_withdrawn,
    _an_undo_gives_nothing_back,
    _a_lower_level_gives_more_time,
    _an_earlier_awareness_moves_nothing_forward,
    _seals_another_number,
    _believes_a_stale_page,
)
