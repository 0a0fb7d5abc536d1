"""Verbs of the answers that come from outside: whether a link or a reply is genuine, and that it is spent once.

Nothing here acts: what a page's answer does is the verb of the act itself, in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from coordinator.act import Act
from coordinator.matters import over
from coordinator.page_words import ACKNOWLEDGE, APPROVE, LINK_HOURS, kind_of, slots_of
from incidents.effects import Effect, Record
from incidents.errors import NotAllowed, NotFound
from notifications.message import Text
from notifications.notice import TextKey
from notifications.paging import MATTERS, CallOut, Page

PURPOSES = (ACKNOWLEDGE, APPROVE)
MOST_MISSES, MISSES_COUNT_FOR = 5, timedelta(hours=1)
_MISSED = "reply_misses:"
SMS = "sms"
"""How an answer by a code comes: a link carries its own end."""


@dataclass(frozen=True)
class Token:
    """What a link says of itself before anybody has checked it."""

    page: int
    purpose: str
    expires: datetime
    signature: str


@dataclass(frozen=True)
class Shown:
    """What a person is shown before acting: the matter in a sentence, and for an approval all that would go out."""

    page: Page
    purpose: str
    said: str
    notice: int | None = None
    people: int = 0
    texts: tuple[tuple[TextKey, Text], ...] = ()


def refused() -> NotAllowed:
    """The same words whatever was wrong: nobody learns what to try next."""
    return NotAllowed(
        "this link is not valid, was used before, or has expired",
        field="link",
        next="use the newest page, or tongbao board",
    )


def genuine(act: Act, token: Token) -> tuple[Page, list[Effect]]:
    """The page of a link that was made here, for its person, and still holds; NotAllowed for any other."""
    links = act.house.paging.links
    try:
        page = act.tx.paging.page(token.page)
    except NotFound:
        raise refused() from None
    signed = links is not None and links.is_signed(
        token.page, page.person, token.purpose, token.expires, token.signature
    )
    if not signed or token.purpose not in PURPOSES:
        raise refused()
    if act.now > token.expires or act.tx.paging.used(page.id, token.purpose):
        raise refused()
    return page, []


def show(act: Act, token: Token) -> tuple[Shown, list[Effect]]:
    """What the link's page says; it changes nothing, however often it is fetched."""
    page, _ = genuine(act, token)
    call = act.tx.paging.call(page.call)
    if over(act, call):
        raise refused()
    slots = slots_of(act, call, page.language, act.now)
    said = act.house.renderer.page(kind_of(act, call), page.language, slots).partition("\n")[0]
    if token.purpose != APPROVE or call.notice is None:
        return Shown(page, token.purpose, said), []
    notice = act.tx.notices.get(call.notice)
    texts = tuple(sorted(act.tx.notices.texts(notice.id).items()))
    return Shown(page, token.purpose, said, notice.id, notice.audience_size, texts), []


def spend(act: Act, page: Page, purpose: str, how: str) -> tuple[CallOut, list[Effect]]:
    """Use a page's answer for this purpose, once; who answered goes on the timeline. NotAllowed when it was used,
    or when it came by SMS and the page's own link would have expired."""
    if how == SMS and act.now > page.at + timedelta(hours=LINK_HOURS):
        raise expired()
    call = act.tx.paging.call(page.call)
    if purpose == APPROVE and (call.notice is None or not MATTERS[call.about].approves):
        raise refused()
    if not act.tx.paging.use(page.id, purpose, act.now, how):
        raise refused()
    return call, []


def approved(act: Act, page: Page, call: CallOut, how: str) -> list[Effect]:
    """That an approval came by a page, beside the approval itself."""
    if call.incident is None:
        return []
    said = {"page": page.id, "call": call.id, "about": call.about, "how": how, "approved": call.notice}
    return [Record(call.incident, "page_acknowledged", said)]


def note_refusal(act: Act, page_id: int, why: str, how: str) -> tuple[None, list[Effect]]:
    """A genuine answer that could not be taken goes on the timeline too."""
    call = act.tx.paging.call(act.tx.paging.page(page_id).call)
    if call.incident is None:
        return None, []
    return None, [Record(call.incident, "page_refused", {"page": page_id, "why": why, "how": how})]


def expired() -> NotAllowed:
    """For a code that was right once: its owner learns to look at a newer page."""
    return NotAllowed("this code is more than twelve hours old", field="code", next="tongbao board")


def who_replied(act: Act, phone: str, code: str) -> tuple[Page | None, list[Effect]]:
    """The newest page that this number's owner answers with this code; None for a stranger or another code.

    After MOST_MISSES wrong codes within an hour that number's replies are not looked at: links still work.
    """
    people = [one for one in act.tx.roster.roster().people.values() if one.phone == phone]
    if not people or len(_misses(act, people[0].name)) >= MOST_MISSES:
        return None, []
    pages = [page for one in people for page in act.tx.paging.by_code(one.name, code)]
    if pages:
        return max(pages, key=lambda page: page.id), []
    kept = [*_misses(act, people[0].name), act.now]
    act.tx.meta.put(_MISSED + people[0].name, " ".join(at.isoformat() for at in kept))
    return None, []


def _misses(act: Act, name: str) -> list[datetime]:
    """When this person's number gave a wrong code within the last hour."""
    said = (act.tx.meta.get(_MISSED + name) or "").split()
    return [at for at in map(datetime.fromisoformat, said) if at > act.now - MISSES_COUNT_FOR]
