"""The words that a person gave one notice: what they may say, and whether they still fit the record.

Reads only. Facts come from the record (R20): a number that does not stand on it is refused, when it is written and
again when the notice is submitted, for the record may have moved in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coordinator import drafting
from coordinator.act import Act
from incidents.errors import Invalid
from incidents.incident import Incident
from incidents.terms import LANGUAGES, Script
from notifications.facts import Facts
from notifications.figures import figures, without
from notifications.notice import Notice
from notifications.template import Version, notice_path, pair_of

NAMES = ("number", "level", "link", "page", "reference", "emergency_numbers", "hotline", "corrects", "at")
"""Facts with digits that count nothing: they license themselves where they stand, and no other figure."""
MARK = "\u25a1"
NUMBER = 7_000_000_000_007
"""Stands for the notice's number in a trial text."""


def strange_figures(text: str, before: str, facts: Facts) -> list[str]:
    """Figures in a text as it would be read that stand neither in the words `before` nor on the record."""
    names = [
        str(facts[name]) for name in ("link", "reference", "emergency_numbers", "hotline") if name in facts
    ]
    counted = (str(value) for name, value in facts.items() if name not in NAMES)
    known = figures(without(before, names)).union(*map(figures, counted))
    return sorted(figures(without(text, names)) - known)


def marked(facts: Facts) -> Facts:
    """The facts for a trial text: what only names something has no digits in it."""
    names = {name: MARK for name in NAMES if isinstance(facts.get(name), str) and facts[name]}
    return {**facts, **names, "number": NUMBER}


def must_be_fit(act: Act, notice: Notice, incident: Incident) -> None:
    """Invalid for own words in one language only, and for a number that the record does not have (any more).

    Words that this notice does not say any more, as after a change of its channels or of its form, hold nothing up.
    """
    said = _said(notice, incident)
    words = {path: one for path, one in act.tx.templates.words_for(notice.id).items() if path in said}
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
            next=(
                "tongbao notice edit {id} {path}, or take them back with --reset",
                {"id": notice.id, "path": f"{channel} {other}"},
            ),
        )
    must_be_on_record(act, notice, incident, list(words.values()))


def must_be_on_record(act: Act, notice: Notice, incident: Incident, words: Sequence[Version]) -> None:
    """Invalid names the first number that is not on the record (R20)."""
    desk, facts = drafting.renderer(act), _facts(act, notice, incident)
    own = act.house.renderer.under(
        {
            **act.tx.templates.in_force(),
            **act.tx.templates.words_for(notice.id),
            **{one.path: one for one in words},
        }
    )
    for one in words:
        _, channel, language = notice_path(one.path) or ("", "", "")
        trial = marked(facts[language])
        text, before = (which.said(one.path, trial).replace(str(NUMBER), MARK) for which in (own, desk))
        strange = strange_figures(text, before, facts[language])
        if strange:
            raise Invalid(
                "{channel} in {language} says {number}, which is not on the record of {ref}",
                channel=channel,
                language=language,
                number=strange[0],
                ref=incident.reference,
                field="text",
                next=(
                    "name the fact, as {{{{ affected }}}}, or first: tongbao update {ref}",
                    {"ref": incident.reference},
                ),
            )


def _said(notice: Notice, incident: Incident) -> set[str]:
    """The paths of every text that this notice says now."""
    forms = drafting.forms_of(notice, incident).values()
    return {
        f"notices/{kind}/{channel}.{language}.txt"
        for kind in forms
        for channel in (*notice.channels, Script.HOTLINE)
        for language in LANGUAGES
    }


def _facts(act: Act, notice: Notice, incident: Incident) -> Mapping[str, Facts]:
    return {
        language: drafting.facts_for(act, notice, incident, language, 0, act.now) for language in LANGUAGES
    }
