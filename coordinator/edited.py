"""The words that a person gave one notice: what they may say, and whether they still fit the record.

Reads only. Facts come from the record (R20): a number that does not stand on it is refused, when it is written and
again when the notice is submitted, for the record may have moved in between.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from coordinator import drafting
from coordinator.act import Act
from incidents.errors import Invalid
from incidents.incident import Incident
from incidents.terms import LANGUAGES
from notifications.facts import Facts
from notifications.notice import Notice
from notifications.template import Version, notice_path, pair_of

_CHOICES = re.compile(r"\{%[^%]{0,500}%\}")
"""What chooses words and prints none."""
_NUMBERS = re.compile(r"\d(?:[\d,.:/-]*\d)?")


def numbers(text: str) -> set[str]:
    """The numbers of a text as they are read: 46,000 and 46000 are one."""
    plain = unicodedata.normalize("NFKC", text)
    return {found.replace(",", "") for found in _NUMBERS.findall(plain)}


def strange_numbers(text: str, before: str, facts: Facts) -> list[str]:
    """Numbers in the text, also constants in a slot, that stand neither in the words `before` nor on the record."""
    known = numbers(before).union(*(numbers(str(value)) for value in facts.values()))
    return sorted(numbers(_CHOICES.sub(" ", text)) - known)


def must_be_fit(act: Act, notice: Notice, incident: Incident) -> None:
    """Invalid for own words in one language only, and for a number that the record does not have (any more)."""
    words = act.tx.templates.words_for(notice.id)
    alone = next((one for one in words.values() if pair_of(one.path) not in words), None)
    if alone is not None:
        _, channel, language = notice_path(alone.path) or ("", "", "")
        other = next(one for one in LANGUAGES if one != language)
        raise Invalid(
            "notice {id} has its own words for {channel} in {language} only",
            id=notice.id,
            channel=channel,
            language=language,
            field="language",
            next=f"tongbao notice edit {notice.id} {channel} {other}, or take them back with --reset",
        )
    must_be_on_record(act, notice, incident, words.values())


def must_be_on_record(act: Act, notice: Notice, incident: Incident, words: Iterable[Version]) -> None:
    """Invalid names the first number that is not on the record (R20)."""
    desk, facts = drafting.renderer(act), _facts(act, notice, incident)
    for one in words:
        _, channel, language = notice_path(one.path) or ("", "", "")
        strange = strange_numbers(one.text, desk.source(one.path), facts[language])
        if strange:
            raise Invalid(
                "{channel} in {language} says {number}, which is not on the record of {ref}",
                channel=channel,
                language=language,
                number=strange[0],
                ref=incident.reference,
                field="text",
                next=f"name the fact, as {{{{ affected }}}}, or first: tongbao update {incident.reference}",
            )


def _facts(act: Act, notice: Notice, incident: Incident) -> Mapping[str, Facts]:
    return {
        language: drafting.facts_for(act, notice, incident, language, 0, act.now) for language in LANGUAGES
    }
