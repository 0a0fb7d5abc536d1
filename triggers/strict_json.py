"""JSON with one reading: whatever two programs could read differently is refused, and the path is named.

Pure. Refused: bad UTF-8, a byte order mark, duplicate keys, NaN and infinities, integers beyond 64 bits,
lone surrogates, NUL characters, more than 32 levels (docs/security.md, S15 and S25).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from incidents.errors import Invalid

DEEPEST = 32
LARGEST = 2**63 - 1
_LONGEST_NUMBER = 400
_LONGEST_KEY_SHOWN = 60
_BOM = b"\xef\xbb\xbf"
WHOLE = "body"
"""The path of a problem that concerns the document as a whole."""

_Trail = tuple[Any, "str | int"] | None
"""Where a value lies, innermost step last; turned into a path only when there is a problem."""


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written, duplicate keys included."""


class _Refused:
    """Stands where a number was that has no single reading."""

    def __init__(self, problem: str):
        self.problem = problem


def read(body: bytes) -> Any:
    """The document in `body`; Invalid names the path of the first thing that has no single reading."""
    try:
        document = json.loads(
            _text(body),
            object_pairs_hook=_Pairs,
            parse_constant=lambda name: _Refused(f"{name} is not a number in JSON"),
            parse_int=_integer,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        raise _refusal(WHOLE, f"not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _refusal(WHOLE, f"more than {DEEPEST} levels deep") from None
    return _settled(document, None, 1)


def path(steps: Iterable[str | int]) -> str:
    """The steps as a person writes them: ("alerts", 0, "startsAt") is alerts[0].startsAt."""
    written = ""
    for step in steps:
        if isinstance(step, int):
            written += f"[{step}]"
        elif step.isidentifier() and len(step) <= _LONGEST_KEY_SHOWN:
            written += f".{step}" if written else step
        else:
            written += f"[{json.dumps(step[:_LONGEST_KEY_SHOWN])}]"
    return written or WHOLE


def _text(body: bytes) -> str:
    if not body.strip():
        raise _refusal(WHOLE, "empty")
    if body.startswith(_BOM):
        raise _refusal(WHOLE, "starts with a byte order mark")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refusal(WHOLE, f"not UTF-8 at byte {error.start}") from None


def _integer(text: str) -> int | _Refused:
    number = int(text) if len(text) <= len(str(-LARGEST)) else LARGEST + 1
    return number if -LARGEST - 1 <= number <= LARGEST else _Refused("an integer beyond 64 bits")


def _float(text: str) -> float | _Refused:
    number = float(text) if len(text) <= _LONGEST_NUMBER else math.inf
    return number if math.isfinite(number) else _Refused("a number that is too large or too long")


def _settled(value: Any, trail: _Trail, depth: int) -> Any:
    """`value` with its objects as dicts; `depth` is what it would have if it were a container."""
    if isinstance(value, str):
        _check_text(value, trail)
    elif isinstance(value, list):
        if depth > DEEPEST:
            raise _refusal(_path(trail), f"more than {DEEPEST} levels deep")
        if isinstance(value, _Pairs):
            return _object(value, trail, depth)
        return [_settled(item, (trail, index), depth + 1) for index, item in enumerate(value)]
    elif isinstance(value, _Refused):
        raise _refusal(_path(trail), value.problem)
    return value


def _object(pairs: _Pairs, trail: _Trail, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        here = (trail, key)
        _check_text(key, here)
        if key in found:
            raise _refusal(_path(here), "this key comes twice")
        found[key] = _settled(value, here, depth + 1)
    return found


def _check_text(text: str, trail: _Trail) -> None:
    if "\0" in text:
        raise _refusal(_path(trail), "holds a NUL character")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise _refusal(_path(trail), "holds half a surrogate pair")


def _path(trail: _Trail) -> str:
    steps: list[str | int] = []
    while trail is not None:
        trail, step = trail
        steps.append(step)
    return path(reversed(steps))


def _refusal(where: str, problem: str) -> Invalid:
    return Invalid(
        "{where}: {problem}", where=where, problem=problem, field=where, next="correct the sender's body"
    )
