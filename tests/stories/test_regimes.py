"""Regulators' clocks: off until somebody enables them, asked about, applied by a person or by the record, chained to
what was submitted before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from coordinator import clock, regimes, views
from incidents.errors import Conflict, Invalid, NotAllowed, NotFound
from incidents.incident import Incident
from incidents.terms import IncidentType, Verdict
from tests.house import START, House
from windows.rules import parse_pack
from windows.window import Window

NORS, NIS2, DORA, PIPL = "us.fcc.nors", "eu.nis2", "eu.dora", "cn.pipl.57"


def enables(house: House, *packs: str) -> None:
    for pack in packs:
        house.app.coordinator.act("regime", house.hq.actor, regimes.enable, pack, "we serve customers there")


def applies(house: House, incident: Incident, pack: str, at: datetime | None = None) -> None:
    said = (incident.reference, pack, "two countries are hit", at)
    house.app.coordinator.act("apply_regime", house.alice.actor, regimes.apply, *said)


def waives(house: House, incident: Incident, pack: str) -> None:
    said = (incident.reference, pack, "only the test network")
    house.app.coordinator.act("apply_regime", house.alice.actor, regimes.waive, *said)


def owed(house: House, incident: Incident, pack: str) -> dict[str, Window]:
    """Rule -> its newest window."""
    return {w.rule.removeprefix(f"{pack}."): w for w in house.upwards(incident) if w.rule.startswith(pack)}


def shown(house: House, incident: Incident) -> dict[str, Any]:
    found: dict[str, Any] = house.app.coordinator.look(
        "read", house.alice.actor, lambda act: views.incident(act, incident)
    )
    return found


def minute(at: Any) -> float:
    return (at - START).total_seconds() / 60


def test_nothing_is_owed_to_a_regulator_by_default(house: House):
    """A home without regimes asks nothing, judges nothing, and shows none of it."""
    incident = house.alice.opens(level=1)

    assert [] == [w for w in house.every_window(incident) if w.kind == "regulator_report"]
    assert [] == shown(house, incident)["regimes"]
    with pytest.raises(Conflict, match="not switched on"):
        applies(house, incident, NIS2)
    with pytest.raises(NotAllowed):
        house.app.coordinator.act("regime", house.alice.actor, regimes.enable, NORS, "why not")
    with pytest.raises(NotFound, match="data to come"):
        enables(house, "au.acma.major_outage")


def test_a_level_1_outage_under_nors_and_nis2_through_the_chained_final(house: House):
    """User-minutes make NORS owed by themselves, a person says that NIS2 applies; the final counts a calendar month
    from the notification, however late that was; the record closes when all of it is told (R10)."""
    house.has_customers(both=2)
    enables(house, NORS, NIS2)
    incident = house.alice.opens(level=1, affected=20_000)
    asked = {task.step: task for task in house.tasks(incident) if task.step.startswith("regime:")}
    assert {f"regime:{NORS}", f"regime:{NIS2}"} == set(asked)
    with pytest.raises(Conflict, match="asks whether a regime applies"):
        house.alice.does(asked[f"regime:{NIS2}"])

    house.alice.tells(incident)
    house.fast_forward(minutes=44)
    assert {} == owed(house, incident, NORS)
    house.fast_forward(minutes=1)
    nors = owed(house, incident, NORS)
    assert {"notification": 120, "initial_report": 72 * 60, "final_report": 30 * 24 * 60} == {
        rule: minute(window.due_at) for rule, window in nors.items()
    }
    assert {"regulator:FCC"} == {window.audience for window in nors.values()}
    assert "done" == house.task(incident, f"regime:{NORS}").state
    paged = [e.data for e in house.entries(incident, "staff_paged") if e.data["about"] == "regime"]
    assert [["alice", "dan"]] == [sorted(one["people"]) for one in paged]

    applies(house, incident, NIS2)
    assert {"early_warning": 24 * 60, "incident_notification": 72 * 60} == {
        rule: minute(window.due_at) for rule, window in owed(house, incident, NIS2).items()
    }
    assert ["eu.nis2.recipients"] == house.entries(incident, "regime_applied")[-1].data["without_figure"]
    house.fulfils(nors["notification"], "form", "NORS 26-118", "FCC Operations Center")
    house.alice.resolves(house.alice.restores(incident))

    house.fast_forward(hours=73)
    house.fulfils(owed(house, incident, NORS)["initial_report"], "form", "NORS 26-118/2")
    house.fulfils(owed(house, incident, NIS2)["early_warning"], "form", "CSIRT 7")
    house.fulfils(owed(house, incident, NIS2)["incident_notification"], "form", "CSIRT 7/2")
    told = house.clock.now()
    states = {rule: window.state for rule, window in owed(house, incident, NIS2).items()}
    assert {
        "early_warning": "breached",
        "incident_notification": "breached",
        "final_report": "open",
    } == states
    final = owed(house, incident, NIS2)["final_report"]
    assert (told, told.replace(month=11)) == (final.started_at, final.due_at - timedelta(hours=1))

    house.fulfils(owed(house, incident, NORS)["final_report"], "form", "NORS 26-118/3")
    house.fulfils(final, "form", "CSIRT 7/3")
    assert Verdict.MET == owed(house, incident, NIS2)["final_report"].state
    assert Verdict.MET == owed(house, incident, NORS)["final_report"].state
    assert 1 == len([w for w in house.upwards(incident) if w.rule == "eu.nis2.final_report"])
    assert [] == [w for w in house.upwards(incident) if w.owed]
    assert [] == house.audit()


def test_dora_counts_from_the_classification_and_each_report_from_the_last(house: House):
    """Classified after 22 hours, two are left of the day; the next two clocks begin with each telling."""
    enables(house, DORA)
    incident = house.alice.opens(level=2)
    house.goes_dark(hours=22)
    house.works()
    for wrong in (START - timedelta(minutes=1), house.clock.now() + timedelta(minutes=1)):
        with pytest.raises(Invalid, match="at is"):
            applies(house, incident, DORA, at=wrong)
    house.fast_forward(minutes=20)
    applies(house, incident, DORA, at=START + timedelta(hours=22))

    first = owed(house, incident, DORA)["initial_notification"]
    assert (22 * 60, 24 * 60) == (minute(first.started_at), minute(first.due_at))
    house.fast_forward(minutes=30)
    house.fulfils(first, "form", "ESA 1")
    second = owed(house, incident, DORA)["intermediate_report"]
    assert (house.clock.now(), timedelta(hours=72)) == (second.started_at, second.due_at - second.started_at)
    house.fulfils(second, "form", "ESA 1/2")
    assert "final_report" in owed(house, incident, DORA)


def test_a_data_leak_owes_word_at_once_by_the_operators_figure(house: House):
    """Asked of leaks alone; half an hour for the authority and for those concerned; late it leaves half an hour."""
    enables(house, PIPL)
    outage = house.alice.opens(level=2)
    leak = house.alice.opens(level=2, type=IncidentType.DATA_LEAK)
    assert [] == house.entries(outage, "regime_asked")

    house.fast_forward(minutes=12)
    applies(house, leak, PIPL)
    found = owed(house, leak, PIPL)
    assert {"authority": 42, "individuals": 42} == {rule: minute(w.due_at) for rule, w in found.items()}
    assert {30} == {minute(w.strict_due_at) for w in found.values()}
    assert {("late_by_classification",)} == {w.causes for w in found.values()}
    assert {"regulator:personal information authority", "customers"} == {w.audience for w in found.values()}
    house.alice.calls_off(leak)
    assert {"lapsed"} == {w.state for w in owed(house, leak, PIPL).values()}


def test_what_is_switched_off_or_waived_owes_nothing_new(house: House):
    """A running incident keeps what it has, chained reports too; a waived regime stays waived, until somebody knows
    better."""
    enables(house, NIS2, NORS)
    running = house.alice.opens(level=1, affected=2_000)
    applies(house, running, NIS2)
    waives(house, running, NORS)
    house.fast_forward(hours=2)
    assert {} == owed(house, running, NORS)

    house.app.coordinator.act("regime", house.hq.actor, regimes.disable, NIS2, "the licence was given back")
    newer = house.alice.opens(level=1)
    assert [NORS] == [entry.data["pack"] for entry in house.entries(newer, "regime_asked")]
    house.fulfils(owed(house, running, NIS2)["incident_notification"], "form", "CSIRT 8")
    assert "open" == owed(house, running, NIS2)["final_report"].state
    with pytest.raises(Conflict, match="applies to"):
        waives(house, running, NIS2)
    applies(house, running, NORS)
    assert {"applied"} == {one["state"] for one in shown(house, running)["regimes"]}


def test_a_no_to_the_question_leaves_the_threshold_that_the_record_computes(house: House):
    """No special office is hit, and user-minutes still count: at 30 minutes it applies, and legal is paged (R11)."""
    house.has_customers(both=2)
    enables(house, NORS)
    incident = house.alice.opens(level=2, affected=46_000)
    house.fast_forward(minutes=5)
    waives(house, incident, NORS)
    house.fast_forward(minutes=24)
    assert {} == owed(house, incident, NORS)

    house.fast_forward(minutes=1)
    assert START + timedelta(minutes=120) == owed(house, incident, NORS)["notification"].due_at
    paged = [e.data for e in house.entries(incident, "staff_paged") if e.data["about"] == "regime"]
    assert [["alice", "dan"]] == [sorted(one["people"]) for one in paged]
    with pytest.raises(Conflict, match="applies to"):
        waives(house, incident, NORS)


@pytest.mark.parametrize("later", [False, True])
def test_a_no_that_nobody_asked_for_lets_the_record_apply_nothing(house: House, later: bool):
    """Of a pack that is off, or was switched on after the opening, nobody was asked: a person's "no" makes it none that
    the record applies by itself; a person still may (R11)."""
    enables(house, DORA)
    incident = house.alice.opens(level=2, affected=46_000)
    if later:
        enables(house, NORS)
    waives(house, incident, NORS)
    house.fast_forward(minutes=40)
    house.alice.resolves(incident)
    house.works()

    assert {} == owed(house, incident, NORS)
    if later:
        applies(house, incident, NORS)
        assert {"notification", "initial_report", "final_report"} == set(owed(house, incident, NORS))


def test_a_threshold_that_was_reached_applies_though_it_is_resolved_first(house: House):
    """Nobody looked for 40 minutes: standing down looks before it ends anything; one that ended in time owes nothing
    (I21, M20)."""
    enables(house, NORS)
    long = house.alice.opens(level=2, affected=46_000)
    house.goes_dark(minutes=20)
    short = house.alice.opens(level=2, affected=46_000, onset=house.clock.now())
    house.goes_dark(minutes=20)
    house.alice.resolves(long)
    house.alice.resolves(short)

    assert {"notification", "initial_report", "final_report"} == set(owed(house, long, NORS))
    house.fast_forward(minutes=20)
    assert {} == owed(house, short, NORS)


def test_a_question_survives_an_undo_and_an_upgrade(house: House):
    """Taking back the last act leaves it asked; a false alarm that was none asks again."""
    enables(house, NIS2)
    incident = house.alice.opens(level=3)
    house.alice.raises(incident, 1)
    house.alice.undoes(incident)
    assert "open" == house.task(incident, f"regime:{NIS2}").state
    house.alice.calls_off(incident)
    assert "withdrawn" == house.task(incident, f"regime:{NIS2}").state
    house.alice.undoes(incident)
    assert "open" == house.task(incident, f"regime:{NIS2}").state


def test_a_duplicate_brings_its_regime_and_what_is_owed_by_it(house: House):
    """The survivor owes what neither has told, by the same clocks; applied again it opens nothing twice."""
    enables(house, NIS2)
    one, other = house.alice.opens(level=2), house.alice.opens(level=2)
    applies(house, other, NIS2)
    house.fulfils(owed(house, other, NIS2)["incident_notification"], "form", "CSIRT 9")
    house.fast_forward(minutes=5)
    due = owed(house, other, NIS2)["final_report"].due_at
    house.alice.merges(other, into=one)

    found = owed(house, one, NIS2)
    assert {"early_warning": START + timedelta(hours=24), "final_report": due} == {
        rule: window.due_at for rule, window in found.items()
    }
    assert START == found["final_report"].started_at
    assert "done" == house.task(one, f"regime:{NIS2}").state
    with pytest.raises(Conflict, match="applies to"):
        applies(house, one, NIS2)


def test_a_question_that_nobody_answers_shows_red_and_a_regime_wakes_legal(house: House):
    """Unanswered at its limit it is on the timeline once; rungs go to legal too, by day and night when short."""
    house.has_customers(both=2)
    enables(house, PIPL)
    incident = house.alice.opens(level=2, type=IncidentType.DATA_LEAK)
    house.fast_forward(minutes=10)
    assert [f"regime:{PIPL}"] == [entry.data["step"] for entry in house.entries(incident, "task_escalated")]

    applies(house, incident, PIPL)
    house.fast_forward(minutes=24)
    warned = {entry.data["rung"]: entry.data["to"] for entry in house.entries(incident, "warning")}
    assert "duty_manager+legal" == warned["75%"]
    people = [name for entry in house.entries(incident, "warning") for name in entry.data["people"]]
    assert "dan" in people


def test_awareness_found_earlier_moves_what_counts_from_it_and_strict_leads(house: House):
    """A regulator's clock follows the same table: half an hour is left, or what was left (AMB-05)."""
    enables(house, NORS)
    incident = house.alice.opens(level=1, affected=50_000, onset=START - timedelta(hours=1))
    house.fast_forward(minutes=100)
    house.alice.updates(
        incident, aware_at=START - timedelta(minutes=40), reason="the log of the switch shows it"
    )

    notification = owed(house, incident, NORS)["notification"]
    assert (START + timedelta(minutes=80), START + timedelta(minutes=120)) == (
        notification.strict_due_at,
        notification.due_at,
    )
    assert "late_by_discovery" in notification.causes


def test_an_outage_that_comes_back_reaches_the_threshold_after_all(house: House):
    """Restored before the figures were reached, lost again: they are looked at anew, and so after an undo."""
    enables(house, NORS)
    one, other = house.alice.opens(level=1, affected=20_000), house.alice.opens(level=1, affected=20_000)
    house.fast_forward(minutes=40)
    house.alice.restores(one)
    house.alice.restores(other)
    house.fast_forward(minutes=4)
    house.alice.undoes(other)
    house.fast_forward(minutes=6)
    assert (0, 3) == (len(owed(house, one, NORS)), len(owed(house, other, NORS)))

    house.alice.reopens(one)
    house.works()
    assert START + timedelta(minutes=120) == owed(house, one, NORS)["notification"].due_at


def test_a_duplicates_open_question_is_asked_of_the_survivor(house: House):
    """Whatever the survivor's type, and though it opened before the regime was switched on; what the record computes it
    computes there (M12). A false alarm that was none asks it again."""
    early = house.alice.opens(level=2, affected=20_000)
    enables(house, PIPL, NORS)
    leak = house.alice.opens(level=2, affected=20_000, type=IncidentType.DATA_LEAK)
    house.alice.merges(leak, into=early)
    assert "withdrawn" == house.task(leak, f"regime:{PIPL}").state
    assert {"open"} == {house.task(early, f"regime:{one}").state for one in (PIPL, NORS)}

    house.alice.calls_off(early)
    house.alice.undoes(early)
    assert "open" == house.task(early, f"regime:{PIPL}").state
    house.fast_forward(minutes=45)
    assert START + timedelta(minutes=120) == owed(house, early, NORS)["notification"].due_at
    assert [] == house.audit()


def test_a_part_is_asked_what_the_incident_that_was_nothing_was_asked(house: House):
    """What applied applies to the part with its clocks, what is open is asked, and its own figures are watched (M13,
    M18)."""
    house.has_customers(both=2)
    house.has_customers(both=2, area="ZZ0102")
    enables(house, NORS, NIS2, DORA)
    parent = house.alice.opens(level=2, affected=50)
    house.alice.updates(parent, areas=("ZZ0101", "ZZ0102"))
    part = house.alice.splits(parent, "ZZ0102")
    applies(house, parent, NIS2)
    waives(house, parent, DORA)
    house.alice.calls_off(parent)

    assert {NORS: "asked", NIS2: "applied", DORA: "waived"} == {
        one["pack"]: one["state"] for one in shown(house, part)["regimes"]
    }
    assert {"early_warning": 24 * 60, "incident_notification": 72 * 60} == {
        rule: minute(window.due_at) for rule, window in owed(house, part, NIS2).items()
    }
    assert "open" == house.task(part, f"regime:{NORS}").state
    house.alice.updates(part, affected=46_000)
    house.fast_forward(minutes=30)
    assert 3 == len(owed(house, part, NORS))
    assert [] == house.audit()


def test_personal_data_found_later_are_asked_about(house: House):
    """In any type, also in one that opened before the regime was switched on, of which nothing else is asked; an answer
    stays (R03)."""
    early = house.alice.opens(level=2)
    enables(house, PIPL, NIS2)
    fault, leak = house.alice.opens(level=2), house.alice.opens(level=2, type=IncidentType.DATA_LEAK)
    waives(house, leak, PIPL)
    house.fast_forward(minutes=5)
    for incident in (early, fault, leak):
        house.alice.updates(incident, people_data=2_000_000)
    assert {"open"} == {house.task(one, f"regime:{PIPL}").state for one in (early, fault)}
    assert [PIPL] == [entry.data["pack"] for entry in house.entries(early, "regime_asked")]
    assert "done" == house.task(leak, f"regime:{PIPL}").state

    applies(house, fault, PIPL)
    assert {"authority": 35, "individuals": 35} == {
        rule: minute(window.due_at) for rule, window in owed(house, fault, PIPL).items()
    }
    house.alice.updates(fault, people_data=2_100_000)
    assert 2 == len(house.entries(fault, "regime_asked"))
    assert [] == house.audit()


def ships(house: House, pack: str, more: str, later: int = 0) -> None:
    """tongbao as it would be with other words in this pack, so many versions later."""
    shipped = house.app.house
    before = shipped.regimes[pack]
    text = before.text.replace(f"version: {before.version}", f"version: {before.version + later}") + more
    house.app.coordinator.house = replace(shipped, regimes={**shipped.regimes, pack: parse_pack(text, pack)})


def matters(house: House) -> list[str]:
    return [one.about for one in house.app.coordinator.system(clock.status)["standing"]]


def test_a_pack_that_is_refused_stops_no_other_clock(house: House):
    """Changed under its version: an alarm says so, opening and other clocks go on; with a version of its own it
    applies within the minute, and strict stays (I9, I23)."""
    enables(house, NORS)
    before = house.alice.opens(level=2, affected=46_000)
    house.fast_forward(minutes=31)
    assert 3 == len(owed(house, before, NORS))
    ships(house, NORS, "# other words")

    began = house.clock.now()
    late = house.alice.opens(level=1, affected=46_000, onset=began - timedelta(minutes=40), aware=began)
    assert ({}, [f"regime_refused:{NORS}"]) == (owed(house, late, NORS), matters(house))
    house.fast_forward(minutes=121)
    first = house.window(late, "first_notice")
    assert (Verdict.BREACHED, began + timedelta(minutes=120)) == (first.state, first.due_at)
    assert {} == owed(house, late, NORS)

    ships(house, NORS, "# other words", later=1)
    house.fast_forward(minutes=1)
    assert began + timedelta(minutes=120) == owed(house, late, NORS)["notification"].strict_due_at
    assert [] == matters(house)
