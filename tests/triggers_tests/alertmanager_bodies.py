"""Alertmanager bodies, built in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PAYLOADS = Path(__file__).parent / "payloads"
TWO_SITES = (PAYLOADS / "alertmanager_two_sites.json").read_bytes()


def alert(**changes: Any) -> dict[str, Any]:
    """One firing alert; `labels` and `annotations` replace the usual ones, None leaves a field out."""
    usual: dict[str, Any] = {
        "status": "firing",
        "labels": {
            "alertname": "CellSitesDown",
            "severity": "critical",
            "area": "ZZ0101",
            "service": "mobile",
        },
        "annotations": {"summary": "41 cell sites down"},
        "startsAt": "2026-10-14T06:15:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "1a30ba71cca2921f",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def payload(*alerts: dict[str, Any], **changes: Any) -> bytes:
    document = {"version": "4", "status": "firing", "truncatedAlerts": 0, "alerts": list(alerts), **changes}
    return json.dumps(document, ensure_ascii=False).encode()


def labels(**changes: str) -> dict[str, str]:
    """The usual labels with some changed; an empty one is left out."""
    usual = {"alertname": "CellSitesDown", "severity": "critical", "area": "ZZ0101", "service": "mobile"}
    return {name: value for name, value in {**usual, **changes}.items() if value}
