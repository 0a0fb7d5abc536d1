"""Plain text as paragraphs of lines, each line cut at our own link: what HTML layouts are given.

Pure. Data never becomes markup: the link is the only thing that turns into an element.
"""

from __future__ import annotations

import re

Line = tuple[str, str, str]
"""Before the link, the link ("" if the line has none), after it."""

_BLANK_LINES = re.compile(r"\n{2,}")


def tidy(text: str) -> str:
    """`text` without trailing blanks, and with one blank line where a left-out paragraph left several."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()


def paragraphs(body: str, link: str = "") -> list[list[Line]]:
    """The paragraphs of a tidy text; `link` must be http or https to become one."""
    real = link if link.startswith(("https://", "http://")) else ""
    return [[_cut(line, real) for line in block.split("\n")] for block in _BLANK_LINES.split(body) if block]


def _cut(line: str, link: str) -> Line:
    return line.partition(link) if link else (line, "", "")
