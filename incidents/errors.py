"""The few errors of the core; each message is for the operator and names what to do next.

The command line and HTTP translate them by one table each (exit codes and statuses).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Sentence = tuple[str, dict[str, object]]
"""An English template and its values, said by the surfaces in their reader's language; a value that is a mapping has
the same in several."""


@dataclass(frozen=True)
class Several:
    """Sentences that fill one slot of a message; the surfaces say each in their reader's language."""

    sentences: tuple[Sentence, ...]

    def __str__(self) -> str:
        return "; ".join(template.format(**_english(values)) for template, values in self.sentences)


def _english(values: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value.get("en") or next(iter(value.values()), "") if isinstance(value, Mapping) else value
        for name, value in values.items()
    }


class TongbaoError(Exception):
    """A refusal: nothing was changed.

    `template` is an English format string, `params` fill it, so that the command line can say the same in
    Chinese. `field` names the offending field, `next` the next step.
    """

    code = "error"

    def __init__(self, template: str, *, field: str | None = None, next: str | None = None, **params: object):
        self.template = template
        self.params = params
        self.field = field
        self.next = next
        super().__init__(self.message)

    @property
    def message(self) -> str:
        return self.template.format(**{"field": self.field, **self.params})


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
