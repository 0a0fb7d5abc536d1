"""Report values as plain JSON: the same record gives the same bytes; described in docs/reports.md, "JSON".

Pure. Keys stand in the order of the fields; instants are ISO 8601 in UTC; spans are seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from reports.coverage import Coverage, coverage
from reports.handling import HandlingReport
from reports.summary import SummaryReport

FORM = 1
"""Rises when a key changes its meaning; new keys do not raise it."""

Report = HandlingReport | SummaryReport


def kind_of(report: Report) -> str:
    """The report's kind, as the command line names it."""
    return "summary_report" if isinstance(report, SummaryReport) else "handling_report"


def coverage_of(report: Report) -> Coverage:
    """How complete the record is for this kind of report."""
    if isinstance(report, SummaryReport):
        return coverage(report.record, summary=True)
    return coverage(report)


def document(report: Report) -> dict[str, Any]:
    """The report as one document: its kind, its completeness, and everything that it was made from."""
    found: dict[str, Any] = {"kind": kind_of(report), "form": FORM, "completeness": completeness(report)}
    if isinstance(report, SummaryReport):
        found["summary"] = {
            "short": report.short,
            "effect": _plain(report.effect),
            "lessons": [window.id for window in report.lessons],
        }
        return found | _record(report.record)
    return found | _record(report)


def _record(record: HandlingReport) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(record)
    outcomes = [
        {"channel": channel, "language": language, "counts": dict(sorted(counts.items()))}
        for (channel, language), counts in record.outcomes().items()
    ]
    return {**plain, "outcomes": outcomes}


def completeness(report: Report) -> dict[str, Any]:
    """The matrix, the score with its two figures, and what is open with the command that fills it."""
    found = coverage_of(report)
    return {
        "percent": found.percent,
        "given": found.given,
        "asked": found.total,
        "paragraphs": [
            {"paragraph": name, "given": given, "asked": asked}
            for name, (given, asked) in found.by_paragraph().items()
        ],
        "fields": [
            {"paragraph": c.paragraph, "field": c.field, "standing": c.standing.value, "counts": c.counts}
            for c in found.cells
        ],
        "gaps": [{"field": c.field, "standing": c.standing.value, "fill": c.fill} for c in found.open()],
    }


def text(report: Report) -> str:
    """The document as JSON text with a line end."""
    return json.dumps(document(report), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """A value of the record as JSON; a key of several parts is joined by slashes, free keys are sorted."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        named = {"/".join(key) if isinstance(key, tuple) else str(key): _plain(v) for key, v in value.items()}
        return dict(sorted(named.items()))
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return value
