"""Posts to the staff chat in words: plain text, a few lines."""

from __future__ import annotations

from collections.abc import Mapping

from incidents.errors import Invalid
from incidents.terms import LANGUAGES
from rendering.allow import Allowance
from rendering.paragraphs import tidy
from rendering.shelf import Shelf

SLOTS = (
    *("reference", "exercise", "level", "headline", "affected", "page", "roles", "rung", "window", "notice"),
    *("kind", "due", "zone", "before", "people", "reached", "count", "earlier"),
    "decision",
)
LONGEST = 2_000
ALLOWANCE = Allowance(SLOTS)
KINDS = (
    *("opened", "upgraded", "warning", "breached", "approval_asked", "paused", "told", "partly_restored"),
    *("restored", "resolved", "undone", "declined", "summary"),
    *("downgraded", "reopened", "called_off", "decision_asked"),
)


def problems(shelf: Shelf) -> list[str]:
    """Templates that do not render, and pairs of which one language leaves something out."""
    found: list[str] = []
    for kind in KINDS:
        used = []
        for language in LANGUAGES:
            try:
                used.append(shelf.slots(f"chat/{kind}.{language}.txt"))
                chat_text(shelf, kind, language, dict.fromkeys(SLOTS, "1"))
            except Invalid as problem:
                found.append(problem.message)
        if len(set(used)) > 1:
            found.append(
                f"chat/{kind}: the languages do not tell the same: {', '.join(sorted(used[0] ^ used[1]))}"
            )
    return found


def chat_text(shelf: Shelf, kind: str, language: str, slots: Mapping[str, str]) -> str:
    """One post; a slot that is not given is "". Invalid for a template that asks for more."""
    path = f"chat/{kind}.{language}.txt"
    if kind not in KINDS:
        raise Invalid(
            "there is no template {path}", path=path, field=path, next="kinds are " + ", ".join(KINDS)
        )
    return tidy(shelf.render(path, dict.fromkeys(SLOTS, "") | dict(slots), LONGEST))
