"""The proof-reading of notice templates: is every pair there, safe, and does it name every required fact?

Pure but for the renderer it is given. Sources of the required facts: R21, R22, R28.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from incidents.errors import Invalid
from incidents.terms import LANGUAGES, NOTICES, Channel, Kind
from notifications.facts import SLOTS, Facts
from notifications.message import Text

COMBINED = "combined"
"""Occurred and already over, for those who were never told before the end."""
KINDS = (*(kind.value for kind in NOTICES), COMBINED)
FINAL = (Kind.RESOLUTION_NOTICE, COMBINED)
"""Kinds after which no further notice is promised."""

Render = Callable[[str, str, str, Facts], Text]

_WHERE = ({"onset", "onset_dated"}, {"headline", "place", "place_short"})
_ALL_SEVEN = (
    {"onset", "onset_dated"},
    {"place"},
    {"type"},
    {"services"},
    {"affected"},
    {"action"},
    {"effects"},
    {"cause"},
)
_PROMISE = ({"next_update"},)
_ESTIMATE = ({"expected"},)
_END = ({"restored", "restored_dated"},)
_NUMBERS = frozenset({"number", "level"})
_UNWANTED = ("退订", "拒收", "回T", "回复T", "回复R", "unsubscribe", "opt out", "STOP")
"""Service notices carry no way to refuse them; with one they would count as commercial messages."""


def required(kind: str, channel: str) -> tuple[set[str], ...]:
    """The facts a template must name; of each set, one is enough."""
    if channel == Channel.SMS:
        return (*_WHERE, {"link"}, *(_END if kind in FINAL else _PROMISE))
    return (*_ALL_SEVEN, *(_END if kind in FINAL else (*_ESTIMATE, *_PROMISE)))


def problems(
    render: Render, slots: Callable[[str], frozenset[str]], words: Callable[[str], Mapping[str, Any]]
) -> list[str]:
    """One sentence per problem."""
    found: list[str] = []
    for kind, channel, language in product(KINDS, Channel, LANGUAGES):
        found += _template_problems(render, slots, kind, channel, language)
    return found + [problem for language in LANGUAGES for problem in _word_problems(words, language)]


def _template_problems(
    render: Render, slots: Callable[[str], frozenset[str]], kind: str, channel: str, language: str
) -> Iterator[str]:
    path = f"notices/{kind}/{channel}.{language}.txt"
    try:
        used = slots(path)
        full, bare = (render(kind, channel, language, facts) for facts in (specimen(), unknown()))
    except Invalid as refusal:
        yield refusal.message
        return
    for names in required(kind, channel):
        if not names & used:
            yield f"template {path}: it names none of {', '.join(sorted(names))}"
    for text in (full, bare):
        yield from _wording_problems(path, channel, language, text)


def _wording_problems(path: str, channel: str, language: str, text: Text) -> Iterator[str]:
    if any(word in text.body for word in _UNWANTED):
        yield f"template {path}: a service notice offers no way to refuse it"
    if channel == Channel.SMS and language == "zh-CN" and not text.body.startswith("【signature】"):
        yield f"template {path}: a Chinese SMS begins with the signature in 【】"


def _word_problems(words: Callable[[str], Mapping[str, Any]], language: str) -> Iterator[str]:
    try:
        words(language)
    except Invalid as refusal:
        yield refusal.message


def specimen() -> Facts:
    """Every slot filled with its own name, for a trial rendering."""
    plain: dict[str, str | int] = {name: 1 if name in _NUMBERS else name for name in SLOTS}
    return plain | {"link": "example.org/s/1", "page": "https://example.org/en/incidents/X/"}


def unknown() -> Facts:
    """Nothing known but what is always known: who we are, where to look, when we write again."""
    always = {"operator", "signature", "headline", "working", "ending", "recovery", "type", "status"}
    known = always | {"next_update", "link", "page", "zone", "at", "reference"} | _NUMBERS
    return {name: value if name in known else "" for name, value in specimen().items()}
