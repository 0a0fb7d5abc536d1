"""Verbs of the staff chat: plan a post with the entry that it tells of, claim the next, settle it.

Nothing here is waited for: customers' lanes neither read nor write these rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from coordinator.act import Act, StaffChat
from coordinator.failpoints import fp
from coordinator.permissions import PERMISSIONS
from incidents.chain import Entry
from incidents.decision import DecisionState
from incidents.effects import Effect
from incidents.incident import Incident
from incidents.terms import UPWARDS, NoticeState, Verdict, duty_word
from notifications.chat import (
    LEASE,
    SUMMARY,
    TOO_OLD,
    ChatText,
    Outcome,
    Post,
    PostState,
    answered,
    late,
    looked_up,
    wanted,
)
from notifications.facts import headline, page_path
from notifications.message import Answer, LookUp
from notifications.notice import approvals_needed
from notifications.phrases import Clock, Words, listed

KEPT = ("from", "to", "kind", "rule", "rung", "due_at", "notice", "window", "decision")
"""What a post needs of its entry: codes, numbers and instants; no words of a person."""
NUMBERS = ("rung", "window", "notice", "decision")
HOME_ID = "home_id"
"""Which home a post comes from: a replay in another home has the same entries."""
REST, TROUBLE = "chat_rest_until", "chat_trouble"
DROPS_AT_ONCE = 8
"""Old posts dropped in one transaction, which must stay short."""
LOOKS_BACK = timedelta(minutes=5)
"""A look-up reads the history from so long before the post was planned: clocks differ."""
SUMMED_UP = 12
"""Lines of a summary; the newest count."""


@dataclass(frozen=True)
class Turn:
    """The post whose turn it is, as it leaves. `doubted`: it may be there already, so it is looked for."""

    post: Post
    text: ChatText
    doubted: bool


def note(act: Act, entry: Entry) -> None:
    """Plan the post that tells of this entry, if there is to be one."""
    kind = wanted(entry.kind, entry.data)
    if act.house.chat is None or not kind or _needs_nobody(act, entry):
        return
    data = {name: entry.data[name] for name in KEPT if name in entry.data}
    planned = PostState.PLANNED
    token = f"{act.tx.meta.get(HOME_ID) or ''}.{entry.hash}"
    act.tx.chat.add(Post(0, entry.incident, entry.sequence, kind, data, token, planned, act.now, act.now))


def _needs_nobody(act: Act, entry: Entry) -> bool:
    """At level 3 the author releases: there is nobody to ask."""
    if entry.kind != "notice_submitted":
        return False
    return approvals_needed(act.tx.incidents.by_id(entry.incident).level) <= 1


def claim(act: Act) -> tuple[Turn | None, list[Effect]]:
    """The next post, marked as being called; None when none is due or the channel rests."""
    if act.house.chat is None:
        return None, []
    rest = act.tx.meta.instant(REST)
    if rest is not None and rest > act.now:
        return None, []
    for _ in range(DROPS_AT_ONCE):
        due = next((post for post in act.tx.chat.first() if post.next_at <= act.now), None)
        turn = None if due is None else _turn(act, due)
        if due is None or turn is not None:
            return turn, []
    return None, []


def _turn(act: Act, post: Post) -> Turn | None:
    """Take this post, or the one that sums up what has piled up behind it; None when it is not news any more."""
    doubted = post.state != PostState.PLANNED
    if post.created_at <= act.now - TOO_OLD or (not doubted and not _news(act, post)):
        act.tx.chat.take(replace(post, state=PostState.DROPPED, reason="not news any more"))
        return None
    if not doubted:
        post = _summed_up(act, post)
    thread = act.tx.chat.thread(post.incident)
    taken = replace(
        post,
        state=PostState.CALLING,
        next_at=act.now + LEASE,
        attempts=post.attempts + 1,
        root=post.root if doubted else not thread,
    )
    act.tx.chat.take(taken)
    _rest(act, act.now + timedelta(seconds=_house(act).pace_seconds))
    since = post.created_at - LOOKS_BACK
    text = ChatText(post.token, _text(act, post), "" if taken.root else thread, since, act.now)
    fp("chat.before_call")
    return Turn(taken, text, doubted)


def _house(act: Act) -> StaffChat:
    return act.house.chat or StaffChat()


def _news(act: Act, post: Post) -> list[Post]:
    """What this post is to tell: itself and what was merged into it, as far as it is still so."""
    return [one for one in (*act.tx.chat.merged_into(post.id), post) if not _is_over(act, one)]


def _is_over(act: Act, post: Post) -> bool:
    """Whether a word is asked that nobody can give any more, or a window warned of that is decided."""
    if post.kind == "approval_asked":
        return act.tx.notices.get(post.data["notice"]).state != NoticeState.SUBMITTED
    if post.kind == "decision_asked":
        return act.tx.decisions.get(post.data["decision"]).state != DecisionState.WAITING
    return post.kind == "warning" and act.tx.windows.get(post.data["window"]).state != Verdict.OPEN


def _summed_up(act: Act, post: Post) -> Post:
    """The newest of what waits, telling all of it, when that is much and late."""
    waiting = act.tx.chat.unfinished(post.incident)
    if not late(waiting, act.now):
        return post
    last = waiting[-1]
    act.tx.chat.merge([one.id for one in waiting[:-1]], last.id)
    return last


def settle(act: Act, turn: Turn, answer: Answer | LookUp) -> tuple[None, list[Effect]]:
    """Keep what became of a post; a later attempt's row is left alone."""
    outcome = _outcome(turn.post, answer, act.now)
    if act.tx.chat.settle(outcome.post):
        if outcome.thread_gone:
            act.tx.chat.lose_thread(outcome.post.incident)
        if outcome.rest_until is not None:
            _rest(act, outcome.rest_until)
        if outcome.trouble is not None and outcome.trouble != (act.tx.meta.get(TROUBLE) or ""):
            act.tx.meta.put(TROUBLE, outcome.trouble)
    return None, []


def _outcome(post: Post, answer: Answer | LookUp, now: datetime) -> Outcome:
    if isinstance(answer, LookUp):
        return looked_up(post, answer, now)
    return answered(post, answer, now)


def _rest(act: Act, until: datetime) -> None:
    act.tx.meta.put_instant(REST, until)


def standing(act: Act) -> tuple[dict[str, Any] | None, list[Effect]]:
    """How the chat is: posts that wait, since when, and what is wrong; None without a chat."""
    if act.house.chat is None:
        return None, []
    waiting, oldest = act.tx.chat.waiting()
    since = oldest and oldest.isoformat()
    return {"waiting": waiting, "since": since, "trouble": act.tx.meta.get(TROUBLE) or ""}, []


def soon(act: Act, seconds: float = 2.0) -> tuple[bool, list[Effect]]:
    """Whether a post is due within so many seconds."""
    if act.house.chat is None:
        return False, []
    until = act.now + timedelta(seconds=seconds)
    rest = act.tx.meta.instant(REST)
    if rest is not None and rest > until:
        return False, []
    return any(post.next_at <= until for post in act.tx.chat.first()), []


def _text(act: Act, post: Post) -> str:
    """The post in the language of the staff, from the record as it stands."""
    told = _news(act, post) or [post]
    incident = act.tx.incidents.by_id(post.incident)
    common = _of_incident(act, incident)
    lines = [_rendered(act, one.kind, {**common, **_of_entry(act, one)}) for one in told[-SUMMED_UP:]]
    if len(lines) == 1:
        return lines[0]
    slots = {"count": str(len(told)), "earlier": str(max(0, len(told) - SUMMED_UP) or "")}
    return "\n".join([_rendered(act, SUMMARY, {**common, **slots}), *lines])


def _of_entry(act: Act, post: Post) -> dict[str, str]:
    """What the entry itself says, in words."""
    data, words = post.data, _words(act)
    found: dict[str, str] = {name: str(data[name]) for name in NUMBERS if name in data}
    if "kind" in data:
        found["kind"] = str(words["kinds"][duty_word(data["kind"], data.get("rule", ""))])
        found["upwards"] = "1" if data["kind"] in UPWARDS else ""
    if "due_at" in data:
        clock = Clock(act.house.setting.zone, act.now, words)
        found |= {"due": clock.brief(datetime.fromisoformat(data["due_at"])), "zone": clock.zone_name}
    if post.kind in ("upgraded", "downgraded"):
        found["before"] = str(words["levels"][str(data["from"])])
    if post.kind == "told":
        notice = act.tx.notices.get(data["notice"])
        found |= {"people": f"{notice.audience_size:,}", "reached": f"{notice.counters.reached:,}"}
    return found


def _words(act: Act) -> Words:
    return act.house.renderer.words(_house(act).language)


def _rendered(act: Act, kind: str, slots: Mapping[str, str]) -> str:
    return act.house.renderer.chat(kind, _house(act).language, slots)


def _of_incident(act: Act, incident: Incident) -> dict[str, str]:
    """What every line of the incident may say."""
    language, words = _house(act).language, _words(act)
    names = {code: area.names for code, area in act.tx.directory.areas().items()}
    names |= {code: service.names for code, service in act.tx.directory.services().items()}
    roles = [words["roles"][role.value] for role in sorted(PERMISSIONS["approve"])]
    return {
        "reference": incident.reference,
        "exercise": "1" if incident.exercise else "",
        "level": words["planned"]["type"] if incident.planned else words["levels"][str(incident.level)],
        "headline": headline(incident, language, words, names),
        "affected": f"{incident.affected.count:,}" if incident.affected else "",
        "page": f"{act.house.setting.root(incident.exercise)}/{page_path(language, incident.reference)}",
        "roles": listed(roles, words),
    }
