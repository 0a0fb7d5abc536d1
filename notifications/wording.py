"""What a template should not say, and what costs more than it looks: remarks with file and line.

Pure; works on a template as it was written. Every pattern takes linear time (S26). Errors keep a text from
being submitted; warnings are for the writer to weigh. Sources: docs/comms.md, "What not to say".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from incidents.terms import Channel, Script
from notifications.parts import BASIC, EXTENSION


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Remark(StrEnum):
    """Sentences for the writer; the command line has them in Chinese too."""

    REFUSED = "{why}"
    UNKNOWN_FILE = "this is no template's name; it is not used"
    NAMES_NONE = "it names none of {facts}"
    SILENT = "with nothing known it says none of {facts}; take them out of the {{% if %}}"
    PAIR = "the other language does not name {facts}; both must say the same"
    ALONE = "only this language is yours; {other} is not in your folder"
    SIGNATURE = "a Chinese SMS begins with the signature: 【{{{{ signature }}}}】"
    BAD_SIGNATURE = "the signature {signature} is not 2 to 16 letters, digits or Chinese characters"
    REFUSAL = "a service notice offers no way to refuse it: {word}"
    PROMOTION = "a service notice promotes nothing: {word}"
    LINK = "an SMS has one link, {{{{ link }}}}; take {word} out"
    LINK_IN_WORDS = "words have no links, they end up in an SMS; take {word} out"
    OTHER_LINK = "besides the notice page it links to {word}; customers learn to trust such links"
    LONG = "with the longest names it has {n} characters; an SMS may have {most}"
    PARTS = "it takes {parts} parts, with the longest names {worst}; each is paid for and takes its time"
    FORCES = "{char} ({name}) makes an English SMS as dear as a Chinese one; write {better}"
    FORCES_NO_IDEA = "{char} ({name}) makes an English SMS as dear as a Chinese one; leave it out"
    VAGUE_TIME = "{word} is no time; name {{{{ next_update }}}} or {{{{ expected }}}} in the same line"
    NO_NUMBER = "{word}: say how many where it is known, {{{{ affected }}}}"
    EMPTY_SORRY = "{word} is no apology; say sorry in one sentence, without conditions"
    HOLLOW = "with nothing known it reads “{text}”; put {{% if %}} around it or an honest word beside it"
    DEVICE = "{word} is a name from inside that customers do not know"


ERRORS = frozenset(
    {
        *(Remark.REFUSED, Remark.UNKNOWN_FILE, Remark.NAMES_NONE, Remark.SIGNATURE, Remark.REFUSAL),
        *(Remark.PROMOTION, Remark.LINK, Remark.LINK_IN_WORDS, Remark.LONG, Remark.SILENT),
    }
)


@dataclass(frozen=True)
class Finding:
    """One remark about one line of one file."""

    path: str
    line: int
    remark: Remark
    values: dict[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return Severity.ERROR if self.remark in ERRORS else Severity.WARNING

    @property
    def sentence(self) -> str:
        return self.remark.value.format(**self.values)

    def __str__(self) -> str:
        return f"template {self.path}, line {self.line}: {self.sentence}"


HOLLOWS = re.compile(
    r".{0,20}(?:[:：]\s?(?=[.。,，;；])|[(（][)）]|“”|,,|，，|。。|、、|;;|；；|\. \.).{0,10}"
)
"""What is left of a sentence when the fact in it is empty."""

LONGEST_SMS = 500
"""Characters of a mainland SMS, signature included."""
SIGNATURE = re.compile(r"[A-Za-z0-9\u4e00-\u9fff]{2,16}")
"""What mainland platforms take between 【 and 】; not digits alone. English names may have blanks."""

REFUSALS = re.compile(r"退订|拒收|回复?[TR](?![a-z])|unsubscribe|opt[ -]?out|\bSTOP\b", re.ASCII)
PROMOTIONS = re.compile(
    r"优惠|促销|特惠|打折|折扣|抽奖|限时|秒杀|立即办理|立即订购|新套餐|推荐您|免费领|"
    r"\b(?:discount|promo\w{0,20}|special offer|limited time|upgrade your plan|buy now|win a)\b",
    re.IGNORECASE,
)
LINKS = re.compile(r"(?:https?://|www\.)[^\s{}，。；）)]{1,200}", re.IGNORECASE)
VAGUE_TIMES = re.compile(
    r"尽快|马上|稍后|很快|近期|(?<!as )\bsoon\b(?! as)|as soon as possible|shortly", re.IGNORECASE
)
TIMES = re.compile(r"\b(?:next_update|expected|restored|restored_dated|credit_when)\b")
FEW = re.compile(
    r"少数用户|个别用户|部分用户|少量用户|\b(?:some|a few|a small number of) (?:customers|users)\b",
    re.IGNORECASE,
)
CONDITIONAL = re.compile(
    r"如(?:果)?给您(?:带来|造成)不便|any inconvenience|if you were affected", re.IGNORECASE
)
UNDERSTAND = re.compile(
    r"敬请谅解|请您谅解|请谅解|thank you for your (?:patience|understanding)", re.IGNORECASE
)
SORRY = re.compile(r"抱歉|道歉|致歉|对不起|\bsorry\b|apologi[sz]e", re.IGNORECASE)
DEVICES = re.compile(
    r"\b(?:OLT|ONU|BRAS|BNG|HLR|HSS|MME|UPF|AMF|SMF|BBU|RRU|AAU|DSLAM|MSC|SGW|PGW|OTN|PTN|DWDM|BGP|DNS|IDC)\b|"
    r"\b[A-Z]{2,10}-[A-Z0-9]{1,10}(?:-[A-Z0-9]{1,10}){0,4}\b"
)

BETTER = {
    **dict.fromkeys("\u2018\u2019\u201b`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    "\u2026": "...",
    "\u00a0": "a plain blank",
    "\u202f": "a plain blank",
    "\u3000": "a plain blank",
    "\u2022": "-",
    "\u00b7": "-",
    "\u00d7": "x",
    "\uff0c": ",",
    "\u3002": ".",
    "\uff1a": ":",
    "\uff08": "(",
    "\uff09": ")",
    "\u3010": "[",
    "\u3011": "]",
    "\u2192": "to",
    "\u00e7": "c",
    "\t": "a plain blank",
}
"""What to write instead of a character outside the GSM alphabet."""


def remarks(path: str, source: str, channel: str, language: str) -> Iterator[Finding]:
    """What is to be said about the words of one template."""
    for number, line in enumerate(source.split("\n"), 1):
        for remark, word in _of_line(line, channel, language):
            yield Finding(path, number, remark, {"word": word})
    yield from _of_text(path, source, channel, language)


def remarks_on_words(path: str, source: str) -> Iterator[Finding]:
    """What is to be said about a file of words: it ends up in every text, so it may say no more than they may."""
    for number, line in enumerate(source.split("\n"), 1):
        if line.lstrip().startswith("#"):
            continue
        for pattern, remark in (
            (REFUSALS, Remark.REFUSAL),
            (PROMOTIONS, Remark.PROMOTION),
            (LINKS, Remark.LINK_IN_WORDS),
        ):
            for found in pattern.finditer(line):
                yield Finding(path, number, remark, {"word": found.group()})


def _of_line(line: str, channel: str, language: str) -> Iterator[tuple[Remark, str]]:
    yield from ((Remark.REFUSAL, found.group()) for found in REFUSALS.finditer(line))
    if channel == Script.HOTLINE:
        # A script quotes what agents must not say; it is spoken, and has no links.
        return
    yield from ((Remark.PROMOTION, found.group()) for found in PROMOTIONS.finditer(line))
    link = Remark.LINK if channel == Channel.SMS else Remark.OTHER_LINK
    yield from ((link, found.group()) for found in LINKS.finditer(line))
    yield from ((Remark.DEVICE, found.group()) for found in DEVICES.finditer(line))
    yield from ((Remark.EMPTY_SORRY, found.group()) for found in CONDITIONAL.finditer(line))
    if not TIMES.search(line):
        yield from ((Remark.VAGUE_TIME, found.group()) for found in VAGUE_TIMES.finditer(line))


def _of_text(path: str, source: str, channel: str, language: str) -> Iterator[Finding]:
    if channel == Script.HOTLINE:
        return
    if "affected" not in source:
        yield from _first(path, source, FEW, Remark.NO_NUMBER)
    if not SORRY.search(source):
        yield from _first(path, source, UNDERSTAND, Remark.EMPTY_SORRY)
    if channel != Channel.SMS:
        return
    if language != "en" and not source.startswith("【{{ signature }}】"):
        yield Finding(path, 1, Remark.SIGNATURE)
    if language == "en":
        yield from forcing(path, source)


def _first(path: str, source: str, pattern: re.Pattern[str], remark: Remark) -> Iterator[Finding]:
    found = pattern.search(source)
    if found:
        yield Finding(path, line_of(source, found.start()), remark, {"word": found.group()})


def forcing(path: str, source: str) -> Iterator[Finding]:
    """Each character that keeps an English SMS out of the GSM alphabet, where it stands first."""
    seen: set[str] = set()
    for place, char in enumerate(source):
        if char in BASIC or char in EXTENSION or char in seen:
            continue
        seen.add(char)
        name = unicodedata.name(char, f"U+{ord(char):04X}").lower()
        values: dict[str, object] = {"char": char, "name": name}
        if char in BETTER:
            yield Finding(path, line_of(source, place), Remark.FORCES, values | {"better": BETTER[char]})
        else:
            yield Finding(path, line_of(source, place), Remark.FORCES_NO_IDEA, values)


def line_of(source: str, place: int) -> int:
    """The line, from 1, of a position."""
    return source.count("\n", 0, place) + 1
