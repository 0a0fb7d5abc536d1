"""The small page on which a person answers a page by its link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import PackageLoader

from rendering.allow import PAGE_NODES, Allowance
from rendering.shelf import Shelf

SLOTS = (
    *("language", "title", "said", "people", "texts", "confirmation", "button"),
    *("label", "subject", "body"),
)
LONGEST = 200_000


@cache
def _shelf() -> Shelf:
    return Shelf(PackageLoader("templates", "."), Allowance(SLOTS, PAGE_NODES))


def answer_page(slots: Mapping[str, str], texts: Sequence[tuple[str, str, str]] = ()) -> bytes:
    """The page; without a confirmation it has no button. `texts` are (label, subject, body)."""
    context = {**dict.fromkeys(SLOTS, ""), **slots, "texts": [list(one) for one in texts]}
    return _shelf().render("paging/answer.html", context, LONGEST).encode()
