"""Prometheus Alertmanager's webhook, version "4": a body becomes alarms, each with its own status.

Pure. Source: prometheus/alertmanager 0.34 `notify/webhook`, docs/triggers.md. A group's own status is
ignored, since it fires while any of its alerts does; unknown fields are ignored, since new ones keep coming.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from incidents.errors import Invalid
from incidents.instants import sayable
from triggers import strict_json
from triggers.alarm import Alarm, AlarmStatus

SOURCE = "alertmanager"
VERSION = "4"
MOST_AFFECTED = 2_000_000_000
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[Tt](?P<time>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d{1,30}))?(?P<zone>[Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)
_COUNT = re.compile(r"\d{1,10}(\.0{1,3})?", re.ASCII)
_MOST_PROBLEMS = 5


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class _Alert(_Wire):
    status: AlarmStatus
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    starts_at: str | None = Field(default=None, alias="startsAt")
    fingerprint: Annotated[str, Field(max_length=128)] | None = None


class _Payload(_Wire):
    version: str
    truncated: int = Field(default=0, ge=0, alias="truncatedAlerts")
    alerts: tuple[_Alert, ...]


def parse(body: bytes) -> tuple[Alarm, ...]:
    """The alarms in `body`, in its order; Invalid names the path of what can never be accepted."""
    payload = _payload(strict_json.read(body))
    return tuple(_alarm(alert, index, payload.truncated) for index, alert in enumerate(payload.alerts))


def _payload(document: Any) -> _Payload:
    try:
        payload = _Payload.model_validate(document)
    except ValidationError as error:
        raise _refusal([(strict_json.path(one["loc"]), _words(one)) for one in error.errors()]) from None
    if not payload.alerts:
        raise _refusal([("alerts", "there is none")])
    if payload.version != VERSION:
        raise Invalid(
            'version: "{version}" is not Alertmanager\'s version "4"',
            version=payload.version[:20],
            field="version",
            next="other senders have their own address under /v1/triggers/",
        )
    return payload


def _words(problem: ErrorDetails) -> str:
    return "should be an object" if problem["type"] == "model_type" else problem["msg"]


def _refusal(problems: Sequence[tuple[str, str]]) -> Invalid:
    """One refusal for all of (path, problem); its field is the first path."""
    return Invalid(
        "{problems}",
        problems="; ".join(f"{where}: {problem}" for where, problem in problems[:_MOST_PROBLEMS]),
        field=problems[0][0],
        next='send Alertmanager\'s own webhook body, version "4"',
    )


def _alarm(alert: _Alert, index: int, truncated: int) -> Alarm:
    onset_at, started = _onset(alert.starts_at, index)
    return Alarm(
        source=SOURCE,
        dedup_key=f"{alert.fingerprint or fingerprint(alert.labels)}/{started}",
        status=alert.status,
        labels=alert.labels,
        annotations=alert.annotations,
        onset_at=onset_at,
        summary=_summary(alert),
        affected=_affected(alert),
        truncated=truncated,
    )


def fingerprint(labels: dict[str, str]) -> str:
    """16 hex digits over the sorted labels, for a sender that gives no fingerprint."""
    written = json.dumps(sorted(labels.items()), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _onset(text: str | None, index: int) -> tuple[datetime | None, str]:
    """The instant, and its one spelling in UTC for the key: two senders may write it in two zones.

    At the ends of the calendar it is unknown: a sender's slip loses no alarm.
    """
    if not text:
        return None, ""
    found = _TIME.fullmatch(text)
    if found is None:
        raise _bad_time(text, index)
    if found["day"].startswith("0001-"):
        return None, ""
    fraction = (found["fraction"] or "").rstrip("0")
    zone = "+00:00" if found["zone"] in "Zz" else found["zone"]
    try:
        local = datetime.fromisoformat(f"{found['day']}T{found['time']}{zone}")
    except ValueError:
        raise _bad_time(text, index) from None
    if not sayable(local):
        return None, ""
    at = local.astimezone(UTC)
    spelling = at.replace(tzinfo=None).isoformat() + (f".{fraction}" if fraction else "") + "Z"
    return at.replace(microsecond=int(f"{fraction:0<6}"[:6])), spelling


def _bad_time(text: str, index: int) -> Invalid:
    where = strict_json.path(("alerts", index, "startsAt"))
    return Invalid(
        "{where}: {text} is not a time with its zone",
        where=where,
        text=text[:40],
        field=where,
        next="write it as 2026-10-14T06:15:00Z or with an offset",
    )


def _summary(alert: _Alert) -> str:
    for words in (alert.annotations.get("summary"), alert.annotations.get("description")):
        if words and words.strip():
            return words.strip()
    return alert.labels.get("alertname", "").strip()


def _affected(alert: _Alert) -> int | None:
    """The first readable number of services; what is no such number is unknown, never a reason to refuse."""
    for name in ("affected_users", "affected"):
        for words in (alert.annotations.get(name), alert.labels.get(name)):
            plain = (words or "").replace(",", "").strip()
            if _COUNT.fullmatch(plain) and int(plain.split(".")[0]) <= MOST_AFFECTED:
                return int(plain.split(".")[0])
    return None
