"""What an open window is heading for: its forecast, and all that its holding notice depends on. Reads only."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from coordinator import drafting, holds, rulebook
from coordinator.act import Act
from coordinator.joined import first_fits
from coordinator.outside import Renderer
from coordinator.scope import scope_of
from incidents.incident import Incident
from incidents.terms import DIRECT, LANGUAGES, Channel, Kind, NoticeState, Status
from notifications.audience import preference_of
from notifications.notice import FORM_OWN, Notice
from notifications.parts import count
from notifications.standing import PATHS, Standing, in_force, texts_hash, texts_of
from notifications.states import MOVING
from notifications.template import Version, VersionState
from windows import forecast
from windows.forecast import Load
from windows.holding import Situation
from windows.outlook import Outlook
from windows.window import Window

GONE = (NoticeState.STOPPED, NoticeState.SUPERSEDED)
GOING = (NoticeState.SENDING, NoticeState.TOLD)
COUNTED_FOR = timedelta(minutes=5)
"""So long the figures of an audience hold, unless the incident's scope changes."""
PARTS_GUESSED = 2
"""SMS parts of a notice that nobody has written yet."""
SILENT = frozenset({"", "person", "planned"})


@dataclass(frozen=True)
class Human:
    """The best notice of a person for one window: what it has still to send, and whether it can."""

    notice: Notice | None
    loads: tuple[Load, ...]
    approval: timedelta
    stalled: bool

    def told_at(self, now: datetime) -> datetime | None:
        """None when nobody can say: paused, or nothing moves."""
        return None if self.stalled else forecast.told_at(now, self.loads, self.approval)

    def in_time(self, now: datetime, due_at: datetime) -> bool:
        """Whether it is released and will make it."""
        at = self.told_at(now)
        return self.notice is not None and self.notice.released and at is not None and at <= due_at


def texts_now(act: Act) -> str:
    """The hash of the holding texts as they are in force at this moment."""
    own = act.tx.templates.in_force()
    return _hashed(cast(Hashable, act.house.renderer), tuple((p, own[p]) for p in PATHS if p in own))


@lru_cache(maxsize=16)
def _hashed(renderer: Hashable, own: tuple[tuple[str, Version], ...]) -> str:
    """Every look asks for it, and texts change rarely."""
    desk = cast(Renderer, renderer).under(dict(own))
    return texts_hash({path: desk.source(path) for path in PATHS})


def texts_at(act: Act, moment: datetime) -> tuple[str, ...]:
    """The holding texts word for word as they were in force then, as far as this program still has them: a version
    that was approved is kept for ever, a text that the program ships is that of this program."""
    own: dict[str, Version] = {}
    for path in PATHS:
        for one in act.tx.templates.of_path(path):
            decided = one.decided_at is not None and one.decided_at <= moment
            if decided and one.state is VersionState.APPROVED:
                own[path] = one
    desk = act.house.renderer.under(own)
    return texts_of({path: desk.source(path) for path in PATHS})


def approval_for(act: Act, incident: Incident) -> tuple[Standing | None, str]:
    """The approval in advance that covers this incident, or why there is none."""
    every = act.tx.approvals.all()
    if not every:
        return None, "not_approved"
    return in_force(every, incident.type.value, incident.level, texts_now(act), act.now)


def counted(act: Act, outlook: Outlook, incident: Incident, window: Window) -> Outlook:
    """The outlook with the figures of the audience; counting a whole town at every look would cost too much."""
    scope = scope_of(act, incident)
    key = f"{scope} {preference_of(incident.level)}"
    fresh = outlook.counted_at is not None and act.now - outlook.counted_at < COUNTED_FOR
    if fresh and outlook.counted_for == key:
        return outlook
    people = {"people": 0, "sms": 0, "email": 0}
    if scope.known:
        sms, mail = act.tx.audience.distinct(scope, preference_of(incident.level))
        people = {"people": act.tx.audience.count_affected(scope), "sms": sms, "email": mail}
    return replace(outlook, people=people, counted_for=key, counted_at=act.now)


def human(act: Act, window: Window, notices: Sequence[Notice], outlook: Outlook) -> Human:
    """How far the best notice of a person for this window has come."""
    kinds = rulebook.terms_of(act, window).rule.fulfilled_by
    found = [n for n in notices if n.kind in kinds and not n.holding and n.state not in GONE]
    if window.kind == Kind.FIRST_NOTICE:
        found = [n for n in found if first_fits(window, n)]
    released = [n for n in found if n.released]
    if released:
        going = [n for n in released if n.state in GOING] or released
        return _released(act, going[-1])
    best = found[-1] if found else None
    parts = max(act.tx.notices.parts(best.id).values(), default=0) if best else 0
    return Human(
        best, _loads(act, outlook, parts or PARTS_GUESSED), act.house.expected_approval, stalled=False
    )


def _released(act: Act, notice: Notice) -> Human:
    left: dict[str, int] = {}
    for (channel, _, state), n in act.tx.notices.counts(notice.id).items():
        if channel in DIRECT and state in MOVING:
            left[channel] = left.get(channel, 0) + n
    trouble = act.tx.receipts.lanes(act.tx.incidents.by_id(notice.incident).exercise)
    parts = max(act.tx.notices.parts(notice.id).values(), default=1)
    flowing = tuple(
        Load(c, n, parts if c == Channel.SMS else 1, act.house.lane(c).rate, act.house.lane(c).drain)
        for c, n in left.items()
        if c not in trouble
    )
    stuck = notice.counters.pending > 0 and bool(left) and not any(load.messages for load in flowing)
    return Human(notice, flowing, timedelta(0), stalled=notice.state not in GOING or stuck)


def _loads(act: Act, outlook: Outlook, parts: int) -> tuple[Load, ...]:
    return tuple(
        Load(
            channel.value,
            outlook.people.get(channel.value, 0),
            parts if channel == Channel.SMS else 1,
            act.house.lane(channel).rate,
            act.house.lane(channel).drain,
        )
        for channel in DIRECT
    )


def situation(
    act: Act, window: Window, outlook: Outlook, incident: Incident, notices: Sequence[Notice], person: Human
) -> tuple[Situation, Standing | None] | None:
    """Everything that the holding notice of this window depends on; None where its rule has none."""
    rule = rulebook.terms_of(act, window).rule
    if incident.level not in rule.holding_lead:
        return None
    confirmed = incident.status != Status.PENDING_CONFIRMATION
    mine = next((n for n in notices if n.window == window.id), None)
    own = [c for c in drafting.holding_channels(incident.level) if c in DIRECT]
    loads: tuple[Load, ...] = ()
    if own and outlook.people.get("people"):
        parts = _holding_parts(act, incident) if act.house.lane(Channel.SMS).rate else 1
        loads = _loads(act, outlook, parts)
    approval, refused = approval_for(act, incident)
    live = [n for n in notices if n.page_live_at and not n.holding and n.state not in GONE]
    return Situation(
        started_at=window.started_at,
        due_at=window.due_at,
        rule_lead=rule.holding_lead[incident.level],
        loads=loads,
        refused=refused,
        approved_maximum=approval.maximum if approval else 0,
        held=bool(outlook.held_at),
        waits=bool(holds.standing(act)),
        human_in_time=person.in_time(act.now, window.due_at),
        human_page=bool(live),
        confirmed=confirmed,
        families=0 if confirmed else len(families(act, incident)),
        audience=outlook.people.get("people", 0),
        automatic_maximum=act.house.automatic_maximum,
        gone=_let_go(mine),
    ), approval


def _let_go(mine: Notice | None) -> frozenset[str]:
    """The channels that went; one that was stopped or gave way to a person's goes no further."""
    if mine is None:
        return frozenset()
    if mine.state in GONE:
        return frozenset(channel.value for channel in Channel)
    return frozenset(channel.value for channel in mine.channels if channel not in mine.held)


def families(act: Act, incident: Incident) -> set[str]:
    """The independent trigger families that speak of this incident: each source before its first colon. A plan that ran
    out says nothing of the network."""
    found = {
        entry.data.get("source", "") for entry in act.tx.incidents.entries(incident.id) if entry.kind in SPEAK
    }
    return {source.partition(":")[0] for source in found} - SILENT


SPEAK = ("opened", "alarm_joined")


def _holding_parts(act: Act, incident: Incident) -> int:
    """SMS parts of the holding text as it would read now, in the longer language."""
    trial = Notice(
        id=0,
        incident=incident.id,
        kind=Kind.HOLDING_NOTICE,
        state=NoticeState.DRAFT,
        channels=(Channel.WEB, Channel.SMS),
        author=act.actor.name,
        created_at=act.now,
        level=incident.level,
    )
    seen = drafting.numbered(act, trial, incident)
    kind = drafting.forms_of(seen, incident)[FORM_OWN]
    desk = drafting.renderer(act)
    return max(
        count(
            desk.text(kind, Channel.SMS, lang, drafting.facts_for(act, seen, incident, lang, 0, act.now)).body
        ).parts
        for lang in LANGUAGES
    )
