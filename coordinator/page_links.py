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
from notifications.roster import Person

PURPOSES = (ACKNOWLEDGE, APPROVE)
MOST_MISSES, MOST_WORDS, COUNTS_FOR = 5, 10, timedelta(hours=1)
"""Wrong codes, and answers to what was not understood, for one number within an hour."""
_MISSED, _WORDED = "reply_misses:", "reply_words:"
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
    if how == SMS and is_expired(act, page):
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


@dataclass(frozen=True)
class Heard:
    """What an SMS of somebody on the roster comes to: the page that it answers, or `why` it answers none."""

    language: str
    page: Page | None = None
    why: str = ""


def who_replied(act: Act, phone: str, code: str) -> tuple[Heard | None, list[Effect]]:
    """The page that this number's owner answers with this code, "" for words that were not understood.

    None for a stranger, and for the answer after MOST_WORDS within an hour that none is found for: two machines would
    write to each other for ever. After MOST_MISSES wrong codes within an hour no reply is looked at: links still work.
    """
    people = [one for one in act.tx.roster.roster().people.values() if one.phone == phone]
    if not people:
        return None, []
    owner = people[0]
    if len(_recent(act, _MISSED + owner.name)) >= MOST_MISSES:
        return _no_page(act, owner, "locked"), []
    if not code:
        return _no_page(act, owner, "form"), []
    pages = [page for one in people for page in act.tx.paging.by_code(one.name, code)]
    if not pages:
        _note(act, _MISSED + owner.name)
        return _no_page(act, owner, "refused"), []
    newest = max(pages, key=lambda page: page.id)
    fresh = {(page.call, page.person) for page in pages if not is_expired(act, page)}
    if len(fresh) > 1:
        return _no_page(act, owner, "several"), []
    return Heard(newest.language, newest), []


def is_expired(act: Act, page: Page) -> bool:
    """Whether the links of this page have ended."""
    return act.now > page.at + timedelta(hours=LINK_HOURS)


def _no_page(act: Act, owner: Person, why: str) -> Heard | None:
    if len(_recent(act, _WORDED + owner.name)) >= MOST_WORDS:
        return None
    _note(act, _WORDED + owner.name)
    return Heard(owner.language, why=why)


def _recent(act: Act, key: str) -> list[datetime]:
    """The instants noted under this key within the last hour."""
    noted = (act.tx.meta.get(key) or "").split()
    return [at for at in map(datetime.fromisoformat, noted) if at > act.now - COUNTS_FOR]


def _note(act: Act, key: str) -> None:
    act.tx.meta.put(key, " ".join(at.isoformat() for at in (*_recent(act, key), act.now)))
