"""What an open window is heading for: its forecast, and all that its holding notice depends on. Reads only."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo

from coordinator import drafting, holds, rulebook
from coordinator.act import Act
from coordinator.family import entries_about
from coordinator.flow import GOING, flows, stalled
from coordinator.in_line import ahead, parts_of
from coordinator.joined import first_fits
from coordinator.outside import Renderer
from coordinator.scope import doubted, preference_for, scope_of
from coordinator.standing import fits, of_duplicates
from incidents.incident import Incident
from incidents.terms import DIRECT, LANGUAGES, Channel, Kind, NoticeState, Status
from notifications.notice import FORM_OWN, Notice
from notifications.parts import count
from notifications.phrases import Words
from notifications.standing import PATHS, PROPOSED, Standing, in_force, renewal, texts_hash, texts_of
from notifications.template import Version, VersionState
from windows import forecast
from windows.forecast import Load
from windows.holding import Situation, channels_at
from windows.moves import of_their_own
from windows.outlook import Outlook
from windows.window import Window

GONE = (NoticeState.STOPPED, NoticeState.SUPERSEDED)
COUNTED_FOR = timedelta(minutes=5)
"""So long the figures of an audience hold, unless the incident's scope changes or an import ends."""
PARTS_GUESSED = 2
"""SMS parts of a notice that nobody has written yet."""
WORDS = tuple(f"words/{language}.yaml" for language in LANGUAGES)
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

    @property
    def released(self) -> bool:
        return self.notice is not None and self.notice.released

    @property
    def going(self) -> bool:
        """Whether it is released and moves."""
        return self.released and not self.stalled

    def in_time(self, now: datetime, due_at: datetime) -> bool:
        """Whether it is released and will make it."""
        at = self.told_at(now)
        return self.going and at is not None and at <= due_at


def texts_now(act: Act) -> str:
    """The hash of the holding texts as they are in force at this moment."""
    own, made_of = act.tx.templates.in_force(), (*PATHS, *WORDS)
    return _hashed(cast(Hashable, act.house.renderer), tuple((p, own[p]) for p in made_of if p in own))


@lru_cache(maxsize=16)
def _hashed(renderer: Hashable, own: tuple[tuple[str, Version], ...]) -> str:
    """Every look asks for it, and texts change rarely."""
    desk = cast(Renderer, renderer).under(dict(own))
    return texts_hash(*_sources(desk))


def _sources(desk: Renderer) -> tuple[Mapping[str, str], Mapping[str, Words]]:
    return {path: desk.source(path) for path in PATHS}, {one: desk.words(one) for one in LANGUAGES}


def renewal_of(act: Act, one: Standing | None) -> str:
    """The command that asks for this approval anew from today, or for a first one."""
    day = (act.now + PROPOSED).astimezone(ZoneInfo(act.house.setting.zone)).date()
    return renewal(one, day)


def texts_at(act: Act, moment: datetime) -> tuple[str, ...]:
    """The holding texts word for word as they were in force then, as far as this program still has them: a version
    that was approved is kept for ever, a text that the program ships is that of this program."""
    own: dict[str, Version] = {}
    for path in (*PATHS, *WORDS):
        for one in act.tx.templates.of_path(path):
            decided = one.decided_at is not None and one.decided_at <= moment
            if decided and one.state is VersionState.APPROVED:
                own[path] = one
    desk = act.house.renderer.under(own)
    return texts_of(*_sources(desk))


def approval_for(act: Act, incident: Incident) -> tuple[Standing | None, str]:
    """The approval in advance that covers this incident, or why there is none."""
    every = act.tx.approvals.all()
    if not every:
        return None, "not_approved"
    return in_force(every, incident.type.value, incident.level, texts_now(act), act.now)


def counted(act: Act, outlook: Outlook, incident: Incident, window: Window) -> Outlook:
    """The outlook with the figures of the audience; counting a whole town at every look would cost too much."""
    scope = scope_of(act, incident)
    preference = preference_for(act, incident)
    key = f"{scope} {preference}"
    fresh = outlook.counted_at is not None and act.now - outlook.counted_at < COUNTED_FOR
    if fresh and outlook.counted_for == key:
        return outlook
    people = {"people": 0, "sms": 0, "email": 0}
    if scope.known:
        found, sms, mail = act.tx.audience.sizes(scope, preference)
        people = {"people": found, "sms": sms, "email": mail}
    return replace(outlook, people=people, counted_for=key, counted_at=act.now)


def doubtful(act: Act, incident: Incident) -> list[str]:
    """Channels to customers that are in trouble or depend on what this incident has hit."""
    hit = [name for name in doubted(act, incident) if name in DIRECT]
    return sorted({*act.tx.receipts.lanes(incident.exercise), *hit})


def human(act: Act, window: Window, notices: Sequence[Notice], outlook: Outlook) -> Human:
    """How far the best notice of a person for this window has come."""
    kinds = rulebook.terms_of(act, window).rule.fulfilled_by
    found = [n for n in notices if n.kind in kinds and not n.holding and n.state not in GONE]
    if window.kind == Kind.FIRST_NOTICE:
        own = [n for n in found if first_fits(window, n)]
        theirs = of_duplicates(act, window, own) if of_their_own(window) else []
        # A complaint's notice has no page entry, and so tells nothing that needs one.
        found = [*(n for n in theirs if Channel.WEB in n.channels), *own]
    released = [n for n in found if n.released]
    incident = act.tx.incidents.by_id(window.incident)
    if released:
        going = [n for n in released if n.state in GOING] or released
        return _released(act, going[-1], incident)
    best = found[-1] if found else None
    parts = max(act.tx.notices.parts(best.id).values(), default=0) if best else 0
    loads = _loads(act, outlook, parts or PARTS_GUESSED, ahead(act, incident, best))
    return Human(best, loads, act.house.expected_approval, stalled=False)


def by_page(act: Act, window: Window, notices: Sequence[Notice], incident: Incident) -> Human:
    """The same for a window that its page entry tells: people need their time, the page next to none. Of a window that
    is shorter than twice that time half counts, or it would be late from its first moment."""
    found = [n for n in notices if fits(act, window, n, notices) and not n.holding and n.state not in GONE]
    released = [n for n in found if n.released]
    if released:
        going = [n for n in released if n.state in GOING]
        stuck = Channel.WEB in act.tx.receipts.lanes(incident.exercise)
        return Human((going or released)[-1], (), forecast.NOTHING, stalled=not going or stuck)
    half = (window.due_at - window.runs_from) / 2
    return Human(found[-1] if found else None, (), min(act.house.expected_approval, half), stalled=False)


def _released(act: Act, notice: Notice, incident: Incident) -> Human:
    found = flows(act, notice)
    line = ahead(act, incident, notice) if found else {}
    loads = tuple(_load(act, channel, n, parts_of(act, notice), line) for channel, n in found.items())
    return Human(notice, loads, timedelta(0), stalled(act, notice))


def _loads(act: Act, outlook: Outlook, parts: int, line: Mapping[str, timedelta]) -> tuple[Load, ...]:
    return tuple(_load(act, c.value, outlook.people.get(c.value, 0), parts, line) for c in DIRECT)


def _load(act: Act, channel: str, messages: int, parts: int, line: Mapping[str, timedelta]) -> Load:
    lane = act.house.lane(channel)
    each = parts if channel == Channel.SMS else 1
    return Load(channel, messages, each, lane.rate, lane.drain, line.get(channel, forecast.NOTHING))


def situation(
    act: Act, window: Window, outlook: Outlook, incident: Incident, notices: Sequence[Notice], person: Human
) -> tuple[Situation, Standing | None] | None:
    """Everything that the holding notice of this window depends on; None where its rule has none."""
    rule = rulebook.terms_of(act, window).rule
    if incident.level not in rule.holding_lead or window.of_one:
        return None
    confirmed = incident.status != Status.PENDING_CONFIRMATION
    mine = next((n for n in notices if n.window == window.id), None)
    own = [c for c in channels_at(incident.level) if c in DIRECT]
    loads: tuple[Load, ...] = ()
    # What has begun to go is for those whom it was frozen for, also when they are another part's by now.
    people = max(outlook.people.get("people", 0), mine.audience_size if mine else 0)
    if own and people:
        parts = _holding_parts(act, incident) if act.house.lane(Channel.SMS).rate else 1
        loads = _loads(act, outlook, parts, ahead(act, incident, mine, holding=True))
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
        audience=mine.audience_size if mine and mine.audience_size else outlook.people.get("people", 0),
        automatic_maximum=act.house.automatic_maximum,
        gone=_let_go(mine),
        written_for=None if mine is None else frozenset(channel.value for channel in mine.channels),
    ), approval


def _let_go(mine: Notice | None) -> frozenset[str]:
    """The channels that went; one that was stopped or gave way to a person's goes no further."""
    if mine is None:
        return frozenset()
    if mine.state in GONE:
        return frozenset(channel.value for channel in Channel)
    return frozenset(channel.value for channel in mine.channels if channel not in mine.held)


def families(act: Act, incident: Incident) -> set[str]:
    """The independent trigger families that speak of this incident, of a duplicate, or of the whole until it was split
    off: each source before its first colon. A plan that ran out says nothing of the network."""
    found = {entry.data.get("source", "") for entry in entries_about(act, incident) if entry.kind in SPEAK}
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
