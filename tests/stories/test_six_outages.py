"""Six outages that happened, played from the first sign to the end: each ends as its facts demand."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.demo import Stage
from sandbox.replay import Case, case_ids, load
from tests.books import problems

CUSTOMERS = 30


@dataclass(frozen=True)
class Facts:
    """What the record of one outage has to show at its end."""

    opened_by: str
    late: bool = False
    """Whether the clocks ran before anybody looked."""
    findings: tuple[str, ...] = ()
    """What went wrong, in some of its words, oldest first."""
    corrected: bool = False
    recoveries: tuple[str, ...] = ("restored",)


BOTH = ("partly_restored", "restored")
FACTS = {
    "optus-2023-11-08": Facts("alertmanager", recoveries=BOTH),
    "optus-2025-09-18": Facts("person", late=True, findings=("not passed on", "defunct mailbox")),
    "guangdong-telecom-2023-06-08": Facts(
        "alertmanager", findings=("was not coordinated", "it was premature"), corrected=True, recoveries=BOTH
    ),
    "tmobile-2020-06-15": Facts("alertmanager", findings=("only after more than two hours",)),
    "centurylink-2018-12-27": Facts("alertmanager"),
    "rogers-2022-07-08": Facts("alertmanager", recoveries=BOTH),
}


def test_every_shipped_outage_is_played() -> None:
    """None is left out of what follows."""
    assert set(FACTS) == set(case_ids())


@pytest.mark.parametrize("name", FACTS)
def test_an_outage_ends_as_its_facts_demand(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late awareness is a breach, a word that was premature is corrected, a dead contact is a finding."""
    monkeypatch.setitem(os.environ, "TONGBAO_HOME", str(tmp_path))
    case, facts = load(name), FACTS[name]
    document, odd = played(case)

    assert [] == odd
    timeline = document["incident"]["timeline"]
    assert "resolved" == document["incident"]["status"]
    assert facts.opened_by == next(e["data"]["source"] for e in timeline if e["kind"] == "opened")
    assert facts.recoveries == tuple(e["kind"] for e in timeline if e["kind"] in BOTH)
    must_have_told(document["windows"], facts)
    must_have_found(document, facts)


def played(case: Case) -> tuple[dict[str, Any], list[str]]:
    """The outage's document, and what does not add up in the books of its house."""
    stage = Stage.set_up(case, CUSTOMERS, lambda line: None)
    try:
        return stage.play(0), problems(stage.app, stage.sandbox)
    finally:
        stage.close()
        stage.sandbox.stop()


def must_have_told(windows: list[dict[str, Any]], facts: Facts) -> None:
    """Nothing is owed at the end, and only what was due before anybody looked was missed."""
    assert set() == {window["kind"] for window in windows if window["duty"] == "owed"}
    missed = [(w["kind"], w["causes"]) for w in windows if w["state"] == "breached"]
    assert facts.late == (("first_notice", ["no_approval"]) in missed)
    assert facts.late == bool(missed)
    assert facts.late == any(w["state"] == "breached" and w["duty"] == "done" for w in windows)
    corrections = [window["state"] for window in windows if window["kind"] == "correction_notice"]
    assert ["met"] * facts.corrected == corrections


def must_have_found(document: dict[str, Any], facts: Facts) -> None:
    """Every finding stands on the timeline in both languages, and in the report of each."""
    found = [e["data"]["words"] for e in document["incident"]["timeline"] if e["kind"] == "finding"]
    assert len(facts.findings) == len(found)
    for part, words in zip(facts.findings, found, strict=True):
        assert part in words["en"]
        for language, path in document["report"].items():
            assert words[language] in Path(path).read_text(encoding="utf-8")
