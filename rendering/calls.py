"""What a phone says to staff, in words: one line around the text of the page."""

from __future__ import annotations

from jinja2 import PackageLoader

from incidents.errors import Invalid
from rendering.allow import Allowance
from rendering.pairs import pair_problems
from rendering.paragraphs import tidy
from rendering.shelf import Shelf

KINDS = ("ask", "told", "again", "thanks", "failed", "silence")
LONGEST = 1_000
"""Characters of what is said at once, the text included."""


class Calls:
    """The lines of a call; always ours, never an operator's."""

    def __init__(self) -> None:
        self._shelf = Shelf(PackageLoader("templates", "."), Allowance(("text",)))

    def line(self, kind: str, language: str, text: str) -> str:
        """One line with the page's text in it. Invalid for an unknown kind or a line that is too long."""
        path = f"calls/{kind}.{language}.txt"
        if kind not in KINDS:
            raise Invalid(
                "there is no template {path}", path=path, field=path, next="kinds are " + ", ".join(KINDS)
            )
        return tidy(self._shelf.render(path, {"text": text}, LONGEST))

    def check(self) -> list[str]:
        """What is wrong with the lines, as sentences; empty if all is well."""
        return pair_problems(
            self._shelf, "calls", KINDS, lambda kind, language: self.line(kind, language, "1")
        )
