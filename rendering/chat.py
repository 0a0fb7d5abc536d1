"""Posts to the staff chat in words: plain text, a few lines."""

from __future__ import annotations

from collections.abc import Mapping

from incidents.errors import Invalid
from rendering.allow import Allowance
from rendering.pairs import pair_problems
from rendering.paragraphs import tidy
from rendering.shelf import Shelf

SLOTS = (
    *("reference", "exercise", "level", "headline", "affected", "page", "roles", "rung", "window", "notice"),
    *("kind", "due", "zone", "before", "people", "reached", "count", "earlier"),
    *("decision", "upwards"),
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
    return pair_problems(
        shelf,
        "chat",
        KINDS,
        lambda kind, language: chat_text(shelf, kind, language, dict.fromkeys(SLOTS, "1")),
    )


def chat_text(shelf: Shelf, kind: str, language: str, slots: Mapping[str, str]) -> str:
    """One post; a slot that is not given is "". Invalid for a template that asks for more."""
    path = f"chat/{kind}.{language}.txt"
    if kind not in KINDS:
        raise Invalid(
            "there is no template {path}", path=path, field=path, next="kinds are " + ", ".join(KINDS)
        )
    return tidy(shelf.render(path, dict.fromkeys(SLOTS, "") | dict(slots), LONGEST))
