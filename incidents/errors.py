"""The few errors of the core; each message is for the operator and names what to do next.

The command line and HTTP translate them by one table each (exit codes and statuses).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Sentence = tuple[str, dict[str, object]]
"""An English template and its values, said by the surfaces in their reader's language; a value that is a mapping has
the same in several, a tuple is a list of words."""


@dataclass(frozen=True)
class Several:
    """Sentences that fill one slot of a message; the surfaces say each in their reader's language."""

    sentences: tuple[Sentence, ...]

    def __str__(self) -> str:
        return "; ".join(map(in_english, self.sentences))


def in_english(sentence: Sentence) -> str:
    """A sentence without a catalogue, as a log or a program reads it."""
    template, values = sentence
    return template.format(**_english(values))


def _english(values: Mapping[str, object]) -> dict[str, object]:
    return {name: _in_english(value) for name, value in values.items()}


def _in_english(value: object) -> object:
    if isinstance(value, Mapping):
        return value.get("en") or next(iter(value.values()), "")
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


class TongbaoError(Exception):
    """A refusal: nothing was changed.

    `template` is an English format string, `params` fill it, so that the command line can say the same in
    Chinese. `field` names the offending field, `next` the next step: a command, words of the catalogue, or a sentence
    where a command and words stand side by side.
    """

    code = "error"

    def __init__(
        self, template: str, *, field: str | None = None, next: str | Sentence | None = None, **params: object
    ):
        self.template = template
        self.params = params
        self.field = field
        self.follows = next
        super().__init__(self.message)

    @property
    def message(self) -> str:
        return in_english((self.template, {"field": self.field, **self.params}))

    @property
    def next(self) -> str | None:
        """The next step in English."""
        return in_english(self.follows) if isinstance(self.follows, tuple) else self.follows


class NotFound(TongbaoError):
    """No such thing. HTTP 404, exit 3."""

    code = "not_found"


class NotAllowed(TongbaoError):
    """This person may not do that. HTTP 403, exit 4."""

    code = "not_allowed"


class Conflict(TongbaoError):
    """The state of things forbids it now. HTTP 409, exit 5."""

    code = "conflict"


class Invalid(TongbaoError):
    """The input is wrong. HTTP 422, exit 6."""

    code = "invalid"


class Unavailable(TongbaoError):
    """Cannot be done just now; try again. HTTP 503, exit 7."""

    code = "unavailable"


NOT_BUILT = "{what} is not built yet; nothing was changed"


def not_built(what: str, next: str) -> Conflict:
    """The refusal of what a later version will do (exit 5 and a word why)."""
    return Conflict(NOT_BUILT, what=what, next=next)
