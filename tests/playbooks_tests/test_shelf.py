"""Which playbook is in force: approved by another, its day come, the operator's own in front (R02)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from incidents.terms import IncidentType
from playbooks.check import Said
from playbooks.shelf import OWN, Shelf, Source, library
from tests.playbooks_tests.plans import TODAY, plan

FAULT = IncidentType.NETWORK_FAULT


def own(*changes: tuple[str, str], file: str = "mine.yaml") -> Source:
    return Source(OWN, file, plan(*changes))


def active(shelf: Shelf, today: date = TODAY) -> str:
    edition = shelf.active(FAULT, today)
    assert edition is not None
    return f"{edition.source.origin} {edition.playbook.name}"


def test_the_operators_own_stands_in_front():
    """An approved plan of the operator's counts instead of ours; other types keep ours (R02)."""
    shelf = library([own()])
    assert "own small@1" == active(shelf)
    assert "shipped" == shelf.active(IncidentType.DATA_LEAK, TODAY).source.origin


@pytest.mark.parametrize(
    ("change", "standing"),
    [
        (("approved_by: Wang", "approved_by: ''"), "unapproved"),
        (("effective_from: 2026-10-01", "effective_from: 2026-10-15"), "planned"),
    ],
)
def test_a_change_takes_effect_when_it_is_approved_and_its_day_has_come(
    change: tuple[str, str], standing: str
):
    """Until then the one before it stays in force (R02)."""
    shelf = library([own(), own(("version: 1", "version: 2"), change, file="new.yaml")])
    assert "own small@1" == active(shelf)
    (new,) = (one for one in shelf.editions if one.playbook.name == "small@2")
    assert standing == shelf.standing(new, TODAY)


def test_on_its_day_a_planned_version_replaces_the_one_before():
    """Effective means from the beginning of that day (R02)."""
    later = own(
        ("version: 1", "version: 2"),
        ("effective_from: 2026-10-01", "effective_from: 2026-10-15"),
        file="b.yaml",
    )
    shelf = library([own(), later])
    assert "own small@1" == active(shelf)
    assert "own small@2" == active(shelf, TODAY + timedelta(days=1))
    (old,) = (one for one in shelf.editions if one.playbook.name == "small@1")
    assert "replaced" == shelf.standing(old, TODAY + timedelta(days=1))


def test_an_authors_own_approval_counts_for_nothing():
    """The author's approval is an error, and ours stays in force (R02)."""
    shelf = library([own(("approved_by: Wang", "approved_by: li"))])
    assert "shipped network_fault@2" == active(shelf)
    assert [Said.OWN_APPROVAL] == [problem.said for problem in shelf.problems(TODAY)]


def test_two_active_playbooks_for_one_type_are_an_error():
    """Two plans of one type in force at once are named, both files (R01)."""
    shelf = library([own(), own(("id: small", "id: other"), file="other.yaml")])
    (problem,) = shelf.problems(TODAY)
    assert Said.ACTIVE_TWICE == problem.said
    assert {"mine.yaml", "other.yaml"} == {problem.file, problem.params["file"]}


def test_the_same_version_twice_is_an_error():
    """A version is one text."""
    shelf = library([own(), own(("author: Li", "author: Zhao"), file="other.yaml")])
    assert [Said.VERSION_TWICE] == [problem.said for problem in shelf.problems(TODAY)]


def test_an_own_version_of_ours_is_compared():
    """Who stands in front of a newer version of ours is told, and stays in front (R02)."""
    shelf = library([own(("id: small", "id: network_fault"))])
    assert [Said.NOT_NEWER] == [problem.said for problem in shelf.problems(TODAY)]
    assert "own network_fault@1" == active(shelf)


def test_a_broken_plan_is_not_used_and_stops_nothing():
    """An incident opens by ours while the operator's own cannot be read or is wrong (R16)."""
    for broken in (own(("version: 1", "version: x")), Source(OWN, "gone.yaml", "", "no such file")):
        shelf = library([broken])
        assert "shipped network_fault@2" == active(shelf)
        assert shelf.problems(TODAY)


def test_a_plan_before_its_day_is_better_than_none():
    """Ours is the last resort on any day, so that no incident opens without a plan (R16)."""
    assert "shipped network_fault@2" == active(library(), date(2022, 7, 2))


def test_a_review_that_is_overdue_is_a_warning():
    """An overdue plan stays in force and says so (R02)."""
    shelf = library([own(("review_due: 2027-10-01", "review_due: 2026-10-13"))])
    assert "own small@1" == active(shelf)
    assert [(Said.OVERDUE, True)] == [(p.said, p.warning) for p in shelf.problems(TODAY)]
    assert [True] == [one.overdue(TODAY) for one in shelf.editions if one.source.origin == OWN]
