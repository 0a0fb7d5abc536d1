"""The mark of an exercise: on each of its texts, whatever the template says, and on no other text (R06). Pure."""

from __future__ import annotations

import re

from incidents.terms import EXERCISE_MARKS

SPELT_OUT = {"zh-CN": "演练", "en": "exercise"}
"""The same word in a real notice, where somebody's own words happen to have the mark."""
_ZH, _EN = r"(?:【\s*)+演\s*练(?:\s*】)+", re.escape(EXERCISE_MARKS["en"])
_MARKS = re.compile(f"(?P<zh>{_ZH})|{_EN}")
"""The mark of any language, as people may type it: a reader of the other language knows it as well."""


def marked(text: str, language: str, heads: tuple[str, ...], exercise: bool) -> str:
    """The text with its mark, or without one. A mark that the template left out stands first, after whichever of
    `heads` the text begins with (the signature of an SMS, the name of a subject line)."""
    mark = EXERCISE_MARKS[language]
    if not exercise:
        return _MARKS.sub(lambda found: SPELT_OUT["zh-CN" if found["zh"] else "en"], text)
    if not text or mark in text.split("\n")[0]:
        return text
    head = next((head for head in heads if head and text.startswith(head)), "")
    gap = "" if language == "zh-CN" else " - "
    return f"{head}{mark}{gap}{text.removeprefix(head)}"
