"""Why an incident has its level: every sentence that the product writes, and how one is read back.

Pure. The record keeps the English sentence; `told` says it in a reader's words, which are in templates/words under
`level_reasons`. What a person typed is no such sentence, and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from string import Template

from incidents.classification import OTHERWISE, SENTENCES, UNKNOWN
from incidents.levels import WORDS

SHAPES: Mapping[str, str] = {
    **SENTENCES,
    **{f"{fact}_unknown": text for fact, text in UNKNOWN.items()},
    "otherwise": OTHERWISE,
    "rule_says": "rule {rule} says level {level}",
    "label": "label {label}={level}",
    "label_no_level": "label {label}={given} is no level",
    "severity": "severity {severity} (rule {rule})",
    "severity_ignored": "severity {severity} (rule {rule}) means no incident",
    "unlisted_ignored": "severity {severity} is not listed (rule {rule}), which means no incident",
    "unlisted_by_impact": "severity {severity} is not listed (rule {rule}): graded by its impact",
    "unlisted_level": "severity {severity} is not listed (rule {rule}), taken as level {level}",
    "no_severity_ignored": "no severity (rule {rule}), which means no incident",
    "no_severity_by_impact": "no severity (rule {rule}): graded by its impact",
    "no_severity_level": "no severity (rule {rule}), taken as level {level}",
    "no_rule": "no rule fits its labels",
    "left_out": "the sender left out {n} more alarms",
    "unknown_area": "unknown area {code}",
    "unknown_service": "unknown service {code}",
    "which_area": "which area is hit is not known",
    "which_service": "which service is hit is not known",
    "no_playbook": "there is no playbook for {kind}: taken as {taken_as}",
}
"""Code -> its sentence on the record; the slots of a classification's are those of `Reason.why`."""
AND = "; "
"""Between the sentences of one reason, as of a worse alarm that raised the level."""
_WIDEST = 64
"""In so many pieces at most the names in one sentence may cut it, which are short."""
_WORD = "|".join(word for words in WORDS.values() for word in words if isinstance(word, str))
_SLOTS = {
    "value": rf"[0-9,]+|{_WORD}",
    "threshold": r"[0-9,]+",
    "level": r"[0-9]",
    "n": r"[0-9]+",
    "confidence": r"[a-z]+",
    "kind": r"[a-z_]+",
    "taken_as": r"[a-z_]+",
}
"""What a slot may hold; others hold names that people gave, which may be anything."""
_SPOKEN = ("value", "confidence", "kind", "taken_as")
"""The slots that hold words of ours; figures among them stand as they are."""
Known = tuple[str, Mapping[str, str]]
Word = Callable[[str, str], str]
"""The reader's word of a family for a code; an unknown code stands as itself."""


def sentence(shape: str, **values: object) -> str:
    """The sentence for the record."""
    return SHAPES[shape].format(**values)


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Known, ...] | None:
    """The sentences of ours that a reason of the record is made of; None when anything in it is not ours."""
    ends = [*(cut.start() for cut in re.finditer(AND, text)), len(text)]
    starts = [0, *(end + len(AND) for end in ends[:-1])]
    # From the end, so that a reason of any length is read: an alarm may name hundreds of areas.
    found: list[tuple[Known, int] | None] = [None] * len(ends)
    for first in reversed(range(len(ends))):
        for last in range(first, min(first + _WIDEST, len(ends))):
            followed = last + 1 == len(ends) or found[last + 1] is not None
            one = _sentence(text[starts[first] : ends[last]]) if followed else None
            if one is not None:
                found[first] = (one, last + 1)
                break
    return _from_the_first(found)


def _from_the_first(found: list[tuple[Known, int] | None]) -> tuple[Known, ...] | None:
    said: list[Known] = []
    at = 0
    while at < len(found):
        here = found[at]
        if here is None:
            return None
        said.append(here[0])
        at = here[1]
    return tuple(said)


def _sentence(text: str) -> Known | None:
    found = ((shape, form.fullmatch(text)) for shape, form in _forms())
    return next(((shape, one.groupdict()) for shape, one in found if one is not None), None)


def told(text: str, word: Word, between: str = AND) -> str:
    """A reason of the record in the reader's words; somebody's own words as they are."""
    found = read(text)
    return text if found is None else between.join(_in_words(one, word) for one in found)


def _in_words(found: Known, word: Word) -> str:
    shape, values = found
    shown = {name: word("level_words", one) if name in _SPOKEN else one for name, one in values.items()}
    return Template(word("level_reasons", shape)).safe_substitute(shown)


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((shape, re.compile(_form(text), re.DOTALL)) for shape, text in SHAPES.items())


def _form(text: str) -> str:
    parts = re.split(r"\{(\w+)\}", text)
    return "".join(
        f"(?P<{part}>{_SLOTS.get(part, '.+?')})" if n % 2 else re.escape(part) for n, part in enumerate(parts)
    )
