"""Planned work is announced before it begins and is no incident; one that overruns becomes one (AMB-24, M27 to M30)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from coordinator import intake, planned, views
from coordinator.steps import following
from incidents.errors import Conflict, Invalid, NotFound
from incidents.incident import Incident
from incidents.terms import Duty, Kind, Status, Verdict
from tests.house import House
from tests.proof_tests.conftest import forged, problems, proof_of
from windows.window import Window
from wiring.settings import Settings

WHY = {"zh-CN": "天气原因", "en": "because of the weather"}
EFFECTS = {"zh-CN": "可能短时无法通话", "en": "calls may fail for a while"}
H72 = timedelta(hours=72)


def plans(house: House, hours: float = 120, lasts: float = 4, **changed: Any) -> Incident:
    """Puts planned work on the record that begins in so many hours."""
    start = house.clock.now() + timedelta(hours=hours)
    facts = {
        "title": "更换核心交换机",
        "areas": ("ZZ0101",),
        "services": ("mobile",),
        "start_at": start,
        "end_at": start + timedelta(hours=lasts),
        "effects": EFFECTS,
    }
    return does(house, planned.add, planned.Plan(**{**facts, **changed}))


def does(house: House, verb: Any, *args: Any) -> Any:
    return house.app.coordinator.act("planned", house.alice.actor, verb, *args)


def owed(house: House, work: Incident, kind: Kind = Kind.PLANNED_WORK_NOTICE) -> Window:
    return house.window(work, kind)


def tells(house: House, work: Incident, kind: Kind = Kind.PLANNED_WORK_NOTICE) -> Any:
    """Submits the draft that is there, has it approved by bob, and sees it off."""
    notice = house.bob.approves(house.alice.submits(work, kind))
    house.works()
    return house.notice(notice)


def reports(house: House, work: Incident) -> None:
    """Tells the provincial administration."""
    house.fulfils(house.upwards(work)[-1], "written", "letter 12", "the provincial administration")


def incidents_of(house: House) -> list[Incident]:
    with house.app.database.transaction() as tx:
        return tx.incidents.all()


def moved_by(house: House, work: Incident, **span: float) -> Incident:
    assert work.planned_start_at is not None
    assert work.planned_end_at is not None
    by = timedelta(**span)
    times = (work.planned_start_at + by, work.planned_end_at + by)
    return does(house, planned.change, work.reference, *times, "the spare part is late")


def board(house: House) -> dict[str, Any]:
    return house.app.coordinator.act("read", house.alice.actor, views.board)


def test_it_is_told_in_time_and_is_no_incident(house: House):
    """AMB-24: customers are told 72 hours before by SMS, e-mail and page, approved by a second person; it is on the
    board and in `next`, and among no incidents; no verb of incidents takes it; completed in time it opens none."""
    house.has_customers(both=2, sms=1)
    house.has_customers(sms=1, language="en")
    work = plans(house, hours=74)
    window = owed(house, work)
    first = following_of(house)
    notice = tells(house, work)
    reports(house, work)
    texts = [one["body"] for one in house.told("sms")]
    alone = forged(proof_of(house, work), "chain.jsonl", lambda chain: chain.replace(b'"bob"', b'"alice"'))
    with pytest.raises(Conflict, match="is planned work, not an incident"):
        house.alice.confirms(work)
    with pytest.raises(Conflict, match="is cancelled, or its notice corrected"):
        house.alice.withdraws(notice, WHY)
    with pytest.raises(Conflict, match="has no first_notice"):
        house.alice.drafts(work, Kind.FIRST_NOTICE)
    shown = board(house)
    house.goes_dark(hours=74)
    does(house, planned.begin, work.reference)
    house.fast_forward(hours=1)
    does(house, planned.complete, work.reference)
    house.goes_dark(hours=12)
    house.works()

    assert work.planned_start_at is not None
    assert "PLAN-2026-0001" == work.reference
    assert (work.planned_start_at, work.planned_start_at - H72) == (window.started_at, window.strict_due_at)
    assert (window.due_at, "handbook@6", "customers") == (
        window.strict_due_at,
        window.rule_version,
        window.audience,
    )
    assert ("tongbao notice submit 1", 2) == (first, len(notice.approvals))
    assert (Verdict.MET, Duty.DONE) == (owed(house, work).state, owed(house, work).duty)
    assert 4 == len(texts)
    assert 2 == len(house.told("email"))
    assert any("planned work on" in one and "from" in one for one in texts)
    assert any("计划作业" in one and "至" in one for one in texts)
    assert [work.reference] == [one["reference"] for one in shown["planned"]]
    assert ([], []) == (incidents_of(house), shown["incidents"])
    assert [Verdict.MET] == [one.state for one in house.upwards(work)]
    assert not house.tasks(work)
    assert house.holding(work) is None
    assert "notices.json: notice 1 of level 2 was not approved by a second person" in problems(alone)
    assert {Kind.PLANNED_WORK_NOTICE} == {one.kind for one in house.windows(work)}


def following_of(house: House) -> str:
    def asked(act: Any) -> tuple[str, list[Any]]:
        return following(act, act.tx.incidents.works()).command, []

    return house.app.coordinator.act("read", house.alice.actor, asked)


def test_registered_too_late_it_is_breached_at_once_and_told_all_the_same(house: House):
    """M27: the verdict comes with the first sweep, its cause says why, and the duty stays until it is told."""
    house.has_customers(sms=2)
    work = plans(house, hours=24)
    house.works()
    late = owed(house, work)
    tells(house, work)
    told = owed(house, work)
    reports(house, work)
    does(house, planned.cancel, work.reference, WHY)
    tells(house, work, Kind.WITHDRAWAL_NOTICE)

    assert (Verdict.BREACHED, Duty.OWED, "clock") == (late.state, late.duty, late.basis)
    assert "registered_late" in late.causes
    assert "coordinator_outage" not in late.causes
    assert ["due"] == [rung.name for rung in late.rungs if rung.fired_at]
    assert (Verdict.BREACHED, Duty.DONE) == (told.state, told.duty)
    assert Verdict.MET == owed(house, work, Kind.WITHDRAWAL_NOTICE).state


def test_moving_it_moves_its_clock_and_owes_a_correction_to_those_who_were_told(house: House):
    """M28: an undecided window moves with the start and keeps its history; a decided one gets a finding, and those
    who were told other times get the right ones, in one correction however often it is moved meanwhile."""
    house.has_customers(both=2)
    work = moved_by(house, plans(house), hours=24)
    before = owed(house, work)
    tells(house, work)
    reports(house, work)
    moved_by(house, work, hours=24)
    work = moved_by(house, work, hours=48)
    decided = owed(house, work)
    [correction] = [one for one in house.windows(work) if one.kind == Kind.CORRECTION_NOTICE]
    notice = tells(house, work, Kind.CORRECTION_NOTICE)
    body = house.told("sms", notice)[0]["body"]
    again = moved_by(house, work, hours=1)
    moved_by(house, again, hours=-1)

    assert ["opened", "replanned"] == [move.rule for move in before.history]
    assert before.started_at - H72 == before.strict_due_at == before.due_at
    assert timedelta(hours=24) == before.history[1].due_at - before.history[0].due_at
    assert (Verdict.MET, before.due_at) == (decided.state, decided.due_at)
    assert ["replanned_after_verdict"] * 2 == [one.kind for one in decided.findings]
    assert 2 == notice.audience_size == len(house.told("sms", notice))
    assert correction.id == house.window(work, Kind.CORRECTION_NOTICE, 1).id
    assert Verdict.MET == house.window(work, Kind.CORRECTION_NOTICE, 1).state
    assert "更正第1号通报" in body
    assert "有误" in body
    last = house.windows(work)[-1]
    assert (Kind.CORRECTION_NOTICE, Verdict.LAPSED, "as_told") == (last.kind, last.state, last.ended_by)


def test_cancelled_before_anybody_was_told_it_lapses(house: House):
    """M29: nobody told, nothing owed; a cancelled one takes no more notices and opens no incident."""
    house.has_customers(sms=1)
    work = plans(house, lasts=1)
    does(house, planned.cancel, work.reference, {"en": "no crew"})
    house.goes_dark(hours=122)
    house.works()

    assert {(Verdict.LAPSED, "planned_cancelled")} == {
        (one.state, one.ended_by) for one in house.every_window(work)
    }
    assert [] == house.told("sms")
    assert [] == incidents_of(house)
    with pytest.raises(Conflict):
        house.alice.drafts(work, Kind.PLANNED_WORK_NOTICE)


@pytest.mark.parametrize("dark_hours", [0, 6])
def test_not_over_at_its_planned_end_it_becomes_an_incident_once(
    house: House, monkeypatch: pytest.MonkeyPatch, dark_hours: float
):
    """M30: the incident is known since the planned end, also when the program was down over it; the first notice's
    clock counts from there; whatever dies while it opens, and however often it is looked at, there is one (M20)."""
    house.has_customers(sms=1)
    work = plans(house, hours=80, lasts=2, areas=("ZZ0101", "ZZ0102"))
    tells(house, work)
    reports(house, work)
    end = work.planned_end_at
    assert end is not None
    house.fast_forward(minutes=1)
    house.clock.set(end - timedelta(minutes=5))
    house.works()
    with monkeypatch.context() as here:
        here.setattr("coordinator.failpoints._passed", {})
        here.setenv("TONGBAO_FAILPOINT", "playbook.before_pin=raise")
        house.fast_forward(until=end)
        assert 1 == len(incidents_of(house))
        with house.app.database.snapshot() as tx:
            assert [] == tx.operations.standing("planned_stuck")
    if dark_hours:
        house.goes_dark(hours=dark_hours)
        house.restarts()
        house.works()
    else:
        house.fast_forward(minutes=6)
    [incident] = incidents_of(house)
    first = house.window(incident, Kind.FIRST_NOTICE)
    house.restarts()
    house.works()
    whole = house.incident(incident)
    part = house.alice.splits(incident, "ZZ0102")

    assert part.overrun_of is None
    assert (end, work.id, Status.PENDING_CONFIRMATION) == (
        incident.aware_at,
        incident.overrun_of,
        incident.status,
    )
    assert (work.areas, work.services) == (whole.areas, whole.services)
    assert end == first.started_at
    assert bool(dark_hours) == ("coordinator_outage" in first.causes)
    assert Status.OVERRUN == house.incident(work).status
    assert [incident.reference] == [e.data["incident"] for e in house.entries(work, "planned_overran")]
    assert [incident.id, part.id] == [one.id for one in incidents_of(house)]
    assert Status.COMPLETED == does(house, planned.complete, work.reference).status


def test_alarms_of_planned_work_are_on_its_record(house: House):
    """AMB-24: while it is to be under way an alarm of its area and services is expected; one of level 1, or from
    elsewhere, opens an incident; what still burns when it is over does too."""
    house.has_customers(sms=1)
    work = plans(house, hours=1, lasts=2)
    tells(house, work)
    reports(house, work)
    house.fast_forward(minutes=90)
    alarms(house, "inside", area="ZZ0101", service="mobile", level="3")
    expected = incidents_of(house)
    alarms(house, "elsewhere", area="ZZ0102", service="mobile", level="3")
    elsewhere = incidents_of(house)
    alarms(house, "grave", area="ZZ0101", service="mobile", level="1")
    grave = incidents_of(house)
    alarms(house, "inside", area="ZZ0101", service="mobile", level="3")
    joined = house.entries(work, "alarm_expected")
    does(house, planned.complete, work.reference)
    alarms(house, "inside", area="ZZ0101", service="mobile", level="3")

    assert ([], 1, 2) == (expected, len(elsewhere), len(grave))
    assert 1 == len(joined)
    assert "alertmanager" == joined[0].data["source"]
    assert ["alertmanager"] == [e.data["source"] for e in house.entries(grave[-1], "alarm_joined")]


def alarms(house: House, name: str, status: str = "firing", read: bool = True, **labels: str) -> None:
    """One alarm comes, and is read if `read` says so."""
    body = {
        "version": "4",
        "status": status,
        "receiver": "tongbao",
        "groupKey": name,
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://127.0.0.1",
        "truncatedAlerts": 0,
        "alerts": [
            {
                "status": status,
                "labels": {"alertname": name, **labels},
                "annotations": {},
                "startsAt": "2026-10-14T06:16:00Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "",
                "fingerprint": name,
            }
        ],
    }
    at = json.dumps(body).encode() + b" " * alarms_sent()
    house.app.coordinator.act("trigger", house.alice.actor, intake.store, "alertmanager", "am-1", at)
    if read:
        house.works()


def alarms_sent(count: list[int] = [0]) -> int:  # noqa: B006 - each body is another
    count[0] += 1
    return count[0]


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("title", {"title": " "}),
        ("area", {"areas": ()}),
        ("area", {"areas": ("nowhere",)}),
        ("service", {"services": ()}),
        ("service", {"services": ("nothing",)}),
        ("start", {"start_at": "-1"}),
        ("end", {"end_at": "0"}),
        ("start", {"start_at": "8800", "end_at": "8801"}),
        ("end", {"end_at": "900"}),
        ("start", {"start_at": datetime(2026, 12, 1)}),  # noqa: DTZ001 - what is refused
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_its_field(house: House, field: str, changed: dict[str, Any]):
    """Bad input names its field and the next step, and leaves nothing on the record."""
    hours = {
        name: house.clock.now() + timedelta(hours=float(value)) if isinstance(value, str) else value
        for name, value in changed.items()
        if name.endswith("_at")
    }
    with pytest.raises((Invalid, NotFound)) as refusal:
        plans(house, **{**changed, **hours})

    assert field == refusal.value.field
    assert refusal.value.next
    with house.app.database.transaction() as tx:
        assert [] == tx.incidents.works()


@pytest.mark.parametrize("settings", [Settings()], ids=["paged"])
def test_people_are_paged_as_its_time_runs_out_and_when_it_overruns(house: House):
    """The rungs stand between the registering and 72 hours before; their pages name no level, since it has none; the
    incident of an overrun pages like any other."""
    house.has_customers(sms=1)
    work = plans(house, hours=76, lasts=1)
    window = owed(house, work)
    reports(house, work)
    house.fast_forward(hours=3, minutes=1)
    fired = [rung.name for rung in owed(house, work).rungs if rung.fired_at]
    pages = [one["body"] for one in house.paged("sms", "alice")]
    bound = {one["to"] for one in house.paged()}
    tells(house, work)
    quiet = len(house.paged())
    house.fast_forward(hours=2)
    still = len(house.paged())
    house.goes_dark(hours=72)
    house.works()
    [incident] = incidents_of(house)

    assert window.history[0].at + timedelta(hours=2) == window.rungs[0].at
    assert ["50%", "75%"] == fired
    assert any(f"{work.reference} 计划作业" in one and "计划作业通知" in one for one in pages)
    assert not any("级响应" in one for one in pages)
    assert 2 <= len(bound)
    assert quiet == still
    assert any(incident.reference in one["body"] for one in house.paged("sms", "alice"))
