"""Short templates that come as a pair: do both render, and do both tell the same?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from incidents.errors import Invalid
from incidents.terms import LANGUAGES
from rendering.shelf import Shelf


def pair_problems(
    shelf: Shelf, folder: str, kinds: Iterable[str], render: Callable[[str, str], str]
) -> list[str]:
    """Templates that do not render, and pairs of which one language leaves something out."""
    found: list[str] = []
    for kind in kinds:
        used = []
        for language in LANGUAGES:
            try:
                used.append(shelf.slots(f"{folder}/{kind}.{language}.txt"))
                render(kind, language)
            except Invalid as problem:
                found.append(problem.message)
        if len(set(used)) > 1:
            found.append(
                f"{folder}/{kind}: the languages do not tell the same: {', '.join(sorted(used[0] ^ used[1]))}"
            )
    return found
