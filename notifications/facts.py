"""The facts that a template may use: plain strings and numbers taken from the record, nothing else.

Pure. Unknown facts are empty strings; the honest phrase for an unknown stands in the template (R21).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from incidents.errors import Invalid
from incidents.incident import Bilingual, Incident
from incidents.placeholder import must_be_own
from incidents.terms import LANGUAGES, IncidentType, Status
from notifications.phrases import Clock, Names, Roll, Words, clean, either, forbidden, lasted, phrase, said

Facts = Mapping[str, str | int]
Slots = dict[str, str | int]

SLOTS: dict[str, str] = {
    "operator": "the operator's name in this language",
    "signature": "the SMS signature, without brackets",
    "reference": "the incident's reference",
    "number": "this entry's number on the page, from 1",
    "level": "response level, 1 to 3",
    "level_name": "the response level in words",
    "type": "the incident's type in words",
    "status": "the public status in words, such as Investigating",
    "headline": "what customers notice and where, in one short clause by type; never empty",
    "working": "what we are doing about it, in one short clause by type; never empty",
    "ending": "the word for how this type ends: restored, resolved, contained",
    "recovery": "the same as a noun: restoration, resolution, containment",
    "outage": "1 when the service itself fails (network fault, service interruption), else empty",
    "onset": "when it began, local time, or empty",
    "onset_dated": "the same, always with its date",
    "place": "the areas by name, or empty",
    "place_short": "the first area, and how many more, or empty",
    "services": "the services by name, or empty",
    "services_short": "the first service, and how many more, or both of two; or empty",
    "affected": "how many services are hit, with separators, or empty",
    "estimated": "1 when that figure is an estimate, else empty",
    "begins": "when planned work begins, local time with its date, or empty",
    "ends": "when planned work ends, local time with its date, or empty",
    "cause": "the confirmed cause in this language, or empty",
    "cause_status": "unknown, suspected or confirmed",
    "action": "the newest thing done, in this language, or empty",
    "news": "what has been done since the last entry, in this language, or empty",
    "has_news": "1 when something was done since the last entry, in whichever language it is written",
    "workaround": "what customers can do meanwhile, or empty",
    "effects": "what follows from it, or empty",
    "emergency": "1 when emergency calls are affected, else empty",
    "emergency_numbers": "the numbers to call, as configured",
    "expected": "when restoration is expected, local time, or empty; an instant already past is not expected",
    "estimate_passed": "1 when the last estimate has gone by without restoration, else empty",
    "change": "what a material update tells, such as restored, upgraded or estimate_later; else empty",
    "restored": "since when service is back, or empty",
    "restored_dated": "the same, always with its date",
    "back": "1 when service is back in whole, else empty",
    "partly": "1 when only a part is back, else empty",
    "resolved": "when the response was stood down, or empty",
    "duration": "from onset to restoration in words, or empty",
    "over": "1 when nothing more will come: stood down, or there was nothing; else empty",
    "corrects": "the number of the notice that is corrected or withdrawn, or empty",
    "said": "what that notice said wrongly, in this language, or empty",
    "right": "what is right instead, in this language, or empty",
    "credit_who": "who is compensated, in this language, or empty",
    "credit_what": "what they get, in this language, or empty",
    "credit_when": "when they get it, in this language, or empty",
    "credit_automatic": "yes when it comes without asking, no when it must be asked for, empty while undecided",
    "next_update": "the promised instant of the next notice, local time; empty in a final notice",
    "hotline": "the operator's service number, or empty",
    "link": "the short link, without a scheme",
    "page": "the page's full address in this language",
    "zone": "the name of the local time zone",
    "at": "when this text was written, local time with its date and year",
    "exercise": "1 in a drill, else empty",
    "sandbox": "1 when every channel is the sandbox, else empty",
}
"""Every name that a template may print, and what it holds."""


FAMILIES = (
    *(
        "levels",
        "types",
        "statuses",
        "headlines",
        "working",
        "endings",
        "recoveries",
        "planned",
        "case",
        "vague",
    ),
    *("lists", "times", "durations", "zones"),
)
"""The families of words that facts are put into; no other word of the files can get into a notice."""


BACK = (Status.RESTORED, Status.RESOLVED, Status.CLOSED)
"""Statuses in which the service is there again."""


ENDED = (Status.RESOLVED, Status.CLOSED, Status.FALSE_ALARM, Status.MERGED, Status.REJECTED)
"""Statuses after which customers wait for nothing more."""


PLANNED = {
    Status.SCHEDULED: "scheduled",
    Status.IN_PROGRESS: "in_progress",
    Status.OVERRUN: "in_progress",
    Status.COMPLETED: "completed",
    Status.CANCELLED: "cancelled",
}
"""What the public is told of planned work's status."""


@dataclass(frozen=True)
class Setting:
    """What facts need from outside the record: the operator's words and addresses."""

    operator: Mapping[str, str]
    signature: Mapping[str, str]
    zone: str
    hotline: str
    emergency_numbers: tuple[str, ...]
    public_url: str
    sandbox: bool
    exercise_url: str = "https://exercise.invalid"
    """Where the texts of exercises say that their pages are, never the public address (S28). Beside a real public page
    it is an address that nobody can have (RFC 2606)."""

    def root(self, exercise: bool) -> str:
        """The address above an incident's pages, without a slash at its end."""
        return (self.exercise_url if exercise else self.public_url).rstrip("/")


@dataclass(frozen=True)
class Correction:
    """What a correction or a withdrawal takes back: which entry (or from which to which), what it said, and what is
    right."""

    number: int
    said: Bilingual
    right: Bilingual
    last: int = 0
    of: str = ""
    """The incident that they are numbered by, where that is another one: a duplicate has a number 1 too."""

    @property
    def numbers(self) -> str:
        found = f"{self.number}-{self.last}" if self.last > self.number else str(self.number)
        return f"{found} ({self.of})" if self.of else found


@dataclass(frozen=True)
class Compensation:
    """What an apology promises. `automatic` is None while it is not decided whether one must ask."""

    who: Bilingual
    what: Bilingual
    when: Bilingual
    automatic: bool | None = None


@dataclass(frozen=True)
class Occasion:
    """What this one notice adds to the record: its number, its promise, what changed."""

    number: int
    at: datetime
    next_update_at: datetime | None
    short_number: int
    change: str = ""
    new_actions: int = 0
    """How many of the newest actions have not been told yet."""
    correction: Correction | None = None
    compensation: Compensation | None = None


def facts_of(
    incident: Incident,
    occasion: Occasion,
    language: str,
    setting: Setting,
    words: Words,
    names: Names,
) -> Facts:
    """Every slot of SLOTS, filled from the record in one language.

    `words` are the phrases of templates/words/<language>.yaml; `names` maps area and service codes to
    {language: name}. What is not known in this language is "", never the other language.
    """
    words = phrases_of(words)
    clock = Clock(setting.zone, occasion.at, words)
    scope = _scope(incident, language, words, names)
    return {
        **_setting(setting, language, words),
        **_addresses(incident, occasion, language, setting),
        **_kind_of_trouble(incident, words),
        **scope,
        "headline": headline(incident, language, words, names),
        **_told(incident, occasion, language, words),
        **_taken_back(occasion.correction, language),
        **_made_good(occasion.compensation, language),
        **_times(incident, occasion, clock, words),
    }


def phrases_of(words: Words) -> Words:
    """Those words that facts may use: whoever approves a notice's texts in advance approves these with them."""
    return {family: words[family] for family in FAMILIES}


def public_status(incident: Incident) -> str:
    """What the public is told of the status: investigating, identified, partial, monitoring or resolved."""
    if incident.planned:
        return PLANNED[incident.status]
    if incident.status in ENDED:
        return "resolved"
    if incident.status is Status.RESTORED:
        return "monitoring"
    if incident.status is Status.PARTIALLY_RESTORED:
        return "partial"
    return "identified" if incident.cause_status == "confirmed" else "investigating"


def headline(incident: Incident, language: str, words: Words, names: Names) -> str:
    """What customers notice and where, in one clause; fit for the public page's title.

    An unknown area or service is named by a neutral word of `words`, never guessed.
    """
    areas, services = _rolls(incident, language, words, names)
    own = _own_words(incident, words)
    pattern = own["headline"] if own else words["headlines"][incident.type]
    return phrase(
        pattern,
        place=areas.brief() or words["vague"]["place"],
        services=services.brief() or words["vague"]["services"],
    )


def _own_words(incident: Incident, words: Words) -> Words | None:
    """What is said instead of the incident's type: of planned work and of an ordinary complaint, which are none."""
    found: Words | None = words["planned"] if incident.planned else words["case"] if incident.case else None
    return found


def _rolls(incident: Incident, language: str, words: Words, names: Names) -> tuple[Roll, Roll]:
    return (
        Roll(incident.areas, names, language, words, "first_area"),
        Roll(incident.services, names, language, words, "first_service"),
    )


def page_path(language: str, reference: str) -> str:
    """The incident's page in one language, relative to the public address."""
    return f"{language.partition('-')[0]}/incidents/{reference}/"


def _flag(on: bool) -> str:
    return "1" if on else ""


def _setting(setting: Setting, language: str, words: Words) -> Slots:
    return {
        "operator": clean(setting.operator.get(language, "")),
        "signature": clean(setting.signature.get(language, "")),
        "hotline": clean(setting.hotline),
        "emergency_numbers": either([clean(number) for number in setting.emergency_numbers], words),
        "sandbox": _flag(setting.sandbox),
    }


def _addresses(incident: Incident, occasion: Occasion, language: str, setting: Setting) -> Slots:
    root = clean(setting.root(incident.exercise))
    return {
        "reference": clean(incident.reference),
        "number": occasion.number,
        "link": f"{root.partition('://')[2] or root}/s/{occasion.short_number}",
        "page": f"{root}/{page_path(language, incident.reference)}",
    }


def _kind_of_trouble(incident: Incident, words: Words) -> Slots:
    level, own = incident.level, _own_words(incident, words)
    return {
        "level": level,
        "level_name": words["levels"].get(str(level), str(level)),
        "type": own["type"] if own else words["types"][incident.type],
        "status": words["statuses"][public_status(incident)],
        "working": words["working"][incident.type],
        "ending": words["endings"][incident.type],
        "recovery": words["recoveries"][incident.type],
        "outage": _flag(incident.type in (IncidentType.NETWORK_FAULT, IncidentType.SERVICE_INTERRUPTION)),
        "emergency": _flag(bool(incident.emergency_calls)),
        "exercise": _flag(incident.exercise),
    }


def _scope(incident: Incident, language: str, words: Words, names: Names) -> Slots:
    areas, services = _rolls(incident, language, words, names)
    affected = incident.affected
    return {
        "place": areas.whole(),
        "place_short": areas.brief(),
        "services": services.whole(),
        "services_short": services.brief(),
        "affected": f"{affected.count:,}" if affected else "",
        "estimated": _flag(affected is not None and affected.confidence != "measured"),
    }


def _told(incident: Incident, occasion: Occasion, language: str, words: Words) -> Slots:
    newest = incident.actions[-1:]
    new = incident.actions[-occasion.new_actions :] if occasion.new_actions > 0 else ()
    return {
        "cause": said(incident.cause, language) if incident.cause_status == "confirmed" else "",
        "cause_status": incident.cause_status,
        "action": _sentences((said(action, language) for action in newest), words),
        "news": _sentences((said(action, language) for action in new), words),
        "has_news": _flag(bool(new)),
        "workaround": said(incident.workaround, language),
        "effects": said(incident.effects, language),
        "change": occasion.change,
    }


def _taken_back(correction: Correction | None, language: str) -> Slots:
    return {
        "corrects": correction.numbers if correction else "",
        "said": said(correction.said, language) if correction else "",
        "right": said(correction.right, language) if correction else "",
    }


def _made_good(credit: Compensation | None, language: str) -> Slots:
    automatic = {None: "", True: "yes", False: "no"}[credit.automatic if credit else None]
    return {
        "credit_who": said(credit.who, language) if credit else "",
        "credit_what": said(credit.what, language) if credit else "",
        "credit_when": said(credit.when, language) if credit else "",
        "credit_automatic": automatic,
    }


def _sentences(texts: Iterable[str], words: Words) -> str:
    separator: str = words["lists"]["sentences"]
    return separator.join(text for text in texts if text)


def _times(incident: Incident, occasion: Occasion, clock: Clock, words: Words) -> Slots:
    back = incident.status in BACK
    passed = incident.expected_at is not None and incident.expected_at <= occasion.at
    return {
        "onset": clock.brief(incident.onset_at),
        "onset_dated": clock.dated(incident.onset_at),
        "begins": clock.dated(incident.planned_start_at),
        "ends": clock.dated(incident.planned_end_at),
        "expected": "" if passed else clock.brief(incident.expected_at),
        "estimate_passed": _flag(passed and not back),
        "back": _flag(back),
        "restored": clock.brief(incident.restored_at),
        "restored_dated": clock.dated(incident.restored_at),
        "over": _flag(incident.status in ENDED or incident.planned),
        "partly": _flag(incident.status is Status.PARTIALLY_RESTORED),
        "resolved": clock.brief(incident.resolved_at),
        "duration": lasted(incident.onset_at, incident.restored_at, words),
        "next_update": clock.brief(occasion.next_update_at),
        "zone": clock.zone_name,
        "at": clock.full(occasion.at),
    }


LONGEST = 500
"""Characters that a person's text may have in one language."""

_HALVES = re.compile(r"(?:^|\s)//(?:\s|$)")
_CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def bilingual(text: str, field: str) -> Bilingual:
    """A person's words by language: "中文 // English" are two, a single text goes to the language it is in.

    Chinese is what has a Chinese character. Figures without a letter are the same in both languages. Raises
    Invalid naming `field` for control characters, a mere …, more than LONGEST characters in a language, and for two
    halves that are not one Chinese and one other.
    """
    _refuse_control_characters(text, field)
    must_be_own(text, field)
    halves = [half.strip() for half in _HALVES.split(text)]
    spoken = [half for half in halves if half]
    by_language = _by_language(spoken)
    if len(halves) > 2 or len(by_language) < len(spoken):
        raise Invalid(
            "{name}: '//' must stand once, between a Chinese and an English text",
            field=field,
            name=field,
            next="write it as: 中文 // English",
        )
    _refuse_long(by_language, field)
    return by_language


def _by_language(halves: list[str]) -> dict[str, str]:
    """Each half in its language; a figure takes what the other half leaves, alone both."""
    worded = [half for half in halves if not _is_figure(half)]
    found = {("zh-CN" if _CHINESE.search(half) else "en"): half for half in worded}
    if len(halves) == 2 and not worded:
        return dict(zip(LANGUAGES, halves, strict=True))
    figures = [half for half in halves if _is_figure(half)]
    return {**dict.fromkeys(LANGUAGES, figures[0]), **found} if figures else found


def _is_figure(text: str) -> bool:
    """A number, an instant, a share: it has a digit and no letter of any language."""
    return any(char.isdigit() for char in text) and not any(char.isalpha() for char in text)


def _refuse_control_characters(text: str, field: str) -> None:
    if any(forbidden(char) for char in text):
        raise Invalid(
            "{name} has control characters or line breaks",
            field=field,
            name=field,
            next="write it as one plain line",
        )


def _refuse_long(by_language: Bilingual, field: str) -> None:
    if any(len(half) > LONGEST for half in by_language.values()):
        raise Invalid(
            "{name} has more than {longest} characters",
            field=field,
            name=field,
            longest=LONGEST,
            next="shorten it; the record keeps the detail",
        )
