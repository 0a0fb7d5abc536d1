"""An outage that never was: every fact known, for previews, checks and trial messages of templates.

Pure: its words come from templates/samples.yaml, its names from the directory, its day from `now`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from incidents.incident import Affected, Bilingual, Incident
from incidents.terms import LANGUAGES, IncidentType, Kind, Status
from notifications.facts import Compensation, Correction, Facts, Occasion, Setting, facts_of
from notifications.phrases import Names, Words
from notifications.template import APOLOGY, COMBINED, COMPLAINT, CORRECTION, HOLDING_RESTORED, WITHDRAWAL

Said = Mapping[str, Mapping[str, str]]
"""Language -> what is said of the sample outage."""

USUAL = "mobile"
"""The service that a sample is about, where the catalogue has it."""
HOUR = 14
"""Of the day, local time, at which a sample is told."""
PLANNED = Kind.PLANNED_WORK_NOTICE.value
ENDED = (Kind.RESOLUTION_NOTICE.value, COMBINED, APOLOGY)


@dataclass(frozen=True)
class Around:
    """What a sample takes from the house: its setting, its names, and the instant."""

    setting: Setting
    areas: Names
    services: Names
    now: datetime


def sample(kind: str, language: str, around: Around, said: Said, words: Words, worst: bool = False) -> Facts:
    """The facts of the sample outage; `worst` takes the longest names and times that need their date."""
    areas = _names(around.areas, language, worst)
    services = _names(around.services, language, worst)
    names = {code: around.areas[code] for code in areas} | {code: around.services[code] for code in services}
    now = _told_at(around, worst)
    incident = _incident(kind, tuple(areas), tuple(services), now, said, worst)
    occasion = _occasion(kind, now, said, worst)
    return facts_of(incident, occasion, language, around.setting, words, names)


def _told_at(around: Around, worst: bool) -> datetime:
    """Today at the sample's hour, whatever the hour is; the worst case just after midnight, where a text needs
    its dates."""
    local = around.now.astimezone(ZoneInfo(around.setting.zone))
    hour, minute = (0, 5) if worst else (HOUR, 48)
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)


def _names(names: Names, language: str, worst: bool) -> list[str]:
    """The first code, or the two with the longest names."""
    if not worst:
        return sorted(names, key=lambda code: (code != USUAL, code))[:1]
    return sorted(names, key=lambda code: (-len(names[code].get(language, "")), code))[:2]


def _incident(
    kind: str, areas: tuple[str, ...], services: tuple[str, ...], now: datetime, said: Said, worst: bool
) -> Incident:
    began = now - (timedelta(days=1, minutes=33) if worst else timedelta(minutes=33))
    over = kind in ENDED
    back = over or kind == HOLDING_RESTORED
    withdrawn = kind == WITHDRAWAL
    return Incident(
        id=1042,
        reference=f"INC-{now.year}-1042",
        type=IncidentType.NETWORK_FAULT,
        level=1,
        status=_status(kind, over, back, withdrawn),
        title="",
        areas=areas,
        services=services,
        aware_at=began,
        aware_source="person",
        opened_at=began,
        opened_by="sample",
        onset_at=began,
        affected=Affected(52_000 if kind == CORRECTION else 46_000),
        cause=_both(said, "cause"),
        cause_status="confirmed",
        actions=(_both(said, "action"), _both(said, "news")),
        workaround={} if withdrawn else _both(said, "workaround"),
        effects=_both(said, "effects"),
        expected_at=now + timedelta(days=1 if worst else 0, hours=3),
        restored_at=now - timedelta(minutes=9) if back else None,
        resolved_at=now if over else None,
        planned_start_at=now + timedelta(days=4) if kind == PLANNED else None,
        planned_end_at=now + timedelta(days=4, hours=5) if kind == PLANNED else None,
        case=kind == COMPLAINT,
    )


def _status(kind: str, over: bool, back: bool, withdrawn: bool) -> Status:
    if withdrawn:
        return Status.FALSE_ALARM
    if kind == PLANNED:
        return Status.SCHEDULED
    if over:
        return Status.RESOLVED
    return Status.RESTORED if back else Status.RESPONDING


def _occasion(kind: str, now: datetime, said: Said, worst: bool) -> Occasion:
    silent = kind in (*ENDED, WITHDRAWAL, PLANNED, COMPLAINT)
    taken_back = {
        CORRECTION: Correction(1, _both(said, "said"), _both(said, "right")),
        WITHDRAWAL: Correction(1, _both(said, "withdrawn"), _both(said, "truth")),
    }
    credit = Compensation(_both(said, "who"), _both(said, "what"), _both(said, "when"), automatic=True)
    return Occasion(
        number=2,
        at=now,
        next_update_at=None if silent else now + timedelta(days=1 if worst else 0, minutes=52),
        short_number=1042,
        new_actions=1,
        correction=taken_back.get(kind),
        compensation=credit if kind == APOLOGY else None,
    )


def _both(said: Said, name: str) -> Bilingual:
    return {language: said[language][name] for language in LANGUAGES}
