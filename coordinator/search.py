"""Verbs that find incidents: by type, area, date and status, and by a customer's account (R47)."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

from coordinator.act import Act
from coordinator.views import iso
from incidents.effects import Effect
from incidents.errors import Invalid
from incidents.incident import Incident
from incidents.search import Wanted
from notifications.directory import known, with_descendants

MOST = 1000
Document = dict[str, Any]
Found = tuple[Document, list[Effect]]


def search(act: Act, wanted: Wanted, limit: int, after: str = "") -> Found:
    """The newest incidents that fit, at most `limit`, from after the incident `after` on."""
    if not 1 <= limit <= MOST:
        raise Invalid("limit must be from 1 to {most}", most=MOST, field="limit")
    areas = known(tuple(sorted(wanted.areas)), act.tx.directory.areas(), "area")
    below = with_descendants(areas, act.tx.directory.areas()) if areas else ()
    last = act.tx.incidents.get(after).id if after else None
    fitting = act.tx.incidents.newest(replace(wanted, areas=frozenset(below), before=last))
    found = list(islice(fitting, limit + 1))
    more = found[limit - 1].reference if len(found) > limit else None
    items = [_line(incident) for incident in found[:limit]]
    return {"items": items, "more_after": more, "at": iso(act.now)}, []


def look_up(act: Act, account: str, wanted: Wanted, limit: int, after: str = "") -> Found:
    """Incidents whose notices had this customer in the audience, and what became of each delivery.

    That somebody looked is kept, also when nothing was found; no name, number or address is shown (S3).
    """
    told: dict[int, list[Document]] = {}
    for notice in act.tx.reads.told(account):
        told.setdefault(notice.pop("incident"), []).append(notice)
    act.tx.reads.keep(act.now, act.actor.name, account, len(told))
    document, effects = search(act, replace(wanted, ids=frozenset(told)), limit, after)
    for item in document["items"]:
        item["notices"] = [_notice(one) for one in told[act.tx.incidents.get(item["reference"]).id]]
    return {**document, "account": account}, effects


def looks(act: Act, limit: int) -> Found:
    """Who looked for which account, the newest first; from 1 to MOST of them."""
    rows = [{**row, "at": iso(row["at"])} for row in act.tx.reads.newest(max(1, min(limit, MOST)))]
    return {"items": rows, "at": iso(act.now)}, []


def _line(incident: Incident) -> Document:
    return {
        "reference": incident.reference,
        "type": incident.type,
        "level": incident.level,
        "status": incident.status,
        "title": incident.title,
        "areas": list(incident.areas),
        "services": list(incident.services),
        "aware_at": iso(incident.aware_at),
        "opened_at": iso(incident.opened_at),
        "resolved_at": iso(incident.resolved_at),
        "closed_at": iso(incident.closed_at),
    }


def _notice(one: Document) -> Document:
    rows = [{**row, "accepted_at": iso(row["accepted_at"])} for row in one["deliveries"]]
    return {**one, "deliveries": rows}
