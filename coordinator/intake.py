"""Verbs of what arrives: keep an outside event, read it, open or join an incident, put it back.

Store first, read after: one event per transaction, so that a bad one delays nothing and is never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from coordinator import levels
from coordinator.act import Act
from coordinator.failpoints import fp
from incidents.classification import Impact, classify
from incidents.effects import Effect, OpenIncident, Opening, RaiseLevel, Record
from incidents.errors import Conflict, Invalid, NotFound
from incidents.incident import Incident
from incidents.instants import within
from incidents.lifecycle import OPEN
from incidents.reasons import AND, sentence
from incidents.terms import PLANNED_AHEAD, IncidentType, Status
from notifications.directory import Area, Service, with_descendants
from triggers import alertmanager
from triggers.alarm import Alarm
from triggers.correlation import known_outage
from triggers.event import StoredEvent
from triggers.routing import Ignored, Route, route

LARGEST_BODY = 1024 * 1024
FORMATS: Mapping[str, Callable[[bytes], tuple[Alarm, ...]]] = {"alertmanager": alertmanager.parse}
ALARMS_PER_CALL = 50
"""Keeps the transaction short when a storm comes in one body."""
BOOKMARK = "intake_bookmark"
"""Which event is half read, and how many of its alarms are done."""
_LONGEST_SHOWN = 40
UNREADABLE = "unreadable"
"""The state of an alarm whose event the present reader refuses; one that comes again is read."""
ENDS_WORK = ("planned_completed", "planned_cancelled", "planned_changed")
"""Entries after which planned work is not under way, or not then."""


def check_format(name: str) -> None:
    """NotFound names the formats there are."""
    if name not in FORMATS:
        raise NotFound(
            "no trigger format {name}",
            name=name[:_LONGEST_SHOWN],
            field="format",
            next=("one of: {known}", {"known": tuple(sorted(FORMATS))}),
        )


@lru_cache(maxsize=4)
def read(name: str, body: bytes) -> tuple[Alarm, ...]:
    """The alarms in a body; Invalid with the path of what can never be accepted, NotFound for the format."""
    check_format(name)
    return FORMATS[name](body)


def store(act: Act, name: str, source: str, body: bytes) -> tuple[tuple[int, bool], list[Effect]]:
    """Keep the raw body and return its event's id and whether it is new; it is read later.

    `name` is the format's, `source` whoever sent it.
    """
    check_format(name)
    if len(body) > LARGEST_BODY:
        raise Invalid(
            "the body has {size} bytes, more than {limit}",
            size=len(body),
            limit=LARGEST_BODY,
            field="body",
            next="send fewer alarms at once (Alertmanager: max_alerts)",
        )
    fp("intake.before_store")
    return act.tx.intake.store(name, source, body, act.now), []


def parse_stored(act: Act) -> tuple[int, list[Effect]]:
    """Take the oldest event nobody has read a step further: 1, or 0 when there is none. Call until it is 0.

    At most one incident opens per call, and the event stays in line while alarms of it are left: the next
    call sees the incident that this one opens, and the next alarm of the same outage joins it.
    """
    waiting = act.tx.intake.stored(1)
    if not waiting:
        return 0, []
    event = waiting[0]
    try:
        alarms = read(event.format, event.body)
    except (Invalid, NotFound) as problem:
        act.tx.intake.mark(event.id, "quarantined", problem.message)
        return 1, []
    # Beginnings first: an end in the same body then finds its incident.
    return 1, _step(act, event, sorted(alarms, key=lambda alarm: not alarm.firing))


def oldest(act: Act) -> tuple[int | None, list[Effect]]:
    """The event that is next to be read; None when there is none."""
    waiting = act.tx.intake.stored(1)
    return (waiting[0].id if waiting else None), []


def set_aside(act: Act, event_id: int, problem: str) -> tuple[int | None, list[Effect]]:
    """Quarantine this event, for a caller whose `parse_stored` failed without an answer.

    None when somebody else has set it aside or read it meanwhile: the next in line is innocent.
    """
    event = act.tx.intake.get(event_id)
    if event is None or event.state != "stored":
        return None, []
    act.tx.intake.mark(event_id, "quarantined", problem)
    return event_id, []


def trigger_list(act: Act) -> tuple[list[StoredEvent], list[Effect]]:
    """The newest events with what became of them, newest first."""
    return act.tx.intake.newest(), []


def replay(act: Act, event_id: int) -> tuple[StoredEvent, list[Effect]]:
    """Put a quarantined event back in line, to be read again."""
    event = act.tx.intake.get(event_id)
    if event is None:
        raise NotFound("no event {id}", id=event_id, field="event", next="tongbao trigger list")
    if event.state != "quarantined":
        raise Conflict(
            "event {id} is {state}, not quarantined",
            id=event_id,
            state=event.state,
            field="event",
            next="only what could not be read is read again",
        )
    act.tx.intake.mark(event_id, "stored")
    return replace(event, state="stored", problem=None), []


def _step(act: Act, event: StoredEvent, alarms: Sequence[Alarm]) -> list[Effect]:
    """Go on where the last step ended, up to the first alarm that opens an incident."""
    begin = _bookmark(act, event)
    book = _Book(act)
    effects: list[Effect] = []
    for end, alarm in enumerate(alarms[begin : begin + ALARMS_PER_CALL], start=begin + 1):
        effect = _alarm(book, event, alarm)
        effects += effect
        if end == len(alarms):
            act.tx.intake.mark(event.id, "parsed")
        elif any(isinstance(one, OpenIncident) for one in effect) or end == begin + ALARMS_PER_CALL:
            act.tx.meta.put(BOOKMARK, f"{event.id} {end}")
            break
    return effects


def _bookmark(act: Act, event: StoredEvent) -> int:
    """How many alarms of the event are done; a lost bookmark is no harm, since repeats are only counted."""
    number, _, done = (act.tx.meta.get(BOOKMARK) or "").partition(" ")
    return int(done) if number == str(event.id) else 0


class _Book:
    """What every alarm of one step is compared with, looked up once."""

    def __init__(self, act: Act):
        self.act = act

    @cached_property
    def areas(self) -> Mapping[str, Area]:
        return self.act.tx.directory.areas()

    @cached_property
    def services(self) -> Mapping[str, Service]:
        return self.act.tx.directory.services()

    @cached_property
    def open(self) -> dict[int, Incident]:
        return {incident.id: incident for incident in self.act.tx.incidents.all(OPEN)}

    @cached_property
    def works(self) -> dict[int, Incident]:
        """Planned works that are to come or under way: what arrives while they are under way is expected."""
        return {work.id: work for work in self.act.tx.incidents.works((*PLANNED_AHEAD, Status.OVERRUN))}

    def related(self, codes: Sequence[str]) -> set[str]:
        """These areas with everything above and below them in the tree."""
        found = set(with_descendants(codes, self.areas))
        for code in codes:
            parent = self.areas[code].parent
            while parent is not None and parent in self.areas and parent not in found:
                found.add(parent)
                parent = self.areas[parent].parent
        return found


def _alarm(book: _Book, event: StoredEvent, alarm: Alarm) -> list[Effect]:
    """A new one opens or joins; a repeat is only counted; an end is evidence and closes nothing."""
    known = book.act.tx.intake.alarm(alarm.source, alarm.dedup_key)
    if known is None or _begins_again(book, event, alarm, known[0]):
        return _new_alarm(book, event, alarm) if alarm.firing else []
    incident, status, _ = known
    if alarm.firing and incident is not None and book.act.tx.incidents.by_id(incident).planned:
        # What it says last counts, should it fire on after the work.
        book.act.tx.intake.keep_alarm(alarm.source, alarm.dedup_key, incident, event.id, alarm.status)
        return []
    book.act.tx.intake.touch_alarm(alarm.source, alarm.dedup_key, alarm.status)
    if alarm.firing or incident is None or status == alarm.status:
        return []
    return [Record(incident, "alarm_resolved", {"source": alarm.source, "dedup_key": alarm.dedup_key})]


def _begins_again(book: _Book, event: StoredEvent, alarm: Alarm, incident: int | None) -> bool:
    """An alarm that gives no start keeps one key for ever: after its incident's end it counts as another. One that was
    expected of planned work and goes on after it belongs to what it opens or joins then."""
    if not alarm.firing or incident is None:
        return False
    if book.act.tx.incidents.by_id(incident).planned:
        return not _expected(book, event, _placed_by_rules(book, alarm), incident)
    return alarm.onset_at is None and incident not in book.open


def _placed_by_rules(book: _Book, alarm: Alarm) -> Route | None:
    """Where the routing rules put an alarm that is on the record already, with its level; None: it is ignored."""
    chosen = route(alarm, book.act.house.routing)
    return None if isinstance(chosen, Ignored) else _graded(book.act, alarm, _placed(book, chosen))


def _under_way(work: Incident, now: datetime) -> bool:
    start, end = work.planned_start_at, work.planned_end_at
    return start is not None and end is not None and start <= now < end


def _expected(book: _Book, event: StoredEvent, placed: Route | None, work_id: int) -> bool:
    """Whether an alarm lies in this planned work and arrived while it was under way; level 1 is never expected."""
    work = book.works.get(work_id)
    if work is None or not _under_way(work, event.received_at) or (placed is not None and placed.level == 1):
        return False
    if placed is None or not (placed.areas and placed.services):
        return placed is None
    inside = with_descendants(work.areas, book.areas)
    return set(placed.areas) <= set(inside) and set(placed.services) <= set(work.services)


def _new_alarm(book: _Book, event: StoredEvent, alarm: Alarm) -> list[Effect]:
    act = book.act
    chosen = route(alarm, act.house.routing)
    if isinstance(chosen, Ignored):
        act.tx.intake.keep_alarm(alarm.source, alarm.dedup_key, None, event.id, alarm.status)
        return []
    placed = _placed(book, chosen)
    graded = _graded(act, alarm, placed)
    work = next((one for one in book.works if _expected(book, event, graded, one)), None)
    if work is not None:
        act.tx.intake.keep_alarm(alarm.source, alarm.dedup_key, work, event.id, alarm.status)
        return [Record(work, "alarm_expected", _joined(event, alarm, graded))]
    incident = known_outage(placed, book.related(placed.areas), book.open.values(), act.now)
    if incident is None:
        fp("intake.before_open")
        return [OpenIncident(_opening(act, event, alarm, placed), alarm.source, alarm.dedup_key, event.id)]
    act.tx.intake.keep_alarm(alarm.source, alarm.dedup_key, incident.id, event.id, alarm.status)
    joined = Record(incident.id, "alarm_joined", _joined(event, alarm, placed))
    return [joined, *_raised(book, incident, graded)]


def goes_on(act: Act) -> bool:
    """Whether an alarm that planned work had expected fires on after it."""
    return bool(act.tx.intake.going_on(act.now, 1))


def read_going_on(act: Act) -> tuple[int, list[Effect]]:
    """What planned work had expected and fires on after it is an outage since the work was over, whatever its source
    repeats; also where the incident of an overrun was refused and the work is completed. How many were looked at.

    At most one incident opens per call, so that the next alarm of the same outage joins it.
    """
    book, effects, done = _Book(act), list[Effect](), 0
    for source, key, event_id, owner in act.tx.intake.going_on(act.now, ALARMS_PER_CALL):
        done += 1
        event = act.tx.intake.get(event_id)
        alarm = _of_event(event, source, key)
        work = _work_of(act, owner)
        book.works.pop(work.id, None)
        if event is None or alarm is None:
            act.tx.intake.touch_alarm(source, key, UNREADABLE)
            said = {"source": source, "dedup_key": key, "event": event_id, "incident": "–"}
            effects.append(Record(work.id, "alarm_goes_on", said))
            continue
        found = _new_alarm(book, replace(event, received_at=_over_since(act, work)), alarm)
        effects += _traced(act, work, found)
        if any(isinstance(one, OpenIncident) for one in found):
            break
    return done, effects


def _traced(act: Act, work: Incident, found: Iterable[Effect]) -> Iterator[Effect]:
    """The same effects, and on the record of the work what its alarm became."""
    for one in found:
        if isinstance(one, OpenIncident):
            yield replace(one, goes_on_from=work.id)
            continue
        yield one
        if isinstance(one, Record) and one.kind in ("alarm_joined", "alarm_expected"):
            said = {name: one.data[name] for name in ("source", "dedup_key", "event")}
            yield Record(work.id, "alarm_goes_on", {**said, "incident": _reference(act, one.incident)})


def _reference(act: Act, number: int) -> str:
    return act.tx.incidents.by_id(number).reference


def _work_of(act: Act, owner: int) -> Incident:
    """The planned work that an alarm belongs to, also by the incident that it became."""
    found = act.tx.incidents.by_id(owner)
    return found if found.overrun_of is None else act.tx.incidents.by_id(found.overrun_of)


def _over_since(act: Act, work: Incident) -> datetime:
    """Since when this work is not under way any more: its end, or the word that ended or moved it."""
    ended = [e.at for e in act.tx.incidents.entries(work.id) if e.kind in ENDS_WORK]
    end = work.planned_end_at if work.status in (*PLANNED_AHEAD, Status.OVERRUN) else None
    return end if end is not None and end <= act.now else max(ended, default=act.now)


def _of_event(event: StoredEvent | None, source: str, key: str) -> Alarm | None:
    """The alarm of this key in an event that was read before; None if it cannot be read any more."""
    try:
        found = () if event is None else read(event.format, event.body)
    except (Invalid, NotFound):
        return None
    return next((one for one in found if (one.source, one.dedup_key) == (source, key)), None)


def _placed(book: _Book, chosen: Route) -> Route:
    """The route with only the codes the directory has, and a type there is a playbook for; reasons say so."""
    reasons = list(chosen.reasons)
    looked_up = (("area", chosen.areas, book.areas), ("service", chosen.services, book.services))
    for what, codes, catalogue in looked_up:
        strange = [code[:_LONGEST_SHOWN] for code in codes if code not in catalogue]
        reasons += [sentence(f"unknown_{what}", code=code) for code in strange]
        if not any(code in catalogue for code in codes):
            reasons.append(sentence(f"which_{what}"))
    kind = chosen.type
    if kind.value not in book.act.house.playbooks:
        reasons.append(sentence("no_playbook", kind=kind, taken_as=IncidentType.NETWORK_FAULT))
        kind = IncidentType.NETWORK_FAULT
    return replace(
        chosen,
        type=kind,
        areas=tuple(code for code in chosen.areas if code in book.areas),
        services=tuple(code for code in chosen.services if code in book.services),
        reasons=tuple(reasons),
    )


def _opening(act: Act, event: StoredEvent, alarm: Alarm, placed: Route) -> Opening:
    """Awareness is the instant of arrival; an onset that the sender puts after it, or many years before, is unknown."""
    aware_at = min(event.received_at, act.now)
    onset_known = (
        alarm.onset_at is not None and alarm.onset_at <= aware_at and within(alarm.onset_at, act.now)
    )
    return Opening(
        type=placed.type,
        level=placed.level,
        title=placed.title,
        areas=placed.areas,
        services=placed.services,
        onset_at=alarm.onset_at if onset_known else None,
        aware_at=aware_at,
        affected=alarm.affected,
        cause={},
        source=alarm.source,
        level_reasons=placed.reasons,
        confirmed=False,
    )


def _graded(act: Act, alarm: Alarm, placed: Route) -> Route:
    """A joining alarm that names no level has one only by its own figure; knowing nothing raises nothing."""
    if placed.level is not None or alarm.affected is None:
        return placed
    found = classify(Impact(placed.type, affected=alarm.affected), act.house.levels)
    return replace(placed, level=found.known_level, reasons=(*placed.reasons, *levels.sentences(found)))


def _joined(event: StoredEvent, alarm: Alarm, placed: Route) -> dict[str, Any]:
    return {
        "source": alarm.source,
        "dedup_key": alarm.dedup_key,
        "event": event.id,
        "rule": placed.rule_id,
        "level": placed.level,
        "reasons": list(placed.reasons),
        "areas": list(placed.areas),
        "services": list(placed.services),
        "affected": alarm.affected,
    }


def _raised(book: _Book, incident: Incident, placed: Route) -> list[Effect]:
    """The worse of two alarms counts until a person has confirmed; after that the level is theirs."""
    level = placed.level
    if level is None or incident.status is not Status.PENDING_CONFIRMATION or level >= incident.level:
        return []
    book.open[incident.id] = replace(incident, level=level)
    return [RaiseLevel(incident.id, level, AND.join(placed.reasons))]
