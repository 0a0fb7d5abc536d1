"""The command line's own words in two languages: English templates, and what they are in Chinese.

A template without a Chinese entry is shown in English; a test holds that none is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from incidents.errors import Sentence, Several, TongbaoError

LANGUAGES = ("zh-CN", "en")
SPOKEN = frozenset(
    (
        *("act", "action", "asked", "cause", "channel", "confidence", "do", "duty", "facts", "fields"),
        *(
            "kind",
            "phase",
            "problem",
            "role",
            "roles",
            "standing",
            "state",
            "status",
            "track",
            "type",
            "value",
        ),
        *("wanted", "what", "when", "why"),
    )
)
"""Slots that hold words of the catalogue: codes, and templates without slots of their own. What fills any other slot is
shown as it is: what people typed, names, columns and commands are quoted, never translated."""
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+")


def from_locale(environ: Mapping[str, str]) -> str:
    """The language of the locale: Chinese for zh, else English."""
    name = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh-CN" if name.lower().startswith("zh") else "en"


def words(language: str) -> Callable[..., str]:
    """`t(template, **values)` for this language; what fills a slot of SPOKEN is put into it too.

    A code without a word of its own is read as words: first_notice is "first notice".
    """
    catalogue: Mapping[str, str] = {}
    if language == "zh-CN":
        from cli.chinese import CHINESE

        catalogue = CHINESE

    def t(template: str, **values: object) -> str:
        wording = catalogue.get(template) or _readable(template)
        if not values:
            return wording
        said = {name: Value(in_own_words(name, value)) for name, value in values.items()}
        return wording.format(**said)

    def in_own_words(name: str, value: object) -> object:
        if isinstance(value, Mapping):
            return value.get(language) or next(iter(value.values()), "")
        if isinstance(value, Several):
            return t("; ").join(t(template, **values) for template, values in value.sentences)
        if isinstance(value, tuple):
            return t(", ").join(str(in_own_words(name, one)) for one in value)
        if name == "status" and f"incident {value}" in catalogue:
            return catalogue[f"incident {value}"]
        return t(str(value)) if name in SPOKEN and isinstance(value, str) else value

    return t


def _readable(text: str) -> str:
    return text.replace("_", " ") if _CODE.fullmatch(text) else text


@dataclass(frozen=True)
class Value:
    """What fills a slot; `{n:row|rows}` is the word that goes with the number, as English needs."""

    value: object

    def __format__(self, spec: str) -> str:
        one, mark, many = spec.partition("|")
        if not mark:
            return format(self.value, spec)
        return one if str(self.value) == "1" else many


def of_error(error: TongbaoError, language: str) -> tuple[str, str | None]:
    """(message, next) of a refusal in this language."""
    t = words(language)
    return t(error.template, field=error.field, **error.params), of_step(error.follows, t)


def of_step(step: str | Sentence | None, t: Callable[..., str]) -> str | None:
    """A next step in the language of `t`."""
    if isinstance(step, tuple):
        return t(step[0], **step[1])
    return step if step is None else t(step)
