"""Answers to pages from outside: a signed link, or a reply by SMS. Each is spent once, in the act's own transaction.

Whoever answers acts as themselves, under the same table of rights and the same four eyes as at a desk.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from coordinator import calling, notices, page_links, paging
from coordinator.act import SYSTEM, Act, Actor
from coordinator.page_links import Heard, Shown, refused
from coordinator.page_words import ACKNOWLEDGE, APPROVE
from incidents.effects import Effect
from incidents.errors import Conflict, NotAllowed, TongbaoError
from incidents.terms import LANGUAGES, Channel
from notifications import replies
from notifications.message import CallbackRequest, CallReport, CallState, ReplyChannel
from notifications.paging import Page
from notifications.phrases import phrase
from wiring.paging import read_token
from wiring.voice import Telephone

if TYPE_CHECKING:
    from wiring.app import App

NOT_THROUGH = (CallState.BUSY, CallState.NO_ANSWER, CallState.FAILED, CallState.CANCELED)


@dataclass(frozen=True)
class Said:
    """What became of an answer, in the person's language; `done` False is a refusal."""

    language: str
    text: str
    done: bool
    error: TongbaoError | None = None


def shown(app: App, text: str) -> bytes:
    """The page that a link leads to; NotAllowed when the link is not good (any more)."""
    from rendering.answers import answer_page

    found: Shown = app.coordinator.act("read", SYSTEM, page_links.show, read_token(text))
    language = found.page.language
    answers = _answers(app, language)
    people = phrase(answers["people"], people=f"{found.people:,}") if found.notice is not None else ""
    slots = {
        "language": language,
        "title": answers[f"title_{found.purpose}"],
        "said": found.said,
        "people": people,
        "confirmation": app.links.confirmation(text),
        "button": answers[f"button_{found.purpose}"],
    }
    return answer_page(slots, [_labelled(app, language, *one) for one in found.texts])


def _labelled(app: App, language: str, key: Any, text: Any) -> tuple[str, str, str]:
    form, outlet, tongue = key
    channels: Mapping[str, str] = app.house.renderer.words(language).get("channels", {})
    return f"{channels.get(outlet, outlet)} · {tongue} · {form}", text.subject, text.body


class Desk:
    """What the record makes of calls: what they say, keys that were pressed, and how the calls went."""

    def __init__(self, app: App):
        self._app = app

    def text(self, page: str) -> str:
        """What this page says; NotFound when there is none."""
        return (self._page(page).text or {}).get("spoken", "")

    def acknowledge(self, page: str, by: str, how: str) -> None:
        """The person who was called takes it; a TongbaoError refuses."""
        found = self._page(page)
        if found.person != by:
            raise refused()
        said = _answered(self._app, found, ACKNOWLEDGE, how)
        if said.error is not None:
            raise said.error

    def reported(self, report: CallReport) -> None:
        """A call that did not get through makes room for other ways; everything else is only heard."""
        if report.state in NOT_THROUGH:
            why = f"{report.state} {report.reason}".strip()
            self._app.coordinator.system(calling.reported, _number(report.page), report.attempt, why)

    def _page(self, page: str) -> Page:
        found: Page = self._app.coordinator.act("read", SYSTEM, _page_of, _number(page))
        return found


def telephone(app: App) -> Telephone:
    """What hears of keys and calls."""
    return Telephone(app.voice, app.coordinator, app.page_desk or Desk(app))


def _number(page: str) -> int:
    return int(page) if page.isascii() and page.isdigit() and len(page) < 19 else 0


def _page_of(act: Act, page_id: int) -> tuple[Page, list[Effect]]:
    return act.tx.paging.page(page_id), []


def by_link(app: App, text: str, confirmation: str) -> Said:
    """Act by a link: the form must be the one that the link's own page showed."""
    token = read_token(text)
    if not hmac.compare_digest(app.links.confirmation(text).encode(), confirmation.encode()):
        raise refused()
    page: Page = app.coordinator.act("read", SYSTEM, page_links.genuine, token)
    return _answered(app, page, token.purpose, "link")


def replied(app: App, request: CallbackRequest) -> str:
    """Verify and carry out an SMS to our number; what to say back, or "". NotAllowed for a wrong signature."""
    reply = cast(ReplyChannel, app.channel(Channel.SMS, exercise=False)).parse_reply(request)
    said = by_reply(app, reply.sender, reply.body)
    return said.text if said else ""


def by_reply(app: App, sender: str, body: str) -> Said | None:
    """Act by an SMS, or say why not and in which form; None for a number that nobody on the roster has."""
    found = replies.read(body)
    heard: Heard | None = app.coordinator.system(page_links.who_replied, sender, found.code if found else "")
    if heard is None:
        return None
    if heard.page is None or found is None:
        return Said(heard.language, str(_answers(app, heard.language)[heard.why]), False)
    return _answered(app, heard.page, APPROVE if found.approves else ACKNOWLEDGE, page_links.SMS)


def _answered(app: App, page: Page, purpose: str, how: str) -> Said:
    """The answer carried out, or refused and noted."""
    actor = _person(app, page.person)
    permission = "approve" if purpose == APPROVE else "page"
    try:
        app.coordinator.act(permission, actor, _act, page, purpose, how)
    except (NotAllowed, Conflict) as error:
        app.coordinator.system(page_links.note_refusal, page.id, error.message, how)
        return Said(page.language, _answers(app, page.language)[_why(error)], False, error)
    app.bell.ring()
    return Said(page.language, _done(app, page, purpose), True)


def _act(act: Act, page: Page, purpose: str, how: str) -> tuple[None, list[Effect]]:
    """Spend the answer and do what it says, in one transaction: refused, nothing is spent."""
    call, _ = page_links.spend(act, page, purpose, how)
    if purpose != APPROVE or call.notice is None:
        return None, paging.acknowledge(act, page.id, how)[1]
    noted = page_links.approved(act, page, call, how)
    return None, [*noted, *notices.approve(act, call.notice)[1]]


def _why(error: TongbaoError) -> str:
    if isinstance(error, Conflict):
        return "stale"
    return {"link": "refused", "code": "expired"}.get(error.field or "", "four_eyes")


def _done(app: App, page: Page, purpose: str) -> str:
    answers = _answers(app, page.language)
    with app.database.transaction() as tx:
        call = tx.paging.call(page.call)
    if purpose == APPROVE:
        return phrase(answers["approved"], notice=str(call.notice))
    if call.acknowledged_until is None or call.ended_at is not None:
        return str(answers["heard_over"])
    return phrase(answers["heard"], until=_clock(app, call.acknowledged_until))


def _clock(app: App, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(app.house.setting.zone)):%H:%M}"


def refusal_page(app: App) -> bytes:
    """For a link of which we know nobody: in every language."""
    from rendering.answers import answer_page

    said = " / ".join(_answers(app, language)["refused"] for language in LANGUAGES)
    return answer_page({"language": LANGUAGES[0], "title": "403", "said": said})


def said_page(app: App, said: Said) -> bytes:
    """What became of an answer, as a page."""
    from rendering.answers import answer_page

    return answer_page({"language": said.language, "title": said.text, "said": ""})


def _answers(app: App, language: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = app.house.renderer.words(language)["answers"]
    return found


def _person(app: App, name: str) -> Actor:
    with app.database.transaction() as tx:
        return Actor(name, tx.people.roles(name) or ())
