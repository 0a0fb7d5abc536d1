"""What a report says in one language: its words, its times, and other people's words made harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from string import Template
from zoneinfo import ZoneInfo

from incidents.incident import Bilingual
from notifications.phrases import lasted
from rendering.words import words as words_of

_ANY = datetime(2000, 1, 1, tzinfo=UTC)
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~&])|^([-+=])")
_NUMBERED = re.compile(r"^([0-9]+)(?=[.)])")


def inert(text: object) -> str:
    """Somebody's words as Markdown that is only words: one line, every mark escaped."""
    line = " ".join(str(text).split())
    return _NUMBERED.sub(r"\1\\", _SPECIAL.sub(r"\\\g<0>", line))


class Words:
    """The report's words in one language; an unknown code stands as itself."""

    def __init__(self, language: str, zone: str):
        self.language = language
        self._words = words_of(language)
        self.zone = ZoneInfo(zone)

    def word(self, family: str, code: object) -> str:
        return str(self._words[family].get(str(code), str(code)))

    def say(self, key: str, **values: object) -> str:
        return self.fill("report", key, **values)

    def fill(self, family: str, key: str, **values: object) -> str:
        """A word with its blanks filled in."""
        return Template(self.word(family, key)).substitute({name: str(v) for name, v in values.items()})

    def aside(self, text: str) -> str:
        """Something in brackets, as this language writes them."""
        return self.say("aside", text=text)

    def at(self, instant: datetime | None) -> str:
        """Local time to the second with its offset; the word for "none" where there is none."""
        if instant is None:
            return self.say("none")
        return instant.astimezone(self.zone).isoformat(sep=" ", timespec="seconds")

    def span(self, length: timedelta | None) -> str:
        """A length to the minute, as people say it; the word for "not established" where there is none."""
        if length is None:
            return self.say("not_established")
        return lasted(_ANY, _ANY + length, self._words)

    def several(self, texts: Iterable[Bilingual]) -> str:
        """A person's sentences in one line; "" when there are none."""
        return self.say("semicolon").join(self.own(text).rstrip("。.") for text in texts)

    def own(self, text: Bilingual, otherwise: str = "unknown") -> str:
        """A person's words in this language, else in the other one, which is marked by its own script."""
        return inert(text.get(self.language) or next(iter(text.values()), "")) or self.say(otherwise)
