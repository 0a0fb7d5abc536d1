"""The coverage matrix: which fields the handbook asks for, and how each of them stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.incident import Incident
from incidents.terms import IncidentType
from reports.coverage import MATRIX, Given, coverage
from tests.rendering_tests.report_cast import WHOLE, bare, entries, record

PARAGRAPHS = {"7.2(1)": 5, "7.3(1)": 7, "7.3(1) network": 4, "7.5(1)": 8, "7.5(3)": 3}


def test_the_matrix_has_the_handbooks_fields():
    """R12, R21, R22, R35, R38: 5, 7, 4, 8 and 3 fields, each with the command that fills it."""
    assert PARAGRAPHS == {demand.paragraph: len(demand.fields) for demand in MATRIX}
    assert {"type"} == {field.name for demand in MATRIX for field in demand.fields if not field.fill}


def test_a_whole_record_is_complete():
    """R35: everything said is 27 of 27, and nothing is open."""
    found = coverage(record(), summary=True)
    assert (27, 27, 100, ()) == (found.given, found.total, found.percent, found.open())


def test_an_incident_without_facts_has_honest_gaps():
    """R21, R35: unknown counts as given for what customers are told, and is a gap of the record."""
    found = coverage(bare(), summary=True)
    assert {
        "7.2(1)": (5, 5),
        "7.3(1)": (7, 7),
        "7.3(1) network": (3, 4),
        "7.5(1)": (2, 8),
        "7.5(3)": (0, 3),
    } == (found.by_paragraph())
    assert all(cell.fill.startswith("tongbao ") for cell in found.open())


def test_network_fields_are_asked_of_network_faults_only():
    """R22: start, users, cause and progress are asked when the type is network_fault."""
    leak = record(replace(WHOLE, type=IncidentType.DATA_LEAK))
    assert "7.3(1) network" not in coverage(leak).by_paragraph()


FACTS = ("onset_at", "areas", "services", "affected", "cause", "actions", "effects", "result", "improvements")


@settings(max_examples=150, deadline=None)
@given(gone=st.sets(st.sampled_from(FACTS)))
def test_a_fact_more_never_lowers_the_score(gone: set[str]):
    """R35: the score counts what is given, and each missing fact is named with its command."""
    empty = {field.name: field for field in Incident.__dataclass_fields__.values()}
    less = replace(WHOLE, **{name: _empty(empty[name]) for name in gone})
    found = coverage(record(less), summary=True)
    assert found.given <= coverage(record(), summary=True).given
    assert bool(gone) == bool(found.open())
    assert found.given == sum(cell.counts for cell in found.cells)
    assert all((cell.standing == Given.PRESENT) == (cell.fill == "") for cell in found.cells)


def _empty(field: object) -> object:
    from dataclasses import MISSING

    if field.default_factory is not MISSING:  # type: ignore[attr-defined]
        return field.default_factory()  # type: ignore[attr-defined]
    return () if field.default is MISSING else field.default  # type: ignore[attr-defined]


@pytest.mark.parametrize(("status", "standing"), [("suspected", "unknown"), ("confirmed", "present")])
def test_only_a_confirmed_cause_closes_the_analysis(status: str, standing: str):
    """R38, AMB-11: a suspicion is a cause for the report, and an open question for the summary."""
    found = coverage(record(replace(WHOLE, cause_status=status)), summary=True)
    assert standing == next(cell.standing for cell in found.cells if cell.field == "root_cause")
    assert Given.PRESENT == next(cell.standing for cell in found.cells if cell.field == "cause")


def test_the_people_on_the_record_are_those_who_acted():
    """R35: handlers are the actors of the timeline, the coordinator itself is nobody."""
    assert ("alice",) == record().handlers
    assert "system" in {entry.actor for entry in entries()}
