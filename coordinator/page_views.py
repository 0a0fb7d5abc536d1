"""Pages, shifts and people on duty as the JSON documents of the contract. Reads only; no number and no address of
anybody is shown (S3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from coordinator.act import Act
from coordinator.matters import over
from notifications.paging import CallOut, Page
from notifications.roster import Person, Roster, Shift

Document = dict[str, Any]
SHOWN = 50
"""Pages on the board at most."""


def iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def page(act: Act, page: Page, call: CallOut | None = None) -> Document:
    """One page, with what it is about."""
    call = call or act.tx.paging.call(page.call)
    return {
        "id": page.id,
        "window": call.window,
        "to": page.person,
        "channel": page.channel,
        "at": iso(page.at),
        "acknowledged_at": iso(page.acknowledged_at),
        "acknowledged_by": page.acknowledged_by,
        "how": page.how,
        "incident": act.tx.incidents.by_id(call.incident).reference if call.incident else None,
        "notice": call.notice,
        "about": call.about,
        "rung": call.data.get("rung"),
        "role": page.role,
        "round": page.round,
        "state": page.state,
        "reason": page.reason,
    }


def acknowledged(act: Act, found: Page) -> Document:
    """The page that was acknowledged, with until when that holds."""
    call = act.tx.paging.call(found.call)
    until = iso(call.acknowledged_until) if call.ended_at is None else None
    return {**page(act, found, call), "holds_until": until, "at_now": iso(act.now), "next": "tongbao next"}


def standing(act: Act) -> list[Document]:
    """The newest page of each person for everything that people are still paged for, the newest matter first."""
    found: list[Document] = []
    for call in reversed(act.tx.paging.live()):
        if over(act, call):
            continue
        newest = {(one.person, one.channel): one for one in act.tx.paging.of_call(call.id)}
        found += [page(act, one, call) for one in newest.values()]
    return found[:SHOWN]


def shift(shift: Shift, until: datetime | None = None) -> Document:
    """One shift; `until` is the end of the occurrence that is looked at."""
    return {
        "id": shift.id,
        "person": shift.person,
        "role": shift.role,
        "unit": shift.unit,
        "from": iso(shift.starts_at),
        "to": iso(shift.ends_at),
        "weekly": shift.weekly,
        "zone": shift.zone,
        "until": iso(shift.until),
        **({"on_until": iso(until)} if until else {}),
    }


def person(person: Person) -> Document:
    """How a person is reached, without the number and the address themselves."""
    ways = [name for name, value in (("phone", person.phone), ("email", person.email)) if value]
    return {
        "name": person.name,
        "language": person.language,
        "unit": person.unit,
        "substitutes": list(person.substitutes),
        "reached_by": ways,
    }


def roster(found: Roster) -> Document:
    people: Iterable[Person] = found.people.values()
    return {"items": [shift(one) for one in found.shifts], "people": [person(one) for one in people]}
