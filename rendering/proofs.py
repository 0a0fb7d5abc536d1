"""The proof-reading of notice templates: which facts each must name, and when silence is forbidden.

Pure: tables by kind and channel. Sources: R21, R22 (the facts), R28 (the next notice), R24 (the hotline);
an SMS says onset, place, effect, next update and link; a holding notice place, next update and link.
"""

from __future__ import annotations

from incidents.terms import Channel, Kind, Script
from notifications import template as kinds
from notifications.facts import SLOTS, Facts
from notifications.template import COMBINED, KINDS, WRITTEN

FINAL = (Kind.RESOLUTION_NOTICE.value, COMBINED)
"""Kinds after which no further notice is promised."""
PLANNED = Kind.PLANNED_WORK_NOTICE.value
ALWAYS = (
    *(Kind.FIRST_NOTICE.value, Kind.PROGRESS_UPDATE.value, Kind.MATERIAL_UPDATE.value),
    kinds.HOLDING,
)
"""Kinds that always promise the next one."""
UNLESS_OVER = (kinds.CORRECTION, kinds.HOLDING_RESTORED)
"""Kinds that promise the next one as long as something will follow."""

Facet = frozenset[str]
"""Slots of which one is enough."""


def _any(*names: str) -> Facet:
    return frozenset(names)


ONSET = _any("onset", "onset_dated")
EFFECT = _any("headline", "place", "place_short")
PLACE = _any("place")
PROMISE = _any("next_update")
END = _any("restored", "restored_dated")
LINK = _any("link")
WHATEVER = (EFFECT, PROMISE, LINK)
"""What a text must say though nothing is known: what fails, when we write again, where to look (R28)."""
SEVEN = (
    *(ONSET, PLACE, _any("type"), _any("services"), _any("affected")),
    *(_any("action"), _any("effects"), _any("cause")),
)
"""Time, place, type, scope, measures, follow-up effects (R21), and the cause (R22); the end is beside it."""
ESTIMATE = _any("expected")
TAKEN_BACK = (_any("corrects"), _any("said"), _any("right"))
CREDIT = (_any("credit_what"), _any("credit_when"), _any("credit_automatic"))
ENDED = _any("over")
"""Whether there is an end to tell of."""
PLAN = (_any("begins"), _any("ends"))
CALLER = (ONSET, EFFECT, _any("emergency_numbers"))
"""What everybody asks who calls."""

RUNNING_SMS = (ONSET, EFFECT, PROMISE, LINK)
RUNNING = (*SEVEN, ESTIMATE, PROMISE)
RUNNING_CALL = (*CALLER, _any("workaround"), PROMISE)
ENDED_CALL = (*CALLER, END, LINK)

SMS: dict[str, tuple[Facet, ...]] = {
    **dict.fromkeys(ALWAYS, RUNNING_SMS),
    **dict.fromkeys(FINAL, (ONSET, EFFECT, END, LINK)),
    kinds.CORRECTION: (*RUNNING_SMS, *TAKEN_BACK),
    kinds.WITHDRAWAL: (ONSET, EFFECT, LINK, *TAKEN_BACK),
    kinds.HOLDING: (EFFECT, PROMISE, LINK),
    kinds.HOLDING_RESTORED: (EFFECT, END, PROMISE, LINK),
    kinds.APOLOGY: (ONSET, EFFECT, LINK, *CREDIT),
    PLANNED: (EFFECT, LINK, *PLAN, *TAKEN_BACK),
    kinds.COMPLAINT: (EFFECT, *TAKEN_BACK, ENDED),
}
WHOLE: dict[str, tuple[Facet, ...]] = {
    **dict.fromkeys(ALWAYS, RUNNING),
    **dict.fromkeys(FINAL, (*SEVEN, END)),
    kinds.CORRECTION: (*RUNNING, *TAKEN_BACK),
    kinds.WITHDRAWAL: (ONSET, PLACE, _any("services"), _any("type"), *TAKEN_BACK),
    kinds.HOLDING: (PLACE, PROMISE),
    kinds.HOLDING_RESTORED: (PLACE, END, PROMISE),
    kinds.APOLOGY: (*SEVEN, END, _any("credit_who"), *CREDIT),
    PLANNED: (PLACE, _any("services"), _any("effects"), _any("hotline"), *PLAN, *TAKEN_BACK),
    kinds.COMPLAINT: (EFFECT, _any("reference"), _any("hotline"), *TAKEN_BACK, ENDED),
}
"""E-mail and page."""
CALL: dict[str, tuple[Facet, ...]] = {
    **dict.fromkeys(ALWAYS, RUNNING_CALL),
    **dict.fromkeys(FINAL, ENDED_CALL),
    kinds.CORRECTION: (*RUNNING_CALL, *TAKEN_BACK),
    kinds.WITHDRAWAL: (*CALLER, _any("workaround"), LINK, *TAKEN_BACK),
    kinds.HOLDING_RESTORED: (*CALLER, END, PROMISE),
    kinds.APOLOGY: (*CALLER, END, LINK, _any("credit_who"), *CREDIT),
    PLANNED: (EFFECT, LINK, _any("effects"), *PLAN, *TAKEN_BACK),
    kinds.COMPLAINT: (EFFECT, _any("action"), *TAKEN_BACK, ENDED),
}


def required(kind: str, channel: str) -> tuple[Facet, ...]:
    """The facts a template must name; of each set, one is enough."""
    if channel == Channel.SMS:
        return SMS[kind]
    return CALL[kind] if channel == Script.HOTLINE else WHOLE[kind]


def promise_owed(kind: str, over: bool) -> bool:
    """Whether a text of this kind may not be without its next update (R28)."""
    return kind in ALWAYS or (kind in UNLESS_OVER and not over)


NUMBERS = frozenset({"number", "level"})


def specimen() -> Facts:
    """Every slot filled with its own name, marked, for a trial rendering."""
    plain: dict[str, str | int] = {name: 1 if name in NUMBERS else f"<{name}>" for name in SLOTS}
    return plain | {"link": "example.org/s/1", "page": "https://example.org/en/incidents/X/"}


def unknown() -> Facts:
    """Nothing known but what is always known: who we are, where to look, when we write again."""
    always = {"operator", "signature", "headline", "working", "ending", "recovery", "type", "status"}
    known = always | {"next_update", "link", "page", "zone", "at", "reference"} | NUMBERS
    return {name: value if name in known else "" for name, value in specimen().items()}


__all__ = ["COMBINED", "FINAL", "KINDS", "WRITTEN", "promise_owed", "required", "specimen", "unknown"]
