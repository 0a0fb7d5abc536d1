"""The public pages as values: every released entry of an incident, newest first, never edited."""

from __future__ import annotations

from dataclasses import dataclass, replace

from coordinator.act import Act
from coordinator.drafting import renderer
from coordinator.entries import public
from coordinator.family import members_of
from incidents.effects import Effect
from incidents.incident import Incident
from incidents.terms import EXERCISE_MARKS, LANGUAGES, Channel, NoticeState
from notifications.facts import headline, public_status
from notifications.notice import FORM_OWN, Notice
from notifications.pages import Entry, Page
from notifications.phrases import Clock, Names, Words

LISTED = 50
"""Incidents on the public list, newest first."""
Pages = dict[str, Page]


def token_of(notice: Notice) -> str:
    """What a GET must find to prove that this very entry is live."""
    return f"{notice.id}-{notice.text_hash[:16]}"


def pages_of(act: Act, incident_id: int) -> tuple[Pages, list[Effect]]:
    """Language -> the incident's page with every entry released so far."""
    incident = act.tx.incidents.by_id(incident_id)
    return _pages(act, incident), []


def tokens(act: Act, incident_id: int) -> tuple[tuple[str, ...], list[Effect]]:
    """What stands on the incident's page by the record now, newest first."""
    return tuple(map(token_of, public(act, incident_id))), []


def listed(act: Act, exercise: bool = False) -> tuple[list[Pages], list[Effect]]:
    """The pages of the newest incidents that have told anything; or of the newest exercises, never both."""
    return [_pages(act, incident) for incident in act.tx.incidents.published(LISTED, exercise)], []


def moved_of(act: Act, incident_id: int) -> tuple[list[Pages], list[Effect]]:
    """The pages of duplicates that were merged into this incident and have told anything: they lead here now.

    One whose own entry is still on its way is left alone until it is live. An ordinary complaint has no page (AMB-14).
    """
    into = act.tx.incidents.by_id(incident_id).reference
    found: list[Pages] = []
    for one in members_of(act, incident_id)[1:]:
        told = act.tx.notices.of_incident(one)
        released = [n for n in told if n.released and Channel.WEB in n.channels]
        waiting = any(n.page_live_at is None and n.state != NoticeState.STOPPED for n in released)
        if released and not waiting:
            pages = _pages(act, act.tx.incidents.by_id(one))
            found.append({language: replace(page, moved_to=into) for language, page in pages.items()})
    return found, []


@dataclass(frozen=True)
class Site:
    """What a publish target shall show of one incident: its own page, the list, and the duplicates that lead here."""

    own: Pages
    listed: list[Pages]
    moved: list[Pages]

    @property
    def page(self) -> Page:
        return next(iter(self.own.values()))

    @property
    def tokens(self) -> tuple[str, ...]:
        """The entries that stand on the page, newest first."""
        return tuple(entry.token for entry in self.page.entries)


def site_of(act: Act, incident_id: int) -> Site:
    """What shall be read of an incident now: of a duplicate that leads to another one, that one's. Reads only."""
    incident = survivor = act.tx.incidents.by_id(incident_id)
    while survivor.merged_into is not None:
        survivor = act.tx.incidents.by_id(survivor.merged_into)
    moved, _ = moved_of(act, survivor.id)
    leads = any(next(iter(pages.values())).reference == incident.reference for pages in moved)
    if survivor.id != incident_id and not (leads and public(act, survivor.id)):
        survivor, (moved, _) = incident, moved_of(act, incident_id)
    return Site(_pages(act, survivor), listed(act, incident.exercise)[0], moved)


def _pages(act: Act, incident: Incident) -> Pages:
    released = public(act, incident.id)
    names = {code: area.names for code, area in act.tx.directory.areas().items()}
    names |= {code: service.names for code, service in act.tx.directory.services().items()}
    setting, desk = act.house.setting, renderer(act)
    pages = {}
    for language in LANGUAGES:
        words = desk.words(language)
        pages[language] = Page(
            reference=incident.reference,
            short_number=incident.id,
            language=language,
            status=public_status(incident),
            title=_marked(incident, language, _title(incident, language, words, names)),
            operator=setting.operator[language],
            entries=tuple(_entry(act, notice, language, words) for notice in released),
            sandbox=setting.sandbox or incident.exercise,
        )
    return pages


def _title(incident: Incident, language: str, words: Words, names: Names) -> str:
    """One phrase that cannot be filled in must not keep every page of the house from going out (I23)."""
    try:
        return headline(incident, language, words, names)
    except (LookupError, ValueError):
        return incident.reference


def _marked(incident: Incident, language: str, title: str) -> str:
    return f"{EXERCISE_MARKS[language]} {title}" if incident.exercise else title


def _entry(act: Act, notice: Notice, language: str, words: Words) -> Entry:
    text = act.tx.notices.texts(notice.id)[(FORM_OWN, Channel.WEB, language)]
    at = notice.released_at or act.now
    clock = Clock(act.house.setting.zone, at, words)
    return Entry(notice.number, token_of(notice), clock.full(at), text.subject, text.body)
