"""What customers read, word for word; TONGBAO_GOLDEN=write regenerates the files for review."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from incidents.incident import Incident
from incidents.terms import LANGUAGES, Channel, IncidentType, Script, Status
from notifications.facts import Correction
from notifications.template import (
    APOLOGY,
    COMPLAINT,
    CORRECTION,
    HOLDING,
    HOLDING_RESTORED,
    KINDS,
    WITHDRAWAL,
    written,
)
from rendering.notices import Notices

from .cast import CREDIT, KNOWN, OVER, PLANNED, UNKNOWN, at, bare, facts, known

GOLDEN = Path(__file__).parent / "golden"
NOTICES = Notices()


class Case(NamedTuple):
    name: str
    kind: str
    incident: Incident
    more: dict[str, Any]


RESTORED = {"status": Status.RESTORED, "restored_at": at("18:12")}
LEAK = replace(UNKNOWN, type=IncidentType.DATA_LEAK, services=("voice",))
COMPLAINTS = replace(
    KNOWN, type=IncidentType.COMPLAINT_ESCALATION, services=("data",), cause_status="suspected"
)
MORE = (CORRECTION, WITHDRAWAL, HOLDING, HOLDING_RESTORED, APOLOGY)
NOTHING_SAID = {"correction": None, "compensation": None}
ASKED = replace(CREDIT, automatic=False)
MOVED = Correction(
    1,
    {
        "zh-CN": "10月17日14:15至10月17日18:30（北京时间）",
        "en": "from 14:15 on 17 Oct to 18:30 on 17 Oct (Beijing time)",
    },
    {
        "zh-CN": "10月18日14:15至10月18日18:30（北京时间）",
        "en": "from 14:15 on 18 Oct to 18:30 on 18 Oct (Beijing time)",
    },
)
OF_ONE = Correction(
    1,
    {"zh-CN": "已更换光猫", "en": "the modem was replaced"},
    {"zh-CN": "尚未更换光猫", "en": "the modem is still to be replaced"},
)
CALLED_OFF = Correction(1, {}, {"zh-CN": "天气原因", "en": "the weather"})
CASES = [
    Case("known", "first_notice", KNOWN, {}),
    Case("unknown", "first_notice", UNKNOWN, {}),
    Case("emergency", "first_notice", replace(KNOWN, emergency_calls=True), {}),
    Case("drill", "first_notice", replace(KNOWN, exercise=True), {}),
    Case("leak", "first_notice", LEAK, {}),
    Case("complaints", "first_notice", COMPLAINTS, {}),
    Case("interruption", "first_notice", replace(KNOWN, type=IncidentType.SERVICE_INTERRUPTION), {}),
    Case("known", "progress_update", KNOWN, {"new_actions": 1}),
    Case("unknown", "progress_update", UNKNOWN, {}),
    Case("late", "progress_update", replace(KNOWN, expected_at=at("14:30")), {}),
    Case("partly", "progress_update", replace(KNOWN, status=Status.PARTIALLY_RESTORED), {"new_actions": 2}),
    Case("watched", "progress_update", replace(KNOWN, **RESTORED), {}),
    Case("known", "material_update", KNOWN, {"new_actions": 1}),
    Case("unknown", "material_update", UNKNOWN, {}),
    Case("restored", "material_update", replace(KNOWN, **RESTORED), {"change": "restored"}),
    Case(
        "partly",
        "material_update",
        replace(KNOWN, status=Status.PARTIALLY_RESTORED),
        {"change": "partly_restored"},
    ),
    Case("upgraded", "material_update", KNOWN, {"change": "upgraded"}),
    Case("known", "resolution_notice", replace(KNOWN, **OVER), {}),
    Case("unknown", "resolution_notice", replace(UNKNOWN, status=Status.RESOLVED), {}),
    Case("leak", "resolution_notice", replace(LEAK, **OVER), {}),
    Case("complaints", "resolution_notice", replace(COMPLAINTS, **OVER), {}),
    Case("known", "combined", replace(KNOWN, **OVER), {}),
    Case("unknown", "combined", replace(UNKNOWN, status=Status.RESOLVED), {}),
    *(Case("known", kind, known(kind), {}) for kind in MORE),
    *(Case("unknown", kind, bare(kind), NOTHING_SAID) for kind in MORE),
    Case("over", "correction", replace(known("correction"), **OVER), {"next_update_at": None}),
    Case("asked", "apology_compensation", replace(KNOWN, **OVER), {"compensation": ASKED}),
    Case("known", PLANNED, known(PLANNED), {}),
    Case("unknown", PLANNED, bare(PLANNED), {}),
    Case("moved", PLANNED, known(PLANNED), {"correction": MOVED}),
    Case(
        "cancelled",
        PLANNED,
        replace(known(PLANNED), status=Status.CANCELLED),
        {"correction": CALLED_OFF},
    ),
    Case("known", COMPLAINT, known(COMPLAINT), {}),
    Case("unknown", COMPLAINT, bare(COMPLAINT), {}),
    Case("over", COMPLAINT, replace(known(COMPLAINT), **OVER), {}),
    Case("corrected", COMPLAINT, known(COMPLAINT), {"correction": OF_ONE}),
    Case("withdrawn", COMPLAINT, known(COMPLAINT), {"correction": replace(OF_ONE, said={})}),
    Case("leak", "holding_notice", LEAK, {}),
    Case("complaints", "holding_notice", COMPLAINTS, {}),
]


def sheet(case: Case, language: str) -> str:
    """All channels and scripts of one case on one page, as a reviewer reads it."""
    found = facts(case.kind, language, case.incident, **case.more)
    outlets = [*Channel, *Script] if case.kind != COMPLAINT else written(COMPLAINT)
    texts = {channel: NOTICES.text(case.kind, channel, language, found) for channel in outlets}
    return "".join(
        f"=== {channel} ===\n{text.subject}\n---\n{text.body}\n\n" for channel, text in texts.items()
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.name}")
def test_the_texts_are_the_reviewed_ones(case, language):
    """R20, R21: a wording changes only together with its reviewed copy, byte for byte."""
    path = GOLDEN / f"{case.kind}-{case.name}.{language}.txt"
    if os.environ.get("TONGBAO_GOLDEN") == "write":
        path.write_text(sheet(case, language), encoding="utf-8")

    assert path.read_bytes() == sheet(case, language).encode()


def test_every_kind_is_reviewed_known_and_unknown():
    """R21: for each kind there is a reviewed text with everything known and one with nothing known."""
    assert {(kind, name) for kind in KINDS for name in ("known", "unknown")} <= {
        (case.kind, case.name) for case in CASES
    }


def test_no_reviewed_copy_is_an_orphan():
    """A golden file without a case guards nothing."""
    expected = {f"{case.kind}-{case.name}.{language}.txt" for case in CASES for language in LANGUAGES}

    assert expected == {path.name for path in GOLDEN.iterdir()}
