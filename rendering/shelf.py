"""Templates from read to rendered: parsed, checked against the allow-list, compiled once, rendered capped.

What leaves is a string of bounded length, or Invalid naming the template; nothing else comes out of jinja2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType

from jinja2 import BaseLoader, StrictUndefined, Template, TemplateError, TemplateNotFound, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from incidents.errors import Invalid
from rendering import allow
from rendering.allow import Allowance

Value = str | int | Sequence["Value"]
"""What a context may hold; sequences (lists and tuples, for loops) only on pages."""

LONGEST_SOURCE = 20_000
"""Characters of a template's source."""


def sentence(text: str) -> str:
    """`text` with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]


def _environment(loader: BaseLoader) -> ImmutableSandboxedEnvironment:
    """Autoescape goes by file name: on for .html (S9). Only the filters of the allow-list exist."""
    environment = ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=lambda name: name is None or name.endswith(".html"),
        auto_reload=False,
        keep_trailing_newline=True,
    )
    environment.filters["sentence"] = sentence
    environment.filters = {name: environment.filters[name] for name in allow.FILTERS}
    environment.tests = {}
    environment.globals.clear()
    return environment


class Shelf:
    """The templates that a loader finds; each is read, checked and compiled once."""

    def __init__(self, loader: BaseLoader, allowance: Allowance):
        self._loader = loader
        self._environment = _environment(loader)
        self._allowance = allowance
        self._compiled: dict[str, Template] = {}

    def slots(self, path: str) -> frozenset[str]:
        """The names that the template uses."""
        return self._read(path).slots

    def source(self, path: str) -> str:
        """The template as it was written."""
        return self._source(path)

    def render(self, path: str, context: Mapping[str, Value], longest: int) -> str:
        """The text, at most `longest` characters. Invalid if it is longer or lacks a slot."""
        for name, value in context.items():
            _refuse_objects(path, name, value)
        return self._capped(path, self._template(path), context, longest)

    def _capped(self, path: str, template: Template, context: Mapping[str, Value], longest: int) -> str:
        pieces, length = [], 0
        try:
            for piece in template.generate(context):
                length += len(piece)
                if length > longest:
                    raise _invalid(path, f"the text is longer than {longest} characters")
                pieces.append(piece)
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise _invalid(path, str(error)) from error
        return "".join(pieces)

    def _template(self, path: str) -> Template:
        if path not in self._compiled:
            self._compiled[path] = self._compile(path)
        return self._compiled[path]

    def _compile(self, path: str) -> Template:
        code = _code(path, self._source(path), self._allowance)
        return Template.from_code(self._environment, code, {})

    def _read(self, path: str) -> Read:
        return _read(path, self._source(path), self._allowance)

    def _source(self, path: str) -> str:
        try:
            return self._loader.get_source(self._environment, path)[0]
        except TemplateNotFound as error:
            raise _invalid(path, "there is no such template") from error
        except (OSError, UnicodeDecodeError) as error:
            raise _invalid(path, f"it cannot be read: {error}") from error


@dataclass(frozen=True)
class Read:
    """A template that was read and may be used."""

    tree: nodes.Template
    slots: frozenset[str]


@lru_cache(maxsize=512)
def _read(path: str, source: str, allowance: Allowance) -> Read:
    """Read once for all shelves: what a text may say hangs on nothing else."""
    if len(source) > LONGEST_SOURCE:
        raise _invalid(path, f"its source is longer than {LONGEST_SOURCE} characters")
    try:
        tree = _PLAIN.parse(source, path, path)
    except (TemplateError, RecursionError, ValueError, ArithmeticError, AssertionError) as error:
        raise _invalid(path, f"it cannot be read: {error}", getattr(error, "lineno", 1)) from error
    allow.check(tree, allowance, path)
    return Read(tree, allow.used(tree))


@lru_cache(maxsize=512)
def _code(path: str, source: str, allowance: Allowance) -> CodeType:
    tree = _read(path, source, allowance).tree
    try:
        return _PLAIN.compile(tree, path, path)
    except (TemplateError, SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise _invalid(path, f"it cannot be compiled: {error}") from error


_PLAIN = _environment(BaseLoader())
"""What reads and compiles for every shelf; each renders in its own, with its own loader."""


def _refuse_objects(path: str, name: str, value: object) -> None:
    """Exact types only: a subclass of str could carry methods, or claim to be escaped already."""
    if type(value) in (list, tuple):
        for item in value:  # type: ignore[attr-defined]
            _refuse_objects(path, name, item)
    elif type(value) not in (str, int):
        raise _invalid(path, f"the slot {name!r} is neither plain text nor a whole number")


def _invalid(path: str, why: str, line: int = 1) -> Invalid:
    return Invalid(
        "template {path}, line {line}: {why}",
        path=path,
        line=line,
        why=why,
        field=path,
        next="correct the template, or remove it to use the shipped one",
    )
