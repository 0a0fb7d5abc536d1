"""Facts of an incident as its timeline carries them, and how they come back from JSON. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from incidents.incident import SIZE, Affected, Incident
from incidents.terms import Status

Facts = dict[str, Any]


def instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _affected(value: Facts | None) -> Affected | None:
    return None if value is None else Affected(**value)


_INSTANTS = (
    *("onset_at", "expected_at", "aware_at", "review_at"),
    *("confirmed_at", "restored_at", "resolved_at", "closed_at"),
    *("planned_start_at", "planned_end_at"),
)
_TUPLES = ("areas", "services", "actions", "improvements", "level_reasons", "split_areas")
_WORDS = ("cause", "workaround", "effects", "result", "responsible_department")
VALUES: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_INSTANTS, instant),
    **dict.fromkeys(_TUPLES, tuple),
    **dict.fromkeys(_WORDS, dict),
    "affected": _affected,
    "status": Status,
}
"""How a fact comes back from JSON; what is not here is as it was."""
_KNOWN = tuple(field.name for field in fields(Incident))


def taken(changes: Mapping[str, Mapping[str, Any]], side: str) -> Facts:
    """The facts on one `side` ("from" or "to") of changes as the timeline has them."""
    return {name: VALUES.get(name, _same)(change[side]) for name, change in changes.items() if name in _KNOWN}


def plain(value: Any) -> Any:
    """A fact as JSON."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Affected):
        return {"count": value.count, "confidence": value.confidence}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def opening(incident: Incident) -> Facts:
    """The facts with which an incident opens, for its first entry."""
    affected = incident.affected
    return {
        "type": incident.type,
        "level": incident.level,
        "reasons": list(incident.level_reasons),
        "title": incident.title,
        "areas": list(incident.areas),
        "services": list(incident.services),
        "onset_at": plain(incident.onset_at),
        "aware_at": plain(incident.aware_at),
        "affected": None if affected is None else affected.count,
        "confidence": "estimated" if affected is None else affected.confidence,
        **{name: getattr(incident, name) for name in SIZE},
        "cause": dict(incident.cause),
        "status": incident.status,
        "exercise": incident.exercise,
        "source": incident.aware_source,
        "unknown": list(incident.gaps()),
        **({"overrun_of": incident.overrun_of} if incident.overrun_of else {}),
        **(_planned(incident) if incident.planned else {}),
        **({"case": True, "case_link": incident.case_link} if incident.case else {}),
    }


def _planned(incident: Incident) -> Facts:
    return {
        name: plain(getattr(incident, name)) for name in ("planned_start_at", "planned_end_at", "effects")
    }


def difference(before: Incident, after: Incident) -> dict[str, Any]:
    """Every fact that changed: {name: {"from", "to"}}."""
    return {
        name: {"from": plain(getattr(before, name)), "to": plain(getattr(after, name))}
        for name in _KNOWN
        if getattr(before, name) != getattr(after, name)
    }


BY_THE_CLOCKS = ("review_recorded",)
"""What of an incident no person said."""


def facts(incident: Incident) -> Facts:
    """Everything that people have put on the record of an incident, as JSON."""
    return {name: plain(getattr(incident, name)) for name in _KNOWN if name not in BY_THE_CLOCKS}


def _same(value: Any) -> Any:
    return value
