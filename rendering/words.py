"""The words of each language: the shipped ones, with the operator's approved ones in front."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from string import Template
from types import MappingProxyType
from typing import Any

from incidents import strict_yaml
from incidents.errors import Invalid
from incidents.terms import LANGUAGES

LONGEST = 60_000
"""Characters of an operator's file of words."""


@lru_cache(maxsize=16)
def words(language: str, own: str = "") -> Mapping[str, Any]:
    """templates/words/<language>.yaml; what `own` (YAML, the operator's) says replaces the same entry.

    Invalid for a language that we do not speak, and for an `own` that is not such a table.
    """
    if language not in LANGUAGES:
        raise Invalid(
            "there are no words in {language}",
            language=language,
            field="language",
            next="use " + " or ".join(LANGUAGES),
        )
    path = f"words/{language}.yaml"
    shipped = strict_yaml.read(shipped_words(language))
    return MappingProxyType(_merged(shipped, _read(own, path), path) if own else shipped)


def shipped_words(language: str) -> str:
    """Our own file of words, as text."""
    return files("templates").joinpath(f"words/{language}.yaml").read_text("utf-8")


def _read(text: str, path: str) -> object:
    if len(text) > LONGEST:
        raise _invalid(path, f"it is longer than {LONGEST} characters")
    try:
        if strict_yaml.has_aliases(text):
            raise _invalid(path, "it has aliases (*name); write the words out")
        found: object = strict_yaml.read(text)
    except (strict_yaml.YAMLError, RecursionError, ValueError) as error:
        raise _invalid(path, str(error)) from error
    return found


def _merged(shipped: dict[str, Any], own: object, path: str) -> dict[str, Any]:
    if not isinstance(own, dict):
        raise _invalid(path, "it is not a table of words")
    return shipped | {key: _entry(shipped.get(key), value, f"{path}: {key}") for key, value in own.items()}


def _entry(shipped: object, value: object, where: str) -> object:
    """The shape of what it replaces: a wrong file is refused here and not at the first notice."""
    if isinstance(shipped, dict):
        return _merged(shipped, value, where)
    if shipped is None and not isinstance(value, str):
        raise _invalid(where, "nothing is called that; it would never be said")
    if shipped is not None and type(value) is not type(shipped):
        raise _invalid(where, f"it must be {type(shipped).__name__}")
    if isinstance(shipped, list) and isinstance(value, list) and len(value) != len(shipped):
        raise _invalid(where, f"it must have {len(shipped)} entries")
    strange = sorted(_names(value) - _names(shipped))
    if strange:
        raise _invalid(where, f"nothing fills in ${strange[0]}")
    return value


def _names(word: object) -> set[str]:
    """The $names in a word; a `$` before anything else is told as a name that nothing fills in."""
    if isinstance(word, list):
        return set().union(*map(_names, word))
    if not isinstance(word, str):
        return set()
    if not Template(word).is_valid():
        return {word[word.index("$") + 1 :][:20]}
    return set(Template(word).get_identifiers())


def plain(found: object) -> list[str]:
    """Every word of a table, in its order: what a reading of the words looks at."""
    if isinstance(found, Mapping):
        return [word for value in found.values() for word in plain(value)]
    if isinstance(found, list):
        return [word for value in found for word in plain(value)]
    return [found] if isinstance(found, str) else []


def _invalid(path: str, why: str) -> Invalid:
    return Invalid(
        "words {path}: {why}",
        path=path,
        why=why,
        field=path,
        next="compare it with the shipped file of the same name",
    )
