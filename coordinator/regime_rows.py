"""Which regimes are switched on, where each of them stands with an incident, and what it asks. Reads only, but for the
instant of the next look."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from coordinator.act import Act
from incidents.chain import Entry
from incidents.effects import Effect, OpenTask, Record
from incidents.errors import NotFound
from incidents.incident import Incident
from windows.regimes import reached_at, to_come
from windows.rules import Fact, Pack, Trigger, pinned

ENABLED, LOOK = "regimes_enabled", "regimes_look_at"
STEP = "regime:"
"""How the step of a question's task begins; the name of the pack follows."""
ASKED, APPLIED, WAIVED = "regime_asked", "regime_applied", "regime_waived"
STATES = {ASKED: "asked", APPLIED: "applied", WAIVED: "waived"}


@dataclass(frozen=True)
class Stand:
    """Where one regime stands with one incident, by its last entry."""

    pack: str
    state: str
    at: datetime
    by: str
    reason: str


def enabled(act: Act) -> tuple[str, ...]:
    """The names of the packs that are switched on, in that order."""
    return tuple(json.loads(act.tx.meta.get(ENABLED) or "[]"))


def in_force(act: Act) -> list[Pack]:
    """The packs that are switched on; one that this version no longer ships is left out."""
    return [act.house.regimes[name] for name in enabled(act) if name in act.house.regimes]


def shipped(act: Act, name: str) -> Pack:
    """The pack of this name; NotFound says whether it is still to come."""
    if name in act.house.regimes:
        return act.house.regimes[name]
    if any(one.id == name for one in to_come()):
        raise NotFound(
            "the regime {name} is data to come: it is listed and cannot be used yet",
            name=name,
            field="pack",
            next="tongbao regime list",
        )
    raise NotFound("no regime {name}", name=name, field="pack", next="tongbao regime list")


def trigger_of(pack: Pack) -> Trigger:
    """When it applies; every regime says so."""
    if pack.trigger is None:
        raise NotFound("no regime {name}", name=pack.pack, field="pack", next="tongbao regime list")
    return pack.trigger


def concerns(pack: Pack, incident: Incident) -> bool:
    """Whether it can concern this incident at all: by its type, or by a fact on its record."""
    trigger = trigger_of(pack)
    return incident.type in trigger.types or any(getattr(incident, fact) for fact in trigger.facts)


def learnt(before: Incident, after: Incident) -> tuple[str, ...]:
    """The facts by which a regime may concern it that were not known, or were none."""
    return tuple(fact for fact in get_args(Fact) if getattr(after, fact) and not getattr(before, fact))


def standing(entries: Iterable[Entry]) -> dict[str, Stand]:
    """Pack -> where it stands with the incident of these entries."""
    found: dict[str, Stand] = {}
    for entry in entries:
        if entry.kind in STATES:
            name, reason = str(entry.data["pack"]), str(entry.data.get("reason", ""))
            by = str(entry.data.get("decided_by", entry.actor))
            found[name] = Stand(name, STATES[entry.kind], entry.at, by, reason)
    return found


def with_later_acts(act: Act, entries: Iterable[Entry]) -> dict[str, Pack]:
    """The packs that apply by these entries and whose reports a later act may begin, word for word as they applied."""
    found: dict[str, Pack] = {}
    for entry in entries:
        # The entry of an heir names a version only where the pack was kept for this.
        if entry.kind == APPLIED and "version" in entry.data:
            pack = pinned(act.tx.packs.text(f"{entry.data['pack']}@{entry.data['version']}"))
            if pack.of_later_acts:
                found[pack.pack] = pack
    return found


def were_asked(entries: Iterable[Entry]) -> set[str]:
    """The packs about which this incident was asked, or what it goes on for was; a "no" that nobody had asked for is
    none of them, also where it came over from a duplicate."""
    return {
        str(entry.data["pack"])
        for entry in entries
        # Records from before it was written down err on the side of what the record computes.
        if entry.kind == ASKED
        or (entry.kind == WAIVED and entry.data.get("was_asked", "decided_by" in entry.data))
    }


def document(act: Act, incident: Incident) -> list[dict[str, Any]]:
    """Where each regime stands with an incident; nothing is read where none has ever been switched on."""
    if act.tx.meta.get(ENABLED) is None:
        return []
    found = standing(act.tx.incidents.entries(incident.id)).values()
    return [{**vars(one), "at": one.at.isoformat()} for one in found]


def question(act: Act, pack: Pack, incident: Incident) -> OpenTask:
    """The task in which a person is asked whether it applies."""
    trigger = trigger_of(pack)
    return OpenTask(
        incident=incident.id,
        step=STEP + pack.pack,
        phase="report",
        department="legal",
        role="duty_manager",
        title=trigger.question,
        limit_seconds=int(trigger.ask_within.total_seconds()),
        escalates=True,
    )


def asked(act: Act, pack: Pack, incident: Incident) -> list[Effect]:
    """It is asked: on the timeline, and as a task."""
    data = {"pack": pack.pack, "version": pack.version, "question": trigger_of(pack).question}
    return [Record(incident.id, ASKED, data), question(act, pack, incident)]


def reaches_at(act: Act, pack: Pack, incident: Incident) -> datetime | None:
    """When the record says that its threshold is reached; None when it does not, or there is none."""
    threshold = trigger_of(pack).computed
    if threshold is None:
        return None
    affected = incident.users_at_once if incident.affected is None else incident.affected.count
    until = incident.restored_at or incident.resolved_at
    return reached_at(threshold, affected, incident.onset_at or incident.aware_at, until)


def next_look(act: Act) -> datetime | None:
    """When a threshold of a running incident is reached next, as far as is known."""
    text = act.tx.meta.get(LOOK)
    return datetime.fromisoformat(text) if text else None


def look_by(act: Act, at: datetime | None) -> None:
    """Look at the thresholds by then, if not earlier."""
    before = next_look(act)
    if at is not None and (before is None or at < before):
        act.tx.meta.put(LOOK, at.isoformat())
