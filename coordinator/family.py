"""Incidents that are one for their customers: duplicates that were merged, and parts that were split off. Reads only.

Who was told by one of them has been told: notices are read across the family.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coordinator.act import Act
from incidents.chain import Entry
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.terms import Kind, Status
from notifications.audience import Share
from notifications.notice import Notice
from windows.window import Window


def members_of(act: Act, incident_id: int) -> tuple[int, ...]:
    """This incident and every duplicate that was merged into it, the survivor first."""
    found = [incident_id]
    for one in found:
        found += act.tx.incidents.merged_into(one)
    return tuple(found)


def others_of(act: Act, incident: Incident) -> tuple[int, ...]:
    """The duplicates that were merged into it, and what it was split off, with the duplicates of that."""
    found, whole = list(members_of(act, incident.id)), incident
    while whole.split_from is not None:
        whole = act.tx.incidents.by_id(whole.split_from)
        found += members_of(act, whole.id)
    return tuple(one for one in dict.fromkeys(found) if one != incident.id)


def kin_of(act: Act, incident: Incident) -> tuple[Incident, ...]:
    """Every other incident that merging or splitting ties to this one, however far, oldest first."""
    seen, waiting = {incident.id: incident}, [incident]
    for one in waiting:
        near = [one.merged_into, one.split_from, *act.tx.incidents.merged_into(one.id)]
        found = [act.tx.incidents.by_id(number) for number in near if number is not None]
        for other in (*found, *act.tx.incidents.parts_of(one.id)):
            if other.id not in seen:
                seen[other.id] = other
                waiting.append(other)
    return tuple(seen[number] for number in sorted(seen) if number != incident.id)


def lineage_of(act: Act, incident: Incident) -> tuple[int, ...]:
    """This incident and what it was split off, the nearest first: a part's windows go on with their numbers."""
    found = [incident]
    while found[-1].split_from is not None:
        found.append(act.tx.incidents.by_id(found[-1].split_from))
    return tuple(one.id for one in found)


def survivor_of(act: Act, incident_id: int) -> Incident:
    """The incident that speaks for this one: itself, or what it was merged into."""
    found = act.tx.incidents.by_id(incident_id)
    while found.merged_into is not None:
        found = act.tx.incidents.by_id(found.merged_into)
    return found


def parts_going_on(act: Act, incident_id: int) -> list[Incident]:
    """What was split off it or its duplicates and is not over, or what that went into: a part that was nothing speaks
    for its own."""
    found: list[Incident] = []
    seen = set(members_of(act, incident_id))
    waiting = [part for one in sorted(seen) for part in act.tx.incidents.parts_of(one)]
    for part in waiting:
        if part.id in seen:
            continue
        seen.add(part.id)
        if part.status in (*OPEN, Status.RESOLVED):
            found.append(part)
        elif part.merged_into is not None:
            waiting.append(act.tx.incidents.by_id(part.merged_into))
        else:
            members = members_of(act, part.id)
            seen |= set(members)
            waiting += [one for member in members for one in act.tx.incidents.parts_of(member)]
    return found


def own_notices(act: Act, incident_id: int) -> list[Notice]:
    """Every notice of this incident and of its duplicates, oldest first."""
    every = [n for one in members_of(act, incident_id) for n in act.tx.notices.of_incident(one)]
    return sorted(every, key=lambda notice: notice.id)


def notices_of(act: Act, incident: Incident) -> list[Notice]:
    """The same, with what was released before this incident was split off: its people have had that."""
    own = own_notices(act, incident.id)
    if incident.split_from is None:
        return own
    parent = act.tx.incidents.by_id(incident.split_from)
    before = [n for n in notices_of(act, parent) if n.released_at and n.released_at <= incident.opened_at]
    return [*before, *own]


def entries_about(act: Act, incident: Incident) -> Iterator[Entry]:
    """What the timelines of this incident and its duplicates say, and those of the whole until it was split off."""
    for one in members_of(act, incident.id):
        yield from act.tx.incidents.entries(one)
    if incident.split_from is not None:
        whole = act.tx.incidents.by_id(incident.split_from)
        yield from (entry for entry in entries_about(act, whole) if entry.at <= incident.opened_at)


def first_windows(act: Act, incident: Incident) -> list[Window]:
    """Its first-notice windows, oldest first; of a part split off after that, those of the whole."""
    own = [w for w in act.tx.windows.of_incident(incident.id) if w.kind == Kind.FIRST_NOTICE]
    if own or incident.split_from is None:
        return own
    return first_windows(act, act.tx.incidents.by_id(incident.split_from))


def notices_around(act: Act, incident_id: int) -> list[Notice]:
    """The notices of everything that may tell the same people of the same outage: what it went into, the duplicates of
    that, what was told before a split, and the parts that were split off."""
    survivor = survivor_of(act, incident_id)
    found = {notice.id: notice for notice in notices_of(act, survivor)}
    for part in (part for one in members_of(act, survivor.id) for part in act.tx.incidents.parts_of(one)):
        found |= {notice.id: notice for notice in own_notices(act, part.id)}
    return [found[number] for number in sorted(found)]


def shares_of(act: Act, incident: Incident, notices: Sequence[Notice]) -> tuple[Share, ...]:
    """Whose people of these notices of its family this incident is for.

    What a whole told before the split is so for the part's areas; what a part took with it has gone with it. The
    notices of duplicates are for all their people, but for those who went to a part after the duplicate had joined.
    A part into which the whole was merged is for its people.
    """
    family = members_of(act, incident.id)
    whole = [incident]
    while whole[-1].split_from in family and whole[-1].split_from not in [one.id for one in whole]:
        whole.append(act.tx.incidents.by_id(whole[-1].split_from))
    inside = act.tx.directory.within(whole[-1].split_areas)
    parts = [(one.id, part) for one in whole for part in act.tx.incidents.parts_of(one.id)]
    gone = [(number, part) for number, part in parts if part.id not in family]
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = {}
    for notice in notices:
        own = notice.incident in family
        left = [part for one, part in gone if _had_left(act, notice, part, one if own else None)]
        codes = {code for part in left for code in act.tx.directory.within(part.split_areas)}
        areas = (() if own else inside, tuple(sorted(codes)))
        found.setdefault(areas, []).append(notice.id)
    return tuple(Share(tuple(ids), *areas) for areas, ids in found.items())


def _had_left(act: Act, notice: Notice, part: Incident, whole_id: int | None) -> bool:
    """Whether the people of this notice in the part's areas went with the part: it had been released by then, by
    `whole_id`, by something that had joined that, or by what all of them were split off (None)."""
    if notice.released_at is None or notice.released_at > part.opened_at:
        return False
    one = act.tx.incidents.by_id(notice.incident)
    while whole_id is not None and one.id != whole_id:
        if one.merged_into is None:
            return False
        joined = next(entry.at for entry in act.tx.incidents.entries(one.id) if entry.kind == "merged")
        if joined > part.opened_at:
            return False
        one = act.tx.incidents.by_id(one.merged_into)
    return True
