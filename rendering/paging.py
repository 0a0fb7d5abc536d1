"""Pages to staff in words: first what it is, then the one command; the frames add how to answer."""

from __future__ import annotations

from collections.abc import Mapping

from incidents.errors import Invalid
from incidents.terms import LANGUAGES
from notifications.paging import MATTERS
from rendering.allow import Allowance
from rendering.paragraphs import tidy
from rendering.shelf import Shelf

SLOTS = (
    *("reference", "exercise", "level", "headline", "affected", "kind", "due", "zone", "left", "window"),
    *("notice", "people", "reason", "count", "channel", "role", "unit", "person", "since", "words", "rung"),
    *("upwards", "decision", "said", "command", "code", "link", "approve", "may_approve"),
)
LONGEST = 1_600
ALLOWANCE = Allowance(SLOTS)
FRAMES = ("frame_sms", "frame_mail", "frame_subject", "frame_voice")
KINDS = (*MATTERS, "breached", *FRAMES)


def problems(shelf: Shelf) -> list[str]:
    """Templates that do not render, and pairs of which one language leaves something out."""
    found: list[str] = []
    for kind in KINDS:
        used = []
        for language in LANGUAGES:
            try:
                used.append(shelf.slots(f"paging/{kind}.{language}.txt"))
                page_text(shelf, kind, language, dict.fromkeys(SLOTS, "1"))
            except Invalid as problem:
                found.append(problem.message)
        if len(set(used)) > 1:
            odd = ", ".join(sorted(used[0] ^ used[1]))
            found.append(f"paging/{kind}: the languages do not tell the same: {odd}")
    return found


def page_text(shelf: Shelf, kind: str, language: str, slots: Mapping[str, str]) -> str:
    """One page, or the frame around it; a slot that is not given is "". Invalid for a template that asks for more."""
    path = f"paging/{kind}.{language}.txt"
    if kind not in KINDS:
        raise Invalid(
            "there is no template {path}", path=path, field=path, next="kinds are " + ", ".join(KINDS)
        )
    known = {name: value for name, value in slots.items() if name in SLOTS}
    return tidy(shelf.render(path, dict.fromkeys(SLOTS, "") | known, LONGEST))
