"""Drills by their scripts: injected at the pace of the clocks, ended by people, scored, and counted by the year."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli import drill_screens
from cli.screen import Screen
from coordinator import drill_views, drills, views
from incidents.drill import Drill, shipped
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import EXERCISE_MARKS, Kind
from reports.verifier import command as verifier
from tests.house import House
from wiring import proofs
from wiring.settings import Chat, Paging, Settings

ALL_UNITS = ("ZZ-HQ", "ZZ-P", "ZZ-C01", "ZZ-C02", "ZZ-D0101", "ZZ-D0102", "ZZ-D0103", "ZZ-D0201", "ZZ-D0202")


@pytest.fixture
def settings() -> Settings:
    """Staff are paged, and have a chat."""
    return Settings(paging=Paging(), chat=Chat(provider="sandbox", language="en"))


def starts(
    house: House, script: str, full: bool = False, units: tuple[str, ...] = ()
) -> tuple[Drill, Incident]:
    """A shipped script, ten times as fast."""
    quick = re.sub(r"at: (\d+)", lambda found: f"at: {int(found[1]) / 10:g}", shipped()[script])
    actor = house.alice.actor
    drill = house.app.coordinator.act("drill", actor, drills.start, quick, full, units, (), ())
    with house.app.database.transaction() as tx:
        return drill, tx.incidents.by_id(drill.incident)


def looks(house: House, verb: Any, *args: Any) -> dict[str, Any]:
    return house.app.coordinator.act("read", house.alice.actor, verb, *args)


def injected(house: House, incident: Incident) -> list[tuple[float, str]]:
    """(minute, event) of everything that the script did, by the record."""
    entries = house.entries(incident, "drill_injected")
    return [((e.at - incident.opened_at).total_seconds() / 60, e.data["do"]) for e in entries]


def test_a_drill_from_its_first_event_to_its_score(house: House):
    """R06: events come when they are due, by the clocks; the provider that fails is the sandbox's, and works again;
    staff are paged for real, and whatever reaches anybody says EXERCISE in its language; the sheet says how it went."""
    house.has_customers(both=2, sms=2)
    _, incident = starts(house, "provider_down")
    house.works()
    house.fast_forward(minutes=3)
    house.alice.confirms(incident)
    house.alice.tells(incident)
    house.fast_forward(minutes=1.5)

    assert 1 == house.sandbox.dials()["twilio"]["down"]
    assert (True, 46_000) == (incident.exercise, house.incident(incident).affected.count)
    with pytest.raises(Conflict, match="is running"):
        starts(house, "too_early")

    house.fast_forward(minutes=5)
    assert 0 == house.sandbox.dials()["twilio"]["down"]
    house.alice.resolves(incident)
    house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    expected = [
        (0.5, "say"),
        (1, "update"),
        (4, "dial"),
        (5.5, "say"),
        (6, "dial"),
        (7.5, "update"),
        (9, "restored"),
    ]
    assert expected == injected(house, incident)[:7]
    assert 1 == len(house.entries(incident, "drill_completed"))
    everything = [item for item in house.sandbox.ledger() if item["accepted"]]
    assert (
        {"sms", "email", "chat", "voice"}
        >= {item["channel"] for item in everything}
        >= {"sms", "email", "chat"}
    )
    unmarked = [item for item in everything if not any(m in _words(item) for m in EXERCISE_MARKS.values())]
    assert [] == unmarked
    assert house.paged(), "nobody was paged"

    sheet = looks(house, drill_views.sheet, incident.reference)
    assert "met" == sheet["first_notice"]["state"]
    assert {"done": 7} == sheet["events"]
    assert ["area", "service", "affected"] == sheet["facts"]["known"]
    assert ["bob", "bob"] == [name for one in sheet["approvals"] for name in one["by"]]
    assert 3 * 60 == sheet["confirmed_seconds"]
    assert "completed" == looks(house, drill_views.register)["items"][0]["state"]


def _words(item: dict[str, Any]) -> str:
    return f"{item['subject']} {item['body']}"


def test_a_stopped_exercise_owes_nothing_and_counts_for_nothing(house: House):
    """R06, R07, M26: what was to come is cancelled, what fails works again, nothing is owed or sent any more; it is not
    held, having come to no end, and a real incident cannot be stopped like this."""
    house.has_customers(both=2)
    _, incident = starts(house, "provider_down", full=True, units=ALL_UNITS)
    house.alice.tells(incident)
    house.fast_forward(minutes=4.5)
    real = house.alice.opens(level=3)

    with pytest.raises(Conflict, match="no exercise"):
        house.app.coordinator.act("drill", house.alice.actor, drills.stop, real.reference, "enough")
    stopped = house.app.coordinator.act(
        "drill", house.alice.actor, drills.stop, incident.reference, "a real one"
    )
    sent = len(house.told("sms"))
    house.fast_forward(minutes=10)

    assert "stopped" == stopped.state
    assert 0 == house.sandbox.dials()["twilio"]["down"]
    assert [] == [w for w in house.every_window(incident) if w.owed]
    assert [] == [task for task in house.tasks(incident) if task.owed]
    assert sent == len(house.told("sms"))
    assert not [at for at, _ in injected(house, incident) if at > 4.6]
    found = looks(house, drill_views.register)
    assert {"owed"} == {one["standing"] for one in found["units"]}
    assert {"cancelled": 4, "done": 3} == looks(house, drill_views.sheet, incident.reference)["events"]


def test_a_correction_that_is_owed_ends_with_the_exercise(house: House):
    """R06, M26: also what takes back a recovery that was told is owed to nobody once it is stopped."""
    _, incident = starts(house, "too_early")
    house.alice.tells(incident)
    house.fast_forward(minutes=2.5)
    house.alice.tells(incident, Kind.MATERIAL_UPDATE)
    house.fast_forward(minutes=1)
    assert house.window(incident, Kind.CORRECTION_NOTICE).owed
    house.app.coordinator.act("drill", house.alice.actor, drills.stop, incident.reference, "enough")

    windows = house.every_window(incident)
    assert [] == [window.kind for window in windows if window.owed]
    assert "exercise_stopped" in house.window(incident, Kind.CORRECTION_NOTICE).causes


def test_real_things_come_first(house: House):
    """R06: on the board and in `next` a real level 3 stands before an exercise of level 1."""
    drill = house.alice.opens(level=1, exercise=True)
    house.goes_dark(minutes=100)
    house.works()
    real = house.alice.opens(level=3)
    board = looks(house, views.board)

    assert [real.reference, drill.reference] == [one["reference"] for one in board["incidents"]]
    assert real.reference == board["windows"][0]["incident"]
    following = looks(house, views.next_step)
    assert real.reference in f"{following['next']}{following['next_why']}{following['windows']}"
    assert drill.reference not in f"{following['next']}{following['next_why']}{following['windows']}"


def test_reports_and_proof_say_that_it_was_an_exercise(house: House, tmp_path: Path):
    """R06: in both languages, in every format."""
    drill = house.alice.opens(level=3, exercise=True)
    house.alice.resolves(drill)
    house.alice.updates(drill, result={"zh-CN": "演练结束", "en": "the exercise is over"})
    version = house.alice.reports(drill, Kind.HANDLING_REPORT)
    with house.app.database.transaction() as tx:
        files = tx.reports.files(version.id)

    for language, mark in EXERCISE_MARKS.items():
        for name in (one for one in files if language in one and not one.endswith("json")):
            assert mark in files[name].decode()
    archive = tmp_path / "proof.zip"
    proofs.write_proof(house.app, house.alice.actor, drill.reference, archive)
    assert ([], True) == (
        verifier.verify(archive.read_bytes()).problems,
        verifier.verify(archive.read_bytes()).exercise,
    )
    assert "【演练】" in verifier.said(verifier.EXERCISE, {}, "zh-CN")


NEW_YEAR = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
"""Midnight in Beijing."""


def test_the_year_without_a_full_drill(house: House):
    """R07, AMB-20: from the fourth quarter it is shown and the named person is paged, once a month and then more often,
    in working hours; a unit that held one is left out; on 1 January the others are on the record, once."""
    house.app.coordinator.house = replace(house.app.coordinator.house, drill_person="carol")
    house.works()
    held = datetime(2026, 5, 12, tzinfo=UTC)
    act = house.app.coordinator.act
    act("drill", house.alice.actor, drills.held, ALL_UNITS[:8], held, "minutes no. 17")
    assert ["ZZ-D0202"] == looks(house, views.board)["drills"]["owed"]

    house.goes_dark(days=19)
    house.works()
    house.works()
    pages = [item for item in house.paged("sms", "carol") if "drill list" in item["body"]]
    assert 1 == len(pages)
    assert "港西区客服中心" in pages[0]["body"]

    house.clock.set(NEW_YEAR - timedelta(seconds=1))
    house.works()
    assert [] == looks(house, drill_views.register)["missed"]
    house.clock.set(NEW_YEAR)
    house.works()
    house.clock.set(NEW_YEAR + timedelta(days=2))
    house.works()
    found = looks(house, drill_views.register)
    assert [("ZZ-D0202", 2026, NEW_YEAR.isoformat())] == [
        (one["unit"], one["year"], one["at"]) for one in found["missed"]
    ]
    assert {"open"} == {one["standing"] for one in found["units"]}


def test_a_full_drill_that_was_run_to_its_end_counts(house: House):
    """R07: every event has come and people stood down; what is learnt becomes an action with an owner and a day."""
    _, incident = starts(house, "too_early", full=True, units=("ZZ-P", "ZZ-C01"))
    house.fast_forward(minutes=6.5)
    house.alice.resolves(incident)
    house.fast_forward(seconds=2)
    words = {"zh-CN": "补充联系人", "en": "add the missing numbers"}
    act, alice = house.app.coordinator.act, house.alice.actor
    act("drill", alice, drills.improve, incident.reference, words, "carol", date(2026, 12, 1))
    open_ = looks(house, drill_views.sheet, incident.reference)["actions"]
    act("drill", alice, drills.done, incident.reference, 1)

    found = {one["unit"] for one in looks(house, drill_views.register)["units"] if one["standing"] == "held"}
    assert {"ZZ-P", "ZZ-C01"} == found
    assert ["carol", "2026-12-01", None] == [open_[0][name] for name in ("owner", "due_on", "done_at")]
    assert looks(house, drill_views.sheet, incident.reference)["actions"][0]["done_at"]
    assert 2 == sum(do == "restored" for _, do in injected(house, incident))
    assert 1 == len(house.entries(incident, "lost_again"))


def test_a_drill_of_the_last_day_belongs_to_that_year_whenever_it_is_seen(house: House):
    """R07, AMB-20: people stood down on 31 December and nobody looked until 2 January: the year has its drill, no unit
    is put on the record, and the next year still owes its own."""
    house.works()
    house.clock.set(NEW_YEAR - timedelta(hours=6))
    house.works()
    _, incident = starts(house, "too_early", full=True, units=ALL_UNITS)
    house.fast_forward(minutes=6.5)
    house.alice.resolves(incident)
    house.clock.set(NEW_YEAR + timedelta(days=1, hours=9))
    house.works()

    found = looks(house, drill_views.register)
    assert [] == found["missed"]
    resolved = house.incident(incident).resolved_at
    assert resolved is not None
    assert [resolved.isoformat()] == [one["ended_at"] for one in found["items"]]
    assert {(2027, "open", resolved.isoformat())} == {
        (one["year"], one["standing"], one["last_at"]) for one in found["units"]
    }


def test_a_full_drill_whose_events_did_not_come_counts_for_nothing(
    house: House, capsys: pytest.CaptureFixture[str]
):
    """R07: people who stand down before everything is played have not held it: the register and the sheet say how many
    events did not come, and the units still owe theirs."""
    _, incident = starts(house, "provider_down", full=True, units=ALL_UNITS)
    house.alice.resolves(incident)
    house.fast_forward(minutes=10)

    found, sheet = looks(house, drill_views.register), looks(house, drill_views.sheet, incident.reference)
    assert {"owed"} == {one["standing"] for one in found["units"]}
    [row] = found["items"]
    assert ("completed", 1, 7) == (row["state"], row["events_not_come"], row["events_planned"])
    assert (1, 7) == (sheet["events_not_come"], sheet["events_planned"])
    drill_screens.drill_register(Screen("zh-CN"), found)
    assert f"【演练】{incident.reference}：7 个事件中有 1 个未注入" in capsys.readouterr().out


def test_what_was_split_off_ends_with_its_exercise(house: House):
    """R06, M26: a part of a stopped exercise owes nothing either, nor does a part of a part."""
    _, incident = starts(house, "too_early")
    house.alice.updates(incident, areas=("ZZ0101", "ZZ0102", "ZZ0103"))
    part = house.alice.splits(incident, "ZZ0102", "ZZ0103")
    parts = [part, house.alice.splits(part, "ZZ0103")]
    house.app.coordinator.act("drill", house.alice.actor, drills.stop, incident.reference, "enough")
    house.works()

    assert ["false_alarm", "false_alarm"] == [house.incident(one).status for one in parts]
    assert [] == [window for one in parts for window in house.every_window(one) if window.owed]
    assert [] == [task for one in parts for task in house.tasks(one) if task.owed]
