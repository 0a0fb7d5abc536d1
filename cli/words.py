"""The command line's own words in two languages: English templates, and what they are in Chinese.

A template without a Chinese entry is shown in English; a test holds that none is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from incidents.errors import Several, TongbaoError

LANGUAGES = ("zh-CN", "en")


def from_locale(environ: Mapping[str, str]) -> str:
    """The language of the locale: Chinese for zh, else English."""
    name = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh-CN" if name.lower().startswith("zh") else "en"


def words(language: str) -> Callable[..., str]:
    """`t(template, **values)` for this language; values that are templates themselves are put into it too."""
    catalogue: Mapping[str, str] = {}
    if language == "zh-CN":
        from cli.chinese import CHINESE

        catalogue = CHINESE

    def t(template: str, **values: object) -> str:
        wording = catalogue.get(template, template)
        if not values:
            return wording
        said = {name: Value(in_own_words(value)) for name, value in values.items()}
        return wording.format(**said)

    def in_own_words(value: object) -> object:
        if isinstance(value, Mapping):
            return value.get(language) or next(iter(value.values()), "")
        if isinstance(value, Several):
            return t("; ").join(t(template, **values) for template, values in value.sentences)
        return catalogue.get(str(value), value)

    return t


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
    message = t(error.template, **error.params) if error.params else error.message
    if not error.params and language != "en":
        message = t(error.template).format()
    return message, error.next if error.next is None else t(error.next)
