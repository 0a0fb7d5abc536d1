"""Tasks of a plan: who gets them when, who takes them, and what happens when nobody does."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator import report, views
from incidents.errors import Conflict, Invalid, NotAllowed
from incidents.terms import IncidentType, Kind, Status
from playbooks.playbook import parse
from playbooks.shelf import shipped
from tests.house import START, House
from tests.playbooks_tests.plans import plan
from wiring.settings import Playbooks, Settings


def board(house: House) -> dict:
    return house.app.coordinator.act("read", house.alice.actor, views.board)


def following(house: House) -> dict:
    return house.app.coordinator.act("read", house.alice.actor, views.next_step)


def test_each_department_has_its_task_in_the_opening_transaction(house: House):
    """Opening gives technical, service, legal and headquarters their tasks at the very instant (R04, R16)."""
    incident = house.alice.opens(level=1)

    assert {"technical_support", "customer_service", "contact_centre", "legal", "headquarters"} == {
        task.department for task in house.tasks(incident)
    }
    assert {START} == {task.opened_at for task in house.tasks(incident)}
    (activated,) = house.entries(incident, "playbook_activated")
    assert (START, START) == (incident.opened_at, activated.at)


def test_a_role_that_nobody_has_is_said_at_opening(house: House):
    """No one is legal any more: the timeline, the incident, the board and next say so, until someone is (R04)."""
    house.writes_raw("DELETE FROM users WHERE name = 'dan'")
    incident = house.alice.opens(level=1)

    assert ["legal"] == [entry.data["role"] for entry in house.entries(incident, "role_unfilled")]
    assert ["legal"] == board(house)["unfilled_roles"] == following(house)["unfilled_roles"]
    with house.app.database.transaction() as tx:
        tx.people.add("dora", ("legal",), START)
    assert [] == board(house)["unfilled_roles"]


def test_a_fresh_home_has_somebody_for_every_role_of_a_shipped_playbook(house: House):
    """Whatever our playbooks ask for, at any level, somebody of a fresh home can be named for it (R04)."""
    with house.app.database.transaction() as tx:
        held = {role for _, roles in tx.people.all() for role in roles}
    asked = {step.role for source in shipped() for step in parse(source.text).steps if step.draft is None}

    assert {"legal", "headquarters"} < asked <= held


def test_headquarters_that_does_not_answer_shows_red(house: House):
    """Ten minutes without headquarters' acknowledgement: one entry on the timeline, red on the board, first on
    next (R14)."""
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=9, seconds=59)
    assert [] == house.entries(incident, "task_escalated")

    house.fast_forward(minutes=5)
    (escalated,) = house.entries(incident, "task_escalated")
    assert ("headquarters-command", 600) == (escalated.data["step"], (escalated.at - START).total_seconds())
    (red,) = [task for task in board(house)["tasks"] if task["red"]]
    assert [red] == following(house)["tasks"]

    house.restarts()
    house.fast_forward(hours=1)
    assert 1 == len(
        [e for e in house.entries(incident, "task_escalated") if e.data["step"] == escalated.data["step"]]
    )


def test_headquarters_that_answers_in_time_is_not_escalated(house: House):
    """An acknowledgement before the limit is enough; the first one stands (R14)."""
    incident = house.alice.opens(level=1)
    command = house.task(incident, "headquarters-command")
    with pytest.raises(NotAllowed, match="headquarters"):
        house.alice.takes(command)
    house.fast_forward(minutes=4)
    house.hq.takes(command)
    house.fast_forward(minutes=2)
    again = house.hq.takes(command)
    house.fast_forward(minutes=10)

    assert ("acknowledged", "hq", 240) == (
        again.state,
        again.acknowledged_by,
        (again.acknowledged_at - START).total_seconds(),
    )
    assert 1 == len(house.entries(incident, "task_acknowledged"))
    assert [] == house.entries(incident, "task_escalated")


def test_an_escalated_task_that_is_taken_late_is_red_no_more(house: House):
    """Late is on the record; the board goes on."""
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=11)
    house.hq.takes(house.task(incident, "headquarters-command"))

    assert [] == [task["id"] for task in board(house)["tasks"] if task["red"]]
    assert house.task(incident, "headquarters-command").owed


def test_a_task_has_one_life(house: House):
    """Open, acknowledged, done or skipped with a reason; an ended one is taken and ended by nobody again."""
    incident = house.alice.opens(level=3, reports_up=False)
    first, second = house.tasks(incident)[:2]
    assert "acknowledged" == house.alice.takes(first).state
    assert "done" == house.alice.does(first).state
    with pytest.raises(Invalid):
        house.alice.skips(second, " ")
    assert ("skipped", "no staff") == (
        house.alice.skips(second, "no staff").state,
        house.task(incident, second.step).reason,
    )
    for act in (house.alice.takes, house.alice.does):
        with pytest.raises(Conflict):
            act(second)


def test_notice_duties_run_while_repair_is_blocked_and_repair_while_notices_are(house: House):
    """Two tracks: an unfound fault holds back no word to customers, and an unsent word no repair (R18)."""
    house.has_customers(both=1)
    blocked = house.alice.opens(level=2)
    house.alice.tells(blocked)
    house.alice.confirms(blocked)
    assert "met" == house.window(blocked, "first_notice").state
    assert {"more-agents", "answer-complaints"} <= {task.step for task in house.tasks(blocked)}
    assert "repair" not in {task.step for task in house.tasks(blocked)}
    assert "progress_update" in {window.kind for window in house.windows(blocked) if window.owed}

    silent = house.alice.opens(level=2, area="ZZ0102")
    house.alice.confirms(silent)
    house.alice.does(house.task(silent, "locate-fault"))
    house.fast_forward(hours=3)
    assert "open" == house.task(silent, "repair").state
    assert ("breached", True) == (
        house.window(silent, "first_notice").state,
        house.window(silent, "first_notice").owed,
    )


def test_a_raised_level_brings_its_tasks(house: House):
    """An incident that becomes level 1 calls headquarters then, with its ten minutes from then (R14)."""
    incident = house.alice.opens(level=3)
    house.fast_forward(minutes=30)
    house.alice.raises(incident, 1)

    command = house.task(incident, "headquarters-command")
    assert (30 * 60, 40 * 60) == tuple(
        (at - START).total_seconds() for at in (command.opened_at, command.due_at)
    )


def test_resolving_owes_the_review_also_when_one_combined_notice_is_owed(house: House):
    """Nobody was told when it was over: the review is owed all the same (R19)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.resolves(incident)

    assert 1 == len(house.entries(incident, "combined_notice_owed"))
    assert {"handling-report", "root-cause"} <= {task.step for task in house.tasks(incident)}
    with pytest.raises(Conflict) as refused:
        house.alice.closes(incident)
    for owed in (
        "window 1, first_notice",
        "Check and hand in the incident handling report",
        "Find the root cause",
        "the step “Hold the review meeting",
        "the step “Write the incident summary report”",
    ):
        assert owed in str(refused.value)


def test_an_approved_report_ends_the_task_that_asked_for_it(house: House):
    """Submitting or sending back ends nothing; the approval does, by the name of who approved (R10, R19, R32)."""
    incident = house.alice.opens(level=2)
    house.alice.resolves(incident)
    asked = house.task(incident, "handling-report")
    declined = house.alice.reports(incident, Kind.HANDLING_REPORT)
    house.bob._act("approve", report.decline, declined.id, "the cause is missing")
    waiting = house.alice.reports(incident, Kind.HANDLING_REPORT)
    assert "open" == house.task(incident, "handling-report").state

    house.bob.passes(waiting)
    done = house.task(incident, "handling-report")
    assert ("done", "bob") == (done.state, done.ended_by)
    assert asked.step in [entry.data["step"] for entry in house.entries(incident, "task_done")]
    assert house.task(incident, "root-cause").owed


def test_next_asks_for_the_report_and_not_for_its_task(house: House):
    """What is owed of a report is its approval: `next` names that, and never to tick the task off (R10, R32)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)
    reports = {"handling-report", "summary-report"}
    while other := [task for task in house.tasks(incident) if task.owed and task.step not in reports]:
        house.alice.does(other[0])

    named = f"tongbao report submit {incident.reference} --kind handling_report"
    assert named == following(house)["next"]
    waiting = house.alice.reports(incident, Kind.HANDLING_REPORT)
    assert f"tongbao approve R{waiting.id} --as bob" == following(house)["next"]
    house.bob.passes(waiting)
    assert named.replace("handling", "summary") == following(house)["next"]


def test_a_task_that_was_skipped_is_not_done_by_the_report(house: House):
    """What a person left out with a reason stays so when the report is approved all the same."""
    incident = house.alice.opens(level=3)
    house.alice.resolves(incident)
    house.alice.skips(house.task(incident, "handling-report"), "one report is enough")
    house.bob.passes(house.alice.reports(incident, Kind.HANDLING_REPORT))

    assert "skipped" == house.task(incident, "handling-report").state


def test_a_submitted_notice_holds_the_record_open(house: House):
    """What is on its way to customers is owed too (R10)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=1)
    house.alice.submits(incident)
    house.alice.resolves(incident)
    with pytest.raises(Conflict, match="notice 1, submitted"):
        house.alice.closes(incident)


def test_actions_are_kept_by_kind_in_order(house: House):
    """What was found, mended and eased stands on the timeline by kind, in the order in which it was said (R17)."""
    incident = house.alice.opens()
    said = [
        ("diagnose", "光路中断"),
        ("workaround", "切到备用路由"),
        ("repair", "熔接完成"),
        ("service_uplift", "增开座席"),
    ]
    for kind, words in said:
        house.alice.logs(incident, words, kind)
    house.alice.logs(incident, "只是记一笔")
    with pytest.raises(Invalid, match="cook"):
        house.alice.logs(incident, "soup", "cook")

    entries = house.entries(incident, "action")
    assert said == [(entry.data["action"], entry.data["text"]) for entry in entries]
    assert sorted(entry.sequence for entry in entries) == [entry.sequence for entry in entries]
    assert 1 == len(house.entries(incident, "note"))


def test_an_incident_keeps_the_plan_it_began_with(house: House, tmp_path: Path):
    """A new version changes nothing in what is open; the next incident runs by it (R02)."""
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "one.yaml").write_text(plan(), encoding="utf-8")
    house.settings = Settings(playbooks=Playbooks(folder=str(folder)))
    house.restarts()
    first = house.alice.opens(level=3)
    assert "small@1" == first.playbook or "small@1" == house.incident(first).playbook

    changed = plan(("version: 1", "version: 2"), ("id: mend", "id: mend-well"))
    (folder / "two.yaml").write_text(changed, encoding="utf-8")
    house.restarts()
    second = house.alice.opens(level=3, area="ZZ0102")
    for incident in (first, second):
        house.alice.confirms(incident)
        house.alice.does(house.task(incident, "find"))
    assert ("small@1", "small@2") == (house.incident(first).playbook, house.incident(second).playbook)
    assert "mend" == house.task(first, "mend").step
    assert "mend-well" == house.task(second, "mend-well").step


def test_a_death_before_the_plan_is_pinned_leaves_no_incident(house: House, monkeypatch: pytest.MonkeyPatch):
    """Between the incident's row and its playbook there is no committed state (R16)."""
    with monkeypatch.context() as here:
        here.setenv("TONGBAO_FAILPOINT", "playbook.before_pin=raise")
        with pytest.raises(RuntimeError):
            house.alice.opens()
    with house.app.database.transaction() as tx:
        assert [] == tx.incidents.all()
        assert [] == tx.playbooks.tasks()
    assert Status.OPEN == house.alice.opens(type=IncidentType.DATA_LEAK).status
