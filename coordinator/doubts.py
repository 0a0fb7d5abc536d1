"""Where a correction may contradict the record: words that the record still says, names that it does not have.

Reads only. It warns and refuses nothing: a name in free words may mean something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from coordinator import drafting
from coordinator.act import Act
from incidents.errors import Sentence
from incidents.incident import Incident
from incidents.terms import LANGUAGES, Kind
from notifications.notice import Notice
from notifications.phrases import Clock

STILL = "the record still says {words}, and this correction says it again: first tongbao update {ref}"
NOT_THERE = "what is right names {words}, which is not on the record: first tongbao update {ref}"
SHORTEST = 2
"""Characters; a shorter word is found anywhere."""
QUOTED = ("said", "right", "corrects", "reference", "link", "page", "at")
"""Slots that are not of the record, or only name it."""


def of(act: Act, notice: Notice) -> list[Sentence]:
    """What a person should look at before this correction goes out; [] for every other notice."""
    if notice.kind != Kind.CORRECTION_NOTICE or notice.released:
        return []
    incident = act.tx.incidents.by_id(notice.incident)
    return _still_said(act, notice, incident) or _not_there(act, notice, incident)


def _still_said(act: Act, notice: Notice, incident: Incident) -> list[Sentence]:
    """The first words that were wrong and that every text would print again from the record."""
    for language in LANGUAGES:
        wrong, right = notice.said.get(language, ""), notice.right.get(language, "")
        facts = drafting.facts_for(act, notice, incident, language, 0, act.now)
        values = [str(value) for name, value in facts.items() if name not in QUOTED]
        again = [wrong] * any(_in(wrong, value) for value in values)
        again += [name for name in _named(act, incident, language) if _in(name, wrong)]
        found = next((words for words in again if not _in(words, right)), "")
        if found:
            return [(STILL, {"words": found, "ref": incident.reference})]
    return []


def _not_there(act: Act, notice: Notice, incident: Incident) -> list[Sentence]:
    """The first area or service that is said to be right and that the record does not have."""
    areas = act.tx.directory.areas()
    parents = {code: area.parent for code, area in areas.items()}
    services = act.tx.directory.services()
    every = {code: area.names for code, area in areas.items()}
    every |= {code: service.names for code, service in services.items()}
    held = {*incident.services, *_with_parents(incident.areas, parents)}
    for language in LANGUAGES:
        # The name of the clock's zone is no place.
        words = drafting.renderer(act).words(language)
        zone = Clock(act.house.setting.zone, act.now, words).zone_name
        right = notice.right.get(language, "").replace(zone, "")
        known = {every[code].get(language, "") for code in held if code in every}
        strange = (names.get(language, "") for code, names in every.items() if code not in held)
        found = max((name for name in strange if name not in known and _in(name, right)), key=len, default="")
        if found and not any(_in(found, name) for name in known):
            return [(NOT_THERE, {"words": found, "ref": incident.reference})]
    return []


def _named(act: Act, incident: Incident, language: str) -> list[str]:
    """What the areas and services of the record are called."""
    areas, services = act.tx.directory.areas(), act.tx.directory.services()
    found = [areas[code].names for code in incident.areas if code in areas]
    found += [services[code].names for code in incident.services if code in services]
    return [names[language] for names in found if language in names]


def _with_parents(codes: Iterable[str], parents: Mapping[str, str | None]) -> set[str]:
    """These areas and everything above them; a loop in the tree ends at its first repeat."""
    found: set[str] = set()
    for code in codes:
        above: str | None = code
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return found


def _in(words: str, text: str) -> bool:
    """Whether the text has these words: whole words where letters are Latin, anywhere in Chinese."""
    if len(words) < SHORTEST:
        return False
    edge = r"\b" if words.isascii() else ""
    return re.search(f"{edge}{re.escape(words)}{edge}", text, re.IGNORECASE) is not None
