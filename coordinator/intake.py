"""Verbs of what arrives: keep an outside event, read it, open or join an incident, put it back.

Store first, read after: one event per transaction, so that a bad one delays nothing and is never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from coordinator.act import Act
from coordinator.failpoints import fp
from incidents.effects import AdvancePlaybook, Effect, MoveWindows, OpenIncident, Opening, Record
from incidents.errors import Conflict, Invalid, NotFound
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.terms import IncidentType, Status
from notifications.directory import Area, with_descendants
from triggers import alertmanager
from triggers.alarm import Alarm
from triggers.correlation import known_outage
from triggers.event import StoredEvent
from triggers.routing import Ignored, Route, route

LARGEST_BODY = 1024 * 1024
FORMATS: Mapping[str, Callable[[bytes], tuple[Alarm, ...]]] = {"alertmanager": alertmanager.parse}
NEW_ALARMS_PER_CALL = 200
"""Keeps the transaction short when a storm comes in one body."""
_LONGEST_SHOWN = 40


def check_format(name: str) -> None:
    """NotFound names the formats there are."""
    if name not in FORMATS:
        raise NotFound(
            "no trigger format {name}",
            name=name[:_LONGEST_SHOWN],
            field="format",
            next="known formats: " + ", ".join(sorted(FORMATS)),
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
    return 1, _take(act, event, alarms)


def set_aside(act: Act, problem: str) -> tuple[int | None, list[Effect]]:
    """Quarantine the oldest unread event, for a caller whose `parse_stored` failed without an answer."""
    waiting = act.tx.intake.stored(1)
    if not waiting:
        return None, []
    act.tx.intake.mark(waiting[0].id, "quarantined", problem)
    return waiting[0].id, []


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


def _take(act: Act, event: StoredEvent, alarms: tuple[Alarm, ...]) -> list[Effect]:
    """New firing alarms first, up to the first that opens; repeats and ends once no new one is left."""
    keyed = [_keyed(act, event, alarm) for alarm in alarms]
    new = {a.dedup_key: a for a in keyed if a.firing and _known(act, a) is None}
    effects: list[Effect] = []
    for count, alarm in enumerate(new.values(), start=1):
        effect = _new_alarm(act, event, alarm)
        effects += effect
        opens = any(isinstance(one, OpenIncident) for one in effect)
        if (opens or count >= NEW_ALARMS_PER_CALL) and _something_left(keyed, list(new), count):
            return effects
    for alarm in keyed:
        if alarm.dedup_key not in new or not alarm.firing:
            effects += _known_alarm(act, alarm)
    act.tx.intake.mark(event.id, "parsed")
    return effects


def _something_left(alarms: Iterable[Alarm], new: list[str], count: int) -> bool:
    """Whether the event has further new alarms, or the end of one whose incident is only now being opened."""
    ended = {alarm.dedup_key for alarm in alarms if not alarm.firing}
    return count < len(new) or new[count - 1] in ended


def _known(act: Act, alarm: Alarm) -> tuple[int | None, str] | None:
    return act.tx.intake.alarm(alarm.source, alarm.dedup_key)


def _keyed(act: Act, event: StoredEvent, alarm: Alarm) -> Alarm:
    """An alarm without a start keeps one key; once its incident has ended, the event makes a new one."""
    known = _known(act, alarm) if alarm.firing and alarm.onset_at is None else None
    if known is None or known[0] is None or act.tx.incidents.by_id(known[0]).status in OPEN:
        return alarm
    return replace(alarm, dedup_key=f"{alarm.dedup_key}#{event.id}")


def _known_alarm(act: Act, alarm: Alarm) -> list[Effect]:
    """A repeat is only counted; an end is evidence on the record and closes nothing."""
    known = _known(act, alarm)
    if known is None:
        return []
    incident, status = known
    act.tx.intake.touch_alarm(alarm.source, alarm.dedup_key, alarm.status)
    if alarm.firing or incident is None or status == alarm.status:
        return []
    return [Record(incident, "alarm_resolved", {"source": alarm.source, "dedup_key": alarm.dedup_key})]


def _new_alarm(act: Act, event: StoredEvent, alarm: Alarm) -> list[Effect]:
    chosen = route(alarm, act.house.routing)
    if isinstance(chosen, Ignored):
        act.tx.intake.keep_alarm(alarm.source, alarm.dedup_key, None, event.id, alarm.status)
        return []
    areas = act.tx.directory.areas()
    placed = _placed(act, chosen, areas)
    related = with_descendants(placed.areas, areas) + _above(placed.areas, areas)
    incident = known_outage(placed, related, act.tx.incidents.all(OPEN), act.now)
    if incident is None:
        fp("intake.before_open")
        return [OpenIncident(_opening(act, event, alarm, placed), alarm.source, alarm.dedup_key, event.id)]
    act.tx.intake.keep_alarm(alarm.source, alarm.dedup_key, incident.id, event.id, alarm.status)
    return [
        Record(incident.id, "alarm_joined", _joined(event, alarm, placed)),
        *_raised(act, incident, placed),
    ]


def _placed(act: Act, chosen: Route, areas: Mapping[str, Area]) -> Route:
    """The route with only the codes the directory has, and a type there is a playbook for; reasons say so."""
    services = act.tx.directory.services()
    reasons = list(chosen.reasons)
    for what, codes, catalogue in (("area", chosen.areas, areas), ("service", chosen.services, services)):
        reasons += [f"unknown {what} {code[:_LONGEST_SHOWN]}" for code in codes if code not in catalogue]
        if not any(code in catalogue for code in codes):
            reasons.append(f"which {what} is hit is not known")
    kind = chosen.type
    if kind.value not in act.house.playbooks:
        reasons.append(f"there is no playbook for {kind}: taken as {IncidentType.NETWORK_FAULT}")
        kind = IncidentType.NETWORK_FAULT
    return replace(
        chosen,
        type=kind,
        areas=tuple(code for code in chosen.areas if code in areas),
        services=tuple(code for code in chosen.services if code in services),
        reasons=tuple(reasons),
    )


def _above(codes: Iterable[str], areas: Mapping[str, Area]) -> tuple[str, ...]:
    """Everything above these areas in the tree."""
    found: dict[str, None] = {}
    for code in codes:
        parent = areas[code].parent
        while parent is not None and parent in areas and parent not in found:
            found[parent] = None
            parent = areas[parent].parent
    return tuple(found)


def _opening(act: Act, event: StoredEvent, alarm: Alarm, placed: Route) -> Opening:
    """Awareness is the instant of arrival; an onset that the sender puts after it is unknown."""
    aware_at = min(event.received_at, act.now)
    onset_known = alarm.onset_at is not None and alarm.onset_at <= aware_at
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


def _raised(act: Act, incident: Incident, placed: Route) -> list[Effect]:
    """The worse of two alarms counts until a person has confirmed; after that the level is theirs."""
    if incident.status is not Status.PENDING_CONFIRMATION or placed.level >= incident.level:
        return []
    reasons = (*incident.level_reasons, *placed.reasons)
    act.tx.incidents.save(replace(incident, level=placed.level, level_reasons=reasons))
    change = {"from": incident.level, "to": placed.level, "reason": "; ".join(placed.reasons)}
    return [
        Record(incident.id, "upgraded", change),
        MoveWindows(incident.id),
        AdvancePlaybook(incident.id, "upgraded"),
    ]
