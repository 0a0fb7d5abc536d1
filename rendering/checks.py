"""The proof-reading of one template: does it render, name every fact, agree with its pair, and fit an SMS?

Pure but for what it is given to look through: how to read, to render and to fill in samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from incidents.errors import Invalid
from incidents.terms import LANGUAGES, Channel
from notifications.facts import Facts
from notifications.message import Text
from notifications.parts import Parts, count
from notifications.samples import Around
from notifications.template import notice_path, pair_of
from notifications.wording import HOLLOWS, LONGEST_SMS, SIGNATURE, Finding, Remark, remarks
from rendering import proofs

FACTS = frozenset(
    {
        *(
            "begins",
            "ends",
            "onset",
            "place",
            "type",
            "services",
            "affected",
            "cause",
            "action",
            "effects",
            "workaround",
        ),
        *("emergency_numbers", "expected", "restored", "duration", "next_update", "link", "page", "hotline"),
        *("corrects", "said", "right", "credit_who", "credit_what", "credit_when", "credit_automatic"),
    }
)
"""What both languages must say alike; the rest is grammar."""
SAME = {
    "onset_dated": "onset",
    "restored_dated": "restored",
    "place_short": "place",
    "services_short": "services",
}
"""Two slots of one fact."""


@dataclass(frozen=True)
class Look:
    """How a check sees the templates: their source, their slots, their texts."""

    source: Callable[[str], str]
    slots: Callable[[str], frozenset[str]]
    render: Callable[[str, str, str, Facts], Text]
    sample: Callable[[str, str, Around, bool], Facts]


@dataclass(frozen=True)
class Cost:
    """What one SMS template costs: as in the sample outage, and with the longest names."""

    kind: str
    language: str
    usual: Parts
    worst: Parts
    characters: int
    """Of the worst case."""


def findings(path: str, look: Look, around: Around | None) -> Iterator[Finding]:
    """Every remark about the notice template at `path`; costs are looked at when names are given."""
    known = notice_path(path)
    if known is None:
        yield Finding(path, 1, Remark.UNKNOWN_FILE)
        return
    kind, channel, language = known
    try:
        source = look.source(path)
        used = look.slots(path)
    except Invalid as refusal:
        yield refused(path, refusal)
        return
    said = list(remarks(path, source, channel, language))
    yield from said
    for facet in proofs.required(kind, channel):
        if not facet & used:
            yield Finding(path, 1, Remark.NAMES_NONE, {"facts": ", ".join(sorted(facet))})
    yield from _pair(path, used, look)
    refusals = list(_refusals(path, known, look))
    if not refusals:
        yield from _silent(path, known, look)
    if not any(one.remark is Remark.LINK for one in said):
        yield from refusals
    if refusals:
        return
    yield from _hollow(path, known, look)
    if around is not None and channel == Channel.SMS:
        yield from _costs(path, known, look, around)


def _hollow(path: str, known: tuple[str, str, str], look: Look) -> Iterator[Finding]:
    """Sentences that nothing is left of when nothing is known."""
    text = look.render(*known, proofs.unknown())
    found = HOLLOWS.search(f"{text.subject}\n{text.body}")
    if found:
        yield Finding(path, 1, Remark.HOLLOW, {"text": found.group().strip()})


def _silent(path: str, known: tuple[str, str, str], look: Look) -> Iterator[Finding]:
    """What must be said whatever is known, and is named where it is not said when nothing is."""
    kind, channel, _ = known
    if channel not in list(Channel):
        return
    used, facts = look.slots(path), proofs.unknown()
    text = look.render(*known, facts)
    said = f"{text.subject}\n{text.body}"
    for facet in proofs.required(kind, channel):
        sayable = [str(facts[name]) for name in facet if facts[name]]
        if facet in proofs.WHATEVER and facet & used and not any(value in said for value in sayable):
            yield Finding(path, 1, Remark.SILENT, {"facts": ", ".join(sorted(facet))})


def _refusals(path: str, known: tuple[str, str, str], look: Look) -> Iterator[Finding]:
    """Whether it renders with everything known, and with nothing known."""
    try:
        for facts in (proofs.specimen(), proofs.unknown()):
            look.render(*known, facts)
    except Invalid as refusal:
        yield refused(path, refusal)


def refused(path: str, refusal: Invalid) -> Finding:
    """A refusal while rendering, as a remark with its line."""
    line = refusal.params.get("line", 1)
    why = str(refusal.params.get("why", refusal.message))
    return Finding(path, line if isinstance(line, int) else 1, Remark.REFUSED, {"why": why})


def _pair(path: str, used: frozenset[str], look: Look) -> Iterator[Finding]:
    try:
        other = look.slots(pair_of(path))
    except Invalid:
        return  # it has its own remark
    alone = _facts(used) - _facts(other)
    if alone:
        yield Finding(path, 1, Remark.PAIR, {"facts": ", ".join(sorted(alone))})


def _facts(used: frozenset[str]) -> frozenset[str]:
    return frozenset(SAME.get(name, name) for name in used) & FACTS


def cost(kind: str, language: str, look: Look, around: Around) -> Cost:
    """The parts of one SMS template. Invalid if it cannot be rendered."""
    usual, worst = (
        look.render(kind, Channel.SMS, language, look.sample(kind, language, around, longest)).body
        for longest in (False, True)
    )
    return Cost(kind, language, count(usual), count(worst), len(worst))


def _costs(path: str, known: tuple[str, str, str], look: Look, around: Around) -> Iterator[Finding]:
    kind, _, language = known
    try:
        found = cost(kind, language, look, around)
    except Invalid as refusal:
        yield refused(path, refusal)
    else:
        yield from _cost_remarks(path, found, around)


def _cost_remarks(path: str, found: Cost, around: Around) -> Iterator[Finding]:
    if found.language != LANGUAGES[1] and found.characters > LONGEST_SMS:
        yield Finding(path, 1, Remark.LONG, {"n": found.characters, "most": LONGEST_SMS})
    if found.usual.parts > 1 and found.kind in (*proofs.ALWAYS, *proofs.FINAL):
        parts: dict[str, object] = {"parts": found.usual.parts, "worst": found.worst.parts}
        yield Finding(path, 1, Remark.PARTS, parts)
    signature = around.setting.signature.get(found.language, "")
    if found.language != LANGUAGES[1] and (not SIGNATURE.fullmatch(signature) or signature.isdigit()):
        yield Finding(path, 1, Remark.BAD_SIGNATURE, {"signature": signature})
