"""The mark of an exercise: on each of its texts, whatever the template says, and on no other text (R06). Pure."""

from __future__ import annotations

from incidents.terms import EXERCISE_MARKS

SPELT_OUT = {"zh-CN": "演练", "en": "exercise"}
"""The same word in a real notice, where somebody's own words happen to have the mark."""


def marked(text: str, language: str, heads: tuple[str, ...], exercise: bool) -> str:
    """The text with its mark, or without one. A mark that the template left out stands first, after whichever of
    `heads` the text begins with (the signature of an SMS, the name of a subject line)."""
    mark = EXERCISE_MARKS[language]
    if not exercise:
        return text.replace(mark, SPELT_OUT[language])
    if not text or mark in text.split("\n")[0]:
        return text
    head = next((head for head in heads if head and text.startswith(head)), "")
    gap = "" if language == "zh-CN" else " - "
    return f"{head}{mark}{gap}{text.removeprefix(head)}"
