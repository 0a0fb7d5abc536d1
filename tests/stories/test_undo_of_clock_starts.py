"""What counts from a restoration, a reopening or the onset, when the act before it is taken back (§4, undo)."""

from __future__ import annotations

import pytest

from incidents.errors import Conflict
from tests.house import START, House
from tests.proof_tests.conftest import problems, proof_of
from tests.stories.test_clock_starts import OURS, at, has_the_pack, reports, states
from tests.stories.test_regimes import applies, enables, owed


@pytest.fixture
def regulated(house: House) -> House:
    has_the_pack(house)
    enables(house, OURS)
    return house


@pytest.mark.parametrize("by", ["restores", "resolves"])
def test_a_restoration_that_was_none_owes_nothing_though_the_regime_applied_after_it(
    regulated: House, by: str
):
    """The report began with the regime, and counts from what is taken back: it ends, and the true one has its own."""
    house = regulated
    incident = house.alice.opens(level=2)
    getattr(house.alice, by)(incident)
    house.fast_forward(minutes=1)
    applies(house, incident, OURS)
    assert [(0, "open", "")] == states(house, incident, "credit")

    house.fast_forward(minutes=1)
    house.alice.undoes(incident)
    assert [(0, "lapsed", "undone")] == states(house, incident, "credit")
    house.fast_forward(minutes=1)
    house.alice.restores(incident)
    assert [(0, "lapsed", "undone"), (3, "open", "")] == states(house, incident, "credit")
    assert [] == house.audit()
    assert [] == problems(proof_of(house, incident))


def test_a_reopening_that_was_none_leaves_the_report_of_the_restoration(regulated: House):
    """The regime applied while service was said to be lost again: that report ends, and the restoration, which stands
    after all, has one with what is left of its time (M04)."""
    house = regulated
    incident = house.alice.opens(level=2)
    house.alice.restores(incident)
    house.fast_forward(minutes=1)
    house.alice.reopens(incident)
    applies(house, incident, OURS)
    assert ([(1, "open", "")], []) == (
        states(house, incident, "again"),
        states(house, incident, "credit"),
    )

    house.alice.undoes(incident)
    assert [(1, "lapsed", "undone")] == states(house, incident, "again")
    assert [(0, "open", "")] == states(house, incident, "credit")
    assert START == owed(house, incident, OURS)["credit"].started_at
    assert [] == house.audit()
    assert [] == problems(proof_of(house, incident))


def test_two_undos_give_back_the_report_of_the_restoration_before(regulated: House):
    """Lost again and back once more, both by a slip: the first restoration stands, and its report is owed."""
    house = regulated
    incident = house.alice.opens(level=2)
    applies(house, incident, OURS)
    house.alice.restores(incident)
    due = owed(house, incident, OURS)["credit"].due_at
    for act in (house.alice.reopens, house.alice.restores):
        house.fast_forward(minutes=1)
        act(incident)

    for _ in range(2):
        house.alice.undoes(incident)
    assert [due] == [w.due_at for w in reports(house, incident, "credit") if w.owed]
    assert [(1, "lapsed", "undone")] == states(house, incident, "again")
    assert [] == house.audit()
    assert [] == problems(proof_of(house, incident))


def test_an_awareness_that_would_come_before_the_onset_does_not_come_back(regulated: House):
    """Known later and begun later: the first alone is not taken back, for it cannot have begun after it was known."""
    house = regulated
    incident = house.alice.opens(level=2, onset=None)
    house.fast_forward(minutes=20)
    house.hq.updates(incident, aware_at=at(10), reason="the clock of the probe was wrong")
    house.hq.updates(incident, onset_at=at(5))

    with pytest.raises(Conflict, match="onset is after awareness"):
        house.hq.undoes(incident)
    assert (at(5), at(10)) == (house.incident(incident).onset_at, house.incident(incident).aware_at)
