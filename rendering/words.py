"""The words of each language: the shipped ones, with the operator's own in front."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from incidents import strict_yaml
from incidents.errors import Invalid
from incidents.terms import LANGUAGES


@cache
def words(language: str, folder: Path | None = None) -> Mapping[str, Any]:
    """templates/words/<language>.yaml; what the operator's file says replaces the same entry.

    Invalid for a language that we do not speak, and for an operator's file that is not such a table.
    """
    if language not in LANGUAGES:
        raise Invalid(
            "there are no words in {language}",
            language=language,
            field="language",
            next="use " + " or ".join(LANGUAGES),
        )
    path = f"words/{language}.yaml"
    shipped = strict_yaml.read(files("templates").joinpath(path).read_text("utf-8"))
    own = folder / path if folder else None
    return MappingProxyType(_merged(shipped, _read(own), path) if own and own.exists() else shipped)


def _read(path: Path) -> object:
    try:
        found: object = strict_yaml.read(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, strict_yaml.YAMLError) as error:
        raise _invalid(str(path), str(error)) from error
    return found


def _merged(shipped: dict[str, Any], own: object, path: str) -> dict[str, Any]:
    if not isinstance(own, dict):
        raise _invalid(path, "it is not a table of words")
    return shipped | {key: _entry(shipped.get(key), value, f"{path}: {key}") for key, value in own.items()}


def _entry(shipped: object, value: object, where: str) -> object:
    """The shape of what it replaces: a wrong file is refused here and not at the first notice."""
    if isinstance(shipped, dict):
        return _merged(shipped, value, where)
    if shipped is not None and type(value) is not type(shipped):
        raise _invalid(where, f"it must be {type(shipped).__name__}")
    return value


def _invalid(path: str, why: str) -> Invalid:
    return Invalid(
        "words {path}: {why}",
        path=path,
        why=why,
        field=path,
        next="compare it with the shipped file of the same name",
    )
