"""What a notice says: its texts by form, channel and language, from the record's facts at one instant."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from coordinator.act import Act
from coordinator.outside import Renderer
from incidents.chain import canonical
from incidents.errors import Invalid
from incidents.incident import Incident
from incidents.material import BY_SMS
from incidents.terms import DIRECT, LANGUAGES, Channel, Kind, Outlet, Script
from notifications.facts import BACK, Correction, Facts, Occasion, facts_of
from notifications.message import Text
from notifications.notice import ALIVE, FORM_COMBINED, FORM_OWN, Notice, TextKey
from notifications.parts import count
from notifications.samples import Around
from notifications.template import COMBINED, COMPLAINT, HOLDING, HOLDING_RESTORED
from notifications.wording import LONGEST_SMS
from windows.clocks import length_of

TEMPLATE_OF = {Kind.CORRECTION_NOTICE: "correction", Kind.WITHDRAWAL_NOTICE: "withdrawal"}
EVERYWHERE = (Channel.WEB, Channel.SMS, Channel.EMAIL)
PAGE_ALONE = (Channel.WEB,)
PROMISE_STEP = timedelta(minutes=5)


def channels_for(incident: Incident, kind: Kind, change: str = "") -> tuple[Channel, ...]:
    """`channels_of`; an ordinary complaint has no page entry (AMB-14)."""
    return DIRECT if incident.case else channels_of(kind, change)


def channels_of(kind: Kind, change: str = "") -> tuple[Channel, ...]:
    """Where a notice goes unless a person says otherwise. Which of SMS and e-mail one gets is the level's.

    Progress, and material changes that do not go by SMS, are told by the page entry.
    """
    if kind == Kind.PROGRESS_UPDATE or (kind == Kind.MATERIAL_UPDATE and change and change not in BY_SMS):
        return PAGE_ALONE
    return EVERYWHERE


@dataclass(frozen=True)
class Content:
    """Everything that a notice will say. `facts_hash` covers the facts, not the instant of writing."""

    texts: Mapping[TextKey, Text]
    parts: Mapping[TextKey, int]
    facts_hash: str


def renderer(act: Act) -> Renderer:
    """Our templates with the operator's approved ones in front; a text that nobody approved is not used."""
    return act.house.renderer.under(act.tx.templates.in_force())


def desk_of(act: Act, notice: Notice) -> Renderer:
    """The same with the words that a person gave this one notice in front; its own approval covers them."""
    words = act.tx.templates.words_for(notice.id)
    return act.house.renderer.under({**act.tx.templates.in_force(), **words}) if words else renderer(act)


def around(act: Act) -> Around:
    """What samples are filled from: this house's setting and the names of its directory."""
    areas = {code: area.names for code, area in act.tx.directory.areas().items()}
    services = {code: service.names for code, service in act.tx.directory.services().items()}
    return Around(act.house.setting, areas, services, act.now)


def forms_of(notice: Notice, incident: Incident) -> dict[str, str]:
    """Form -> template kind; whatever is told of planned work, or to one complainant, has the one wording
    for that."""
    if incident.planned:
        return {FORM_OWN: Kind.PLANNED_WORK_NOTICE.value}
    if incident.case:
        return dict.fromkeys((FORM_OWN, FORM_COMBINED) if notice.final else (FORM_OWN,), COMPLAINT)
    if notice.kind in TEMPLATE_OF:
        return {FORM_OWN: TEMPLATE_OF[notice.kind]}
    if notice.kind == Kind.RESOLUTION_NOTICE:
        return {FORM_OWN: notice.kind.value, FORM_COMBINED: COMBINED}
    if notice.holding:
        return {FORM_OWN: HOLDING_RESTORED if incident.status in BACK else HOLDING}
    if notice.kind == Kind.FIRST_NOTICE and incident.resolved_at is not None:
        return {FORM_OWN: COMBINED}
    return {FORM_OWN: notice.kind.value}


def is_final(notice: Notice, incident: Incident) -> bool:
    """A final text promises no next one."""
    ended = incident.planned or incident.resolved_at is not None
    return ended or notice.kind in (Kind.RESOLUTION_NOTICE, Kind.WITHDRAWAL_NOTICE)


def content_of(act: Act, notice: Notice, incident: Incident, told_actions: int, at: datetime) -> Content:
    """Render every text of the notice, and what the hotline says and others post (R24: not later than the SMS).

    Invalid names the template and the missing fact.
    """
    desk = desk_of(act, notice)
    texts: dict[TextKey, Text] = {}
    parts: dict[TextKey, int] = {}
    facts_in = facts_by_language(act, notice, incident, told_actions, at)
    forms = forms_of(notice, incident)
    for language, facts in facts_in.items():
        for form, kind in forms.items():
            for channel in _outlets(notice, incident):
                key = (form, channel, language)
                texts[key] = desk.text(kind, channel, language, facts)
                if channel == Channel.SMS:
                    _must_fit(texts[key].body, language)
                    parts[key] = count(texts[key].body).parts
    return Content(texts, parts, facts_hash(notice, incident, facts_in))


def _outlets(notice: Notice, incident: Incident) -> tuple[Outlet, ...]:
    """Its channels, what the hotline says, and what others post: of one person's complaint nobody posts anything."""
    return (*notice.channels, *((Script.HOTLINE,) if incident.case else Script))


def facts_by_language(
    act: Act, notice: Notice, incident: Incident, told_actions: int, at: datetime
) -> dict[str, Facts]:
    return {one: facts_for(act, notice, incident, one, told_actions, at) for one in LANGUAGES}


def facts_hash(notice: Notice, incident: Incident, facts_in: Mapping[str, Facts]) -> str:
    """SHA-256 over what the texts are made from, without the instant of writing."""
    said = [{key: value for key, value in facts.items() if key != "at"} for facts in facts_in.values()]
    made = [said, forms_of(notice, incident), [str(channel) for channel in notice.channels]]
    return hashlib.sha256(canonical(made)).hexdigest()


def _must_fit(body: str, language: str) -> None:
    """Invalid for a mainland SMS of over 500 characters, whatever it was filled with."""
    if language != LANGUAGES[1] and len(body) > LONGEST_SMS:
        raise Invalid(
            "the SMS in {language} has {count} characters; it may have {most}",
            language=language,
            count=len(body),
            most=LONGEST_SMS,
            field="text",
            next="shorten what was typed: the words of a correction, the names, or your own words",
        )


def facts_for(
    act: Act, notice: Notice, incident: Incident, language: str, told_actions: int, at: datetime
) -> Facts:
    names = {code: area.names for code, area in act.tx.directory.areas().items()}
    names |= {code: service.names for code, service in act.tx.directory.services().items()}
    final = is_final(notice, incident)
    occasion = Occasion(
        number=notice.number,
        at=at,
        next_update_at=None if final else notice.next_update_at,
        short_number=incident.id,
        change=notice.change,
        new_actions=max(0, len(incident.actions) - told_actions),
        correction=_correction(act, notice),
    )
    words = renderer(act).words(language)
    return facts_of(incident, occasion, language, act.house.setting, words, names)


def _correction(act: Act, notice: Notice) -> Correction | None:
    if not notice.corrects:
        return None
    wrong = [act.tx.notices.get(one) for one in notice.wrong]
    numbers = sorted(one.number for one in wrong)
    others = {one.incident for one in wrong} - {notice.incident}
    alone = len(others) == 1 and all(one.incident != notice.incident for one in wrong)
    of = act.tx.incidents.by_id(others.pop()) if alone else None
    # A complaint is on no page: its reference says nothing to those who read this one (AMB-14).
    reference = "" if of is None or of.case else of.reference
    return Correction(numbers[0], notice.said, notice.right, numbers[-1], reference)


def numbered(act: Act, notice: Notice, incident: Incident) -> Notice:
    """The notice with its number on the page, its level as it is now, and its promise."""
    others = [n for n in act.tx.notices.of_incident(incident.id) if n.id != notice.id]
    taken = [n.number for n in others if n.state in ALIVE or n.released]
    seen = replace(notice, number=max(taken, default=0) + 1, level=incident.level)
    return replace(seen, next_update_at=promise(act, seen, incident))


def promise(act: Act, notice: Notice, incident: Incident) -> datetime | None:
    """The instant of the next notice: as promised by a person, else the cadence, on a round five minutes.

    Invalid when it is later than the cadence allows or not ahead (R28). Of a complaint the next word is its end.
    """
    if is_final(notice, incident) or incident.case:
        return None
    rule = act.house.pack.rule(Kind.PROGRESS_UPDATE)
    latest = act.now + length_of(rule, incident.level, act.now, incident.aware_at)
    if notice.promise_given and notice.next_update_at is not None:
        if notice.next_update_at > latest:
            raise Invalid(
                "the next update may be promised for {latest} at the latest",
                latest=latest.isoformat(timespec="minutes"),
                field="next_update",
                next="promise an earlier instant; the cadence is the rule's",
            )
        if notice.next_update_at <= act.now:
            raise Invalid("the next update is not ahead", field="next_update", next="promise a later instant")
        return notice.next_update_at
    return _floor(latest)


def _floor(at: datetime) -> datetime:
    step = PROMISE_STEP.total_seconds()
    return datetime.fromtimestamp(at.timestamp() // step * step, tz=at.tzinfo)
